"""The parts around a plan's changes: what it means, what is in the way, how many of what, notices, what comes next."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from html import escape

from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan.document import Action, Plan, Trip
from provisioner.report.changes import LOOKS
from provisioner.report.consequences import meaning
from provisioner.report.fields import ENDLESS, MOST_ITEMS
from provisioner.report.html.cards import Card
from provisioner.report.html.words import items, said, sentence, words
from provisioner.report.in_the_way import by_reason, ways_out
from provisioner.report.kind_words import many_of
from provisioner.report.text import LEGEND, counts, how_to_apply, is_told_first, opening, title, why_idle
from provisioner.report.typed import options


def headline(plan: Plan) -> str:
    """What kind of plan it is, and for whom, as text."""
    return title(plan).replace("`", "")


def lead(plan: Plan) -> str:
    """What the plan is read wrongly without."""
    _, *others = opening(plan, ENDLESS)
    return "".join(f"<p>{sentence(line.strip())}</p>" for line in others)


def what_it_means(plan: Plan) -> str:
    """The consequences, one sentence each; empty where there is nothing to say beyond the changes."""
    told = items([sentence(one) for one in meaning(plan)])
    return section("meaning", "What it means", told) if told else ""


def trouble(plan: Plan, blocked: str) -> str:
    """All that refuses the plan, and the ways out; ``blocked`` are the changes in conflict or unknown, as folds."""
    if not plan.refused:
        return ""
    told = [_unknown_together(plan), blocked, *map(_trip, plan.tripped), *map(_diagnostic, plan.errors)]
    told += [f'<p>{escape(why)}:</p><pre class="typed">{escape(typed)}</pre>' for why, typed in ways_out(plan)]
    return section("trouble", "In the way: this plan is refused until this is settled", "".join(told))


def _unknown_together(plan: Plan) -> str:
    """The reasons that many have in common, each once."""
    shared, _ = by_reason(plan.blocked)
    return items([f"<b>{len(changes)} resources are unknown:</b> {said(why)}" for why, changes in shared.items()])


def _trip(trip: Trip) -> str:
    left = len(trip.addresses) - MOST_ITEMS
    some = ", ".join(f"<code>{words(address)}</code>" for address in trip.addresses[:MOST_ITEMS])
    whom = f'<p class="whom">{some}{f" and {left} more" if left > 0 else ""}</p>' if some else ""
    hint = f'<p class="hint">hint: {said(trip.hint)}</p>' if trip.hint else ""
    return f'<div class="problem"><p><b>guard {words(trip.name)}:</b> {said(trip.message)}</p>{whom}{hint}</div>'


def _diagnostic(item: Diagnostic) -> str:
    place = f"{words(str(item.position))}: " if item.position else ""
    more = "".join(
        f'<p class="hint">{label}: {said(text)}</p>'
        for label, text in (("expected", item.expected), ("hint", item.hint))
        if text
    )
    return f'<div class="problem"><p><b>{item.severity}:</b> {place}{said(item.message)}</p>{more}</div>'


def how_many(plan: Plan, cards: Sequence[Card]) -> str:
    """How many of what; as a table, too, which the script makes filters of."""
    told = f"<p>{sentence(counts(plan))}</p>" if counts(plan) else ""
    actions = {card.action for card in cards}
    legend = items([sentence(meant) for action, meant in LEGEND.items() if action in actions], "legend")
    table = _table(cards) if cards else ""
    return section("counts", "How many", told + table + legend) if told or table else ""


def _table(cards: Sequence[Card]) -> str:
    """A row for each connection and kind, a column for each action."""
    found = Counter((card.place, card.action) for card in cards)
    places = sorted({place for place, _ in found})
    actions = [action for action in LOOKS if any((place, action) in found for place in places)]
    head = "".join(f'<th scope="col">{_head(action)}</th>' for action in actions)
    rows = "".join(_counts_row(place, [(action, found[place, action]) for action in actions]) for place in places)
    totals = [(action, sum(found[place, action] for place in places)) for action in actions]
    return (
        '<div class="wide" role="region" aria-label="Counts" tabindex="0">'
        f'<table class="counts"><thead><tr><th scope="col">What, and where</th>{head}</tr></thead>'
        f"<tbody>{rows}</tbody><tfoot>{_counts_row(None, totals)}</tfoot></table></div>"
    )


def _head(action: Action) -> str:
    look = LOOKS[action]
    return f'<span class="sign" aria-hidden="true">{look.sign}</span> {look.counted}'


def _counts_row(place: tuple[str, str] | None, numbers: Sequence[tuple[Action, int]]) -> str:
    where = "" if place is None else f' data-connection="{place[0]}" data-kind="{place[1]}"'
    name = "All" if place is None else f"{words(many_of(place[1]))} on <code>{place[0]}</code>"
    cells = "".join(
        f'<td data-action="{action}"{where} data-says="{LOOKS[action].counted}{_where(place)}">{number}</td>'
        if number
        else "<td></td>"
        for action, number in numbers
    )
    return f'<tr><th scope="row">{name}</th>{cells}</tr>'


def _where(place: tuple[str, str] | None) -> str:
    return "" if place is None else f", {many_of(place[1])} on {place[0]}"


def notices(plan: Plan) -> str:
    """What else a reader must know."""
    found = [item for item in plan.diagnostics if item.severity is not Severity.ERROR and not is_told_first(item)]
    return section("notices", "Notices", "".join(map(_diagnostic, found))) if found else ""


def allowances(plan: Plan) -> str:
    """What was allowed for this one plan, and the guards that it lifted."""
    told = f'<pre class="typed">{escape(options("--allow", plan.allowed))}</pre>' if plan.allowed else ""
    lifted = [f"guard {words(trip.name)}, lifted: {said(trip.message)}" for trip in plan.guards if trip.allowed]
    told += items(lifted)
    return section("allowed", "Allowed for this one plan", told) if told else ""


def what_now(plan: Plan, file: str | None, tool: str) -> str:
    """What the reader can do with the plan."""
    told = "".join(_next(plan, file, tool))
    return section("next", "What now", told) if told else ""


def _next(plan: Plan, file: str | None, tool: str) -> Iterator[str]:
    idle = why_idle(plan)
    if idle is not None:
        yield f"<p>{sentence(idle)}</p>"
    elif plan.has_changes:
        why, command = how_to_apply(plan, file, tool)
        yield f'<p>{why}:</p><pre class="typed">{escape(command)}</pre>'


def section(name: str, title: str, content: str) -> str:
    """A part of the page, named by its headline, which is HTML."""
    return f'<section id="{name}" aria-labelledby="{name}-title"><h2 id="{name}-title">{title}</h2>{content}</section>'
