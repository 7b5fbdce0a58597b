"""One change as a fold: its headline is who and what, inside are why, field by field, and what waits for what."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from provisioner.address import Address
from provisioner.plan.document import Action, Change, Reason, Step
from provisioner.report.by_hand import TO_DO
from provisioner.report.changes import LOOKS, Takers, step_verb, verb_of
from provisioner.report.fields import MOST_ITEMS, MOST_OF_A_NAME, MOST_OF_A_VALUE, names_of
from provisioner.report.html.cards import Card, Waiting
from provisioner.report.html.sides import attribute_table, field_table
from provisioner.report.html.words import items, said, words

RIGHT_NOW: Final = "Right now, since it changes by itself"
THERE_NOW: Final = "What is there now"


@dataclass(frozen=True)
class Beside:
    """What of the rest of the plan a card tells about; ``names`` is what people call whatever has an address."""

    waiting: Waiting
    takers: Takers
    names: Mapping[str, str]


def card_html(card: Card, beside: Beside, *, unfolded: bool) -> str:
    """The card as a fold with the address as its anchor, which lies inside so that a link there unfolds it."""
    connection, kind = card.place
    return (
        f'<details class="card {card.action}" data-action="{card.action}" data-kind="{kind}" '
        f'data-connection="{connection}"{" open" if unfolded else ""}>'
        f"<summary>{_headline(card)}</summary>"
        f'<div class="body" id="{card.address}">{"".join(_body(card, beside))}</div></details>'
    )


def _headline(card: Card) -> str:
    main = card.main
    names = names_of(main.attributes)
    who = f'<span class="who">{escape(names)}</span> ' if names else ""
    known = f' <span class="known">id {words(main.id, MOST_OF_A_NAME)}</span>' if main.id is not None else ""
    sign = f'<span class="sign" aria-hidden="true">{LOOKS[card.action].sign}</span>'
    return f'{sign} <span class="verb">{verb_of(main)}</span> {who}<code>{card.address}</code>{known}'


def _body(card: Card, beside: Beside) -> Iterator[str]:
    yield _why(card)
    parked = False
    for change in card.others:
        if change.step is Step.PARK:
            yield _steps_aside(change, beside.takers)
        elif parked:
            yield f'<p class="step">Then {verb_of(change)}:</p>'
        parked = change.step is Step.PARK
        yield field_table(item for item in change.fields if not item.run_time)
        yield field_table((item for item in change.fields if item.run_time), RIGHT_NOW)
        if _goes(change):
            yield attribute_table(change.before or {}, THERE_NOW, beside.names)
    if card.halves:
        yield _replace(card.halves)
    yield _links("Needs first", [_needed(*one) for one in beside.waiting.first.get(card.address, ())])
    yield _links("Needed by", [_link(address) for address in beside.waiting.then.get(card.address, ())])
    if card.main.file:
        yield f'<p class="file">Declared in <code>{words(card.main.file, MOST_OF_A_VALUE)}</code></p>'


def _goes(change: Change) -> bool:
    """True for what is deleted, by apply or by a person, and shows what it was."""
    return (change.intent or change.action) is Action.DELETE and bool(change.before) and not change.fields


def _why(card: Card) -> str:
    told = card.changes if not card.halves else (card.main,)
    reasons = dict.fromkeys(reason for change in told for reason in change.reasons if reason.code != "differs")
    found = [_reason(reason) for reason in reasons]
    included = dict.fromkeys(change.included_by for change in told if change.included_by)
    found += [
        f"<b>why:</b> not a target itself, included for <code>{words(by, MOST_OF_A_VALUE)}</code>" for by in included
    ]
    return items(found, "why")


def _reason(reason: Reason) -> str:
    return f"<b>{'do' if reason.code in TO_DO else 'why'}:</b> {said(reason.text)}"


def _steps_aside(change: Change, takers: Takers) -> str:
    """A parking step's headline."""
    others = ", ".join(map(_link, takers.get(change.key, ())))
    return f'<p class="step">First {verb_of(change)}{f", so that {others} can go first" if others else ""}:</p>'


def _replace(steps: Sequence[Change]) -> str:
    own = {step.key for step in steps}
    told = []
    for step in steps:
        after = [key for key in step.needs if key not in own]
        waits = f", after {', '.join(f'<code>{words(key)}</code>' for key in after[:MOST_ITEMS])}" if after else ""
        told.append(f'<li><p class="step">{words(step_verb(step))}{waits}</p>{field_table(step.fields)}</li>')
    return f"<ol>{''.join(told)}</ol>"


def _links(label: str, links: Sequence[str]) -> str:
    if not links:
        return ""
    left = len(links) - MOST_ITEMS
    more = f" and {left} more" if left > 0 else ""
    return f'<p class="links"><b>{label}:</b> {", ".join(links[:MOST_ITEMS])}{more}</p>'


_STEPS: Final = {Step.PARK: "parked", Step.DELETE: "deleted", Step.CREATE: "made anew"}


def _needed(address: Address, step: Step | None) -> str:
    return f"{_link(address)} ({_STEPS[step]})" if step else _link(address)


def _link(address: Address) -> str:
    return f'<a href="#{address}">{address}</a>'
