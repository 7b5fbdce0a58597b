"""How a command writes a file that is there already."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.cli.replacing import replace_text
from provisioner.errors import UsageError


def test_permissions_and_links_stay(tmp_path: Path) -> None:
    """The file behind a link is written; who may read it is as before, and nothing is left beside it."""
    real, link = tmp_path / "real.yaml", tmp_path / "acme.yaml"
    real.write_text("old")
    real.chmod(0o640)
    link.symlink_to(real.name)

    replace_text(link, "new\r\n")

    assert link.is_symlink()
    assert (real.read_bytes(), real.stat().st_mode & 0o777) == (b"new\r\n", 0o640)
    assert sorted(tmp_path.iterdir()) == [link, real]


def test_what_is_not_there_is_made(tmp_path: Path) -> None:
    """With the permissions of any new file, and its folder too."""
    beside = tmp_path / "beside"
    beside.touch()

    replace_text(tmp_path / "people" / "agents.yaml", "new")

    made = tmp_path / "people" / "agents.yaml"
    assert (made.read_text(), made.stat().st_mode) == ("new", beside.stat().st_mode)


def test_what_cannot_be_written_is_a_mistake_of_the_caller(tmp_path: Path) -> None:
    """A folder in the file's place stays, and nothing is left beside it."""
    (tmp_path / "acme.yaml").mkdir()

    with pytest.raises(UsageError, match="cannot be written: is a directory"):
        replace_text(tmp_path / "acme.yaml", "new")

    assert [path.name for path in tmp_path.iterdir()] == ["acme.yaml"]
