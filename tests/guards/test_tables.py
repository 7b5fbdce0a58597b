"""Every dangerous edit is stopped before the first call that changes anything, and no ordinary one is held.

The smallest two sizes of the dangerous ones go through the real command line, too; see README's table of guards and
docs/guards.md for what comes of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest

from provisioner.state.document import Bound, Document
from tests.guards.commands import Applied, Servers
from tests.guards.houses import SIZES, House, declarations, house
from tests.guards.rehearsal import Outcome, Rehearsal, Rehearsals
from tests.guards.scene import BESIDE_OTHERS
from tests.guards.tables import Dangerous, Ordinary, dangerous, ordinary

HOUSES = ("centre", "sites", "dial")
WITH_COMMANDS = SIZES[:2]
ALONE = SIZES[:2]
"""The sizes in which every ordinary edit has a plan of its own."""
AT_ONCE = 18
"""How many ordinary edits are made at once in larger centres."""

Prepared = Callable[[House], Rehearsal]
Carried = Callable[[House], Applied]


@pytest.fixture(scope="session")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """A house in memory, applied once for all tests of a worker."""
    return Rehearsals(tmp_path_factory.mktemp("rehearsals")).of


@pytest.fixture(scope="session")
def applied(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Carried]:
    """A house behind real servers, applied once for all tests of a worker."""
    root = tmp_path_factory.mktemp("applied")
    with ExitStack() as stack:
        servers = Servers(stack)

        @lru_cache
        def made(name: str, size: int) -> Applied:
            folder = root / f"{name}-{size}"
            folder.mkdir()
            return Applied.of(house(name, size), folder, servers)

        yield lambda one: made(one.name, one.size)


@pytest.fixture(autouse=True)
def _outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither ``CI`` nor anything of this tool is set."""
    for name in [name for name in os.environ if name == "CI" or name.startswith("PROVISIONER_")]:
        monkeypatch.delenv(name)


def each(rows: Sequence[Any], sizes: Sequence[int]) -> list[Any]:
    """A row in each of the sizes that it is about; those of one size and house stand together."""
    found = [(row, size) for size in sizes for row in sorted(rows, key=lambda row: HOUSES.index(row.house))]
    return [pytest.param(row, size, id=f"{size}-{row.name}") for row, size in found if size in row.sizes]


# --- dangerous ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "size"), each(dangerous(), SIZES))
def test_what_is_dangerous_is_stopped(
    row: Dangerous, size: int, rehearsal: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The plan is refused, by what the table names."""
    outcome = rehearsal(house(row.house, size)).outcome(row.edit, monkeypatch)

    assert outcome.stopped_by & row.stopped_by, outcome


@pytest.mark.parametrize(("row", "size"), each(dangerous(), WITH_COMMANDS))
def test_what_is_dangerous_is_stopped_before_the_first_call(row: Dangerous, size: int, applied: Carried) -> None:
    """`plan` and `apply --auto-approve` end with 1; nothing that changes anything was sent, and nothing has changed."""
    there = applied(house(row.house, size))
    edited = there.after(row.edit)
    before = there.contents()

    planned = there.run(edited, "plan", "--format", "json", *edited.typed)
    done = there.run(edited, "apply", "--auto-approve", *edited.typed)

    assert (planned.code, done.code) == (1, 1), planned.err + planned.out + done.err + done.out
    assert planned.stopped_by & row.stopped_by, planned.err + planned.out
    assert there.writes() == []
    assert there.contents() == before


# --- ordinary -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("row", "size"), each(ordinary(), ALONE))
def test_what_is_ordinary_is_not_held(
    row: Ordinary, size: int, rehearsal: Prepared, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing refuses the plan, and it holds what the table says."""
    outcome = rehearsal(house(row.house, size)).outcome(row.edit, monkeypatch)

    assert (outcome.stopped_by, dict(outcome.does)) == (frozenset(), dict(row.does_in(size))), outcome


@dataclass(frozen=True)
class Week:
    """Ordinary edits that are made at once, in a house of one size."""

    house: str
    size: int
    rows: tuple[Ordinary, ...]


def weeks(size: int) -> Iterator[Week]:
    """All that is ordinary in a centre of that size.

    What leaves others what they are is made many at a time: a guard that lets all of it pass lets each pass, since
    every limit is on a count that only rises. Neighbours in the table are alike, and go into different weeks.
    """
    for name in HOUSES:
        rows = [row for row in ordinary() if row.house == name and size in row.sizes]
        shared = [row for row in rows if _is_shared(row)]
        count = -(-len(shared) // AT_ONCE)
        yield from (Week(name, size, tuple(shared[start::count])) for start in range(count))
        yield from (Week(name, size, (row,)) for row in rows if row not in shared)


def _is_shared(row: Ordinary) -> bool:
    return all(step.keys() <= BESIDE_OTHERS.keys() for step in row.edit) and row.does_in(SIZES[0]) == row.does


LARGE = [week for size in SIZES if size not in ALONE for week in weeks(size)]


@pytest.mark.parametrize("week", LARGE, ids=lambda week: f"{week.size}-{week.house}-{week.rows[0].name}")
def test_an_ordinary_week_is_not_held(week: Week, rehearsal: Prepared, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a large centre, many edits at once are let pass; those that stand in each other's way, in smaller groups."""
    there = rehearsal(house(week.house, week.size))

    waiting = [week.rows]
    while waiting:
        rows = waiting.pop()
        if len(rows) == 1:
            alone = there.outcome(rows[0].edit, monkeypatch)
            assert (alone.stopped_by, dict(alone.does)) == (frozenset(), dict(rows[0].does_in(week.size))), rows[0].name
            continue
        outcome, unfit = there.together([row.edit for row in rows])
        if outcome.stopped_by:
            waiting += [rows[: len(rows) // 2], rows[len(rows) // 2 :]]
        elif unfit:
            waiting.append(tuple(rows[place] for place in unfit))


# --- the tables and the houses ------------------------------------------------------------------------------------


def test_the_tables_hold_what_they_promise() -> None:
    """At least 50 dangerous edits and 200 ordinary ones, each once, and a reason for each size that is left out."""
    rows = [*dangerous(), *ordinary()]

    assert len(dangerous()) >= 50
    assert len(ordinary()) >= 200
    assert len({row.name for row in rows}) == len(rows)
    assert len({(row.house, repr(row.edit)) for row in rows}) == len(rows)
    assert [row.name for row in rows if bool(row.left_out) != (tuple(row.sizes) != SIZES)] == []
    assert [row.name for row in dangerous() if not row.because] == []


def test_the_page_of_the_guards_counts_the_rows() -> None:
    """What docs/guards.md says of the tables is so."""
    page = (Path(__file__).parents[2] / "docs/guards.md").read_text(encoding="utf-8")

    assert f"`dangerous.yaml`](../tests/guards/dangerous.yaml): {len(dangerous())} edits" in page
    assert f"`ordinary.yaml`](../tests/guards/ordinary.yaml): {len(ordinary())} edits" in page


@pytest.mark.parametrize("name", HOUSES)
@pytest.mark.parametrize("size", SIZES)
def test_a_house_has_as_many_resources_as_it_says(name: str, size: int, rehearsal: Prepared) -> None:
    """That many are declared and bound, and a plan finds nothing to do."""
    one = house(name, size)
    there = rehearsal(one)

    declared = [key for text in one.files.values() for _, key, _ in declarations(text)]
    assert (len(declared), len(there.document.bound)) == (size, size)
    assert there.together([]) == (Outcome(frozenset(), {}), [])


@pytest.mark.parametrize("name", HOUSES)
@pytest.mark.parametrize("size", WITH_COMMANDS)
def test_a_house_in_memory_is_what_a_real_apply_makes(
    name: str, size: int, rehearsal: Prepared, applied: Carried
) -> None:
    """The same bindings, and the same people remembered who have left."""
    one = house(name, size)

    assert told(rehearsal(one).document) == told(applied(one).document)


def told(document: Document) -> dict[str, Any]:
    """What a record says, the accounts aside: their addresses differ."""
    stones = {str(at): (one.id, one.natural_key, one.personal) for at, one in document.tombstones.items()}
    return {"bound": {str(at): _told(one) for at, one in document.bound.items()}, "left": stones}


def _told(bound: Bound) -> tuple[Any, ...]:
    values = (dict(bound.attributes), dict(bound.secrets), dict(bound.references))
    return (bound.id, bound.natural_key, *values, bound.made, bound.prevent_destroy, bound.file)
