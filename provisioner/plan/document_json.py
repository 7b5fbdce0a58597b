"""A plan's JSON form, format version "1": written with its digest, and read back with nothing guessed.

``provisioner schema plan`` describes it; ``schema.py`` has that schema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any, Final

from provisioner import __version__
from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.errors import PlanRefused
from provisioner.plan import reading
from provisioner.plan.document import Action, Agreed, Change, KindTold, Plan, Reason, Record, Seats, Step, Trip
from provisioner.plan.drifted import drifted_json, drifted_of
from provisioner.plan.leaf import field_json, field_of
from provisioner.values import digest, nest

FORMAT_VERSION: Final = "1"
WRITE_ONE: Final = "write one with `provisioner plan --out FILE`"


def to_json(plan: Plan) -> dict[str, Any]:
    """The plan in format version "1", keys in reading order."""
    return {**canonical(plan), "digest": plan.digest}


def canonical(plan: Plan) -> dict[str, Any]:
    """All of the plan but its digest, which is made of this."""
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
        "records": [_record_json(item) for item in plan.records],
        **({"kept_accounts": list(plan.kept_accounts)} if plan.kept_accounts else {}),
        **_refresh_json(plan),
        **({"names": dict(plan.names)} if plan.names else {}),
        **({"seats": [asdict(item) for item in plan.seats]} if plan.seats else {}),
        **({"kinds": [_kind_json(item) for item in plan.kinds]} if plan.kinds else {}),
    }


def _refresh_json(plan: Plan) -> dict[str, Any]:
    """What only plans of ``--refresh-only`` and ``--no-refresh`` have: others are written as they always were."""
    shown: dict[str, Any] = {"no_refresh": True} if plan.no_refresh else {}
    if plan.refresh_only:
        shown |= {"refresh_only": True, "drift": [drifted_json(item) for item in plan.drift]}
    return shown


def _kind_json(item: KindTold) -> dict[str, Any]:
    return {"kind": item.kind, "people": item.people} | ({"one": item.one} if item.one else {})


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
        "fields": [field_json(item) for item in change.fields],
        "depends_on": list(change.needs),
        "included_by": change.included_by,
        "moved_from": str(change.moved_from) if change.moved_from else None,
        "lost": change.lost,
        "undeletes": change.undeletes,
        "file": change.file,
        "prevent_destroy": change.prevent_destroy,
        **({"blanks": list(change.blanks)} if change.blanks else {}),
        **({"for_good": True} if change.for_good else {}),
    }


def _record_json(item: Record) -> dict[str, Any]:
    return {
        "address": str(item.address),
        "released": list(item.released),
        "prevent_destroy": item.prevent_destroy,
        "file": item.file,
        **({"agreed": _agreed_json(item.agreed)} if item.agreed else {}),
    }


def _agreed_json(item: Agreed) -> dict[str, Any]:
    return {
        "attributes": dict(sorted(item.attributes.items())),
        "references": dict(sorted(item.references.items())),
        "natural_key": list(item.natural_key),
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
        raise PlanRefused("this is not a plan", hint=WRITE_ONE)
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
        plan = _plan(data)
        if plan.digest != data["digest"]:
            raise ValueError("this tool would have written it in another way")
    except (KeyError, TypeError, ValueError) as error:
        raise PlanRefused(f"this is not a plan of this tool{_whose(data)}", hint=WRITE_ONE) from error
    return plan


def _whose(data: reading.Members) -> str:
    """Which other version of the tool says that it wrote the plan."""
    version = data.get("tool_version")
    other = isinstance(version, str) and version != __version__
    return f": version {version!r} wrote it, this is {__version__!r}" if other else ""


def _plan(data: reading.Members) -> Plan:
    state, summary, names = reading.member(data, "state"), reading.member(data, "summary"), _names(data)
    accounts = reading.member(data, "accounts")
    return Plan(
        tenant=reading.text(data, "tenant"),
        changes=_executable(tuple(_change(item, names) for item in reading.members(data, "changes"))),
        none=reading.count(summary, "none"),
        unmanaged=reading.count_or_none(summary, "unmanaged"),
        guards=tuple(_trip(item) for item in reading.members(data, "guards")),
        diagnostics=tuple(_diagnostic(item) for item in reading.members(data, "diagnostics")),
        records=tuple(_record(item) for item in reading.members(data, "records")),
        lineage=reading.text(state, "lineage"),
        serial=reading.count(state, "serial"),
        accounts={name: reading.text(accounts, name) for name in accounts},
        reset_accounts=reading.texts(data, "reset_accounts"),
        kept_accounts=reading.texts(data, "kept_accounts") if "kept_accounts" in data else (),
        targets=reading.texts(data, "targets"),
        excludes=reading.texts(data, "excludes"),
        allowed=reading.texts(data, "allowed"),
        config_digest=reading.text(data, "config_digest"),
        created_at=reading.text(data, "created_at"),
        tool_version=reading.text(data, "tool_version"),
        destroy=reading.flag(data, "destroy"),
        refresh_only="refresh_only" in data and reading.flag(data, "refresh_only"),
        no_refresh="no_refresh" in data and reading.flag(data, "no_refresh"),
        drift=tuple(drifted_of(item, names) for item in reading.members(data, "drift")) if "drift" in data else (),
        seats=tuple(_seats(item) for item in reading.members(data, "seats")) if "seats" in data else (),
        kinds=tuple(_kind(item) for item in reading.members(data, "kinds")) if "kinds" in data else (),
    )


def _names(data: reading.Members) -> Mapping[str, str]:
    names = reading.member(data, "names") if "names" in data else {}
    return {mark: reading.text(names, mark) for mark in names}


def _kind(item: reading.Members) -> KindTold:
    return KindTold(
        kind=reading.text(item, "kind"),
        people=reading.flag(item, "people"),
        one=reading.text(item, "one") if "one" in item else "",
    )


def _seats(item: reading.Members) -> Seats:
    return Seats(
        connection=reading.text(item, "connection"),
        kind=reading.text(item, "kind"),
        licensed=reading.count(item, "licensed"),
        in_use=reading.count(item, "in_use"),
        after=reading.count(item, "after"),
    )


def _executable(changes: tuple[Change, ...]) -> tuple[Change, ...]:
    """The changes as they are; raises ValueError where two have one key, or one needs what does not come before it."""
    done: set[str] = set()
    for change in changes:
        if change.key in done or not done.issuperset(change.needs):
            raise ValueError(f"`{change.key}` is not in an order that can be executed")
        done.add(change.key)
    return changes


def _change(item: reading.Members, names: Mapping[str, str]) -> Change:
    before = None if item["before"] is None else dict(reading.member(item, "before"))
    deleted = before is not None and reading.flag(before, "deleted")
    action = reading.word(item, "action", Action)
    if action is Action.NONE:
        raise ValueError("`none` is counted, not listed")
    return Change(
        address=reading.address(item, "address"),
        vendor=reading.text(item, "vendor"),
        action=action,
        step=reading.word_or_none(item, "step", Step),
        intent=reading.word_or_none(item, "intent", Action),
        id=reading.vendor_id_or_none(item, "id"),
        reasons=tuple(
            Reason(reading.text(reason, "code"), reading.text(reason, "text"))
            for reason in reading.members(item, "reasons")
        ),
        before=None if before is None else reading.attributes({k: v for k, v in before.items() if k != "deleted"}),
        deleted=deleted,
        after=None if item["after"] is None else reading.attributes(reading.member(item, "after")),
        fields=tuple(field_of(one).with_names(names) for one in reading.members(item, "fields")),
        needs=reading.texts(item, "depends_on"),
        included_by=reading.text_or_none(item, "included_by"),
        moved_from=reading.address_or_none(item, "moved_from"),
        lost=reading.vendor_id_or_none(item, "lost"),
        undeletes=reading.flag(item, "undeletes"),
        file=reading.text(item, "file"),
        prevent_destroy=reading.flag(item, "prevent_destroy"),
        blanks=reading.texts(item, "blanks") if "blanks" in item else (),
        for_good="for_good" in item and reading.flag(item, "for_good"),
    )


def _trip(item: reading.Members) -> Trip:
    return Trip(
        name=reading.text(item, "name"),
        message=reading.text(item, "message"),
        hint=reading.text(item, "hint"),
        connection=reading.text_or_none(item, "connection"),
        kind=reading.text_or_none(item, "kind"),
        addresses=reading.texts(item, "addresses"),
        allowed=reading.flag(item, "allowed"),
    )


def _record(item: reading.Members) -> Record:
    return Record(
        address=reading.address(item, "address"),
        released=reading.texts(item, "released"),
        prevent_destroy=reading.flag(item, "prevent_destroy"),
        file=reading.text(item, "file"),
        agreed=_agreed(reading.member(item, "agreed")) if "agreed" in item else None,
    )


def _agreed(item: reading.Members) -> Agreed:
    attributes, references = reading.member(item, "attributes"), reading.member(item, "references")
    return Agreed(
        attributes={path: reading.value(attributes, path) for path in attributes},
        references={path: reading.value(references, path) for path in references},
        natural_key=reading.values(item, "natural_key"),
    )


def _diagnostic(item: reading.Members) -> Diagnostic:
    file = reading.text_or_none(item, "file")
    return Diagnostic(
        code=reading.text(item, "code"),
        message=reading.text(item, "message"),
        position=None if file is None else Position(file, reading.count(item, "line"), reading.count(item, "column")),
        expected=reading.text_or_none(item, "expected"),
        hint=reading.text_or_none(item, "hint"),
        severity=reading.word(item, "severity", Severity),
        address=reading.text_or_none(item, "address"),
    )
