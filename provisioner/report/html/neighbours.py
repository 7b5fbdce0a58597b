"""What changes and what is beside it, as nodes and edges: few enough to be drawn, whatever the plan.

An edge leads to what is referred to, or waited for::

    queues.support@pbx  ── refers to ─────────▶  agents.jane@pbx      as it will be
    queues.support@pbx  ── no longer refers to ▶  agents.old@pbx      as it is, and will not be
    agents.rick@pbx     ── waits for ─────────▶  agents.jane@pbx      by the plan's order alone
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from provisioner.address import Address
from provisioner.plan.document import Plan
from provisioner.plan.schema_words import ADDRESS
from provisioner.report.html.cards import Card, Waiting
from provisioner.values import Attributes, Value

MOST_NODES: Final = 150
"""Beyond so many nobody reads a drawing: then only what is drastic is drawn by itself."""

MOST_ALONE: Final = 60
"""Up to so many drastic ones are drawn by themselves where the rest is drawn in groups."""

_ADDRESS: Final = re.compile(ADDRESS)
"""What ``Address.parse`` takes."""


class Relation(StrEnum):
    """What an edge says, in the words of a sentence."""

    REFERS = "refers to"
    NO_LONGER = "no longer refers to"
    WAITS = "waits for"


@dataclass(frozen=True, order=True, slots=True)
class Node:
    """One address, or many of a connection and kind that have the same done to them.

    ``action`` is None for what does not change; ``address`` is None for a group, ``count`` how many it stands for.
    """

    connection: str
    kind: str
    action: str | None
    address: Address | None
    count: int = 1


@dataclass(frozen=True)
class Neighbourhood:
    """The nodes, sorted, and the edges between them: of which kind, and how many each stands for.

    ``alone`` of ``whole`` addresses are drawn by themselves.
    """

    nodes: tuple[Node, ...]
    edges: Mapping[tuple[Node, Node, Relation], int]
    alone: int
    whole: int


def neighbourhood(plan: Plan, cards: Sequence[Card], waiting: Waiting) -> Neighbourhood:
    """The graph of the plan."""
    relations = dict(_relations(cards, waiting, _connections(plan)))
    by_address = {str(card.address): card for card in cards}
    beside = {target for _, target in relations} - by_address.keys()
    whole = len(cards) + len(beside)
    alone = {*by_address, *beside} if whole <= MOST_NODES else _drastic(cards)
    node_of = _nodes([*by_address, *sorted(beside)], by_address, alone)
    edges: Counter[tuple[Node, Node, Relation]] = Counter()
    for (source, target), relation in relations.items():
        if node_of[source] is not node_of[target]:
            edges[node_of[source], node_of[target], relation] += 1
    nodes = sorted(set(node_of.values()), key=_reading_order)
    return Neighbourhood(tuple(nodes), dict(sorted(edges.items(), key=_edge_order)), len(alone), whole)


def _reading_order(node: Node) -> tuple[str, str, str, str]:
    return node.connection, node.kind, node.action or "", node.address.key if node.address else ""


def _edge_order(item: tuple[tuple[Node, Node, Relation], int]) -> tuple[object, ...]:
    source, target, relation = item[0]
    return *_reading_order(source), *_reading_order(target), relation


def _connections(plan: Plan) -> frozenset[str]:
    return frozenset(plan.accounts) | {change.address.connection for change in plan.changes}


def _drastic(cards: Iterable[Card]) -> set[str]:
    """Those that are deleted, replaced, or brought back; none where that is too much as well."""
    found = {str(card.address) for card in cards if card.drastic}
    return found if len(found) <= MOST_ALONE else set()


def _nodes(addresses: Collection[str], cards: Mapping[str, Card], alone: Collection[str]) -> dict[str, Node]:
    """Each address' node: its own, or the one that stands for its group."""
    sizes = Counter(_group(address, cards) for address in addresses if address not in alone)
    shared = {group: Node(*group, None, size) for group, size in sizes.items()}
    return {
        address: Node(*group, Address.parse(address)) if address in alone else shared[group]
        for address in addresses
        for group in (_group(address, cards),)
    }


def _group(address: str, cards: Mapping[str, Card]) -> tuple[str, str, str | None]:
    """The connection, the kind, and what is done."""
    if address in cards:
        return *cards[address].place, str(cards[address].action)
    return address.rpartition("@")[2], address.partition(".")[0], None


def _relations(
    cards: Iterable[Card], waiting: Waiting, connections: Collection[str]
) -> Iterator[tuple[tuple[str, str], Relation]]:
    """One for each pair: what is said of references wins over the mere order, in whichever direction that runs."""
    told: set[tuple[str, str]] = set()
    for card in cards:
        source = str(card.address)
        before, after = _references(card, connections)
        for relation, targets in ((Relation.REFERS, after), (Relation.NO_LONGER, before - after)):
            for target in sorted(targets):
                told.add((source, target))
                yield (source, target), relation
    for address, first in waiting.needs.items():
        for other in first:
            pair = str(address), str(other)
            if pair not in told and pair[::-1] not in told:
                yield pair, Relation.WAITS


def _references(card: Card, connections: Collection[str]) -> tuple[set[str], set[str]]:
    """To whom it refers as it is and as it will be, itself apart."""
    before, after = set[str](), set[str]()
    for change in card.changes:
        before.update(references(change.before, connections))
        after.update(references(change.after, connections))
    itself = {str(card.address)}
    return before - itself, after - itself


def references(attributes: Attributes | None, connections: Collection[str]) -> Iterator[str]:
    """The addresses in values, on connections that the plan knows."""
    waiting: list[Value] = list((attributes or {}).values())
    for value in waiting:  # grows on the way, by what lists and maps hold
        if isinstance(value, str):
            if value.rpartition("@")[2] in connections and _ADDRESS.fullmatch(value):
                yield value
        elif isinstance(value, list):
            waiting += value
        elif isinstance(value, dict):
            waiting += value.values()
