"""A plan as one HTML file: it loads nothing, runs nothing of anybody else's, and reads the same without its script.

In the order in which a reader asks: what it means, what is in the way, what destroys, how many of what, the graph, all
the rest by connection and kind. The script only hides and unfolds what stands here already.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from html import escape
from importlib.resources import files
from typing import Final

from provisioner.address import Address
from provisioner.plan.document import Plan
from provisioner.report.changes import LOOKS, takers_of
from provisioner.report.fields import MOST_OF_A_NAME, plain
from provisioner.report.html.cards import Card, by_place, cards_of, waiting_of
from provisioner.report.html.change import Beside, card_html
from provisioner.report.html.drawing import drawing, in_words, names_in
from provisioner.report.html.drifted import drifted_cards
from provisioner.report.html.neighbours import Neighbourhood, neighbourhood
from provisioner.report.html.summary import (
    allowances,
    headline,
    how_many,
    lead,
    notices,
    section,
    trouble,
    what_it_means,
    what_now,
)
from provisioner.report.html.words import words
from provisioner.report.kind_words import counted_of, many_of
from provisioner.report.members import with_adopted
from provisioner.report.text import look_twice

FEW: Final = 12
"""So many changes are shown unfolded; of more than that only the headlines."""

MANY: Final = 200
"""From more than so many on, a browser lays out only those that are in sight."""

FEW_NODES: Final = 40
"""So many nodes are drawn before anybody asks for them."""


def plan_html(plan: Plan, *, file: str | None = None, tool: str = "provisioner") -> str:
    """A whole page that asks nothing of any network, without a line end at the end."""
    plan = with_adopted(plan)
    cards = cards_of(plan)
    title = escape(headline(plan))
    style, script = _part("page.css"), _part("page.js")
    return "".join(
        (
            '<!doctype html>\n<html lang="en"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{_policy(style, script)}">',
            '<meta name="viewport" content="width=device-width, initial-scale=1">',
            '<meta name="color-scheme" content="light dark"><meta name="referrer" content="no-referrer">',
            f"<title>{title}</title><style>{style}</style></head><body>",
            '<a class="skip" href="#main">To the plan</a>',
            f"<header><h1>{title}</h1>{lead(plan)}{_made(plan)}</header>",
            _tools(cards),
            f'<main id="main" tabindex="-1"{_many(cards)}>{_main(plan, cards)}{what_now(plan, file, tool)}</main>',
            f"<script>{script}</script></body></html>",
        )
    )


def _many(cards: Sequence[Card]) -> str:
    """A mark on a page of which a browser should lay out only what is looked at."""
    return ' class="many"' if len(cards) > MANY else ""


def _part(name: str) -> str:
    """A static part of the page; it stands in it as it is, so that its checksum can be told."""
    return files(__package__).joinpath(name).read_text("utf-8")


def _policy(style: str, script: str) -> str:
    """What the browser may do with the page: apply this style and run this script, and nothing else whatever."""
    return (
        f"default-src 'none'; style-src {_checksum(style)}; script-src {_checksum(script)}; "
        "base-uri 'none'; form-action 'none'"
    )


def _checksum(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


def _made(plan: Plan) -> str:
    """When, by what, and which plan it is: the digest is that of the file that ``apply`` takes."""
    parts = [
        f"made {words(plan.created_at)}" if plan.created_at else "",
        f"by version {words(plan.tool_version)}" if plan.tool_version else "",
        f"digest <code>{plan.digest}</code>",
    ]
    return f'<p class="made">{", ".join(filter(None, parts))}</p>'


def _tools(cards: Sequence[Card]) -> str:
    """Search and filters; hidden until the script is there that they need."""
    if not cards:
        return ""
    actions = {card.action for card in cards}
    choices = (
        ("action", "Action", [(str(action), look.verb) for action, look in LOOKS.items() if action in actions]),
        ("connection", "Connection", [(name, name) for name in sorted({card.place[0] for card in cards})]),
        ("kind", "Kind", [(name, many_of(name)) for name in sorted({card.place[1] for card in cards})]),
    )
    return (
        '<search id="tools" aria-label="Search and filter" hidden>'
        '<label class="search">Search <input id="search" type="search" autocomplete="off" spellcheck="false" '
        'placeholder="name, address, field" aria-describedby="keys"></label>'
        f"{''.join(_choice(*choice) for choice in choices)}"
        '<button type="button" id="unfold">Unfold all</button><button type="button" id="fold">Fold all</button>'
        '<button type="button" id="clear">Clear</button>'
        '<button type="button" id="theme" aria-pressed="false">Dark</button>'
        f'<p id="shown" role="status" aria-live="polite">{len(cards)} of {len(cards)} shown</p>'
        '<p id="keys"><kbd>/</kbd> searches, <kbd>Esc</kbd> clears</p></search>'
    )


def _choice(name: str, label: str, options: Iterable[tuple[str, str]]) -> str:
    listed = "".join(f'<option value="{value}">{text}</option>' for value, text in options)
    return f'<label>{label} <select id="by-{name}"><option value="">all</option>{listed}</select></label>'


def _main(plan: Plan, cards: Sequence[Card]) -> str:
    called = {str(address): name for address, name in names_in(cards).items()}
    beside = Beside(waiting_of(cards), takers_of(plan), called | dict(plan.names))
    graph = neighbourhood(plan, cards, beside.waiting)
    blocked = [card for card in cards if card.blocked]
    drastic = [card for card in cards if card.drastic and not card.blocked]
    rest = [card for card in cards if not card.drastic and not card.blocked]
    few = len(cards) <= FEW
    anchored: set[tuple[str, str]] = set()
    parts = (
        what_it_means(plan),
        trouble(plan, _groups(blocked, beside, anchored, unfolded=len(blocked) <= FEW)),
        _drastic(plan, _groups(drastic, beside, anchored, unfolded=len(drastic) <= FEW)),
        how_many(plan, cards),
        _graph(plan, graph, cards),
        drifted_cards(plan),
        section("changes", "Changes", _groups(rest, beside, anchored, unfolded=few)) if rest else "",
        notices(plan),
        allowances(plan),
    )
    return "".join(parts)


def _drastic(plan: Plan, groups: str) -> str:
    return section("drastic", f"Look twice: {look_twice(plan)}", groups) if groups else ""


def _groups(cards: Iterable[Card], beside: Beside, anchored: set[tuple[str, str]], *, unfolded: bool) -> str:
    """Folds under a heading for each connection and kind, the first heading of which is an anchor."""
    found = []
    for (connection, kind), group in by_place(cards):
        anchor = "" if (connection, kind) in anchored else f' id="{kind}@{connection}"'
        anchored.add((connection, kind))
        found.append(
            f'<div class="group"><h3{anchor}>{words(many_of(kind))} on <code>{connection}</code> ({len(group)})</h3>'
        )
        found += [card_html(card, beside, unfolded=unfolded) for card in group]
        found.append("</div>")
    return "".join(found)


def _graph(plan: Plan, graph: Neighbourhood, cards: Sequence[Card]) -> str:
    if not graph.nodes:
        return ""
    drawn = {node.address for node in graph.nodes}
    names = names_in([card for card in cards if card.address in drawn]) | _called(graph, plan)
    grouped = f"<p>{_grouped(graph)}</p>" if graph.alone < graph.whole else ""
    legend = (
        "<p>An arrow leads from what refers to another, or waits for it, to that other: a full line as it will be, a "
        "dashed one as it is and will not be, a dotted one where only the order says so. "
        '<a href="#after-graph">Skip the graph</a></p>'
    )
    unfolded = " open" if graph.edges and len(graph.nodes) <= FEW_NODES else ""
    return section(
        "graph",
        "What is connected",
        f"{grouped}<details{unfolded}><summary>The graph ({counted_of(graph.whole, 'resources')})</summary>{legend}"
        f'<div class="wide" role="region" aria-label="Graph" tabindex="0">{drawing(graph, names)}</div></details>'
        '<details id="graph-words"><summary>The graph in words</summary>'
        f"{in_words(graph, names) or '<p>Nothing leads anywhere</p>'}</details>"
        '<span id="after-graph" tabindex="-1"></span>',
    )


def _grouped(graph: Neighbourhood) -> str:
    """What a drawing of groups leaves to the list of changes."""
    groups = "in groups of a connection, a kind and what becomes of them"
    if not graph.alone:
        return f"Too much to draw one by one: all {graph.whole} stand {groups}"
    alone = f"{graph.alone} that are deleted, replaced or brought back stand by themselves"
    return f"Too much to draw one by one: {alone}, the other {graph.whole - graph.alone} {groups}"


def _called(graph: Neighbourhood, plan: Plan) -> dict[Address, str]:
    """What people call those of the drawn that do not change."""
    names = plan.names
    found = {node.address: names.get(str(node.address)) for node in graph.nodes if node.address and not node.action}
    return {address: plain(name, MOST_OF_A_NAME) for address, name in found.items() if name}
