"""`init` makes a folder that validates, and overwrites nothing."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

import pytest

from provisioner.cli.main import main
from provisioner.plan.desired import check
from provisioner.vendors.loading import find_vendor

BLUEPRINTS = sorted(item.name for item in (files("provisioner.cli") / "blueprints").iterdir() if item.is_dir())


@pytest.mark.parametrize("vendor", BLUEPRINTS)
def test_what_it_makes_is_valid(tmp_path: Path, vendor: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever the vendor, `validate` has nothing to say."""
    folder = tmp_path / "Acme & Co"

    assert main(["-C", str(folder), "init", "--vendor", vendor]) == 0

    found = check(folder, find_vendor)
    assert found.tenant == "acme-co"
    assert found.instances
    assert found.notices == ()
    assert "provisioner validate" in capsys.readouterr().out


def test_it_keeps_state_and_plans_out_of_git(tmp_path: Path) -> None:
    """A saved plan and a local state are nobody's business in a repository."""
    main(["-C", str(tmp_path), "init"])

    assert {".provisioner/", "*.plan"} <= set((tmp_path / ".gitignore").read_text().splitlines())


def test_it_refuses_to_overwrite(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It says which files are in the way, and writes none."""
    (tmp_path / "tenant.yaml").write_text("mine")

    code = main(["-C", str(tmp_path), "init"])

    assert code == 1
    assert "`tenant.yaml`" in capsys.readouterr().err
    assert [item.name for item in tmp_path.iterdir()] == ["tenant.yaml"]
    assert (tmp_path / "tenant.yaml").read_text() == "mine"


def test_other_files_do_not_matter(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A README stays, and so does a .gitignore, with advice on what to add."""
    (tmp_path / "README.md").write_text("mine")
    (tmp_path / ".gitignore").write_text("*.plan\n")

    code = main(["-C", str(tmp_path), "init", "--tenant", "acme"])

    assert code == 0
    assert (tmp_path / ".gitignore").read_text() == "*.plan\n"
    assert "add to it: .provisioner/" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--vendor", "nope"], "no blueprint for a vendor `nope`"),
        (["--tenant", "A B"], "`A B` cannot be a tenant's name"),
    ],
)
def test_bad_choices(tmp_path: Path, arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Told in words, before anything is written."""
    code = main(["-C", str(tmp_path), "init", *arguments])

    assert code == 1
    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
