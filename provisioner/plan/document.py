"""A plan as a value: what will be done to each resource, why, and what it was made from.

Frozen, sorted, serialisable, and the same bytes for the same input. Apply obeys it and decides nothing again. Its JSON
form (``to_json``) is format version "1"; ``provisioner schema plan`` describes it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from enum import Enum, StrEnum
from functools import cached_property
from typing import Any, Final, TypeAlias

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.errors import PlanRefused
from provisioner.values import Attributes, Value, VendorId, digest, flatten, nest

FORMAT_VERSION: Final = "1"


class Action(StrEnum):
    """What is done to one instance; the order is that of the summary."""

    CREATE = "create"
    ADOPT = "adopt"
    UPDATE = "update"
    REPLACE = "replace"
    UNDELETE = "undelete"
    DELETE = "delete"
    FORGET = "forget"
    NONE = "none"
    MANUAL = "manual"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


WRITES: Final = frozenset({Action.CREATE, Action.UPDATE, Action.REPLACE, Action.UNDELETE, Action.DELETE})
"""The actions that may send a change to a vendor (an adopt does only if it has fields to write)."""

BLOCKING: Final = frozenset({Action.CONFLICT, Action.UNKNOWN})
"""The actions with which a plan must not be applied."""


class Step(StrEnum):
    """The part of an address's change that stands in the plan on its own."""

    PARK = "park"
    DELETE = "delete"
    CREATE = "create"


class Absent(Enum):
    """Says that a field has no value at all, which differs from null."""

    ABSENT = "absent"


ABSENT: Final = Absent.ABSENT
Maybe: TypeAlias = "Value | Absent"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a stable code for programs, a text for people."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One leaf field that changes, or that a person must change (``manual``)."""

    path: str
    before: Maybe = ABSENT
    after: Maybe = ABSENT
    secret: bool = False
    manual: bool = False
    forces_replace: bool = False
    default_from: str | None = None


@dataclass(frozen=True)
class Change:
    """One instance's change, or one step of it.

    ``before`` is what the vendor shows of the declared fields and the natural key (None where there is nothing),
    ``deleted`` whether that is a deleted record: only these decide staleness. ``after`` is what will be there (None
    for a delete). ``needs`` are the keys of the changes that must be done first. ``intent`` is what a ``manual``
    change would have been. ``moved_from`` is the address under which state has the entity until now, ``lost`` the id
    that it has in vain (gone, or a record that cannot come back). ``undeletes`` is True for the create half of a
    replace that brings a deleted record back.
    """

    address: Address
    vendor: str
    action: Action
    step: Step | None = None
    intent: Action | None = None
    id: VendorId | None = None
    reasons: tuple[Reason, ...] = ()
    before: Attributes | None = None
    deleted: bool = False
    after: Attributes | None = None
    fields: tuple[FieldChange, ...] = ()
    needs: tuple[str, ...] = ()
    included_by: str | None = None
    moved_from: Address | None = None
    lost: VendorId | None = None
    undeletes: bool = False
    file: str = ""
    prevent_destroy: bool = False

    @cached_property
    def key(self) -> str:
        """What other changes call it: the address, with ``#park``, ``#delete`` or ``#create`` for a step."""
        return f"{self.address}#{self.step}" if self.step else str(self.address)

    def because(self, code: str, text: str) -> Change:
        """The same change with one reason more."""
        return replace(self, reasons=(*self.reasons, Reason(code, text)))

    def becomes(self, action: Action, code: str, text: str) -> Change:
        """Another action for the same instance, with the reason first."""
        return replace(self, action=action, reasons=(Reason(code, text), *self.reasons))

    @property
    def writable(self) -> tuple[FieldChange, ...]:
        """The fields that apply will send."""
        return tuple(item for item in self.fields if not item.manual)

    @property
    def open_manual(self) -> bool:
        """True where a person has something left to do after apply."""
        return self.action is Action.MANUAL or any(item.manual for item in self.fields)


@dataclass(frozen=True, slots=True)
class Trip:
    """A guard that does not like the plan: what it saw and how to go on. ``allowed``: lifted for this one plan.

    ``holds`` is how many of its addresses it would let pass; it is told in the message and not saved.
    """

    name: str
    message: str
    hint: str
    connection: str | None = None
    kind: str | None = None
    addresses: tuple[str, ...] = ()
    allowed: bool = False
    holds: int = 0


@dataclass(frozen=True, slots=True)
class Record:
    """What apply writes into the state without asking a vendor anything.

    ``released`` are fields that are no longer declared and stay as they are; ``prevent_destroy`` and ``file`` are what
    the manifests say now.
    """

    address: Address
    released: tuple[str, ...] = ()
    prevent_destroy: bool = False
    file: str = ""


@dataclass(frozen=True)
class Plan:
    """All changes in an order that can be executed, and what they were made from."""

    tenant: str
    changes: tuple[Change, ...]
    none: int = 0
    unmanaged: int | None = None
    guards: tuple[Trip, ...] = ()
    diagnostics: tuple[Diagnostic, ...] = ()
    records: tuple[Record, ...] = ()
    lineage: str = ""
    serial: int = 0
    accounts: Mapping[str, str] = field(default_factory=dict)
    reset_accounts: tuple[str, ...] = ()
    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()
    config_digest: str = ""
    created_at: str = ""
    tool_version: str = ""
    destroy: bool = False

    @property
    def summary(self) -> dict[str, int | None]:
        """A count of addresses for every action, and of unmanaged entities (None where nothing was counted)."""
        counts: dict[str, int | None] = dict.fromkeys((str(action) for action in Action), 0)
        seen: dict[Address, Action] = {}
        for change in self.changes:
            if change.step is not Step.PARK:
                seen[change.address] = change.action
        for action in Action:
            counts[str(action)] = sum(1 for found in seen.values() if found is action)
        counts["none"] = self.none
        counts["unmanaged"] = self.unmanaged
        return counts

    @property
    def tripped(self) -> tuple[Trip, ...]:
        """The guards that still refuse it."""
        return tuple(trip for trip in self.guards if not trip.allowed)

    @property
    def blocked(self) -> tuple[Change, ...]:
        """The conflicts and unknowns, with which it must not be applied."""
        return tuple(change for change in self.changes if change.action in BLOCKING)

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        return tuple(item for item in self.diagnostics if item.severity is Severity.ERROR)

    @property
    def refused(self) -> bool:
        """True for a plan that apply will not touch."""
        return bool(self.tripped or self.blocked or self.errors)

    @property
    def has_changes(self) -> bool:
        """True where apply has something to do; ``manual`` alone is not."""
        return any(change.action not in (Action.MANUAL, *BLOCKING) for change in self.changes) or bool(
            self.reset_accounts
        )

    @property
    def open_manual(self) -> int:
        """How many addresses leave a person something to do."""
        return len({change.address for change in self.changes if change.open_manual})

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON form without the digest itself."""
        return digest(_body(self))


# --- JSON ---------------------------------------------------------------------------------------------------------


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan in format version "1", keys in reading order."""
    return {**_body(plan), "digest": plan.digest}


def _body(plan: Plan) -> dict[str, Any]:
    return {
        "format_version": FORMAT_VERSION,
        "tenant": plan.tenant,
        "created_at": plan.created_at,
        "tool_version": plan.tool_version,
        "config_digest": plan.config_digest,
        "state": {"lineage": plan.lineage, "serial": plan.serial},
        "accounts": dict(sorted(plan.accounts.items())),
        "reset_accounts": list(plan.reset_accounts),
        "targets": list(plan.targets),
        "excludes": list(plan.excludes),
        "allowed": list(plan.allowed),
        "destroy": plan.destroy,
        "refused": plan.refused,
        "summary": plan.summary,
        "changes": [_change_json(change) for change in plan.changes],
        "guards": [_trip_json(trip) for trip in plan.guards],
        "diagnostics": [diagnostic_json(item) for item in plan.diagnostics],
        "records": [
            {
                "address": str(item.address),
                "released": list(item.released),
                "prevent_destroy": item.prevent_destroy,
                "file": item.file,
            }
            for item in plan.records
        ],
    }


def _change_json(change: Change) -> dict[str, Any]:
    return {
        "key": change.key,
        "address": str(change.address),
        "kind": change.address.kind,
        "connection": change.address.connection,
        "vendor": change.vendor,
        "action": str(change.action),
        "step": str(change.step) if change.step else None,
        "intent": str(change.intent) if change.intent else None,
        "id": change.id,
        "reasons": [{"code": reason.code, "text": reason.text} for reason in change.reasons],
        "before": None if change.before is None else nest(change.before) | {"deleted": change.deleted},
        "after": None if change.after is None else nest(change.after),
        "fields": [_field_json(item) for item in change.fields],
        "depends_on": list(change.needs),
        "included_by": change.included_by,
        "moved_from": str(change.moved_from) if change.moved_from else None,
        "lost": change.lost,
        "undeletes": change.undeletes,
        "file": change.file,
        "prevent_destroy": change.prevent_destroy,
    }


def _field_json(item: FieldChange) -> dict[str, Any]:
    shown: dict[str, Any] = {"path": item.path}
    if item.before is not ABSENT:
        shown["before"] = item.before
    if item.after is not ABSENT:
        shown["after"] = item.after
    return shown | {
        "secret": item.secret,
        "manual": item.manual,
        "forces_replace": item.forces_replace,
        "default_from": item.default_from,
    }


def _trip_json(trip: Trip) -> dict[str, Any]:
    return {
        "name": trip.name,
        "message": trip.message,
        "hint": trip.hint,
        "connection": trip.connection,
        "kind": trip.kind,
        "addresses": list(trip.addresses),
        "allowed": trip.allowed,
    }


def diagnostic_json(item: Diagnostic) -> dict[str, Any]:
    """A diagnostic for programs; ``file``, ``line``, ``column`` are None where it has no place."""
    place = item.position
    return {
        "severity": str(item.severity),
        "code": item.code,
        "message": item.message,
        "address": item.address,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
        "expected": item.expected,
        "hint": item.hint,
    }


def from_json(data: object) -> Plan:
    """The plan that ``to_json`` wrote; raises PlanRefused for another format, a changed byte, or no plan at all."""
    if not isinstance(data, dict) or "format_version" not in data:
        raise PlanRefused("this is not a plan", hint="write one with `provisioner plan --out FILE`")
    if data["format_version"] != FORMAT_VERSION:
        raise PlanRefused(
            f"the plan has format version {data['format_version']!r}, this tool reads {FORMAT_VERSION!r}",
            hint="plan again with this version of the tool",
        )
    body = {name: value for name, value in data.items() if name != "digest"}
    if data.get("digest") != digest(body):
        raise PlanRefused(
            "the plan was changed after it was written: its digest does not match", hint="plan again, and review that"
        )
    try:
        return _plan(data)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise PlanRefused("this is not a plan of this tool", hint="write one with `provisioner plan`") from error


def _plan(data: Mapping[str, Any]) -> Plan:
    return Plan(
        tenant=data["tenant"],
        changes=tuple(_change(item) for item in data["changes"]),
        none=data["summary"]["none"],
        unmanaged=data["summary"]["unmanaged"],
        guards=tuple(Trip(**(item | {"addresses": tuple(item["addresses"])})) for item in data["guards"]),
        diagnostics=tuple(_diagnostic(item) for item in data["diagnostics"]),
        records=tuple(
            Record(Address.parse(item["address"]), tuple(item["released"]), item["prevent_destroy"], item["file"])
            for item in data["records"]
        ),
        lineage=data["state"]["lineage"],
        serial=data["state"]["serial"],
        accounts=data["accounts"],
        reset_accounts=tuple(data["reset_accounts"]),
        targets=tuple(data["targets"]),
        excludes=tuple(data["excludes"]),
        allowed=tuple(data["allowed"]),
        config_digest=data["config_digest"],
        created_at=data["created_at"],
        tool_version=data["tool_version"],
        destroy=data["destroy"],
    )


def _change(item: Mapping[str, Any]) -> Change:
    before = item["before"]
    return Change(
        address=Address.parse(item["address"]),
        vendor=item["vendor"],
        action=Action(item["action"]),
        step=Step(item["step"]) if item["step"] else None,
        intent=Action(item["intent"]) if item["intent"] else None,
        id=VendorId(item["id"]) if item["id"] is not None else None,
        reasons=tuple(Reason(reason["code"], reason["text"]) for reason in item["reasons"]),
        before=None if before is None else flatten({k: v for k, v in before.items() if k != "deleted"}),
        deleted=bool(before and before["deleted"]),
        after=None if item["after"] is None else flatten(item["after"]),
        fields=tuple(_field(one) for one in item["fields"]),
        needs=tuple(item["depends_on"]),
        included_by=item["included_by"],
        moved_from=Address.parse(item["moved_from"]) if item["moved_from"] else None,
        lost=VendorId(item["lost"]) if item["lost"] is not None else None,
        undeletes=item["undeletes"],
        file=item["file"],
        prevent_destroy=item["prevent_destroy"],
    )


def _field(item: Mapping[str, Any]) -> FieldChange:
    return FieldChange(
        path=item["path"],
        before=item.get("before", ABSENT),
        after=item.get("after", ABSENT),
        secret=item["secret"],
        manual=item["manual"],
        forces_replace=item["forces_replace"],
        default_from=item["default_from"],
    )


def _diagnostic(item: Mapping[str, Any]) -> Diagnostic:
    place = Position(item["file"], item["line"], item["column"]) if item["file"] is not None else None
    return Diagnostic(
        code=item["code"],
        message=item["message"],
        position=place,
        expected=item["expected"],
        hint=item["hint"],
        severity=Severity(item["severity"]),
        address=item["address"],
    )


def sorted_changes(changes: Iterable[Change]) -> tuple[Change, ...]:
    """Changes by key: the order before dependencies are known."""
    return tuple(sorted(changes, key=lambda change: change.key))
