"""A list of references through the command line: exclusive, and added to with ``{add: […]}``."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.bird.conftest import changes, declare, ids, settled, the
from tests.cli.conftest import Tenant

TEAMS = """
teams:
  first: {name: First}
  second: {name: Second}
  third: {name: Third}
queues:
  support: {name: Support, priority: 50, teams: LIST}
"""


@pytest.fixture
def acme(empty: Tenant) -> Tenant:
    """Three teams and a queue that two of them are added to; nothing exists yet."""
    declare(empty, TEAMS.replace("LIST", "{add: [first, second]}"))
    return empty


@pytest.fixture
def bound(acme: Tenant, portal: Control) -> Tenant:
    """The same after an apply, and with a team that somebody has put there by hand since."""
    acme.applied()
    stranger = portal.create("team", {"name": "Strangers"})
    _serve(portal, [*_serving(portal), "Strangers"])
    assert the(portal, "team", "Strangers")["id"] == stranger
    portal.reset_log()
    return acme


def _team(portal: Control, name: str) -> str:
    return str(next(key for key, item in portal.content()["team"].items() if item["name"] == name))


def _serving(portal: Control) -> list[str]:
    """The names of the queue's teams; Bird keeps no order that anybody could rely on."""
    teams = portal.content()["team"]
    found: list[dict[str, Any]] = the(portal, "routing_queue", "Support")["teams"]
    return sorted(teams[one]["name"] for entry in found for one in entry["ids"])


def _serve(portal: Control, names: list[str]) -> None:
    """Somebody sets the queue's teams in the portal."""
    (queue,) = ids(portal, "routing_queue")
    portal.change("routing_queue", queue, {"teams": [{"type": "primary", "ids": [_team(portal, n) for n in names]}]})


def test_members_are_made_before_the_list_that_names_them(acme: Tenant, portal: Control) -> None:
    """And once it is applied, there is nothing left to do."""
    needs = json.loads(acme.run("plan", "--format", "json").out)["changes"]

    acme.applied()

    (queue,) = [change for change in needs if change["kind"] == "queues"]
    assert queue["depends_on"] == ["teams.first@inbox", "teams.second@inbox"]
    assert _serving(portal) == ["First", "Second"]
    assert settled(acme)


def test_who_came_by_hand_is_nobodys_business(bound: Tenant) -> None:
    """No change, no drift."""
    assert settled(bound)
    assert bound.run("drift").code == 0


def test_who_comes_and_who_goes_by_name(bound: Tenant, portal: Control) -> None:
    """The plan says it in words, and the stranger stays."""
    bound.edit("{add: [first, second]}", "{add: [third, second]}")

    said = bound.run("plan").out
    bound.applied()

    assert "\n  Support loses 1 team (First) and gains 1 (Third)\n" in said
    assert "teams: adds Third (`third`); takes out First (`first`)\n" in said
    assert _serving(portal) == ["Second", "Strangers", "Third"]
    assert settled(bound)


def test_who_comes_while_the_plan_waits_stays(bound: Tenant, portal: Control) -> None:
    """The list that is sent is made from what is there right before the call."""
    bound.edit("{add: [first, second]}", "{add: [second]}")
    bound.run("plan", "--out", str(bound.folder / "now.plan"))
    portal.create("team", {"name": "Latecomers"})
    _serve(portal, ["Latecomers", *_serving(portal)])

    ran = bound.run("apply", str(bound.folder / "now.plan"))

    assert ran.code == 0, ran.err
    assert _serving(portal) == ["Latecomers", "Second", "Strangers"]


def test_a_named_member_that_goes_makes_the_plan_stale(bound: Tenant, portal: Control) -> None:
    """What the plan decided on has moved."""
    bound.edit("{add: [first, second]}", "{add: [first, third]}")
    bound.run("plan", "--out", str(bound.folder / "now.plan"))
    _serve(portal, ["Second", "Strangers"])

    ran = bound.run("apply", str(bound.folder / "now.plan"))

    assert ran.code != 0
    assert "`first` was taken out of `teams` since the plan was made" in ran.out + ran.err
    assert _serving(portal) == ["Second", "Strangers"]


def test_a_member_that_is_deleted_leaves_the_list_first(bound: Tenant, portal: Control) -> None:
    """The team goes once the queue does not name it any more."""
    bound.edit("{add: [first, second]}", "{add: [second]}")
    bound.without("first:")

    found = changes(bound.run("plan", "--format", "json"))
    ran = bound.run("apply", "--auto-approve")

    assert found["teams.first"]["depends_on"] == ["queues.support@inbox"]
    assert ran.code == 0, ran.err
    assert _serving(portal) == ["Second", "Strangers"]


def test_a_member_that_went_is_drift(bound: Tenant, portal: Control) -> None:
    """Of the whole list the named members alone are looked at; a plan puts them back."""
    _serve(portal, ["Strangers", "Second"])

    drift = bound.run("drift").out
    refreshed = json.loads(bound.run("drift", "--format", "json").out)
    bound.applied()

    assert "teams: has lost First (`first`)\n" in drift
    (item,) = refreshed["drift"]
    assert item["fields"][0]["after"] == {"add": ["teams.second@inbox"]}
    assert _serving(portal) == ["First", "Second", "Strangers"]


def test_the_record_follows_the_vendor(bound: Tenant, portal: Control) -> None:
    """After ``--refresh-only`` the missing member is no drift, and still declared."""
    _serve(portal, ["Strangers", "Second"])

    ran = bound.run("apply", "--refresh-only", "--auto-approve")

    assert ran.code == 0, ran.err
    assert bound.run("drift").code == 0
    assert changes(bound.run("plan", "--format", "json")).keys() == {"queues.support"}


def test_from_one_form_to_the_other_and_back(bound: Tenant, portal: Control) -> None:
    """To exclusive, the stranger goes; back, nobody does."""
    bound.edit("{add: [first, second]}", "[first, third]")
    said = bound.run("plan").out
    bound.applied()
    assert "adds Third (`third`); takes out Second (`second`), Strangers (id " in " ".join(said.split())
    assert _serving(portal) == ["First", "Third"]

    bound.edit("[first, third]", "{add: [first]}")

    assert settled(bound)
    assert _serving(portal) == ["First", "Third"]


def test_a_default_may_add(empty: Tenant, portal: Control) -> None:
    """A declaration's own list, of whatever form, stands in its place."""
    text = TEAMS.replace(", teams: LIST", "").replace("queues:", "queues:\n  sales: {name: Sales, teams: [third]}")
    declare(empty, f"{text}\ndefaults: {{queues: {{priority: 7, teams: {{add: [first]}}}}}}\n")

    empty.applied()

    assert _serving(portal) == ["First"]
    assert len(the(portal, "routing_queue", "Sales")["teams"][0]["ids"]) == 1
    assert settled(empty)


def test_what_is_not_refreshed_is_taken_for_what_was_added(bound: Tenant) -> None:
    """Without asking anybody the plan has nothing to do."""
    assert bound.run("plan", "--no-refresh", "--detailed-exitcode").code == 0


WRONG = [
    ("[first, second, first]", "`teams.first` stands in `teams` twice", "take one of the two out"),
    ("{add: [{id: x}, first, {id: x}]}", "id x stands in `teams` twice", "take one of the two out"),
    ("{add: [first], remove: [second]}", "`teams` has no `remove`", "stands under `add`"),
    ("{add: first}", "`teams.add` must be a list, and this is text", "a list, or {add: […]}"),
    ("{add: [frst]}", "there is no `teams.frst`", "did you mean `first`?"),
    ("{add: [7]}", "must be a reference", ""),
    ("{ad: [first]}", "`teams` has no `ad`", "`add`"),
    ("{}", "`teams` must be a list", "a list, or {add: […]}"),
]


@pytest.mark.parametrize(("written", "said", "hint"), WRONG)
def test_what_is_no_list(empty: Tenant, written: str, said: str, hint: str) -> None:
    """Each is told where it stands, without asking anybody."""
    declare(empty, TEAMS.replace("LIST", written))

    ran = empty.run("validate")

    assert ran.code == 1
    assert said in ran.err
    assert hint in ran.err
    assert "acme.yaml:15:" in ran.err


def test_a_list_that_moved_since_the_plan_is_told_by_its_members(bound: Tenant, portal: Control) -> None:
    """Who was taken out of it, in the words of the manifest; an id for whoever is in none."""
    bound.edit("teams: {add: [first, second]}", "teams: [first, second, third]")
    file = str(bound.folder / "lists.plan")
    bound.run("plan", "--out", file)
    _serve(portal, ["First", "Third"])

    ran = bound.run("apply", file)

    told = " ".join(ran.out.split())
    assert ran.code == 1
    assert f"`second`, id {_team(portal, 'Strangers')} were taken out of `teams`" in told
    assert "`third` was added to `teams` since the plan was made" in told
    assert "[{" not in told
