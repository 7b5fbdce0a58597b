"""Listings of DeepCall: both shapes, all pages, and when they are no evidence."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import VendorFailed
from provisioner.vendors.base import Answer, Listing, Request
from tests.vendors.deepcall.playing import AGENT, GROUP, OF_MAP, adapter, error, ok, page, relations
from tests.vendors.playing import read


def other(number: int) -> dict[str, Any]:
    return {**AGENT, "unique_id": number, "email": f"a{number}@example.com"}


def listed(*batches: list[Answer], kind: str = "agents", **given: Any) -> tuple[list[Request], Listing]:
    return read(adapter(kind, **given).find_all(), *batches)


def test_pages_are_asked_for_at_once() -> None:
    """The first says how many there are."""
    asked, listing = listed(
        [page(other(1), pages=3, total=3)],
        [page(other(2), number=2, pages=3, total=3), page(other(3), number=3, pages=3, total=3)],
        page_size=1,
    )

    assert [request.json for request in asked] == [{"page": number, "limit": 1} for number in (1, 2, 3)]
    assert [entity.id for entity in listing.entities] == ["1", "2", "3"]
    assert (listing.incomplete, listing.counted) == (None, True)


@pytest.mark.parametrize(
    ("second", "why"),
    [
        (page(other(2), number=1, pages=2, total=2), "says that it is page 1"),
        (page(other(1), number=2, pages=2, total=2), "repeats id 1"),
        (page(other(2), number=2, pages=2, total=1), "`totalRecords` fell from 2 to 1"),
        (page(other(2), number=2, pages=1, total=2), "`totalPages` fell from 2 to 1"),
        (page(other(2), number=2, pages=9, total=2), "`totalPages` rose to 9 while 2 were read"),
        (page(other(2), number=2, pages=2, total=3), "`totalRecords` says 3, and 2 were listed"),
        (page(number=2, pages=2, total=2), "`totalRecords` says 2, and 1 were listed"),
        (ok(response=[other(2)]), "says that it is page None"),
        (page({**other(2), "email": ""}, number=2, pages=2, total=2), "has no `email`"),
        (page({**other(2), "unique_id": None}, number=2, pages=2, total=2), "cannot be read at place 1 of page 2"),
    ],
)
def test_a_second_page_that_cannot_be_right(second: Answer, why: str) -> None:
    """Whoever was not seen is unknown then."""
    _, listing = listed([page(other(1), pages=2, total=2)], [second])

    assert listing.incomplete is not None
    assert why in listing.incomplete


@pytest.mark.parametrize(("count", "why"), [(2, "the page is full, and nothing says how many"), (1, None)])
def test_a_full_page_without_counters(count: int, why: str | None) -> None:
    """There may be another, which nobody would ever ask for; a page with room left is the last."""
    _, listing = listed([ok(response=[other(number) for number in range(1, count + 1)])], page_size=2)

    assert (listing.incomplete is None) is (why is None)
    assert (why or "") in (listing.incomplete or "")


def test_a_first_page_that_is_another() -> None:
    """The listing may have missed whoever stands on the first."""
    _, listing = listed([page(other(1), number=2)])

    assert listing.incomplete == "page 1 of the listing says that it is page 2"


def test_a_count_that_makes_no_sense_is_not_followed() -> None:
    """A million pages are not asked for."""
    asked, listing = listed([page(other(1), pages=1_000_000)])

    assert len(asked) == 1
    assert "which makes no sense" in str(listing.incomplete)


@pytest.mark.parametrize("empty", [{"response": {}}, {"response": []}, {}, {"response": None}])
def test_an_empty_list_in_all_its_spellings(empty: dict[str, Any]) -> None:
    """It is believed as far as a counter says so."""
    _, counted = listed([ok(**empty, currentPage=1, totalPages=1, totalRecords=0)])
    _, uncounted = listed([ok(**empty)])

    assert (counted.entities, counted.incomplete, counted.counted) == ((), None, True)
    assert (uncounted.entities, uncounted.incomplete, uncounted.counted) == ((), None, False)


@pytest.mark.parametrize("response", ["agents", 7, True])
def test_what_is_no_list_is_a_failed_read(response: Any) -> None:
    """Text, a number or a truth value is never taken for an empty list."""
    with pytest.raises(VendorFailed, match="neither a list nor an object"):
        listed([ok(response=response)])


def test_a_map_shows_seven_fields() -> None:
    """The id is the key; what a map does not show is unknown, and not empty (D-21)."""
    _, listing = listed([ok(response={"2": OF_MAP})])

    (entity,) = listing.entities
    assert (entity.id, entity.attributes["name"]) == ("2", "Agent One")
    assert entity.unseen == {"role", "parent", "working", "allow_did", "address"}
    assert listing.incomplete is None


def test_deleted_agents_are_nobody() -> None:
    """One whose deletion was only asked for is somebody (§5.3)."""
    gone, going = {**other(1), "isDeleted": 1}, {**other(2), "preDeleted": 1}

    _, listing = listed([page(gone, going)])

    assert [(entity.id, entity.pending) for entity in listing.entities] == [("2", True)]
    assert listing.incomplete is None


def test_groups_are_asked_for_their_members_at_once() -> None:
    """One request each, in one batch."""
    second = {**GROUP, "unique_id": 18, "name": "Sales"}
    empty = ok(response={"groupData": second, "agentData": [], "relationData": []})

    asked, listing = listed([ok(response=[GROUP, second])], [relations((5, 1), (3, 0)), empty], kind="queues")

    assert [request.path.rpartition("/")[2] for request in asked] == ["list", *["getGroupAgentRelation"] * 2]
    assert [entity.attributes["agents"] for entity in listing.entities] == [
        [{"agent": {"id": "3"}, "receive_call": False}, {"agent": {"id": "5"}, "receive_call": True}],
        [],
    ]
    assert (listing.incomplete, listing.counted) == (None, False)


@pytest.mark.parametrize("name", ["unique_id", "groupId", "id"])
def test_a_group_s_id_stands_under_one_of_three_names(name: str) -> None:
    """Whichever the account uses (D-12)."""
    group = {name: 17, "name": "Support", "status": 1}

    _, listing = listed([ok(response=[group])], [relations(group=group)], kind="queues")

    assert [entity.id for entity in listing.entities] == ["17"]


def test_a_map_of_groups() -> None:
    """The key is the id where nothing else is."""
    group = {"name": "Support", "status": 1}

    _, listing = listed([ok(response={"17": group})], [relations(group=group)], kind="queues")

    assert [(entity.id, entity.attributes["name"]) for entity in listing.entities] == [("17", "Support")]


def test_an_empty_group_may_be_spelt_as_an_object() -> None:
    """As an empty list of anything may be (D-6)."""
    _, listing = listed([ok(response=[GROUP])], [ok(response={"groupData": GROUP, "relationData": {}})], kind="queues")

    assert listing.entities[0].attributes["agents"] == []


def test_a_group_that_went_while_it_was_read() -> None:
    """It is not listed, and the listing is incomplete."""
    _, listing = listed([ok(response=[GROUP])], [error(1503)], kind="queues")

    assert listing.entities == ()
    assert "changed while it was read" in str(listing.incomplete)


@pytest.mark.parametrize(
    "told",
    [
        None,
        "5",
        [{"agent_unique_id": 5, "group_id": 18, "receive_call": 1}],
        [{"group_id": 17, "receive_call": 1}],
        [{"agent_unique_id": 5, "group_id": 17}],
    ],
)
def test_members_that_cannot_be_read(told: Any) -> None:
    """A roster that is half understood would be written back half."""
    with pytest.raises(VendorFailed, match="cannot be used"):
        listed([ok(response=[GROUP])], [ok(response={"groupData": GROUP, "relationData": told})], kind="queues")


def test_groups_have_no_pages() -> None:
    """One that says that there are more cannot be read to its end."""
    more = ok(response=[GROUP], currentPage=1, totalPages=2, totalRecords=2)

    _, listing = listed([more], [more], [relations()], kind="queues")

    assert listing.incomplete is not None
