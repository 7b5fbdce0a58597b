"""The report as people use it, in a real browser: search, filter, fold, the graph, keys alone."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from provisioner.plan.document import Action
from provisioner.report.html import plan_html
from tests.report.browser.conftest import Open
from tests.report.factories import a_change, a_field, a_plan, a_plan_of_everything, a_refused_plan

EVERYTHING = plan_html(a_plan_of_everything())
ALL = 12


def test_search_narrows_and_the_live_region_says_so(show: Open) -> None:
    """By address, name and fields alike, whatever the case; each word must be found."""
    opened = show(EVERYTHING)
    before = opened.says()

    opened.page.locator("#search").fill("BOB example.com")
    expect(opened.page.locator("#shown")).to_have_text(f"1 of {ALL} shown")

    assert before == f"{ALL} of {ALL} shown"
    assert opened.ids_shown() == ["agents.bob@pbx"]
    assert opened.page.locator("#shown").get_attribute("aria-live") == "polite"
    assert opened.page.locator(".group:visible").count() == 1


def test_a_search_that_finds_nothing_says_so(show: Open) -> None:
    """An empty page is not left to be guessed at."""
    opened = show(EVERYTHING)

    opened.page.locator("#search").fill("nobody-is-called-this")

    expect(opened.page.locator("#shown")).to_have_text(f"0 of {ALL} shown")
    assert opened.ids_shown() == []


def test_slash_leads_to_the_search_and_escape_clears_it(show: Open) -> None:
    """Without a mouse; the stroke itself is not typed into the field."""
    opened = show(EVERYTHING)

    opened.page.keyboard.press("/")
    opened.page.keyboard.type("sales")
    expect(opened.page.locator("#shown")).to_have_text(f"1 of {ALL} shown")
    opened.page.keyboard.press("Escape")

    expect(opened.page.locator("#shown")).to_have_text(f"{ALL} of {ALL} shown")
    expect(opened.page.locator("#search")).to_have_value("")
    expect(opened.page.locator("#search")).to_be_focused()


def test_a_filter_leaves_what_it_is_set_to(show: Open) -> None:
    """By action, connection and kind, and by several of them at once."""
    opened = show(EVERYTHING)
    page = opened.page

    page.locator("#by-action").select_option("update")
    updates = opened.ids_shown()
    page.locator("#by-kind").select_option("agents")
    agents = opened.ids_shown()
    page.locator("#by-connection").select_option("inbox")
    none = opened.says()
    page.locator("#clear").click()

    assert updates == ["queues.support@inbox", "agents.jane@pbx", "agents.rick@pbx", "queues.support@pbx"]
    assert agents == ["agents.jane@pbx", "agents.rick@pbx"]
    assert none == f"0 of {ALL} shown"
    assert opened.says() == f"{ALL} of {ALL} shown"


def test_a_number_in_the_table_is_a_filter(show: Open) -> None:
    """Pressed it shows what it counts, pressed again everything; a screen reader is told which one is on."""
    opened = show(EVERYTHING)
    number = opened.page.get_by_role("button", name="Only the 1 to delete, agents on pbx")

    number.press("Enter")
    shown, pressed = opened.ids_shown(), number.get_attribute("aria-pressed")
    number.press("Enter")

    assert shown == ["agents.gone@pbx"]
    assert pressed == "true"
    assert number.get_attribute("aria-pressed") == "false"
    assert opened.says() == f"{ALL} of {ALL} shown"


def test_the_numbers_in_the_table_are_those_of_what_is_shown(show: Open) -> None:
    """Each counts exactly the changes that it filters."""
    opened = show(EVERYTHING)
    buttons = opened.page.locator(".counts button")

    for button in buttons.all():
        button.click()
        assert opened.says() == f"{button.inner_text()} of {ALL} shown"
        opened.page.keyboard.press("Escape")

    assert buttons.count() > 10


def test_a_fold_opens_and_closes_by_keys(show: Open) -> None:
    """Enter and Space on its headline, as everywhere."""
    opened = show(plan_html(a_plan(*(a_change(f"agents.a{number}@pbx") for number in range(20)))))
    fold = opened.page.locator("details.card").first

    fold.locator("summary").focus()
    states = [fold.get_attribute("open")]
    for key in ("Enter", "Space", "Space"):
        opened.page.keyboard.press(key)
        states.append(fold.get_attribute("open"))

    assert states == [None, "", None, ""]


def test_all_unfolds_and_folds_at_once(show: Open) -> None:
    """Only what is shown: the rest stays as the reader left it."""
    opened = show(EVERYTHING)
    unfolded = opened.page.locator("details.card[open]")

    opened.page.locator("#fold").click()
    folded = unfolded.count()
    opened.page.locator("#by-action").select_option("create")
    opened.page.locator("#unfold").click()
    opened.page.locator("#clear").click()

    assert folded == 0
    assert unfolded.count() == 1


def test_a_box_of_the_graph_leads_to_its_change(show: Open) -> None:
    """By Enter, to the unfolded change, although a filter had hidden it."""
    opened = show(EVERYTHING)
    page = opened.page
    page.locator("#fold").click()
    page.locator("#by-action").select_option("delete")
    box = page.get_by_role("link", name=re.compile(r"^agents\.bob@pbx, Bob Ray: undelete"))

    box.press("Enter")

    fold = page.locator("details.card", has=page.locator('[id="agents.bob@pbx"]'))
    expect(fold).to_have_attribute("open", "")
    expect(fold.locator("summary")).to_be_focused()
    expect(fold).to_be_in_viewport()
    assert opened.says() == f"{ALL} of {ALL} shown"


def test_the_graph_is_one_stop_of_the_tab_key_and_arrows_move_in_it(show: Open) -> None:
    """Whoever steps through the page by keys is not held up by each of its boxes."""
    opened = show(EVERYTHING)
    page = opened.page
    stops = page.locator('#drawing a[tabindex="0"]')
    first = stops.get_attribute("href")

    stops.focus()
    reached = {first}
    for key in ("ArrowDown", "ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
        reached.add(page.evaluate("document.activeElement.getAttribute('href')"))

    assert stops.count() == 1
    assert len(reached) > 2


def test_the_edges_of_a_box_stand_out_while_it_has_the_focus(show: Open) -> None:
    """In a crowded drawing one sees what is beside it."""
    opened = show(EVERYTHING)
    box = opened.page.locator("#drawing a", has_text="queues.sales@pbx")

    box.focus()

    assert opened.page.locator("#drawing path.near").count() == 2


def test_a_link_to_a_change_unfolds_it_as_the_page_opens(show: Open) -> None:
    """An address behind the page's own is a way to point a colleague at one change."""
    opened = show(plan_html(a_plan(*(a_change(f"agents.a{number}@pbx") for number in range(50)))), "#agents.a42@pbx")

    fold = opened.page.locator("details.card[open]")

    assert fold.count() == 1
    expect(fold).to_be_in_viewport()
    expect(fold.locator("summary")).to_be_focused()


def test_the_tab_key_goes_through_the_page_and_out_of_it(show: Open) -> None:
    """First stands the way past search and filters; nothing holds the focus."""
    opened = show(plan_html(a_refused_plan()))
    page = opened.page
    here = "(e => e === document.body ? '' : `${e.tagName} ${e.id || e.textContent}`)(document.activeElement)"

    stops: list[str] = []
    while len(stops) < 100:
        page.keyboard.press("Tab")
        stop = page.evaluate(here)
        if not stop or stop in stops:
            break
        stops.append(stop)

    assert stops[0] == "A To the plan"
    assert stops[1] == "INPUT search"
    assert len(stops) < 100
    assert sum(stop.startswith("SUMMARY") and "agents.sue@pbx" in stop for stop in stops) == 1


def test_the_way_past_the_tools_leads_to_the_plan(show: Open) -> None:
    """It is seen once it has the focus."""
    opened = show(EVERYTHING)
    skip = opened.page.locator(".skip")

    opened.page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    opened.page.keyboard.press("Enter")

    expect(opened.page.locator("#main")).to_be_focused()


def test_before_and_after_stand_side_by_side(show: Open) -> None:
    """In one row, before left of after."""
    opened = show(plan_html(a_plan(a_change("queues.support@pbx", Action.UPDATE, a_field("wait", 900, 600)))))
    row = opened.page.locator("tr", has_text="wait")

    before, after = row.locator(".was").bounding_box(), row.locator(".will").bounding_box()

    assert before is not None
    assert after is not None
    assert before["y"] == after["y"]
    assert before["x"] + before["width"] <= after["x"] + 1
    assert row.locator(".was").inner_text() == "900"
    assert row.locator(".will").inner_text() == "600"
