"""People at Bird: users of the organization whom only its portal invites, and how a declaration finds its agent."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.bird.conftest import JANE, changes, declare, ids, plan, sent, settled, the, writes
from tests.cli.conftest import Ran, Tenant

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


def test_a_person_is_told_whom_to_invite_and_what_to_write_where(empty: Tenant, portal: Control) -> None:
    """Only the invitation and the id are a person's; the rest is the next apply's, and nobody is told to type it."""
    declare(
        empty, "agents:\n  ana:\n    email: ana@acme.example\n    first_name: Ana\n    on: {inbox: {bio: Tier 1}}\n"
    )
    (line,) = [number for number, text in enumerate(empty.manifest.read_text().splitlines(), 1) if "on: {" in text]

    said = " ".join(empty.run("plan").out.split())
    applied = " ".join(empty.run("apply", "--auto-approve").out.split())
    change = changes(empty.run("plan", "--format", "json"))["agents.ana"]

    todo = (
        "do: invite `ana@acme.example` in Bird's portal if nobody has yet, then write what it shows as `user_id` under "
        f"`on.inbox` (acme.yaml:{line}); the next apply sets `bio`, `name`"
    )
    assert todo in said
    assert todo in applied
    assert {item["path"]: item["manual"] for item in change["fields"]} == {
        "bio": False,
        "email": True,
        "first_name": True,
        "name": False,
        "user_id": True,
    }
    assert [item for item in change["fields"] if item["path"] == "user_id" and {"before", "after"} & item.keys()] == []
    assert writes(portal) == []


def test_without_an_e_mail_the_name_says_whom_to_invite(empty: Tenant) -> None:
    """And without a place under `on` the line of the declaration is named alone."""
    declare(empty, "agents:\n  ana: {name: Ana Roe}\n")

    said = " ".join(empty.run("plan").out.split())

    assert "invite `Ana Roe` in Bird's portal" in said
    assert "as `user_id` (acme.yaml:" in said


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


ZOE: dict[str, Any] = {"name": "Zoe Poe", "defaultEmail": "zoe@acme.example", "emails": ["zoe@acme.example"]}

EXCHANGED = """agents:
  ana: {user_id: ZOE, email: ana@acme.example, bio: Ana}
  zoe: {user_id: ANA, email: zoe@acme.example, bio: Zoe}
"""


@pytest.fixture
def exchanged(empty: Tenant, portal: Control) -> Tenant:
    """Two people, each declared with the id of the other; no agent is there yet."""
    ana, zoe = portal.create("user", USER), portal.create("user", ZOE)
    declare(empty, EXCHANGED.replace("ANA", ana).replace("ZOE", zoe))
    return empty


def said(ran: Ran) -> str:
    return " ".join((ran.out + ran.err).split())


def test_two_exchanged_ids_fail_the_apply_that_makes_them(exchanged: Tenant) -> None:
    """Nobody can tell before: as soon as an agent is read back it shows e-mails of somebody else."""
    ran = exchanged.run("apply", "--auto-approve")

    assert ran.code == 1
    assert "is `zoe@acme.example`, `agents.ana` declares `ana@acme.example`: are two ids exchanged?" in said(ran)
    assert "`provisioner state rm agents.ana@inbox`" in said(ran)


def test_two_exchanged_ids_stay_a_conflict(exchanged: Tenant, portal: Control) -> None:
    """Nothing is changed on either of them, however often it is planned and whatever else is declared."""
    exchanged.run("apply", "--auto-approve")
    portal.reset_log()
    exchanged.edit("bio: Ana", "bio: Anna")

    assert plan(exchanged) == {"agents.ana": "conflict", "agents.zoe": "conflict"}
    assert exchanged.run("apply", "--auto-approve").code == 1
    assert writes(portal) == []


def test_exchanged_ids_are_put_right_as_the_plan_says(exchanged: Tenant, portal: Control) -> None:
    """The ids corrected, the plan says what to type; with that each is bound to the right one, and nobody deleted."""
    exchanged.run("apply", "--auto-approve")
    agents = sorted(ids(portal, "agent"))
    text = exchanged.manifest.read_text(encoding="utf-8")
    of_ana, of_zoe = (line.split()[2].strip(",") for line in text.splitlines() if "user_id: " in line)
    swapped = text.replace(of_ana, "OTHER").replace(of_zoe, of_ana).replace("OTHER", of_zoe)
    exchanged.manifest.write_text(swapped, encoding="utf-8")

    assert "`provisioner state rm` each of them" in said(exchanged.run("plan"))
    for key in ("ana", "zoe"):
        assert exchanged.run("state", "rm", f"agents.{key}@inbox").code == 0
    assert plan(exchanged) == {"agents.ana": "adopt", "agents.zoe": "adopt"}
    exchanged.applied()

    assert settled(exchanged)
    assert sorted(ids(portal, "agent")) == agents


def test_a_stranger_who_was_imported_on_purpose(empty: Tenant, portal: Control) -> None:
    """As long as an ``imports`` entry says that it is this one, another e-mail is no conflict."""
    agent = an_agent(portal, ZOE)
    declare(empty, f"{ANA}imports:\n  - {{address: agents.ana@inbox, id: {agent}}}\n")

    empty.applied()

    assert settled(empty)


def test_another_e_mail_is_declared_of_somebody_bound(empty: Tenant, portal: Control) -> None:
    """Known by the e-mail alone: nobody is sent what is meant for somebody else."""
    an_agent(portal)
    declare(empty, ANA)
    empty.applied()
    empty.edit("email: ana@", "email: zoe@")

    ran = empty.run("plan")

    assert ran.code == 1
    assert "`agents.ana` declares `zoe@acme.example`: is somebody else meant?" in said(ran)
    assert "are two ids exchanged" not in said(ran)
