"""A tenant in a repository's folder, an account behind it, and jobs that run there as a host would run them."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioner.ci.job import Job
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests.ci.github_api import BOT, REPOSITORY, TOKEN, WORKFLOW, FakeGitHub, fake_github
from tests.ci.gitlab_api import PROJECT, FakeGitLab, fake_gitlab
from tests.ci.gitlab_api import TOKEN as GITLAB_TOKEN

HEAD, COMMIT = "a" * 40, "c" * 40

TENANT = """
tenant: acme
connections:
  pbx: {{vendor: eq, url: "{url}", api_key: {{from_env: ACME_KEY}}, retries: 0}}
state: {{backend: local, path: {state}}}
agents:
  jane: {{number: "1001", first_name: Jane, email: jane@acme.example, password: {{from_env: PIN}}}}
  bob: {{number: "1002", first_name: Bob, email: bob@acme.example, password: {{from_env: PIN}}}}
"""


@dataclass(frozen=True)
class Ended:
    """How a job ended."""

    code: int
    text: str


@dataclass
class Workspace:
    """What a job finds: a checked-out repository with a tenant in it, and variables."""

    folder: Path
    simulator: Running
    control: Control
    environ: dict[str, str] = field(default_factory=dict)
    name: str = "tenants/acme"

    @property
    def manifest(self) -> Path:
        return self.folder / self.name / "acme.yaml"

    @property
    def plan(self) -> Path:
        return self.folder.parent / "temp" / "provisioner.plan"

    @property
    def job(self) -> Job:
        return Job(self.name, (), (), self.plan, 0, comments=True)

    def edit(self, old: str, new: str) -> None:
        text = self.manifest.read_text()
        assert old in text
        self.manifest.write_text(text.replace(old, new))

    def applied(self) -> None:
        """What a person did before there was a CI."""
        self.run("-m", "provisioner.cli.main", "-C", self.name, "apply", "--auto-approve", ci=False)

    def run(self, *arguments: str, ci: bool = True) -> Ended:
        """Runs Python in the repository's folder; without CI it has to succeed."""
        environ = {**self.environ, "CI": "true"} if ci else self.environ
        ran = subprocess.run(
            [sys.executable, *arguments],
            cwd=self.folder,
            env=environ,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        assert "Traceback" not in ran.stdout + ran.stderr, ran.stderr
        assert ci or ran.returncode == 0, ran.stdout + ran.stderr
        return Ended(ran.returncode, ran.stdout + ran.stderr)


@dataclass
class AtGitHub:
    """Jobs of GitHub Actions; ``summary`` is what stands beside their logs."""

    workspace: Workspace
    api: FakeGitHub

    @property
    def summary(self) -> Path:
        return self.workspace.folder.parent / "summary.md"

    @property
    def output(self) -> Path:
        return self.workspace.folder.parent / "output"

    def job(self, command: str, event: str, payload: dict[str, Any], **variables: str) -> Ended:
        """Runs a job to its end."""
        with self.started(command, event, payload, **variables) as process:
            text, _ = process.communicate()
        assert "Traceback" not in text, text
        return Ended(process.returncode, text)

    def started(self, command: str, event: str, payload: dict[str, Any], **variables: str) -> subprocess.Popen[str]:
        """A job that runs."""
        told = self.workspace.folder.parent / "event.json"
        told.write_text(json.dumps(payload))
        given = {
            "GITHUB_API_URL": self.api.url,
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(told),
            "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_OUTPUT": str(self.output),
            "GITHUB_SHA": COMMIT,
            "GITHUB_REF_NAME": "main",
            "GITHUB_RUN_ID": "1",
            "GITHUB_WORKFLOW_REF": f"{REPOSITORY}/.github/workflows/{WORKFLOW}@refs/heads/main",
            "PROVISIONER_CI_TOKEN": TOKEN,
            "PROVISIONER_COMMENT_AUTHOR": BOT,
            "PROVISIONER_TENANT": self.workspace.name,
            "PROVISIONER_PLAN": str(self.workspace.plan),
            **variables,
        }
        return subprocess.Popen(
            [sys.executable, "-P", "-m", "provisioner.ci", "github", command],
            cwd=self.workspace.folder,
            env={**self.workspace.environ, "CI": "true", **given},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def planned(self, number: int = 7, head: str = HEAD, repository: str = REPOSITORY, **variables: str) -> Ended:
        """The job of a pull request, with its artefact kept as the action does."""
        self.output.unlink(missing_ok=True)
        pull = {"number": number, "head": {"sha": head, "repo": {"full_name": repository}}}
        ended = self.job("plan", "pull_request", {"pull_request": pull}, **variables)
        run = self.api.ran(head, repository=repository)
        if self.output.exists():
            said = dict(line.split("=", 1) for line in self.output.read_text().splitlines())
            file = Path(said["plan"])
            self.api.keeps(run, said["artifact"], file.name, file.read_bytes())
        return ended

    def applied(self, **variables: str) -> Ended:
        """The job after a merge."""
        return self.job("apply", "push", {}, **variables)


@pytest.fixture(scope="session")
def simulator() -> Iterator[Running]:
    with running(find("eq")) as served:
        yield served


def environment(simulator: Running) -> dict[str, str]:
    """What a job is handed, as it were: the secrets, and nothing of whoever runs the tests."""
    environ = {
        name: value
        for name, value in os.environ.items()
        if name != "CI" and not name.startswith(("PROVISIONER_", "GITHUB_", "CI_"))
    }
    return environ | {"ACME_KEY": simulator.credentials["api_key"], "PIN": "0042"}


def checked_out(folder: Path, simulator: Running, control: Control) -> Workspace:
    """The repository, and beside it the place of the state that all jobs share."""
    made = Workspace(folder / "repository", simulator, control, environment(simulator))
    made.manifest.parent.mkdir(parents=True)
    made.manifest.write_text(TENANT.format(url=simulator.base_url, state=folder / "state"))
    return made


@dataclass(frozen=True)
class Before:
    """The account and the state after the first apply, which costs too much to be made for every test."""

    account: Mapping[str, Any]
    state: Path


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory, simulator: Running) -> Before:
    folder = tmp_path_factory.mktemp("before")
    with Control(simulator.url) as control:
        control.reset()
        checked_out(folder, simulator, control).applied()
        return Before(control.snapshot(), folder / "state")


@pytest.fixture
def workspace(tmp_path: Path, simulator: Running, before: Before) -> Iterator[Workspace]:
    """Two agents, applied already."""
    with Control(simulator.url) as control:
        control.restore(before.account)
        control.reset_log()
        shutil.copytree(before.state, tmp_path / "state")
        yield checked_out(tmp_path, simulator, control)
        control.reset()


@pytest.fixture
def github(workspace: Workspace) -> Iterator[AtGitHub]:
    with fake_github() as api:
        yield AtGitHub(workspace, api)


@dataclass
class AtGitLab:
    """Jobs of GitLab CI."""

    workspace: Workspace
    api: FakeGitLab

    def job(self, command: str, **variables: str) -> Ended:
        given = {
            "CI_API_V4_URL": self.api.url,
            "CI_PROJECT_ID": PROJECT,
            "CI_COMMIT_BRANCH": "main",
            "PROVISIONER_CI_TOKEN": GITLAB_TOKEN,
            "PROVISIONER_PLAN_JOB": "plan acme",
            "PROVISIONER_TENANT": self.workspace.name,
            "PROVISIONER_PLAN": "provisioner.plan",
            **variables,
        }
        before = dict(self.workspace.environ)
        self.workspace.environ |= given
        try:
            return self.workspace.run("-P", "-m", "provisioner.ci", "gitlab", command)
        finally:
            self.workspace.environ = before

    def planned(self, number: int = 7, head: str = HEAD, **variables: str) -> Ended:
        """The job of a merge request, with its artefact kept as the template does."""
        ended = self.job(
            "plan",
            CI_PIPELINE_SOURCE="merge_request_event",
            CI_MERGE_REQUEST_IID=str(number),
            CI_MERGE_REQUEST_PROJECT_ID=PROJECT,
            CI_COMMIT_SHA=head,
            **{"CI_MERGE_REQUEST_SOURCE_PROJECT_ID": PROJECT, **variables},
        )
        file = self.workspace.folder / "provisioner.plan"
        self.api.planned(number, head, "plan acme", file.name, file.read_bytes() if file.exists() else None)
        file.unlink(missing_ok=True)
        return ended

    def merged(self, number: int = 7, head: str = HEAD, commit: str = COMMIT, project: str = PROJECT) -> None:
        """``project`` is where the branch was: another one for a fork's."""
        self.api.merged[commit] = [
            {"iid": number, "state": "merged", "sha": head, "merge_commit_sha": commit, "squash_commit_sha": None,
             "target_branch": "main", "source_project_id": int(project)}
        ]  # fmt: skip

    def applied(self, **variables: str) -> Ended:
        """The job after a merge."""
        return self.job("apply", **{"CI_PIPELINE_SOURCE": "push", "CI_COMMIT_SHA": COMMIT, **variables})


@pytest.fixture
def gitlab(workspace: Workspace) -> Iterator[AtGitLab]:
    with fake_gitlab() as api:
        yield AtGitLab(workspace, api)
