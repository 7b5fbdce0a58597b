"""What may start now: needs, limits, ties, and what is skipped."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.apply.events import Ended, Status
from provisioner.apply.schedule import Schedule
from provisioner.plan.document import Action, Change
from tests.apply.world import a_change


def a_schedule(
    needs: Mapping[str, tuple[str, ...]], limits: Mapping[str, int] | None = None, parallelism: int = 100
) -> Schedule:
    """Creates by key, each with the keys that it needs."""
    changes = {key: a_change(key, Action.CREATE, needs=needed) for key, needed in needs.items()}
    return Schedule(changes, limits if limits is not None else {"x": 2, "y": 2}, parallelism)


def taken(schedule: Schedule) -> list[str]:
    """The keys of everything that may start now."""
    return [change.key for change in iter(schedule.take, None)]


def end(schedule: Schedule, key: str, status: Status = Status.DONE) -> list[Ended]:
    change: Change = schedule.changes[key]
    return schedule.finish(change, Ended(key, status))


def test_no_more_than_the_connection_allows() -> None:
    """Two at once on `x`; the third starts when one has ended."""
    schedule = a_schedule({"people.a@x": (), "people.b@x": (), "people.c@x": (), "people.d@y": ()})

    first = taken(schedule)
    end(schedule, "people.a@x")

    assert first == ["people.a@x", "people.b@x", "people.d@y"]
    assert taken(schedule) == ["people.c@x"]


def test_no_more_than_allowed_in_all() -> None:
    """``--parallelism`` counts over all connections."""
    schedule = a_schedule({"people.a@x": (), "people.b@y": (), "people.c@x": ()}, parallelism=2)

    assert len(taken(schedule)) == 2


def test_one_at_a_time_where_nothing_is_said() -> None:
    """A connection that is not opened (a forget) takes one."""
    schedule = a_schedule({"people.a@z": (), "people.b@z": ()})

    assert taken(schedule) == ["people.a@z"]


def test_a_ready_change_waits_for_nobody_else() -> None:
    """There are no barriers: its own need is enough, whatever else is slow."""
    schedule = a_schedule({"people.a@x": (), "people.slow@x": (), "rooms.r@x": ("people.a@x",)})
    taken(schedule)

    end(schedule, "people.a@x")

    assert taken(schedule) == ["rooms.r@x"]


def test_all_needs_must_be_done() -> None:
    """One of two is not enough; a need that is not in the plan is none."""
    schedule = a_schedule({"people.a@x": (), "people.b@x": (), "rooms.r@x": ("people.a@x", "people.b@x", "people.z@x")})
    taken(schedule)

    end(schedule, "people.a@x")
    nothing = taken(schedule)
    end(schedule, "people.b@x")

    assert (nothing, taken(schedule)) == ([], ["rooms.r@x"])


def test_what_needs_a_failed_one_is_skipped() -> None:
    """And what needs that, with its own cause named; the rest is not touched."""
    schedule = a_schedule(
        {"people.a@x": (), "people.b@x": (), "rooms.r@x": ("people.a@x", "people.b@x"), "bells.b@x": ("rooms.r@x",)}
    )
    taken(schedule)

    skipped = end(schedule, "people.a@x", Status.FAILED)

    assert [(item.key, item.why) for item in skipped] == [
        ("rooms.r@x", "needs `people.a@x`, which failed"),
        ("bells.b@x", "needs `rooms.r@x`, which was skipped"),
    ]
    assert end(schedule, "people.b@x", Status.STALE) == []
    assert (taken(schedule), schedule.left()) == ([], [])


def test_a_long_chain_is_skipped_whole() -> None:
    """However long it is."""
    keys = [f"people.p{number}@x" for number in range(5000)]
    schedule = a_schedule({key: (keys[number - 1],) if number else () for number, key in enumerate(keys)})
    taken(schedule)

    assert len(end(schedule, keys[0], Status.MANUAL)) == 4999


def test_what_ended_without_being_run_is_not_started() -> None:
    """Done by the run before: its place goes to the next one, and what needs it may start."""
    schedule = a_schedule({"people.a@x": (), "people.b@x": (), "rooms.r@x": ("people.a@x",)})

    schedule.settle(Ended("people.a@x", Status.DONE))

    assert taken(schedule) == ["people.b@x", "rooms.r@x"]


def test_ties_go_by_the_plan() -> None:
    """Whatever ends first, the earlier in the plan starts first."""
    needs = {"people.a@x": (), "people.b@x": (), "rooms.b@x": ("people.b@x",), "rooms.a@x": ("people.a@x",)}
    schedule = a_schedule(needs, {"x": 10})
    taken(schedule)

    end(schedule, "people.a@x")
    end(schedule, "people.b@x")

    assert taken(schedule) == ["rooms.b@x", "rooms.a@x"]
