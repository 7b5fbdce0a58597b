"""The report for every reader: dark or light, small or printed, without its script, by a screen reader."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from provisioner.report.html import plan_html
from tests.report import drifting
from tests.report.browser.conftest import Open
from tests.report.factories import a_change, a_plan, a_plan_of_everything, a_refused_plan

EVERYTHING = plan_html(a_plan_of_everything())
PAGES = {
    "everything": EVERYTHING,
    "refused": plan_html(a_refused_plan()),
    "refresh": plan_html(drifting.a_refresh()),
    "nothing": plan_html(a_plan(none=3)),
}

CONTRASTS = """
() => {
  const channels = (color) => color.match(/[\\d.]+/g).map(Number);
  const light = (color) => channels(color).slice(0, 3).map((part) => part / 255)
    .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
    .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
  const ratio = (one, other) => {
    const [high, low] = [light(one), light(other)].sort((a, b) => b - a);
    return (high + 0.05) / (low + 0.05);
  };
  const ground = (element) => {
    for (let place = element; place; place = place.parentElement) {
      const color = getComputedStyle(place).backgroundColor;
      if (channels(color)[3] !== 0) return color;
    }
    return "rgb(255, 255, 255)";
  };
  const found = [];
  for (const element of document.body.querySelectorAll("*")) {
    const text = Array.from(element.childNodes).some((node) => node.nodeType === 3 && node.data.trim());
    if (!text || !element.checkVisibility() || element.closest("script")) continue;
    const drawn = element.closest("svg");
    const ink = getComputedStyle(element)[drawn ? "fill" : "color"];
    const behind = drawn ? getComputedStyle(element.parentElement.querySelector("rect")).fill : ground(element);
    found.push([element.className.baseVal ?? element.className, element.textContent.slice(0, 40), ratio(ink, behind)]);
  }
  const search = document.getElementById("search");
  if (search) found.push(["placeholder", "", ratio(getComputedStyle(search, "::placeholder").color, ground(search))]);
  return found;
}
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("name", PAGES)
def test_every_text_can_be_told_from_its_ground(show: Open, name: str, scheme: str) -> None:
    """At least 4.5 to 1 (WCAG 2.2, 1.4.3), in both themes, with everything unfolded."""
    opened = show(PAGES[name], color_scheme=scheme)
    opened.page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")

    found = opened.page.evaluate(CONTRASTS)

    assert len(found) > 3
    assert [one for one in found if one[2] < 4.5] == []


def _ground(page: Page) -> Any:
    return page.evaluate("getComputedStyle(document.body).backgroundColor")


def test_the_theme_is_the_systems_until_somebody_changes_it(show: Open) -> None:
    """The button says which one is on, and stores nothing."""
    opened = show(EVERYTHING, color_scheme="dark")
    button = opened.page.get_by_role("button", name="Dark")

    dark, pressed = _ground(opened.page), button.get_attribute("aria-pressed")
    button.click()
    light, released = _ground(opened.page), button.get_attribute("aria-pressed")
    button.click()

    assert (dark, pressed) == ("rgb(20, 24, 29)", "true")
    assert (light, released) == ("rgb(255, 255, 255)", "false")
    assert _ground(opened.page) == dark
    assert opened.page.context.storage_state() == {"cookies": [], "origins": []}


def test_without_script_everything_can_be_read(show: Open) -> None:
    """Folds are the browser's own; what only the script can do is not offered."""
    opened = show(EVERYTHING, java_script_enabled=False)
    page = opened.page

    page.locator("summary", has_text="The graph in words").click()

    expect(page.locator("#tools")).to_be_hidden()
    expect(page.locator('[id="agents.ann@pbx"] table')).to_be_visible()
    expect(page.locator("#graph-words li").first).to_be_visible()
    assert page.locator(".counts button").count() == 0
    assert page.locator("#shown").is_hidden()


def test_without_script_a_link_unfolds_its_change(show: Open) -> None:
    """The anchor lies inside of the fold, and a browser opens what it leads into."""
    opened = show(
        plan_html(a_plan(*(a_change(f"agents.a{number}@pbx") for number in range(50)))),
        "#agents.a42@pbx",
        java_script_enabled=False,
    )

    expect(opened.page.locator('[id="agents.a42@pbx"]')).to_be_in_viewport()


@pytest.mark.parametrize("script", [True, False])
def test_on_paper_everything_is_unfolded(show: Open, *, script: bool) -> None:
    """And the tools, of no use there, are left out."""
    changes = (a_change(f"agents.a{number}@pbx", why={"new": "nothing there"}) for number in range(30))
    opened = show(plan_html(a_plan(*changes)), java_script_enabled=script)
    body = opened.page.locator(".body").last
    before = body.is_visible()

    opened.page.emulate_media(media="print")

    assert not before
    expect(body).to_be_visible()
    box = body.bounding_box()
    assert box is not None
    assert box["height"] > 10
    expect(opened.page.locator("#tools")).to_be_hidden()


@pytest.mark.parametrize("name", PAGES)
def test_a_telephone_need_not_be_scrolled_sideways(show: Open, name: str) -> None:
    """360 pixels are enough; the graph and the table of counts scroll in themselves."""
    opened = show(PAGES[name], viewport={"width": 360, "height": 740})
    opened.page.evaluate("for (const fold of document.querySelectorAll('details')) fold.open = true")

    width = opened.page.evaluate("document.documentElement.scrollWidth")

    assert width <= 360


NAMED = {"button", "link", "searchbox", "combobox", "DisclosureTriangle", "region", "search", "heading"}


@pytest.mark.parametrize("name", PAGES)
def test_a_screen_reader_is_told_what_everything_is(show: Open, name: str) -> None:
    """Whatever can be reached or jumped to has a name in the accessibility tree, a landmark its own."""
    opened = show(PAGES[name])
    tree = opened.page.context.new_cdp_session(opened.page).send("Accessibility.getFullAXTree")["nodes"]

    said = [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in tree
        if not node.get("ignored") and node.get("role", {}).get("value") in NAMED
    ]
    landmarks = [each for each in said if each[0] in ("region", "search")]

    assert said
    assert [each for each in said if not each[1].strip()] == []
    assert len(landmarks) == len(set(landmarks))


@pytest.mark.parametrize("name", PAGES)
def test_headings_go_down_one_step_at_a_time(show: Open, name: str) -> None:
    """One headline of the page, and below it no level is left out."""
    opened = show(PAGES[name])

    levels: list[int] = opened.page.evaluate(
        "Array.from(document.querySelectorAll('h1, h2, h3, h4'), (each) => Number(each.tagName[1]))"
    )

    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def test_the_page_has_its_landmarks(show: Open) -> None:
    """Header, search, main: a screen reader jumps from one to the next."""
    opened = show(EVERYTHING)

    for role in ("banner", "search", "main"):
        assert opened.page.get_by_role(role).count() == 1


def test_nothing_moves(show: Open) -> None:
    """Nobody has to ask for less motion: there are neither transitions nor animations."""
    opened = show(EVERYTHING)

    moving = opened.page.evaluate(
        "Array.from(document.querySelectorAll('*')).filter((each) => {"
        " const style = getComputedStyle(each);"
        " return style.transitionDuration !== '0s' || style.animationName !== 'none'"
        " || style.scrollBehavior !== 'auto';"
        "}).length"
    )

    assert moving == 0
