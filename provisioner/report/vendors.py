"""What each vendor's API can and cannot do, as a table: kinds by calls, with the document that says so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from provisioner.report.fields import plain
from provisioner.vendors.base import Call, Deleted, Find, Offer, Vendor, Write
from provisioner.vendors.fields import Mark

CALLS = tuple(Call)

_FIND = {
    Find.BY_KEY: "by its natural key, which is the vendor's id",
    Find.LIST: "in a listing of all",
    Find.SCAN: "by a scan over the ids, which count up",
    Find.NONE: "not at all: the vendor cannot be asked",
}
_DELETED = {
    Deleted.ABSENT: "nothing is left",
    Deleted.READABLE: "a record is left that can be read; its unique values are free",
    Deleted.HOLDS_KEY: "a record is left that can be read, and its natural key stays taken",
}
_WRITE = {
    Write.MERGE: "an update carries what changes",
    Write.REPLACE_ALL: "an update carries everything: what nobody declares is read, where it can be, and sent along",
    Write.ONE_FIELD: "an update is a request for each field",
}
_MARKED = (
    (Mark.BLANKED, "secrets", "{} cannot be read: sent again if declared; else a plan says what becomes of it"),
    (Mark.ASSIGNED, "manual", "only the portal gives {}"),
    (Mark.READ_ONLY, "manual", "only the portal changes {}"),
)


def matrix(vendors: Iterable[Vendor]) -> str:
    """Every vendor with a row for each kind and a column for each call; ``-`` is what a person has to do."""
    return "\n\n".join("\n".join(_table(vendor)) for vendor in vendors) + "\n"


def vendor(which: Vendor) -> str:
    """One vendor: the table, then each kind's calls with their sources, its manners, and what is left to people."""
    parts = [_table(which), *(_kind(kind, offer) for kind, offer in which.kinds.items())]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _table(which: Vendor) -> list[str]:
    heads = ["kind", *(_name(call) for call in CALLS), "find", "after a delete", "update"]
    rows = [_row(kind, offer) for kind, offer in which.kinds.items()]
    return [f"{which.name}  {plain(which.title)}", "", *(f"  {line}" for line in _columns([heads, *rows]))]


def _row(kind: str, offer: Offer) -> list[str]:
    calls = ["yes" if offer.can(call) else "-" for call in CALLS]
    update = str(offer.write) if offer.can(Call.UPDATE) else "-"
    return [kind, *calls, str(offer.find), str(offer.deleted) if offer.can(Call.DELETE) else "-", update]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _kind(kind: str, offer: Offer) -> list[str]:
    said = [(_name(call), offer.sources.get(call, "")) for call in CALLS if offer.can(call)]
    said += list(_manners(offer))
    return [kind, *(f"  {line}" for line in _columns([(name, plain(text)) for name, text in said]))]


def _manners(offer: Offer) -> Iterator[tuple[str, str]]:
    yield "found", _FIND[offer.find]
    if offer.find is Find.LIST and not offer.counted:
        yield "believed", "what it lists, since nothing counts them; an empty listing only while state binds none there"
    if not offer.readable:
        yield "read", "never: what it holds is known from the state only"
    if offer.can(Call.DELETE):
        yield "deleted", _DELETED[offer.deleted]
    if offer.can(Call.UPDATE):
        yield "written", _WRITE[offer.write] if offer.readable else "an update carries everything, from the state"
    if offer.serial_writes:
        yield "writes", "one at a time"
    if offer.lag:
        yield "lag", f"a change shows after up to {offer.lag:g} seconds"
    wanted = [Call.CREATE, Call.UPDATE, Call.DELETE, *([Call.UNDELETE] if offer.deleted is not Deleted.ABSENT else [])]
    lacking = [_name(call) for call in wanted if not offer.can(call)]
    if lacking:
        yield "manual", f"no call to {', '.join(lacking)}: a plan says what a person has to do"
    for mark, label, words in _MARKED:
        paths = [path for path, spec in offer.specs.items() if spec.has(mark)]
        if paths:
            yield label, words.format(", ".join(f"`{path}`" for path in paths))
    yield from _guards(offer)


def _guards(offer: Offer) -> Iterator[tuple[str, str]]:
    """What the vendor can be asked about how an account is used."""
    if offer.licence is not None:
        yield "licence", f"counts it as `{offer.licence}`"
    if offer.use is not None:
        paths = "".join(f", or to change `{path}`" for path in sorted(offer.use.fields))
        yield "in use", f"asked before it is to be deleted or replaced{paths}: {offer.use.source}"


def _name(call: Call) -> str:
    if call.name is None:
        raise AssertionError(f"{call!r} is several calls")
    return call.name.lower()
