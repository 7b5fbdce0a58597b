"""What a plan may not do without somebody saying so: each guard has a name, says what it saw and how to go on.

Evaluated before any call. ``--allow NAME[=GLOB]`` lifts one for one plan; ``prevent_destroy``, ``busy`` and ``account``
need the glob, because a bare name would say yes to what nobody has looked at. The two guards that ask how an account is
used, ``capacity`` and ``busy``, are in ``usage.py``.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from provisioner.address import Address, Pattern
from provisioner.errors import UsageError
from provisioner.plan.desired import Desired, GuardLimits
from provisioner.plan.document import Action, Change, Step, Trip
from provisioner.state.document import Document


@dataclass(frozen=True, slots=True)
class Threshold:
    """More than ``min(most, max(floor, percent of n))`` trips the guard."""

    name: str
    percent: int
    floor: int
    most: int
    past: str
    first: str = ""
    """What to look at before it is allowed."""

    def limit(self, managed: int, limits: GuardLimits | None) -> int:
        percent = self.percent if limits is None or limits.percent is None else limits.percent
        most = self.most if limits is None or limits.count is None else limits.count
        return min(most, max(self.floor, percent * managed // 100))


DELETES = Threshold("deletes", percent=20, floor=2, most=25, past="deleted or replaced")
UNDELETES = Threshold("undeletes", percent=5, floor=2, most=10, past="undeleted or made again")
UPDATES = Threshold("updates", percent=50, floor=10, most=500, past="updated")
FORGETS = replace(DELETES, past="forgotten", first="check that the connection leads where it should; ")

NEEDS_GLOB = frozenset({"prevent_destroy", "busy", "account"})
NAMES = frozenset({"deletes", "undeletes", "updates", "tenant", "fresh_state", "capacity", *NEEDS_GLOB})
LOST_WITH_A_FILE = 3


@dataclass(frozen=True, slots=True)
class Allowance:
    """One ``--allow NAME[=GLOB]``."""

    name: str
    glob: str | None = None

    @staticmethod
    def parse(text: str) -> Allowance:
        """What ``text`` allows; raises UsageError for an unknown guard or a missing glob."""
        name, equals, glob = text.partition("=")
        if name not in NAMES:
            raise UsageError(f"`{name}` is not a guard", hint=f"guards: {', '.join(sorted(NAMES))}")
        if name in NEEDS_GLOB and not glob:
            example = "CONNECTION" if name == "account" else "agents.jane@pbx"
            raise UsageError(f"guard `{name}` must be told what to allow", hint=f"write `--allow {name}={example}`")
        return Allowance(name, glob if equals else None)

    def lifts(self, trip: Trip, address: str) -> bool:
        """True where it allows that guard what the trip says of one address."""
        if trip.name != self.name:
            return False
        if self.glob is None:
            return True
        if trip.name == "account":
            return trip.connection == self.glob
        return self.covers(Address.parse(address))

    def covers(self, address: Address) -> bool:
        """True where its glob names the address, or where it has none."""
        return self.glob is None or Pattern.parse(self.glob).matches(address)


def deletes(change: Change) -> bool:
    """True for whatever takes an entity away: deletes, replaces, and those that a person must do."""
    verb = change.intent if change.action is Action.MANUAL else change.action
    return verb in (Action.DELETE, Action.REPLACE) and change.step is not Step.CREATE


def forgets(change: Change) -> bool:
    """True for what is dropped from the record because the vendor has it no more."""
    return change.missing


def undeletes(change: Change) -> bool:
    """True for whatever comes back that others have taken away.

    Where a vendor keeps no deleted records, it is made again with another id; that many are gone at once is as strange.
    """
    return change.action is Action.UNDELETE or (change.action is Action.CREATE and change.lost is not None)


def updates(change: Change) -> bool:
    """True for updates, parking aside, and for adopts that change something."""
    if change.step is not None:
        return False
    return change.action is Action.UPDATE or (change.action is Action.ADOPT and bool(change.writable))


def evaluate(
    changes: Sequence[Change],
    desired: Desired,
    prior: Document,
    allowances: Collection[Allowance],
    *,
    destroy: bool = False,
    fresh_state: bool = False,
    strangers: Iterable[Trip] = (),
) -> tuple[Trip, ...]:
    """Every guard that the plan trips, sorted by name and place; those that an allowance lifts are marked so.

    ``fresh_state``: the state is an empty local one under CI. ``strangers`` are the account guards that row 23 found.
    ``destroy`` lifts ``deletes``.
    """
    strangers = tuple(strangers)
    found = [*_identity(desired, prior, fresh_state=fresh_state), *strangers]
    found += _protected(changes)
    found += _many(UNDELETES, undeletes, _not_an_account(changes, strangers, allowances), desired, prior)
    found += _many(UPDATES, updates, changes, desired, prior)
    if not destroy:
        found += _many(DELETES, deletes, changes, desired, prior)
        found += _lost_files(changes, desired, prior)
    return judged(found, allowances)


def evaluate_refresh(
    changes: Sequence[Change],
    desired: Desired,
    prior: Document,
    allowances: Collection[Allowance],
    *,
    fresh_state: bool = False,
    strangers: Iterable[Trip] = (),
) -> tuple[Trip, ...]:
    """The guards of a plan that changes only the record: what it forgets counts as what another plan deletes.

    Where a setting is wrong, everything seems gone; a record that is lost cannot be read again from any vendor.
    """
    found = [*_identity(desired, prior, fresh_state=fresh_state), *strangers]
    found += _many(FORGETS, forgets, changes, desired, prior)
    return judged(found, allowances)


def _not_an_account(
    changes: Iterable[Change], strangers: Iterable[Trip], allowances: Iterable[Allowance]
) -> list[Change]:
    """The changes but for creates where guard ``account`` speaks of all of them, or is told that they are meant."""
    elsewhere = {trip.connection for trip in strangers} | {item.glob for item in allowances if item.name == "account"}
    return [item for item in changes if item.action is not Action.CREATE or item.address.connection not in elsewhere]


def judged(found: Iterable[Trip], allowances: Collection[Allowance]) -> tuple[Trip, ...]:
    """What guards found, sorted by name and place; what an allowance lifts is marked so."""
    ordered = sorted(found, key=lambda trip: (trip.name, trip.connection or "", trip.kind or "", trip.addresses))
    return tuple(replace(trip, allowed=_is_lifted(trip, allowances)) for trip in ordered)


def _is_lifted(trip: Trip, allowances: Collection[Allowance]) -> bool:
    """True where no more is left than the guard holds of itself, once what is allowed is not counted."""
    if not trip.addresses:
        return any(item.lifts(trip, "") for item in allowances)
    left = [address for address in trip.addresses if not any(item.lifts(trip, address) for item in allowances)]
    return len(left) < len(trip.addresses) and len(left) <= trip.holds


def _identity(desired: Desired, prior: Document, *, fresh_state: bool) -> Iterator[Trip]:
    if prior.tenant and prior.tenant != desired.tenant:
        yield Trip(
            "tenant",
            f"this state belongs to tenant `{prior.tenant}`, the manifests are of `{desired.tenant}`",
            "wrong folder or wrong state? If the tenant was renamed: `--allow tenant`",
        )
    if fresh_state:
        yield Trip(
            "fresh_state",
            "CI is set and there is no state: what an earlier job made would be made again",
            "keep the state where CI jobs share it (`state:` in the manifests); for a first run: `--allow fresh_state`",
        )


def _protected(changes: Iterable[Change]) -> Iterator[Trip]:
    for change in changes:
        if change.prevent_destroy and deletes(change):
            yield Trip(
                "prevent_destroy",
                f"`{change.address}` must not be destroyed, and this plan would {change.intent or change.action} it",
                f"`lifecycle: {{prevent_destroy: false}}` and an apply, or `--allow prevent_destroy={change.address}`",
                change.address.connection,
                change.address.kind,
                (str(change.address),),
            )


def _many(
    threshold: Threshold,
    counts: Callable[[Change], bool],
    changes: Iterable[Change],
    desired: Desired,
    prior: Document,
) -> Iterator[Trip]:
    """The threshold per connection and kind, and again per connection.

    What a connection would say of one kind alone is left out where that kind says it: a kind holds no more than its
    connection, so that whatever lifts the one lifts the other.
    """
    hits = sorted({change.address for change in changes if counts(change)})
    managed = _managed(threshold, desired, prior)
    limits = desired.guards.get(threshold.name)
    places = _by_place(hits)
    held = {place: limit for place in places if len(places[place]) > (limit := threshold.limit(managed[place], limits))}
    for (connection, kind), limit in held.items():
        addresses = places[connection, kind]
        said = kind is None and addresses == places.get(alone := (connection, addresses[0].kind)) and alone in held
        if not said:
            yield _too_many(threshold, connection, kind, addresses, managed[connection, kind], limit)


def _managed(threshold: Threshold, desired: Desired, prior: Document) -> Counter[tuple[str, str | None]]:
    managed = _count(prior.bound)
    if threshold is UPDATES:
        managed |= _count(desired.instances)
    return managed


def _count(addresses: Iterable[Address]) -> Counter[tuple[str, str | None]]:
    counts: Counter[tuple[str, str | None]] = Counter()
    for address in addresses:
        counts[address.connection, address.kind] += 1
        counts[address.connection, None] += 1
    return counts


def _by_place(addresses: Iterable[Address]) -> Mapping[tuple[str, str | None], list[Address]]:
    places: dict[tuple[str, str | None], list[Address]] = {}
    for address in addresses:
        places.setdefault((address.connection, address.kind), []).append(address)
        places.setdefault((address.connection, None), []).append(address)
    return places


def _too_many(
    threshold: Threshold, connection: str, kind: str | None, addresses: Sequence[Address], managed: int, limit: int
) -> Trip:
    what = kind or "resources"
    glob = f"{kind}.*@{connection}" if kind else f"*@{connection}"
    return Trip(
        threshold.name,
        f"{len(addresses)} {what} on `{connection}` would be {threshold.past}; {managed} are managed there, "
        f"more than {limit} at once is held",
        f"{threshold.first}if that is meant: `--allow {threshold.name}` or `--allow {threshold.name}={glob}`",
        connection,
        kind,
        tuple(str(address) for address in addresses),
        holds=limit,
    )


def _lost_files(changes: Iterable[Change], desired: Desired, prior: Document) -> Iterator[Trip]:
    """Three or more deletes of what was last applied from a file that is no longer there, or declares nothing any more.

    A file that was emptied by accident is lost as much as one that was removed.
    """
    lost: dict[str, list[Address]] = {}
    for change in changes:
        bound = prior.bound.get(change.address)
        if bound and bound.file and deletes(change):
            lost.setdefault(bound.file, []).append(change.address)
    declaring = {instance.file for instance in desired.instances.values()} if lost else set()
    for file, addresses in sorted(lost.items()):
        if file not in declaring and len(set(addresses)) >= LOST_WITH_A_FILE:
            how = "declares nothing any more" if file in desired.files else "is gone"
            yield Trip(
                "deletes",
                f"`{file}` {how}, and {len(set(addresses))} resources last applied from it would be deleted",
                "bring back what it held, or if that is meant: `--allow deletes`",
                addresses=tuple(sorted({str(address) for address in addresses})),
                holds=LOST_WITH_A_FILE - 1,
            )
