"""From desired, prior and live to a plan: a pure function, in the order in which a reader would ask.

``scope_of`` says what the plan is about, ``wants.wanted`` what must be read for it, ``make`` what is to be done. Same
input, same plan.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic
from provisioner.plan import accounts, recall, unmanaged
from provisioner.plan.beginning import beginning
from provisioner.plan.decide import Decisions, decide, unreadable_notice
from provisioner.plan.document import Action, Change, Plan, Reason
from provisioner.plan.group import Group, LeftOut
from provisioner.plan.grouping import Ids, group_of, referred_first
from provisioner.plan.guards import evaluate
from provisioner.plan.in_use import InUse
from provisioner.plan.list_problems import doubled
from provisioner.plan.notices import awaited, diagnostics, left_parked, unseen, without_state
from provisioner.plan.options import Options, Stamp
from provisioner.plan.order import Surroundings, in_order
from provisioner.plan.recording import records
from provisioner.plan.refreshing import refreshing
from provisioner.plan.scope import Scope, addresses_by_id, prior_references, referred_by
from provisioner.plan.selecting import check_replaces, offers, pulled_in, scope_of, without_strange_accounts
from provisioner.plan.slips import slips
from provisioner.plan.spaces import across_kinds
from provisioner.plan.uniques import Handover, revived, settle_uniques
from provisioner.plan.wording import worded
from provisioner.values import VendorId
from provisioner.vendors.base import Offer
from provisioner.vendors.live import Live

__all__ = ["Options", "Stamp", "check_replaces", "make", "pulled_in", "scope_of", "without_strange_accounts"]


@dataclass
class _Draft:
    ids: Ids
    changes: dict[Address, Change] = field(default_factory=dict)
    none: set[Address] = field(default_factory=set)
    left_out: dict[Address, LeftOut] = field(default_factory=dict)
    handovers: list[Handover] = field(default_factory=list)
    notices: list[Diagnostic] = field(default_factory=list)
    revived: dict[Address, VendorId] = field(default_factory=dict)
    unmanaged: int | None = None


def make(scope: Scope, live: Live, options: Options, stamp: Stamp | None = None) -> Plan:
    """The plan for the scope, given what was read for it."""
    stamp = stamp or Stamp()
    if options.refresh_only:
        return refreshing(scope, live, options, stamp)
    draft = _draft(scope, live, options)
    _unproven_accounts(scope, live, draft)
    _beyond_its_kind(scope, live, draft)
    if options.no_refresh:
        _without_looking(scope, draft)
    around = _surroundings(scope, live, draft)
    _drop_dependants(scope, draft, around)
    ordered = _only_needed(scope, in_order(draft.changes, draft.handovers, around), draft.handovers, around)
    outsiders = accounts.strangers(scope.wanted, scope.prior, scope.connections, destroy=scope.destroy)
    foreign = tuple(change for change in outsiders.changes if scope.includes(change.address))
    held = {str(change.address) for change in foreign}
    changes = (*(_finished(scope, change) for change in ordered), *foreign)
    guards = evaluate(
        changes,
        scope.wanted,
        scope.prior,
        options.allowances,
        destroy=options.destroy,
        fresh_state=options.fresh_state,
        strangers=[
            *(trip for trip in outsiders.trips if held & set(trip.addresses)),
            *accounts.emptied(scope.wanted, scope.prior, live),
        ],
    )
    recorded = tuple(records(scope, live, draft.ids.names))
    draft.notices.extend(_doubled(scope, draft.ids))
    draft.notices.extend([*slips(scope, changes), *left_parked(scope, live, changes), *unseen(scope, live, changes)])
    draft.notices.extend(awaited(scope, live, changes, draft.ids.names))
    plan = replace(
        beginning(scope, options, stamp),
        changes=changes,
        none=len(draft.none),
        unmanaged=draft.unmanaged,
        guards=guards,
        diagnostics=(
            *without_state(scope, options, changes),
            *diagnostics(scope, changes, recorded, draft.left_out, draft.notices),
        ),
        records=recorded,
        reset_accounts=scope.reset,
        kept_accounts=accounts.kept(scope.prior, live, scope.rechecked),
    )
    return worded(plan, scope, live)


def _doubled(scope: Scope, ids: Ids) -> Iterator[Diagnostic]:
    """The members that a list has twice, under two names."""
    for address, instance in scope.desired.items():
        if instance.offer.ref_paths and scope.includes(address):
            yield from doubled(instance, ids.names(address.connection))


def _draft(scope: Scope, live: Live, options: Options) -> _Draft:
    """What is decided for every kind; anew where kinds refer to each other and one learned of the other too late."""
    ids = Ids(scope)
    places = referred_first(scope)
    while True:
        draft, learned = _Draft(ids), {}
        for connection, kind, offer in places:
            group = group_of(scope, live, options, (connection, kind), offer, ids)
            decisions = decide(group)
            draft.handovers.extend(settle_uniques(group, decisions))
            _one_change_an_id(decisions)
            _take(draft, group, decisions)
            learned[connection, kind] = ids.learn(group, decisions)
        if not _learned_late(places, learned):
            return draft


def _learned_late(places: list[tuple[str, str, Offer]], learned: Mapping[tuple[str, str], bool]) -> bool:
    """True where a kind has new ids that were not known yet when a kind was decided that refers to it."""
    decided: set[tuple[str, str]] = set()
    for connection, kind, offer in places:
        decided.add((connection, kind))
        if any(
            learned.get((connection, spec.ref.kind), False)
            and ((connection, spec.ref.kind) not in decided or spec.ref.kind == kind)
            for spec in offer.specs.values()
            if spec.ref
        ):
            return True
    return False


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


def _take(draft: _Draft, group: Group, decisions: Decisions) -> None:
    draft.changes.update(decisions.changes)
    draft.none |= decisions.none
    draft.left_out.update(decisions.left_out)
    for address, change in decisions.changes.items():
        record = revived(group, change) if change.action is Action.REPLACE else None
        if record is not None:
            draft.revived[address] = record.id
    managed = [address for address in group.bound if address in group.desired and not group.offer.readable]
    if managed and not group.outside.issuperset(managed):
        draft.notices.append(unreadable_notice(group.connection, group.kind))
    if group.seen.searched and group.seen.incomplete is None:
        ours = group.owners.keys() | {change.id for change in decisions.changes.values()}
        count = sum(1 for entity in group.seen.entities if not entity.deleted and entity.id not in ours)
        draft.unmanaged = (draft.unmanaged or 0) + count


def _unproven_accounts(scope: Scope, live: Live, draft: _Draft) -> None:
    """R23: nothing is done on an allowed account that shows only some of what is bound, or not all of it yet."""
    for name in sorted(scope.rechecked):
        match accounts.tenancy(scope.prior, live, name):
            case accounts.Tenancy.MIXED:
                action, why = Action.CONFLICT, "shows only some of what state is bound to"
                hint = "; bind what is there with `imports` after `provisioner state rm`"
            case accounts.Tenancy.UNKNOWN:
                action, why, hint = Action.UNKNOWN, "could not be read whole, so nobody can tell whose it is", ""
            case _:
                continue
        reason = Reason("account", f"connection `{name}` has another account that {why}{hint}")
        on_it = {address for address in (*draft.changes, *draft.none) if address.connection == name}
        for address in sorted(on_it):
            draft.changes[address] = Change(
                address, scope.wanted.connections[name].vendor.name, action, reasons=(reason,)
            )
            draft.none.discard(address)


def _beyond_its_kind(scope: Scope, live: Live, draft: _Draft) -> None:
    """What a change meets in other kinds: a reference by id that leads nowhere, a value that several kinds share."""
    shared = across_kinds(scope, live, draft.changes)
    refused = unmanaged.refused(scope, live, draft.changes) | shared.refused
    draft.changes |= refused
    draft.handovers += shared.handovers
    draft.handovers = [item for item in draft.handovers if item.giver not in refused and item.taker not in refused]


def _without_looking(scope: Scope, draft: _Draft) -> None:
    """Takes back what may not be decided unseen; nobody can count then what is not managed either."""
    draft.changes = recall.unasked(scope, draft.changes)
    draft.none -= draft.changes.keys()
    seen = {address for address, change in draft.changes.items() if change.action is not Action.UNKNOWN}
    draft.handovers = [item for item in draft.handovers if item.giver in seen and item.taker in seen]
    draft.notices.append(recall.NOTICE)
    draft.unmanaged = None


# --- what is ordered ----------------------------------------------------------------------------------------------


def _surroundings(scope: Scope, live: Live, draft: _Draft) -> Surroundings:
    by_address = offers(scope)
    return Surroundings(
        references={
            address: frozenset(target for targets in instance.references.values() for target in targets)
            for address, instance in scope.desired.items()
            if instance.offer.ref_paths
        },
        referred=_referred(scope, live, draft, by_address),
        offers=by_address,
        in_use=InUse(scope, live).holds,
        revives=lambda change: draft.revived.get(change.address),
    )


def _referred(
    scope: Scope, live: Live, draft: _Draft, by_address: Mapping[Address, Offer]
) -> Mapping[Address, frozenset[Address]]:
    """What each address refers to before this plan: as last applied, and as it is where it changes."""
    by_id = addresses_by_id(scope.prior)
    found = {a: frozenset(targets) for a, targets in prior_references(scope.prior, by_address, scope.moved).items()}
    for address, change in draft.changes.items():
        offer, seen = by_address.get(address), live.seen(address.connection, address.kind)
        entity = seen.entity(change.id) if seen is not None and change.id is not None else None
        if offer is not None and offer.ref_paths and entity is not None:
            there = referred_by(address, offer, entity.attributes, by_id, {})
            found[address] = found.get(address, frozenset()) | frozenset(there)
    return found


# --- partial plans ------------------------------------------------------------------------------------------------


def _drop_dependants(scope: Scope, draft: _Draft, around: Surroundings) -> None:
    """Takes out what needs something that is left out, and what needs that, and so on."""
    missing = _Missing(scope, draft, around)
    if not scope.excluded and not draft.left_out and not missing.joins():
        return
    while found := missing.needy():
        for left in found:
            draft.left_out[left.address] = left
            del draft.changes[left.address]
    draft.handovers = [item for item in draft.handovers if item.taker in draft.changes and item.giver in draft.changes]


@dataclass(frozen=True)
class _Missing:
    """What a plan leaves out, and who needs it."""

    scope: Scope
    draft: _Draft
    around: Surroundings

    def joins(self) -> Mapping[Address, Address]:
        """Who leaves a connection for one where the same declaration is not yet, and is not part of this plan.

        Nobody is deleted here before there: the join comes first.
        """
        if self.scope.destroy:
            return {}
        homes: dict[str, list[Address]] = {}
        for address in self.scope.wanted.instances:
            if address not in self.scope.prior.bound and address not in self.draft.changes:
                homes.setdefault(address.declaration, []).append(address)
        leaving = [address for address, change in sorted(self.draft.changes.items()) if change.action is Action.DELETE]
        return {address: min(homes[address.declaration]) for address in leaving if address.declaration in homes}

    def needy(self) -> list[LeftOut]:
        """The changes that need what is left out by now."""
        out = self.scope.excluded | self.draft.left_out.keys() | self.scope.dropped.keys()
        unmade = {address for address in out if address not in self.scope.prior.bound}
        referrers = self._referrers(out)
        givers = {item.taker: item.giver for item in self.draft.handovers if item.giver in out}
        checks: tuple[tuple[Callable[[Address], Address | None], str], ...] = (
            (givers.get, "it needs a unique value of `{}`"),
            (
                lambda address: next((t for t in sorted(self._references(address)) if t in unmade), None),
                "it refers to `{}`",
            ),
            (self.joins().get, "it leaves for `{}`"),
            (referrers.get, "`{}` refers to it"),
        )
        found = []
        for address in sorted(self.draft.changes):
            for needs, why in checks:
                needed = needs(address)
                if needed is not None:
                    found.append(LeftOut(address, needed, why.format(needed)))
                    break
        return found

    def _references(self, address: Address) -> frozenset[Address]:
        return self.around.references.get(address, frozenset())

    def _referrers(self, out: Iterable[Address]) -> dict[Address, Address]:
        """What is to be deleted and is referred to by what stays as it is."""
        found: dict[Address, Address] = {}
        for address in sorted(out):
            for target in self.around.referred.get(address, ()):
                change = self.draft.changes.get(target)
                if change is not None and change.action in (Action.DELETE, Action.REPLACE):
                    found.setdefault(target, address)
        return found


def _only_needed(
    scope: Scope, ordered: tuple[Change, ...], handovers: Iterable[Handover], around: Surroundings
) -> tuple[Change, ...]:
    """Of a targeted plan, the targets' changes and what those need: not the updates of what they only refer to."""
    if not scope.targets:
        return ordered
    by_key = {change.key: change for change in ordered}
    given = {(item.taker, item.giver) for item in handovers}
    steps: dict[Address, list[str]] = {}
    for change in ordered:
        steps.setdefault(change.address, []).append(change.key)

    def needed(change: Change) -> list[str]:
        referred = around.references.get(change.address, frozenset())
        return [
            key
            for key in change.needs
            if by_key[key].action is not Action.UPDATE
            or by_key[key].address not in referred
            or (change.address, by_key[key].address) in given
        ]

    keep: set[str] = set()
    waiting = [change.key for change in ordered if change.address in scope.targets]
    while waiting:
        key = waiting.pop()
        if key not in keep:
            keep.add(key)
            waiting += [*needed(by_key[key]), *steps[by_key[key].address]]
    return tuple(
        replace(
            change,
            needs=tuple(key for key in change.needs if key in keep),
            included_by=None if change.address in scope.targets else scope.included_by.get(change.address),
        )
        for change in ordered
        if change.key in keep
    )


def _finished(scope: Scope, change: Change) -> Change:
    """The change with what state knows of it: where it was declared, whether it must not be destroyed."""
    instance = scope.wanted.instances.get(change.address)
    bound = scope.prior.bound.get(change.address)
    protected = instance.prevent_destroy if instance else None
    if protected is None:
        protected = bound.prevent_destroy if bound else False
    return replace(change, prevent_destroy=protected, file=instance.file if instance else change.file)
