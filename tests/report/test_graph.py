"""What needs what, as text and as DOT."""

from __future__ import annotations

import random

from provisioner.report.graph import Graph, dot, of_plan, text
from tests.report.factories import a_change, a_plan

GRAPH = Graph({"b": "b", "a": "a"}, {"b": ("a",), "a": ()})


def test_text_shows_what_a_node_needs_below_it() -> None:
    """In the order of the nodes."""
    assert text(GRAPH) == "b\n  a\na\n"


def test_dot_has_an_arrow_to_what_is_needed() -> None:
    """And every node, whether it has arrows or not."""
    assert dot(GRAPH).splitlines()[3:] == ['  "b" [label = "b"];', '  "a" [label = "a"];', '  "b" -> "a";', "}"]


def test_labels_cannot_break_out() -> None:
    """Quotes, backslashes and control characters are spelt out."""
    graph = Graph({'x"; evil \\N\n': 'x"; evil \\N\n'}, {'x"; evil \\N\n': ()})

    assert '"x\\"; evil \\\\N\\\\n"' in dot(graph)
    assert len(text(graph).splitlines()) == 1


def test_the_order_of_needs_says_nothing() -> None:
    """Two plans that need the same in another order look the same."""
    needs = [f"agents.a{number}@pbx" for number in range(5)]
    others = [a_change(need) for need in needs]
    shuffled = random.Random(1).sample(needs, 5)  # noqa: S311 (test material)

    one = of_plan(a_plan(*others, a_change("alerts.x@pbx", needs=tuple(needs))))
    two = of_plan(a_plan(*others, a_change("alerts.x@pbx", needs=tuple(shuffled))))

    assert text(one) == text(two)
    assert "alerts.x@pbx (update)\n  agents.a0@pbx (update)" in text(one)
