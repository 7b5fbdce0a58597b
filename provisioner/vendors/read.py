"""How is the live snapshot of a connection read, with the fewest requests that its vendor allows?

What could not be read is told apart from what is not there: a failure never counts as absence, and never ends the
reading of other connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeAlias, TypeVar

from provisioner.errors import RateLimited, Unauthorized, Unreachable, VendorError, VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import (
    Adapter,
    Call,
    Deleted,
    Entity,
    Find,
    Listing,
    LooksRightNow,
    Offer,
    Reading,
    Session,
)
from provisioner.vendors.concurrently import each
from provisioner.vendors.live import Live, Seen, Want

T = TypeVar("T")

Progress: TypeAlias = Callable[[int, "int | None"], None]
"""Told after each look-up how many are done, and of how many; None while a listing may still bring more."""

FAILURES_IN_A_ROW = 3
"""Reads of one kind that fail without a success in between before the rest of them is not tried."""


class Reader(Protocol):
    """What reading needs of an engine."""

    @property
    def session(self) -> Session: ...

    @property
    def connection(self) -> str: ...

    @property
    def concurrency(self) -> int: ...

    async def read(self, reading: Reading[T]) -> T: ...


async def read_all(
    readers: Mapping[str, Reader],
    wants: Mapping[str, Sequence[Want]],
    *,
    before: Live | None = None,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    progress: Progress | None = None,
) -> Live:
    """Reads every connection that something is wanted of, all at the same time.

    What ``before`` holds already is not looked up by id again; the caller merges the two.
    """
    tally = _Tally(progress)
    found: dict[tuple[str, str], Seen] = {}

    async def one(connection: str) -> None:
        kinds = [
            _Kind(readers[connection], want, tally, None if before is None else before.seen(connection, want.kind))
            for want in wants[connection]
        ]
        found.update(
            {(connection, kind): seen for kind, seen in (await _read(readers[connection], kinds, sleep)).items()}
        )

    await each(sorted(wants), one, at_once=len(wants))
    return Live({place: found[place] for place in sorted(found)})


async def read_connection(
    reader: Reader,
    wants: Sequence[Want],
    *,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    progress: Progress | None = None,
) -> Mapping[str, Seen]:
    """What the vendor holds of each wanted kind.

    One listing or scan for a kind that needs one, one read for every id that a complete one does not answer, nothing
    for a kind that cannot be read. Absence that decides something is asked for once more after the kind's lag. Wrong
    credentials, a host that cannot be reached or a rate limit beyond patience leave all kinds unknown; any other
    failure what it concerns. Raises nothing but what is a mistake in the program.
    """
    tally = _Tally(progress)
    return await _read(reader, [_Kind(reader, want, tally, None) for want in wants], sleep)


async def read_one(reader: Reader, kind: str, offer: Offer, vendor_id: VendorId) -> Entity | None:
    """The entity as it is now, None where it is gone: by a read of it alone, or out of a listing where there is none.

    Raises VendorError where nobody can tell.
    """
    if offer.can(Call.READ):
        return await reader.read(reader.session.adapter(kind).read(vendor_id))
    want = Want(kind, offer, ids=frozenset({vendor_id}), managed=True)
    return in_listing((await read_connection(reader, (want,)))[kind], vendor_id, reader.connection, kind)


def in_listing(seen: Seen, vendor_id: VendorId, connection: str, kind: str) -> Entity | None:
    """The entity in what was listed, None where it is gone; raises VendorFailed where the listing cannot tell."""
    why = seen.is_unknown(vendor_id)
    if why is not None:
        raise VendorFailed(why, connection=connection, call=f"find {kind}")
    return seen.entity(vendor_id)


async def _read(
    reader: Reader, kinds: Sequence[_Kind], sleep: Callable[[float], Awaitable[None]]
) -> Mapping[str, Seen]:
    try:
        await _pass(reader, kinds)
        doubtful = [kind for kind in kinds if kind.absence_decides()]
        if doubtful:
            await sleep(max(kind.offer.lag for kind in doubtful))
            for kind in doubtful:
                kind.look_again()
            await _pass(reader, doubtful)
    except (Unauthorized, Unreachable, RateLimited) as error:
        return {kind.want.kind: _nothing(kind.want, in_words(error)) for kind in kinds}
    return {kind.want.kind: kind.seen() for kind in kinds}


async def _pass(reader: Reader, kinds: Sequence[_Kind]) -> None:
    """The searches of all kinds, then all look-ups by id, as concurrently as the connection allows."""
    searching = [kind for kind in kinds if kind.searches]
    for kind in searching:
        kind.tally.begin(searches=1)
    await each(searching, _Kind.search, at_once=len(searching))
    lookups = [(kind, vendor_id) for kind in kinds for vendor_id in kind.lookups()]
    for kind, _ in lookups:
        kind.tally.begin(lookups=1)

    async def one(lookup: tuple[_Kind, VendorId]) -> None:
        await lookup[0].look_up(lookup[1])

    await each(lookups, one, at_once=min(len(lookups), reader.concurrency))


@dataclass
class _Tally:
    """Counts look-ups for a progress display, over all connections."""

    progress: Progress | None
    done: int = 0
    total: int = 0
    searching: int = 0

    def begin(self, *, searches: int = 0, lookups: int = 0) -> None:
        self.searching += searches
        self.total += searches + lookups

    def step(self, *, searches: int = 0) -> None:
        self.done += 1
        self.searching -= searches
        if self.progress is not None:
            self.progress(self.done, None if self.searching else self.total)


@dataclass
class _Kind:
    """The reading of one kind, as far as it has come."""

    reader: Reader
    want: Want
    tally: _Tally
    before: Seen | None
    by_id: dict[VendorId, Entity | None] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)
    searched: bool = False
    incomplete: str | None = None
    highest: int = 0
    failed_in_a_row: int = 0

    @property
    def offer(self) -> Offer:
        return self.want.offer

    @cached_property
    def adapter(self) -> Adapter:
        return self.reader.session.adapter(self.want.kind)

    @cached_property
    def wanted(self) -> tuple[VendorId, ...]:
        """Every id that is asked for by itself and not known from before."""
        ids = self.want.ids.union(self.want.key_ids.values())
        return tuple(sorted((one for one in ids if self.before is None or not self.before.has(one)), key=_by_number))

    @property
    def searches(self) -> bool:
        """True where one listing or scan is needed."""
        if not self.offer.readable:
            return False
        if self.offer.find is Find.LIST:
            return self.want.search or bool(self.wanted and not self._alone)
        return self.offer.find is Find.SCAN and self.want.search

    @property
    def _alone(self) -> bool:
        """True where ids are read one by one although there is a listing."""
        return self.want.alone and self.offer.can(Call.READ)

    async def search(self) -> None:
        """One listing or scan; what goes wrong is kept."""
        known = max([self.want.known, *(_number(vendor_id) for vendor_id in (*self.wanted, *self._failed_before))])
        self.searched = True
        try:
            listing = await self.reader.read(self.adapter.find_all(known=known, held=self._held))
            if self.want.right_now and isinstance(self.adapter, LooksRightNow):
                listing = await self.reader.read(self.adapter.right_now(listing))
        except (Unauthorized, Unreachable, RateLimited):
            raise
        except VendorError as error:
            self.incomplete = in_words(error)
        else:
            self._take(listing)
        self.tally.step(searches=1)

    def _take(self, listing: Listing) -> None:
        self.by_id.update((entity.id, entity) for entity in listing.entities)
        self.highest = max(self.highest, listing.highest or 0)
        self.incomplete = None
        why = listing.incomplete or self._emptied(listing)
        if why is not None:
            self.incomplete = f"{self.want.kind} on `{self.reader.connection}`: {why}"
        elif self._shows_all:
            for vendor_id in (*self.wanted, *self._failed_before):
                if self._is_covered(vendor_id, listing):
                    self.by_id.setdefault(vendor_id, None)

    def _is_covered(self, vendor_id: VendorId, listing: Listing) -> bool:
        """True where a complete search would have met that id: a scan looks at numbers only, and not at all of them."""
        return self.offer.find is not Find.SCAN or (vendor_id.isdecimal() and int(vendor_id) >= listing.lowest)

    @cached_property
    def _held(self) -> Mapping[VendorId, Entity]:
        """What earlier rounds have read."""
        before = {} if self.before is None else self.before.by_id
        return {vendor_id: entity for vendor_id, entity in before.items() if entity is not None}

    @cached_property
    def _failed_before(self) -> tuple[VendorId, ...]:
        """The ids that an earlier round could not read."""
        failures = {} if self.before is None else self.before.failures
        return tuple(VendorId(name) for name in failures if name != "*")

    def _emptied(self, listing: Listing) -> str | None:
        """Why an empty listing is not believed: it has no counter, and state binds entities there."""
        counted = self.offer.counted and listing.counted
        if listing.entities or counted or not self.want.managed or self.offer.find is not Find.LIST:
            return None
        return (
            "the listing is empty, the vendor does not say how many there are, and state binds some; "
            "if they are really gone, `provisioner state rm` them"
        )

    @property
    def _shows_all(self) -> bool:
        """True where what a complete listing does not show is gone, deleted records included."""
        shows_deleted = self.offer.find is Find.SCAN or self.offer.deleted is Deleted.ABSENT
        return shows_deleted or not self.offer.can(Call.READ)

    def lookups(self) -> Sequence[VendorId]:
        """The ids that must be read one by one; those that cannot be are failures.

        What a listing was to tell and could not is not asked for again: that would be a request for each of thousands,
        and where the listing is refused or wrong, a 404 proves no absence either.
        """
        missing = [vendor_id for vendor_id in self.wanted if vendor_id not in self.by_id]
        listing_failed = self.searched and self.offer.find is Find.LIST and self.incomplete is not None
        if self.offer.readable and self.offer.can(Call.READ) and not listing_failed:
            return missing
        for vendor_id in missing:
            self.failures[vendor_id] = self.incomplete or f"{self.want.kind} cannot be read"
        return ()

    async def look_up(self, vendor_id: VendorId) -> None:
        """One read by id; what goes wrong is kept."""
        if self.failed_in_a_row < FAILURES_IN_A_ROW:
            await self._look_up(vendor_id)
        else:
            what = f"{self.want.kind} {vendor_id} on `{self.reader.connection}`"
            self.failures[vendor_id] = f"{what} was not read: too many reads in a row failed"
        self.tally.step()

    async def _look_up(self, vendor_id: VendorId) -> None:
        try:
            self.by_id[vendor_id] = await self.reader.read(self.adapter.read(vendor_id))
        except (Unauthorized, Unreachable, RateLimited):
            raise
        except VendorError as error:
            self.failed_in_a_row += 1
            self.failures[vendor_id] = in_words(error)
        else:
            self.failed_in_a_row = 0
            self.failures.pop(vendor_id, None)

    def absence_decides(self) -> bool:
        """True when something was not found that may only not be visible yet."""
        if not self.offer.lag:
            return False
        seen = self.seen()
        return None in self.by_id.values() or any(seen.decides(key) and not seen.active(key) for key in self.want.keys)

    def look_again(self) -> None:
        """Forgets what was not found, so that the next pass asks for it."""
        self.by_id = {vendor_id: entity for vendor_id, entity in self.by_id.items() if entity is not None}

    def seen(self) -> Seen:
        counts_up = self.offer.find is not Find.BY_KEY
        numbers = [_number(vendor_id) for vendor_id in (*self.by_id, *self.wanted)] if counts_up else []
        return Seen(
            offer=self.offer,
            by_id={vendor_id: self.by_id[vendor_id] for vendor_id in sorted(self.by_id, key=_by_number)},
            failures=dict(sorted(self.failures.items())),
            keys=frozenset(key for key, vendor_id in self.want.key_ids.items() if vendor_id in self.by_id),
            searched=self.searched or self.want.search,
            incomplete=self.incomplete if self.searched else self._never_searched(),
            highest=max([self.highest, self.want.known, *numbers]),
        )

    def _never_searched(self) -> str | None:
        """Why a wanted search was not even tried."""
        if not self.want.search:
            return None
        return f"{self.want.kind} on `{self.reader.connection}`: the vendor has no call that finds them"


def _nothing(want: Want, why: str) -> Seen:
    """What is known of a kind when its connection fails as a whole."""
    searched = want.search or want.offer.find is Find.LIST
    return Seen(want.offer, failures={"*": why}, searched=searched, incomplete=why, highest=want.known)


def in_words(error: VendorError) -> str:
    """What went wrong, with the connection and the endpoint, and what to do about it."""
    hint = f"; {error.hint}" if error.hint else ""
    if error.call in error.message:
        place = "" if f"`{error.connection}`" in error.message else f"`{error.connection}`: "
        return f"{place}{error.message}{hint}"
    return f"`{error.call}` on `{error.connection}`: {error.message}{hint}"


def _number(vendor_id: VendorId) -> int:
    return int(vendor_id) if vendor_id.isdecimal() else 0


def _by_number(vendor_id: VendorId) -> tuple[bool, int, str]:
    """Sorts numbers as numbers, before text."""
    return (not vendor_id.isdecimal(), _number(vendor_id), vendor_id)
