"""The id scan: which ids it visits, when it ends, and how it knows that it saw everything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from provisioner.errors import VendorFailed
from provisioner.vendors.base import Answer, Listing
from tests.vendors.eq.playing import AGENT, absent, adapter, ok

USAGE = "/license_usage"


def an_agent(number: int, *, deleted: bool = False) -> dict[str, Any]:
    """EQ's object for one agent, whose id and number are the same."""
    return {
        "id": number,
        "number": str(number),
        "firstName": AGENT["first_name"],
        "lastName": None,
        "emailAddress": None,
        "language": None,
        "deleted": deleted,
    }


class Eq:
    """An EQ with agents at some ids, that remembers what it was asked."""

    def __init__(self, agents: Mapping[int, dict[str, Any]], usage: Answer | None = None) -> None:
        self.agents, self.usage = agents, usage or absent()
        self.batches: list[list[str]] = []

    def scan(self, kind: str = "agents", *, known: int = 0, start: int = 1, **settings: Any) -> Listing:
        reading = adapter(kind, **settings).find_all(known=known, start=start)
        batch = next(reading)
        while True:
            self.batches.append([request.path for request in batch])
            try:
                batch = reading.send([self.answer(request.path) for request in batch])
            except StopIteration as end:
                listing: Listing = end.value
                return listing

    def answer(self, path: str) -> Answer:
        if path == USAGE:
            return self.usage
        number = int(path.rsplit("/", 1)[1])
        return ok(self.agents[number]) if number in self.agents else absent()

    @property
    def visited(self) -> list[int]:
        return [int(path.rsplit("/", 1)[1]) for batch in self.batches for path in batch if path != USAGE]


def agents(*numbers: int, deleted: tuple[int, ...] = ()) -> dict[int, dict[str, Any]]:
    return {number: an_agent(number, deleted=number in deleted) for number in (*numbers, *deleted)}


def test_an_empty_system_costs_one_gap() -> None:
    eq = Eq({})

    listing = eq.scan()

    assert listing == Listing((), None, None, lowest=1)
    assert eq.visited == list(range(1, 21))


def test_live_and_deleted_ones_are_found() -> None:
    listing = Eq(agents(1, 3, deleted=(2,))).scan()

    assert [(entity.id, entity.deleted) for entity in listing.entities] == [("1", False), ("2", True), ("3", False)]
    assert listing.highest == 3


def test_every_id_up_to_the_known_one_and_its_gap_is_visited_in_one_go() -> None:
    """Whatever the holes: supervisors and agents may share one sequence."""
    eq = Eq(agents(100))

    listing = eq.scan(known=100)

    assert listing.highest == 100
    assert [len(batch) for batch in eq.batches] == [120, 1]
    assert eq.visited == list(range(1, 121))


def test_it_goes_on_until_a_gap_behind_the_last_hit() -> None:
    eq = Eq(agents(20, 39, 58))

    listing = eq.scan()

    assert [entity.id for entity in listing.entities] == ["20", "39", "58"]
    assert eq.visited == list(range(1, 79))


def test_a_hole_as_long_as_the_gap_ends_it() -> None:
    eq = Eq(agents(1, 22))

    assert eq.scan().highest == 1
    assert Eq(agents(1, 22)).scan(scan={"gap": 21}).highest == 22


def test_no_batch_is_larger_than_can_be_held() -> None:
    eq = Eq({})

    eq.scan(known=1200)

    assert [len(batch) for batch in eq.batches] == [500, 500, 220, 1]


def test_a_lost_create_is_looked_for_from_its_start_on() -> None:
    """The licence's count says nothing about a part, so it is not asked."""
    eq = Eq(agents(1, 2, 31), usage=ok({"agents": 99}))

    listing = eq.scan(start=30)

    assert [entity.id for entity in listing.entities] == ["31"]
    assert listing.incomplete is None
    assert eq.visited == list(range(30, 52))
    assert [USAGE] not in eq.batches


def test_the_first_id_can_be_set() -> None:
    eq = Eq(agents(1001), usage=ok({"agents": 1}))

    listing = eq.scan(scan={"first": 1000})

    assert listing.incomplete is None
    assert eq.visited[0] == 1000
    assert [USAGE] in eq.batches


def test_fewer_than_the_licence_counts_is_incomplete() -> None:
    listing = Eq(agents(1, 2, deleted=(3,)), usage=ok({"agents": 11})).scan()

    assert listing.incomplete == "the scan of agents found 2 active, the licence counts 11: raise `scan.gap` (now 20)"


@pytest.mark.parametrize(
    "usage",
    [
        ok({"agents": 2}),
        ok({"agents": 1}),
        ok({"agents": "many"}),
        ok({"agents": True}),
        ok({}),
        ok([]),
        absent(),
        ok(),
    ],
)
def test_a_licence_that_agrees_or_does_not_say_leaves_it_complete(usage: Answer) -> None:
    assert Eq(agents(1, 2), usage=usage).scan().incomplete is None


def test_pause_codes_have_no_licence_to_ask() -> None:
    codes = {1: {"id": 1, "name": "Lunch", "deleted": False}}
    eq = Eq(codes)

    assert eq.scan("pause_codes").incomplete is None
    assert [USAGE] not in eq.batches


def test_a_failed_request_ends_the_scan() -> None:
    """What was not read is not known; the engine's error passes through."""
    reading = adapter("agents").find_all()
    next(reading)

    with pytest.raises(VendorFailed):
        reading.throw(VendorFailed("cut", connection="pbx", call="GET /agent/7"))


def test_an_answer_that_cannot_be_used_ends_it_too() -> None:
    broken = {**an_agent(2), "firstName": None}

    with pytest.raises(VendorFailed, match="`firstName` is missing"):
        Eq({1: an_agent(1), 2: broken}).scan()


def test_queues_are_looked_for_where_the_settings_say() -> None:
    """EQ cannot list them, and no range is known to hold all."""
    reading = adapter("queues", scan={"ranges": {"queues": ["500-502", "600", "501"]}}).find_all()

    batch = next(reading)
    (usage,) = reading.send([absent() for _ in batch])
    with pytest.raises(StopIteration) as end:
        reading.send([absent()])

    assert [request.path for request in batch] == [f"/call_queue/{number}" for number in (500, 501, 502, 600)]
    assert usage.path == "/license_usage"
    assert end.value.value == Listing(
        (), "EQ cannot list queues: only the 4 numbers in `scan.ranges.queues` were looked at"
    )


@pytest.mark.parametrize(("counted", "missing"), [(0, 0), (2, 2)])
def test_the_licence_says_whether_the_ranges_hold_all(counted: int, missing: int) -> None:
    """As many as were found: nothing is left to look for. More: so many are somewhere else."""
    reading = adapter("queues", scan={"ranges": {"queues": ["500"]}}).find_all()
    next(reading)
    reading.send([absent()])

    with pytest.raises(StopIteration) as end:
        reading.send([ok({"callQueues": counted})])

    assert end.value.value.missing == missing
    assert (end.value.value.incomplete is None) == (missing == 0)


def test_without_ranges_nothing_is_looked_for() -> None:
    with pytest.raises(StopIteration) as end:
        next(adapter("extensions").find_all())

    assert "name the numbers to look at in `scan.ranges.extensions`" in end.value.value.incomplete
