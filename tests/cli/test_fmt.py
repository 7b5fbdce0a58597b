"""`fmt` from the command line: which files it touches, what it says, how it ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli.main import main
from tests.manifest.made_up import write

UNTIDY = "tenant:   acme # ours\n\n\n\nagents:\n    jane: { number:  '1001' }\n"
TIDY = 'tenant: acme # ours\n\nagents:\n  jane: {number: "1001"}\n'


def run(folder: Path, *arguments: str) -> int:
    return main(["-C", str(folder), "fmt", *arguments])


def test_it_names_and_rewrites_what_is_untidy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Overlays included; what is tidy is not touched."""
    write(tmp_path, {"a.yaml": UNTIDY, "b.yaml": TIDY, "overlays/c.yaml": UNTIDY, ".d.yaml": UNTIDY})
    before = (tmp_path / "b.yaml").stat().st_mtime_ns

    code = run(tmp_path)

    assert code == 0
    assert capsys.readouterr() == ("a.yaml\noverlays/c.yaml\n", "")
    assert (tmp_path / "a.yaml").read_text() == (tmp_path / "overlays/c.yaml").read_text() == TIDY
    assert (tmp_path / ".d.yaml").read_text() == UNTIDY
    assert (tmp_path / "b.yaml").stat().st_mtime_ns == before


def test_a_second_run_has_nothing_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also by `--check`."""
    write(tmp_path, {"a.yaml": UNTIDY})
    run(tmp_path)
    capsys.readouterr()

    assert (run(tmp_path), run(tmp_path, "--check")) == (0, 0)
    assert capsys.readouterr() == ("", "")


def test_check_changes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It names the files and ends with 1."""
    write(tmp_path, {"a.yaml": UNTIDY, "b.yaml": TIDY})

    code = run(tmp_path, "--check")

    assert code == 1
    assert capsys.readouterr() == ("a.yaml\n", "")
    assert (tmp_path / "a.yaml").read_text() == UNTIDY


def test_a_file_with_errors_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told of; the others are laid out nevertheless."""
    write(tmp_path, {"a.yaml": "agents:   {jane: {number: 0100}}\n", "b.yaml": UNTIDY})

    code = run(tmp_path)

    out, err = capsys.readouterr()
    assert (code, out) == (1, "b.yaml\n")
    assert err.startswith("a.yaml:1:27: error: the unquoted number `0100` would lose its leading zeros\n")
    assert (tmp_path / "a.yaml").read_text() == "agents:   {jane: {number: 0100}}\n"


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    """The file is replaced at once, by one that looks like it; nothing is left beside it."""
    write(tmp_path, {"deep/a.yaml": UNTIDY})
    (tmp_path / "deep/a.yaml").chmod(0o640)
    (tmp_path / "z.yaml").symlink_to("deep/a.yaml")

    assert run(tmp_path) == 0

    assert (tmp_path / "deep/a.yaml").stat().st_mode & 0o777 == 0o640
    assert (tmp_path / "z.yaml").is_symlink()
    assert sorted(path.name for path in tmp_path.rglob("*")) == ["a.yaml", "deep", "z.yaml"]


def test_line_ends_and_byte_order_marks_go(tmp_path: Path) -> None:
    """Whatever editor wrote the file."""
    write(tmp_path, {"a.yaml": b"\xef\xbb\xbftenant: acme\r\n\r\nagents:\r\n  jane: {}\r\n"})

    assert run(tmp_path) == 0

    assert (tmp_path / "a.yaml").read_bytes() == b"tenant: acme\n\nagents:\n  jane: {}\n"


def test_a_file_that_does_not_end_in_a_line_break_gets_one(tmp_path: Path) -> None:
    """Also after a comment; an empty file stays empty."""
    write(tmp_path, {"a.yaml": "tenant: acme", "b.yaml": "# nothing yet", "c.yaml": ""})

    assert run(tmp_path) == 0

    assert [(tmp_path / name).read_text() for name in ("a.yaml", "b.yaml", "c.yaml")] == [
        "tenant: acme\n",
        "# nothing yet\n",
        "",
    ]


def test_problems_come_by_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever is wrong with each; none is touched."""
    bad = {"a.yaml": b"agents: {jane: {", "b.yaml": b"\xff\xfe", "c.yaml": b"agents:\n\tjane:\n"}
    write(tmp_path, dict(bad))

    assert run(tmp_path) == 1

    told = [line for line in capsys.readouterr().err.splitlines() if ": error: " in line]
    assert [line.partition(":")[0] for line in told] == ["a.yaml", "b.yaml", "c.yaml"]
    assert {name: (tmp_path / name).read_bytes() for name in bad} == bad


def test_an_ignored_file_is_not_touched(tmp_path: Path) -> None:
    """It is no manifest of the tenant's."""
    write(tmp_path, {"a.yaml": TIDY, "b.yaml": UNTIDY, ".provisionerignore": "b.yaml\n"})

    assert run(tmp_path, "--check") == 0
