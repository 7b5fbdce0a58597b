"""What a plan is about: desired and prior after renames, with what ``--target`` and ``--exclude`` leave of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from provisioner.address import Address, Pattern, matching
from provisioner.errors import UsageError
from provisioner.plan import accounts
from provisioner.plan.desired import Desired
from provisioner.plan.drift import recorded_scope
from provisioner.plan.options import Options
from provisioner.plan.scope import Scope, prior_references, referred, referring
from provisioner.state.document import Document
from provisioner.vendors.base import Offer
from provisioner.vendors.live import Live


def scope_of(desired: Desired, prior: Document, options: Options) -> Scope:
    """What the plan is about. Raises UsageError for a pattern that matches nothing."""
    if options.refresh_only:
        _check_allowances(desired, prior, options)
        return recorded_scope(desired, prior, options)
    rebound = accounts.rebind(desired, prior)
    connections = accounts.usable(desired, rebound.prior, options.allowed_accounts)
    _check_allowances(desired, rebound.prior, options)
    known_addresses = desired.instances.keys() | rebound.prior.bound.keys() | rebound.prior.unknown.keys()
    rechecked = frozenset(
        name
        for name in options.allowed_accounts & connections
        if accounts.standing(desired, rebound.prior, name) is accounts.Standing.CHANGED
    )
    scope = Scope(desired, rebound.prior, None, rebound.moved, connections, options.destroy, rechecked=rechecked)
    scope = replace(scope, stuck={} if options.destroy else rebound.stuck)
    if options.targets:
        scope = _targeted(scope, matching(map(Pattern.parse, options.targets), known_addresses))
    if options.excludes:
        scope = _without(scope, matching(map(Pattern.parse, options.excludes), known_addresses), known_addresses)
    return scope


def _check_allowances(desired: Desired, prior: Document, options: Options) -> None:
    """Raises UsageError for a ``--allow NAME=GLOB`` that could allow nothing: a slip of the pen would hold for ever."""
    known = desired.instances.keys() | prior.bound.keys() | prior.unknown.keys()
    known |= {intent.address for intent in prior.pending.values()}
    names = desired.connections.keys() | {address.connection for address in known}
    for item in options.allowances:
        if item.glob is not None and item.name != "account":
            matching([Pattern.parse(item.glob)], known)
        elif item.glob is not None and item.glob not in names:
            raise UsageError(
                f"`--allow account={item.glob}` names no connection",
                hint=f"connections: {', '.join(sorted(names))}",
            )


def offers(scope: Scope) -> dict[Address, Offer]:
    """What the vendors offer for every address that is declared or managed."""
    found = {}
    for address in scope.wanted.instances.keys() | scope.prior.bound.keys():
        offer = scope.offer(address.connection, address.kind)
        if offer is not None:
            found[address] = offer
    return found


def _targeted(scope: Scope, targets: frozenset[Address]) -> Scope:
    """The targets, what they refer to, and what refers to them."""
    back = referring(prior_references(scope.prior, offers(scope), scope.moved), targets)
    needed = {**referred(scope.desired, [*sorted(targets), *back]), **back}
    leaving = {target.declaration: target for target in sorted(targets - scope.desired.keys())}
    joins = {
        address: str(leaving[address.declaration])
        for address in sorted(scope.desired)
        if address.declaration in leaving and address not in scope.prior.bound
    }
    needed = {**referred(scope.desired, joins), **joins, **needed}
    reasons = {address: why for address, why in needed.items() if address not in targets}
    return replace(scope, selected=targets | needed.keys(), targets=targets, included_by=reasons)


def _without(scope: Scope, excluded: frozenset[Address], everything: Iterable[Address]) -> Scope:
    """Everything but the excluded, and but what cannot be made without them."""
    selected = set(everything if scope.selected is None else scope.selected) - excluded
    unmade = {address for address in excluded if address not in scope.prior.bound}
    dropped: dict[Address, Address] = {}
    while True:
        needy = _referring_to(scope, selected, unmade)
        if not needy:
            return replace(scope, selected=frozenset(selected), excluded=excluded, dropped=dropped)
        dropped |= needy
        selected -= needy.keys()
        unmade |= {address for address in needy if address not in scope.prior.bound}


def _referring_to(scope: Scope, selected: Iterable[Address], unmade: Iterable[Address]) -> dict[Address, Address]:
    """Which of the selected refer to something that will not be there, and to what."""
    missing = frozenset(unmade)
    needy: dict[Address, Address] = {}
    for address in selected if missing else ():
        instance = scope.desired.get(address)
        for targets in instance.references.values() if instance else ():
            for target in targets:
                if target in missing:
                    needy[address] = target
    return needy


def pulled_in(scope: Scope, live: Live) -> Mapping[Address, str]:
    """Managed addresses outside a ``--target`` that hold a unique value which a selected one needs.

    Also what those refer to, since they are written; empty when nothing is missing any more.
    """
    if not scope.targets or scope.selected is None:
        return {}
    owners = {
        (owner.connection, owner.kind, bound.id): owner
        for owner, bound in scope.prior.bound.items()
        if owner not in scope.selected
    }
    found: dict[Address, str] = {}
    for address in sorted(scope.selected) if owners else ():
        instance = scope.desired.get(address)
        seen = live.seen(address.connection, address.kind)
        if instance is None or seen is None:
            continue
        for spec in instance.offer.unique_specs:
            for entity in seen.holders(spec.path, instance.attributes.get(spec.path)):
                owner = owners.get((address.connection, address.kind, entity.id))
                if owner is not None:
                    found.setdefault(owner, str(address))
    needed = {**referred(scope.desired, found), **found}
    out = scope.selected | scope.excluded
    return {address: why for address, why in needed.items() if address not in out}


def check_replaces(scope: Scope, options: Options) -> None:
    """Raises UsageError for a ``--replace`` that names nothing declared."""
    for text in options.replaces:
        pattern = Pattern.parse(text)
        if not any(pattern.matches(address) for address in scope.desired):
            raise UsageError(
                f"`--replace {text}` matches nothing that is declared", hint="`--replace agents.jane@pbx` names one"
            )


def without_strange_accounts(scope: Scope, live: Live) -> Scope | None:
    """The scope without the bindings of connections behind which another account stands (row 23); None for none."""
    strange = tuple(
        name for name in sorted(scope.rechecked) if accounts.tenancy(scope.prior, live, name) is accounts.Tenancy.OTHER
    )
    if not strange:
        return None
    prior = scope.prior
    for name in strange:
        prior = accounts.dropped(prior, name)
    return replace(
        scope,
        prior=prior,
        reset=tuple(sorted({*scope.reset, *strange})),
        rechecked=scope.rechecked - frozenset(strange),
    )
