"""People at Bird: users of the organization whom only its portal invites, and how a declaration finds its agent."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.bird.conftest import JANE, changes, declare, ids, plan, sent, settled, the, writes
from tests.cli.conftest import Tenant

ANA = "agents:\n  ana: {email: ana@acme.example, first_name: Ana, last_name: Roe, bio: Tier 1}\n"

USER: dict[str, Any] = {"name": "A. Roe", "defaultEmail": "a.roe@acme.example", "emails": ["ANA@acme.example"]}


def an_agent(portal: Control, user: dict[str, Any] = USER, **more: Any) -> str:
    """Somebody who was invited and has become an agent; the agent's id."""
    return portal.create("agent", {"type": "user", "userId": portal.create("user", user), **more})


def test_nobody_is_there_yet(empty: Tenant, portal: Control) -> None:
    """A person is told whom to invite; nothing is sent, and nothing has failed."""
    declare(empty, ANA)

    ran = empty.run("plan")
    change = changes(empty.run("plan", "--format", "json"))["agents.ana"]

    assert (change["action"], change["intent"]) == ("manual", "create")
    assert "user_id" in ran.out
    assert empty.run("plan", "--detailed-exitcode").code == 2
    assert empty.run("apply", "--auto-approve").code == 0
    assert writes(portal) == []


def test_manual_is_gone_when_the_person_has_come(empty: Tenant, portal: Control) -> None:
    """Invited, the person is found by any of the user's e-mails, in capitals or not, and adopted."""
    declare(empty, ANA)
    assert plan(empty) == {"agents.ana": "manual"}

    agent = an_agent(portal)

    assert plan(empty) == {"agents.ana": "adopt"}
    empty.applied()
    assert settled(empty)
    assert sent(portal) == [{"bio": "Tier 1"}]
    assert ids(portal, "agent") == [agent]


def test_the_id_of_the_invited_person_is_declared(empty: Tenant, portal: Control) -> None:
    """With it an agent is made; what is only there to find people is never sent."""
    user = portal.create("user", USER)
    declare(empty, ANA.replace("{email", f"{{user_id: {user}, email"))

    empty.applied()

    assert settled(empty)
    assert sent(portal) == [{"type": "user", "userId": user, "name": "Ana Roe", "bio": "Tier 1"}]


def test_a_name_that_was_given_by_hand_stays(empty: Tenant, portal: Control) -> None:
    """First and last name find and create; afterwards they are compared with nothing."""
    an_agent(portal, name="Boss")
    declare(empty, ANA)

    empty.applied()

    assert the(portal, "agent", "Boss")["bio"] == "Tier 1"
    assert settled(empty)
    assert empty.run("drift").code == 0


@pytest.mark.parametrize("declared", ["name: a. roe", "first_name: A., last_name: Roe"])
def test_by_name_where_nothing_else_is_declared(empty: Tenant, portal: Control, declared: str) -> None:
    """The name that Bird shows, capitals aside."""
    agent = an_agent(portal)
    declare(empty, f"agents:\n  ana: {{{declared}}}\n")

    assert plan(empty) == {"agents.ana": "adopt"}
    assert changes(empty.run("plan", "--format", "json"))["agents.ana"]["id"] == agent


def test_two_agents_of_one_name(empty: Tenant, portal: Control) -> None:
    """Nobody can say which of them is meant, until an ``imports`` entry does."""
    first = an_agent(portal)
    an_agent(portal, {**JANE, "name": "A. Roe"})
    declare(empty, "agents:\n  ana: {name: A. Roe}\n")

    assert plan(empty) == {"agents.ana": "conflict"}
    declare(empty, f"imports:\n  - {{address: agents.ana@inbox, id: {first}}}\n")
    assert plan(empty) == {"agents.ana": "adopt"}


def test_two_agents_of_one_e_mail(empty: Tenant, portal: Control) -> None:
    """Nor of two users who share an address."""
    an_agent(portal)
    an_agent(portal, JANE | {"emails": ["ana@ACME.example"]})
    declare(empty, ANA)

    assert plan(empty) == {"agents.ana": "conflict"}


def test_an_id_from_the_wrong_line(empty: Tenant, portal: Control, jane: str) -> None:
    """An agent whose user has other e-mails than the declared one is taken over by nobody."""
    portal.create("agent", {"type": "user", "userId": jane})
    declare(empty, ANA.replace("{email", f"{{user_id: {jane}, email"))

    assert plan(empty) == {"agents.ana": "conflict"}


def test_teams_are_joined_once(bound: Tenant, portal: Control) -> None:
    """Membership cannot be changed from here: a difference is a person's, until the portal shows it done."""
    agent, second = the(portal, "agent", "Jane Roe"), the(portal, "team", "Second line")["id"]
    bound.edit("    teams: [first]", "    teams: [second]")

    change = changes(bound.run("plan", "--format", "json"))["agents.jane"]
    ran = bound.run("apply", "--auto-approve")

    assert (change["action"], change["intent"]) == ("manual", "update")
    assert [(item["path"], item["manual"]) for item in change["fields"]] == [("teams", True)]
    assert ran.code == 0
    assert writes(portal) == []
    portal.change("agent", agent["id"], {"teamIds": [second]})
    assert settled(bound)


def test_teams_beside_what_can_be_changed(bound: Tenant, portal: Control) -> None:
    """The one is done, the other is left to a person."""
    bound.edit("    teams: [first]", "    teams: []")
    bound.edit("bio: Tier 1", "bio: Tier 2")

    assert plan(bound) == {"agents.jane": "update"}
    assert bound.run("apply", "--auto-approve", "--detailed-exitcode").code == 2

    assert sent(portal) == [{"bio": "Tier 2"}]
    assert plan(bound) == {"agents.jane": "manual"}


def test_somebody_joins_another_team_in_the_portal(bound: Tenant, portal: Control) -> None:
    """It has drifted, and only a person can take it back."""
    teams = [the(portal, "team", name)["id"] for name in ("First line", "Second line")]
    portal.change("agent", the(portal, "agent", "Jane Roe")["id"], {"teamIds": teams})

    assert bound.run("drift").code == 2
    assert plan(bound) == {"agents.jane": "manual"}


def test_an_agent_whose_user_is_gone(bound: Tenant, portal: Control, jane: str) -> None:
    """Nobody can tell any more who it is: a person looks; the others are found, made and changed all the same."""
    an_agent(portal)
    portal.delete("user", jane)
    bound.edit("agents:\n  jane:", "agents:\n  ana: {email: ana@acme.example}\n  jane:")

    assert plan(bound) == {"agents.ana": "adopt", "agents.jane": "conflict"}


def test_an_agent_of_another_type(empty: Tenant, portal: Control) -> None:
    """It is left alone, whatever its name."""
    portal.create("agent", {"type": "bot", "name": "Ana Roe"}, force=True)
    declare(empty, "agents:\n  ana: {name: Ana Roe}\n")

    assert plan(empty) == {"agents.ana": "manual"}
    out = Tenant(empty.folder.parent / "out", empty.url, empty.capture, empty.environment)
    ran = empty.run("export", "--connection", "inbox", "--out", str(out.folder))
    assert ran.code == 1
    assert "it has none of `user_id`, `email`, `name`" in ran.out
