"""What `docs/ci.md` shows works when it is pasted."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from provisioner.cli.main import main
from provisioner.plan.desired import check
from provisioner.vendors.loading import find_vendor
from tests.ci.conftest import Workspace
from tests.ci.test_files import HOOKS, ROOT, fits, read

PAGE = (ROOT / "docs" / "ci.md").read_text("utf-8")
TENANT = "tenants/acme"
WRITTEN = {"github": ".github/workflows/provisioner-acme.yml", "gitlab": ".gitlab/provisioner-acme.yml"}


def blocks(language: str, section: str = "") -> list[str]:
    text = PAGE.split(f"\n## {section}\n")[1].split("\n## ")[0] if section else PAGE
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def schema_of(block: str) -> str | None:
    """Whose file it is; None where no host publishes a schema for it."""
    if "\njobs:" in block:
        return "vendor.github-workflows"
    return "vendor.gitlab-ci" if "extends: .provisioner" in block or block.startswith("# .gitlab-ci.yml") else None


@pytest.mark.parametrize("block", [block for block in blocks("yaml") if schema_of(block)], ids=lambda text: text[:40])
def test_a_hosts_file_fits_its_schema(block: str, tmp_path: Path) -> None:
    """As the host publishes it."""
    file = tmp_path / "file.yml"
    file.write_text(block)

    assert fits(str(schema_of(block)), file) == ""


@pytest.mark.parametrize("host", WRITTEN)
def test_the_jobs_on_the_page_are_those_that_are_written(host: str, tmp_path: Path) -> None:
    """Word for word; after a change of `provisioner/cli/workflows` paste what `init --ci` writes."""
    (tmp_path / ".git").mkdir()
    assert main(["-C", str(tmp_path / TENANT), "init", "--ci", host, "--state", "postgres"]) == 0

    assert (tmp_path / WRITTEN[host]).read_text() in blocks("yaml")


def test_the_state_on_the_page_is_the_one_that_is_written(tmp_path: Path) -> None:
    """Its comment aside."""
    (tmp_path / ".git").mkdir()
    main(["-C", str(tmp_path / TENANT), "init", "--ci", "github", "--state", "postgres"])
    (block,) = (block for block in blocks("yaml") if "/state.yaml\n" in block)

    assert YAML(typ="safe").load(block) == read(tmp_path / TENANT / "state.yaml")
    assert check(tmp_path / TENANT, find_vendor).state["name"] == "acme"


def test_hooks_on_the_page_are_there() -> None:
    """Each by its id, with the arguments that the tool takes."""
    (block,) = (block for block in blocks("yaml") if block.startswith("# .pre-commit-config.yaml"))
    used = YAML(typ="safe").load(block)["repos"][0]["hooks"]

    assert {hook["id"] for hook in used} == {hook["id"] for hook in read(HOOKS)}
    assert all(hook["args"] == ["-C", TENANT, hook["id"].removeprefix("provisioner-")] for hook in used)


def pasted(workspace: Workspace, block: str, **variables: str) -> subprocess.CompletedProcess[str]:
    """Runs a block as a CI job would."""
    beside = str(Path(sys.executable).parent)
    environ = {**workspace.environ, "CI": "true", "PATH": f"{beside}:{workspace.environ['PATH']}", **variables}
    command = [shutil.which("bash") or "bash", "-e", "-c", block]
    return subprocess.run(command, cwd=workspace.folder, env=environ, capture_output=True, text=True, check=False)


def test_the_first_command_of_the_page(workspace: Workspace) -> None:
    """It makes a tenant in a repository that has none."""
    workspace.manifest.unlink()
    (workspace.folder / ".git").mkdir()

    ran = pasted(workspace, blocks("sh", "First: where the state lives")[0])

    assert ran.returncode == 0, ran.stderr
    assert "OWNER/provisioner@v0.1.0" in (workspace.folder / WRITTEN["github"]).read_text()


def test_any_other_ci(workspace: Workspace) -> None:
    """The three jobs in plain shell: plan, the apply of its file, drift; a plan that fails is red and still shown."""
    plan, apply, drift = blocks("sh", "Any other CI")
    workspace.edit("first_name: Jane", "first_name: Janet")

    codes = [pasted(workspace, block, TENANT=TENANT).returncode for block in (plan, apply, drift)]
    shown = (workspace.folder / "plan.md").read_text()
    workspace.control.fault("status", method="GET", status=500, times=None)
    failed = pasted(workspace, plan, TENANT=TENANT).returncode

    names = {item["firstName"] for item in workspace.control.content()["agent"].values()}
    assert (codes, failed, names) == ([0, 0, 0], 1, {"Janet", "Bob"})
    assert "Janet" in shown


def test_shell_on_the_page_is_sound(tmp_path: Path) -> None:
    """`shellcheck` has nothing to say; Docker itself is not asked."""
    checker = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    assert checker is not None
    for number, block in enumerate(blocks("sh")):
        (tmp_path / f"{number}.sh").write_text(f'#!/usr/bin/env bash\n: "${{TENANT:=}}"\n{block}')

    ran = subprocess.run([checker, *tmp_path.glob("*.sh")], capture_output=True, text=True, check=False)

    assert ran.stdout == ""
