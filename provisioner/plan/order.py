"""In which order the changes can be made, and how rings of unique values are broken.

Edges come from what is declared, never from a table of kinds:

- what refers waits for what it refers to; a delete waits for whatever refers to it now;
- who takes a unique value waits for who gives it up (``uniques.Handover``);
- a replace is two steps: delete first if old and new share a unique value, else create first, referrers between;
- a declaration that moves to another connection joins there before it leaves here.

A ring of handovers (two agents swap numbers) is broken by *parking* one of them: a step of its own that clears the
field, or sets it to a free value, so that the others can go ahead.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from provisioner.address import Address
from provisioner.plan.document import Action, Change, FieldChange, Step
from provisioner.plan.uniques import Handover
from provisioner.state.document import Bound
from provisioner.values import Value, folded
from provisioner.vendors.base import Deleted, FieldSpec, Offer

JOINS = frozenset({Action.CREATE, Action.ADOPT, Action.UNDELETE})
PARKED = range(9999, 0, -1)


@dataclass(frozen=True)
class Surroundings:
    """What ordering needs to know beside the changes.

    ``references`` are the addresses that each desired instance refers to; ``bound`` is prior; ``in_use`` says whether
    a value of a kind's unique field is known anywhere (desired, prior, live, tombstones), folded; ``revives`` says
    for a replaced address the deleted record (its id) that already holds the new natural key at the vendor.
    """

    references: Mapping[Address, frozenset[Address]]
    bound: Mapping[Address, Bound]
    offers: Mapping[Address, Offer]
    in_use: Callable[[Address, str, Value], bool]
    revives: Callable[[Change], str | None]


@dataclass
class _Graph:
    """Steps by key, and for each the keys that it needs."""

    steps: dict[str, Change]
    needs: dict[str, set[str]]

    def add(self, change: Change) -> None:
        self.steps[change.key] = change
        self.needs.setdefault(change.key, set())

    def need(self, key: str, other: str) -> None:
        if key != other:
            self.needs[key].add(other)


def in_order(
    changes: Mapping[Address, Change], handovers: Iterable[Handover], around: Surroundings
) -> tuple[Change, ...]:
    """Every change, replaces in two steps and parking steps added, each after all that it needs.

    Ties are in alphabetical order of keys. A ring that cannot be broken becomes conflicts.
    """
    graph = _Graph({}, {})
    for change in changes.values():
        for step in _steps(change, around):
            graph.add(step)
    _referrers_after(graph, changes, around)
    _deletes_after_referrers(graph, changes, around)
    _joins_before_leaves(graph, changes)
    pending = [_wait(graph, handover) for handover in handovers]
    _break_rings(graph, [item for item in pending if item is not None], around)
    return _sorted(graph)


# --- steps --------------------------------------------------------------------------------------------------------


def _steps(change: Change, around: Surroundings) -> tuple[Change, ...]:
    """The change itself, or the two halves of a replace (the first one first in ``needs`` of the other)."""
    if change.action is not Action.REPLACE:
        return (change,)
    offer = around.offers[change.address]
    gone = replace(change, step=Step.DELETE, after=None, fields=())
    revived = _revived(change, offer, around)
    made = replace(
        change,
        step=Step.CREATE,
        id=revived,  # type: ignore[arg-type]  # an id that the vendor gave, as text
        before={} if revived else None,
        deleted=bool(revived),
        undeletes=bool(revived),
    )
    if _shares_unique(change, offer):
        return gone, replace(made, needs=(gone.key,))
    return replace(gone, needs=(made.key,)), made


def _revived(change: Change, offer: Offer, around: Surroundings) -> str | None:
    """The id of the deleted record that the create half brings back, where the vendor keeps its key."""
    if offer.deleted is not Deleted.HOLDS_KEY:
        return None
    before, after = change.before or {}, change.after or {}
    if offer.natural_key(before) == offer.natural_key(after):
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
    return False


def _made(graph: _Graph, address: Address) -> str | None:
    """The key after which the address's entity is as desired."""
    for key in (str(address), f"{address}#{Step.CREATE}"):
        if key in graph.steps:
            return key
    return None


def _gone(graph: _Graph, address: Address) -> str | None:
    """The key after which the address has given up what it had."""
    for key in (str(address), f"{address}#{Step.DELETE}"):
        if key in graph.steps:
            return key
    return None


# --- edges --------------------------------------------------------------------------------------------------------


def _referrers_after(graph: _Graph, changes: Mapping[Address, Change], around: Surroundings) -> None:
    for key, change in graph.steps.items():
        graph.needs[key].update(change.needs)
    for address, change in changes.items():
        if change.after is None:
            continue
        made = _made(graph, address)
        for target in around.references.get(address, ()):
            other = _made(graph, target)
            if made and other:
                graph.need(made, other)


def _prior_references(bound: Bound | None, offer: Offer) -> Iterable[Address]:
    for path in offer.ref_paths if bound else ():
        value = bound.attributes.get(path) if bound else None
        for item in value if isinstance(value, list) else [value]:
            if isinstance(item, str):
                yield Address.parse(item)


def _deletes_after_referrers(graph: _Graph, changes: Mapping[Address, Change], around: Surroundings) -> None:
    for address, change in changes.items():
        if change.action in (Action.FORGET, Action.CONFLICT, Action.UNKNOWN):
            continue
        for target in _prior_references(around.bound.get(address), around.offers[address]):
            leaving = changes.get(target)
            if leaving is None or leaving.action not in (Action.DELETE, Action.REPLACE):
                continue
            gone = _gone(graph, target)
            referrer = _gone(graph, address)
            delete_first = f"{target}#{Step.CREATE}" in graph.steps and gone in graph.needs[f"{target}#{Step.CREATE}"]
            removed = change.action in (Action.DELETE, Action.REPLACE)
            if gone and referrer and (removed or not delete_first):
                graph.need(gone, referrer)


def _joins_before_leaves(graph: _Graph, changes: Mapping[Address, Change]) -> None:
    joined: dict[str, list[str]] = {}
    for address, change in changes.items():
        if change.action in JOINS:
            joined.setdefault(address.declaration, []).append(change.key)
    for address, change in changes.items():
        if change.action is Action.DELETE:
            for key in joined.get(address.declaration, ()):
                graph.need(change.key, key)


@dataclass(frozen=True)
class _Wait:
    """A handover as an edge: ``taker`` needs ``giver``, both keys."""

    giver: str
    taker: str
    handover: Handover


def _wait(graph: _Graph, handover: Handover) -> _Wait | None:
    giver, taker = _gone(graph, handover.giver), _made(graph, handover.taker)
    if giver is None or taker is None or giver == taker:
        return None
    graph.need(taker, giver)
    return _Wait(giver, taker, handover)


# --- rings --------------------------------------------------------------------------------------------------------


def _break_rings(graph: _Graph, waits: list[_Wait], around: Surroundings) -> None:
    used: set[tuple[str, str, Value]] = set()
    while (ring := _ring(graph)) is not None:
        edges = set(pairwise(ring))
        candidates = sorted(
            (wait for wait in waits if (wait.giver, wait.taker) in edges and _parkable(graph, wait, around)),
            key=lambda wait: (wait.giver, wait.handover.path),
        )
        if candidates:
            _park(graph, waits, candidates[0], around, used)
        else:
            _give_up(graph, ring)


def _ring(graph: _Graph) -> list[str] | None:
    """A ring as a list of keys in the order in which each must come before the next; None where there is none."""
    try:
        TopologicalSorter({key: sorted(needs) for key, needs in sorted(graph.needs.items())}).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        return ring
    return None


def _parkable(graph: _Graph, wait: _Wait, around: Surroundings) -> bool:
    giver = graph.steps[wait.giver]
    offer = around.offers[giver.address]
    in_place = giver.action in (Action.UPDATE, Action.ADOPT) and giver.step is None
    return in_place and not (offer.key_is_id and wait.handover.path in offer.key_paths)


def _park(
    graph: _Graph,
    waits: list[_Wait],
    chosen: _Wait,
    around: Surroundings,
    used: set[tuple[str, str, Value]],
) -> None:
    """Adds the giver's parking step; whoever waited for its value waits for that step instead."""
    giver = graph.steps[chosen.giver]
    path = chosen.handover.path
    offer = around.offers[giver.address]
    value = _parking_value(giver.address, offer.specs[path], around, used)
    before = dict(giver.before or {})
    step = replace(
        giver,
        action=Action.UPDATE,
        step=Step.PARK,
        after={**before, path: value},
        fields=(FieldChange(path, before.get(path), value),),
        reasons=(),
        moved_from=None,
    ).because("parked", f"others need its `{path}` before it can take its new one: it waits on a free value")
    graph.add(step)
    graph.needs[giver.key].add(step.key)
    for wait in waits:
        if wait.giver == giver.key and wait.handover.path == path:
            graph.needs[wait.taker].discard(giver.key)
            graph.needs[wait.taker].add(step.key)


def _parking_value(address: Address, spec: FieldSpec, around: Surroundings, used: set[tuple[str, str, Value]]) -> Value:
    """Null where the field may be empty, else the first free value from the top (design section 4, Order)."""
    if spec.nullable:
        return None
    for value in _candidates(spec):
        mark = (address.connection, address.kind, value)
        if mark not in used and not around.in_use(address, spec.path, value):
            used.add(mark)
            return value
    raise AssertionError(f"no free value to park {address} on")


def _candidates(spec: FieldSpec) -> Iterable[str]:
    digits = spec.unique.digits if spec.unique else None
    if digits is not None:
        return (str(number) for number in range(10**digits - 1, 0, -1))
    if spec.path.rpartition(".")[2] == "email":
        return (f"parked{number}@parked.invalid" for number in PARKED)
    return (f"parked{number}" for number in PARKED)


def _give_up(graph: _Graph, ring: list[str]) -> None:
    """A ring that parking cannot break: its members are conflicts and need nothing any more."""
    text = " → ".join(ring)
    for key in set(ring):
        change = graph.steps[key]
        graph.steps[key] = replace(change, fields=(), after=None).becomes(
            Action.CONFLICT, "ring", f"each of these waits for the next: {text}; exchange their other fields instead"
        )
        graph.needs[key] = {need for need in graph.needs[key] if need not in ring}


# --- the order ----------------------------------------------------------------------------------------------------


def _sorted(graph: _Graph) -> tuple[Change, ...]:
    """All steps, each after its needs, the alphabetically first of those that are ready next."""
    sorter = TopologicalSorter(graph.needs)
    sorter.prepare()
    ready = list(sorter.get_ready())
    heapq.heapify(ready)
    done: list[Change] = []
    while ready:
        key = heapq.heappop(ready)
        done.append(replace(graph.steps[key], needs=tuple(sorted(graph.needs[key]))))
        sorter.done(key)
        for following in sorter.get_ready():
            heapq.heappush(ready, following)
    return tuple(done)
