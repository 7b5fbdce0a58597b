"""An alert whose create was lost: found in the portal by a person, and settled by hand."""

from __future__ import annotations

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant


@pytest.fixture
def lost(tenant: Tenant, control: Control) -> Tenant:
    """The create had its effect and no answer; its repeat was answered "taken"."""
    control.fault("drop_after", method="POST", path="/alert", times=1)
    assert tenant.run("apply", "--auto-approve").code == 1
    assert "unknown" in tenant.run("state", "list").out
    return tenant


def test_a_settled_alert_is_kept(lost: Tenant, control: Control) -> None:
    """Its fields may be sent again, but nothing is deleted because of a doubt."""
    (vendor_id,) = control.content()["alert"]
    assert lost.run("state", "settle", "alerts.backlog@pbx", "--id", vendor_id).code == 0

    planned = lost.run("plan")
    ran = lost.run("apply", "--auto-approve")

    assert "replace" not in planned.out
    assert ran.code == 0, ran.err
    assert list(control.content()["alert"]) == [vendor_id]
    assert lost.run("plan", "--detailed-exitcode").code == 0


def test_one_that_was_deleted_in_the_portal_is_made_anew(lost: Tenant, control: Control) -> None:
    """The other way out."""
    (vendor_id,) = control.content()["alert"]
    control.delete("alert", vendor_id)
    assert lost.run("state", "settle", "alerts.backlog@pbx", "--absent").code == 0

    ran = lost.run("apply", "--auto-approve")

    assert ran.code == 0, ran.err
    assert len(control.content()["alert"]) == 1


def test_settled_twice(lost: Tenant, control: Control) -> None:
    """What is bound already is said, and how to bind it anew."""
    (vendor_id,) = control.content()["alert"]
    lost.run("state", "settle", "alerts.backlog@pbx", "--id", vendor_id)

    again = lost.run("state", "settle", "alerts.backlog@pbx", "--id", "77")

    assert again.code == 1
    assert f"it is bound to id {vendor_id}" in again.err


@pytest.mark.parametrize("malformed", ["", "abc", "0", "-1", "alerts.backlog@pbx"])
def test_what_can_be_no_id(lost: Tenant, malformed: str) -> None:
    """Nobody could look whether it is right, so that a slip would stay until somebody gets the wrong alert."""
    ran = lost.run("state", "settle", "alerts.backlog@pbx", "--id", malformed)

    assert ran.code == 1
    assert f"`{malformed}` cannot be an id of alerts" in ran.err
    assert "unknown" in lost.run("state", "list").out
