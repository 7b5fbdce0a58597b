"""Whether entities have come into use since the plan was made: asked right before what would disturb somebody."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from provisioner.address import Address
from provisioner.apply.link import Link
from provisioner.apply.looking import Parking
from provisioner.errors import ProvisionerError, VendorError, VendorFailed
from provisioner.plan.document import Change, Plan
from provisioner.plan.guards import Allowance
from provisioner.plan.usage import User, disturbed, disturbs, told, what_would_happen
from provisioner.values import VendorId


class Busy(ProvisionerError):
    """Somebody uses the entity now: nothing was sent, and what needs the change is left out."""


@dataclass
class Use:
    """Asks how the entities of one plan are used. No answer is kept for the next change: it is old a second later.

    Not asked about are changes that disturb nobody, those that the plan's allowances cover, and whoever is parked: to
    be left on a temporary value would be worse.
    """

    plan: Plan
    links: Mapping[str, Link]
    parking: Parking

    async def check(self, change: Change) -> None:
        """Raises Busy where the entity is in use, and VendorFailed where the vendor does not say; a request a kind."""
        for _, doing in await self._answered([change], "it is"):
            raise Busy(
                f"guard `busy`: it {what_would_happen(change)} and is in use: {doing}",
                hint=f"run this again when it is free, {_way([change])}",
            )

    async def check_together(self, changes: Iterable[Change]) -> None:
        """The same for changes of which none is to begin while one of their entities is in use; a request a kind."""
        found = await self._answered(changes, "those who exchange values are")
        if not found:
            return
        said = "; ".join(
            f"`{change.address}` {what_would_happen(change)} and is in use: {doing}" for change, doing in found
        )
        free = "it is" if len(found) == 1 else "they are"
        raise Busy(
            f"guard `busy`: {said}; nobody who exchanges values with it was changed",
            hint=f"run this again when {free} free, {_way([change for change, _ in found])}",
        )

    async def _answered(self, changes: Iterable[Change], who: str) -> list[tuple[Change, str]]:
        """The changes whose entities are in use, with what for."""
        asked = sorted(filter(self._minds, changes), key=_place)
        found = []
        for (connection, _), group in groupby(asked, key=_place):
            together = list(group)
            link = self.links[connection]
            users = [(change, user) for change in together for user in self._users(change)]
            for kind in sorted({user.kind for _, user in users}):
                ids = sorted({user.id for _, user in users if user.kind == kind})
                in_use = await self._asked(link, kind, ids, together, who)
                found += [(change, told(user, in_use[user.id])) for change, user in users if _is(user, kind, in_use)]
        return found

    def _users(self, change: Change) -> tuple[User, ...]:
        """Who is to be asked about before the change."""
        offer = self.links[change.address.connection].offer(change.address.kind)
        return disturbed(change, offer, self._id_of)

    def _id_of(self, address: str) -> VendorId | None:
        bound = self.parking.writer.bound(Address.parse(address))
        return bound.id if bound is not None else None

    def _minds(self, change: Change) -> bool:
        if change.id is None or change.address in self.parking.values:
            return False
        allowed = any(item.name == "busy" and item.covers(change.address) for item in self._allowances)
        return not allowed and disturbs(change, self.links[change.address.connection].offer(change.address.kind))

    @cached_property
    def _allowances(self) -> tuple[Allowance, ...]:
        return tuple(Allowance.parse(text) for text in self.plan.allowed)

    async def _asked(
        self, link: Link, kind: str, ids: list[VendorId], changes: list[Change], who: str
    ) -> Mapping[VendorId, str]:
        try:
            return await link.engine.read(link.adapter(kind).in_use(ids))
        except VendorError as error:
            raise VendorFailed(
                f"not sent: whether {who} in use could not be asked: {error.message}",
                connection=link.name,
                call=error.call,
                status=error.status,
                words=error.words,
                hint=f"run this again when the vendor answers, {_way(changes)}",
            ) from error


def _is(user: User, kind: str, in_use: Mapping[VendorId, str]) -> bool:
    return user.kind == kind and user.id in in_use


def _place(change: Change) -> tuple[str, str]:
    return change.address.connection, change.address.kind


def _way(changes: Iterable[Change]) -> str:
    """How to go on without waiting."""
    allowances = " ".join(f"--allow busy={address}" for address in sorted({change.address for change in changes}))
    return f"or plan again with `{allowances}`"
