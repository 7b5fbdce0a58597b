"""What stands in the repository for hosts: it is what they publish it has to be, and it names what is there."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

ROOT = Path(__file__).parents[2]
ACTION = ROOT / "action.yml"
HOOKS = ROOT / ".pre-commit-hooks.yaml"
TEMPLATE = ROOT / "ci" / "gitlab.yml"
WORKFLOWS = sorted((ROOT / "provisioner" / "cli" / "workflows").glob("*.yml"))
PINNED = re.compile(r"uses: actions/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")


def read(path: Path) -> Any:
    return YAML(typ="safe").load(path)


def fits(schema: str, *files: Path) -> str:
    """What the host's published schema, as check-jsonschema ships it, has against the files; nothing where they fit."""
    transform = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    ran = subprocess.run(
        [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema, *transform, *map(str, files)],
        capture_output=True,
        text=True,
        check=False,
    )
    return "" if ran.returncode == 0 else ran.stdout + ran.stderr


def test_the_action_fits_githubs_schema() -> None:
    """As published in the schema store."""
    assert fits("vendor.github-actions", ACTION) == ""


def test_a_wrong_action_does_not_fit(tmp_path: Path) -> None:
    """The schema is read, and not only found."""
    wrong = tmp_path / "action.yml"
    wrong.write_text(ACTION.read_text().replace("using: composite", "using: composit"))

    assert "using" in fits("vendor.github-actions", wrong)


def test_the_template_fits_gitlabs_schema() -> None:
    """As published by GitLab."""
    assert fits("vendor.gitlab-ci", TEMPLATE) == ""


def test_no_expression_is_part_of_a_script() -> None:
    """What an input holds is a variable, and never code: a branch may be called `$(curl evil)`."""
    scripts = [step["run"] for step in read(ACTION)["runs"]["steps"] if "run" in step]

    assert len(scripts) == 2
    assert [script for script in scripts if "${{" in script] == []


@pytest.mark.parametrize("path", [ACTION, *WORKFLOWS], ids=lambda path: path.name)
def test_an_action_of_others_is_pinned(path: Path) -> None:
    """By its commit, with the version beside it; only the host's own are used at all."""
    used = [line.strip(" -") for line in path.read_text().splitlines() if re.match(r"\s*(- )?uses:", line)]

    assert [line for line in used if not PINNED.match(line) and line != "uses: ACTION"] == []


def test_every_input_is_used_and_said() -> None:
    """An input that reaches nothing is a promise that is not kept."""
    text, action = ACTION.read_text(), read(ACTION)

    assert [name for name in action["inputs"] if f"inputs.{name} }}}}" not in text] == []
    assert all(value["description"].endswith(".") for value in action["inputs"].values())


def test_shell_is_sound() -> None:
    """`shellcheck` has nothing to say of any script."""
    checker = shutil.which("shellcheck", path=str(Path(sys.executable).parent))
    assert checker is not None
    scripts = sorted(map(str, (ROOT / "ci").glob("*.sh")))

    ran = subprocess.run([checker, *scripts], capture_output=True, text=True, check=False)

    assert scripts
    assert ran.stdout == ""


def test_an_old_python_is_refused(tmp_path: Path) -> None:
    """Before anything is installed, with what to do."""
    bash = shutil.which("bash")
    assert bash is not None
    environ = {"PYTHON": "false", "HOME_OF_TOOL": str(tmp_path / "tool"), "GITHUB_ACTION_PATH": str(ROOT)}

    ran = subprocess.run(
        [bash, str(ROOT / "ci" / "install.sh")],
        env={**environ, "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == 1
    assert "run actions/setup-python before it" in ran.stderr
    assert list(tmp_path.iterdir()) == []


def test_hooks_are_commands_that_are_there(tmp_path: Path) -> None:
    """Each runs on a good tenant as pre-commit would run it."""
    (tmp_path / "tenant.yaml").write_text((ROOT / "examples" / "quickstart" / "tenant.yaml").read_text())
    required = {"id", "name", "entry", "language"}

    for hook in read(HOOKS):
        assert required <= set(hook)
        assert hook["entry"] == "provisioner"
        command = [sys.executable, "-m", "provisioner.cli.main", *hook["args"]]
        ran = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
        assert ran.returncode == 0, ran.stderr


def test_the_image_is_made_of_what_is_there() -> None:
    """Every file that is copied exists and is let through, and the entry point is a script of the package."""
    text = (ROOT / "Dockerfile").read_text()
    copied = [word for line in re.findall(r"^COPY (?!--)(.*) \S+$", text, re.MULTILINE) for word in line.split()]
    let_through = (ROOT / ".dockerignore").read_text().splitlines()
    scripts = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]

    assert copied
    assert [name for name in copied if not (ROOT / name).exists() or f"!{name}" not in let_through] == []
    assert re.findall(r'^ENTRYPOINT \["(\w+)"\]$', text, re.MULTILINE)[0] in scripts
    assert re.search(r"^USER [1-9]", text, re.MULTILINE)
