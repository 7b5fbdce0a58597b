"""What changed at the vendors since the last apply, for people who know no YAML, and for programs.

Also what a plan of ``--refresh-only`` says of the same.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any, Final

from provisioner.address import Address
from provisioner.plan.document import Plan
from provisioner.plan.drift_schema import FORMAT_VERSION
from provisioner.plan.drifted import FORGOTTEN, Compared, Drift, Drifted, Moving, Untold, drifted_json
from provisioner.plan.leaf import sides_json
from provisioner.report.changes import place_of
from provisioner.report.fields import (
    BOLD,
    CYAN,
    HAPPENED,
    MOST_OF_A_NAME,
    RED,
    YELLOW,
    Paper,
    field_lines,
    names_of,
    plain,
    together,
)
from provisioner.report.typed import narrowed
from provisioner.values import Attributes, VendorId

MANY_UNKNOWN: Final = 3
MOST_ADDRESSES: Final = 10
LABEL: Final = 18
DETAIL: Final = 8


@dataclass(frozen=True, slots=True)
class Look:
    """How a way of drifting is shown: its sign, its words, its colour."""

    sign: str
    words: str
    ink: str


LOOKS: Final[Mapping[Drift, Look]] = {
    Drift.CHANGED: Look("~", "changed", YELLOW),
    Drift.DELETED: Look("-", "deleted", RED),
    Drift.DELETING: Look("-", "being deleted", RED),
    Drift.GONE: Look("-", "gone", RED),
    Drift.SOMEBODY_ELSE: Look("#", "somebody else", RED),
    Drift.ACTIVE_AGAIN: Look("^", "active again", CYAN),
    Drift.PARKED: Look("~", "parked", YELLOW),
}

SAID: Final[Mapping[Drift, str]] = {
    Drift.DELETED: "somebody deleted it; the vendor keeps its record",
    Drift.DELETING: "somebody asked for its deletion, and the vendor has not finished it",
    Drift.GONE: "the vendor does not have it any more",
    Drift.SOMEBODY_ELSE: "that id names somebody else by now",
    Drift.ACTIVE_AGAIN: "on record it was deleted, and it is active at the vendor",
    Drift.PARKED: "left on a temporary value by a run that did not end; plan and apply put it right",
}


@dataclass(frozen=True)
class DriftReport:
    """What was found, and what it was found from. ``settled`` says how requests without an answer had ended."""

    tenant: str
    found: Compared
    lineage: str = ""
    serial: int = 0
    accounts: Mapping[str, str] = field(default_factory=dict)
    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    settled: tuple[tuple[Address, str, str], ...] = ()
    created_at: str = ""
    tool_version: str = ""


# --- for programs -------------------------------------------------------------------------------------------------


def drift_json(report: DriftReport) -> str:
    """The report as JSON, indented, keys in reading order; without a line end at the end."""
    found = report.found
    ways = {str(drift): sum(1 for item in found.drift if item.drift is drift) for drift in Drift}
    document = {
        "format_version": FORMAT_VERSION,
        "tenant": report.tenant,
        "created_at": report.created_at,
        "tool_version": report.tool_version,
        "state": {"lineage": report.lineage, "serial": report.serial},
        "accounts": dict(sorted(report.accounts.items())),
        "targets": list(report.targets),
        "excludes": list(report.excludes),
        "summary": {
            **ways,
            "unknown": len(found.unknown),
            "unchanged": found.unchanged,
            "not_compared": sum(item.count for item in found.unseen),
        },
        "drift": [drifted_json(item) for item in found.drift],
        "unknown": [
            {"address": str(item.address), "id": item.id, "why": item.why, "hint": item.hint} for item in found.unknown
        ],
        "run_time": [_moving_json(item) for item in found.moving],
        "not_compared": [
            {"connection": item.connection, "kind": item.kind, "count": item.count} for item in found.unseen
        ],
        "settled": [
            {"address": str(address), "request": verb, "result": result} for address, verb, result in report.settled
        ],
    }
    return json.dumps(document, indent=2)


def _moving_json(item: Moving) -> dict[str, Any]:
    return {"address": str(item.address), "id": item.id, "fields": [sides_json(one) for one in item.fields]}


# --- for people ---------------------------------------------------------------------------------------------------


def drift_text(report: DriftReport, *, color: bool, width: int = 100, tool: str = "provisioner") -> str:
    """The report for a terminal or a log, without a line end at the end.

    ``tool`` is how the command line begins. Lines are at most ``width`` characters, except for commands to copy.
    """
    paper, found = Paper(color, width), report.found
    sections = (
        _opening(report, paper),
        _drifted(found.drift, paper),
        _unknown(found.unknown, paper),
        _moving(found.moving, paper),
        _unseen(found, paper),
        _what_to_do(report, paper, tool),
    )
    paragraphs = ("\n".join(section) for section in sections)
    return "\n\n".join(paragraph for paragraph in paragraphs if paragraph)


def _opening(report: DriftReport, paper: Paper) -> Iterator[str]:
    found = report.found
    whose = f" for `{plain(report.tenant, MOST_OF_A_NAME)}`" if report.tenant else ""
    beside = together(f"{found.unchanged} as last applied")
    unknown = together(f"{len(found.unknown)} unknown") if found.unknown else ""
    if found.drift:
        yield from paper.labelled("Drift", BOLD, f"{whose}: {_said(_counts(found.drift), unknown)}; {beside}")
    elif found.unknown:
        said = f"{whose}, but not everything could be told: {unknown}; {beside}"
        yield from paper.labelled("No drift seen", BOLD, said)
    elif found.unchanged or found.unseen:
        yield from paper.labelled("No drift", BOLD, f"{whose}: {beside}")
    elif report.targets or report.excludes:
        yield from paper.labelled("Nothing was compared", BOLD, f"{whose}: all that is managed is left out")
    else:
        yield from paper.labelled("Nothing to compare", BOLD, f"{whose}: nothing is managed here yet")
    partial = narrowed(report.targets, report.excludes)
    if partial:
        yield from paper.wrapped(f"Only a part of the tenant was looked at: {partial}")


def _said(*parts: str) -> str:
    return ", ".join(part for part in parts if part)


def _counts(items: Iterable[Drifted]) -> str:
    ways = [item.drift for item in items]
    return _said(*(together(f"{ways.count(drift)} {look.words}") for drift, look in LOOKS.items() if drift in ways))


def _drifted(items: Sequence[Drifted], paper: Paper) -> Iterator[str]:
    if items:
        yield paper.ink("Since the last apply", BOLD)
        yield from drifted_lines(items, paper)


def drifted_lines(items: Iterable[Drifted], paper: Paper, outcomes: Mapping[Drift, str] | None = None) -> Iterator[str]:
    """What drifted under a heading for each connection and kind; ``outcomes`` says what becomes of each way."""
    for (connection, kind), group in groupby(sorted(items, key=place_of), key=place_of):
        yield paper.ink(f"  {kind} on `{connection}`", BOLD)
        for item in group:
            look = LOOKS[item.drift]
            label = f"{look.sign:<3} {look.words}"
            head = f"{' ' * (LABEL - len(label))} {_title(item.address, item.id, item.applied)}"
            yield from paper.labelled(label, look.ink, head, 4, 6)
            if item.drift in SAID:
                yield from paper.wrapped(f"why: {SAID[item.drift]}", DETAIL, 5)
            yield from field_lines(item.fields, paper, DETAIL, HAPPENED)
            if outcomes is not None:
                yield from paper.wrapped(f"record: {outcomes[item.drift]}", DETAIL)


def _title(address: Address, vendor_id: VendorId | None, applied: Attributes | None = None) -> str:
    known = f"id {plain(vendor_id, MOST_OF_A_NAME)}" if vendor_id is not None else ""
    names = names_of(applied or {})
    return "  ".join(part for part in (str(address), _said(names, known)) if part)


def _unknown(items: Sequence[Untold], paper: Paper) -> Iterator[str]:
    """What could not be told; once for all that have the same reason."""
    if not items:
        return
    yield paper.ink("Unknown: nobody can tell now", f"{BOLD};{RED}")
    reasons: dict[tuple[str, str | None], list[Untold]] = {}
    for item in items:
        reasons.setdefault((item.why, item.hint), []).append(item)
    for (why, hint), same in reasons.items():
        if len(same) < MANY_UNKNOWN:
            for item in same:
                yield from paper.labelled("?", RED, f"   {_title(item.address, item.id)}", 4, 6)
        else:
            some = ", ".join(str(item.address) for item in same[:MOST_ADDRESSES])
            left = len(same) - MOST_ADDRESSES
            more = f" and {left} more" if left > 0 else ""
            yield from paper.labelled("?", RED, f"   {len(same)} resources: {some}{more}", 4, 6)
        yield from paper.wrapped(f"why: {plain(why)}", DETAIL, 5)
        if hint:
            yield from paper.wrapped(f"hint: {plain(hint)}", DETAIL, 6)


def _moving(items: Sequence[Moving], paper: Paper) -> Iterator[str]:
    if items:
        yield paper.ink("Changes by itself, so no drift", BOLD)
    for item in items:
        yield from paper.wrapped(_title(item.address, item.id), 4)
        yield from field_lines(item.fields, paper, DETAIL, HAPPENED)


def _unseen(found: Compared, paper: Paper) -> Iterator[str]:
    if found.unseen:
        yield paper.ink("Not compared", BOLD)
    for item in found.unseen:
        yield from paper.wrapped(item.text, 2)


def _what_to_do(report: DriftReport, paper: Paper, tool: str) -> Iterator[str]:
    """The answers to drift; commands are not wrapped, so that they can be copied."""
    ways = {item.drift for item in report.found.drift}
    if not ways:
        return
    flags = narrowed(report.targets, report.excludes)
    yield paper.ink("What to do", BOLD)
    if Drift.ACTIVE_AGAIN in ways:
        yield from paper.wrapped(
            "with what is active again: declare it, and an apply adopts it; where nothing declares it, an apply leaves "
            "it alone: delete it at the vendor, or `state rm ADDRESS`, and no more is said of it",
            2,
            2,
        )
    if ways == {Drift.ACTIVE_AGAIN}:
        return
    yield f"  take it back as far as it is declared:  {' '.join(filter(None, (tool, 'apply', flags)))}"
    yield "  keep it:                                write it into the manifests"
    yield f"  have it on record, and no more:         {' '.join(filter(None, (tool, 'apply --refresh-only', flags)))}"


# --- a plan that only refreshes the record ------------------------------------------------------------------------

OUTCOMES: Final[Mapping[Drift, str]] = {
    Drift.CHANGED: "what the vendor shows counts as last applied from now on",
    Drift.DELETED: "it is forgotten; a tombstone stays",
    Drift.DELETING: "stays as it is until the vendor has finished",
    Drift.GONE: "it is forgotten",
    Drift.SOMEBODY_ELSE: "stays as it is: a person must decide",
    Drift.ACTIVE_AGAIN: "stays as it is; a plan of a manifest that declares it adopts it",
    Drift.PARKED: "stays as it is: plan and apply without `--refresh-only` put it right",
}


def refresh_counts(plan: Plan) -> str:
    """How much a plan of ``--refresh-only`` records and forgets."""
    beside = together(f"{plan.none} as last applied")
    forgotten = sum(1 for item in plan.drift if item.drift in FORGOTTEN)
    counts = _said(
        together(f"{len(plan.refreshes)} to record as they are") if plan.refreshes else "",
        together(f"{forgotten} to forget") if forgotten else "",
        together(f"{len(plan.blocked)} unknown or in conflict") if plan.blocked else "",
    )
    return f"{counts or 'nothing to record'}; {beside}"


def refresh_lines(plan: Plan, paper: Paper) -> Iterator[str]:
    """What drifted, and what becomes of it in the record."""
    if plan.drift:
        yield paper.ink("Since the last apply", BOLD)
        yield from drifted_lines(plan.drift, paper, OUTCOMES)
