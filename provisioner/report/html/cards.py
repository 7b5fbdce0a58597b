"""Which changes of a plan are shown together, and in which part of the page: all of one address is one card."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby

from provisioner.address import Address
from provisioner.plan.document import BLOCKING, Action, Change, Plan, Step
from provisioner.report.changes import is_drastic, is_half, place_of, rank_of


@dataclass(frozen=True)
class Card:
    """One address with its changes, in the plan's order: a parking step and the change, or a replace's two steps."""

    address: Address
    changes: tuple[Change, ...]

    @cached_property
    def main(self) -> Change:
        """The change that says what becomes of it: of a replace the step that deletes, never a parking step."""
        deleting = [change for change in self.changes if change.step is Step.DELETE]
        return (deleting or [change for change in self.changes if change.step is not Step.PARK] or self.changes)[-1]

    @property
    def halves(self) -> tuple[Change, ...]:
        """The steps of a replace."""
        return tuple(change for change in self.changes if is_half(change))

    @property
    def others(self) -> tuple[Change, ...]:
        """The changes that are not steps of a replace."""
        return tuple(change for change in self.changes if not is_half(change))

    @property
    def action(self) -> Action:
        return self.main.action

    @property
    def place(self) -> tuple[str, str]:
        """The connection and the kind."""
        return place_of(self.main)

    @cached_property
    def drastic(self) -> bool:
        """True for what takes an entity away or brings one back."""
        return any(map(is_drastic, self.changes))

    @property
    def blocked(self) -> bool:
        """True for what refuses the plan."""
        return any(change.action in BLOCKING for change in self.changes)


def cards_of(plan: Plan) -> tuple[Card, ...]:
    """Every address of the plan, by connection and kind, within these what destroys first, then by key."""
    found: dict[Address, list[Change]] = {}
    for change in plan.changes:
        found.setdefault(change.address, []).append(change)
    cards = [Card(address, tuple(changes)) for address, changes in found.items()]
    return tuple(sorted(cards, key=lambda card: (*card.place, rank_of(card.main), card.address.key)))


def by_place(cards: Iterable[Card]) -> Iterable[tuple[tuple[str, str], list[Card]]]:
    """Cards in the order of ``cards_of`` with the connection and the kind that they share."""
    return ((place, list(group)) for place, group in groupby(cards, key=lambda card: card.place))


@dataclass(frozen=True)
class Waiting:
    """Who waits for whom, by address; none for itself, all sorted.

    ``needs`` is all of it. ``first`` and ``then`` are what a card tells of what must be done before and after it: for
    which step of another, if not for all of it. What the steps of a card say themselves is left out.
    """

    needs: Mapping[Address, Sequence[Address]]
    first: Mapping[Address, Sequence[tuple[Address, Step | None]]]
    then: Mapping[Address, Sequence[Address]]


def waiting_of(cards: Iterable[Card]) -> Waiting:
    """What the order of the plan comes from."""
    cards = tuple(cards)
    changes = {change.key: change for card in cards for change in card.changes}
    needs: dict[Address, set[Address]] = {}
    first: dict[Address, set[tuple[Address, Step | None]]] = {}
    then: dict[Address, set[Address]] = {}
    for change in changes.values():
        for other in (changes[key] for key in change.needs if key in changes):
            if other.address == change.address:
                continue
            needs.setdefault(change.address, set()).add(other.address)
            if not is_half(change):
                first.setdefault(change.address, set()).add((other.address, other.step))
            if other.step is not Step.PARK:
                then.setdefault(other.address, set()).add(change.address)
    return Waiting(
        {address: sorted(found) for address, found in sorted(needs.items())},
        {address: sorted(found, key=lambda one: (one[0], one[1] or "")) for address, found in first.items()},
        {address: sorted(found) for address, found in then.items()},
    )
