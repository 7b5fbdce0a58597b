"""Bindings that lead elsewhere: undeclared connections, and connections that have another account now (row 23).

Also ``moved`` blocks, since both re-bind before anything is decided. Nothing of an account that nobody can name is
ever deleted: its addresses are unknown, and guard ``account`` says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from typing import TypeAlias

from provisioner.address import Address, Pattern
from provisioner.plan.desired import Connected, Desired
from provisioner.plan.document import Action, Change, Reason, Trip
from provisioner.plan.misled import change_back, lent, undeclared
from provisioner.state.document import Bound, Document, Unknown
from provisioner.values import Value, VendorId
from provisioner.vendors.base import Offer
from provisioner.vendors.live import Live, hashable


@dataclass(frozen=True)
class Rebound:
    """Prior after ``moved`` blocks and renamed connections.

    ``moved``: new address → the one state has it under; ``stuck``: what a block names and could not move, and why.
    """

    prior: Document
    moved: Mapping[Address, Address]
    stuck: Mapping[Address, str]


def rebind(desired: Desired, prior: Document) -> Rebound:
    """Applies ``moved`` blocks, in whatever order they are written, then follows connections that were renamed.

    A block whose source is not in state is spent. One whose source stays although nothing declares it any more is
    stuck: what it names was not meant to be deleted.
    """
    moved: dict[Address, Address] = {}
    bound, unknown = dict(prior.bound), dict(prior.unknown)
    connections = _connections(desired, prior)
    for _ in desired.moved:
        if not _follow_blocks(desired, connections, bound, unknown, moved):
            break
    homes = _Homes(desired)
    for address in sorted(bound):
        home = homes.of(bound[address])
        if home is not None and home not in bound:
            _carry(bound, moved, address, home)
    stuck = _stuck(desired, connections, bound, unknown)
    if bound.keys() == prior.bound.keys() and unknown.keys() == prior.unknown.keys():
        return Rebound(prior, {}, stuck)
    return Rebound(replace(prior, bound=bound, unknown=unknown), moved, stuck)


def _connections(desired: Desired, prior: Document) -> Sequence[str]:
    """Every connection that an address may have before, between or after the moves, in order."""
    names = {*desired.connections, *(target.connection for _, target in desired.moved)}
    return sorted(names | {address.connection for address in (*prior.bound, *prior.unknown)})


def _stuck(
    desired: Desired,
    connections: Sequence[str],
    bound: Mapping[Address, Bound],
    unknown: Mapping[Address, Unknown],
) -> dict[Address, str]:
    """The bindings that a block still names after all were followed, and why they could not follow it."""
    found: dict[Address, str] = {}
    for source, target in desired.moved:
        for address in _matching(source, connections, bound):
            new = _target(address, target)
            if new in bound:
                why = f"which is bound already, to id {bound[new].id}"
            elif new in unknown:
                why = "a create of which had no answer yet"
            elif new.connection not in desired.connections:
                why = f"and there is no connection `{new.connection}`"
            else:
                why = f"and `{new.connection}` is another account: a move stays within one"
            found.setdefault(address, f"`moved` wants it to be `{new}`, {why}")
    return found


def _follow_blocks(
    desired: Desired,
    connections: Sequence[str],
    bound: dict[Address, Bound],
    unknown: dict[Address, Unknown],
    moved: dict[Address, Address],
) -> bool:
    """One pass over the blocks; True where something moved."""
    followed = False
    for source, target in desired.moved:
        for address in _matching(source, connections, bound, unknown):
            new = _target(address, target)
            if new in bound or new in unknown:
                continue
            if address in unknown:
                unknown[new] = unknown.pop(address)
            elif _same_account(desired, bound[address], new):
                _carry(bound, moved, address, new)
            else:
                continue
            followed = True
    return followed


def _matching(pattern: Pattern, connections: Sequence[str], *known: Collection[Address]) -> list[Address]:
    """The known addresses that a pattern matches, in order.

    One that names a declaration is looked up on each connection: thousands of blocks, each held against thousands of
    addresses, would take minutes.
    """
    if any(sign in part for part in (pattern.kind, pattern.key) for sign in "*?"):
        return sorted({address for addresses in known for address in addresses if pattern.matches(address)})
    named = (Address(pattern.kind, pattern.key, connection) for connection in connections)
    return [one for one in named if any(one in addresses for addresses in known) and pattern.matches(one)]


def _same_account(desired: Desired, bound: Bound, new: Address) -> bool:
    """A move stays within one account: a record of one is nothing in another."""
    connected = desired.connections.get(new.connection)
    return bound.address.connection == new.connection or (connected is not None and connected.account == bound.account)


def _carry(bound: dict[Address, Bound], moved: dict[Address, Address], address: Address, new: Address) -> None:
    bound[new] = replace(bound.pop(address), address=new)
    moved[new] = moved.pop(address, address)


def _target(address: Address, target: Pattern) -> Address:
    """The address that a ``to`` names; its ``*`` parts stay as they are."""
    kind = address.kind if target.kind == "*" else target.kind
    key = address.key if target.key == "*" else target.key
    connection = address.connection if target.connection == "*" else target.connection
    return Address(kind, key, connection)


_Place: TypeAlias = tuple[str, str, tuple[object, ...]]
"""An account, a kind, and a natural key in which references are without their connection."""


class _Homes:
    """Where bindings belong whose connection is gone: on one with its account that wants the same kind and key."""

    def __init__(self, desired: Desired) -> None:
        self._desired = desired

    def of(self, bound: Bound) -> Address | None:
        connected = self._desired.connections.get(bound.address.connection)
        if connected is not None and connected.account == bound.account:
            return None
        offer = self._offers.get((bound.account, bound.address.kind))
        if offer is None:
            return None
        return self._by_key.get((bound.account, bound.address.kind, _unplaced(offer, bound.natural_key)))

    @cached_property
    def _offers(self) -> Mapping[tuple[str, str], Offer]:
        return {
            (connected.account, kind): offer
            for connected in self._desired.connections.values()
            for kind, offer in connected.vendor.kinds.items()
        }

    @cached_property
    def _by_key(self) -> Mapping[_Place, Address]:
        found: dict[_Place, Address] = {}
        for address, instance in sorted(self._desired.instances.items()):
            key = instance.offer.natural_key(instance.attributes)
            if key is not None:
                account = self._desired.connections[address.connection].account
                found.setdefault((account, address.kind, _unplaced(instance.offer, key)), address)
        return found


def _unplaced(offer: Offer, key: tuple[Value, ...]) -> tuple[object, ...]:
    """The key without connections: a part that refers to something names it by its address."""
    return tuple(
        part.rpartition("@")[0] if isinstance(part, str) and path in offer.ref_paths else part
        for path, part in zip(offer.key_paths, hashable(key), strict=False)
    )


class Standing(StrEnum):
    """What a connection's account is to the bindings that state has there."""

    SAME = "same"
    CHANGED = "changed"
    UNDECLARED = "undeclared"


def standing(desired: Desired, prior: Document, connection: str) -> Standing:
    """Whether state's bindings on a connection may be looked at and acted on."""
    connected = desired.connections.get(connection)
    if connected is None:
        return Standing.UNDECLARED
    unchanged = _led_to(connected, prior) is None and not tied_elsewhere(connected, prior)
    return Standing.SAME if unchanged else Standing.CHANGED


def _led_to(connected: Connected, prior: Document) -> str | None:
    """The account to which the connection led until now, as far as state knows, if that was another."""
    name = connected.name
    accounts = {bound.account for address, bound in prior.bound.items() if address.connection == name}
    accounts |= {unknown.account for address, unknown in prior.unknown.items() if address.connection == name}
    accounts |= {intent.account for intent in prior.pending.values() if intent.address.connection == name}
    accounts |= {prior.accounts[name]} if name in prior.accounts else set()
    return ", ".join(sorted(accounts - {connected.account})) or None


def tied_elsewhere(connected: Connected, prior: Document) -> tuple[str, ...]:
    """The connection's credentials (as spelled) that were only ever sent to other accounts: a key does not travel on a
    manifest's word."""
    return tuple(
        str(reference)
        for _, reference in sorted(connected.secrets.items())
        if (known := prior.credentials.get(str(reference))) and connected.account not in known
    )


def usable(desired: Desired, prior: Document, allowed: Collection[str]) -> frozenset[str]:
    """The declared connections on which may be planned; a changed account only where ``--allow account=`` names it."""
    return frozenset(
        name for name in desired.connections if standing(desired, prior, name) is Standing.SAME or name in allowed
    )


@dataclass(frozen=True)
class Strangers:
    """What row 23 says of the bindings that cannot be used."""

    changes: tuple[Change, ...] = ()
    trips: tuple[Trip, ...] = ()


def strangers(desired: Desired, prior: Document, connections: frozenset[str], *, destroy: bool = False) -> Strangers:
    """``forget`` where a ``removed`` block says so, else ``unknown`` and guard ``account``.

    What is declared on a connection that may not be looked at is unknown, too, unless all is to be destroyed.
    """
    changes: list[Change] = []
    held: dict[str, list[Address]] = {}
    managed: Iterable[tuple[Address, VendorId | None]] = [
        *((address, bound.id) for address, bound in prior.bound.items()),
        *((address, None) for address in prior.unknown),
        *((address, None) for address in _open(prior)),
    ]
    if not destroy:
        known = {address for address, _ in managed}
        managed = [*managed, *((address, None) for address in desired.instances.keys() - known)]
    for address, vendor_id in sorted(managed):
        if address.connection in connections:
            continue
        if any(pattern.matches(address) and not destroy for pattern, destroy in desired.removed):
            reason = Reason("removed", "`removed` says to keep it there")
            changes.append(Change(address, "", Action.FORGET, id=vendor_id, reasons=(reason,)))
            continue
        held.setdefault(address.connection, []).append(address)
        changes.append(
            Change(address, "", Action.UNKNOWN, id=vendor_id, reasons=(_why(desired, prior, address.connection),))
        )
    return Strangers(tuple(changes), tuple(_trip(desired, prior, name, held[name]) for name in sorted(held)))


def _open(prior: Document) -> Iterable[Address]:
    """Unbound addresses of which a create is open."""
    made = {intent.address for intent in prior.pending.values() if intent.verb == "create"}
    return made - prior.bound.keys() - prior.unknown.keys()


def _why(desired: Desired, prior: Document, connection: str) -> Reason:
    if standing(desired, prior, connection) is Standing.UNDECLARED:
        return Reason("account", f"connection `{connection}` is no longer declared")
    if _led_to(desired.connections[connection], prior) is None:
        return Reason("account", f"connection `{connection}` would be given another account's key")
    return Reason("account", f"connection `{connection}` leads to another account now")


def _trip(desired: Desired, prior: Document, connection: str, addresses: list[Address]) -> Trip:
    connected = desired.connections.get(connection)
    if connected is None:
        accounts = {bound.account for a, bound in prior.bound.items() if a.connection == connection}
        message, hint = undeclared(connection, accounts, len(addresses), desired)
    elif (was := _led_to(connected, prior)) is None:
        message, hint = lent(connected, tied_elsewhere(connected, prior))
    else:
        message = f"connection `{connection}` leads to {connected.account} now; state is bound to {was}"
        hint = f"{change_back(connected, was)}; if the account moved with all that is in it, or is to be started anew: "
        hint += f"`--allow account={connection}`"
    return Trip("account", message, hint, connection, None, tuple(str(address) for address in addresses))


class Tenancy(StrEnum):
    """Whether a changed account holds what state is bound to."""

    SAME = "same"
    OTHER = "other"
    MIXED = "mixed"
    UNKNOWN = "unknown"


def tenancy(prior: Document, live: Live, connection: str) -> Tenancy:
    """Looks at every readable bound id: all with their prior key, none, or a mixture; unknown where one is."""
    verdicts = set()
    for address, bound in prior.bound.items():
        seen = live.seen(connection, address.kind) if address.connection == connection else None
        if seen is None or not seen.offer.readable:
            continue
        if seen.is_unknown(bound.id) is not None:
            return Tenancy.UNKNOWN
        entity = seen.entity(bound.id)
        verdicts.add(entity is not None and seen.offer.natural_key(entity.attributes) == bound.natural_key)
    if verdicts == {True}:
        return Tenancy.SAME
    # Where nothing readable is bound, nothing proves that it is the same account.
    return Tenancy.MIXED if True in verdicts else Tenancy.OTHER


def emptied(desired: Desired, prior: Document, live: Live) -> Iterable[Trip]:
    """Guard ``account`` for the connections of which nothing is left that state binds there.

    One entity may be deleted for good by hand. That all are gone at once, each with its id, is what a wrong path or a
    server without its data looks like, and to make everything anew there would be a second account beside the first.
    """
    for name, connected in sorted(desired.connections.items()):
        kinds = connected.vendor.kinds
        bound = [
            (address, item.id)
            for address, item in prior.bound.items()
            if address.connection == name and address.kind in kinds and kinds[address.kind].readable
        ]
        gone = [address for address, vendor_id in bound if _is_gone(live, address, vendor_id)]
        if len(gone) > 1 and len(gone) == len(bound):
            yield Trip(
                "account",
                f"nothing is left on `{name}` of what state binds there: each of {len(gone)} ids was answered with "
                "`no such entity`",
                f"check the connection's `url` and paths; if the account was emptied: `--allow account={name}`",
                name,
                None,
                tuple(str(address) for address in sorted(gone)),
            )


def _is_gone(live: Live, address: Address, vendor_id: VendorId) -> bool:
    """True where that very id was asked for, and the vendor knows of no such entity, deleted or not."""
    seen = live.seen(address.connection, address.kind)
    if seen is None or not seen.has(vendor_id) or seen.is_unknown(vendor_id) is not None:
        return False
    return seen.entity(vendor_id) is None


def kept(prior: Document, live: Live, connections: Collection[str]) -> tuple[str, ...]:
    """Those of the connections that show all that state is bound to: what is bound there moves to the new account."""
    return tuple(name for name in sorted(connections) if tenancy(prior, live, name) is Tenancy.SAME)


def dropped(prior: Document, connection: str) -> Document:
    """Prior without anything that was bound on the connection: another account stands behind it now."""

    def elsewhere(address: Address) -> bool:
        return address.connection != connection

    return replace(
        prior,
        bound={address: item for address, item in prior.bound.items() if elsewhere(address)},
        unknown={address: item for address, item in prior.unknown.items() if elsewhere(address)},
        tombstones={address: item for address, item in prior.tombstones.items() if elsewhere(address)},
        parked={address: item for address, item in prior.parked.items() if elsewhere(address)},
    )
