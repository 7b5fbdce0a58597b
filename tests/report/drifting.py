"""Reports of drift with invented data."""

from __future__ import annotations

from provisioner.address import Address
from provisioner.plan.document import Action, Plan
from provisioner.plan.drifted import Compared, Drift, Drifted, Moving, Unseen, Untold
from provisioner.plan.leaf import ABSENT, FieldChange
from provisioner.report.drift import DriftReport
from provisioner.values import Attributes, VendorId
from tests.report.factories import a_change, a_notice, a_plan

NAMED: Attributes = {"first_name": "Ann", "last_name": "Lee", "number": "1001"}


def a_drifted(address: str, drift: Drift, *fields: FieldChange, id: str = "7", applied: Attributes = NAMED) -> Drifted:
    return Drifted(Address.parse(address), drift, VendorId(id), fields, applied, "shop", "people.yaml")


def an_untold(address: str, why: str, hint: str | None = None) -> Untold:
    return Untold(Address.parse(address), VendorId("9"), why, hint)


def everything() -> DriftReport:
    """Every way of drifting, and everything that is said beside."""
    refused = "`GET /queue` on `pbx`: the vendor answered 500"
    found = Compared(
        drift=(
            a_drifted(
                "agents.ann@pbx",
                Drift.CHANGED,
                FieldChange("email", "ann@acme.example", None),
                FieldChange("team", "teams.sales@pbx", {"id": "17"}),
                FieldChange("tags", ["a", "b"], ["b", "c"]),
                FieldChange("note", "x", ABSENT),
            ),
            a_drifted("agents.bob@pbx", Drift.DELETED, applied={}),
            a_drifted("agents.cid@pbx", Drift.DELETING),
            a_drifted("agents.dan@pbx", Drift.GONE),
            a_drifted("agents.eve@pbx", Drift.SOMEBODY_ELSE, FieldChange("first_name", "Ann", "Eve")),
            a_drifted("agents.fay@inbox", Drift.ACTIVE_AGAIN),
            a_drifted("agents.gil@pbx", Drift.PARKED, FieldChange("number", after="9999")),
        ),
        unknown=(
            an_untold("agents.zoe@old", "connection `old` is no longer declared", "declare it again"),
            *(an_untold(f"queues.q{number:02}@pbx", refused) for number in range(12)),
        ),
        moving=(Moving(Address.parse("agents.ann@pbx"), VendorId("7"), (FieldChange("calls", 1, 9),)),),
        unseen=(Unseen("pbx", "alerts", 3), Unseen("pbx", "tones", 1)),
        unchanged=14,
    )
    return DriftReport(
        "acme",
        found,
        "l-1",
        4,
        {"pbx": "shop:pbx.example.com:443/"},
        settled=((Address.parse("agents.new@pbx"), "create", "done"),),
        created_at="2030-01-02T03:04:05Z",
        tool_version="1.0.0",
    )


def only_unknown() -> DriftReport:
    found = Compared(unknown=(an_untold("agents.zoe@pbx", "status 500"),), unchanged=3)
    return DriftReport("acme", found, targets=("agents.*",), excludes=("agents.bob@pbx",))


def a_refresh() -> Plan:
    """A plan of ``--refresh-only`` with every way of drifting in it."""
    drift = everything().found.drift
    why = {"somebody_else": "id 7 names somebody else by now"}
    return a_plan(
        a_change("agents.bob@pbx", Action.FORGET, id="7", before={}, deleted=True),
        a_change("agents.dan@pbx", Action.FORGET, id="7"),
        a_change("agents.eve@pbx", Action.CONFLICT, id="7", why=why),
        refresh_only=True,
        drift=drift,
        none=3,
        diagnostics=(a_notice("3 alerts on `pbx` cannot be read: not compared", code="not_compared"),),
    )
