"""What each vendor's API can and cannot do, for a terminal: vendors side by side, and one of them in full."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence

from provisioner.report.fields import plain
from provisioner.report.offers import CALLS, MEANINGS, NOTHING, QUESTIONS, manners, name, persons_part
from provisioner.vendors.base import Offer, Vendor

WIDTH = 80
"""Columns that every terminal has."""

_GAP = 2


# --- Side by side -------------------------------------------------------------------------------------------------


def matrix(vendors: Iterable[Vendor]) -> str:
    """Every kind that several vendors have, the vendors side by side; then the other kinds, a row each."""
    every = tuple(vendors)
    shared, single = divided(every)
    parts = [_shared(kind, offers) for kind, offers in shared.items()]
    if single:
        parts.append(_single(single))
    if shared:
        parts.append(_meanings())
    parts.append(_documents(every))
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def divided(vendors: Iterable[Vendor]) -> tuple[dict[str, dict[str, Offer]], dict[str, dict[str, Offer]]]:
    """The kinds that several vendors have, by name, and those that only one has; each with its Offers by vendor."""
    kinds: dict[str, dict[str, Offer]] = {}
    for vendor in vendors:
        for kind, offer in vendor.kinds.items():
            kinds.setdefault(kind, {})[vendor.name] = offer
    shared = {kind: offers for kind, offers in sorted(kinds.items()) if len(offers) > 1}
    return shared, {kind: offers for kind, offers in kinds.items() if len(offers) == 1}


def answers(offers: Iterable[Offer]) -> dict[str, list[str]]:
    """The answers to each question, in the order of the Offers; without questions to which nobody has one."""
    every = tuple(offers)
    found = {question: [answer(offer) for offer in every] for question, answer in QUESTIONS}
    return {question: said for question, said in found.items() if any(each != NOTHING for each in said)}


def _shared(kind: str, offers: Mapping[str, Offer]) -> list[str]:
    rows = [[kind, *offers]]
    rows += [[f"  {question}", *said] for question, said in answers(offers.values()).items()]
    lines = [line for table in _tables(rows) for line in table]
    for vendor, offer in offers.items():
        if part := persons_part(offer):
            lines += _wrapped("", f"only a person sets at {vendor}: {part}")
    return lines


def _single(kinds: Mapping[str, Mapping[str, Offer]]) -> list[str]:
    """The kinds that one vendor has: a row each, by vendor."""
    rows = [["of one vendor", "at", *map(name, CALLS)]]
    for kind, offers in sorted(kinds.items(), key=lambda item: (*item[1], item[0])):
        ((vendor, offer),) = offers.items()
        rows.append([f"  {kind}", vendor, *("yes" if offer.can(call) else NOTHING for call in CALLS)])
    return _columns(rows)


def _meanings() -> list[str]:
    return ["What the answers mean", *_labelled(MEANINGS)]


def _documents(vendors: Sequence[Vendor]) -> list[str]:
    said = [(vendor.name, f"{vendor.title} ({', '.join(documents(vendor))})") for vendor in vendors]
    return ["Where it is said; `provisioner vendors NAME` has the place for each call", *_labelled(said)]


def documents(vendor: Vendor) -> list[str]:
    """The documents that a vendor's calls are read in: what stands before the first comma of each source."""
    named = (source.partition(",")[0].strip() for offer in vendor.kinds.values() for source in offer.sources.values())
    return list(dict.fromkeys(filter(None, named)))


# --- One of them --------------------------------------------------------------------------------------------------


def vendor(which: Vendor) -> str:
    """One vendor: a table of its calls, then each kind's calls with their sources, and its manners."""
    parts = [_table(which), *(_kind(kind, offer) for kind, offer in which.kinds.items())]
    return "\n\n".join("\n".join(part) for part in parts) + "\n"


def _table(which: Vendor) -> list[str]:
    rows = [["kind", *map(name, CALLS)]]
    rows += [[kind, *("yes" if offer.can(call) else NOTHING for call in CALLS)] for kind, offer in which.kinds.items()]
    return [f"{which.name}  {plain(which.title)}", "", *(f"  {line}" for line in _columns(rows))]


def _kind(kind: str, offer: Offer) -> list[str]:
    said = [(name(call), offer.sources.get(call, "")) for call in CALLS if offer.can(call)]
    return [kind, *_labelled([*said, *manners(offer)])]


# --- Lines --------------------------------------------------------------------------------------------------------


def _tables(rows: Sequence[Sequence[str]]) -> Iterator[list[str]]:
    """The rows as one table, or as several with the first column in each where one would be too wide."""
    widths = _widths(rows)
    columns: list[int] = []
    for column in range(1, len(widths)):
        if columns and sum(widths[each] + _GAP for each in (0, *columns, column)) - _GAP > WIDTH:
            yield [*_columns(_picked(rows, columns)), ""]
            columns = []
        columns.append(column)
    yield _columns(_picked(rows, columns))


def _picked(rows: Sequence[Sequence[str]], columns: Sequence[int]) -> list[list[str]]:
    return [[row[0], *(row[column] for column in columns)] for row in rows]


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    widths, gap = _widths(rows), " " * _GAP
    return [gap.join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]


def _labelled(said: Sequence[tuple[str, str]]) -> list[str]:
    """A label before each text, the texts below one another; a label that comes again is not repeated."""
    width = max((len(label) for label, _ in said), default=0)
    lines, before = [], ""
    for label, text in said:
        lines += _wrapped(f"{'' if label == before else label:<{width}}  ", text)
        before = label
    return lines


def _wrapped(label: str, text: str) -> list[str]:
    start = f"  {label}"
    return textwrap.wrap(
        plain(text),
        WIDTH,
        initial_indent=start,
        subsequent_indent=" " * (len(start) + (0 if label else 2)),
        break_on_hyphens=False,
        break_long_words=False,
    )
