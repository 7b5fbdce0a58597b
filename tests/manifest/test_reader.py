"""YAML files become plain values, and each of the format's traps is told at its place."""

from __future__ import annotations

import pytest
from ruamel.yaml import YAML
from ruamel.yaml.cyaml import CParser  # type: ignore[attr-defined]  # as in the reader

from provisioner.diagnostics import Diagnostic
from provisioner.manifest.files import decode
from provisioner.manifest.reader import DEEPEST, Reading, read
from provisioner.manifest.source import Place, Source


def reading(text: str) -> Reading:
    """What the text reads as."""
    return read(Source("a.yaml", text))


def value(text: str) -> object:
    """The text's value; it must have no problems."""
    found = reading(text)

    assert found.problems == ()
    assert found.whole
    return found.value


def only(text: str) -> Diagnostic:
    """The text's one problem."""
    found = reading(text).problems

    assert len(found) == 1, found
    return found[0]


def test_the_c_parser_is_in_use() -> None:
    """The pure Python parser would be a hundred times slower, without a word."""
    assert CParser.__module__.endswith("_ruamel_yaml")
    assert issubclass(YAML(typ="safe").Parser, CParser)


def test_values() -> None:
    """Maps, lists, all styles of text, numbers, and null in its forms."""
    text = "a: {b: [1, \"2\", '3', x]}\nc:\nd: |\n  two\n  lines\ne: >\n  one\n  line\nf: no\ng: ~\nh: 2024-01-31\n"

    assert value(text) == {
        "a": {"b": [1, "2", "3", "x"]},
        "c": None,
        "d": "two\nlines\n",
        "e": "one line\n",
        "f": "no",
        "g": None,
        "h": "2024-01-31",
    }


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "\n\n", "\ufeff".encode().decode("utf-8-sig")])
def test_an_empty_file_is_none(text: str) -> None:
    """A file may hold nothing, or comments only."""
    assert value(text) is None


def test_yaml_1_2_may_say_so() -> None:
    """`%YAML 1.2` states what is the case anyway."""
    assert value("%YAML 1.2\n---\na: yes\n") == {"a": "yes"}


def test_plain_aliases() -> None:
    """An anchor and its aliases give equal values."""
    assert value("a: &x {b: 1}\nc: *x\nd: [*x, *x]\n") == {"a": {"b": 1}, "c": {"b": 1}, "d": [{"b": 1}, {"b": 1}]}


def test_a_byte_order_mark_is_accepted() -> None:
    """Windows editors write one; positions do not count it."""
    source = decode(b"\xef\xbb\xbfa: 0100\n", "a.yaml")

    assert isinstance(source, Source)
    assert str(read(source).problems[0].position) == "a.yaml:1:4"


TRAPS = [
    ("a: 1\nb: 2\na: 3\n", "3:1", "duplicate_key", "`a` is already given in line 1", "merge the two"),
    ("x:\n  a: 1\n  a: 1\n", "3:3", "duplicate_key", "already given in line 2", "a.yaml:2:3"),
    ("number: 0100\n", "1:9", "leading_zero", "`0100` would lose its leading zeros", '`"0100"`'),
    ("n: .inf\n", "1:4", "odd_number", "`.inf` is not a number", "quotes"),
    ("n: 1e999\n", "1:4", "odd_number", "`1e999`", "quotes"),
    ("n: " + "9" * 5000 + "\n", "1:4", "odd_number", "this is not a number", "quotes"),
    ("a:\n\tb: 1\n", "2:1", "tab", "a tab indents this line", "spaces"),
    ("a:\n  b: 1\n\tc: 2\n", "3:1", "tab", "a tab indents this line", "spaces"),
    ("a: &x [*x]\n", "1:8", "recursive_alias", "`*x` refers to what it is part of", "write out"),
    ("a: *x\n", "1:4", "unknown_alias", "`*x` refers to an anchor that is not set", "`&x`"),
    ("a: &x 1\nb: &x 2\n", "2:4", "anchor_twice", "`&x` is set a second time", "name of its own"),
    ("a: !!str 1\n", "1:4", "tag", "`!!str` has no meaning", "quotes"),
    ("a: !vault x\n", "1:4", "tag", "`!vault` has no meaning", "take it out"),
    ("a: !!map {b: 1}\n", "1:4", "tag", "`!!map`", "take it out"),
    ("%TAG !e! tag:example.com,2024:\n---\na: !e!b 1\n", "1:1", "tag", "`%TAG`", "take the `%TAG` line out"),
    ("a: 1\n---\nb: 2\n", "2:1", "second_document", "a second document starts here", "`---`"),
    ("%YAML 1.1\n---\na: 1\n", "1:1", "yaml_version", "`%YAML 1.1`", "are text"),
    ("%FOO\n---\na: 1\n", "1:1", "directive", "starts with `%`", "take the line out"),
    ("a: <<\n<<: {b: 1}\n", "2:1", "merge_key", "`<<` merges maps in YAML 1.1", "`defaults:`"),
    ("1001: {a: 1}\n", "1:1", "key", "`1001` is a number", "`k1001`"),
    ("true: 1\n", "1:1", "key", "`true` is true or false", "quotes"),
    ("~: 1\n", "1:1", "key", "`~` is null", "quotes"),
    ("&k a: 1\n", "1:1", "key", "a key takes no anchor", "at the value"),
    ("a: &k x\n*k : 1\n", "2:1", "key", "a key must be written out", "write the key"),
    ("? [a]\n: b\n", "1:3", "key", "a key must be text", "`? `"),
    ('a: "x\\x1by"\n', "1:4", "control_character", "holds a control character", "garble"),
    ('"a\\x07": 1\n', "1:1", "control_character", "the key holds", "take it out"),
    ("a: x\x1b[31m\n", "1:5", "control_character", "U+001B", "delete it"),
    ("a: x\u2028y\n", "1:5", "control_character", "U+2028", "delete it"),
    ('a: "b\nc: d\n', "1:4", "open_quote", "never closed", "closing quote"),
    ("a: [1, 2\nb: 1\n", "1:4", "open_bracket", "`[` is never closed", "`]`"),
    ("a: {b: c\n", "1:4", "open_bracket", "`{` is never closed", "`}`"),
    ("a: b: c\n", "1:5", "colon", "second `: `", "quotes"),
    ("a: @x\n", "1:4", "reserved_character", "`@` may not start", "quotes"),
    ('a: "\\q"\n', "1:5", "escape", "not an escape", "single quotes"),
    ("a:\n  - b\n  c: d\n", "3:3", "indentation", "list item", "indentation"),
    ('a: "b"c\n', "1:7", "indentation", "a key is expected", "indentation"),
    ("a: " + "[" * (DEEPEST + 5), f"1:{DEEPEST + 3}", "too_deep", f"deeper than {DEEPEST}", "bracket"),
]


@pytest.mark.parametrize(("text", "place", "code", "message", "hint"), TRAPS)
def test_traps(text: str, place: str, code: str, message: str, hint: str) -> None:
    """One problem, at its place, with a message and a hint of its own."""
    problem = only(text)

    assert str(problem.position) == f"a.yaml:{place}"
    assert problem.code == code
    assert message in problem.message
    assert hint in (problem.hint or "")
    assert "\n" not in problem.message
    assert not problem.message.endswith(".")


def test_exploding_aliases_are_bounded() -> None:
    """Nine levels of nine aliases each would be half a billion values."""
    levels = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    levels += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 10)]

    assert only("\n".join(levels)).code == "exploding_aliases"


def test_a_file_of_brackets_is_refused_quickly() -> None:
    """The depth is bounded before anything recurses in C."""
    assert only("[" * 1_000_000).code == "too_deep"


def test_every_oddity_of_a_file_is_told() -> None:
    """Oddities do not hide each other; the values are read on."""
    found = reading("a: 0100\nb: !!str x\na: 1\n<<: {}\n")

    assert [problem.code for problem in found.problems] == ["leading_zero", "tag", "duplicate_key", "merge_key"]
    assert found.whole
    assert found.value == {"a": 100, "b": "x", "<<": {}}


def test_a_bad_byte_is_located() -> None:
    """Not UTF-8: line and column of the first bad byte."""
    problem = decode("a: 1\nname: é".encode() + b"\xff", "a.yaml")

    assert isinstance(problem, Diagnostic)
    assert str(problem.position) == "a.yaml:2:8"
    assert "0xFF" in problem.message


def test_utf_16_is_recognised() -> None:
    """What an editor saved as UTF-16 is called that."""
    problem = decode("a: 1".encode("utf-16"), "a.yaml")

    assert isinstance(problem, Diagnostic)
    assert "UTF-16" in (problem.hint or "")


PLACES = (
    "agents:\n  jane: {number: '1', on: [pbx, inbox], tags: &t [x, y]}\n  joe:\n    tags: *t\n    deep: {a: {b: 1}}\n"
)


@pytest.mark.parametrize(
    ("path", "of_key", "place"),
    [
        (("agents", "jane"), True, "2:3"),
        (("agents", "jane", "number"), False, "2:18"),
        (("agents", "jane", "number"), True, "2:10"),
        (("agents", "jane", "on", 1), False, "2:33"),
        (("agents", "jane", "on", "inbox"), False, "2:33"),
        (("agents", "jane", "missing"), False, "2:3"),
        (("agents", "joe", "tags"), False, "4:11"),
        (("agents", "joe", "deep", "a", "b"), False, "5:19"),
        (("agents", "joe", "deep", "a", "c"), False, "5:12"),
    ],
)
def test_positions(path: tuple[str | int, ...], of_key: bool, place: str) -> None:  # noqa: FBT001 (a table's column)
    """Any path can be asked for; an alias is shown where it is used, what is missing at its nearest parent."""
    source = Source("a.yaml", PLACES)

    assert str(source.position(source.span(path, of_key=of_key).start)) == f"a.yaml:{place}"


def test_the_empty_path_is_the_key() -> None:
    """A problem of a whole map is shown at the key that holds it, underlined."""
    problem = Place(Source("a.yaml", PLACES), ("agents", "jane")).problem("x", "y")

    assert (str(problem.position), problem.width) == ("a.yaml:2:3", len("jane"))


def test_windows_line_ends() -> None:
    """Lines are counted alike, and quoted without the carriage return."""
    problem = only("a: 1\r\nb: 0100\r\n")

    assert str(problem.position) == "a.yaml:2:4"
    assert problem.source == "b: 0100"
