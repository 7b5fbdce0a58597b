"""Reading a listing to its end, and telling whether it can have held everything.

Pages follow ``nextPageToken`` until it is missing, null or empty; ``total`` is there at some kinds. Source:
specs/bird.yaml, parameters ``limit`` and ``pageToken``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Entity, Listing, Reading, Request
from provisioner.vendors.bird.wire import Unreadable, items

EMPTY_PAGES = 10
"""How many pages in a row may be empty and name another: a server that goes on so never ends."""


@dataclass(frozen=True)
class Page:
    """One page: what is on it, the token of the next one (None at the end), how many there are in all, if it says."""

    objects: tuple[Mapping[str, Any], ...]
    following: str | None
    total: int | None


def page_in(data: Mapping[str, Any]) -> Page:
    """The page in an answer; raises Unreadable for what is none."""
    try:
        found = items(data.get("results"))
    except ValueError as error:
        raise Unreadable(f"`results` {error}") from error
    if not all(isinstance(item, Mapping) for item in found):
        raise Unreadable("`results` holds something that is not an object")
    token, total = data.get("nextPageToken"), data.get("total")
    if token is not None and not isinstance(token, str):
        raise Unreadable("`nextPageToken` is not text")
    return Page(tuple(found), token or None, total if type(total) is int else None)


def listed(
    ask: Callable[[str | None], Request],
    page: Callable[[Request, Answer], Page],
    entities: Callable[[Request, Answer, Page], Iterable[Entity]],
) -> Reading[Listing]:
    """Every entity of a listing, page after page; what makes it incomplete ends it.

    A page that fails raises: the engine has tried it often enough.
    """
    pages = _Pages()
    token: str | None = None
    while True:
        request = ask(token)
        (answer,) = yield (request,)
        read = page(request, answer)
        why = pages.take(read, entities(request, answer, read))
        token = read.following
        if why is None and token is None:
            why = pages.shortfall()
        if why is not None or token is None:
            return Listing(tuple(pages.entities.values()), why, counted=pages.total is not None)


@dataclass
class _Pages:
    """What was read so far."""

    entities: dict[VendorId, Entity] = field(default_factory=dict)
    tokens: set[str] = field(default_factory=set)
    total: int | None = None
    number: int = 0
    empty: int = 0

    def take(self, page: Page, entities: Iterable[Entity]) -> str | None:
        """Adds a page; gives what is wrong with it, in words."""
        self.number += 1
        before = self.total
        self.total = page.total if page.total is not None else before
        for entity in entities:
            if entity.id in self.entities:
                return f"page {self.number} of the listing repeats id {entity.id}: it changed while it was read"
            self.entities[entity.id] = entity
        if before is not None and self.total is not None and self.total < before:
            return f"`total` fell from {before} to {self.total} on page {self.number}: it changed while it was read"
        return self._followed(page)

    def _followed(self, page: Page) -> str | None:
        """Why the page that this one names should not be asked for."""
        self.empty = 0 if page.objects else self.empty + 1
        if page.following is None:
            return None
        if not page.objects and self.total is None:
            return f"page {self.number} of the listing is empty and names another, and nothing says how many there are"
        if page.following in self.tokens:
            return f"page {self.number} of the listing names a next page that was read before"
        if self.empty >= EMPTY_PAGES:
            return f"{self.empty} pages in a row are empty, and each names another"
        self.tokens.add(page.following)
        return None

    def shortfall(self) -> str | None:
        """Why the listing cannot have held everything, once its last page is read."""
        if self.total is None or self.total <= len(self.entities):
            return None
        return f"`total` says {self.total}, and {len(self.entities)} were listed"
