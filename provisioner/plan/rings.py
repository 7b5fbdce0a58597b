"""How rings are broken: two agents swap numbers, and neither can go first.

One of them is *parked*: a step of its own clears the field, or sets it to a free value, so that the others can go
ahead. Rings that parking cannot break become conflicts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from graphlib import CycleError, TopologicalSorter
from itertools import pairwise

from pydantic import TypeAdapter, ValidationError

from provisioner.address import Address
from provisioner.plan.document import ABSENT, Action, Change, FieldChange, Maybe, Step
from provisioner.plan.graph import Graph, Wait
from provisioner.values import Value
from provisioner.vendors.base import Offer
from provisioner.vendors.fields import FieldSpec, Mark

PARKED = range(9999, 0, -1)
PARKABLE = (Action.UPDATE, Action.ADOPT)
"""What can be parked, the better first: a parked adopt is bound only after its parking."""

OF_SECRETS = frozenset({"sent_again", "stays_blank", "blanks"})
"""The reasons of a change that its parking step has, too: what is sent or blanked is so from that step on."""


FIXED = "exchange their other fields instead"
ANEW = (
    "these cannot be changed in place: `provisioner state rm` each of them, and the next plan finds each anew, "
    "by the key that it declares"
)
ONE_BY_ONE = (
    "these cannot be changed in place: take them out of the manifests for one apply, which deletes them, "
    "and have the next one create them"
)
FULL = "no free value is left for one of them to wait on; hand them on in two steps, through a value of your own"


def break_rings(
    graph: Graph,
    waits: Iterable[Wait],
    offers: Mapping[Address, Offer],
    in_use: Callable[[Address, str, Value], bool],
) -> None:
    """Changes the graph until it has no ring; each knot of rings is looked at by itself."""
    knots = list(_knots(graph.needs))
    if not knots:
        return
    breaker = _Breaker(graph, offers, in_use)
    for wait in waits:
        breaker.waits.setdefault(wait.giver, []).append(wait)
    for knot in knots:
        breaker.untie(knot)


@dataclass
class _Breaker:
    graph: Graph
    offers: Mapping[Address, Offer]
    in_use: Callable[[Address, str, Value], bool]
    waits: dict[str, list[Wait]] = field(default_factory=dict)
    used: set[tuple[str, str, str, Value]] = field(default_factory=set)

    def untie(self, knot: set[str]) -> None:
        """Breaks the rings among a few steps, one after the other."""
        while (ring := _ring(self.graph, knot)) is not None:
            candidates = [
                wait for giver, taker in pairwise(ring) for wait in self.waits.get(giver, ()) if wait.taker == taker
            ]
            candidates = sorted(filter(self._parkable, candidates), key=self._preference)
            if not any(self._park(wait) for wait in candidates):
                self._give_up(ring, knot, FULL if candidates else self._other_way(ring))

    def _other_way(self, ring: list[str]) -> str:
        """What a person can do about a ring of what cannot be parked."""
        replaced = [key for key in ring if self.graph.steps[key].action is Action.REPLACE]
        offers = [self.offers[self.graph.steps[key].address] for key in replaced]
        handed = {wait.handover.path for key in ring for wait in self.waits.get(key, ()) if wait.taker in ring}
        if not offers or any(offer.key_is_id for offer in offers):
            return FIXED
        by_key = all(offer.readable and handed <= set(offer.key_paths) for offer in offers)
        return ANEW if by_key else ONE_BY_ONE

    def _parkable(self, wait: Wait) -> bool:
        giver = self.graph.steps[wait.giver]
        offer = self.offers[giver.address]
        in_place = giver.action in PARKABLE and giver.step is None
        return in_place and not (offer.key_is_id and wait.handover.path in offer.key_paths)

    def _preference(self, wait: Wait) -> tuple[int, str, str]:
        return PARKABLE.index(self.graph.steps[wait.giver].action), wait.giver, wait.handover.path

    def _park(self, chosen: Wait) -> bool:
        """Adds the giver's parking step; whoever waited for its value waits for that. False where no value is free."""
        giver, path = self.graph.steps[chosen.giver], chosen.handover.path
        value = self._parking_value(giver.address, self.offers[giver.address].specs[path])
        if value is ABSENT:
            return False
        step = self._parking_step(giver, path, value)
        self.graph.add(step)
        self.graph.need(giver.key, step.key)
        waits = self.waits[giver.key]
        handed = {wait.taker for wait in waits if wait.handover.path == path}
        still = {wait.taker for wait in waits if wait.handover.path != path}
        for taker in handed:
            self.graph.need(taker, step.key)
            if taker not in still:
                self.graph.needs[taker].discard(giver.key)
        self.waits[giver.key] = [wait for wait in waits if wait.handover.path != path]
        return True

    def _parking_step(self, giver: Change, path: str, value: Value) -> Change:
        """The step that puts a field on a free value, with the secrets that every write of the entity must carry.

        Where another field of it is parked already, that very step with this one.
        """
        offer, before = self.offers[giver.address], giver.before or {}
        carried = {name: one for name, one in (giver.after or {}).items() if offer.specs[name].has(Mark.BLANKED)}
        fields = tuple(item for item in giver.fields if item.path in carried)
        step = replace(
            giver,
            action=Action.UPDATE,
            step=Step.PARK,
            after={**before, **carried},
            fields=fields,
            reasons=tuple(reason for reason in giver.reasons if reason.code in OF_SECRETS),
            moved_from=None,
            needs=(),
        )
        step = self.graph.steps.get(step.key, step)
        own = tuple(item for item in step.fields if not item.secret)
        return replace(
            step,
            after={**(step.after or {}), path: value},
            fields=(*own, FieldChange(path, before.get(path), value), *fields),
            reasons=tuple(reason for reason in step.reasons if reason.code in OF_SECRETS),
        ).because("parked", f"others need its `{path}` before it can take its new one: it waits on a free value")

    def _parking_value(self, address: Address, spec: FieldSpec) -> Maybe:
        """Null where the field may be empty, else the first free value from the top (design section 4, Order).

        ABSENT where none is left.
        """
        if spec.nullable:
            return None
        fits = _fitting(self.offers[address], spec.path)
        for value in _candidates(spec):
            mark = (address.connection, address.kind, spec.path, value)
            if mark not in self.used and not self.in_use(address, spec.path, value) and fits(value):
                self.used.add(mark)
                return value
        return ABSENT

    def _give_up(self, ring: list[str], knot: set[str], why: str) -> None:
        """Its members become conflicts, whole, and need nothing any more."""
        text = f"each of these waits for the next: {' → '.join(ring)}; {why}"
        for address in sorted({self.graph.steps[key].address for key in ring}):
            self._collapse(address, text, knot)

    def _collapse(self, address: Address, text: str, knot: set[str]) -> None:
        """One conflict in place of all steps of an address."""
        steps = [
            key for step in (None, *Step) if (key := f"{address}#{step}" if step else str(address)) in self.graph.steps
        ]
        change = self.graph.steps[steps[0]]
        for key in steps:
            del self.graph.steps[key], self.graph.needs[key]
            knot.discard(key)
        conflict = _conflict(change, text)
        self.graph.add(conflict)
        for needs in self.graph.needs.values():
            if not needs.isdisjoint(steps):
                needs.difference_update(steps)
                needs.add(conflict.key)


def _conflict(change: Change, text: str) -> Change:
    return replace(
        change, fields=(), after=None, before=None, deleted=False, undeletes=False, step=None, needs=(), blanks=()
    ).becomes(Action.CONFLICT, "ring", text)


def _fitting(offer: Offer, path: str) -> Callable[[str], bool]:
    """Whether the vendor's model takes a value for a field: its length, its pattern."""
    infos = {info.alias or name: info for name, info in offer.fields.model_fields.items()}
    adapter: TypeAdapter[object] = TypeAdapter(infos[path].rebuild_annotation())

    def fits(value: str) -> bool:
        try:
            adapter.validate_python(value, strict=True)
        except ValidationError:
            return False
        return True

    return fits


def _candidates(spec: FieldSpec) -> Iterable[str]:
    digits = spec.unique.digits if spec.unique else None
    if digits is not None:
        return (str(number) for number in range(10**digits - 1, 0, -1))
    if spec.path.rpartition(".")[2] == "email":
        return (f"parked{number}@parked.invalid" for number in PARKED)
    return (f"parked{number}" for number in PARKED)


def _ring(graph: Graph, knot: set[str]) -> list[str] | None:
    """A ring as a list of keys in the order in which each must come before the next; None where there is none."""
    try:
        TopologicalSorter({key: sorted(graph.needs[key] & knot) for key in sorted(knot)}).prepare()
    except CycleError as error:
        ring: list[str] = error.args[1]
        return ring
    return None


def _knots(needs: Mapping[str, set[str]]) -> Iterator[set[str]]:
    """The steps that are part of rings or stand between two, in groups that have nothing to do with each other."""
    follows: dict[str, set[str]] = {key: set() for key in needs}
    for key, others in needs.items():
        for other in others:
            follows[other].add(key)
    left = _peeled(set(needs), needs, follows)
    left = _peeled(left, follows, needs)
    for start in sorted(left):
        if start in left:
            knot = {start}
            waiting = [start]
            while waiting:
                key = waiting.pop()
                near = ((needs[key] | follows[key]) & left) - knot
                knot |= near
                waiting += near
            left -= knot
            yield knot


def _peeled(keys: set[str], needs: Mapping[str, set[str]], follows: Mapping[str, set[str]]) -> set[str]:
    """What is left when whatever needs nothing is taken away, again and again."""
    counts = {key: len(needs[key] & keys) for key in keys}
    ready = [key for key, count in counts.items() if count == 0]
    while ready:
        for following in follows[ready.pop()] & counts.keys():
            counts[following] -= 1
            if counts[following] == 0:
                ready.append(following)
    return {key for key, count in counts.items() if count}
