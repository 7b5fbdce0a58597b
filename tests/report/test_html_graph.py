"""The graph of the HTML report: which nodes and edges it has, how they are placed, and how much it draws."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from benchmarks.large_plan import large_plan
from provisioner.plan.document import Action, Change, Plan
from provisioner.report.html import plan_html
from provisioner.report.html.cards import cards_of, waiting_of
from provisioner.report.html.drawing import COLUMN, WIDTH, drawing
from provisioner.report.html.layers import MOST_ROWS, placed
from provisioner.report.html.neighbours import MOST_NODES, Neighbourhood, Relation, neighbourhood
from tests.report.factories import a_change, a_field, a_plan
from tests.report.pages import lines_of


def graph_of(*changes: Change) -> Neighbourhood:
    return graph(a_plan(*changes))


def graph(plan: Plan) -> Neighbourhood:
    cards = cards_of(plan)
    return neighbourhood(plan, cards, waiting_of(cards))


def edges(found: Neighbourhood) -> set[tuple[str, str, Relation]]:
    return {(str(source.address), str(target.address), relation) for source, target, relation in found.edges}


def test_what_a_change_refers_to_is_beside_it_although_it_stays() -> None:
    """In the text alone, in lists, in maps, and in lists that are only added to."""
    found = graph_of(
        a_change(
            "queues.q@pbx",
            after={
                "overflow": "queues.other@pbx",
                "agents": ["agents.a@pbx", {"agent": "agents.b@pbx", "penalty": 1}],
                "supervisors": {"add": ["supervisors.s@pbx"]},
            },
        )
    )

    assert edges(found) == {
        ("queues.q@pbx", address, Relation.REFERS)
        for address in ("queues.other@pbx", "agents.a@pbx", "agents.b@pbx", "supervisors.s@pbx")
    }
    assert [node.action for node in found.nodes if str(node.address) != "queues.q@pbx"] == [None] * 4


def test_a_reference_that_goes_is_told_apart_from_one_that_stays() -> None:
    """A queue that loses somebody leads to them by another line."""
    found = graph_of(
        a_change(
            "queues.q@pbx", before={"agents": ["agents.a@pbx", "agents.b@pbx"]}, after={"agents": ["agents.b@pbx"]}
        )
    )

    assert edges(found) == {
        ("queues.q@pbx", "agents.a@pbx", Relation.NO_LONGER),
        ("queues.q@pbx", "agents.b@pbx", Relation.REFERS),
    }


def test_mere_order_is_an_edge_only_where_no_reference_says_more() -> None:
    """In either direction: a queue goes before the agents that it refers to."""
    found = graph_of(
        a_change("queues.q@pbx", Action.DELETE, before={"agents": ["agents.a@pbx"]}),
        a_change("agents.a@pbx", Action.DELETE, needs=("queues.q@pbx",)),
        a_change("agents.b@pbx", Action.CREATE, needs=("agents.a@pbx",)),
    )

    assert edges(found) == {
        ("queues.q@pbx", "agents.a@pbx", Relation.NO_LONGER),
        ("agents.b@pbx", "agents.a@pbx", Relation.WAITS),
    }


def test_text_that_looks_like_an_address_elsewhere_is_none() -> None:
    """An e-mail address is not drawn, nor is anything on a connection that the plan does not know."""
    found = graph_of(a_change("agents.a@pbx", after={"email": "jane.roe@example", "note": "agents.b@elsewhere"}))

    assert [str(node.address) for node in found.nodes] == ["agents.a@pbx"]


def test_what_leads_back_is_drawn_between_the_boxes() -> None:
    """The two arrows of an exchange run in the gap, the one back below the other; none runs behind a box."""
    found = graph_of(
        a_change("agents.a@pbx", after={"other": "agents.b@pbx"}),
        a_change("agents.b@pbx", after={"other": "agents.a@pbx"}),
    )

    curves = re.findall(r'd="M(\d+) (\d+)C[-\d ]+ (\d+) \d+M', drawing(found, {}))

    (on, back) = sorted(curves, key=lambda curve: int(curve[1]))
    assert int(on[2]) - int(on[0]) == COLUMN - WIDTH - 1
    assert (int(back[0]), int(back[2])) == (int(on[2]) + 1, int(on[0]) + 1)
    assert int(back[1]) > int(on[1])


def test_what_stays_goes_by_the_name_that_the_plan_knows() -> None:
    """The box of a neighbour, and the table of what is deleted; kinds are words, and what is counted are resources."""
    agents = a_field("agents", [], ["agents.a@pbx"], refers_to="agents@pbx", names={"agents.a@pbx": "Ann Lee"})
    rules = {"name": "Day", "agents": ["agents.a@pbx", "agents.b@pbx"], "email": "jane.roe@example"}
    page = plan_html(
        a_plan(
            a_change("queues.q@pbx", Action.UPDATE, agents, before={"agents": []}, after={"agents": ["agents.a@pbx"]}),
            a_change("capacity_rules.day@pbx", Action.DELETE, before=rules),
        )
    )
    said = lines_of(page)

    assert "= unchanged Ann Lee" in said
    assert "agents | [Ann Lee (a), b]" in said
    assert '"jane.roe@example"' in said
    assert "capacity rules on pbx" in said
    assert "capacity_rules on" not in said
    assert "The graph (4 resources)" in said


@pytest.mark.parametrize(("changes", "drastic"), [(200, 40), (2000, 0)])
def test_what_is_too_much_to_draw_stands_in_groups_and_nothing_is_lost(changes: int, drastic: int) -> None:
    """The drastic ones by themselves, unless they are too many; every other address is counted in one group."""
    found = graph(large_plan(changes))

    alone = [node for node in found.nodes if node.address]
    assert len(found.nodes) <= MOST_NODES
    assert sum(node.count for node in found.nodes) == found.whole
    assert {node.action for node in alone} <= {"delete", "undelete"}
    assert (len(alone), found.alone) == (drastic, drastic)


def test_the_order_of_the_plan_does_not_matter() -> None:
    """The same drawing, whichever way round the changes were found."""
    changes = [
        a_change(f"queues.q{number}@pbx", after={"agents": [f"agents.a{number % 7}@pbx", f"agents.a{number % 3}@pbx"]})
        for number in range(20)
    ]

    assert graph_of(*changes) == graph_of(*reversed(changes))


def test_whoever_needs_another_stands_left_of_it() -> None:
    """As far left as the longest way to what needs nothing; what has no edge stands right of all."""
    found = placed(5, {(0, 1), (1, 2), (0, 2), (3, 2)})

    assert [place.column for place in found] == [0, 1, 2, 1, 3]


def test_a_ring_is_drawn_too() -> None:
    """Two queues that overflow into each other."""
    found = placed(2, {(0, 1), (1, 0)})

    assert found[0].column != found[1].column


def test_neighbours_stand_at_the_same_height() -> None:
    """Edges cross as little as the barycentre can manage: here, not at all."""
    crossed = placed(6, {(0, 5), (1, 4), (2, 3)})

    assert [crossed[node].row for node in (0, 1, 2)] == [crossed[node].row for node in (5, 4, 3)]


def test_a_column_that_is_too_tall_is_broken() -> None:
    """Into several of about the same height."""
    found = placed(40, set())

    assert max(place.rows for place in found) <= MOST_ROWS
    assert {place.column for place in found} == {0, 1, 2}


@given(st.data())
def test_every_node_has_a_place_of_its_own_and_edges_lead_right(data: st.DataObject) -> None:
    """Whatever the graph, as long as it has no ring."""
    count = data.draw(st.integers(1, 30))
    node = st.integers(0, count - 1)
    edges = data.draw(st.sets(st.tuples(node, node).filter(lambda pair: pair[0] < pair[1]), max_size=60))

    found = placed(count, edges)

    assert len({(place.column, place.row) for place in found}) == count
    assert all(found[source].column < found[target].column for source, target in edges)
