"""Whatever is said in a comment, nobody obeys it: not Markdown, not HTML, not what the hosts add to them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.report.escape import harmless
from provisioner.report.fields import plain
from provisioner.report.markdown_words import code, code_in_html, prose, prose_in_html, size, typed
from tests.report.rendered import RENDERERS, rendered
from tests.report.strategies import hostile

KNOWN = [
    "@octocat",
    "@org/team",
    "mail octo@example.com now",
    "#12",
    "!12",
    "$12",
    "%12",
    "&12",
    "~bug",
    "GH-1",
    "JIRA-12",
    "owner/repo#1",
    "owner/repo@1234567",
    "0123456789abcdef0123456789abcdef01234567",
    "deadbeef",
    "the-deadbeef",
    "1234567",
    "https://example.com/a?b=c",
    "www.example.com",
    "example.com",
    ":tada:",
    "- [ ] task",
    "* [x] task",
    "1. first",
    "2) second",
    "/close",
    "# heading",
    "> quote",
    ">>> quote",
    "---",
    "===",
    "| a | b |",
    "|---|---|",
    "```",
    "~~~~",
    "`" * 80 + "x",
    "`" * 81,
    "``` ` ``",
    "`",
    "`a`@octocat",
    "a#1`b`c#2",
    "`a``b`",
    "[a](https://example.com)",
    "![a](https://example.com/a.png)",
    "[[wiki]]",
    "[^1]",
    "[a]: https://example.com",
    "<https://example.com>",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</details>",
    "</code></li></ul>",
    "<!-- hidden",
    "-->",
    "<![CDATA[x]]>",
    "&lt;b&gt; &#64;octocat &nbsp;",
    "**bold** __bold__ *em* _em_ ~~gone~~",
    "\\`@octocat\\`",
    "$`x^2`$",
    "{+ added +} [- removed -]",
    "a\n\n# b",
    "a\r\n- b",
    "a\u2028b",
    "\u202eexe.gpj",
    "\ud800",
    "x" * 10_000,
    "",
    " ",
    " a ",
    "\t",
]

LOOSE = re.compile(r"""[A-Za-zÀ-ÖØ-öø-ɏ0-9 "'(),.;:!?→-]*""")
"""The only letters and marks that stand outside of code: Latin ones, and what ends a sentence."""

OBEYED = re.compile(
    r"""@\w | [#!$%&~^]\w | \w/\w | ://|www\. | \w\.\w | :\w+: | \b(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b | \b[a-f]{7,}\b"""
    r"""| \b[A-Z]+-\d """,
    re.VERBOSE,
)
"""What GitHub or GitLab makes a link or a picture of, outside of code."""


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("text", KNOWN, ids=range(len(KNOWN)))
def test_code_shows_what_it_is_given(text: str, renderer: str) -> None:
    """Each trick that is known is shown, letter by letter, in one code span."""
    page = rendered(f"- before {code(text)} after\n", renderer)

    assert page.spans == [harmless(text) or " "]
    assert page.tags == ["ul", "li", "/li", "/ul"]
    assert page.text.split() == ["before", "after"]


@pytest.mark.parametrize("renderer", RENDERERS)
@given(st.one_of(hostile, st.text()))
def test_code_is_one_span_whatever_it_is_given(renderer: str, text: str) -> None:
    """Nothing that anybody can write ends it."""
    page = rendered(f"- before {code(text)}, {code('next')}\n", renderer)

    assert page.spans == [harmless(text) or " ", "next"]
    assert page.tags == ["ul", "li", "/li", "/ul"]


@pytest.mark.parametrize("renderer", RENDERERS)
@pytest.mark.parametrize("text", KNOWN, ids=range(len(KNOWN)))
def test_a_sentence_obeys_nobody(text: str, renderer: str) -> None:
    """The same tricks between words of ours, and as the first words."""
    for sentence in (text, f"shop says: {text} and no more", f"shop says:{text}"):
        page = rendered(f"- {prose(sentence)}\n", renderer)

        assert page.tags == ["ul", "li", "/li", "/ul"]
        assert OBEYED.search(page.said) is None
        assert LOOSE.fullmatch(page.text.replace("\n", "")) is not None


@pytest.mark.parametrize("renderer", RENDERERS)
@given(st.one_of(hostile, st.text()))
def test_no_sentence_obeys_anybody(renderer: str, text: str) -> None:
    """Whatever a vendor answers or a manifest holds."""
    page = rendered(f"- {prose(text)}\n", renderer)

    assert page.tags == ["ul", "li", "/li", "/ul"]
    assert OBEYED.search(page.said) is None
    assert LOOSE.fullmatch(page.text.replace("\n", "")) is not None


@given(st.one_of(hostile, st.text(max_size=500)))
def test_a_sentence_says_all_of_its_words(text: str) -> None:
    """Nothing is lost on the way into a comment but back-ticks, which show as code."""
    page = rendered(f"- {prose(text)}\n", "markdown-it")

    shown = _letters("".join((*page.texts, *page.spans)))
    assert sorted(shown) == sorted(_letters(plain(text)))


def _letters(text: str) -> str:
    return re.sub(r"[\s`]", "", text.replace("->", "→"))


@pytest.mark.parametrize(
    ("sentence", "shown"),
    [
        ("no manifest declares it any more", "no manifest declares it any more"),
        ("`agents.old@pbx` (id 4) holds it", "`agents.old@pbx` (id 4) holds it"),
        ("from defaults.agents (acme.yaml:9:3)", "from `defaults.agents` (`acme.yaml:9:3`)"),
        ("pbx: PUT /agents/18: 409 number is taken", "pbx: PUT `/agents/18`: 409 number is taken"),
        ("two words: a@b c@d, and one: e@f.", "two words: `a@b c@d`, and one: `e@f`."),
        ("15 -> 30 seconds", "15 → 30 seconds"),
        ("2 agents leave: Alma Bergström and דנה כהן", "2 agents leave: Alma Bergström and `דנה כהן`"),
        ("it isn't what Sam-Lee meant!", "it isn't what Sam-Lee meant!"),
    ],
)
def test_a_sentence_reads_like_one(sentence: str, shown: str) -> None:
    """Plain words stay words; code is what looks like code."""
    assert prose(sentence) == shown


@given(st.one_of(hostile, st.text()))
def test_a_summary_shows_what_it_is_given(text: str) -> None:
    """Within HTML it is characters that are escaped, since back-ticks mean nothing there."""
    page = rendered(f"<details><summary>{code_in_html(text)} {prose_in_html(text)}</summary>\n\nx\n\n</details>\n")

    assert page.spans[0] == harmless(text)
    assert page.tags == ["details", "summary", "/summary", "p", "/p", "/details"]


@given(st.one_of(hostile, st.text()))
def test_what_is_to_be_copied_stays_in_its_block(text: str) -> None:
    """A command is one line of a block, whatever was typed as a glob or a file's name."""
    page = rendered("\n".join((*typed(f"provisioner apply {text}"), "", "after")))

    assert page.tags == ["pre", "/pre", "p", "/p"]
    assert page.spans == [f"provisioner apply {harmless(text)}\n"]


@given(st.text())
def test_size_is_what_the_strictest_host_counts(text: str) -> None:
    """As Java and JavaScript count: never fewer than there are characters."""
    whole = text.encode("utf-8", "replace").decode()

    assert size(whole) == len(whole.encode("utf-16-le")) // 2 >= len(whole)
