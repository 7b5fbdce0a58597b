"""Reading all pages (M5): which requests are made, and what makes the evidence incomplete."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import NotFound, Rejected, VendorError, VendorFailed
from provisioner.vendors.base import Answer
from provisioner.vendors.maqsam.listing import MOST_PAGES
from tests.vendors.maqsam.playing import an_agent, listed, page

FAILED: dict[str, Any] = {"connection": "voice", "call": "GET /v1/agents/page/2"}


def agents(first: int, number: int) -> list[dict[str, Any]]:
    return [an_agent(first + place) for place in range(number)]


def test_pages_are_read_to_the_first_empty_one() -> None:
    """The first has no number, and neither page 0 nor page 1 is asked for besides."""
    listing, asked = listed(page(*agents(1, 2)), page(*agents(3, 2)), page(an_agent(5)), page(), page_size=2)

    assert [request.path for request in asked] == [
        "/v1/agents",
        "/v1/agents/page/2",
        "/v1/agents/page/3",
        "/v1/agents/page/4",
    ]
    assert [entity.id for entity in listing.entities] == ["1", "2", "3", "4", "5"]
    assert listing.incomplete is None


def test_nobody_is_there() -> None:
    """An empty first page is a complete answer: whether it is believed depends on the state."""
    listing, asked = listed(page())

    assert (listing.entities, listing.incomplete, len(asked)) == ((), None, 1)


def test_who_moved_to_the_next_page_meanwhile_is_taken_once() -> None:
    """By the identifier."""
    listing, _ = listed(page(*agents(1, 2)), page(an_agent(2), an_agent(3)), page(), page_size=2)

    assert [entity.id for entity in listing.entities] == ["1", "2", "3"]
    assert listing.incomplete is None


@pytest.mark.parametrize(
    ("plays", "why", "seen"),
    [
        ([page(an_agent(1)), page(an_agent(2)), page()], "page 1 holds fewer than 2 agents and page 2 some more", 2),
        ([page(*agents(1, 3)), page()], "page 1 holds 3 agents, more than `page_size`", 3),
        ([page(*agents(1, 2)), page(*agents(1, 2))], "page 2 begins with id 1, as the page before it did", 2),
        ([page(*agents(1, 2)), page({"name": "Eve"}), page()], "page 2 holds an agent without `identifier`", 2),
        ([page(an_agent(1, email=None)), page()], "id 1 on page 1 has no `email`", 1),
        ([page(*agents(1, 2)), Answer(200, "<html>")], "page 2 could not be read: the answer to GET", 2),
        ([page(*agents(1, 2)), Answer(200, '{"result": "success", "mess')], "page 2 could not be read", 2),
        ([page(*agents(1, 2)), Answer(200, '{"result": "success", "message": null}')], "page 2 could not be read", 2),
        ([page(*agents(1, 2)), Answer(200, '{"error": true, "message": "no"}')], "page 2 could not be read", 2),
        ([page(*agents(1, 2)), VendorFailed("answered 500", **FAILED)], "page 2 could not be read: answered 500", 2),
        ([page(*agents(1, 2)), NotFound("no such page", **FAILED)], "page 2 could not be read: no such page", 2),
        ([page(*agents(1, 2)), Rejected("refused", **FAILED)], "page 2 could not be read: refused", 2),
    ],
)
def test_evidence_that_is_not_whole(plays: list[Answer | VendorError], why: str, seen: int) -> None:
    """Whoever was seen stays, and that somebody may be missing is said."""
    listing, _ = listed(*plays, page_size=2)

    assert listing.incomplete is not None
    assert why in listing.incomplete
    assert len(listing.entities) == seen


def test_a_list_without_an_end() -> None:
    """After a thousand pages nobody waits for the end any more (M5)."""
    pages = [page(an_agent(number)) for number in range(1, MOST_PAGES + 1)]

    listing, asked = listed(*pages, page_size=1)

    assert len(asked) == MOST_PAGES
    assert listing.incomplete == "after 1000 pages there was still no end"
