"""`init --ci` writes jobs that a host takes, with no secret in a job that can do without."""

from __future__ import annotations

import os
import pty
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from provisioner.cli.main import main
from provisioner.plan.desired import check
from provisioner.simulators.control import Control
from provisioner.vendors.loading import find_vendor
from tests.ci.test_files import fits
from tests.cli.conftest import Tenant

POSTGRES = ("--state", "postgres")
SECRETS = {"plan": {"EQ_API_KEY", "PROVISIONER_STATE_DSN"}, "drift": {"EQ_API_KEY", "PROVISIONER_STATE_DSN"}} | {
    "apply": {"EQ_API_KEY", "PROVISIONER_STATE_DSN", "JANE_PIN", "SAM_PASSWORD"}
}


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """An empty one, with room for a tenant."""
    (tmp_path / ".git").mkdir()
    return tmp_path


def init(repository: Path, *arguments: str, before: tuple[str, ...] = ()) -> int:
    return main(["-C", str(repository / "tenants" / "acme"), *before, "init", *arguments])


def written(repository: Path) -> set[str]:
    return {
        path.relative_to(repository).as_posix()
        for path in repository.rglob("*")
        if path.is_file() and "schema.json" not in path.name
    }


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def test_a_new_tenant_has_all_it_needs(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Manifests that validate, the shared state, and GitHub's jobs with the secrets that each needs."""
    code = init(repository, "--ci", "github", *POSTGRES, "--source", "acme/provisioner@v1.2.3")

    file = repository / ".github" / "workflows" / "provisioner-acme.yml"
    jobs = read(file)["jobs"]
    handed = {name: set(job["steps"][-1]["env"]) for name, job in jobs.items()}
    desired = check(repository / "tenants" / "acme", find_vendor)
    assert code == 0
    assert fits("vendor.github-workflows", file) == ""
    assert desired.state == {"backend": "postgres", "dsn": {"from_env": "PROVISIONER_STATE_DSN"}, "name": "acme"}
    assert handed == SECRETS
    assert {job["steps"][-1]["uses"] for job in jobs.values()} == {"acme/provisioner@v1.2.3"}
    assert "JANE_PIN, SAM_PASSWORD" in capsys.readouterr().out


def test_permissions_are_no_more_than_needed(repository: Path) -> None:
    """Nothing by default; who plans may comment, who applies may look for the plan, nobody may write content."""
    init(repository, "--ci", "github", *POSTGRES)

    workflow = read(repository / ".github" / "workflows" / "provisioner-acme.yml")

    assert workflow["permissions"] == {}
    assert {name: job["permissions"] for name, job in workflow["jobs"].items()} == {
        "plan": {"contents": "read", "pull-requests": "write"},
        "apply": {"contents": "read", "actions": "read", "pull-requests": "write"},
        "drift": {"contents": "read", "issues": "write"},
    }
    assert "pull_request_target" not in workflow[True if True in workflow else "on"]


def test_gitlab_has_its_jobs_and_reads_them(repository: Path) -> None:
    """Both files fit GitLab's schema; the template's jobs are those that are extended."""
    code = init(repository, "--ci", "gitlab", *POSTGRES)

    file = repository / ".gitlab" / "provisioner-acme.yml"
    template = read(Path(__file__).parents[2] / "ci" / "gitlab.yml")
    jobs = {name: job for name, job in read(file).items() if name != "include"}
    assert code == 0
    assert fits("vendor.gitlab-ci", file, repository / ".gitlab-ci.yml") == ""
    assert {job["extends"] for job in jobs.values()} <= set(template)
    assert jobs["apply acme"]["variables"]["PROVISIONER_PLAN_JOB"] in jobs


def test_manifests_that_are_there_stay(repository: Path) -> None:
    """Only what CI needs is added, and the name is theirs; overlays tell two sets of jobs apart."""
    folder = repository / "tenants" / "acme"
    init(repository, "--tenant", "acme-one")
    (folder / "overlays").mkdir()
    (folder / "overlays" / "staging.yaml").write_text("defaults: {agents: {language: es}}\n")
    before = written(repository)

    code = init(repository, "--ci", "github", *POSTGRES, before=("-f", "overlays/staging.yaml"))

    added = written(repository) - before
    workflow = read(repository / ".github" / "workflows" / "provisioner-acme-one-staging.yml")
    assert code == 0
    assert added == {"tenants/acme/state.yaml", ".github/workflows/provisioner-acme-one-staging.yml"}
    assert workflow["jobs"]["apply"]["steps"][-1]["with"]["overlays"] == "overlays/staging.yaml\n"


def test_a_record_that_is_in_the_folder_is_to_be_moved(
    tenant: Tenant, control: Control, capsys: pytest.CaptureFixture[str]
) -> None:
    """The jobs look for it in the database; without a record nothing is said of it."""
    (tenant.folder / ".git").mkdir()
    fresh = tenant.folder / "fresh"
    assert main(["-C", str(fresh), "init", "--ci", "github", *POSTGRES]) == 0
    assert "state migrate" not in capsys.readouterr().out
    shutil.rmtree(fresh)
    tenant.applied()

    ran = tenant.run("init", "--ci", "github", *POSTGRES)

    assert ran.code == 0
    assert "state migrate` moves the record of 5 resources from `.provisioner`" in ran.out


def test_it_overwrites_nothing(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither the jobs nor the state, and then it writes nothing at all."""
    init(repository, "--ci", "github", *POSTGRES)
    before = written(repository)

    again = init(repository, "--ci", "github")
    said = capsys.readouterr().err
    other = init(repository, "--ci", "gitlab", *POSTGRES)

    assert (again, other, written(repository)) == (1, 1, before)
    assert "`.github/workflows/provisioner-acme.yml`" in said
    assert "the manifests say already where the state lives" in capsys.readouterr().err


def test_gitlab_is_told_what_to_include(repository: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where there is a file of somebody's, it stays as it is."""
    (repository / ".gitlab-ci.yml").write_text("stages: [test]\n")

    code = init(repository, "--ci", "gitlab", *POSTGRES)

    assert (code, (repository / ".gitlab-ci.yml").read_text()) == (0, "stages: [test]\n")
    assert "include: - local: /.gitlab/provisioner-*.yml" in capsys.readouterr().out


def test_a_local_state_that_jobs_share(repository: Path) -> None:
    """On the one machine that runs them."""
    code = init(repository, "--ci", "github", "--state", "local", "--state-path", "/var/lib/provisioner/acme")

    desired = check(repository / "tenants" / "acme", find_vendor)
    assert (code, desired.state) == (0, {"backend": "local", "path": "/var/lib/provisioner/acme"})


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--ci", "github"), "where CI jobs share the state is not said"),
        (("--ci", "github", "--state", "local"), "lies in a folder with an absolute path"),
        (("--ci", "github", "--state", "local", "--state-path", "here"), "lies in a folder with an absolute path"),
        (("--ci", "github", *POSTGRES, "--dsn-env", "NO-NAME"), "`NO-NAME` cannot be the name of a variable"),
        (("--ci", "github", *POSTGRES, "--source", "nowhere"), "`nowhere` does not say where this tool is kept"),
        (POSTGRES, "name its host: `--ci`"),
    ],
)
def test_bad_choices(
    repository: Path, arguments: tuple[str, ...], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """Told before anything is written."""
    code = init(repository, *arguments)

    assert code == 1
    assert message in capsys.readouterr().err
    assert written(repository) == set()


def test_on_a_terminal_it_asks_for_the_state_first(repository: Path) -> None:
    """Before a file is there; an empty answer takes what is offered."""
    ours, theirs = pty.openpty()
    with os.fdopen(ours, "wb", buffering=0) as keyboard:
        keyboard.write(b"postgres\nSHARED_DSN\n")
        ran = subprocess.run(
            [sys.executable, "-m", "provisioner.cli.main", "-C", "tenants/acme", "init", "--ci", "github"],
            cwd=repository,
            stdin=theirs,
            capture_output=True,
            text=True,
            check=False,
        )
        os.close(theirs)

    assert ran.returncode == 0, ran.stderr
    assert "the state has to be where each of them finds it" in ran.stderr
    assert read(repository / "tenants" / "acme" / "state.yaml")["state"]["dsn"] == {"from_env": "SHARED_DSN"}


def test_without_a_repository_there_is_no_ci(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A workflow stands at the top of one."""
    code = init(tmp_path, "--ci", "github", *POSTGRES)

    assert code == 1
    assert "is in no git repository" in capsys.readouterr().err
    assert written(tmp_path) == set()
