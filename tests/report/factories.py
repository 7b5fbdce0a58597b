"""Plans and changes with invented data, each argument with a default that says nothing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.address import Address
from provisioner.apply.events import Ended, Status
from provisioner.apply.run import Report
from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.plan.document import ABSENT, Action, Change, FieldChange, KindTold, Maybe, Plan, Reason, Step, Trip
from provisioner.values import Attributes, VendorId


def a_field(path: str = "first_name", before: Maybe = ABSENT, after: Maybe = ABSENT, **marks: Any) -> FieldChange:
    return FieldChange(path, before, after, **marks)


def a_change(
    address: str = "agents.jane@pbx",
    action: Action = Action.UPDATE,
    *fields: FieldChange,
    why: Mapping[str, str] | None = None,
    id: str | None = None,
    before: Attributes | None = None,
    after: Attributes | None = None,
    **more: Any,
) -> Change:
    """A change of ``address``; ``why`` maps reason codes to their texts."""
    return Change(
        address=Address.parse(address),
        vendor="shop",
        action=action,
        id=None if id is None else VendorId(id),
        reasons=tuple(Reason(code, text) for code, text in (why or {}).items()),
        before=before,
        after=after,
        fields=fields,
        **more,
    )


def a_plan(*changes: Change, **more: Any) -> Plan:
    return Plan(
        **{
            "tenant": "acme",
            "changes": changes,
            "accounts": {"pbx": "shop:pbx.example.com:443/"},
            "kinds": (KindTold("agents", people=True), KindTold("queues")),
            **more,
        }
    )


def a_notice(message: str = "alerts on `pbx` cannot be read", **more: Any) -> Diagnostic:
    return Diagnostic(**{"code": "notice", "message": message, "severity": Severity.NOTICE, **more})


def a_report(*ended: Ended, **more: Any) -> Report:
    completed = all(item.status in (Status.DONE, Status.MANUAL) for item in ended)
    return Report(ended, **{"completed": completed, **more})


def everything_done(plan: Plan) -> Report:
    """The report of an apply in which nothing went wrong."""
    return a_report(
        *(
            Ended(item.key, Status.MANUAL if item.action is Action.MANUAL else Status.DONE, item.id)
            for item in plan.changes
        )
    )


# --- whole plans --------------------------------------------------------------------------------------------------


def a_swap() -> Plan:
    """Two agents exchange their numbers: one is parked so that the other can go first."""
    jane = {"first_name": "Jane", "last_name": "Roe", "number": "1001"}
    rick = {"first_name": "Rick", "last_name": "Poe", "number": "1002"}
    return a_plan(
        a_change(
            "agents.jane@pbx",
            Action.UPDATE,
            a_field("number", "1001", "99999"),
            why={"parked": "others need its `number` before it can take its new one: it waits on a free value"},
            step=Step.PARK,
            id="17",
            before=jane,
            after=jane | {"number": "99999"},
        ),
        a_change(
            "agents.rick@pbx",
            Action.UPDATE,
            a_field("number", "1002", "1001"),
            why={"differs": "what is there differs from what is declared"},
            id="18",
            before=rick,
            after=rick | {"number": "1001"},
            needs=("agents.jane@pbx#park",),
        ),
        a_change(
            "agents.jane@pbx",
            Action.UPDATE,
            a_field("number", "1001", "1002"),
            why={"differs": "what is there differs from what is declared"},
            id="17",
            before=jane,
            after=jane | {"number": "1002"},
            needs=("agents.jane@pbx#park", "agents.rick@pbx"),
        ),
    )


def a_replace() -> Plan:
    """An extension whose number cannot be changed in place: made anew, then the old one is deleted."""
    before = {"extension": "1001", "name": "Desk 1"}
    after = {"extension": "1005", "name": "Desk 1"}
    why = {"immutable": "`extension` cannot be changed in place"}
    return a_plan(
        a_change(
            "extensions.desk-1@pbx",
            Action.REPLACE,
            a_field("extension", "1001", "1005", forces_replace=True),
            a_field("name", "Desk 1", "Desk 1"),
            why=why,
            step=Step.CREATE,
            after=after,
        ),
        a_change(
            "queues.support@pbx",
            Action.UPDATE,
            a_field("overflow", "extensions.desk-1@pbx", "extensions.desk-1@pbx"),
            id="3",
            before={"name": "Support"},
            after={"name": "Support", "overflow": "extensions.desk-1@pbx"},
            needs=("extensions.desk-1@pbx#create",),
        ),
        a_change(
            "extensions.desk-1@pbx",
            Action.REPLACE,
            why=why,
            step=Step.DELETE,
            id="51",
            before=before,
            needs=("extensions.desk-1@pbx#create", "queues.support@pbx"),
        ),
    )


def a_refused_plan() -> Plan:
    """A conflict, an unknown, two guards and an error in the way of one good change."""
    return a_plan(
        a_change(
            "agents.jane@pbx",
            Action.CONFLICT,
            why={"taken": "`agents.old@pbx` (id 4) holds its natural key and keeps it; give one of the two another"},
        ),
        a_change("alerts.backlog@pbx", Action.UNKNOWN, why={"evidence": "the listing was cut short after page 2"}),
        a_change(
            "agents.sue@pbx",
            Action.DELETE,
            why={"undeclared": "no manifest declares it any more"},
            id="9",
            before={"first_name": "Sue", "last_name": "Doe", "number": "1009"},
        ),
        guards=(
            Trip(
                "deletes",
                "3 agents on `pbx` would be deleted or replaced; 10 are managed there, more than 2 at once is held",
                "if that is meant: `--allow deletes` or `--allow deletes=agents.*@pbx`",
                "pbx",
                "agents",
                ("agents.sue@pbx", "agents.tim@pbx", "agents.una@pbx"),
            ),
            Trip(
                "prevent_destroy",
                "`agents.sue@pbx` must not be destroyed, and this plan would delete it",
                "`lifecycle: {prevent_destroy: false}` and an apply, or `--allow prevent_destroy=agents.sue@pbx`",
                "pbx",
                "agents",
                ("agents.sue@pbx",),
            ),
        ),
        diagnostics=(
            Diagnostic(
                "create_required",
                "`agents.new@pbx` must be created, and `number` is not declared",
                Position("agents.yaml", 7, 3),
                hint="declare `number`",
            ),
        ),
    )


def a_manual_plan() -> Plan:
    """Work for a person: a whole create, a delete, and one field of an update."""
    return a_plan(
        a_change(
            "numbers.main@inbox",
            Action.MANUAL,
            a_field("name", after="Main line", manual=True),
            a_field("pin", after={"secret": True, "version": 1}, secret=True, manual=True),
            why={"no_call": "shop has no call to create numbers: do it there"},
            intent=Action.CREATE,
            after={"name": "Main line"},
        ),
        a_change(
            "numbers.old@inbox",
            Action.MANUAL,
            why={"no_call": "shop has no call to delete numbers: do it there"},
            intent=Action.DELETE,
            id="n-9",
            before={"name": "Old line"},
        ),
        a_change(
            "queues.support@inbox",
            Action.UPDATE,
            a_field("color", "red", "blue", manual=True),
            a_field("wrap_up_time", 10, 15, default_from="defaults.queues (acme.yaml:12:3)"),
            id="q-1",
            before={"name": "Support", "color": "red", "wrap_up_time": 10},
            after={"name": "Support", "color": "blue", "wrap_up_time": 15},
        ),
    )


def a_plan_of_everything() -> Plan:
    """Every action, every mark of a field, an allowance, and notices."""
    return a_plan(
        *a_swap().changes,
        *a_replace().changes,
        *a_manual_plan().changes,
        a_change(
            "agents.ann@pbx",
            Action.CREATE,
            a_field("first_name", after="Ann"),
            a_field("language", after="en", default_from="defaults.agents (acme.yaml:9:3)"),
            a_field("number", after="1003"),
            a_field("password", after={"secret": True, "version": 1}, secret=True),
            why={"new": "nothing there has its natural key"},
            after={"first_name": "Ann", "language": "en", "number": "1003", "password": {"secret": True, "version": 1}},
        ),
        a_change(
            "agents.bob@pbx",
            Action.UNDELETE,
            a_field("email", None, "bob@example.com"),
            a_field("password", after={"secret": True, "version": 2}, secret=True),
            why={"deleted": "id 21 is the deleted record of this agent"},
            id="21",
            before={"first_name": "Bob", "last_name": "Ray", "number": "1004", "email": None},
            after={"first_name": "Bob", "last_name": "Ray", "number": "1004", "email": "bob@example.com"},
            deleted=True,
        ),
        a_change(
            "agents.gone@pbx",
            Action.DELETE,
            why={"undeclared": "no manifest declares it any more"},
            id="30",
            before={"first_name": "Gus", "last_name": "Gone", "number": "1030"},
        ),
        a_change("agents.left@pbx", Action.FORGET, why={"deleted": "it was deleted at the vendor"}, id="31", before={}),
        a_change(
            "queues.sales@pbx",
            Action.ADOPT,
            a_field("agents", ["agents.ann@pbx", "agents.gone@pbx"], ["agents.ann@pbx"]),
            a_field("password", {"secret": True, "version": 1}, {"secret": True, "version": 1}, secret=True),
            a_field("strategy", "linear", None),
            why={"found": "id 4 has its natural key and is not managed yet"},
            id="4",
            before={"name": "Sales", "agents": ["agents.ann@pbx", "agents.gone@pbx"]},
            after={"name": "Sales", "agents": ["agents.ann@pbx"]},
            included_by="alerts.backlog@pbx",
        ),
        none=14,
        unmanaged=5,
        allowed=("deletes=agents.*@pbx",),
        guards=(
            Trip(
                "deletes",
                "3 agents on `pbx` would be deleted or replaced; 10 are managed there, more than 2 at once is held",
                "if that is meant: `--allow deletes`",
                "pbx",
                "agents",
                ("agents.gone@pbx",),
                allowed=True,
            ),
        ),
        diagnostics=(
            a_notice(
                "alerts on `pbx` cannot be read: compared with what was last sent; what others change is not seen",
                code="drift_unseen",
            ),
            a_notice("`queues.support@inbox`: `color` no longer declared; left as it stands", hint="declare it again"),
        ),
    )
