"""What a plan of ``--refresh-only`` takes over from the vendors: what drifted, and what becomes of it in the record."""

from __future__ import annotations

from html import escape
from itertools import groupby

from provisioner.plan.document import Plan
from provisioner.plan.drifted import Drifted
from provisioner.report.changes import place_of
from provisioner.report.drift import LOOKS, OUTCOMES, SAID
from provisioner.report.fields import MOST_OF_A_NAME, names_of
from provisioner.report.html.sides import field_table
from provisioner.report.html.words import items, sentence, words
from provisioner.report.kind_words import many_of


def drifted_cards(plan: Plan) -> str:
    """A fold for each, under a heading for each connection and kind; empty for any other plan."""
    found = []
    for (connection, kind), group in groupby(sorted(plan.drift, key=place_of), key=place_of):
        folds = "".join(map(_fold, group))
        found.append(f'<div class="group"><h3>{words(many_of(kind))} on <code>{connection}</code></h3>{folds}</div>')
    if not found:
        return ""
    title = '<h2 id="drift-title">Since the last apply</h2>'
    return f'<section id="drift" aria-labelledby="drift-title">{title}{"".join(found)}</section>'


def _fold(item: Drifted) -> str:
    look = LOOKS[item.drift]
    names = names_of(item.applied or {})
    who = f'<span class="who">{escape(names)}</span> ' if names else ""
    known = f' <span class="known">id {words(item.id, MOST_OF_A_NAME)}</span>' if item.id is not None else ""
    why = [f"<b>why:</b> {sentence(SAID[item.drift])}"] if item.drift in SAID else []
    record = f"<p><b>record:</b> {sentence(OUTCOMES[item.drift])}</p>"
    return (
        f'<details class="card" open><summary><span class="sign" aria-hidden="true">{look.sign}</span> '
        f'<span class="verb">{look.words}</span> {who}<code>{item.address}</code>{known}</summary>'
        f'<div class="body">{items(why, "why")}{field_table(item.fields)}{record}</div></details>'
    )
