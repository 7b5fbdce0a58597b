"""A plan of any number of changes, such as a tenant of thousands may have after a reorganisation: what is rendered.

Creates, updates, deletes, undeletes, exchanges of numbers, a roster and work for a person, on two connections; some of
the names mean ill. The same number of changes gives the same plan.
"""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.plan.document import (
    ABSENT,
    Action,
    Change,
    FieldChange,
    KindTold,
    Maybe,
    Plan,
    Reason,
    Seats,
    Step,
    Trip,
)
from provisioner.values import Attributes, Value, VendorId

GROUP = 10
"""So many changes belong together: each group has one of every sort."""

ROSTER = 40
_ILL = "<img src=x onerror=alert(1)> @everyone `a` | [b](c) \x1b[2J\u202e```"
_FIRST = ("Jane", "Žofie", "田中", "عمر", "Ana Sofía", "O'Neill", "🧑‍🚒", "K. & Sons", _ILL)


def large_plan(changes: int) -> Plan:
    """A plan of that many changes, a multiple of ten, with guards that were lifted for it, and notices."""
    made = tuple(change for number in range(0, changes, GROUP) for change in _group(number))
    deleted = tuple(str(change.address) for change in made if change.action is Action.DELETE)
    message = f"{len(deleted)} agents would be deleted, more than 25 at once is held"
    return Plan(
        tenant="acme",
        changes=made,
        none=changes,
        unmanaged=7,
        guards=(
            Trip("deletes", message, "if that is meant: `--allow deletes`", "pbx", "agents", deleted, allowed=True),
        ),
        diagnostics=tuple(map(_notice, range(0, changes, 100))),
        accounts={"pbx": "shop:pbx.example.com:443/", "inbox": "shop:inbox.example.com:443/"},
        allowed=("deletes",),
        config_digest="0" * 64,
        created_at="2030-01-01T00:00:00Z",
        seats=(Seats("pbx", "agents", licensed=changes, in_use=changes // 2, after=changes // 2 + 7),),
        kinds=(KindTold("agents", people=True), KindTold("queues"), KindTold("numbers")),
    )


def _group(number: int) -> Iterator[Change]:
    """Ten changes, each after all that it needs."""
    at = "inbox" if number % 30 else "pbx"
    yield from _exchange(number, at)
    yield _create(number + 2, at)
    yield _update(number + 3, at, _field("first_name", _first(number), _first(number + 1)))
    yield _update(
        number + 4,
        at,
        _field("email", f"old.{number}@acme.example", None),
        FieldChange("wrap_up_time", 10, 15, unit="seconds"),
    )
    yield _delete(number + 5, at)
    yield _undelete(number + 6, at)
    yield _roster(number + 7, at)
    yield _by_hand(number + 8, at)


def _exchange(number: int, at: str) -> Iterator[Change]:
    """Two agents exchange their numbers: the first waits on a free one."""
    first, second = str(10_000 + number), str(10_001 + number)
    park = _update(number, at, _field("number", first, "99999"), step=Step.PARK)
    taken = _update(number + 1, at, _field("number", second, first), needs=(park.key,))
    yield from (park, taken, _update(number, at, _field("number", first, second), needs=(park.key, taken.key)))


def _create(number: int, at: str) -> Change:
    person = _person(number)
    fields = tuple(_field(path, ABSENT, value) for path, value in person.items())
    return _change(number, at, Action.CREATE, ("new", "nothing there has its natural key"), after=person, fields=fields)


def _update(
    number: int, at: str, *fields: FieldChange, step: Step | None = None, needs: tuple[str, ...] = ()
) -> Change:
    why = ("differs", "what is there differs from what is declared")
    before = _person(number)
    after = before | {item.path: item.after for item in fields if item.after is not ABSENT}
    return _change(
        number, at, Action.UPDATE, why, before=before, after=after, fields=fields, step=step, needs=needs, there=True
    )


def _delete(number: int, at: str) -> Change:
    why = ("undeclared", "no manifest declares it any more")
    return _change(number, at, Action.DELETE, why, before=_person(number), there=True)


def _undelete(number: int, at: str) -> Change:
    why = ("deleted", f"somebody deleted id {number} at the vendor")
    person = _person(number)
    pin: Value = {"secret": True, "version": 1}
    return _change(
        number,
        at,
        Action.UNDELETE,
        why,
        before=person,
        deleted=True,
        after=person | {"password": pin},
        fields=(FieldChange("password", ABSENT, pin, secret=True),),
        there=True,
    )


def _roster(number: int, at: str) -> Change:
    """A queue whose roster loses four of forty and gains two, one with fields of its own."""
    members: list[Value] = [f"agents.a{number + offset:05}@{at}" for offset in range(ROSTER)]
    gained: list[Value] = [f"agents.b{number:05}@{at}", {"agent": f"agents.c{number:05}@{at}", "penalty": 2}]
    names = {f"agents.a{number + offset:05}@{at}": f"{_first(number)} Roe {offset}" for offset in range(ROSTER)}
    before: dict[str, Value] = {"name": f"Queue {number}", "agents": members}
    return _change(
        number,
        at,
        Action.UPDATE,
        ("differs", "what is there differs from what is declared"),
        kind="queues",
        before=before,
        after=before | {"agents": [*members[4:], *gained]},
        fields=(FieldChange("agents", members, [*members[4:], *gained], refers_to=f"agents@{at}", names=names),),
        there=True,
    )


def _by_hand(number: int, at: str) -> Change:
    name = f"{_first(number)} {number}"
    return _change(
        number,
        at,
        Action.MANUAL,
        ("no_call", "shop has no call to create numbers: do it there"),
        kind="numbers",
        intent=Action.CREATE,
        after={"name": name},
        fields=(FieldChange("name", ABSENT, name, manual=True),),
    )


# --- Their parts ---------------------------------------------------------------------------------------------------


def _change(
    number: int,
    at: str,
    action: Action,
    why: tuple[str, str],
    *,
    kind: str = "agents",
    intent: Action | None = None,
    step: Step | None = None,
    before: Attributes | None = None,
    deleted: bool = False,
    after: Attributes | None = None,
    fields: tuple[FieldChange, ...] = (),
    needs: tuple[str, ...] = (),
    there: bool = False,
) -> Change:
    return Change(
        Address(kind, f"a{number:05}", at),
        "shop",
        action,
        step,
        intent,
        id=VendorId(str(number)) if there else None,
        reasons=(Reason(*why),),
        before=before,
        deleted=deleted,
        after=after,
        fields=fields,
        needs=needs,
        file=f"people/{number // 500}.yaml",
    )


def _person(number: int) -> dict[str, Value]:
    return {
        "email": f"agent.{number}@acme.example",
        "first_name": _first(number),
        "last_name": f"Roe {number}",
        "number": str(10_000 + number),
        "skills": ["sales", "billing"],
    }


def _first(number: int) -> str:
    return _FIRST[number // 3 % len(_FIRST)]


def _field(path: str, before: Maybe, after: Maybe) -> FieldChange:
    return FieldChange(
        path, before, after, default_from="defaults.agents (acme.yaml:9:3)" if path == "skills" else None
    )


def _notice(number: int) -> Diagnostic:
    message = f"`agents.a{number:05}@pbx`: `colour` no longer declared; left as it stands"
    return Diagnostic(
        "released", message, Position("people/0.yaml", number + 1, 3), hint="declare it again", severity=Severity.NOTICE
    )
