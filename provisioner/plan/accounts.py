"""Bindings that lead elsewhere: undeclared connections, and connections that have another account now (row 23).

Also ``moved`` blocks, since both re-bind before anything is decided. Nothing of an account that nobody can name is
ever deleted: its addresses are unknown, and guard ``account`` says why.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from provisioner.address import Address, Pattern
from provisioner.plan.desired import Desired
from provisioner.plan.document import Action, Change, Reason, Trip
from provisioner.state.document import Bound, Document
from provisioner.values import VendorId
from provisioner.vendors.live import Live


@dataclass(frozen=True)
class Rebound:
    """Prior after ``moved`` blocks and renamed connections: new address → the one state has it under."""

    prior: Document
    moved: Mapping[Address, Address]


def rebind(desired: Desired, prior: Document) -> Rebound:
    """Applies ``moved`` blocks in their order, then follows connections that only changed their name."""
    moved: dict[Address, Address] = {}
    bound = dict(prior.bound)
    for source, target in desired.moved:
        for address in sorted(bound):
            if source.matches(address):
                new = _target(address, target)
                if new != address and new not in bound:
                    _carry(bound, moved, address, new)
    for address in sorted(bound):
        home = _same_account_elsewhere(desired, bound[address])
        if home is not None and home not in bound:
            _carry(bound, moved, address, home)
    if not moved:
        return Rebound(prior, {})
    return Rebound(replace(prior, bound=bound), moved)


def _carry(bound: dict[Address, Bound], moved: dict[Address, Address], address: Address, new: Address) -> None:
    bound[new] = replace(bound.pop(address), address=new)
    moved[new] = moved.pop(address, address)


def _target(address: Address, target: Pattern) -> Address:
    """The address that a ``to`` names; its ``*`` parts stay as they are."""
    kind = address.kind if target.kind == "*" else target.kind
    key = address.key if target.key == "*" else target.key
    connection = address.connection if target.connection == "*" else target.connection
    return Address(kind, key, connection)


def _same_account_elsewhere(desired: Desired, bound: Bound) -> Address | None:
    """Where a binding belongs whose connection is gone: on one with its account that wants the same kind and key."""
    connected = desired.connections.get(bound.address.connection)
    if connected is not None and connected.account == bound.account:
        return None
    for other in sorted(desired.connections.values(), key=lambda item: item.name):
        if other.account != bound.account:
            continue
        for instance in desired.instances.values():
            same_place = instance.address.connection == other.name and instance.address.kind == bound.address.kind
            if same_place and instance.offer.natural_key(instance.attributes) == bound.natural_key:
                return instance.address
    return None


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
    accounts = {bound.account for address, bound in prior.bound.items() if address.connection == connection}
    accounts |= {unknown.account for address, unknown in prior.unknown.items() if address.connection == connection}
    return Standing.SAME if accounts <= {connected.account} else Standing.CHANGED


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


def strangers(desired: Desired, prior: Document, connections: frozenset[str]) -> Strangers:
    """``forget`` where a ``removed`` block says so, else ``unknown`` and guard ``account``."""
    changes: list[Change] = []
    held: dict[str, list[Address]] = {}
    managed: Iterable[tuple[Address, VendorId | None]] = [
        *((address, bound.id) for address, bound in prior.bound.items()),
        *((address, None) for address in prior.unknown),
    ]
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


def _why(desired: Desired, prior: Document, connection: str) -> Reason:
    if standing(desired, prior, connection) is Standing.UNDECLARED:
        return Reason("account", f"connection `{connection}` is no longer declared")
    return Reason("account", f"connection `{connection}` leads to another account now")


def _trip(desired: Desired, prior: Document, connection: str, addresses: list[Address]) -> Trip:
    was = ", ".join(sorted({bound.account for a, bound in prior.bound.items() if a.connection == connection}))
    connected = desired.connections.get(connection)
    if connected is None:
        message = (
            f"connection `{connection}` ({was}) is not declared any more; {len(addresses)} resources are bound there"
        )
        hint = (
            f"declare it again; if it was renamed: moved: [{{from: '*@{connection}', to: '*@NEW'}}]; to let go of "
            f"what is there: removed: [{{address: '*@{connection}', destroy: false}}]"
        )
    else:
        message = f"connection `{connection}` leads to {connected.account} now; state is bound to {was}"
        hint = f"if the account moved with all that is in it, or is to be started anew: `--allow account={connection}`"
    return Trip("account", message, hint, connection, None, tuple(str(address) for address in addresses))


class Tenancy(StrEnum):
    """Whether a changed account holds what state is bound to."""

    SAME = "same"
    OTHER = "other"
    MIXED = "mixed"


def tenancy(prior: Document, live: Live, connection: str) -> Tenancy:
    """Looks at every readable bound id: all with their prior key, none, or a mixture."""
    verdicts = set()
    for address, bound in prior.bound.items():
        seen = live.seen(connection, address.kind) if address.connection == connection else None
        if seen is None or not seen.offer.readable:
            continue
        entity = seen.entity(bound.id)
        verdicts.add(entity is not None and seen.offer.natural_key(entity.attributes) == bound.natural_key)
    if verdicts == {True}:
        return Tenancy.SAME
    # Where nothing readable is bound, nothing proves that it is the same account.
    return Tenancy.MIXED if True in verdicts else Tenancy.OTHER


def dropped(prior: Document, connection: str) -> Document:
    """Prior without anything that was bound on the connection: another account stands behind it now."""

    def elsewhere(address: Address) -> bool:
        return address.connection != connection

    return replace(
        prior,
        bound={address: item for address, item in prior.bound.items() if elsewhere(address)},
        unknown={address: item for address, item in prior.unknown.items() if elsewhere(address)},
        tombstones={address: item for address, item in prior.tombstones.items() if elsewhere(address)},
    )
