"""Ten thousand changes in a real browser: it opens, finds the one, and unfolds them all. Nothing here is timed."""

from __future__ import annotations

from playwright.sync_api import expect

from benchmarks.large_plan import large_plan
from provisioner.report.html import plan_html
from provisioner.report.html.cards import cards_of
from tests.report.browser.conftest import Open

CHANGES = 10_000


def test_ten_thousand_changes_open_and_the_one_is_found(show: Open) -> None:
    """Searching, unfolding everything and folding it again, in one page."""
    plan = large_plan(CHANGES)
    every = len(cards_of(plan))
    opened = show(plan_html(plan))
    page = opened.page
    wanted = next(change for change in plan.changes if change.address.kind == "numbers")

    page.locator("#search").fill(str(wanted.address))
    expect(page.locator("#shown")).to_have_text(f"1 of {every} shown")
    found = opened.ids_shown()
    page.locator("#clear").click()
    page.locator("#unfold").click()
    unfolded = page.locator("details.card[open]").count()
    page.locator("#fold").click()

    assert found == [str(wanted.address)]
    assert unfolded == every
    assert page.locator("details.card[open]").count() == 0
    assert opened.says() == f"{every} of {every} shown"


def test_the_graph_of_ten_thousand_says_what_it_leaves_out(show: Open) -> None:
    """It stays a drawing that can be read: a few groups, each with how many it stands for."""
    opened = show(plan_html(large_plan(CHANGES)))

    boxes = opened.page.locator("#drawing .node").count()

    assert 10 < boxes <= 150
    expect(opened.page.locator("#graph")).to_contain_text("Too much to draw one by one: all ")
