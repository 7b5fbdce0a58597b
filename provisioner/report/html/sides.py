"""Fields before and after, side by side: a table for each change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape

from provisioner.plan.called import marks
from provisioner.plan.document import ABSENT, FieldChange
from provisioner.report.fields import (
    MOST_ITEMS,
    MOST_OF_A_VALUE,
    alterations,
    both_sides,
    counted,
    lists_of,
    marks_of,
    name_of,
    shown,
    turnover_of,
    with_fields,
    without,
)
from provisioner.report.html.words import items, sentence, words
from provisioner.report.members import Turnover
from provisioner.values import Attributes, Value

SAME = '<span class="none">(the same)</span>'
NOTHING = '<span class="none">-</span>'


def field_table(fields: Iterable[FieldChange], caption: str = "") -> str:
    """A row for each field; without the column for before where there is no before at all. Empty without fields."""
    rows = [(item, *_sides(item)) for item in fields]
    if not rows:
        return ""
    compared = any(before for _, before, _ in rows)
    heads = ("Field", "Before", "After") if compared else ("Field", "Value")
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    body = "".join(_row(item, before if compared else None, after) for item, before, after in rows)
    titled = f"<caption>{caption}</caption>" if caption else ""
    return f"<table>{titled}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def attribute_table(attributes: Attributes, caption: str, names: Mapping[str, str]) -> str:
    """A row for each attribute that is there; what it refers to goes by its name, where that is known."""
    rows = "".join(
        f'<tr><th scope="row">{words(path, MOST_OF_A_VALUE)}</th><td>{_there(value, names)}</td></tr>'
        for path, value in sorted(attributes.items())
    )
    head = '<th scope="col">Field</th><th scope="col">Value</th>'
    return (
        f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
        if rows
        else ""
    )


def _there(value: Value, names: Mapping[str, str]) -> str:
    """A value that goes; only an address that the plan knows by a name is taken for a reference."""
    if not any(one in names for one in marks(value, "")):
        return escape(shown(value))
    return sentence(both_sides(FieldChange("", after=value, refers_to="", names=names))[1])


def _row(item: FieldChange, before: str | None, after: str) -> str:
    marks = marks_of(item)
    remark = f' <span class="mark">{escape(marks)}</span>' if marks else ""
    left = "" if before is None else f'<td class="was">{before or NOTHING}</td>'
    return (
        f'<tr><th scope="row">{words(item.path, MOST_OF_A_VALUE)}{remark}</th>{left}<td class="will">{after}</td></tr>'
    )


def _sides(item: FieldChange) -> tuple[str, str]:
    """Before (empty where there is nothing to compare with) and after; of a list, whom it loses and gains."""
    told = turnover_of(item)
    if told is not None:
        return _turnover(told)
    lists = lists_of(item)
    if lists is not None:
        before, after = lists
        lost, gained = (
            [escape(shown(one)) for one in side] for side in (without(before, after), without(after, before))
        )
        same = "" if lost or gained else "the same items in another order"
        return _column(len(before), "-", lost, same), _column(len(after), "+", gained, same)
    was, will = both_sides(item)
    written = sentence if item.refers_to else escape  # who is referred to goes by name, with the key in back-ticks
    if item.before is not ABSENT and item.before == item.after:
        return SAME, written(will)
    return written(counted(item.before, item.unit) if was and item.unit else was), written(will)


def _turnover(told: Turnover) -> tuple[str, str]:
    lost, gained = [sentence(name_of(one)) for one in told.lost], [sentence(with_fields(one)) for one in told.gained]
    altered = [
        sentence(f"{name_of(one)}: {', '.join(alterations(one, each))}") for one, each in told.altered[:MOST_ITEMS]
    ]
    altered += _rest(told.altered)
    had, has = told.sizes or (None, None)
    same = "" if lost or gained or altered else "the same members in another order"
    return _column(had, "-", lost, same), _column(has, "+", gained, same) + items(altered)


def _column(size: int | None, sign: str, found: Sequence[str], same: str) -> str:
    """One side of a list, its items as HTML: how many there are, and what it loses (left) or gains (right)."""
    count = "" if size is None else f'<span class="size">{size} in all</span> '
    kind = "lost" if sign == "-" else "gained"
    listed = [f"{sign} {one}" for one in found[:MOST_ITEMS]] + _rest(found)
    return count + escape(same) + items(listed, kind)


def _rest(found: Sequence[object]) -> list[str]:
    return [f"and {len(found) - MOST_ITEMS} more"] if len(found) > MOST_ITEMS else []
