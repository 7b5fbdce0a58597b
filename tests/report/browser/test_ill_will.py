"""Names written by somebody who means ill, in a real browser: they are read, and nothing obeys them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from provisioner.diagnostics import Position
from provisioner.plan.document import Action, Plan, Trip
from provisioner.report.html import plan_html
from tests.report.browser.conftest import Open
from tests.report.factories import a_change, a_field, a_notice, a_plan
from tests.report.golden import hostile_plan

MARK = "window.owned = 1"
HOSTILE = {
    "script": f"<script>{MARK}</script>",
    "end of script": f"</script><script>{MARK}</script>",
    "end of style": f"</style><script>{MARK}</script>",
    "attribute": f'"><img src=x onerror="{MARK}">',
    "quote": f"' onmouseover='{MARK}' autofocus onfocus='{MARK}'",
    "svg": f"</text></svg><svg onload='{MARK}'>",
    "details": f"</summary></details><details open ontoggle='{MARK}'>",
    "title": f"</title><script>{MARK}</script>",
    "link": f"javascript:{MARK}",
    "frame": "<iframe src=https://example.com></iframe><link rel=stylesheet href=https://example.com/a.css>",
    "refresh": "<meta http-equiv=refresh content='0;url=https://example.com'>",
    "form": "<form action=https://example.com><button autofocus>go</button></form>",
    "comment": "<!-- --!> <![CDATA[ ]]>",
    "entity": "&lt;b&gt; &#x3c;b&#x3e; &nbsp",
    "template": "${alert(1)} {{constructor.constructor('alert(1)')()}} `code`",
    "right to left": "\u202egnp.exe\u2066 \u05d0\u05d1\u05d2 عمر",
    "steers": "\x1b[2J\x00\ufeff\u200b\u2028",
    "long": "W" * 10_000,
}
COUNT = "document.querySelectorAll('*').length"


def ill(text: str) -> Plan:
    """A plan in which everything that somebody else may write is that text."""
    return a_plan(
        a_change(
            "queues.support@pbx",
            Action.UPDATE,
            a_field("name", text, f"{text}!", default_from=text),
            a_field("tags", [text], [f"{text}!"]),
            a_field("map", {text: text}, {}),
            a_field("members", [{"id": text}], ["agents.jane@pbx", {"agent": "agents.bob@pbx", "note": text}]),
            a_field(text, None, text, run_time=True),
            why={"found": text},
            id=text,
            before={"name": text, "link": text},
            after={"name": text},
            file=text,
            included_by=text,
        ),
        a_change(
            "agents.gone@pbx", Action.DELETE, id=text, before={"name": text, "x": [text]}, why={"undeclared": text}
        ),
        a_change("agents.who@pbx", Action.UNKNOWN, why={"evidence": text}),
        guards=(Trip("busy", text, text, text, text, (text,)), Trip("deletes", text, text, allowed=True)),
        diagnostics=(a_notice(text, hint=text, expected=text, position=Position(text, 1, 1)),),
        targets=(text,),
        allowed=(text,),
        created_at=text,
        tool_version=text,
    )


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_name_is_only_read(show: Open, name: str) -> None:
    """It adds no element, runs nothing, opens no dialog, asks for nothing, and stands there to be read."""
    text = HOSTILE[name]
    usual = show(plan_html(ill("usual"))).page.evaluate(COUNT)

    opened = show(plan_html(ill(text), file=f"{text}.plan"))
    opened.page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")
    opened.page.locator("#search").fill(text[:40])

    assert opened.page.evaluate("window.owned") is None
    assert opened.page.locator("img, iframe, link, form, object, embed, base").count() == 0
    assert opened.page.locator("script").count() == 1
    assert opened.page.url == opened.file.as_uri()
    assert name == "template" or opened.page.evaluate(COUNT) == usual
    assert all(
        not attribute.startswith("on") and (attribute != "href" or value.startswith("#"))
        for attribute, value in opened.page.evaluate(
            "Array.from(document.querySelectorAll('*'))"
            ".flatMap(each => Array.from(each.attributes, one => [one.name, one.value]))"
        )
    )


@pytest.mark.parametrize("width", [360, 1200])
def test_a_name_of_ten_thousand_letters_wraps(show: Open, width: int) -> None:
    """Without end or space, it neither widens the page nor covers what stands beside it."""
    opened = show(plan_html(ill("W" * 10_000)), viewport={"width": width, "height": 800})
    opened.page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")

    assert opened.page.evaluate("document.documentElement.scrollWidth") <= width


def test_what_reorders_a_line_is_spelt_out(show: Open) -> None:
    """A name cannot be made to look like another, and its letters stay in order beside it."""
    opened = show(plan_html(ill(HOSTILE["right to left"])))

    text = opened.page.locator("body").inner_text()

    assert "\u202e" not in text
    assert r"\u202egnp.exe" in text
    assert "\u05d0\u05d1\u05d2" in text


def test_even_markup_that_got_in_could_do_nothing(show: Open) -> None:
    """The page's policy holds where escaping would have failed: what is added by hand neither runs nor loads."""
    page = plan_html(hostile_plan())
    smuggled = (
        f'<img src="https://example.com/x.png" onerror="{MARK}"><script>{MARK}</script><p style="color:red">x</p>'
    )
    opened = show(page.replace("</main>", f"{smuggled}</main>"))

    owned = opened.page.evaluate("window.owned")
    red = opened.page.evaluate("getComputedStyle(document.querySelector('main p:last-child')).color")
    complaints, opened.complaints = opened.complaints, []
    del opened.requests[1:]

    assert opened.refused == ["csp"]
    assert owned is None
    assert red != "rgb(255, 0, 0)"
    assert sum("Content Security Policy" in each or "violates" in each for each in complaints) >= 3


def test_a_refused_plan_with_ill_will_is_still_refused_in_words(show: Open) -> None:
    """What somebody names a thing cannot push the headline away."""
    opened = show(plan_html(replace(hostile_plan(), tenant="acme")))

    assert opened.page.locator("h1").inner_text() == "Refused plan for acme"
