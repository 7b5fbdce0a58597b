"""The history shows when somebody changed it, and survives being cut short."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import pytest

from provisioner.errors import StateError
from provisioner.state.backends.local import LocalBackend
from provisioner.state.entries import RunFinished, RunStarted
from provisioner.state.history import FIRST, History, Record, Status, head_of, line_of, tells
from tests.state.records import a_run, run


def a_record(name: str) -> Record:
    """An apply that did nothing."""
    return Record(name, "ann", "apply", "d1ge57", "12:00", "12:05", Status.COMPLETED)


def lines(*names: str) -> list[bytes]:
    """Their lines, chained."""
    found: list[bytes] = []
    for name in names:
        found.append(line_of(a_record(name), head_of(found[-1] if found else None)))
    return found


def history(found: list[bytes], head: str | None = None, *, told: bool = True) -> History:
    """What a back-end gives; the record remembers the last line unless told otherwise."""
    return History("history.jsonl", tuple(found), head_of(found[-1]) if head is None else head, told)


def test_each_line_names_the_one_before() -> None:
    """By its SHA-256: `sha256sum` can check it."""
    first, second = lines("a", "b")

    assert json.loads(first)["previous"] == FIRST
    assert json.loads(second)["previous"] == hashlib.sha256(first).hexdigest()
    assert history([first, second]).verify() == 2
    assert [record.run for record in history([first, second]).records()] == ["a", "b"]


@pytest.mark.parametrize("number", [0, 1, 2])
def test_a_changed_line_is_found(number: int) -> None:
    """The first bad line is named: the one after the change, which no longer follows; the last one by the state."""
    found = lines("a", "b", "c")
    found[number] = found[number].replace(b"ann", b"bob")

    with pytest.raises(StateError, match=f"damaged at line {min(number + 2, 3)}"):
        history(found, head_of(lines("a", "b", "c")[-1])).verify()


@pytest.mark.parametrize("kept", [(1, 2), (0, 2), (0, 1), (0,), (1, 0, 2)])
def test_lines_that_are_gone_or_moved_are_found(kept: tuple[int, ...]) -> None:
    """At the beginning, in the middle, at the end."""
    whole = lines("a", "b", "c")

    with pytest.raises(StateError, match="damaged at line"):
        history([whole[number] for number in kept], head_of(whole[-1])).verify()


def test_a_history_that_is_gone_is_found() -> None:
    """The state remembers that there was one."""
    with pytest.raises(StateError, match="none is there, and the state remembers one"):
        history([], head_of(b"x")).verify()


def test_a_state_that_remembers_nothing_accuses_nobody() -> None:
    """A new state in an old folder, say."""
    assert history(lines("a"), "").verify() == 1
    assert history([], "").verify() == 0


def test_a_line_that_the_state_has_not_heard_of_yet_is_in_order() -> None:
    """Killed between the history and the journal: one line more, but not two."""
    one, two, three = lines("a", "b", "c")

    assert history([one, two], head_of(one), told=False).verify() == 2
    assert history([one, two], head_of(two), told=False).verify() == 2
    with pytest.raises(StateError, match="line 3"):
        history([one, two, three], head_of(one), told=False).verify()


@pytest.mark.parametrize("line", [b"", b"{}", b"[]", b"{", b'{"previous": 1}', b'{"previous": "x"}', b"[" * 100_000])
def test_a_line_that_is_none_is_named(line: bytes) -> None:
    """Never a traceback."""
    with pytest.raises(StateError, match=re.escape("`history.jsonl` is damaged at line 2")):
        history([*lines("a"), line]).records()
    with pytest.raises(StateError, match="line 2"):
        history([*lines("a"), line]).verify()
    assert not tells(line, a_record("a"))


async def apply(folder: Path, name: str) -> None:
    """An apply that does nothing."""
    async with LocalBackend(folder).writer(who="ann", command="apply") as writer:
        await writer.append(RunStarted(a_run(name), "acme", {}))
        await writer.append(RunFinished(name, completed=True))


def test_a_torn_last_line_is_written_anew(tmp_path: Path) -> None:
    """Readers leave it out, the next writer cuts it off, and the chain holds."""
    run(apply(tmp_path, "r-1"))
    path = tmp_path / "history.jsonl"
    with path.open("ab") as file:
        file.write(b'{"previous":"')

    assert LocalBackend(tmp_path).history().verify() == 1
    run(apply(tmp_path, "r-2"))

    assert LocalBackend(tmp_path).history().verify() == 2
    assert path.read_bytes().count(b"\n") == 2


def test_a_damaged_history_stops_nobody(tmp_path: Path) -> None:
    """It goes on behind the damage, which stays for everybody to see."""
    run(apply(tmp_path, "r-1"))
    path = tmp_path / "history.jsonl"
    path.write_bytes(b"graffiti\n")
    run(apply(tmp_path, "r-2"))

    with pytest.raises(StateError, match="line 1"):
        LocalBackend(tmp_path).history().verify()
    assert path.read_bytes().startswith(b"graffiti\n{")
