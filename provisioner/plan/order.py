"""In which order the changes can be made.

Edges come from what is declared, never from a table of kinds:

- what refers waits for what it refers to; a delete waits for whatever refers to it now;
- who takes a unique value waits for who gives it up (``uniques.Handover``);
- a replace is two steps: delete first if old and new share a unique value, else create first, referrers between;
- a declaration that moves to another connection joins there before it leaves here.

Rings of handovers are broken in ``rings``.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from provisioner.address import Address
from provisioner.plan.document import Action, Change, Step
from provisioner.plan.graph import Graph, Wait
from provisioner.plan.rings import break_rings
from provisioner.plan.uniques import Handover
from provisioner.values import Value, VendorId, folded
from provisioner.vendors.base import Deleted, Offer

JOINS = frozenset({Action.CREATE, Action.ADOPT, Action.UNDELETE})
HELD = frozenset({Action.MANUAL, Action.CONFLICT, Action.UNKNOWN})
"""What a join can be instead: whoever leaves for it waits all the same."""
LEAVES = frozenset({Action.DELETE, Action.REPLACE})
STANDS = frozenset({Action.FORGET, Action.CONFLICT, Action.UNKNOWN})
"""The actions after which whatever the entity refers to is still referred to."""


@dataclass(frozen=True)
class Surroundings:
    """What ordering needs to know beside the changes.

    ``references`` are the addresses that each desired instance refers to, ``referred`` those that each managed one was
    last applied with; ``in_use`` says whether a value of a kind's unique field is known anywhere (desired, prior, live,
    tombstones), folded; ``revives`` says for a replaced address the deleted record (its id) that already holds the new
    natural key at the vendor.
    """

    references: Mapping[Address, frozenset[Address]]
    referred: Mapping[Address, Iterable[Address]]
    offers: Mapping[Address, Offer]
    in_use: Callable[[Address, str, Value], bool]
    revives: Callable[[Change], VendorId | None]


def in_order(
    changes: Mapping[Address, Change], handovers: Iterable[Handover], around: Surroundings
) -> tuple[Change, ...]:
    """Every change, replaces in two steps and parking steps added, each after all that it needs.

    Ties are in alphabetical order of keys. A ring that cannot be broken becomes conflicts.
    """
    graph = Graph()
    delete_first = _delete_first(changes, around)
    for _, change in sorted(changes.items()):
        for step in _steps(change, around, delete_first):
            graph.add(step)
    _referrers_after(graph, changes, around)
    _deletes_after_referrers(graph, changes, around, delete_first)
    _joins_before_leaves(graph, changes)
    waits = [wait for handover in handovers if (wait := _wait(graph, handover)) is not None]
    break_rings(graph, waits, around.offers, around.in_use)
    return graph.in_order()


# --- steps --------------------------------------------------------------------------------------------------------


def _delete_first(changes: Mapping[Address, Change], around: Surroundings) -> frozenset[Address]:
    """The replaces whose old half goes first: old and new share a unique value, or the old one refers to such a one."""
    replaced = {address for address, change in changes.items() if change.action is Action.REPLACE}
    first = {address for address in replaced if _shares_unique(changes[address], around.offers[address])}
    while True:
        more = {address for address in replaced - first if first.intersection(around.referred.get(address, ()))}
        if not more:
            return frozenset(first)
        first |= more


def _steps(change: Change, around: Surroundings, delete_first: frozenset[Address]) -> tuple[Change, ...]:
    """The change itself, or the two halves of a replace."""
    if change.action is not Action.REPLACE:
        return (change,)
    offer = around.offers[change.address]
    gone = replace(change, step=Step.DELETE, after=None, fields=())
    revived = _revived(change, offer, around)
    made = replace(
        change,
        step=Step.CREATE,
        id=revived,
        before=None if revived is None else {},
        deleted=revived is not None,
        undeletes=revived is not None,
    )
    if change.address in delete_first:
        return gone, replace(made, needs=(gone.key,))
    return replace(gone, needs=(made.key,)), made


def _revived(change: Change, offer: Offer, around: Surroundings) -> VendorId | None:
    """The id of the deleted record that the create half brings back, where the vendor keeps its key."""
    if offer.deleted is not Deleted.HOLDS_KEY:
        return None
    if offer.natural_key(change.before or {}) == offer.natural_key(change.after or {}):
        return change.id
    return around.revives(change)


def _shares_unique(change: Change, offer: Offer) -> bool:
    before, after = change.before or {}, change.after or {}
    for spec in offer.unique_specs:
        scope = spec.unique.within if spec.unique else None
        moved = scope is not None and folded(before.get(scope)) != folded(after.get(scope))
        value = folded(after.get(spec.path))
        if value is not None and not moved and value == folded(before.get(spec.path)):
            return True
    return offer.key_is_id and offer.natural_key(before) == offer.natural_key(after)


def _made(graph: Graph, address: Address) -> str | None:
    """The key after which the address's entity is as desired."""
    return graph.first_of(str(address), f"{address}#{Step.CREATE}")


def _gone(graph: Graph, address: Address) -> str | None:
    """The key after which the address has given up what it had."""
    return graph.first_of(str(address), f"{address}#{Step.DELETE}")


# --- edges --------------------------------------------------------------------------------------------------------


def _referrers_after(graph: Graph, changes: Mapping[Address, Change], around: Surroundings) -> None:
    for address, change in changes.items():
        made = _made(graph, address) if change.after is not None else None
        for target in around.references.get(address, ()) if made else ():
            graph.need(made, _made(graph, target))


def _deletes_after_referrers(
    graph: Graph, changes: Mapping[Address, Change], around: Surroundings, delete_first: frozenset[Address]
) -> None:
    """Whoever stays when what it refers to is deleted first cannot go before that: it is written again after."""
    for address, change in changes.items():
        for target in around.referred.get(address, ()) if change.action not in STANDS else ():
            leaving = changes.get(target)
            goes_along = change.action in LEAVES
            if leaving is not None and leaving.action in LEAVES and (goes_along or target not in delete_first):
                graph.need(_gone(graph, target), _gone(graph, address))


def _joins_before_leaves(graph: Graph, changes: Mapping[Address, Change]) -> None:
    """A leave waits for its joins, also where a person must make either; each says so."""
    joined: dict[str, list[Change]] = {}
    for address, change in sorted(changes.items()):
        if change.action in JOINS or (change.action in HELD and change.id is None):
            joined.setdefault(address.declaration, []).append(change)
    for address, change in changes.items():
        joins = joined.get(address.declaration, []) if Action.DELETE in (change.action, change.intent) else []
        for join in joins:
            graph.need(change.key, join.key)
        if joins:
            graph.steps[change.key] = _moving(graph.steps[change.key], joins)


def _moving(leave: Change, joins: Collection[Change]) -> Change:
    """The leave with its reason: it is declared still, and elsewhere."""
    reasons = tuple(reason for reason in leave.reasons if reason.code != "undeclared")
    some = ", ".join(f"`{join.address}`" for join in joins)
    left = f"`{leave.address.declaration}` does not live on `{leave.address.connection}` any more"
    return replace(leave, reasons=reasons).because(
        "moves", f"{left}: it goes once {some} {'is' if len(joins) == 1 else 'are'} there"
    )


def _wait(graph: Graph, handover: Handover) -> Wait | None:
    """The handover as an edge; a record that comes back gives its old values up only when it is written again."""
    made = _made(graph, handover.giver)
    comes_back = made is not None and (graph.steps[made].undeletes or graph.steps[made].action is Action.UNDELETE)
    giver = made if comes_back else _gone(graph, handover.giver)
    taker = _made(graph, handover.taker)
    if giver is None or taker is None or giver == taker:
        return None
    graph.need(taker, giver)
    return Wait(giver, taker, handover)
