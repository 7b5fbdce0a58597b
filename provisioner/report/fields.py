"""How values and fields read on paper: the small parts that every text about a plan is made of.

Whatever manifests and vendors say goes through ``plain`` or ``shown``: it can neither steer a terminal nor flood it,
and a secret shows only its version.
"""

from __future__ import annotations

import json
import re
import textwrap
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from unicodedata import category

from provisioner.plan.called import called
from provisioner.plan.document import ABSENT, Change, FieldChange, Maybe
from provisioner.report.escape import harmless
from provisioner.report.members import Member, Turnover, members_of, reading_of, turnover
from provisioner.values import Attributes, Value, id_in, is_secret

MOST_OF_A_TEXT: Final = 600
MOST_OF_A_VALUE: Final = 200
MOST_OF_A_NAME: Final = 60
MOST_ITEMS: Final = 50
NARROWEST: Final = 20
LONGEST_WORD: Final = 220
"""Longer than any address with an option's name before it: such a word is not there to be copied."""

RED, GREEN, YELLOW, CYAN, BOLD = "31", "32", "33", "36", "1"


# --- paper --------------------------------------------------------------------------------------------------------


def plain(text: str, most: int = MOST_OF_A_TEXT) -> str:
    """Somebody else's words on one line: nothing a terminal obeys, and at most about ``most`` characters."""
    one_line = " ".join(text[: most + 1].split())
    if len(text) <= most:
        return harmless(one_line)
    return f"{harmless(one_line[:most])}... ({len(text) - most} more characters)"


def quoted_name(text: str, most: int = MOST_OF_A_NAME) -> str:
    """What people call somebody, as a sentence has it: in quotes, unless it cannot be read as words of ours.

    Double quotes within are shown as single ones, so that nobody's name ends before it ends.
    """
    said, left = plain(text[:most], most), len(text) - most
    if said and left <= 0 and all(map(_is_of_a_name, said)):
        return said
    more = f"... ({left} more characters)" if left > 0 else ""
    return '"' + said.replace('"', "'") + f'"{more}'


def _is_of_a_name(sign: str) -> bool:
    return sign in " .'-" or category(sign)[0] in "LM" or sign.isdigit()


UNBROKEN: Final = "\xa0"
_ODD_SPACES: Final = re.compile(r"^\s|[\t\n\r\f\v]")
_IN_BACKTICKS: Final = re.compile(r"`[^`]{1,60}`")


def together(text: str) -> str:
    """The text with its words held together: ``Paper.wrapped`` breaks no line in it."""
    return text.replace(" ", UNBROKEN)


@dataclass(frozen=True)
class Paper:
    """What is written on: with colour or without, and how many characters fit in a line."""

    color: bool
    width: int = 100

    def ink(self, text: str, code: str) -> str:
        return f"\x1b[{code}m{text}\x1b[0m" if self.color and text else text

    def wrapped(self, text: str, indent: int = 0, hanging: int = 2) -> list[str]:
        """The text in lines that fit, the first one indented, the others ``hanging`` more; words stay whole.

        What stands in back-ticks is one word, so that it can be copied, unless it is long.
        """
        short = text.replace(UNBROKEN, " ").rstrip()
        if len(short) + indent <= self.width and short and not _ODD_SPACES.search(text):
            return [" " * indent + short]
        lines = textwrap.wrap(
            _IN_BACKTICKS.sub(lambda found: together(found[0]), text),
            width=max(self.width, indent + hanging + NARROWEST),
            initial_indent=" " * indent,
            subsequent_indent=" " * (indent + hanging),
            break_long_words=max(map(len, text.split()), default=0) > LONGEST_WORD,
            break_on_hyphens=False,
        )
        return [line.replace(UNBROKEN, " ") for line in lines]

    def labelled(self, label: str, code: str, text: str, indent: int = 0, hanging: int = 2) -> list[str]:
        """The label, inked, and the text right behind it, in lines that fit."""
        first, *more = self.wrapped(f"{label}{text}", indent, hanging)
        return [first.replace(label, self.ink(label, code), 1), *more]

    def broken(self, text: str, indent: int) -> list[str]:
        """The same for a value, which may be one endless word."""
        margin = " " * indent
        width = max(self.width, indent + NARROWEST)
        return textwrap.wrap(text, width=width, initial_indent=margin, subsequent_indent=margin + "  ")


ENDLESS: Final = Paper(color=False, width=10**9)
"""Paper on which every sentence is one line."""


# --- values and fields --------------------------------------------------------------------------------------------


def shown(value: Maybe) -> str:
    """A value as people read it: text in quotes, a secret as its version only."""
    if value is ABSENT:
        return "(not set)"
    if value is None:
        return "(empty)"
    if is_secret(value) and isinstance(value, dict):
        return f"(secret, version {plain(str(value['version']), MOST_OF_A_NAME)})"
    vendor_id = id_in(value)
    if vendor_id is not None:
        return f"id {plain(vendor_id, MOST_OF_A_NAME)}"
    if isinstance(value, str):
        return _quoted(value)
    if isinstance(value, list):
        return f"[{_within_bounds([shown(item) for item in value])}]"
    if isinstance(value, dict):
        return (
            f"{{{_within_bounds([f'{plain(name, MOST_OF_A_NAME)}: {shown(item)}' for name, item in value.items()])}}}"
        )
    return json.dumps(value)


def _quoted(text: str) -> str:
    start = harmless(json.dumps(text[:MOST_OF_A_VALUE], ensure_ascii=False))
    rest = len(text) - MOST_OF_A_VALUE
    return start if rest <= 0 else f"{start}... ({rest} more characters)"


def _within_bounds(items: Sequence[str]) -> str:
    """As many of the items as a value has room for, at least one, and how many are left out."""
    kept: list[str] = []
    for item in items:
        if kept and sum(map(len, kept)) + len(item) > MOST_OF_A_VALUE:
            break
        kept.append(item)
    left = len(items) - len(kept)
    return ", ".join(kept) + (f", ... ({left} more)" if left else "")


@dataclass(frozen=True, slots=True)
class Voice:
    """How a list's turnover is told: of a plan, or of what has happened already."""

    gains: str
    loses: str


PLANNED: Final = Voice("adds", "takes out")
HAPPENED: Final = Voice("has gained", "has lost")


def field_lines(fields: Iterable[FieldChange], paper: Paper, indent: int, voice: Voice = PLANNED) -> Iterator[str]:
    """A row for each field, ``path: before -> after``, in columns; stacked where the line is too short.

    A list is told by whom it gains and loses: the rest of it is not the reader's question.
    """
    rows = tuple(fields)
    column = min(max((len(item.path) for item in rows), default=0) + 1, 32)
    for item in rows:
        if (told := turnover_of(item)) is not None:
            yield from _turnover_lines(item, told, paper, indent, voice)
            continue
        if lists_of(item) is not None:
            yield from _list_lines(item, paper, indent)
            continue
        before, after = both_sides(item)
        marks = marks_of(item)
        path = f"{plain(item.path, MOST_OF_A_VALUE)}:"
        values = f"{before} -> {after}" if before else after
        line = f"{' ' * indent}{path:<{column}} {values}{f'  ({marks})' if marks else ''}"
        if len(line) <= paper.width:
            yield line
            continue
        yield " " * indent + path
        if before:
            yield from paper.broken(before, indent + 2)
        yield from paper.broken(f"-> {after}" if before else after, indent + 2)
        if marks:
            yield from paper.wrapped(f"({marks})", indent + 2, 1)


def brief(item: FieldChange) -> str:
    """The field and its value in a few words, without marks."""
    before, after = both_sides(item)
    return f"{plain(item.path, MOST_OF_A_VALUE)} {f'{before} -> {after}' if before else after}"


def _is_asked_for(item: FieldChange) -> bool:
    """True for what only a portal can give, so that nobody knows it yet."""
    return item.manual and item.before is ABSENT and item.after is ABSENT


def both_sides(item: FieldChange) -> tuple[str, str]:
    """Before (empty where there is nothing to compare with) and after; a secret's value is in neither."""
    if _is_asked_for(item):
        return "", "(its portal gives it)"
    if item.secret:
        before, after = (
            "(cleared)" if side is None else "(secret)" if side is ABSENT or not is_secret(side) else shown(side)
            for side in (item.before, item.after)
        )
        return ("" if item.before is ABSENT or item.before == item.after else before), after
    after = "(cleared)" if item.after is None else _read(item.after, item)
    if item.before is ABSENT or item.before == item.after:
        return "", after
    once = _is_counted(item.before, item.unit) and _is_counted(item.after, item.unit)
    return shown(item.before) if once else _read(item.before, item), after


def _read(value: Maybe, item: FieldChange) -> str:
    """One side: whatever is referred to by what people call it, a number with its unit, anything else as it is."""
    if item.refers_to is None:
        return counted(value, item.unit)
    reading = reading_of(item)
    alone = None if value is ABSENT else reading.reference(value)
    if alone is not None:
        return plain(alone[1], MOST_OF_A_VALUE)
    members = members_of(value, reading)
    if members is None:
        return shown(value)
    listed = f"[{_within_bounds([with_fields(one) for one in members])}]"
    return listed if isinstance(value, list) else f"{{add: {listed}}}"


def counted(value: Maybe, unit: str | None) -> str:
    """A value as people read it, a number with what it is counted in: ``1 second``, ``30 seconds``."""
    if unit is None or not _is_counted(value, unit):
        return shown(value)
    return f"{shown(value)} {unit.removesuffix('s') if value == 1 else unit}"


def _is_counted(value: Maybe, unit: str | None) -> bool:
    return unit is not None and isinstance(value, int | float) and not isinstance(value, bool)


def marks_of(item: FieldChange) -> str:
    """What is special about a field, in a few words; empty where nothing is."""
    marks = []
    if item.before is not ABSENT and item.before == item.after and not item.manual:
        marks.append("sent again")
    elif item.secret and not item.manual:
        marks.append("sent")
    if item.manual and not _is_asked_for(item):
        marks.append("by hand, in its portal")
    if item.forces_replace:
        marks.append("forces replacement")
    if item.default_from:
        marks.append(f"from {plain(item.default_from, MOST_OF_A_VALUE)}")
    return ", ".join(marks)


def turnover_of(item: FieldChange) -> Turnover | None:
    """What becomes of a list of references that changes; of a new one that is exclusive the list itself says more."""
    new = isinstance(item.after, list) and not isinstance(item.before, list)
    return (
        None if item.secret or new or item.before == item.after else turnover(item.before, item.after, reading_of(item))
    )


def _turnover_lines(item: FieldChange, told: Turnover, paper: Paper, indent: int, voice: Voice) -> Iterator[str]:
    """Who comes and who goes by name, and below what changes of those who stay."""
    moves = [
        f"{verb} {_names(found, named)}"
        for verb, found, named in ((voice.gains, told.gained, with_fields), (voice.loses, told.lost, name_of))
        if found
    ]
    if not moves and not told.altered:
        moves = ["the same in another order"]
    if moves and told.sizes is not None and told.sizes[0] != told.sizes[1]:
        moves[-1] += together(f" ({told.sizes[0]} -> {told.sizes[1]})")
    marks = marks_of(item)
    text = f"{plain(item.path)}: {'; '.join(moves)}" if moves else f"{plain(item.path)}:"
    yield from paper.wrapped(f"{text}{f'  ({marks})' if marks else ''}", indent)
    for one, fields in told.altered[:MOST_ITEMS]:
        yield from paper.wrapped(f"{name_of(one)}: {', '.join(alterations(one, fields))}", indent + 2)
    if len(told.altered) > MOST_ITEMS:
        yield f"{' ' * (indent + 2)}{len(told.altered) - MOST_ITEMS} more are changed"


def name_of(one: Member) -> str:
    """What people call a member, and its key or id."""
    return plain(one.name, MOST_OF_A_VALUE)


def alterations(one: Member, fields: Mapping[str, tuple[Maybe, Maybe]]) -> Iterator[str]:
    """What changes of a member who stays, field by field: ``delay 5 -> 10 seconds``."""
    for name, (was, now) in fields.items():
        before, after = both_sides(FieldChange(name, was, now, unit=one.units.get(name)))
        yield f"{plain(name, MOST_OF_A_NAME)} {before or shown(was)} -> {after}"


def with_fields(one: Member) -> str:
    """A newcomer's name, and what is declared for it beside its reference."""
    fields = [
        f"{plain(name, MOST_OF_A_NAME)} {counted(value, one.units.get(name))}" for name, value in one.fields.items()
    ]
    return name_of(one) + (f" ({_within_bounds(fields)})" if fields else "")


def _names(found: Sequence[Member], named: Callable[[Member], str]) -> str:
    names = [named(one) for one in found[:MOST_ITEMS]]
    left = len(found) - len(names)
    return ", ".join(names) + (f" and {left} more" if left else "")


def lists_of(item: FieldChange) -> tuple[list[Value], list[Value]] | None:
    """Before and after of a list that changes; None for anything else, a list that is only sent again included."""
    if isinstance(item.before, list) and isinstance(item.after, list) and not item.secret and item.before != item.after:
        return item.before, item.after
    return None


def _list_lines(item: FieldChange, paper: Paper, indent: int) -> Iterator[str]:
    """A list of plain values by what it loses and what it gains."""
    before, after = lists_of(item) or ([], [])
    lost, gained = without(before, after), without(after, before)
    marks = marks_of(item)
    count = f"{len(before)} -> {len(after)} items" if lost or gained else f"{len(after)} items in another order"
    yield from paper.wrapped(f"{plain(item.path)}: {count}{f'  ({marks})' if marks else ''}", indent)
    for sign, items in (("-", lost), ("+", gained)):
        for one in items[:MOST_ITEMS]:
            yield from paper.broken(f"{sign} {shown(one)}", indent + 2)
        if len(items) > MOST_ITEMS:
            yield f"{' ' * (indent + 2)}{sign} {len(items) - MOST_ITEMS} more"


def without(items: Sequence[Value], others: Sequence[Value]) -> list[Value]:
    """The items that are not among the others."""
    known = {json.dumps(item, sort_keys=True) for item in others}
    return [item for item in items if json.dumps(item, sort_keys=True) not in known]


def names_of(attributes: Attributes) -> str:
    """At most two of the values by which people recognise an entity; empty where there are none."""
    found = [plain(words, MOST_OF_A_NAME) for words in called(attributes)]
    return ", ".join(list(dict.fromkeys(found))[:2])


def title(change: Change) -> str:
    """The address, what people recognise it by, and the vendor's id."""
    names = names_of(change.attributes)
    known = f"id {plain(change.id, MOST_OF_A_NAME)}" if change.id is not None else ""
    return "  ".join(part for part in (str(change.address), ", ".join(filter(None, (names, known)))) if part)
