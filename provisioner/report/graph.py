"""What needs what, as text or for Graphviz: declarations and their references, or a plan's changes and their order.

::

    alerts.backlog@pbx          each node in alphabetical order, or in the plan's
      queues.support@pbx        what it needs, further in
      supervisors.sam@pbx
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from provisioner.plan.desired import Desired
from provisioner.plan.document import Plan
from provisioner.report.escape import harmless


@dataclass(frozen=True)
class Graph:
    """Nodes with their labels, in the order in which they are shown, and what each of them needs."""

    labels: Mapping[str, str]
    needs: Mapping[str, tuple[str, ...]]


def of_declarations(desired: Desired) -> Graph:
    """Every instance and those that it refers to; a reference to an entity that nobody declares is no edge."""
    addresses = sorted(desired.instances)
    needs = {
        str(address): {str(target) for targets in desired.instances[address].references.values() for target in targets}
        for address in addresses
    }
    return _graph({str(address): str(address) for address in addresses}, needs)


def of_plan(plan: Plan) -> Graph:
    """Every change of a plan, in its order, and those that must be done first."""
    labels = {change.key: f"{change.key} ({change.action})" for change in plan.changes}
    return _graph(labels, {change.key: set(change.needs) for change in plan.changes})


def _graph(labels: Mapping[str, str], needs: Mapping[str, Collection[str]]) -> Graph:
    return Graph(labels, {name: tuple(sorted(set(needs[name]) & labels.keys())) for name in labels})


def text(graph: Graph) -> str:
    """A line for each node, and below it those that it needs."""
    return "".join(f"{harmless(line)}\n" for line in _text_lines(graph))


def _text_lines(graph: Graph) -> Iterator[str]:
    for name, label in graph.labels.items():
        yield label
        for needed in graph.needs[name]:
            yield f"  {graph.labels[needed]}"


def dot(graph: Graph) -> str:
    """The graph in Graphviz' language; an arrow leads to what is needed."""
    lines = ["digraph provisioner {", "  rankdir = LR;", "  node [shape = box];"]
    for name, label in graph.labels.items():
        lines.append(f"  {_quoted(name)} [label = {_quoted(label)}];")
    for name, needed in graph.needs.items():
        lines += [f"  {_quoted(name)} -> {_quoted(other)};" for other in needed]
    return "".join(f"{line}\n" for line in [*lines, "}"])


def _quoted(label: str) -> str:
    """Text between double quotes: Graphviz knows escapes of its own (``\\N``), so a backslash is doubled."""
    return '"' + harmless(label).replace("\\", "\\\\").replace('"', '\\"') + '"'
