"""One change of a plan, taken up again until its end is known: after a lost answer in this run, or after a kill.

What an action does is in ``actions``. Here is what happens when nobody can tell what became of a request: the vendor is
asked, and only then is the change taken up where it was left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from provisioner.address import Address
from provisioner.apply.actions import Actions
from provisioner.apply.ask import Asker
from provisioner.apply.events import Event, Kind, Listener
from provisioner.apply.link import Link
from provisioner.apply.looking import Looker, Parking
from provisioner.apply.owners import Owners
from provisioner.apply.rings import Rings
from provisioner.apply.sending import Courier, Unsettled
from provisioner.apply.usage import Use
from provisioner.apply.values import Composer
from provisioner.errors import OutcomeUnknown
from provisioner.plan.document import Change, Plan
from provisioner.state.document import Document, Intent
from provisioner.state.entries import Settlement
from provisioner.state.writer import Writer

T = TypeVar("T")

ATTEMPTS = 3
"""How often a change is taken up before lost answers are given up on."""

FIRST_PAUSE = 0.2
"""Seconds before a change is taken up again; doubled each time."""

AGAIN = "run `provisioner apply` again: it asks first what became of it"


SAID = {
    Settlement.DONE: "asked, the vendor shows that it was done",
    Settlement.NO_EFFECT: "asked, the vendor shows that it had no effect: sent again",
    Settlement.GONE: "asked, the vendor shows that the entity is gone",
    Settlement.STUCK: "the vendor cannot be asked about this kind: sent again, it refuses a double",
}


@dataclass
class Stepper:
    """Does changes of one plan, one after the other or many at once.

    ``start`` is the record as it was when the run began; ``begun`` are the keys of changes that an earlier run of this
    plan may have begun.
    """

    plan: Plan
    start: Document
    writer: Writer
    links: Mapping[str, Link]
    courier: Courier
    composer: Composer
    asker: Asker
    tell: Listener
    begun: frozenset[str] = frozenset()
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _open: dict[Address, list[Intent]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for number in sorted(self.start.pending):
            intent = self.start.pending[number]
            self._open.setdefault(intent.address, []).append(intent)
        self._owners = Owners(self.plan, self.start, self.writer)
        self._parking = Parking(self.writer, dict(self.start.parked))
        looker = Looker(self.links, self.writer, self._owners, self._parking, self.asker, self.tell)
        use = Use(self.plan, self.links, self._parking)
        self._actions = Actions(
            self.plan,
            self.start,
            self.writer,
            self.links,
            self.courier,
            self.composer,
            self.asker,
            looker,
            Rings(self.plan, looker, use, self.begun),
            use,
            self.tell,
        )

    async def do(self, change: Change) -> str | None:
        """Does the change and gives the entity's id, if it has one.

        Raises Stale, or a VendorError that says what became of it. A change that a kill interrupts is taken up by
        doing it again.
        """
        begun = change.key in self.begun
        for intent in self._open.pop(change.address, ()):
            begun = True
            await self._settle(change, intent, _never_answered(intent))

        async def attempt(again: bool) -> str | None:  # noqa: FBT001 (the one thing that a repetition changes)
            return await self._actions.perform(change, begun=begun or again)

        vendor_id = await self._until_settled(change, attempt)
        if vendor_id is not None:
            self._owners.note(change.address, vendor_id)
        return vendor_id

    async def give_back(self, park: Change) -> None:
        """Gives a parked entity its old value back; raises Stale or a VendorError where that cannot be."""

        async def attempt(_: bool) -> None:  # noqa: FBT001 (as above)
            await self._actions.give_back(park)

        await self._until_settled(park, attempt)

    @property
    def parked(self) -> Collection[Address]:
        """Whoever is on a temporary value now."""
        return self._parking.values.keys()

    async def _until_settled(self, change: Change, attempt: Callable[[bool], Awaitable[T]]) -> T:
        """What the attempt gives; when an answer is lost, the vendor is asked and the change taken up again."""
        for number in range(ATTEMPTS):
            if number:
                await self.sleep(FIRST_PAUSE * 2 ** (number - 1))
            try:
                return await attempt(number > 0)
            except Unsettled as lost:
                await self._settle(change, lost.intent, lost.error)
        raise OutcomeUnknown(
            f"the vendor's answers were lost {ATTEMPTS} times",
            connection=change.address.connection,
            call=str(change.action),
            hint=AGAIN,
        )

    async def _settle(self, change: Change, intent: Intent, error: OutcomeUnknown) -> None:
        """Asks the vendor what became of a request; raises ``error`` where it cannot tell now."""
        link = self.links[change.address.connection]
        verdict = await self.asker.settle(link, intent)
        if verdict is None:
            error.hint = AGAIN
            raise error
        await self.writer.append(verdict)
        self.tell(
            Event(
                Kind.SETTLED,
                change.key,
                str(change.action),
                id=verdict.vendor_id or intent.vendor_id,
                text=f"the answer to {_one(intent.verb)} was lost; {SAID[verdict.result]}",
            )
        )
        stuck = verdict.result is Settlement.STUCK and intent.verb == "create"
        if stuck and not link.offer(change.address.kind).enforces_unique:
            raise error


def _one(verb: str) -> str:
    return f"an {verb}" if verb[0] in "aeiou" else f"a {verb}"


def _never_answered(intent: Intent) -> OutcomeUnknown:
    return OutcomeUnknown(
        f"an earlier {intent.verb} had no answer, and the vendor cannot be asked now what became of it",
        connection=intent.address.connection,
        call=intent.verb,
        hint=AGAIN,
    )
