"""The live snapshot: the fewest requests, and never a failure that is taken for absence."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any

import httpx
import pytest

from provisioner.errors import VendorFailed
from provisioner.values import Value, VendorId
from provisioner.vendors.base import Adapter, Call, Deleted, Entity, Find, Offer, Reading
from provisioner.vendors.fields import Fields, Mark, Unique
from provisioner.vendors.live import Live, Seen, Want
from provisioner.vendors.read import FAILURES_IN_A_ROW, read_all, read_connection, read_one
from tests.vendors.shop import Shelf, Shop, Time, an_engine


class Thing(Fields):
    """Whatever the shop sells."""

    number: Annotated[str | None, Mark.NATURAL_KEY, Unique()] = None


ALL = Call.LIST | Call.READ


def offer(
    find: Find, *, calls: Call = ALL, lag: float = 0, readable: bool = True, deleted: Deleted = Deleted.ABSENT
) -> Offer:
    return Offer(Thing, calls, {}, find, lag=lag, readable=readable, deleted=deleted)


def ids(*wanted: int | str) -> frozenset[VendorId]:
    return frozenset(VendorId(str(each)) for each in wanted)


def scanned(*bound: int | str, search: bool = False, **more: Any) -> Want:
    return Want("scanned", offer(Find.SCAN), ids=ids(*bound), search=search, **more)


def listed(*bound: int | str, search: bool = False, known: Offer | None = None, **more: Any) -> Want:
    return Want("listed", known or offer(Find.LIST), ids=ids(*bound), search=search, **more)


class World:
    """What the shop holds by path, and how it answers; missing is 404."""

    def __init__(self, things: Mapping[str, Any] | None = None, **trouble: int | Exception) -> None:
        self.things = dict(things or {})
        self.trouble = trouble
        self.calls: Counter[str] = Counter()

    def __call__(self, request: httpx.Request) -> httpx.Response:
        path = request.url.path.removeprefix("/api/")
        self.calls[path] += 1
        trouble = self.trouble.get(path.replace("/", "_"), self.trouble.get(path.split("/")[0]))
        if isinstance(trouble, Exception):
            raise trouble
        if trouble is not None:
            return httpx.Response(trouble, text="{}")
        return self.answer(path)

    def answer(self, path: str) -> httpx.Response:
        held = self.things.get(path)
        if callable(held):
            held = held()
        return httpx.Response(404 if held is None else 200, text="{}" if held is None else json.dumps(held))


def thing(number: int, *, deleted: bool = False) -> dict[str, Any]:
    return {"id": number, "number": f"N{number}", "deleted": deleted}


def things(kind: str, *numbers: int) -> dict[str, Any]:
    return {f"{kind}/{number}": thing(number) for number in numbers}


def listing(*numbers: int, **more: Any) -> dict[str, Any]:
    return {"listed": {"items": [thing(number) for number in numbers], **more}}


def see(world: World, *wants: Want, time: Time | None = None, session: Shop | None = None) -> Mapping[str, Seen]:
    time = time or Time()

    async def run() -> Mapping[str, Seen]:
        async with an_engine(world, time=time, session=session, retries=0) as engine:
            return await read_connection(engine, wants, sleep=time.sleep)

    return asyncio.run(run())


# --- How much is asked ---------------------------------------------------------------------------------------------


def test_without_a_search_each_bound_id_is_read_once() -> None:
    """Nothing else is asked, and what is not asked does not decide."""
    world = World(things("scanned", 1, 2, 3))

    seen = see(world, scanned(1, 3))["scanned"]

    assert world.calls == {"scanned/1": 1, "scanned/3": 1}
    assert [entity.id for entity in seen.entities] == ["1", "3"]
    assert not seen.decides(("n2",))
    assert not seen.searched


def test_a_scan_answers_for_the_bound_ids_as_well() -> None:
    """One read an id, from the first to the gap beyond the highest that anybody knows."""
    world = World(things("scanned", 1, 2, 30))

    seen = see(world, scanned(2, 30, 31, search=True, known=25))["scanned"]

    assert world.calls == {f"scanned/{number}": 1 for number in range(1, 42)}
    assert seen.is_unknown(VendorId("31")) is None
    assert seen.entity(VendorId("31")) is None
    assert [entity.id for entity in seen.active(("n30",))] == ["30"]
    assert seen.decides(("n4",))
    assert seen.highest == 31


def test_one_listing_serves_everything_of_its_kind() -> None:
    """Bound ids and searches; what a complete listing does not show is gone."""
    world = World(listing(1, 2, 10))

    seen = see(world, listed(2, 7, search=True))["listed"]

    assert world.calls == {"listed": 1}
    assert [entity.id for entity in seen.entities] == ["1", "2", "10"]
    assert seen.by_id[VendorId("7")] is None
    assert seen.decides(("n3",))


def test_a_listing_that_hides_deleted_records_is_followed_by_reads_of_what_it_lacks() -> None:
    """Deleted and gone are told apart."""
    world = World({**listing(1), "listed/2": thing(2, deleted=True)})
    hiding = offer(Find.LIST, deleted=Deleted.READABLE)

    seen = see(world, listed(1, 2, 3, known=hiding))["listed"]

    assert world.calls == {"listed": 1, "listed/2": 1, "listed/3": 1}
    assert [entity.id for entity in seen.deleted(("n2",))] == ["2"]
    assert seen.by_id[VendorId("3")] is None


def test_where_nothing_can_be_read_by_id_the_listing_has_the_last_word() -> None:
    """Complete: gone. Incomplete: unknown, with the reason."""
    only_list = offer(Find.LIST, calls=Call.LIST, deleted=Deleted.READABLE)

    complete = see(World(listing(1)), listed(1, 2, known=only_list))["listed"]
    partial = see(World(listing(1, incomplete="page 2 is missing")), listed(1, 2, known=only_list))["listed"]

    assert complete.is_unknown(VendorId("2")) is None
    assert partial.is_unknown(VendorId("1")) is None
    assert "page 2 is missing" in str(partial.is_unknown(VendorId("2")))
    assert not partial.decides(("n2",))


def test_keys_that_are_ids_are_looked_up_one_by_one() -> None:
    """Each distinct one once, whether bound, wanted, or both; as declared, not as compared."""
    world = World({"keyed/A1": {"id": "A1", "number": "A1"}})
    keys: dict[tuple[Value, ...], VendorId] = {("a1",): VendorId("A1"), ("b2",): VendorId("B2")}
    want = Want("keyed", offer(Find.BY_KEY), ids=ids("A1"), keys=frozenset(keys), key_ids=keys)

    seen = see(world, want)["keyed"]

    assert world.calls == {"keyed/A1": 1, "keyed/B2": 1}
    assert [entity.id for entity in seen.active(("a1",))] == ["A1"]
    assert seen.decides(("b2",))
    assert not seen.decides(("c3",))
    assert seen.highest == 0


@pytest.mark.parametrize("unreadable", [offer(Find.NONE, readable=False), offer(Find.LIST, readable=False)])
def test_nothing_is_asked_of_a_kind_that_cannot_be_read(unreadable: Offer) -> None:
    """What is bound there is unknown, and said to be."""
    world = World()

    seen = see(world, Want("alerts", unreadable, ids=ids(1), search=True))["alerts"]

    assert world.calls == {}
    assert seen.is_unknown(VendorId("1")) == "alerts cannot be read"
    assert seen.searched
    assert not seen.decides(("n1",))


def test_a_kind_that_can_only_be_read_by_id_says_that_it_cannot_be_searched() -> None:
    """The ids are read; a search decides nothing, and is not asked for again."""
    want = Want("plain", offer(Find.NONE, calls=Call.READ), ids=ids(1), search=True)

    seen = see(World(things("plain", 1)), want)["plain"]

    assert seen.entity(VendorId("1")) is not None
    assert seen.searched
    assert "no call that finds them" in seen.doubt


def test_nothing_wanted_is_nothing_asked() -> None:
    """Not even a listing."""
    world = World(listing(1))

    seen = see(world, listed())["listed"]

    assert world.calls == {}
    assert seen.entities == ()


def test_what_an_earlier_round_knows_is_not_asked_again() -> None:
    """A later round reads what is new; the two are merged."""
    world = World(things("scanned", 1, 2))

    async def run() -> Live:
        async with an_engine(world) as engine:
            first = await read_all({"pbx": engine}, {"pbx": [scanned(1)]})
            second = await read_all({"pbx": engine}, {"pbx": [scanned(1, 2)]}, before=first)
            return first.merged(second)

    live = asyncio.run(run())

    assert world.calls == {"scanned/1": 1, "scanned/2": 1}
    seen = live.seen("pbx", "scanned")
    assert seen is not None
    assert [entity.id for entity in seen.entities] == ["1", "2"]


class Beginning(Shop):
    """Its scans begin at id 10."""

    def adapter(self, kind: str) -> Adapter:
        return Shelf(kind, first=10)


def in_rounds(world: World, *rounds: Want, session: Shop | None = None) -> Seen:
    """What several rounds of reading see together, each for what it wants."""

    async def run() -> Live:
        live = Live()
        async with an_engine(world, session=session, retries=0) as engine:
            for want in rounds:
                live = live.merged(await read_all({"pbx": engine}, {"pbx": [want]}, before=live))
        return live

    seen = asyncio.run(run()).seen("pbx", rounds[0].kind)
    assert seen is not None
    return seen


def test_a_scan_does_not_repeat_what_an_earlier_round_has_read() -> None:
    """It asks for the other ids, and knows of all; what was not there is asked for once more."""
    world = World(things("scanned", 1, 2, 4))

    seen = in_rounds(world, scanned(1, 3), scanned(search=True, known=4))

    assert world.calls == {f"scanned/{number}": 1 for number in range(1, 15)} | {"scanned/3": 2}
    assert [entity.id for entity in seen.entities] == ["1", "2", "4"]
    assert seen.decides(("n5",))


def test_a_scan_answers_for_what_an_earlier_round_could_not_read() -> None:
    """The id was visited, and is there, or is not."""
    world = World(things("scanned", 1), scanned_1=500, scanned_3=500)

    async def run() -> Live:
        async with an_engine(world, retries=0) as engine:
            first = await read_all({"pbx": engine}, {"pbx": [scanned(1, 3)]})
            world.trouble.clear()
            search = [scanned(search=True, known=3)]
            return first.merged(await read_all({"pbx": engine}, {"pbx": search}, before=first))

    seen = asyncio.run(run()).seen("pbx", "scanned")

    assert seen is not None
    assert seen.entity(VendorId("1")) is not None
    assert seen.is_unknown(VendorId("3")) is None
    assert seen.decides(("n3",))


def test_an_id_that_a_scan_does_not_visit_is_read_by_itself() -> None:
    """A scan that begins behind it says nothing of it."""
    world = World(things("scanned", 3, 12))

    seen = in_rounds(world, scanned(3, 4, search=True, known=12), session=Beginning())

    assert seen.entity(VendorId("3")) is not None
    assert seen.entity(VendorId("4")) is None
    assert (world.calls["scanned/3"], world.calls["scanned/4"]) == (1, 1)


def test_a_failure_that_no_later_search_looked_at_stays_one() -> None:
    """A complete search is no answer for an id where it did not look: neither gone, nor is its key free."""
    world = World(things("scanned", 12), scanned_3=500)

    seen = in_rounds(world, scanned(3), scanned(search=True, known=12), session=Beginning())

    assert "GET /scanned/3" in (seen.is_unknown(VendorId("3")) or "")
    assert not seen.decides(("n3",))


def test_a_listing_that_hides_deleted_records_answers_for_no_failed_read() -> None:
    """An id that it does not show may be deleted or gone."""
    hiding = offer(Find.LIST, deleted=Deleted.READABLE)
    first = Seen(hiding, failures={"7": "`GET /listed/7` on `pbx`: 500"}, searched=True)

    seen = first.merged(Seen(hiding, searched=True))

    assert seen.is_unknown(VendorId("7")) == "`GET /listed/7` on `pbx`: 500"


# --- What fails ----------------------------------------------------------------------------------------------------

CONNECTION_WIDE = [401, 403, httpx.ConnectError("refused")]


@pytest.mark.parametrize("trouble", CONNECTION_WIDE)
def test_what_concerns_the_whole_connection_leaves_nothing_known_of_it(trouble: int | Exception) -> None:
    """Asked once, said once, and absence of nothing."""
    world = World({**things("scanned", 1, 2, 3), **listing(1)}, scanned_2=trouble)

    seen = see(world, listed(1), scanned(1, 2, 3, search=True))

    assert {str(one.failures) for one in seen.values()} == {str(seen["listed"].failures)}
    assert "`pbx`" in seen["listed"].failures["*"]
    assert "GET /scanned/2" in seen["listed"].failures["*"]
    for one in seen.values():
        assert one.entities == ()
        assert one.is_unknown(VendorId("1")) is not None
        assert one.searched
        assert not one.decides(("n1",))
    assert world.calls["scanned/2"] == 1


def test_a_rate_limit_beyond_patience_ends_the_reading() -> None:
    """The requests that wait are not sent."""

    class Strict(World):
        def answer(self, path: str) -> httpx.Response:
            return httpx.Response(429, headers={"retry-after": "3600"})

    world = Strict()

    seen = see(world, scanned(*range(1, 100)))["scanned"]

    assert "refuses more requests" in seen.failures["*"]
    assert sum(world.calls.values()) <= 4


def test_one_id_that_cannot_be_read_is_unknown_and_the_others_are_not() -> None:
    """With connection, endpoint and what happened."""
    world = World(things("scanned", 1, 2, 3), scanned_2=500)

    seen = see(world, scanned(1, 2, 3, 4))["scanned"]

    assert seen.is_unknown(VendorId("2")) == "`GET /scanned/2` on `pbx`: answered 500 (server error)"
    assert [entity.id for entity in seen.entities] == ["1", "3"]
    assert seen.by_id[VendorId("4")] is None


@pytest.mark.parametrize("trouble", [500, 400, httpx.ReadError("reset")])
def test_a_scan_that_fails_decides_nothing_but_bound_ids_are_read_all_the_same(trouble: int | Exception) -> None:
    """One bad record does not hide the good ones."""
    one = see(World(things("scanned", 1), scanned_5=trouble), scanned(1, 2, search=True))["scanned"]

    assert one.entity(VendorId("1")) is not None
    assert one.is_unknown(VendorId("2")) is None
    assert one.searched
    assert not one.decides(("n9",))
    assert "on `pbx`" in one.doubt


@pytest.mark.parametrize("search", [True, False])
def test_a_listing_that_fails_leaves_all_unknown(search: bool) -> None:  # noqa: FBT001  # a table's column
    """What it was to tell is not asked for in thousands of requests more."""
    world = World(things("listed", 1), listed=400)

    one = see(world, listed(1, 2, search=search))["listed"]

    assert dict(world.calls) == {"listed": 1}
    assert [one.is_unknown(VendorId(name)) for name in "12"] == ["`GET /listed` on `pbx`: refused: {}"] * 2
    assert not one.decides(("n9",))


def test_a_few_of_many_are_read_alone() -> None:
    """Without a listing, which nobody needs; whoever is gone is gone."""
    world = World(things("listed", 1, 2, 3))

    one = see(world, replace(listed(2, 7), alone=True))["listed"]

    assert dict(world.calls) == {"listed/2": 1, "listed/7": 1}
    assert one.entity(VendorId("2")) is not None
    assert one.is_unknown(VendorId("7")) is None
    assert one.is_unknown(VendorId("1")) is not None
    assert not one.searched


def test_an_error_that_does_not_name_its_place_is_given_one() -> None:
    """Sessions word their own errors."""
    seen = see(World(listed=400), listed(1, known=offer(Find.LIST, calls=Call.LIST)))["listed"]

    assert seen.is_unknown(VendorId("1")) == "`GET /listed` on `pbx`: refused: {}"


def test_reads_that_keep_failing_are_given_up() -> None:
    """A kind whose endpoint is down does not cost a time-out for each of its entities; others are read."""
    world = World(things("fine", 1), scanned=500)

    seen = see(world, scanned(*range(1, 101)), Want("fine", offer(Find.NONE, calls=Call.READ), ids=ids(1)))

    tried = sum(count for path, count in world.calls.items() if path.startswith("scanned"))
    assert FAILURES_IN_A_ROW <= tried <= FAILURES_IN_A_ROW + 4
    assert len(seen["scanned"].failures) == 100
    assert "too many reads in a row failed" in str(seen["scanned"].is_unknown(VendorId("100")))
    assert seen["fine"].entity(VendorId("1")) is not None


def test_failures_with_successes_between_them_are_not_given_up() -> None:
    """Some records may be broken for good."""
    world = World(things("scanned", *range(1, 41)), **{f"scanned_{number}": 500 for number in range(1, 41, 5)})

    seen = see(world, scanned(*range(1, 41)))["scanned"]

    assert sum(world.calls.values()) == 40
    assert len(seen.failures) == 8


def test_connections_do_not_share_their_failures() -> None:
    """One vendor is down, the other's evidence is whole."""

    async def run() -> Live:
        async with an_engine(World(scanned=401)) as down, an_engine(World(things("scanned", 1))) as up:
            return await read_all({"down": down, "up": up}, {"down": [scanned(1)], "up": [scanned(1)]})

    live = asyncio.run(run())

    down, up = live.seen("down", "scanned"), live.seen("up", "scanned")
    assert down is not None
    assert up is not None
    assert down.is_unknown(VendorId("1")) is not None
    assert up.entity(VendorId("1")) is not None


def test_a_mistake_in_an_adapter_is_not_taken_for_a_failure_of_the_vendor() -> None:
    """It ends the run with its own traceback."""

    class Wrong(Shelf):
        def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
            yield ()
            raise KeyError(vendor_id)

    class Careless(Shop):
        def adapter(self, kind: str) -> Any:
            return Wrong(kind)

    with pytest.raises(KeyError):
        see(World(), scanned(1), session=Careless())


# --- Absence that may not be visible yet ---------------------------------------------------------------------------


def late(first: Any, then: Any) -> Any:
    """Answers differently from the second time on."""
    answers = [first]
    return lambda: answers.pop() if answers else then


@pytest.mark.parametrize("found", [True, False])
def test_a_key_that_is_not_listed_is_looked_for_again_after_the_lag(found: bool) -> None:  # noqa: FBT001  a case
    """Once: then absence is certain."""
    time = Time()
    world = World({"listed": late({"items": []}, {"items": [thing(1)] if found else []})})
    want = listed(search=True, keys=frozenset({("n1",)}), known=offer(Find.LIST, lag=5))

    seen = see(world, want, time=time)["listed"]

    assert world.calls == {"listed": 2}
    assert time.naps == [5]
    assert bool(seen.active(("n1",))) is found
    assert seen.decides(("n1",))


@pytest.mark.parametrize("find", [Find.SCAN, Find.BY_KEY])
def test_an_id_that_is_gone_is_read_again_after_the_lag(find: Find) -> None:
    """Only that one."""
    time = Time()
    world = World({"kind/1": thing(1), "kind/2": late(None, thing(2))})

    seen = see(world, Want("kind", offer(find, lag=3), ids=ids(1, 2, 3)), time=time)["kind"]

    assert world.calls == {"kind/1": 1, "kind/2": 2, "kind/3": 2}
    assert time.naps == [3]
    assert [entity.id for entity in seen.entities] == ["1", "2"]
    assert seen.by_id[VendorId("3")] is None


def test_what_was_seen_once_is_not_lost_when_the_second_look_misses_it() -> None:
    """A replica that lags shows less, not more."""
    world = World({"listed": late({"items": [thing(1)]}, {"items": []})})
    want = listed(1, search=True, keys=frozenset({("n2",)}), known=offer(Find.LIST, lag=5))

    seen = see(world, want)["listed"]

    assert seen.entity(VendorId("1")) is not None


def test_a_second_look_that_fails_leaves_the_absence_unknown() -> None:
    """It was to decide, and cannot."""
    time = Time()
    world = World()

    def breaks() -> None:
        world.trouble["keyed"] = 500

    world.things["keyed/1"] = breaks
    keys: dict[tuple[Value, ...], VendorId] = {("1",): VendorId("1")}
    want = Want("keyed", offer(Find.BY_KEY, lag=1), keys=frozenset(keys), key_ids=keys)

    seen = see(world, want, time=time)["keyed"]

    assert seen.is_unknown(VendorId("1")) is not None
    assert not seen.decides(("1",))


@pytest.mark.parametrize(
    "want",
    [
        listed(1, search=True, keys=frozenset({("n1",)}), known=offer(Find.LIST, lag=5)),
        listed(search=True, keys=frozenset({("n2",)}), known=offer(Find.LIST)),
    ],
    ids=["found", "no lag"],
)
def test_no_time_is_spent_where_nothing_is_missing_or_the_vendor_has_no_lag(want: Want) -> None:
    """One listing."""
    time = Time()
    world = World(listing(1))

    see(world, want, time=time)

    assert time.naps == []
    assert world.calls == {"listed": 1}


# --- Progress ------------------------------------------------------------------------------------------------------


def progress_of(wants: Sequence[Want], world: World) -> list[tuple[int, int | None]]:
    told: list[tuple[int, int | None]] = []

    async def run() -> None:
        async with an_engine(world, retries=0) as engine:
            await read_connection(engine, wants, progress=lambda done, total: told.append((done, total)))

    asyncio.run(run())
    return told


def test_progress_counts_look_ups() -> None:
    """Failures count as done."""
    world = World(things("scanned", 1, 2), scanned_3=500)

    assert progress_of([scanned(1, 2, 3)], world) == [(1, 3), (2, 3), (3, 3)]


def test_progress_has_no_total_while_something_is_searched() -> None:
    """Nobody knows yet how many reads will follow."""
    world = World({**listing(1), **things("scanned", 1)})
    other = Want("other", offer(Find.LIST), search=True)

    assert progress_of([listed(1), other, scanned(1)], world) == [(1, None), (2, 2), (3, 3)]


# --- What nothing counts ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("want", "believed"),
    [
        (listed(search=True), True),
        (listed(search=True, managed=True), False),
        (listed("7", managed=True, known=offer(Find.LIST, calls=Call.LIST)), False),
        (listed(search=True, managed=True, known=replace(offer(Find.LIST), counted=True)), True),
    ],
)
def test_an_empty_listing_is_not_believed_while_something_is_managed(want: Want, *, believed: bool) -> None:
    """Unless the vendor says how many there are; a listing with anybody in it is."""
    empty, somebody = World({"listed": {"items": []}}), World({"listed": {"items": [thing(1)]}})

    seen = asyncio.run(read_connection(an_engine(empty), [want]))["listed"]

    assert (seen.incomplete is None) is believed
    assert (seen.is_unknown(VendorId("7")) is None) is believed
    assert asyncio.run(read_connection(an_engine(somebody), [want]))["listed"].incomplete is None


def test_one_is_read_out_of_a_listing_where_there_is_no_other_call() -> None:
    """It is there, it is gone, or nobody can tell."""
    known = offer(Find.LIST, calls=Call.LIST)

    def found(world: World) -> Entity | None:
        return asyncio.run(read_one(an_engine(world, retries=0), "listed", known, VendorId("1")))

    assert found(World({"listed": {"items": [thing(1)]}})) is not None
    assert found(World({"listed": {"items": [thing(2)]}})) is None
    for world in (World({"listed": {"items": []}}), World(listed=500)):
        with pytest.raises(VendorFailed):
            found(world)
