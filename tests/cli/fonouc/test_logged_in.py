"""FonoUC's one write through the command line: who of a queue's roster is logged in to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Ran, Tenant
from tests.cli.fonouc.conftest import bound, planned, requests

STATUS = "GET /callcenter/queues/status"
ANA_AND_BOB = "[{agent: ana, logged_in: true}, {agent: bob, logged_in: true}]"


class Desk:
    """A queue whose roster are ana and bob, both managed; nobody is logged in."""

    def __init__(self, acme: Tenant, portal: Control, roster: str) -> None:
        self.acme, self.portal = acme, portal
        self.ana, self.queue = bound(acme, portal)
        self.bob = portal.create("user", {"first_name": "Bob", "email": "bob@example.com"})
        self.on_roster(self.ana, self.bob)
        acme.edit("agents:\n", "agents:\n  bob: {email: bob@example.com}\n")
        acme.edit("    name: Support", "    name: Support\n    agents: [ana, bob]")
        acme.applied()
        acme.edit("agents: [ana, bob]", f"agents: {roster}")
        portal.reset_log()

    def on_roster(self, *users: str, delay: int = 0) -> None:
        members = [{"type": "user", "id": user, "delay": delay, "timeout": 20} for user in users]
        self.portal.change("queue", self.queue, {"agents": members})

    def log_in(self, *users: str) -> None:
        """As if the people had done it themselves."""
        self.portal.settings(logged_in={self.queue: list(users)})

    @property
    def logged_in(self) -> list[str]:
        users: Mapping[str, list[str]] = self.portal.settings()["logged_in"]
        return sorted(users.get(self.queue, []))

    def plan(self, *more: str) -> Ran:
        return self.acme.run("plan", "--detailed-exitcode", *more)

    def change(self) -> dict[str, Any]:
        """The plan's one change."""
        (change,) = json.loads(self.acme.run("plan", "--format", "json").out)["changes"]
        found: dict[str, Any] = change
        return found

    def apply(self, *more: str) -> Ran:
        return self.acme.run("apply", "--auto-approve", *more)

    def writes(self) -> list[str]:
        return [line for line in requests(self.portal) if not line.startswith(("GET ", "POST /login"))]


@pytest.fixture
def desk(acme: Tenant, portal: Control) -> Desk:
    """Both members are asked to be logged in."""
    return Desk(acme, portal, ANA_AND_BOB)


def test_members_are_logged_in(desk: Desk) -> None:
    """Each by one request, after one look; a second plan has nothing to do."""
    change = desk.change()
    assert (change["action"], [item["path"] for item in change["fields"]]) == ("update", ["agents[].logged_in"])
    assert change["fields"][0]["after"] == [
        {"agent": "agents.ana@pbx", "logged_in": True},
        {"agent": "agents.bob@pbx", "logged_in": True},
    ]

    ran = desk.apply()

    assert ran.code == 0, ran.out + ran.err
    assert desk.logged_in == sorted([desk.ana, desk.bob])
    assert sorted(desk.writes()) == sorted(f"PUT /callcenter/admin/agent/{user}/login" for user in (desk.ana, desk.bob))
    assert desk.plan().code == 0
    assert "No changes" in desk.plan().out


def test_only_whoever_is_otherwise_is_sent(desk: Desk) -> None:
    """Also where a member logs in between plan and apply."""
    file = str(desk.acme.folder / "now.plan")
    assert desk.plan("--out", file).code == 0
    desk.log_in(desk.ana)

    ran = desk.acme.run("apply", file)

    assert ran.code == 0, ran.out + ran.err
    assert desk.writes() == [f"PUT /callcenter/admin/agent/{desk.bob}/login"]


def test_it_is_shown_apart_and_does_not_count(desk: Desk) -> None:
    """People log out: that alone is neither drift nor exit code 2, and stands under a heading of its own."""
    plan = desk.plan()
    desk.apply()
    desk.log_in(desk.ana)
    drift = desk.acme.run("drift", "--format", "json")

    assert plan.code == 0
    assert "right now, since it changes by itself:" in plan.out
    assert drift.code == 0
    (moving,) = json.loads(drift.out)["run_time"]
    assert [item["path"] for item in moving["fields"]] == ["agents[].logged_in"]
    assert "somebody changed" not in desk.plan().out


def test_the_roster_stays_a_persons(desk: Desk) -> None:
    """Who is on it is said beside what is done now; who is not on it cannot be logged in."""
    desk.on_roster(desk.ana)

    change = desk.change()
    ran = desk.apply()

    assert change["action"] == "update"
    assert {item["path"]: item["manual"] for item in change["fields"]} == {"agents": True, "agents[].logged_in": False}
    assert change["after"]["agents[]"]["logged_in"] == [{"agent": "agents.ana@pbx", "logged_in": True}]
    assert ran.code == 0, ran.out + ran.err
    assert desk.writes() == [f"PUT /callcenter/admin/agent/{desk.ana}/login"]
    assert desk.change()["action"] == "manual"


def test_a_member_who_left_the_roster_meanwhile(desk: Desk) -> None:
    """The plan is stale: nothing is sent."""
    file = str(desk.acme.folder / "now.plan")
    desk.plan("--out", file)
    desk.on_roster(desk.ana)

    assert desk.acme.run("apply", file).code == 1
    assert desk.writes() == []


def test_one_of_two_fails(desk: Desk) -> None:
    """What was done is said, the record does not claim the rest, and the next plan has it."""
    first, second = sorted([desk.ana, desk.bob])
    desk.portal.fault("status", path=f"/callcenter/admin/agent/{second}/login", status=400, body="no")

    ran = desk.apply()

    assert ran.code == 1
    assert "(1 of 2 members done)" in " ".join((ran.out + ran.err).split())
    assert desk.logged_in == [first]
    assert json.loads(desk.acme.run("drift", "--format", "json").out)["run_time"] == []
    before = desk.change()["fields"][0]["before"]
    assert sorted(item["logged_in"] for item in before) == [False, True]
    assert desk.apply().code == 0
    assert desk.logged_in == [first, second]


@pytest.mark.parametrize("effect", ["drop_after", "drop_before"])
def test_a_lost_answer(desk: Desk, effect: str) -> None:
    """The status is read before anything is sent again."""
    desk.log_in(desk.ana)
    path = f"/callcenter/admin/agent/{desk.bob}/login"
    desk.portal.fault(effect, path=path)

    ran = desk.apply()

    assert ran.code == 0, ran.out + ran.err
    assert desk.logged_in == sorted([desk.ana, desk.bob])
    assert desk.writes().count(f"PUT {path}") == (1 if effect == "drop_after" else 2)
    assert ("the vendor shows that it was done" in " ".join(ran.out.split())) is (effect == "drop_after")


def test_nobody_asks_for_the_status_in_vain(acme: Tenant, portal: Control) -> None:
    """It takes a request, which only whoever declares a log-in needs."""
    desk = Desk(acme, portal, "[ana, bob]")

    assert desk.plan().code == 0
    assert STATUS not in requests(portal)


FAULTS: list[dict[str, Any]] = [
    {"effect": "status", "status": 500},
    {"effect": "status", "status": 403},
    {"effect": "status", "status": 200, "body": '{"a": 1}'},
    {"effect": "garbage"},
    {"effect": "truncate"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['effect']} {fault.get('status', '')}".strip())
def test_a_status_that_fails_is_no_evidence(desk: Desk, fault: dict[str, Any]) -> None:
    """Nobody can tell who is logged in, so the queue is unknown."""
    desk.portal.fault(path="/callcenter/queues/status", times=None, **fault)

    ran = desk.acme.run("plan", "--format", "json")

    assert ran.code == 1
    assert planned(ran)["queues.support"][0] == "unknown"


def test_one_object_is_a_list_of_one(desk: Desk) -> None:
    """The status of a single queue, as the document's example has it (F7)."""
    desk.portal.settings(status_as="object")

    ran = desk.apply()

    assert ran.code == 0, ran.out + ran.err
    assert desk.logged_in == sorted([desk.ana, desk.bob])


def test_with_add_only_the_named_are_logged_in(acme: Tenant, portal: Control) -> None:
    """The roster may have others, who are left alone."""
    desk = Desk(acme, portal, "{add: [{agent: bob, logged_in: true}]}")

    assert desk.apply().code == 0
    assert desk.logged_in == [desk.bob]


def out_of_the_queue(desk: Desk) -> None:
    """Ana, who is logged in, is asked to be logged out."""
    desk.log_in(desk.ana)
    desk.acme.edit(
        "{agent: ana, logged_in: true}, {agent: bob, logged_in: true}", "{agent: ana, logged_in: false}, bob"
    )


def calls(desk: Desk, user: str | None) -> None:
    """One caller in the queue, who speaks with the user or waits."""
    desk.portal.settings(calls=[{"queue": desk.queue, "user": user, "caller": {"name": "", "number": "+15550100"}}])


def test_a_member_is_logged_out(desk: Desk) -> None:
    """Of whom nothing is declared is left alone, and makes no difference."""
    out_of_the_queue(desk)
    desk.log_in(desk.ana, desk.bob)

    ran = desk.apply()

    assert ran.code == 0, ran.out + ran.err
    assert desk.logged_in == [desk.bob]
    assert "No changes" in desk.plan().out


def test_nobody_is_logged_out_of_a_call(desk: Desk) -> None:
    """Guard `busy` says who it is; who is free may be logged out while others speak, and everybody if it is allowed."""
    out_of_the_queue(desk)
    calls(desk, desk.ana)
    held = desk.plan()
    calls(desk, desk.bob)
    free = desk.plan()
    calls(desk, desk.ana)
    allowed = desk.apply("--allow", "busy=queues.support@pbx")

    assert (held.code, free.code) == (1, 0)
    assert "`agents.ana@pbx` is on a call of queue Support" in " ".join(held.out.split())
    assert allowed.code == 0, allowed.out + allowed.err
    assert desk.logged_in == []


def test_nobody_is_logged_out_while_callers_wait(desk: Desk) -> None:
    """One agent fewer is what they would notice; one more is no harm."""
    calls(desk, None)
    more = desk.plan()
    out_of_the_queue(desk)
    fewer = desk.plan()

    assert (more.code, fewer.code) == (0, 1)
    assert "is in use: 1 caller is waiting" in " ".join(fewer.out.split())


def test_a_call_that_began_after_the_plan(desk: Desk) -> None:
    """Asked again right before the request, which is not sent."""
    out_of_the_queue(desk)
    file = str(desk.acme.folder / "now.plan")
    assert desk.plan("--out", file).code == 0
    calls(desk, desk.ana)

    ran = desk.acme.run("apply", file)

    assert ran.code == 1
    assert "guard `busy`" in ran.out + ran.err
    assert desk.writes() == []


def test_what_goes_on_cannot_be_asked(desk: Desk) -> None:
    """Then nobody is logged out."""
    out_of_the_queue(desk)
    desk.portal.fault("status", path="/callcenter/queues/calls", status=500, times=None)

    ran = desk.plan()

    assert ran.code == 1
    assert "in use could not be asked" in " ".join(ran.out.split())


def test_who_is_not_on_the_roster_yet_waits_for_it(desk: Desk) -> None:
    """The plan says so of the log-in, and once the portal has them on the roster, says it no more."""
    desk.on_roster(desk.ana)
    before = " ".join(desk.plan().out.split())
    desk.on_roster(desk.ana, desk.bob)
    after = " ".join(desk.plan().out.split())

    assert "`logged_in` of `agents.bob` waits until `agents.bob` is put into `agents` in the vendor's portal" in before
    assert "waits until" not in after


def test_a_member_whose_delay_moved_since_the_plan(desk: Desk) -> None:
    """What is declared beside a member is told before and after."""
    desk.acme.edit("{agent: ana, logged_in: true}", "{agent: ana, logged_in: true, delay: 0}")
    file = str(desk.acme.folder / "now.plan")
    desk.plan("--out", file)
    desk.on_roster(desk.ana, desk.bob, delay=5)

    ran = desk.acme.run("apply", file)

    assert ran.code == 1
    assert "`delay` of `ana` in `agents` went from 0 to 5 since the plan was made" in " ".join(ran.out.split())
