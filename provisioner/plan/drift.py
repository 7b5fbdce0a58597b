"""What changed at the vendors since the last apply, whatever the manifests say: live held against prior.

A pure function. Of the manifests only the connections count: which vendor and account stands behind each. What was last
acknowledged of an entity is compared field by field as a plan would; what the vendor made of a value when it was sent
is what is expected there since. Whatever could not be read is said, and never counted as unchanged.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from provisioner.address import Address, Pattern, matching
from provisioner.plan import accounts
from provisioner.plan.desired import Desired
from provisioner.plan.differ import against_sent, altered_values, sent_attributes
from provisioner.plan.drifted import Compared, Drift, Drifted, Moving, Unseen, Untold
from provisioner.plan.group import shares_any
from provisioner.plan.identity import Names
from provisioner.plan.leaf import ABSENT, FieldChange
from provisioner.plan.options import Options
from provisioner.plan.scope import Scope
from provisioner.plan.wording import Known, drifted
from provisioner.state.document import Bound, Document, Tombstone
from provisioner.values import Attributes
from provisioner.vendors.base import Entity, Offer
from provisioner.vendors.fields import Mark
from provisioner.vendors.live import Live, Seen


def recorded_scope(desired: Desired, prior: Document, options: Options) -> Scope:
    """What state has, and nothing that the manifests declare, within ``--target`` and ``--exclude``.

    Raises UsageError for a pattern that matches nothing.
    """
    bare = replace(desired, instances={}, moved=(), removed=(), imports={})
    usable = accounts.usable(bare, prior, ())
    whole = Scope(bare, prior, connections=usable, stones=_stones(bare, prior, usable))
    known = {*desired.instances, *prior.bound, *prior.unknown, *whole.stones, *whole.open}
    excluded = matching(map(Pattern.parse, options.excludes), known)
    selected = matching(map(Pattern.parse, options.targets), known) if options.targets else frozenset(known)
    partial = bool(options.targets or options.excludes)
    return replace(whole, selected=selected - excluded if partial else None, excluded=excluded)


def _stones(desired: Desired, prior: Document, usable: frozenset[str]) -> Mapping[Address, Tombstone]:
    """The tombstones whose records nobody has bound anew, at accounts that may be looked at."""
    owned = {(address.connection, address.kind, bound.id) for address, bound in prior.bound.items()}
    return {
        address: stone
        for address, stone in prior.tombstones.items()
        if address.connection in usable
        and desired.connections[address.connection].account == stone.account
        and (address.connection, address.kind, stone.id) not in owned
    }


def compare(scope: Scope, live: Live) -> Compared:
    """What drifted of the scope's addresses, given what was read for it."""
    return _Comparison(scope, live).run()


class _Comparison:
    def __init__(self, scope: Scope, live: Live) -> None:
        self.scope = scope
        self.prior = scope.prior
        self.live = live
        self.unseen: Counter[tuple[str, str]] = Counter()
        self.by_id = {(a.connection, a.kind, str(bound.id)): str(a) for a, bound in self.prior.bound.items()}
        self.open_ends = self.prior.unknown.keys() | _open(self.prior)
        self.ids = {str(address): str(bound.id) for address, bound in self.prior.bound.items()}

    def run(self) -> Compared:
        found = [one for address in self._addresses() for one in self._of(address)]
        known = Known(self.scope, self.live)
        return Compared(
            drift=tuple(drifted(one, known) for one in found if isinstance(one, Drifted)),
            unknown=tuple(one for one in found if isinstance(one, Untold)),
            moving=tuple(drifted(one, known) for one in found if isinstance(one, Moving)),
            unseen=tuple(Unseen(*place, count) for place, count in sorted(self.unseen.items())),
            unchanged=sum(1 for one in found if one is None),
        )

    def _addresses(self) -> list[Address]:
        scope = self.scope
        known = self.prior.bound.keys() | self.open_ends | scope.stones.keys()
        return sorted(address for address in known if scope.includes(address))

    def _of(self, address: Address) -> Iterator[Drifted | Untold | Moving | None]:
        """Whatever there is to say of an address; None for what is as it was last applied."""
        bound = self.prior.bound.get(address)
        if bound is None and address not in self.open_ends:
            yield from self._buried(address, self.scope.stones[address])
        elif address.connection not in self.scope.connections:
            yield Untold(address, bound.id if bound else None, *self._stranger(address.connection))
        elif bound is None:
            yield self._open_end(address)
        else:
            yield from self._bound(bound)

    def _bound(self, bound: Bound) -> Iterator[Drifted | Untold | Moving | None]:
        address = bound.address
        offer = self.scope.offer(address.connection, address.kind)
        if offer is None:
            yield Untold(address, bound.id, f"the vendor of `{address.connection}` has no {address.kind}")
            return
        if not offer.readable:
            self.unseen[address.connection, address.kind] += 1
            return
        seen = self.live.seen(address.connection, address.kind) or Seen(offer)
        why = seen.is_unknown(bound.id)
        if why is not None:
            yield Untold(address, bound.id, why)
            return
        entity = seen.entity(bound.id)
        found = self._existence(bound, offer, entity)
        if found is not None or entity is None:
            yield found
            return
        parked = tuple(self._parked(bound, entity))
        left = {item.path for item in parked}
        fields = tuple(item for item in self._fields(bound, offer, entity, moving=False) if item.path not in left)
        if parked:
            yield self._drifted(bound, offer, Drift.PARKED, parked)
        if fields or not parked:
            yield self._drifted(bound, offer, Drift.CHANGED, fields) if fields else None
        moving = tuple(self._fields(bound, offer, entity, moving=True))
        if moving:
            yield Moving(address, bound.id, moving)

    def _existence(self, bound: Bound, offer: Offer, entity: Entity | None) -> Drifted | None:
        """Whether the entity is still there and still the same one; None where it is."""
        if entity is None:
            return self._drifted(bound, offer, Drift.GONE)
        if entity.deleted:
            return self._drifted(bound, offer, Drift.DELETED)
        if entity.pending:
            return self._drifted(bound, offer, Drift.DELETING)
        if self._is_somebody_else(bound, offer, entity):
            return self._drifted(bound, offer, Drift.SOMEBODY_ELSE, tuple(self._personal(bound, offer, entity)))
        return None

    def _is_somebody_else(self, bound: Bound, offer: Offer, entity: Entity) -> bool:
        """Row 12: neither its key nor any PERSONAL field is that of the one who was bound."""
        parked = self.prior.parked.get(bound.address, {})
        keys = (bound.natural_key, offer.natural_key({**entity.attributes, **parked}) if parked else None)
        if not offer.personal_paths or offer.natural_key(entity.attributes) in keys:
            return False
        return not shares_any(offer, entity.attributes, bound.attributes)

    def _personal(self, bound: Bound, offer: Offer, entity: Entity) -> Iterator[FieldChange]:
        """Who it was and who it is now: the rest of another person's record is nobody's business here."""
        wanted = {*offer.key_paths, *offer.personal_paths}
        return (item for item in self._fields(bound, offer, entity, moving=False) if item.path in wanted)

    def _fields(self, bound: Bound, offer: Offer, entity: Entity, *, moving: bool) -> Iterator[FieldChange]:
        """The fields last acknowledged that the vendor shows otherwise: those that change by themselves, or the rest.

        What the vendor made of a value when it was sent is what counts as last applied.
        """
        names = self._names(bound.address.connection)
        altered = altered_values(bound)
        last, sent = {**bound.attributes, **altered}, {**sent_attributes(offer, bound), **altered}
        for path in sorted(bound.attributes.keys() & offer.specs.keys() - offer.secret_paths):
            spec = offer.specs[path]
            if spec.has(Mark.MATCH_ONLY) or spec.has(Mark.RUN_TIME) is not moving or path in entity.unseen:
                continue
            now, as_sent = against_sent(spec, entity.attributes, sent[path], names)
            if not as_sent:
                yield FieldChange(path, last[path], now)

    def _parked(self, bound: Bound, entity: Entity) -> Iterator[FieldChange]:
        """The temporary values that are still there; before them is what state knows, if that is not the same."""
        for path, value in sorted(self.prior.parked.get(bound.address, {}).items()):
            if entity.attributes.get(path) == value:
                last = bound.attributes.get(path, ABSENT)
                yield FieldChange(path, ABSENT if last == value else last, value)

    def _names(self, connection: str) -> Names:
        """References by the addresses that state has them under."""
        return Names(
            address_of=lambda kind, vendor_id: self.by_id.get((connection, kind, vendor_id)),
            changes_id=lambda _: False,
            id_of=self.ids.get,
        )

    def _drifted(self, bound: Bound, offer: Offer, drift: Drift, fields: tuple[FieldChange, ...] = ()) -> Drifted:
        applied = {path: value for path, value in bound.attributes.items() if path not in offer.secret_paths}
        return Drifted(bound.address, drift, bound.id, fields, applied, self._vendor(bound.address), bound.file)

    def _vendor(self, address: Address) -> str:
        connected = self.scope.wanted.connections.get(address.connection)
        return connected.vendor.name if connected else ""

    # --- what is not bound --------------------------------------------------------------------------------------

    def _buried(self, address: Address, stone: Tombstone) -> Iterator[Drifted | Untold]:
        """A record that an apply deleted, and that somebody may have brought back."""
        seen = self.live.seen(address.connection, address.kind)
        offer = self.scope.offer(address.connection, address.kind)
        if offer is None or not offer.readable or seen is None:
            return
        why = seen.is_unknown(stone.id)
        entity = seen.entity(stone.id)
        if why is not None:
            yield Untold(address, stone.id, why)
        elif entity is not None and not entity.deleted:
            key = dict(zip(offer.key_paths, stone.natural_key, strict=False))
            applied: Attributes = {**key, **stone.personal}
            yield Drifted(address, Drift.ACTIVE_AGAIN, stone.id, (), applied, self._vendor(address))

    def _open_end(self, address: Address) -> Untold:
        """A create of which nobody could tell the end."""
        if address in self.prior.unknown:
            return Untold(
                address,
                None,
                "a create had no answer, and the vendor cannot be asked whether it exists",
                f"`provisioner plan` says how to go on, or `provisioner state settle {address} --id ID` or `--absent`",
            )
        seen = self.live.seen(address.connection, address.kind)
        doubt = seen.doubt if seen is not None else "it could not be asked about"
        return Untold(address, None, f"a create had no answer: {doubt}")

    def _stranger(self, connection: str) -> tuple[str, str]:
        """Why a connection's bindings cannot be looked at (row 23), and what to do."""
        if accounts.standing(self.scope.wanted, self.prior, connection) is accounts.Standing.UNDECLARED:
            return (
                f"connection `{connection}` is no longer declared",
                "declare it again, or let `provisioner plan` follow where it went",
            )
        return (
            f"connection `{connection}` leads to another account than the state knows",
            "check its settings; `provisioner plan` says which account it was, and how to go on",
        )


def _open(prior: Document) -> frozenset[Address]:
    """The addresses of creates that are open."""
    return frozenset(intent.address for intent in prior.pending.values() if intent.verb == "create")
