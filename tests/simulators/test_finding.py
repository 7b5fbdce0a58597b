"""Finding simulators: in the package's folder, and in other distributions."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.errors import ProvisionerError
from provisioner.simulators.finding import find, home, names

FOREIGN = """\
from provisioner.simulators.base import Simulator

SIMULATOR = Simulator({name!r}, "Invented", "", start=None)
"""


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str | None, module: str) -> None:
    """A distribution that offers a simulator named acme through an entry point."""
    information = folder / f"{module}-1.0.dist-info"
    information.mkdir()
    (information / "METADATA").write_text("Metadata-Version: 2.1\nName: invented\nVersion: 1.0\n")
    (information / "entry_points.txt").write_text(f"[provisioner.simulators]\nacme = {module}\n")
    if source is not None:
        (folder / f"{module}.py").write_text(source)
    monkeypatch.syspath_prepend(str(folder))


def test_another_distribution_may_offer_a_simulator(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is listed and found like our own, and so is the place of its data files."""
    install(tmp_path, monkeypatch, FOREIGN.format(name="acme"), "invented_simulator")

    assert "acme" in names()
    assert find("acme").summary == "Invented"
    assert Path(str(home("acme").__file__)).parent == tmp_path


@pytest.mark.parametrize(
    ("source", "module", "words"),
    [
        (None, "invented_simulator_missing", "cannot be imported"),
        ("", "invented_simulator_empty", "holds no simulator for `acme`"),
        (FOREIGN.format(name="other"), "invented_simulator_other", "holds no simulator for `acme`"),
    ],
)
def test_an_entry_point_without_its_simulator_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str | None, module: str, words: str
) -> None:
    """Missing, empty, or another's."""
    install(tmp_path, monkeypatch, source, module)

    with pytest.raises(ProvisionerError, match=words):
        find("acme")


def test_a_file_beside_the_simulators_is_none() -> None:
    """What they share lies in the same folder."""
    assert not {"base", "server", "finding", "serving"} & set(names())
