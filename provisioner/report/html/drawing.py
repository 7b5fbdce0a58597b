"""The graph as SVG, each change a link to its fold, and the same in words for whom a drawing says nothing."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from html import escape
from typing import Final

from provisioner.address import Address
from provisioner.plan.called import called
from provisioner.plan.document import Action
from provisioner.report.changes import LOOKS
from provisioner.report.fields import MOST_OF_A_NAME, plain
from provisioner.report.html.cards import Card
from provisioner.report.html.layers import Place, placed
from provisioner.report.html.neighbours import Neighbourhood, Node, Relation
from provisioner.report.html.words import items
from provisioner.report.kind_words import many_of

WIDTH: Final = 224
HEIGHT: Final = 44
COLUMN: Final = WIDTH + 72
ROW: Final = HEIGHT + 14
MARGIN: Final = 12
BACK: Final = HEIGHT * 3 // 4
"""How far below the upper edge of a box arrows begin and end that lead back."""

LONGEST_TITLE: Final = 27
LONGEST_DETAIL: Final = 31
MOST_SENTENCES: Final = 300

_KINDS_OF_EDGE: Final = {Relation.REFERS: "refers", Relation.NO_LONGER: "leaves", Relation.WAITS: "waits"}


def drawing(graph: Neighbourhood, names: Mapping[Address, str]) -> str:
    """The graph as one SVG element; nothing in it needs a style sheet to be understood."""
    numbers = {node: number for number, node in enumerate(graph.nodes)}
    edges = [(numbers[source], numbers[target], relation) for source, target, relation in graph.edges]
    places = placed(len(graph.nodes), {(source, target) for source, target, _ in edges})
    tallest = max((place.rows for place in places), default=0)
    corners = [_corner(place, tallest) for place in places]
    width = max((x for x, _ in corners), default=0) + WIDTH + MARGIN
    height = tallest * ROW + 2 * MARGIN
    lines = "".join(
        f'<path class="{_KINDS_OF_EDGE[relation]}" data-from="{source}" data-to="{target}" '
        f'd="{_line(corners[source], corners[target])}"/>'
        for source, target, relation in edges
    )
    boxes = "".join(_box(node, corners[number], number, names) for number, node in enumerate(graph.nodes))
    return (
        f'<svg id="drawing" role="group" aria-labelledby="drawing-title drawing-says" width="{width}" '
        f'height="{height}" viewBox="0 0 {width} {height}">'
        '<title id="drawing-title">What changes, and what is connected with it</title>'
        '<desc id="drawing-says">Each box is a link to its change. An arrow leads to what is referred to or waited for.'
        f" The same stands below in words.</desc><g>{lines}</g>{boxes}</svg>"
    )


def _corner(place: Place, tallest: int) -> tuple[int, int]:
    """The upper left corner of a box; columns that are less tall are centred."""
    return MARGIN + place.column * COLUMN, MARGIN + place.row * ROW + (tallest - place.rows) * ROW // 2


def _line(source: tuple[int, int], target: tuple[int, int]) -> str:
    """A curve from the side of a box to the side of another that faces it, with its arrow's head.

    What leads back runs below what leads on; within a column it goes around on the right.
    """
    if target[0] > source[0]:
        return _curve((source[0] + WIDTH, source[1] + HEIGHT // 2), (target[0], target[1] + HEIGHT // 2), 1, 1)
    leaves = source[0] if target[0] < source[0] else source[0] + WIDTH
    way = -1 if target[0] < source[0] else 1
    return _curve((leaves, source[1] + BACK), (target[0] + WIDTH, target[1] + BACK), way, -1)


def _curve(start: tuple[int, int], end: tuple[int, int], leaves: int, arrives: int) -> str:
    """A curve that leaves and arrives to the right (1) or to the left (-1), and its head."""
    (x, y), (to_x, to_y) = start, end
    head = f"M{to_x - 8 * arrives} {to_y - 4}L{to_x - arrives} {to_y}L{to_x - 8 * arrives} {to_y + 4}"
    return f"M{x} {y}C{x + 36 * leaves} {y} {to_x - 36 * arrives} {to_y} {to_x - arrives} {to_y}{head}"


def _box(node: Node, corner: tuple[int, int], number: int, names: Mapping[Address, str]) -> str:
    x, y = corner
    title, detail = _lines(node, names)
    inside = (
        f'<rect x="{x}" y="{y}" width="{WIDTH}" height="{HEIGHT}" rx="4"/>'
        f'<text x="{x + 10}" y="{y + 18}" class="title">{escape(_cut(title, LONGEST_TITLE))}</text>'
        f'<text x="{x + 10}" y="{y + 35}">{escape(_cut(detail, LONGEST_DETAIL))}</text>'
    )
    label = escape(_label(node, names))
    kind = f"node {node.action or 'unchanged'}"
    if node.action is None:
        return f'<g class="{kind}" data-node="{number}" role="img" aria-label="{label}">{inside}</g>'
    return f'<a class="{kind}" data-node="{number}" href="#{_anchor(node)}" aria-label="{label}">{inside}</a>'


def _anchor(node: Node) -> str:
    return str(node.address) if node.address else f"{node.kind}@{node.connection}"


def _lines(node: Node, names: Mapping[Address, str]) -> tuple[str, str]:
    """What stands in a box: sign, verb and name, and below the address."""
    sign, verb = _sign(node)
    if node.address is None:
        return f"{sign} {node.count} {verb}", f"{many_of(node.kind)} on {node.connection}"
    name = names.get(node.address, node.address.key)
    return f"{sign} {verb} {name}", str(node.address)


def _sign(node: Node) -> tuple[str, str]:
    if node.action is None:
        return "=", "unchanged"
    look = LOOKS[Action(node.action)]
    return look.sign, look.verb if node.address else look.counted


def _label(node: Node, names: Mapping[Address, str]) -> str:
    """What a screen reader says of a box."""
    _, verb = _sign(node)
    if node.address is None:
        return f"{many_of(node.kind)} on {node.connection}: {node.count} {verb}"
    name = names.get(node.address)
    return f"{node.address}{f', {name}' if name else ''}: {verb}"


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 3]}..."


def names_in(cards: Iterable[Card]) -> dict[Address, str]:
    """What people call each of them, where its attributes say so."""
    found = {card.address: next(called(card.main.attributes), "") for card in cards}
    return {address: plain(name, MOST_OF_A_NAME) for address, name in found.items() if name}


def in_words(graph: Neighbourhood, names: Mapping[Address, str]) -> str:
    """Each node that leads anywhere with what it leads to, as a list."""
    return items(list(_sentences(graph, names)))


def _sentences(graph: Neighbourhood, names: Mapping[Address, str]) -> Iterator[str]:
    told: dict[Node, dict[Relation, list[str]]] = {}
    for (source, target, relation), count in graph.edges.items():
        who = escape(_label(target, names))
        several = f" ({count} times)" if count > 1 else ""
        told.setdefault(source, {}).setdefault(relation, []).append(f"{who}{several}")
    for source, relations in list(told.items())[:MOST_SENTENCES]:
        does = "; ".join(f"{relation} {', '.join(targets)}" for relation, targets in relations.items())
        yield f"<b>{escape(_label(source, names))}</b> {does}"
    if len(told) > MOST_SENTENCES:
        yield f"and {len(told) - MOST_SENTENCES} more"
