"""A plan as Markdown, for the comment of a pull request on GitHub or GitLab.

Consequences first: who looks at it on a telephone sees in the first screen what it means, what is in the way and what
it destroys. The rest is in folds, by connection and kind. Whatever the plan, the text fits into one comment; what was
left out for that is said where it would stand, and in the title if it destroys anything.

Somebody else's words stand in code spans and can do nothing there; ``markdown_words.py`` says why it is that way.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final

from provisioner.plan.document import Plan
from provisioner.report.comment import LEAST, LONGEST
from provisioner.report.consequences import grave_of, meaning
from provisioner.report.fields import ENDLESS
from provisioner.report.markdown_room import Section, filled, length
from provisioner.report.markdown_sections import drastic, in_the_way, notices, rest
from provisioner.report.markdown_words import code, elsewhere, prose, several, typed
from provisioner.report.members import with_adopted
from provisioner.report.text import counts, how_to_apply, opening, title, why_idle
from provisioner.report.typed import options

MOST_OF_A_TITLE: Final = 160
MOST_OF_A_MARK: Final = 63

SHARE: Final = 16
"""Which part of the limit each of the paragraphs may take that come in no shorter form."""


def marker(tenant: str) -> str:
    """The hidden first line by which the next run finds the comment that it brings up to date.

    Two tenants never have the same, whatever they are called.
    """
    letters = "".join(letter for letter in tenant if letter.isascii() and (letter.isalnum() or letter in "-_"))
    if letters != tenant or len(tenant) > MOST_OF_A_MARK:
        letters = f"{letters[:MOST_OF_A_MARK]}-{sha256(tenant.encode('utf-8', 'surrogatepass')).hexdigest()[:12]}"
    return f"<!-- provisioner plan: {letters} -->"


def plan_markdown(plan: Plan, *, limit: int = LONGEST, file: str | None = None, tool: str = "provisioner") -> str:
    """The plan in at most ``limit`` characters, without a line end at the end.

    A character that takes two of UTF-16 counts as two, since some hosts count it so. ``limit`` is at least ``LEAST``.
    ``tool`` is how the command line begins, ``file`` where the plan was saved, if it was.
    """
    if limit < LEAST:
        raise ValueError(f"a comment of {limit} characters could not even say what it leaves out")
    plan, share = with_adopted(plan), limit // SHARE
    headline, numbers = prose(title(plan), MOST_OF_A_TITLE), _numbers(plan)
    lead, means = _capped(_apart(_lead(plan)), share), _means(plan, 2 * share)
    below = [*_allowances(plan, share), *_closing(plan, file, tool, share)]
    sections = (in_the_way(plan), drastic(plan), rest(plan), notices(plan))
    fixed = (marker(plan.tenant), *_titled(headline, *map(_every, sections[:2])), *lead, "", numbers, "", *below)
    way, doomed, others, noted = filled(sections, limit - length(fixed) - length(means))
    head = (marker(plan.tenant), *_titled(headline, way.untold, doomed.untold), *lead)
    under = ("", *way.lines, *doomed.lines, numbers, "", *others.lines, *noted.lines, *below)
    means = _means(plan, limit - length((*head, *under)))
    return "\n".join(_spaced((*head, *means, *under)))


def _numbers(plan: Plan) -> str:
    told = counts(plan)
    return f"In all: {prose(told)}" if told else ""


def _lead(plan: Plan) -> Iterator[str]:
    """The sentences without which the plan is read wrongly."""
    _, *others = opening(plan, ENDLESS)
    return (prose(line.strip()) for line in others)


def _means(plan: Plan, room: int) -> list[str]:
    """What the plan means, a sentence each; where not all have room, first those about what destroys."""
    sentences = meaning(plan)
    bullet = "- " if len(sentences) > 1 else ""
    lines = [f"{bullet}{prose(sentence)}" for sentence in sentences]
    if length(lines) <= room:
        return lines
    grave, remark = grave_of(plan), _left_out(len(lines))
    room, kept = room - length(remark), set[int]()
    for place in sorted(range(len(lines)), key=lambda place: (sentences[place] not in grave, place)):
        if length(lines[place : place + 1]) <= room:
            room -= length(lines[place : place + 1])
            kept.add(place)
    return [*(lines[place] for place in sorted(kept)), *_left_out(len(lines) - len(kept))]


def _titled(headline: str, obstacles: int, destructive: int) -> list[str]:
    """The title, which says so if anything is missing that nobody may overlook."""
    missing = [several(destructive, "destructive change")] if destructive else []
    missing += [f"{several(obstacles, 'thing')} in the way"] if obstacles else []
    if not missing:
        return [f"### {headline}", ""]
    are = "is" if obstacles + destructive == 1 else "are"
    return [f"### INCOMPLETE: {' and '.join(missing)} {are} only in the attached plan", "", f"**{headline}**", ""]


def _every(section: Section) -> int:
    return sum(entry.count for entry in section.entries)


def _allowances(plan: Plan, room: int) -> list[str]:
    told = [f"- {code(options('--allow', plan.allowed))}"] if plan.allowed else []
    told += [f"- guard {code(trip.name)}, lifted: {prose(trip.message)}" for trip in plan.guards if trip.allowed]
    return ["#### Allowed for this one plan", "", *_capped([[line] for line in told], room), ""] if told else []


def _closing(plan: Plan, file: str | None, tool: str, room: int) -> list[str]:
    """What the reader can do with the plan."""
    idle = why_idle(plan)
    if idle is not None:
        return _capped([[prose(idle)]], room)
    if not plan.has_changes:
        return []
    why, command = how_to_apply(plan, file, tool)
    lines = [f"{why}:", "", *typed(command)]
    return lines if length(lines) <= room else [elsewhere(why)]


# --- laying out ---------------------------------------------------------------------------------------------------


def _apart(texts: Iterable[str]) -> Iterator[list[str]]:
    """Each as a paragraph."""
    return ([text, ""] for text in texts)


def _capped(blocks: Iterable[Sequence[str]], room: int) -> list[str]:
    """The lines of as many of the blocks, from the first on, as there is room for, and how many are left out."""
    every, kept = list(blocks), list[str]()
    for number, block in enumerate(every):
        room -= length(block)
        if room < 0:
            return [*kept, *_left_out(len(every) - number)]
        kept += block
    return kept


def _left_out(number: int) -> list[str]:
    return ["", f"{number} more of this is only in the attached plan", ""]


def _spaced(lines: Iterable[str]) -> Iterator[str]:
    """The lines with one empty line where there were several, and none at the end."""
    pending = False
    for line in lines:
        if line:
            yield from [""] * pending
            yield line
        pending = not line
