"""How long ``--format markdown`` may be is what the user says: with an option, or once for a whole pipeline."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli.main import main
from provisioner.plan.document import Action
from provisioner.report.comment import LEAST
from provisioner.report.json import plan_json
from tests.report.factories import a_change, a_plan

UNDECLARED = {"undeclared": "no manifest declares it any more"}


@pytest.fixture
def saved(tmp_path: Path) -> str:
    """A saved plan that is longer than the shortest comment."""
    changes = (a_change(f"agents.a{number}@pbx", Action.DELETE, why=UNDECLARED) for number in range(99))
    file = tmp_path / "today.plan"
    file.write_text(plan_json(a_plan(*changes)), encoding="utf-8")
    return str(file)


def comment(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    """What the command says; it must succeed."""
    assert main(["show", *arguments, "--format", "markdown"]) == 0
    return capsys.readouterr().out


def test_a_comment_has_room_for_what_github_takes(saved: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Without a word about it."""
    said = comment(capsys, saved)

    assert said.startswith("<!-- provisioner plan: acme -->\n### Plan for `acme`\n")
    assert said.count("no manifest declares it any more") == 99
    assert f"provisioner apply {saved}\n" in said


def test_a_host_that_takes_less_is_given_less(saved: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The line end at the end included."""
    said = comment(capsys, saved, "--markdown-limit", str(LEAST))

    assert len(said) <= LEAST
    assert "### INCOMPLETE: 99 destructive changes are only in the attached plan\n" in said


def test_the_environment_says_it_for_all_commands(
    saved: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Unless the command line says something else."""
    monkeypatch.setenv("PROVISIONER_MARKDOWN_LIMIT", str(LEAST))

    assert "### INCOMPLETE" in comment(capsys, saved)
    assert "### INCOMPLETE" not in comment(capsys, saved, "--markdown-limit", "30000")


@pytest.mark.parametrize("limit", ["0", "-5", str(LEAST - 1), "many"])
def test_no_comment_is_too_short_to_say_what_is_missing(
    saved: str, limit: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """A limit that would hide more than it shows is a wrong command line."""
    assert main(["show", saved, "--format", "markdown", "--markdown-limit", limit]) == 1

    said = capsys.readouterr()
    assert said.out == ""
    assert "--markdown-limit" in said.err
