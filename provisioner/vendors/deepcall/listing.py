"""Reading a listing to its end, and telling whether it can have held everything.

Pages are asked for by number; ``currentPage``, ``totalPages`` and ``totalRecords`` stand beside the records, and where
they are missing there is one page (D-11). The first page says how many there are; the others are asked for at once.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from provisioner.errors import VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Entity, Listing, Reading, Request
from provisioner.vendors.deepcall.answers import Unreadable, members, records, unusable

MOST_PAGES = 10_000
"""How many pages are asked for at all: a counter beyond that makes no sense."""

ToEntity = Callable[[VendorId | None, Mapping[str, Any]], Entity | None]
"""The entity in a record and under its key; None for one that is deleted. Raises Unreadable."""


@dataclass(frozen=True)
class Page:
    """One page: its records with their keys, which page it says it is, how many pages and records there are in all."""

    records: tuple[tuple[VendorId | None, Any], ...]
    number: int | None
    pages: int | None
    total: int | None


def page_in(answer: Answer) -> Page:
    """The page in an answer; raises Unreadable for what is none."""
    data = members(answer)
    number, pages, total = (_counter(data, name) for name in ("currentPage", "totalPages", "totalRecords"))
    return Page(records(answer), number, pages, total)


def _counter(data: Mapping[str, Any], name: str) -> int | None:
    found = data.get(name)
    if found is not None and type(found) is not int:
        raise Unreadable(f"`{name}` is no number")
    return found


@dataclass(frozen=True)
class Reader:
    """Reads the pages of one kind. ``ask`` makes the request for a page, ``entity`` tells what a record is.

    ``size`` is how many records a page may have, None where there are no pages.
    """

    connection: str
    ask: Callable[[int], Request]
    entity: ToEntity
    nameless: frozenset[str]
    """The paths without which nobody can tell what an entity is."""
    size: int | None = None

    def listed(self) -> Reading[Listing]:
        """Every entity; what makes the listing incomplete is said in it.

        A page that fails raises: the engine has tried it often enough.
        """
        first = self.ask(1)
        answers = yield (first,)
        pages = _Pages(self)
        pages.take(1, self._page(first, answers[0]))
        rest = [self.ask(number) for number in range(2, pages.expected + 1)]
        if rest:
            answers = yield rest
            for number, (request, answer) in enumerate(zip(rest, answers, strict=True), start=2):
                pages.take(number, self._page(request, answer))
        why = pages.doubt or pages.shortfall(1 + len(rest))
        return Listing(tuple(pages.entities.values()), why, counted=pages.total is not None)

    def _page(self, request: Request, answer: Answer) -> Page:
        try:
            return page_in(answer)
        except Unreadable as error:
            raise unusable(request, answer, self.connection, str(error)) from None


@dataclass
class _Pages:
    """What was read so far; ``doubt`` is the first reason why it may not be everything."""

    reader: Reader
    entities: dict[VendorId, Entity] = field(default_factory=dict)
    doubt: str | None = None
    expected: int = 1
    read: int = 0
    total: int | None = None

    def take(self, number: int, page: Page) -> None:
        """Adds the page that was asked for by that number."""
        self.read += len(page.records)
        if page.number != number and not (number == 1 and page.number is None):
            self._doubt(f"page {number} of the listing says that it is page {page.number}")
        self._count(number, page)
        for place, (key, record) in enumerate(page.records, start=1):
            self._add(key, record, f"at place {place} of page {number}")

    def _count(self, number: int, page: Page) -> None:
        """What the counters say, and whether they fell since the page before."""
        for name, before, now in (("totalRecords", self.total, page.total), ("totalPages", self.expected, page.pages)):
            if number > 1 and before is not None and (now is None or now < before):
                self._doubt(f"`{name}` fell from {before} to {now} on page {number}: it changed while it was read")
        self.total = max(self.total or 0, page.total) if page.total is not None else self.total
        self.expected = max(self.expected, page.pages or 1)
        if self.expected > MOST_PAGES:
            self._doubt(f"`totalPages` says {self.expected}, which makes no sense")
            self.expected = 1

    def _add(self, key: VendorId | None, record: Any, where: str) -> None:
        try:
            if not isinstance(record, dict):
                raise Unreadable("it is no object")
            entity = self.reader.entity(key, record)
        except Unreadable as error:
            self._doubt(f"the listing holds something that cannot be read {where}: {error}")
            return
        if entity is None:
            return
        if entity.id in self.entities:
            self._doubt(f"the listing repeats id {entity.id} {where}: it changed while it was read")
        self.entities[entity.id] = entity
        missing = entity.unseen & self.reader.nameless
        if missing:
            self._doubt(f"id {entity.id} has no `{min(missing)}`: nobody can tell what it is")

    def _doubt(self, why: str) -> None:
        self.doubt = self.doubt or why

    def shortfall(self, asked: int) -> str | None:
        """Why the listing cannot have held everything, once that many pages are read."""
        if self.total is not None and self.total > self.read:
            return f"`totalRecords` says {self.total}, and {self.read} were listed"
        if self.expected > asked:
            return f"`totalPages` rose to {self.expected} while {asked} were read"
        if self.total is None and self.reader.size is not None and self.read >= asked * self.reader.size:
            return f"{'the page is' if asked == 1 else 'all pages are'} full, and nothing says how many there are"
        return None


def one_in(request: Request, answer: Answer, connection: str, wanted: VendorId, entity: ToEntity) -> Entity | None:
    """The one entity that was asked for by its id, None where it is gone; VendorFailed for anything else."""
    try:
        found = [entity(key, record) for key, record in _objects(records(answer))]
    except Unreadable as error:
        raise unusable(request, answer, connection, str(error)) from None
    others = sorted(item.id for item in found if item is not None and item.id != wanted)
    if others or len(found) > 1:
        raise _another(request, answer, connection, wanted)
    return found[0] if found else None


def _objects(
    found: Sequence[tuple[VendorId | None, Any]],
) -> Sequence[tuple[VendorId | None, Mapping[str, Any]]]:
    for _, record in found:
        if not isinstance(record, dict):
            raise Unreadable("it holds something that is no object")
    return found


def _another(request: Request, answer: Answer, connection: str, wanted: VendorId) -> VendorFailed:
    return unusable(request, answer, connection, f"id {wanted} was asked for, and it holds others")
