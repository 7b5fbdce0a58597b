"""What hands type that know another tool: the command line says how it is written here."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli.main import main

OPTIONS = [
    (("plan", "-out", "x.plan"), "did you mean `--out`?"),
    (("plan", "-out=x.plan"), "did you mean `--out`?"),
    (("plan", "-destroy"), "did you mean `--destroy`?"),
    (("plan", "-target=agents.jane"), "did you mean `--target`?"),
    (("plan", "-refresh=false"), "did you mean `--no-refresh`?"),
    (("plan", "-var-file=x.yaml"), "did you mean `-f FILE`, before the command?"),
    (("plan", "-json"), "did you mean `--format json`?"),
    (("apply", "-auto-approve"), "did you mean `--auto-approve`?"),
    (("apply", "-json"), "did you mean `--json`?"),
    (("-chdir=acme", "plan"), "did you mean `--chdir`?"),
]

WORDS = [
    ("refresh", "`plan --refresh-only`"),
    ("version", "`--version`"),
    ("help", "`--help`"),
    ("taint", "`plan --replace ADDRESS`"),
    ("output", "`show PLAN --format json`"),
    ("settle", "`state settle`"),
    ("migrate", "`state migrate`"),
    ("unlock", "`state unlock`"),
    ("force-unlock", "`state unlock`"),
    ("mv", "`state mv`"),
]


@pytest.mark.parametrize(("typed", "hint"), OPTIONS)
def test_an_option_with_one_dash(typed: tuple[str, ...], hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Long options have two dashes here, and some have another name."""
    assert main(list(typed)) == 1

    assert hint in capsys.readouterr().err


@pytest.mark.parametrize("typed", [("plan", "-x"), ("plan", "-nonsense"), ("plan", "-o")])
def test_nothing_is_guessed_of_what_no_option_is(typed: tuple[str, ...], capsys: pytest.CaptureFixture[str]) -> None:
    """It is told that there is none."""
    assert main(list(typed)) == 1

    said = capsys.readouterr().err
    assert "No such option" in said
    assert "did you mean" not in said


@pytest.mark.parametrize(("word", "hint"), WORDS)
def test_a_command_of_another_name(word: str, hint: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Other tools' commands, and those that stand below `state`."""
    assert main([word]) == 1

    said = capsys.readouterr().err
    assert f"there is no command `{word}`" in said
    assert hint in said


def test_numbers_that_are_none(capsys: pytest.CaptureFixture[str]) -> None:
    """The types of the command line's parser are no words for people."""
    assert [main(["plan", "--lock-timeout", "abc"]), main(["history", "--limit", "-1"])] == [1, 1]

    said = capsys.readouterr().err
    assert "`abc` is no number of seconds, such as 30" in said
    assert "`-1` is no whole number from 0 on" in said


@pytest.mark.parametrize(
    ("typed", "told"), [(("-C", "nowhere"), "no folder `nowhere`"), (("-f", "x.yaml"), "no file `x.yaml`")]
)
def test_what_is_not_there_has_no_problems(
    typed: tuple[str, ...], told: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], outside: pytest.MonkeyPatch
) -> None:
    """A folder or an overlay that there is not says nothing of the manifests."""
    outside.chdir(tmp_path)
    (tmp_path / "acme.yaml").write_text("tenant: acme\nconnections: {}\n", encoding="utf-8")

    assert [main([*typed, command]) for command in ("plan", "validate")] == [1, 1]

    said = capsys.readouterr().err
    assert said.count(told) == 2
    assert "in the manifests" not in said
    assert said.count("the manifests cannot be read") == 2
