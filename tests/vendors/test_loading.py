"""Finding vendors: in the package's folder, and in other distributions."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from provisioner.vendors import loading
from provisioner.vendors.base import UnknownVendor, Vendor
from provisioner.vendors.loading import find_vendor, vendor_names

HERE = Path(loading.__file__).parent

FOREIGN = """\
from provisioner.vendors.base import Settings, Vendor

VENDOR = Vendor({name!r}, "Invented", {{}}, Settings, account=str, connect=None)
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, name: str, source: str | None, target: str) -> None:
    """A distribution that offers a vendor through an entry point."""
    information = folder / f"{target.partition(':')[0]}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: invented\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[provisioner.vendors]\n{name} = {target}\n")
    if source is not None:
        (folder / f"{target.partition(':')[0]}.py").write_text(source)
    monkeypatch.syspath_prepend(str(folder))


def test_the_names_are_the_folders() -> None:
    """Sorted; a file is no vendor."""
    folders = sorted(path.parent.name for path in HERE.glob("*/__init__.py"))

    assert list(vendor_names()) == folders
    assert folders


@pytest.mark.parametrize("name", vendor_names())
def test_every_folder_holds_the_vendor_of_its_name(name: str) -> None:
    """So that manifests, folders and states agree."""
    vendor = find_vendor(name)

    assert isinstance(vendor, Vendor)
    assert vendor.name == name


def test_only_the_vendor_that_is_asked_for_is_imported() -> None:
    """Listing imports none; finding imports one."""
    first = vendor_names()[0]
    code = (
        "import sys; from provisioner.vendors.loading import find_vendor, vendor_names;"
        "there = lambda: {name for name in vendor_names() if f'provisioner.vendors.{name}' in sys.modules};"
        f"assert there() == set(); find_vendor({first!r}); assert there() == {{{first!r}}}"
    )

    subprocess.run([sys.executable, "-c", code], check=True)


def test_another_distribution_may_offer_a_vendor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is listed and found like our own."""
    install(tmp_path, monkeypatch, "acme", FOREIGN.format(name="acme"), "invented_acme:VENDOR")

    assert "acme" in vendor_names()
    assert find_vendor("acme").title == "Invented"


def test_an_entry_point_may_name_the_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its VENDOR is meant then."""
    install(tmp_path, monkeypatch, "acme", FOREIGN.format(name="acme"), "invented_module")

    assert find_vendor("acme").name == "acme"


@pytest.mark.parametrize(
    ("source", "target", "words"),
    [
        (None, "invented_missing:VENDOR", "cannot be loaded"),
        ("", "invented_empty:VENDOR", "cannot be loaded"),
        ("", "invented_nothing", "holds no vendor named `acme`"),
        (FOREIGN.format(name="other"), "invented_other:VENDOR", "holds no vendor named `acme`"),
    ],
)
def test_an_entry_point_without_its_vendor_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str | None, target: str, words: str
) -> None:
    """Missing, empty, or another's."""
    install(tmp_path, monkeypatch, "acme", source, target)

    with pytest.raises(UnknownVendor, match=words):
        find_vendor("acme")


def test_an_unknown_vendor_is_answered_with_a_guess() -> None:
    """A slip of the pen is recognised."""
    name = vendor_names()[0]

    with pytest.raises(UnknownVendor) as caught:
        find_vendor(f"{name}q")

    assert str(caught.value) == f"there is no vendor `{name}q`"
    assert caught.value.hint == f"did you mean `{name}`?"


def test_where_nothing_is_close_the_installed_ones_are_listed() -> None:
    """So that nobody has to search."""
    with pytest.raises(UnknownVendor) as caught:
        find_vendor("zzzzzzzz")

    assert all(f"`{name}`" in str(caught.value.hint) for name in vendor_names())
