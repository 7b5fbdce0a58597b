"""Whether everybody in a ring still is as the plan saw it, and free: looked at once, before the first one is parked.

Right before its own call each member is read again, and asked about where the change would disturb somebody. That alone
would find a member that moved or is in use only when its turn comes, and by then others have lost their old values.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from provisioner.apply.looking import Looker
from provisioner.apply.stale import Stale
from provisioner.apply.usage import Use
from provisioner.plan.document import Action, Change, Plan, Step

LOOKED_AT = frozenset({Action.UPDATE, Action.ADOPT, Action.DELETE, Action.UNDELETE, Action.REPLACE})


@dataclass
class Knot:
    """Rings that share a member: refused together, and looked at once."""

    keys: set[str]
    looked: bool = False
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass
class Rings:
    """The rings of one plan. ``begun`` are the changes that an earlier run of it may have begun, if there was one."""

    plan: Plan
    looker: Looker
    use: Use
    begun: frozenset[str]

    async def check(self, park: Change, *, begun: bool) -> None:
        """Raises Stale where a member of the parking step's rings has moved, Busy where one is in use, and what stands
        in the way of looking.

        In a ring that has somebody on a temporary value already, nobody is asked about: it can only go on. The one who
        is to be parked is not asked about either: that is done right before it.
        """
        knot = self._knots[park.key]
        async with knot.lock:
            if knot.looked:
                return
            members = [change for change in self._members(knot) if not self.begun or change.key in self.begun]
            readable = [change for change in members if self._readable(change)]
            found = await asyncio.gather(
                *(self.looker.checked(change, begun=begun) for change in readable), return_exceptions=True
            )
            _refuse(list(zip(readable, found, strict=True)))
            if self.looker.parking.values.keys().isdisjoint(change.address for change in members):
                await self.use.check_together(change for change in members if change.address != park.address)
            knot.looked = True

    def _members(self, knot: Knot) -> Iterator[Change]:
        """One change for each entity that is there."""
        for change in self.plan.changes:
            there = change.id is not None and change.step not in (Step.CREATE, Step.PARK)
            if change.key in knot.keys and change.action in LOOKED_AT and there:
                yield change

    def _readable(self, change: Change) -> bool:
        return self.looker.links[change.address.connection].offer(change.address.kind).readable

    @cached_property
    def _knots(self) -> Mapping[str, Knot]:
        """The knot of each parking step, by its key."""
        needs = {change.key: change.needs for change in self.plan.changes}
        followers: dict[str, list[str]] = {}
        for key, others in needs.items():
            for other in others:
                followers.setdefault(other, []).append(key)
        found: dict[str, Knot] = {}
        for park in (change for change in self.plan.changes if change.step is Step.PARK):
            own = str(park.address)
            keys = {park.key, own, *_reached(park.key, followers) & _reached(own, needs)}
            touching = {id(knot): knot for knot in found.values() if not knot.keys.isdisjoint(keys)}
            knot = Knot(keys.union(*(other.keys for other in touching.values())))
            found[park.key] = knot
            found |= {key: knot for key, other in found.items() if id(other) in touching}
        return found


def _reached(start: str, edges: Mapping[str, Iterable[str]]) -> set[str]:
    found: set[str] = set()
    waiting = [start]
    while waiting:
        for key in edges.get(waiting.pop(), ()):
            if key not in found:
                found.add(key)
                waiting.append(key)
    return found


def _refuse(looks: list[tuple[Change, object]]) -> None:
    """Raises one Stale for all members that moved, else the first thing that went wrong with looking."""
    moved = [f"`{change.address}`: {error.message}" for change, error in looks if isinstance(error, Stale)]
    if moved:
        raise Stale(f"{'; '.join(moved)}; nobody who exchanges values with it was changed")
    for _, error in looks:
        if isinstance(error, BaseException):
            raise error
