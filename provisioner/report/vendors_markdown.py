"""What each vendor's API can and cannot do, as a page of documentation: side by side, then each of them in full."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from provisioner.plan.remarks import remarks
from provisioner.report.offers import CALLS, MEANINGS, QUESTIONS, manners, name, persons_part
from provisioner.report.vendors import answers, divided, documents
from provisioner.vendors.base import Offer, Vendor
from provisioner.vendors.fields import FieldSpec


def document(vendors: Iterable[Vendor], pages: Mapping[str, str] | None = None) -> str:
    """The whole of it; ``pages`` are links to what else is said of a vendor, by its name."""
    every = tuple(vendors)
    shared, single = divided(every)
    parts = ["## Side by side"]
    parts += [_shared(kind, offers) for kind, offers in shared.items()]
    parts += [_single(single)] if single else []
    parts += [_list(MEANINGS)] if shared else []
    for vendor in every:
        parts += _vendor(vendor, (pages or {}).get(vendor.name))
    return "\n\n".join(parts) + "\n"


def whole(vendor: Vendor) -> str:
    """One vendor alone."""
    return "\n\n".join(_vendor(vendor, None)) + "\n"


# --- Side by side -------------------------------------------------------------------------------------------------


def _shared(kind: str, offers: Mapping[str, Offer]) -> str:
    rows = [[question, *said] for question, said in answers(offers.values()).items()]
    persons = [persons_part(offer) for offer in offers.values()]
    return f"### {kind}\n\n" + _table(["", *offers], [*rows, ["which", *persons]] if any(persons) else rows)


def _single(kinds: Mapping[str, Mapping[str, Offer]]) -> str:
    rows = []
    for kind, offers in sorted(kinds.items(), key=lambda item: (*item[1], item[0])):
        ((vendor, offer),) = offers.items()
        said = [answer(offer) for question, answer in QUESTIONS if question in _OF_ONE]
        rows.append([f"`{kind}`", vendor, *said])
    return "### Kinds that only one vendor has\n\n" + _table(["kind", "at", *_OF_ONE], rows)


_OF_ONE = (*map(name, CALLS), "evidence", "a person does", "a person sets")
"""What is told of a kind that is not held against another vendor's."""


# --- One of them --------------------------------------------------------------------------------------------------


def _vendor(vendor: Vendor, page: str | None) -> list[str]:
    documented = ", ".join(f"`{document}`" for document in documents(vendor))
    more = f" What else is to be known of it: [{page}]({page})." if page else ""
    head = f"## {vendor.name}\n\n{_escaped(vendor.title)}. Read in {documented}.{more}"
    return [head, *(_kind(vendor.name, kind, offer) for kind, offer in vendor.kinds.items())]


def _kind(vendor: str, kind: str, offer: Offer) -> str:
    calls = [[name(call), offer.sources.get(call, "")] for call in CALLS if offer.can(call)]
    fields = [_field(spec) for spec in offer.specs.values()]
    parts = [
        f"### {kind} at {vendor}",
        _table(["call", "said in"], calls),
        _list(manners(offer)),
        _table(["field", "write", "special", "meaning"], fields),
    ]
    return "\n\n".join(parts)


def _field(spec: FieldSpec) -> list[str]:
    return [f"`{spec.path}`", spec.expected, "; ".join(remarks(spec)), spec.description]


# --- Markdown -----------------------------------------------------------------------------------------------------


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [_row(heads), "|" + "---|" * len(heads), *(_row([_escaped(cell) for cell in row]) for row in rows)]
    return "\n".join(lines)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _list(said: Iterable[tuple[str, str]]) -> str:
    return "\n".join(_items(said))


def _items(said: Iterable[tuple[str, str]]) -> Iterator[str]:
    for label, text in said:
        yield f"- **{label}**: {_escaped(text)}"


def _escaped(text: str) -> str:
    return re.sub(r"([|<])", r"\\\1", text)
