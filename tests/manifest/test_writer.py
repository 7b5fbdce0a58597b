"""What is written reads back as meant, and what somebody wrote stays as it is."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.errors import UsageError
from provisioner.manifest.reader import read
from provisioner.manifest.source import Source
from provisioner.manifest.writer import Entry, added, flow, manifest, scalar, section

JANE = Entry("jane", {"number": "1001", "recording": {"on_demand": True}})

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]) | st.sampled_from("\n\t"), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | TEXT
NAMES = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, min_size=1, max_size=3),
    max_leaves=8,
)
MISTAKABLE = ("no", "Yes", "0100", "1e3", "12:30", "~", "null", "", " a", "a ", "# a", "a: b", "-", "2026-01-01")


def parsed(text: str) -> Any:
    """What our own reader makes of it; nothing in it is a problem."""
    reading = read(Source("x.yaml", text))
    assert not reading.problems, (text, reading.problems)
    return reading.value


@given(st.dictionaries(NAMES, st.dictionaries(NAMES, VALUES, max_size=3), min_size=1, max_size=3))
def test_a_file_reads_back_as_meant(declared: dict[str, dict[str, Any]]) -> None:
    """Whatever text is in it; every declaration begins on the line that is told."""
    written = manifest("agents", [Entry(key, fields) for key, fields in declared.items()], ("about it",))

    assert parsed(written.text)["agents"] == declared
    lines = written.text.splitlines()
    assert [lines[number - 1].strip().split(":")[0].strip('"') for number in written.lines.values()] == list(declared)


@pytest.mark.parametrize("word", MISTAKABLE)
def test_what_a_reader_could_mistake_is_quoted(word: str) -> None:
    """In every reader of YAML, not in ours alone."""
    assert scalar(word) == f'"{word}"'


@pytest.mark.parametrize("word", ["Jane", "jane@acme.example", "Desk 1001", "call_as_dialed", "O'Neil", "a/b.c"])
def test_plain_words_stay_plain(word: str) -> None:
    assert scalar(word) == word


def test_references_stand_on_one_line() -> None:
    """As people write them."""
    assert section("password", {"from_env": "PIN"}) == "password: {from_env: PIN}\n"
    assert flow([{"id": 17}, "jane"]) == "[{id: 17}, jane]"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", "agents:\n  jane:\nBODY"),
        ("# ours\n", "# ours\nagents:\n  jane:\nBODY"),
        ("agents:\n", "agents:\n  jane:\nBODY"),
        ("agents: # all\n", "agents: # all\n  jane:\nBODY"),
        ("agents:\n  bob: {number: '1'} # he\n", "agents:\n  bob: {number: '1'} # he\n  jane:\nBODY"),
        ("agents:\n  bob: {number: '1'}", "agents:\n  bob: {number: '1'}\n  jane:\nBODY"),
        ("agents:\n  bob:\n    n: 1\n\n# q\nqueues:\n", "agents:\n  bob:\n    n: 1\n  jane:\nBODY\n# q\nqueues:\n"),
        ("agents:\n  b:\n    n: |\n      x\n\nq: {}\n", "agents:\n  b:\n    n: |\n      x\n  jane:\nBODY\nq: {}\n"),
        ("queues:\n  q: {name: Q}\n", "queues:\n  q: {name: Q}\n\nagents:\n  jane:\nBODY"),
        ("agents:\n  bob:\n", "agents:\n  bob:\n  jane:\nBODY"),
    ],
)  # fmt: skip
def test_a_declaration_is_added_as_text(before: str, after: str) -> None:
    """Nothing else in the file changes, not a comment and not a space."""
    body = '    number: "1001"\n    recording:\n      on_demand: true\n'

    assert added(before, "agents", JANE, "agents.yaml") == after.replace("BODY", body)


def test_line_ends_stay_what_they_are() -> None:
    """A file that Windows wrote stays one."""
    text = added("agents:\r\n  bob: {}\r\n", "agents", JANE, "agents.yaml")

    assert text.count("\r\n") == text.count("\n") == 6


@pytest.mark.parametrize("before", ["agents: {bob: {number: '1'}} # all\n", "{agents: {bob: {number: '1'}}} # all\n"])
def test_a_kind_in_braces_is_spelled_anew(before: str) -> None:
    """Comments and quotes kept."""
    text = added(before, "agents", JANE, "agents.yaml")

    jane = {"number": "1001", "recording": {"on_demand": True}}
    assert parsed(text) == {"agents": {"bob": {"number": "1"}, "jane": jane}}
    assert "# all" in text
    assert "'1'" in text


@pytest.mark.parametrize("before", ["- a\n", "a: [\n", "agents: [a]\n", "agents: text\n"])
def test_what_is_no_map_is_refused(before: str) -> None:
    with pytest.raises(UsageError, match=r"agents\.yaml"):
        added(before, "agents", JANE, "agents.yaml")
