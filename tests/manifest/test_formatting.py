"""Canonical layout: what is made alike, what stays, and that nothing is lost whatever the file looks like."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from provisioner.manifest.formatting import formatted, same
from provisioner.manifest.reader import read
from provisioner.manifest.source import Source
from tests.manifest.made_up import desired
from tests.manifest.test_any_input import TENANT

ROOT = Path(__file__).parent.parent.parent
OURS = sorted([*ROOT.glob("examples/**/*.yaml"), *ROOT.glob("provisioner/cli/blueprints/**/*.yaml")])


@pytest.mark.parametrize(
    ("untidy", "tidy"),
    [
        ("a:   1\n", "a: 1\n"),
        ("a:\n    b:\n       c: 1\n", "a:\n  b:\n    c: 1\n"),
        ("a:\n- 1\n-   2\n", "a:\n  - 1\n  - 2\n"),
        ("a:\n-   - 1\n    - 2\n", "a:\n  - - 1\n    - 2\n"),
        ("a:\n-\n  b: 1\n  c: 2\n", "a:\n  - b: 1\n    c: 2\n"),
        ("a: { b :  1,c: [ 1,2 ] }\n", "a: {b: 1, c: [1, 2]}\n"),
        ("a: {b, c: }\n", "a: {b: null, c: null}\n"),
        ("a: [1,\n  2]\n", "a: [\n  1,\n  2\n]\n"),
        ("a: {\n}\n", "a: {}\n"),
        ("a: 'x'\n", 'a: "x"\n'),
        ("a: 'it''s \"so\"'\n", 'a: "it\'s \\"so\\""\n'),
        ("a: Support desk\n", "a: Support desk\n"),
        ("a: yes\nb: 08:00\nc: 1_000\nd: 2024-01-01\n", 'a: "yes"\nb: "08:00"\nc: "1_000"\nd: "2024-01-01"\n'),
        ("on: [pbx]\nyes: 1\n", "on: [pbx]\nyes: 1\n"),
        ("'on': [pbx]\n", '"on": [pbx]\n'),
        ("a: ~\nb: NULL\nc:\nd: True\n", "a: null\nb: null\nc:\nd: true\n"),
        ("a: 0x1F\nb: 1e3\n", "a: 0x1F\nb: 1e3\n"),
        ("a: one\n  two\n", "a: one two\n"),
        ("a: |\n      b\n        c\n", "a: |\n  b\n    c\n"),
        ("a: |3\n     b\n", "a: |2\n    b\n"),
        ("a: |+\n    b\n\n\nc: 1\n", "a: |+\n  b\n\n\nc: 1\n"),
        ("a: >- # why\n    b\n", "a: >- # why\n  b\n"),
        ("a:   &x   {b: 1}\nc:   *x\n", "a: &x {b: 1}\nc: *x\n"),
        ("a: &x\n    b: 1\nc:\n- *x\n", "a: &x\n  b: 1\nc:\n  - *x\n"),
        ("\n\na: 1\n\n\n\nb: 2\n\n\n", "a: 1\n\nb: 2\n"),
        ("---\na:   1\n...\n", "---\na: 1\n"),
        ("# only this\n\n\n", "# only this\n"),
        ("", ""),
        ("a: 1", "a: 1\n"),
        ("b: 1\na: 2\n", "b: 1\na: 2\n"),
    ],
)
def test_layout(untidy: str, tidy: str) -> None:
    """Each line of the table is one thing that is made alike, or stays."""
    assert formatted(untidy) == tidy
    assert same(untidy, tidy)


@pytest.mark.parametrize(
    ("untidy", "tidy"),
    [
        ("a: 1      # behind\n", "a: 1 # behind\n"),
        ("a:    # behind a key\n    b: 1\n", "a: # behind a key\n  b: 1\n"),
        ("a:\n  # above\n    b: 1\n", "a:\n  # above\n  b: 1\n"),
        ("a:\n    b: 1\n    # below\nc: 1\n", "a:\n  b: 1\n  # below\nc: 1\n"),
        ("a:\n    b: 1\n# above c\nc: 1\n", "a:\n  b: 1\n# above c\nc: 1\n"),
        ("a:\n    b:\n        c: 1\n    # above d\n    d: 1\n", "a:\n  b:\n    c: 1\n  # above d\n  d: 1\n"),
        ("a:\n    # nothing yet\nb: 1\n", "a:\n  # nothing yet\nb: 1\n"),
        ("a:\n  - b\n  # - c\nd: 1\n", "a:\n  - b\n  # - c\nd: 1\n"),
        ("a: {  # opening\n  b: 1,   # one\n  # two\n  c: 2\n  # last\n}\n",
         "a: { # opening\n  b: 1, # one\n  # two\n  c: 2\n  # last\n}\n"),
        ("a: 1\n# end", "a: 1\n# end\n"),
        ("# top\n\n\n# more\na: 1\n", "# top\n\n# more\na: 1\n"),
        ("a: 'x # y'\nb: x#y\nc: |\n  # text\n", 'a: "x # y"\nb: x#y\nc: |\n  # text\n'),
        ("--- # start\na: 1\n", "--- # start\na: 1\n"),
    ],
)  # fmt: skip
def test_comments(untidy: str, tidy: str) -> None:
    """Each stays with what it is about."""
    assert formatted(untidy) == tidy
    assert same(untidy, tidy)


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_our_own_manifests_are_tidy(path: Path) -> None:
    """Examples show the layout that `fmt` makes."""
    text = path.read_text("utf-8")

    assert formatted(text) == text


@pytest.mark.parametrize(
    ("before", "after"),
    [("a: 1", "a: 1.0"), ("a: 1", "a: true"), ("a: 1 # b", "a: 1"), ("a: 1", "a:   1"), ("a: 1", "]")],
)
def test_same_is_strict(before: str, after: str) -> None:
    """It is the net below everything else."""
    assert not same(before, after)


PIECES = [
    *"{}[]:,&*|>'\"#-?\n ~",
    "  ", ": ", "- ", "*joe", "&z ", "---\n", " # c", "\n# c\n", "\n  # d\n", "\n      # e\n", "\n\n\n", "yes", "08:00",
    "|\n      t\n", ">+\n    a\n\n\n", "|2\n      b\n", "{a: 1,\n b: 2 # x\n }", "[1, # y\n 2]", '"a\\tb"', "'x # y'",
    "null", "\U0001f600", "a: b", "on: ", "no",
]  # fmt: skip

ANY = settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much]
)


@st.composite
def rewritten(draw: st.DrawFn) -> str:
    """The good tenant with pieces put in or in the place of others."""
    text = TENANT
    for _ in range(draw(st.integers(1, 3))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.sampled_from([0, 0, 0, 1, 4]))
        piece = "".join(draw(st.lists(st.sampled_from(PIECES), max_size=2)))
        text = text[:start] + piece + text[start + length :]
    return text


@ANY
@given(rewritten())
@example("a:\n- # odd\n  b: 1\n  # c\n# d\n- 1\n")
@example("a: {b: [1, # x\n  2], c: |\n}\n")
@example("a: >+\n    b\n\n\n")
@example("a: |\n  b")
@example("a: >+\n  b\n c: [1]")
@example("a:\n  b: |\n      c\n    # d\n  # e\n# f\n")
@example(" # c\n  # d\n---\na: 1\n")
@example("a:\n- \xa0\n")
@example("a: \xa0 # b\n")
@example("- - a # b\n  # c\n  -\n - d\n")
def test_nothing_is_lost(text: str) -> None:
    """Same values, same comments, and a second time changes nothing, for whatever can be read without a problem."""
    assume(not read(Source("", text)).problems)

    assert same(text, formatted(text))


TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=8)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-99, 99),
    TEXT,
    st.sampled_from(["yes", "08:00", "1_0", "- a", "# b", "a: b", "\n", " "]),
)
VALUES = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=12
)  # fmt: skip


@ANY
@given(st.dictionaries(TEXT, VALUES, max_size=4), st.sampled_from([None, False, True]), st.integers(2, 7))
def test_any_value_in_any_style(value: object, flow: bool | None, indent: int) -> None:  # noqa: FBT001 (drawn)
    """What another writer of YAML made, in block, in flow, or mixed, reads the same afterwards."""
    text = written(value, flow=flow, indent=indent)
    assume(not read(Source("", text)).problems)

    assert same(text, formatted(text))


def written(value: object, *, flow: bool | None, indent: int) -> str:
    """The value by ruamel.yaml, in a layout that is not ours."""
    import io

    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = flow
    yaml.indent = indent
    yaml.allow_unicode = True
    stream = io.StringIO()
    yaml.dump(value, stream)
    return stream.getvalue()


def test_what_the_tenant_wants_stays(tmp_path: Path) -> None:
    """Down to the digest that a saved plan is tied to."""
    with tempfile.TemporaryDirectory() as other:
        before = desired(Path(other), a=TENANT).config_digest

    assert desired(tmp_path, a=formatted(TENANT)).config_digest == before
