"""Exit codes of what is done with a saved plan: in every format the same, and 0 only where it was done."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.cli.test_exit_codes import ways


def fine(tenant: Tenant, control: Control, file: Path) -> None:
    """Everything is as it was when the plan was made."""


def spent(tenant: Tenant, control: Control, file: Path) -> None:
    """It was applied."""
    assert tenant.run("apply", str(file)).code == 0


def meddled(tenant: Tenant, control: Control, file: Path) -> None:
    """Somebody changed the file."""
    file.write_text(file.read_text().replace("Janet", "Jenny"))


def moved_on(tenant: Tenant, control: Control, file: Path) -> None:
    """The manifests say something else by now."""
    tenant.edit("first_name: Janet", "first_name: Joan")


def overtaken(tenant: Tenant, control: Control, file: Path) -> None:
    """Somebody has written the state."""
    assert tenant.run("state", "rm", "agents.bob@pbx").code == 0


def moved_there(tenant: Tenant, control: Control, file: Path) -> None:
    """One of its entities is another by now."""
    control.change("agent", _id_of(control, "1001"), {"firstName": "Jo"})


def refused_there(tenant: Tenant, control: Control, file: Path) -> None:
    """The vendor takes no change."""
    control.fault("status", method="PUT", status=400, times=None)


def held_back(tenant: Tenant, control: Control, file: Path) -> None:
    """It was made once more, and a guard holds it: the file says so."""
    tenant.without("sam:")
    tenant.without("bob:")
    text = tenant.manifest.read_text(encoding="utf-8")
    tenant.manifest.write_text(text[: text.index("alerts:")].replace("supervisors:\n", ""))
    assert tenant.run("plan", "--out", str(file)).code == 1


def missing(tenant: Tenant, control: Control, file: Path) -> None:
    """It is not there."""
    file.unlink()


SAVED: list[tuple[Callable[[Tenant, Control, Path], None], int, int]] = [
    (fine, 0, 0),
    (spent, 0, 1),
    (meddled, 1, 1),
    (moved_on, 0, 1),
    (overtaken, 0, 1),
    (moved_there, 0, 1),
    (refused_there, 0, 1),
    (held_back, 0, 1),
    (missing, 1, 1),
]


def _id_of(control: Control, number: str) -> str:
    return next(key for key, agent in control.content()["agent"].items() if agent["number"] == number)


@pytest.mark.parametrize("way", [*ways(["show"]), *ways(["apply"])], ids=lambda way: " ".join(way) or "plain")
@pytest.mark.parametrize(("meanwhile", "shown", "done"), SAVED, ids=[row[0].__name__ for row in SAVED])
def test_a_saved_plan(
    tenant: Tenant,
    control: Control,
    meanwhile: Callable[[Tenant, Control, Path], None],
    shown: int,
    done: int,
    way: list[str],
) -> None:
    """It is shown as long as its file is whole, and applied once, and only where nothing has moved."""
    tenant.applied()
    tenant.edit("first_name: Jane", "first_name: Janet")
    file = tenant.folder / "today.plan"
    assert tenant.run("plan", "--out", str(file)).code == 0
    meanwhile(tenant, control, file)

    for command, code in (("show", shown), ("apply", done)):
        if way in ways([command]):
            ran = tenant.run(command, str(file), *way)
            assert ran.code == code, ran.err + ran.out
            assert "a fault in provisioner" not in ran.err


def test_a_stale_change_fails_the_apply_and_the_rest_is_done(tenant: Tenant, control: Control) -> None:
    """An entity that moved between plan and apply is refused alone."""
    tenant.applied()
    tenant.edit("first_name: Jane", "first_name: Janet")
    tenant.edit("first_name: Bob", "first_name: Bobby")
    file = str(tenant.folder / "today.plan")
    tenant.run("plan", "--out", file)
    control.change("agent", _id_of(control, "1001"), {"firstName": "Jo"})

    ran = tenant.run("apply", file)

    assert ran.code == 1
    names = {agent["number"]: agent["firstName"] for agent in control.content()["agent"].values()}
    assert names == {"1001": "Jo", "1002": "Bobby"}
