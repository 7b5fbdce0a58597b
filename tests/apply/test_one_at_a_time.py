"""Kinds that must not be written at once: a connection's writes wait for each other, and for no other connection's."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace

from provisioner.plan.document import Action, Change
from tests.apply.world import ACCOUNT, OFFERS, Clinic, World, a_change, a_world

HELD = "PUT /people/1"

PATIENCE = 30.0
"""Seconds that anything may take before the test gives up."""


async def people(world: World) -> list[Change]:
    """Two to be renamed on one connection, one on another."""
    changes = []
    for text, number in (("people.a@x", "1"), ("people.b@x", "2"), ("people.c@y", "3")):
        before = {"number": f"100{number}", "name": "Old"}
        world.clinic.put("people", number, **before)
        await world.bind(text, number, attributes=before)
        changes.append(a_change(text, Action.UPDATE, number, before=before, after={**before, "name": "New"}))
    return changes


def written(world: World) -> set[str]:
    return set(world.clinic.changes)


async def until(world: World, calls: set[str]) -> None:
    """Returns once all of these are sent, and whatever else comes of it by itself."""
    deadline = time.monotonic() + PATIENCE
    while not calls <= written(world):
        assert time.monotonic() < deadline, f"sent were only {sorted(written(world))}"
        await asyncio.sleep(0)
    for _ in range(200):
        await asyncio.sleep(0)


async def with_the_first_held(*, serial: bool, expected: set[str]) -> tuple[set[str], set[str]]:
    """What is sent while the first write has no answer, and what when all is done."""
    offers = {**OFFERS, "people": replace(OFFERS["people"], serial_writes=serial)}
    async with a_world(Clinic(offers=offers), y=4) as world:
        world.clinic.gates[HELD] = asyncio.Event()
        changes = await people(world)
        running = asyncio.create_task(world.apply(*changes, accounts={"x": ACCOUNT, "y": ACCOUNT}))
        await until(world, expected)
        meanwhile = written(world)
        world.clinic.gates[HELD].set()
        report = await running
        assert not report.failed
        return meanwhile, written(world)


def test_a_connection_s_writes_wait_for_each_other() -> None:
    """Whatever may be under way at once; another connection goes on."""
    expected = {HELD, "PUT /people/3"}

    meanwhile, all_of_it = asyncio.run(with_the_first_held(serial=True, expected=expected))

    assert meanwhile == expected
    assert all_of_it == {*expected, "PUT /people/2"}


def test_other_kinds_do_not_wait() -> None:
    """Unless the Offer says so."""
    expected = {HELD, "PUT /people/2", "PUT /people/3"}

    meanwhile, _ = asyncio.run(with_the_first_held(serial=False, expected=expected))

    assert meanwhile == expected
