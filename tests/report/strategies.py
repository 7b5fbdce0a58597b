"""Any plan that could be written: made of whatever addresses, texts and values hypothesis thinks of."""

from __future__ import annotations

import re
import string
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.plan.document import ABSENT, Action, Agreed, Change, FieldChange, Plan, Reason, Record, Step, Trip
from provisioner.plan.guards import NAMES
from provisioner.values import Value, VendorId, secret

MANY = 3

HARMFUL = re.compile(
    "[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2064\u2066-\u2069\ud800-\udfff\ufeff"
    "\U000e0001-\U000e007f]"
)
"""What no text for people may hold but line ends: it steers a terminal, reorders a line, or cannot be seen."""

texts = st.text(st.characters(codec="utf-8"), max_size=12)

hostile = st.lists(
    st.one_of(
        st.sampled_from(
            (
                *("@octocat", "#12", "!12", "GH-1", "a/b#1", "deadbeef", "1234567", "https://a.b", "www.a.b", "a@b.c"),
                *(":tada:", "- [ ] ", "1. ", "/close", "# ", "> ", "---", "===", "|", "|-|-|", "[a](b)", "![a](b)"),
                *("[^1]", "<b>", "</details>", "</code>", "<!--", "-->", "]]>", "&amp;", "&#64;", "*", "_", "~~", "\\"),
                *(
                    "`",
                    "``",
                    "```",
                    "~~~",
                    "`" * 80,
                    "`" * 81,
                    "\n",
                    "\n\n",
                    "\r",
                    "\t",
                    " ",
                    "  ",
                    "\x1b[2J",
                    "\u202e",
                ),
                *("\ud800", "\u2028", "\xa0", "$`x`$", "Jane Roe", "loses 3 of 12", "word", "\U0001f600", "x" * 700),
            )
        ),
        st.text(max_size=3),
    ),
    min_size=1,
    max_size=12,
).map("".join)
"""What somebody might write who means ill: all that Markdown, HTML, GitHub or GitLab obeys, in any order."""
names = st.text(string.ascii_lowercase + string.digits, min_size=1, max_size=4)
addresses = st.builds(Address, st.sampled_from(("agents", "queues")), names, st.sampled_from(("pbx", "inbox")))
paths = st.lists(names, min_size=1, max_size=2).map(".".join)

leaves: st.SearchStrategy[Any] = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(2**40), 2**40),
    st.floats(allow_nan=False, allow_infinity=False),
    texts,
    st.builds(secret, st.integers(1, 9)),
    st.builds(lambda vendor_id: {"id": vendor_id}, names),
)
values: st.SearchStrategy[Value] = st.one_of(leaves, st.lists(leaves, max_size=MANY))


def _unnested(attributes: dict[str, Value]) -> dict[str, Value]:
    """Without paths that lie below another one: ``a`` and ``a.b`` are not both leaves of one entity."""
    return {
        path: value
        for path, value in attributes.items()
        if not any(path.startswith(f"{other}.") for other in attributes)
    }


attributes = st.dictionaries(paths, values, max_size=MANY).map(_unnested)
fields = st.builds(
    FieldChange,
    paths,
    st.one_of(st.just(ABSENT), values),
    st.one_of(st.just(ABSENT), values),
    secret=st.booleans(),
    manual=st.booleans(),
    forces_replace=st.booleans(),
    default_from=st.none() | texts,
)
diagnostics = st.builds(
    Diagnostic,
    texts,
    texts,
    st.none() | st.builds(Position, texts, st.integers(1, 9), st.integers(1, 9)),
    expected=st.none() | texts,
    hint=st.none() | texts,
    severity=st.sampled_from(Severity),
    address=st.none() | texts,
)
trips = st.builds(
    Trip,
    st.sampled_from(sorted(NAMES)),
    texts,
    texts,
    st.none() | names,
    st.none() | names,
    st.lists(addresses.map(str), max_size=MANY).map(tuple),
    allowed=st.booleans(),
)
agreed = st.builds(Agreed, attributes, attributes, st.lists(texts, max_size=MANY).map(tuple))
records = st.builds(
    Record, addresses, st.lists(paths, max_size=MANY).map(tuple), st.booleans(), texts, st.none() | agreed
)


@st.composite
def changes(draw: st.DrawFn) -> Change:
    """A change; ``deleted`` only where something is there."""
    before = draw(st.none() | attributes)
    action = draw(st.sampled_from([action for action in Action if action is not Action.NONE]))
    return Change(
        address=draw(addresses),
        vendor=draw(texts),
        action=action,
        step=draw(st.none() | st.sampled_from(Step)),
        intent=draw(st.sampled_from((Action.CREATE, Action.DELETE))) if action is Action.MANUAL else None,
        id=draw(st.none() | texts.map(VendorId)),
        reasons=tuple(draw(st.lists(st.builds(Reason, names, texts), max_size=MANY))),
        before=before,
        deleted=before is not None and draw(st.booleans()),
        after=draw(st.none() | attributes),
        fields=tuple(draw(st.lists(fields, max_size=MANY))),
        included_by=draw(st.none() | texts),
        moved_from=draw(st.none() | addresses),
        lost=draw(st.none() | names.map(VendorId)),
        undeletes=draw(st.booleans()),
        file=draw(texts),
        prevent_destroy=draw(st.booleans()),
    )


@st.composite
def ordered(draw: st.DrawFn) -> tuple[Change, ...]:
    """Some changes, each of which needs none but earlier ones."""
    found: list[Change] = []
    for change in draw(st.lists(changes(), max_size=4, unique_by=lambda change: change.key)):
        earlier = [one.key for one in found]
        needs = draw(st.lists(st.sampled_from(earlier), max_size=MANY, unique=True)) if earlier else []
        found.append(replace(change, needs=tuple(needs)))
    return tuple(found)


def _tuples(of: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(of, max_size=MANY).map(tuple)


plans: st.SearchStrategy[Plan] = st.builds(
    Plan,
    tenant=texts,
    changes=ordered(),
    none=st.integers(0, 9),
    unmanaged=st.none() | st.integers(0, 9),
    guards=_tuples(trips),
    diagnostics=_tuples(diagnostics),
    records=_tuples(records),
    lineage=texts,
    serial=st.integers(0, 9),
    accounts=st.dictionaries(names, texts, max_size=MANY),
    reset_accounts=_tuples(names),
    targets=_tuples(texts),
    excludes=_tuples(texts),
    allowed=_tuples(texts),
    config_digest=texts,
    created_at=texts,
    tool_version=texts,
    destroy=st.booleans(),
    no_refresh=st.booleans(),
)
