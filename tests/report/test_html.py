"""The HTML report as text: well-formed, the same bytes each time, self-contained, whatever names it is given.

``browser/`` has what only a browser can tell.
"""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, example, given, settings

from provisioner.plan.document import Action, Plan, Reason
from provisioner.report.html import plan_html
from provisioner.values import VendorId
from tests.report import drifting, golden
from tests.report.factories import (
    a_change,
    a_field,
    a_notice,
    a_plan,
    a_plan_of_everything,
    a_refused_plan,
    a_replace,
    a_swap,
)
from tests.report.golden import an_emptied_queue, hostile_plan
from tests.report.pages import Skeleton, text_of
from tests.report.strategies import plans

BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
"""A machine that is busy says nothing about the page."""

PLANS = {
    "everything": a_plan_of_everything,
    "refused": a_refused_plan,
    "swap": a_swap,
    "replace": a_replace,
    "emptied queue": an_emptied_queue,
    "hostile": hostile_plan,
    "refresh": drifting.a_refresh,
    "nothing": a_plan,
}
USUAL = [Skeleton(plan_html(plan())) for name, plan in PLANS.items() if name != "hostile"]
TAGS = frozenset[str]().union(*(page.names for page in USUAL))
ATTRIBUTES = frozenset[str]().union(*(page.attributes for page in USUAL))


def assert_well_formed(page: str) -> None:
    found = Skeleton(page)
    assert found.faults == []
    assert found.open == []
    assert found.names <= TAGS
    assert found.attributes <= ATTRIBUTES
    assert len(found.ids) == len(set(found.ids))
    assert {link.removeprefix("#") for link in found.links} <= set(found.ids)


@pytest.mark.parametrize("name", [name for name in golden.GOLDEN if name.startswith("html-")])
def test_a_page_reads_as_agreed(name: str) -> None:
    """Word for word, as reviewers have read it; ``golden/`` has it without its markup."""
    assert golden.GOLDEN[name]() + "\n" == golden.stored(name)


@pytest.mark.parametrize("name", PLANS)
def test_a_page_is_well_formed(name: str) -> None:
    """Every element is closed where it should be, every id is there once, every link leads to one."""
    assert_well_formed(plan_html(PLANS[name]()))


@pytest.mark.parametrize("name", PLANS)
def test_a_page_is_the_same_bytes_each_time(name: str) -> None:
    """Of the same plan, made anew."""
    assert plan_html(PLANS[name]()) == plan_html(PLANS[name]())


@pytest.mark.parametrize("name", PLANS)
def test_a_page_loads_nothing(name: str) -> None:
    """No address anywhere, nothing with a source, no import, no font, no picture."""
    page = plan_html(PLANS[name]())

    assert not re.search(r"https?:|//[a-z]|\bsrc\s*=|url\(|@import|@font-face|\bsrcset\b|<link|<base|<img", page, re.I)


@BUSY
@given(plans)
def test_whatever_the_plan_says_the_page_is_well_formed(plan: Plan) -> None:
    """No text of a manifest or a vendor makes an element or an attribute, or breaks one."""
    assert_well_formed(plan_html(plan))


def _saying(plan: Plan, text: str) -> Plan:
    """The same plan, in which that text stands wherever somebody else's may."""
    changes = (
        replace(
            change,
            file=text,
            id=VendorId(text),
            included_by=text,
            reasons=(Reason("found", text),),
            before={"name": text, "link": [text]},
            after={"name": text} if change.after else None,
            fields=(a_field(text, text, f"{text}!", default_from=text), a_field("tags", [text], [])),
        )
        for change in plan.changes
    )
    notices = (a_notice(text, hint=text, expected=text),)
    return replace(plan, changes=tuple(changes), tenant=text, diagnostics=notices, allowed=(text,))


@BUSY
@example(a_plan_of_everything())
@given(plans)
def test_ill_will_leaves_the_page_as_it_is(plan: Plan) -> None:
    """Between harmless and hostile texts only the words differ: each element and each attribute is where it was."""
    hostile = "<b>\"'>&lt;</summary><script>x</script>"

    one, other = (Skeleton(plan_html(_saying(plan, text))) for text in ("usual", hostile))

    assert one.tags == other.tags


def test_the_policy_lets_in_this_style_and_this_script_alone() -> None:
    """Each is told by its checksum; everything else is forbidden."""
    page = plan_html(a_plan_of_everything())
    policy = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[0]
    parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))

    def checksum(tag: str) -> str:
        (content,) = re.findall(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
        return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"

    assert parts == {
        "default-src": "'none'",
        "style-src": checksum("style"),
        "script-src": checksum("script"),
        "base-uri": "'none'",
        "form-action": "'none'",
    }


def test_the_script_makes_no_markup() -> None:
    """It has no way to turn a name into an element or into code."""
    page = plan_html(a_plan())
    script = page.partition("<script>")[2]

    assert not re.search(
        r"innerHTML|outerHTML|insertAdjacent|document\.write|\beval\b|Function\(|DOMParser|srcdoc", script
    )


def test_consequences_come_first_then_what_is_destroyed_then_counts_then_the_rest() -> None:
    """In the order in which a reader asks."""
    page = plan_html(a_plan_of_everything())

    places = [page.index(f'<section id="{name}"') for name in ("meaning", "drastic", "counts", "graph", "changes")]

    assert places == sorted(places)


def test_what_refuses_a_plan_stands_above_what_it_would_do() -> None:
    """With the hints, and the options to go on with."""
    page = plan_html(a_refused_plan())
    text = text_of(page)

    assert page.index('<section id="trouble"') < page.index('<section id="drastic"')
    assert "Refused plan for acme" in text
    assert "guard deletes: 3 agents on pbx would be deleted or replaced" in text
    assert "agents.yaml:7:3: agents.new@pbx must be created, and number is not declared" in text
    assert "hint: declare number" in text
    assert "--exclude agents.jane@pbx --exclude alerts.backlog@pbx" in text
    assert "Apply would refuse this plan" in text


def test_a_list_shows_whom_it_loses_on_the_left_and_gains_on_the_right() -> None:
    """With how many there are on each side; who stays is not in the way."""
    page = plan_html(
        a_plan(
            a_change(
                "queues.q@pbx", Action.UPDATE, a_field("agents", ["agents.a@pbx", "agents.b@pbx"], ["agents.b@pbx"])
            )
        )
    )

    (before,) = re.findall(r'<td class="was">(.*?)</td>', page)
    (after,) = re.findall(r'<td class="will">(.*?)</td>', page)

    assert re.sub("<.*?>", " ", before).split() == ["2", "in", "all", "-", "a"]
    assert re.sub("<.*?>", " ", after).split() == ["1", "in", "all"]


def test_a_field_has_its_unit_on_both_sides() -> None:
    """Nobody has to know what a number counts."""
    page = plan_html(a_plan(a_change("queues.q@pbx", Action.UPDATE, a_field("wait", 900, 600, unit="seconds"))))

    assert '<td class="was">900 seconds</td><td class="will">600 seconds</td>' in page


def test_a_secret_is_nowhere() -> None:
    """Whatever a plan holds by mistake in a secret field."""
    page = plan_html(
        a_plan(a_change("agents.a@pbx", Action.UPDATE, a_field("password", "harbour-41", "harbour-42", secret=True)))
    )

    assert "harbour" not in page
    assert "(secret)" in page


def test_the_parts_of_one_address_are_one_fold() -> None:
    """A parking step with its change, a replace with both its steps: what happens to Jane is read in one place."""
    swap, replaced = plan_html(a_swap()), plan_html(a_replace())

    assert swap.count('data-action="update"') - swap.count('<td data-action="update"') == 2
    assert "First park, so that" in swap
    assert replaced.count('<details class="card replace"') == 1
    assert text_of(replaced).count("delete id 51, after queues.support@pbx") == 1


def test_what_waits_for_what_is_linked_both_ways() -> None:
    """From a change to what must come first, and from that to what waits for it."""
    page = plan_html(
        a_plan(
            a_change("agents.a@pbx", Action.CREATE),
            a_change("queues.q@pbx", Action.CREATE, needs=("agents.a@pbx",)),
        )
    )

    assert '<b>Needs first:</b> <a href="#agents.a@pbx">agents.a@pbx</a>' in page
    assert '<b>Needed by:</b> <a href="#queues.q@pbx">queues.q@pbx</a>' in page


def test_what_is_deleted_shows_what_it_was() -> None:
    """A reader who is asked whether it may go sees what goes."""
    page = plan_html(a_plan(a_change("queues.q@pbx", Action.DELETE, before={"name": "Sales", "wait": 30})))

    assert "<caption>What is there now</caption>" in page
    assert '<th scope="row">wait</th><td>30</td>' in page


def test_no_changes_say_so_and_offer_nothing_to_filter() -> None:
    """An empty page with a search in it would look like a fault."""
    page = plan_html(a_plan(none=14))

    assert "No changes for acme" in text_of(page)
    assert "<search" not in page


def test_a_refresh_shows_what_drifted_and_what_becomes_of_it() -> None:
    """It has no changes, and still everything that it takes over."""
    text = text_of(plan_html(drifting.a_refresh()))

    assert "Since the last apply" in text
    assert "record: what the vendor shows counts as last applied from now on" in text


def test_how_to_apply_names_the_file_and_how_the_command_line_begins() -> None:
    """What is shown is what is typed; a file's name is quoted for the shell and for the page."""
    page = plan_html(a_plan(a_change()), file="a <b>.plan", tool="provisioner -C acme")

    assert "provisioner -C acme apply &#x27;a &lt;b&gt;.plan&#x27;" in page


def test_the_digest_is_the_plans() -> None:
    """A reader can tell that this page and that file are of one plan."""
    plan = a_plan_of_everything()

    assert plan.digest in plan_html(plan)
