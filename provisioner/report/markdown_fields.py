"""Fields in a comment: an item of a list for each, before and after."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from provisioner.plan.document import FieldChange
from provisioner.report.fields import (
    MOST_ITEMS,
    MOST_OF_A_VALUE,
    PLANNED,
    Voice,
    both_sides,
    lists_of,
    marks_of,
    plain,
    shown,
    turnover_of,
    with_fields,
    without,
)
from provisioner.report.markdown_words import ARROW, code, prose
from provisioner.report.members import Turnover
from provisioner.values import Value


def field_items(fields: Iterable[FieldChange], voice: Voice = PLANNED) -> Iterator[str]:
    """An item for each field; a list is told by whom it gains and loses."""
    for item in fields:
        if (told := turnover_of(item)) is not None:
            yield from _turnover(item, told, voice)
        elif (lists := lists_of(item)) is not None:
            yield _item(item, _moves(*lists, voice))
        else:
            yield _item(item, _values(item))


def _item(item: FieldChange, text: str) -> str:
    marks = marks_of(item)
    return f"- {_path(item)}: {text}{f' ({prose(marks)})' if marks else ''}"


def _path(item: FieldChange) -> str:
    return code(plain(item.path, MOST_OF_A_VALUE))


def _values(item: FieldChange) -> str:
    before, after = both_sides(item)
    if item.refers_to is not None:  # keys are in back-ticks, as in a text
        before, after = before.replace("`", ""), after.replace("`", "")
    return f"{_value(before)} {ARROW} {_value(after)}" if before else _value(after)


def _value(text: str) -> str:
    """A value as code; what stands for one, in parentheses, is ours and reads as it is."""
    return prose(text) if text.startswith("(") else code(text)


def _turnover(item: FieldChange, told: Turnover, voice: Voice) -> Iterator[str]:
    moves = [
        f"{verb} {_several([_member(name) for name in names])}"
        for verb, names in (
            (voice.gains, [with_fields(one) for one in told.gained]),
            (voice.loses, [one.name for one in told.lost]),
        )
        if names
    ]
    if not moves and not told.altered:
        moves = ["the same in another order"]
    sizes = told.sizes if told.sizes is not None and moves and told.sizes[0] != told.sizes[1] else None
    yield _item(item, "; ".join(moves or ["changes"]) + (f" ({sizes[0]} {ARROW} {sizes[1]})" if sizes else ""))
    for one, fields in told.altered[:MOST_ITEMS]:
        altered = [FieldChange(name, was, now, unit=one.units.get(name)) for name, (was, now) in fields.items()]
        yield f"  - {_member(one.name)}: {', '.join(f'{_path(item)} {_values(item)}' for item in altered)}"
    if len(told.altered) > MOST_ITEMS:
        yield f"  - {len(told.altered) - MOST_ITEMS} more are changed"


def _member(text: str) -> str:
    """A member's name as code, without the back-ticks that it has in texts."""
    return code(plain(text).replace("`", ""))


def _moves(before: Sequence[Value], after: Sequence[Value], voice: Voice) -> str:
    """A list of plain values by what it loses and what it gains."""
    moves = [
        f"{verb} {_several([code(shown(one)) for one in items])}"
        for verb, items in ((voice.loses, without(before, after)), (voice.gains, without(after, before)))
        if items
    ]
    if not moves:
        return f"{len(after)} items in another order"
    return f"{'; '.join(moves)} ({len(before)} {ARROW} {len(after)} items)"


def _several(names: Sequence[str]) -> str:
    left = len(names) - MOST_ITEMS
    return ", ".join(names[:MOST_ITEMS]) + (f" and {left} more" if left > 0 else "")
