"""A vendor that shows a change late: what was written is looked at again before it is called altered."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from provisioner.plan.document import Action
from provisioner.values import Value
from provisioner.vendors.base import Settings
from tests.apply.world import OFFERS, World, a_change, ann, in_a_world, vendor

ANN = "people.ann@x"


class Naps(list[float]):
    """What was slept; does something after so many naps."""

    def __init__(self, count: int, then: Callable[[], None]) -> None:
        super().__init__()
        self.count, self.then = count, then

    def append(self, seconds: float) -> None:
        super().append(seconds)
        if len(self) == self.count:
            self.then()


async def renamed(world: World, *, shown_after: int, lag: float = 5.0) -> None:
    """Ann becomes Anna; the vendor shows it after so many naps."""
    world.clinic.offers = {**OFFERS, "people": replace(OFFERS["people"], lag=lag)}
    before = await ann(world)
    world.clinic.alters = lambda path, value: "Ann" if path == "name" else value

    def shows() -> None:
        kept: dict[str, Value] = {**world.clinic.content["people"]["1"].attributes, "name": "Anna"}
        world.clinic.put("people", "1", **kept)

    world.naps = Naps(shown_after, shows)
    await world.apply(a_change(ANN, Action.UPDATE, "1", before=before, after={**before, "name": "Anna"}))


@in_a_world
async def test_what_shows_late_was_not_altered(world: World) -> None:
    """It is looked for five times, spread over the lag; nothing is told, and nothing is learned."""
    await renamed(world, shown_after=3)

    assert world.naps == [1.0, 1.0, 1.0]
    assert world.notices == []
    assert world.bound(ANN).learned == {}


@in_a_world
async def test_what_never_shows_was_altered(world: World) -> None:
    """Once the lag has passed."""
    await renamed(world, shown_after=99)

    assert world.naps == [1.0] * 5
    assert world.notices == ["`name`: sent 'Anna', the vendor made it 'Ann'"]
    assert world.bound(ANN).learned == {"name": ("Anna", "Ann")}


@in_a_world
async def test_a_vendor_without_a_lag_is_looked_at_once(world: World) -> None:
    await renamed(world, shown_after=1, lag=0.0)

    assert world.naps == []
    assert len(world.notices) == 1


def test_a_connection_may_know_better_than_the_vendor() -> None:
    """`lag` of its settings is that of all its kinds; left out, each has its own."""
    late = vendor({"people": replace(OFFERS["people"], lag=5.0), "rooms": OFFERS["rooms"]})

    patient, sure, silent = (late.at(Settings(vendor="clinic", lag=seconds)) for seconds in (9.0, 0.0, None))

    assert [kind.lag for kind in patient.kinds.values()] == [9.0, 9.0]
    assert [kind.lag for kind in sure.kinds.values()] == [0.0, 0.0]
    assert [kind.lag for kind in silent.kinds.values()] == [5.0, 0.0]
