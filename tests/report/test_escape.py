"""What becomes of text that somebody else wrote before a person reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.report.escape import harmless
from provisioner.report.text import plan_text
from tests.report.factories import a_change, a_plan
from tests.report.strategies import HARMFUL

SPELT = [
    ("a\x1b[31mb\tc", r"a\x1b[31mb\tc"),
    ("Ro\u200be", r"Ro\u200be"),
    ("\ufeffRoe", r"\ufeffRoe"),
    ("Roe\u2060", r"Roe\u2060"),
    ("Roe\u2064", r"Roe\u2064"),
    ("admin\u200d", r"admin\u200d"),
    ("\u202eeoR", r"\u202eeoR"),
    ("\u2067Roe\u2069", r"\u2067Roe\u2069"),
    ("\u061cRoe", r"\u061cRoe"),
    ("Roe\u200f", r"Roe\u200f"),
    ("Ro\xade", r"Ro\xade"),
    ("Roe\u3164", r"Roe\u3164"),
    ("Roe\ufe0f", r"Roe\ufe0f"),
    ("Roe\U000e0041\U000e007f", r"Roe\U000e0041\U000e007f"),
    ("Roe\U000e0100", r"Roe\U000e0100"),
    ("half \ud800", r"half \ud800"),
]


@pytest.mark.parametrize(("text", "shown"), SPELT, ids=[shown for _, shown in SPELT])
def test_what_cannot_be_seen_is_spelt_out(text: str, shown: str) -> None:
    """A name that looks like another one, and is not, is told from it."""
    assert harmless(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "Zoë Ångström-O'Neil",
        "דנה כהן",
        "محمد علي",
        "شَهْرَزَاد",
        "名前 `x`",
        "नमस्ते",
        "e\u0301",
        "❤\ufe0f 1\ufe0f\u20e3 ☎\ufe0e 🙂",
    ],
)
def test_letters_and_pictures_stay(text: str) -> None:
    """Names of every script read as their owners write them, marks and variants of pictures included."""
    assert harmless(text) == text


@pytest.mark.parametrize("twin", ["Jane\u200b", "\u2066Jane\u2069", "Ja\u00adne", "Jane\U000e0020"])
def test_two_names_never_look_the_same_in_a_plan(twin: str) -> None:
    """Who reviews a plan sees that this is not the Jane they know."""
    honest = plan_text(a_plan(a_change(before={"first_name": "Jane"})), color=False)

    shown = plan_text(a_plan(a_change(before={"first_name": twin})), color=False)

    assert "Jane" in honest
    assert "\\" in shown
    assert shown.isprintable() or HARMFUL.search(shown) is None


@given(st.text())
def test_nothing_harmful_is_left(text: str) -> None:
    """Whatever a manifest or a vendor says, it stays on its line, in its order, in sight, and can be encoded."""
    shown = harmless(text)

    assert HARMFUL.search(shown) is None
    assert len(shown.splitlines()) <= 1
    shown.encode()


@given(st.text(alphabet=st.characters(categories=["L", "M", "N", "P", "S", "Zs"])))
def test_what_is_seen_stays(text: str) -> None:
    """Only what has no shape of its own is spelt out, and that begins with a backslash."""
    shown = harmless(text)

    assert shown == text or shown.count("\\") > text.count("\\")
