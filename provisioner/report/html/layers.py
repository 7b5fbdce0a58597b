"""Where each node of a graph is drawn: in columns by who needs whom, so that edges cross little; the same each time.

A node stands left of all that it leads to (longest path), except where edges run in a ring; what has no edge stands
right of all. Within a column nodes are
ordered by where their neighbours are (barycentre), a few sweeps to and fro. A column that would be too tall is broken
into several.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

SWEEPS: Final = 4
MOST_ROWS: Final = 16


@dataclass(frozen=True, slots=True)
class Place:
    """Column and row, counted from 0 at the top left; ``rows`` is how many its column has."""

    column: int
    row: int
    rows: int


def placed(nodes: int, edges: Collection[tuple[int, int]]) -> tuple[Place, ...]:
    """The place of every node; nodes are numbers from 0 on, in the order that decides where nothing else does."""
    leads_to: list[list[int]] = [[] for _ in range(nodes)]
    near: list[list[int]] = [[] for _ in range(nodes)]
    for source, target in sorted(edges):
        leads_to[source].append(target)
        near[source].append(target)
        near[target].append(source)
    depths = _depths(leads_to)
    columns: list[list[int]] = [[] for _ in range(max(depths, default=0) + 2)]
    for node, depth in enumerate(depths):
        columns[-2 - depth if near[node] else -1].append(node)
    _sweep(columns, near)
    found: dict[int, Place] = {}
    for number, rows in enumerate(_broken(columns)):
        found |= {node: Place(number, row, len(rows)) for row, node in enumerate(rows)}
    return tuple(found[node] for node in range(nodes))


def _depths(leads_to: Sequence[Sequence[int]]) -> list[int]:
    """For each node the longest way to one that leads nowhere; an edge that closes a ring counts for nothing."""
    depths: dict[int, int] = {}
    for start in range(len(leads_to)):
        path, entered = [start], {start}
        while path:
            node = path[-1]
            ahead = next((other for other in leads_to[node] if other not in depths and other not in entered), None)
            if ahead is not None:
                path.append(ahead)
                entered.add(ahead)
                continue
            path.pop()
            if node not in depths:
                depths[node] = max((depths[other] + 1 for other in leads_to[node] if other in depths), default=0)
    return [depths[node] for node in range(len(leads_to))]


def _sweep(columns: list[list[int]], near: Sequence[Sequence[int]]) -> None:
    """Orders each column by the middle of its neighbours, from left to right and back."""
    height = {node: float(row) for rows in columns for row, node in enumerate(rows)}
    for sweep in range(SWEEPS):
        for rows in columns if sweep % 2 == 0 else reversed(columns):
            middle = {node: _middle(node, near, height) for node in rows}
            rows.sort(key=lambda node: (middle[node], node))
            height |= {node: float(row) for row, node in enumerate(rows)}


def _middle(node: int, near: Sequence[Sequence[int]], height: Mapping[int, float]) -> float:
    neighbours = near[node]
    return sum(height[other] for other in neighbours) / len(neighbours) if neighbours else height[node]


def _broken(columns: Sequence[Sequence[int]]) -> list[Sequence[int]]:
    """The columns, those that are too tall in pieces of about the same height."""
    found: list[Sequence[int]] = []
    for rows in filter(None, columns):
        pieces = -(-len(rows) // MOST_ROWS)
        size = -(-len(rows) // pieces)
        found += [rows[start : start + size] for start in range(0, len(rows), size)]
    return found
