"""From desired, prior and live to a plan: a pure function, in the order in which a reader would ask.

``scope_of`` says what the plan is about, ``wants.wanted`` what must be read for it, ``make`` what is to be done. Same
input, same plan.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter

from provisioner.address import Address, Pattern, matching
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.errors import UsageError
from provisioner.plan import accounts
from provisioner.plan.decide import Decisions, decide, unreadable_notice
from provisioner.plan.desired import Desired
from provisioner.plan.differ import Names
from provisioner.plan.document import Action, Change, Plan, Reason, Record
from provisioner.plan.group import Group, known
from provisioner.plan.guards import Allowance, evaluate
from provisioner.plan.order import Surroundings, in_order
from provisioner.plan.scope import Scope, referred, referring
from provisioner.plan.uniques import Handover, settle_uniques
from provisioner.state.document import Document
from provisioner.values import Value, folded
from provisioner.vendors.base import Offer
from provisioner.vendors.live import Live, Seen


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line says beyond the manifests."""

    targets: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    replaces: tuple[str, ...] = ()
    allow: tuple[str, ...] = ()
    destroy: bool = False
    fresh_state: bool = False

    @property
    def allowances(self) -> tuple[Allowance, ...]:
        return tuple(Allowance.parse(text) for text in self.allow)

    @property
    def allowed_accounts(self) -> frozenset[str]:
        return frozenset(item.glob for item in self.allowances if item.name == "account" and item.glob)


@dataclass(frozen=True)
class Stamp:
    """What only the command line can know: when, by which version. Empty for a plan that is not saved."""

    created_at: str = ""
    tool_version: str = ""


def scope_of(desired: Desired, prior: Document, options: Options) -> Scope:
    """What the plan is about. Raises UsageError for a pattern that matches nothing."""
    rebound = accounts.rebind(desired, prior)
    connections = accounts.usable(desired, rebound.prior, options.allowed_accounts)
    known_addresses = desired.instances.keys() | rebound.prior.bound.keys() | rebound.prior.unknown.keys()
    scope = Scope(desired, rebound.prior, None, rebound.moved, connections, options.destroy)
    if options.targets:
        scope = _targeted(scope, matching(map(Pattern.parse, options.targets), known_addresses))
    if options.excludes:
        scope = _without(scope, matching(map(Pattern.parse, options.excludes), known_addresses), known_addresses)
    return scope


def _offers(scope: Scope) -> dict[Address, Offer]:
    found = {}
    for address in scope.wanted.instances.keys() | scope.prior.bound.keys():
        offer = scope.offer(address.connection, address.kind)
        if offer is not None:
            found[address] = offer
    return found


def _targeted(scope: Scope, targets: frozenset[Address]) -> Scope:
    """The targets, what they refer to, and what refers to them."""
    back = referring(scope.prior, _offers(scope), targets)
    needed = {**referred(scope.desired, [*targets, *back]), **back}
    reasons = {address: why for address, why in needed.items() if address not in targets}
    return replace(scope, selected=targets | needed.keys(), targets=targets, included_by=reasons)


def _without(scope: Scope, excluded: frozenset[Address], everything: Iterable[Address]) -> Scope:
    """Everything but the excluded, and but what cannot be made without them."""
    selected = set(everything if scope.selected is None else scope.selected) - excluded
    unmade = {address for address in excluded if address not in scope.prior.bound}
    while True:
        needy = {
            address
            for address in selected
            if (instance := scope.desired.get(address)) is not None
            and any(target in unmade for targets in instance.references.values() for target in targets)
            and address not in scope.prior.bound
        }
        if not needy:
            return replace(scope, selected=frozenset(selected))
        selected -= needy
        unmade |= needy


def pulled_in(scope: Scope, live: Live) -> Mapping[Address, str]:
    """Managed addresses outside a ``--target`` that hold a unique value which a selected one needs."""
    if not scope.targets or scope.selected is None:
        return {}
    found: dict[Address, str] = {}
    for address in sorted(scope.selected):
        instance = scope.desired.get(address)
        seen = live.seen(address.connection, address.kind)
        if instance is None or seen is None:
            continue
        owners = {
            bound.id: owner
            for owner, bound in scope.prior.bound.items()
            if (owner.connection, owner.kind) == (address.connection, address.kind)
        }
        for spec in instance.offer.unique_specs:
            for entity in seen.holders(spec.path, instance.attributes.get(spec.path)):
                owner = owners.get(entity.id)
                if owner is not None and owner not in scope.selected:
                    found[owner] = str(address)
    return found


# --- the plan -----------------------------------------------------------------------------------------------------


@dataclass
class _Draft:
    changes: dict[Address, Change] = field(default_factory=dict)
    none: set[Address] = field(default_factory=set)
    handovers: list[Handover] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    new_ids: set[str] = field(default_factory=set)
    unmanaged: int | None = None


def make(scope: Scope, live: Live, options: Options, stamp: Stamp | None = None) -> Plan:
    """The plan for the scope, given what was read for it."""
    stamp = stamp or Stamp()
    draft = _draft(scope, live, options)
    _mixed_accounts(scope, live, options, draft)
    ordered = in_order(draft.changes, draft.handovers, _surroundings(scope, live))
    ordered = _only_needed(scope, ordered)
    outsiders = accounts.strangers(scope.wanted, scope.prior, scope.connections)
    foreign = tuple(change for change in outsiders.changes if scope.includes(change.address))
    changes = (*(_finished(scope, change) for change in ordered), *foreign)
    trips = [trip for trip in outsiders.trips if foreign]
    guards = evaluate(
        changes,
        scope.wanted,
        scope.prior,
        options.allowances,
        destroy=options.destroy,
        fresh_state=options.fresh_state,
        strangers=trips,
    )
    return Plan(
        tenant=scope.wanted.tenant,
        changes=changes,
        none=len(draft.none),
        unmanaged=draft.unmanaged,
        guards=guards,
        diagnostics=tuple(_diagnostics(scope, draft)),
        records=tuple(_records(scope, draft)),
        lineage=scope.prior.lineage,
        serial=scope.prior.serial,
        accounts={name: scope.wanted.connections[name].account for name in sorted(scope.wanted.connections)},
        reset_accounts=scope.reset,
        targets=options.targets,
        excludes=options.excludes,
        allowed=tuple(sorted(options.allow)),
        config_digest=scope.wanted.config_digest,
        created_at=stamp.created_at,
        tool_version=stamp.tool_version,
        destroy=options.destroy,
    )


def without_strange_accounts(scope: Scope, live: Live, options: Options) -> Scope | None:
    """The scope without the bindings of connections behind which another account stands (row 23); None for none."""
    strange = tuple(
        name
        for name in sorted(options.allowed_accounts & scope.connections)
        if accounts.standing(scope.wanted, scope.prior, name) is accounts.Standing.CHANGED
        and accounts.tenancy(scope.prior, live, name) is accounts.Tenancy.OTHER
    )
    if not strange:
        return None
    prior = scope.prior
    for name in strange:
        prior = accounts.dropped(prior, name)
    return replace(scope, prior=prior, reset=tuple(sorted({*scope.reset, *strange})))


def _mixed_accounts(scope: Scope, live: Live, options: Options, draft: _Draft) -> None:
    for name in sorted(options.allowed_accounts & scope.connections):
        changed = accounts.standing(scope.wanted, scope.prior, name) is accounts.Standing.CHANGED
        if not changed or accounts.tenancy(scope.prior, live, name) is not accounts.Tenancy.MIXED:
            continue
        text = f"connection `{name}` has another account that shows only some of what state is bound to"
        for address in sorted(scope.prior.bound):
            if address.connection == name and scope.includes(address):
                vendor = scope.wanted.connections[name].vendor.name
                reason = Reason("account", f"{text}; bind what is there with `imports` after `provisioner state rm`")
                draft.changes[address] = Change(address, vendor, Action.CONFLICT, reasons=(reason,))
                draft.none.discard(address)


def _draft(scope: Scope, live: Live, options: Options) -> _Draft:
    draft = _Draft()
    addresses_by_id: dict[tuple[str, str, str], str] = {
        (bound.address.connection, bound.address.kind, bound.id): str(address)
        for address, bound in scope.prior.bound.items()
    }
    for connection, kind, offer in _referred_first(scope):
        seen = live.seen(connection, kind) or Seen(offer)
        group = _group(scope, options, connection, kind, offer, seen, draft, addresses_by_id)
        decisions = decide(group)
        draft.handovers.extend(settle_uniques(group, decisions))
        _one_change_an_id(decisions)
        _take(draft, group, decisions)
    return draft


def _referred_first(scope: Scope) -> list[tuple[str, str, Offer]]:
    """Kinds after those that they refer to, so that a new id below is known above; rings in any order."""
    places = {(connection, kind): offer for connection, kind, offer in scope.kinds()}
    graph = {
        (connection, kind): sorted(
            (connection, spec.ref.kind)
            for spec in offer.specs.values()
            if spec.ref and (connection, spec.ref.kind) in places and spec.ref.kind != kind
        )
        for (connection, kind), offer in sorted(places.items())
    }
    try:
        order = list(TopologicalSorter(graph).static_order())
    except CycleError:
        order = sorted(places)
    return [(connection, kind, places[connection, kind]) for connection, kind in order]


def _group(
    scope: Scope,
    options: Options,
    connection: str,
    kind: str,
    offer: Offer,
    seen: Seen,
    draft: _Draft,
    addresses_by_id: Mapping[tuple[str, str, str], str],
) -> Group:
    everything = scope.everything(connection, kind)
    prior = scope.prior
    connected = scope.wanted.connections[connection]
    patterns = [Pattern.parse(text) for text in options.replaces]
    return Group(
        connection=connection,
        kind=kind,
        vendor=connected.vendor.name,
        account=connected.account,
        offer=offer,
        seen=seen,
        names=Names(
            address_of=lambda ref_kind, vendor_id: addresses_by_id.get((connection, ref_kind, vendor_id)),
            changes_id=draft.new_ids.__contains__,
            id_of=lambda text: _id_of(prior, text),
        ),
        desired={address: scope.desired[address] for address in everything if address in scope.desired},
        bound={address: prior.bound[address] for address in everything if address in prior.bound},
        unknown={address: prior.unknown[address] for address in everything if address in prior.unknown},
        tombstones={
            address: stone
            for address, stone in prior.tombstones.items()
            if (address.connection, address.kind) == (connection, kind) and stone.account == connected.account
        },
        imports={
            address: vendor_id
            for address, vendor_id in scope.imports.items()
            if (address.connection, address.kind) == (connection, kind)
        },
        parked=prior.parked,
        outside=frozenset(address for address in everything if not scope.includes(address)),
        kept=frozenset(
            address
            for address in everything
            if any(pattern.matches(address) and not destroy for pattern, destroy in scope.wanted.removed)
        ),
        replaced=frozenset(address for address in everything if any(p.matches(address) for p in patterns)),
        moved=scope.moved,
    )


def _id_of(prior: Document, text: str) -> str | None:
    bound = prior.bound.get(Address.parse(text))
    return bound.id if bound else None


def _one_change_an_id(decisions: Decisions) -> None:
    """No plan holds changes of two addresses to one entity: both become conflicts."""
    holders: dict[str, list[Address]] = {}
    for address, change in decisions.changes.items():
        if change.id is not None and change.action not in (Action.CONFLICT, Action.UNKNOWN):
            holders.setdefault(change.id, []).append(address)
    for vendor_id, addresses in holders.items():
        for address in addresses if len(addresses) > 1 else ():
            others = ", ".join(f"`{other}`" for other in addresses if other != address)
            decisions.changes[address] = replace(decisions.changes[address], fields=(), after=None).becomes(
                Action.CONFLICT, "same_entity", f"id {vendor_id} would also be changed as {others}"
            )


NEW_ID = frozenset({Action.CREATE, Action.REPLACE})


def _take(draft: _Draft, group: Group, decisions: Decisions) -> None:
    draft.changes.update(decisions.changes)
    draft.none |= decisions.none
    draft.diagnostics.extend(decisions.diagnostics)
    for address, change in decisions.changes.items():
        bound = group.bound.get(address)
        rebound = bound is not None and change.id is not None and change.id != bound.id
        if change.action in NEW_ID or rebound:
            draft.new_ids.add(str(address))
    managed = [address for address in group.bound if address in group.desired and not group.offer.readable]
    if managed and not group.outside.issuperset(managed):
        draft.diagnostics.append(unreadable_notice(group.connection, group.kind))
    if group.seen.searched and group.seen.incomplete is None:
        adopted = {change.id for change in decisions.changes.values()}
        ours = group.owners.keys() | adopted
        count = sum(1 for entity in group.seen.entities if not entity.deleted and entity.id not in ours)
        draft.unmanaged = (draft.unmanaged or 0) + count


def _surroundings(scope: Scope, live: Live) -> Surroundings:
    def revives(change: Change) -> str | None:
        seen = live.seen(change.address.connection, change.address.kind)
        key = seen.offer.natural_key(change.after or {}) if seen else None
        records = seen.deleted(key) if seen and key else ()
        return records[0].id if records else None

    used = _Used(scope, live)
    return Surroundings(
        references={
            address: frozenset(target for targets in instance.references.values() for target in targets)
            for address, instance in scope.desired.items()
            if instance.offer.ref_paths
        },
        bound=scope.prior.bound,
        offers=_offers(scope),
        in_use=lambda address, path, value: (address.connection, address.kind, path, folded(value)) in used(),
        revives=revives,
    )


class _Used:
    """Every unique value that anybody knows of, collected when first asked for (only a parking step asks)."""

    def __init__(self, scope: Scope, live: Live) -> None:
        self._scope, self._live = scope, live
        self._values: frozenset[tuple[str, str, str, Value]] | None = None

    def __call__(self) -> frozenset[tuple[str, str, str, Value]]:
        if self._values is None:
            self._values = frozenset(self._collect())
        return self._values

    def _collect(self) -> Iterable[tuple[str, str, str, Value]]:
        for address, instance in self._scope.wanted.instances.items():
            yield from self._of(address.connection, address.kind, instance.offer, instance.attributes)
        for address, item in [*self._scope.prior.bound.items()]:
            offer = self._scope.offer(address.connection, address.kind)
            if offer is not None:
                yield from self._of(address.connection, address.kind, offer, item.attributes)
        for (connection, kind), seen in self._live.kinds.items():
            for entity in seen.entities:
                yield from self._of(connection, kind, seen.offer, entity.attributes)
        for address, stone in self._scope.prior.tombstones.items():
            offer = self._scope.offer(address.connection, address.kind)
            for path, part in zip(offer.key_paths if offer else (), stone.natural_key, strict=False):
                yield (address.connection, address.kind, path, part)

    @staticmethod
    def _of(
        connection: str, kind: str, offer: Offer, attributes: Mapping[str, Value]
    ) -> Iterable[tuple[str, str, str, Value]]:
        for spec in offer.unique_specs:
            value = attributes.get(spec.path)
            if known(value) and isinstance(value, str):
                yield (connection, kind, spec.path, folded(value))


def _only_needed(scope: Scope, ordered: tuple[Change, ...]) -> tuple[Change, ...]:
    """Of a targeted plan, the targets' changes and what those need."""
    if not scope.targets:
        return ordered
    by_key = {change.key: change for change in ordered}
    keep: set[str] = set()
    waiting = [change.key for change in ordered if change.address in scope.targets]
    while waiting:
        key = waiting.pop()
        if key not in keep:
            keep.add(key)
            waiting.extend(by_key[key].needs)
            waiting.extend(item.key for item in ordered if item.address == by_key[key].address)
    return tuple(
        replace(change, included_by=None if change.address in scope.targets else scope.included_by.get(change.address))
        for change in ordered
        if change.key in keep
    )


def _finished(scope: Scope, change: Change) -> Change:
    """The change with what state knows of it: where it was declared, whether it must not be destroyed."""
    instance = scope.desired.get(change.address)
    bound = scope.prior.bound.get(change.address)
    protected = instance.prevent_destroy if instance and instance.prevent_destroy is not None else None
    if protected is None:
        protected = bound.prevent_destroy if bound else False
    return replace(change, prevent_destroy=protected, file=instance.file if instance else change.file)


def _diagnostics(scope: Scope, draft: _Draft) -> Iterable[Diagnostic]:
    yield from sorted(draft.diagnostics, key=lambda item: (item.position is None, str(item.position), item.message))
    for record in _records(scope, draft):
        if record.released:
            names = ", ".join(f"`{path}`" for path in record.released)
            yield Diagnostic(
                "released",
                f"`{record.address}`: {names} no longer declared; left as it stands",
                severity=Severity.NOTICE,
                address=str(record.address),
            )


def _records(scope: Scope, draft: _Draft) -> Iterable[Record]:
    """What state must learn of unchanged or changed addresses without a call."""
    for address in sorted(scope.desired.keys() & scope.prior.bound.keys()):
        if not scope.includes(address):
            continue
        instance, bound = scope.desired[address], scope.prior.bound[address]
        released = tuple(
            sorted(
                path
                for path in (bound.attributes.keys() | bound.secrets.keys()) - instance.attributes.keys()
                if instance.offer.readable and path not in instance.ignore and path in instance.offer.specs
            )
        )
        protected = bound.prevent_destroy if instance.prevent_destroy is None else instance.prevent_destroy
        if released or protected != bound.prevent_destroy or instance.file != bound.file:
            yield Record(address, released, protected, instance.file)


def check_replaces(scope: Scope, options: Options) -> None:
    """Raises UsageError for a ``--replace`` that names nothing declared."""
    for text in options.replaces:
        if not any(Pattern.parse(text).matches(address) for address in scope.desired):
            raise UsageError(
                f"`--replace {text}` matches nothing that is declared", hint="`--replace agents.jane@pbx` names one"
            )
