"""Bird through the command line, against its simulator: from nothing, through every change, to nothing."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.bird.conftest import (
    JANE,
    RUN_TIME,
    changes,
    declare,
    ids,
    plan,
    sent,
    settled,
    the,
    writes,
)
from tests.cli.conftest import Tenant

KINDS = {
    "teams.first": "team",
    "skills.spanish": "skill",
    "business_hours.office": "business_hours",
    "queues.support": "routing_queue",
    "agents.jane": "agent",
    "capacity_rules.normal": "capacity_rule",
}

ENDS = {"from": {"hour": 9, "minute": 0}, "to": {"hour": 17, "minute": 0}}

CHANGES: list[tuple[str, str, str, str, Any]] = [
    ("teams.first", "name: First line", "name: Front line", "name", "Front line"),
    ("teams.first", "description: Answers first", "description: Front", "description", "Front"),
    ("teams.first", "description: Answers first", "description: null", "description", ""),
    ("teams.first", "name: First line", "hide_from_views: true, name: First line", "hideFromViews", True),
    ("skills.spanish", "name: Spanish", "name: Castilian", "name", "Castilian"),
    ("skills.spanish", "value_type: single", "value_type: multiple", "valueType", "multiple"),
    ("business_hours.office", "name: Office", "name: Desk", "name", "Desk"),
    ("business_hours.office", "name: Office", "name: Office\n    description: Days", "description", "Days"),
    ("business_hours.office", "timezone: Europe/Madrid\n    weekly", "timezone: UTC\n    weekly", "timezone", "UTC"),
    ("queues.support", "name: Support", "name: Help", "name", "Help"),
    ("queues.support", "description: Calls", "description: null", "description", ""),
    ("queues.support", "priority: 50", "priority: 0", "priority", 0),
    ("queues.support", "priority: 50, teams: [first]", "priority: 50, teams: []", "teams", []),
    ("agents.jane", "bio: Tier 1", "bio: Tier 2", "bio", "Tier 2"),
    ("agents.jane", "bio: Tier 1", "bio: null", "bio", ""),
    ("agents.jane", "    timezone: Europe/Madrid\n    default", "    timezone: UTC\n    default", "timezone", "UTC"),
    ("agents.jane", "default_country_code: ES", "default_country_code: PT", "defaultCountryCode", "PT"),
    ("agents.jane", "avatar_url: https://example.com/jane.png", "avatar_url: null", "avatarUrl", ""),
    ("agents.jane", "wrap_up_time: 30", "wrap_up_time: 0", "wrapUpTime", 0),
    ("agents.jane", '"+34911234567"', '"+34911234560"', "defaultCallerId", "+34911234560"),
    ("agents.jane", "transcription_locale: es-ES", "transcription_locale: pt-PT", "transcriptionLocale", "pt-PT"),
    ("agents.jane", "assigned_skills: [spanish]", "assigned_skills: []", "assignedSkills", []),
    ("agents.jane", "out_of_office_response: Back soon", "out_of_office_response: Gone", "outOfOfficeResponse", "Gone"),
    ("agents.jane", "bio: Tier 1", "bio: Tier 1\n    name: Jane", "name", "Jane"),
    (
        "agents.jane",
        'number: "+34911234568"}',
        'number: "+34911234568", mask_caller: true}',
        "forwardNumber",
        {"enabled": True, "number": "+34911234568", "maskCaller": True},
    ),
    (
        "agents.jane",
        'weekly_schedule: {monday: {from: "09:00", to: "17:00"}}\n    holidays: [{name: New Year, day: 1, month: 1}]\n'
        "    avatar",
        'weekly_schedule: {monday: {from: "08:30", to: "17:00"}}\n    holidays: []\n    avatar',
        "weeklySchedule holidays",
        [{"monday": {**ENDS, "from": {"hour": 8, "minute": 30}}}, []],
    ),
    ("capacity_rules.normal", "name: Normal", "name: Usual", "name", "Usual"),
    ("capacity_rules.normal", "description: For most", "description: For all", "description", "For all"),
    ("capacity_rules.normal", "name: Normal", "default: true, name: Normal", "default", True),
    (
        "capacity_rules.normal",
        "capacity: {messaging: 3}",
        "capacity: {messaging: 3, email: 0}",
        "capacity",
        {"messaging": 3, "email": 0},
    ),
    ("capacity_rules.normal", "agents: [jane]}", "agents: []}", "agents", []),
]


def test_from_nothing_to_all_that_is_declared(acme: Tenant, portal: Control) -> None:
    """Each thing is made once, after what it refers to; the next plan is empty, and nothing has drifted."""
    assert acme.run("validate").code == 0
    assert set(plan(acme).values()) == {"create"}
    portal.reset_log()

    acme.applied()

    assert settled(acme)
    assert acme.run("drift").code == 0
    told = [request.split("/")[0] for request in writes(portal)]
    assert told.count("POST agents") == 1
    assert told.index("PATCH agents") > told.index("POST agents") > told.index("POST teams")
    assert writes(portal)[-1] == "POST inbox/capacity"
    agent = the(portal, "agent", "Jane Roe")
    assert agent["wrapUpTime"] == 30
    assert agent["teamIds"] == [the(portal, "team", "First line")["id"]]
    assert agent["assignedSkills"] == [{"id": the(portal, "skill", "Spanish")["id"]}]
    assert the(portal, "capacity_rule", "Normal")["agents"] == [agent["id"]]


@pytest.mark.parametrize(
    ("address", "old", "new", "wire", "value"), CHANGES, ids=[f"{each[0]} {each[2][:40]}" for each in CHANGES]
)
def test_each_field_is_changed_alone(
    bound: Tenant, portal: Control, address: str, old: str, new: str, wire: str, value: Any
) -> None:
    """One PATCH carries what changes and nothing else, and everything else there is as it was, byte for byte."""
    before = portal.content()
    bound.edit(old, new)
    assert plan(bound) == {address: "update"}

    bound.applied()

    names = wire.split()
    after, kind = portal.content(), KINDS[address]
    expected = dict(zip(names, value if len(names) > 1 else [value], strict=True))
    assert sent(portal) == [expected]
    (changed,) = [key for key in after[kind] if after[kind][key] != before[kind][key]]
    entity = {name: item for name, item in before[kind][changed].items() if name not in {*names, "updatedAt"}}
    assert {n: v for n, v in after[kind][changed].items() if n not in {*names, "updatedAt"}} == entity
    after[kind][changed] = before[kind][changed]
    assert after == before
    assert settled(bound)


def test_what_nobody_declares_is_never_touched(bound: Tenant, portal: Control) -> None:
    """Days, the parts of a map, a skill's chosen value, teams of another type, run-time fields: all carried on."""
    skill, team = the(portal, "skill", "Spanish"), the(portal, "team", "Second line")
    chosen = [{name: value for name, value in skill["values"][0].items() if name != "createdAt"}]
    agent, queue = the(portal, "agent", "Jane Roe")["id"], the(portal, "routing_queue", "Support")["id"]
    rule = the(portal, "capacity_rule", "Normal")["id"]
    week = {"monday": ENDS, "sunday": {"from": {"hour": 10, "minute": 5}, "to": {"hour": 12, "minute": 0}}}
    served = [*the(portal, "routing_queue", "Support")["teams"], {"type": "overflow", "ids": [team["id"]]}]
    forward = {"enabled": True, "number": "+34911234568", "maskCaller": True}
    portal.change(
        "agent",
        agent,
        {
            "weeklySchedule": week,
            "forwardNumber": forward,
            "assignedSkills": [{"id": skill["id"], "selectedValues": chosen}],
            "dropVms": [{"id": "x"}],
            "status": "active",
            "tagCount": 7,
        },
        force=True,
    )
    portal.change("routing_queue", queue, {"teams": served}, force=True)
    portal.change("capacity_rule", rule, {"capacity": {"messaging": 3, "email": 9}})
    assert settled(bound)
    before = portal.content()
    bound.edit(
        'monday: {from: "09:00", to: "17:00"}}\n    holidays: [{name: New Year, day: 1, month: 1}]\n    avatar',
        'monday: {from: "09:00", to: "18:00"}, friday: null}\n    avatar',
    )
    bound.edit('enabled: true, number: "+34911234568"', "enabled: false")
    bound.edit("assigned_skills: [spanish]", "assigned_skills: [spanish, french]")
    bound.edit("priority: 50, teams: [first]", "priority: 50, teams: [second]")
    bound.edit("capacity: {messaging: 3}", "capacity: {messaging: 4}")

    bound.applied()

    after = portal.content()
    french = the(portal, "skill", "French")["id"]
    found = after["agent"][agent]
    assert found["weeklySchedule"] == week | {"monday": {**ENDS, "to": {"hour": 18, "minute": 0}}}
    assert found["forwardNumber"] == forward | {"enabled": False}
    skills = sorted(found["assignedSkills"], key=lambda item: str(item["id"]))
    assert skills == sorted([{"id": skill["id"], "selectedValues": chosen}, {"id": french}], key=lambda i: str(i["id"]))
    assert after["routing_queue"][queue]["teams"] == [{"type": "primary", "ids": [team["id"]]}, served[1]]
    assert after["capacity_rule"][rule]["capacity"] == {"messaging": 4, "email": 9}
    written = {"weeklySchedule", "forwardNumber", "assignedSkills"} | RUN_TIME
    assert {n: v for n, v in found.items() if n not in written} == {
        n: v for n, v in before["agent"][agent].items() if n not in written
    }
    assert settled(bound)


def test_what_is_no_longer_declared_stays(bound: Tenant, portal: Control) -> None:
    """A field that is taken out of a manifest is left as it stands, and the plan says so once."""
    before = portal.content()
    for field in ("bio: Tier 1", "wrap_up_time: 30", "avatar_url:", "out_of_office_response:", "forward_number:"):
        bound.without(field)

    ran = bound.run("plan")
    bound.applied()

    assert "no longer declared" in ran.out
    assert portal.content() == before
    assert settled(bound)


def test_values_of_a_skill_keep_their_ids(bound: Tenant, portal: Control) -> None:
    """So that agents keep theirs (A-24)."""
    before = {item["value"]: item["id"] for item in the(portal, "skill", "Spanish")["values"]}
    bound.edit("{value: fluent, icon: star}", "{value: fluent, icon: moon}, {value: none}")

    bound.applied()

    after = {item["value"]: (item["id"], item.get("icon")) for item in the(portal, "skill", "Spanish")["values"]}
    assert after["fluent"] == (before["fluent"], "moon")
    assert after["a"] == (before["a"], None)
    assert "none" in after
    assert settled(bound)


def test_what_changes_by_itself_is_no_drift(bound: Tenant, portal: Control) -> None:
    """Status, workload, waiting conversations, whether it is open: different with every answer, and never written."""
    portal.settings(restless=True)

    assert bound.run("drift").code == 0
    assert settled(bound)
    bound.edit("bio: Tier 1", "bio: Tier 2")
    bound.edit("priority: 50", "priority: 51")
    bound.edit("name: Office", "name: Desk")
    ran = bound.run("apply", "--auto-approve", "--detailed-exitcode")

    assert ran.code == 0
    assert [sorted(body) for body in sent(portal)] == [["bio"], ["name"], ["priority"]]
    assert "warning" not in ran.out + ran.err


def test_drift(bound: Tenant, portal: Control) -> None:
    """What somebody changed in the portal is reported, and a plan takes it back."""
    portal.change("agent", the(portal, "agent", "Jane Roe")["id"], {"wrapUpTime": 60, "name": "Janet"})
    portal.change("team", the(portal, "team", "First line")["id"], {"description": "Theirs"})

    ran = bound.run("drift")

    assert ran.code == 2
    assert "wrap_up_time" in ran.out
    assert "Theirs" in ran.out
    assert plan(bound) == {"agents.jane": "update", "teams.first": "update"}
    bound.applied()
    assert settled(bound)


def test_everything_is_deleted_in_order(bound: Tenant, portal: Control) -> None:
    """What refers to something goes before it: nothing is refused for being in use."""
    ran = bound.run("destroy", "--auto-approve")

    assert ran.code == 0, ran.out + ran.err
    assert {kind: len(portal.content()[kind]) for kind in KINDS.values()} == dict.fromkeys(KINDS.values(), 0)
    assert {entry["status"] for entry in portal.log() if entry["method"] == "DELETE"} == {204}


def test_another_key_is_the_same_entity(bound: Tenant, portal: Control) -> None:
    """A renamed declaration takes its entity over; nothing is sent."""
    before = portal.content()
    bound.edit("  jane:", "  jane-roe:")
    bound.edit("agents: [jane]", "agents: [jane-roe]")
    bound.edit("  second:", "  backup:")

    planned = changes(bound.run("plan", "--format", "json"))
    bound.applied()

    assert {key: item["action"] for key, item in planned.items()} == {
        "agents.jane-roe": "adopt",
        "teams.backup": "adopt",
    }
    assert {item["reasons"][0]["code"] for item in planned.values()} == {"moved"}
    assert portal.content() == before
    assert settled(bound)


def test_another_user_is_another_agent(bound: Tenant, portal: Control) -> None:
    """An agent's user cannot be changed: the old agent goes, a new one comes, and the rule has the new one."""
    eve = portal.create("user", {**JANE, "name": "Eve", "defaultEmail": "eve@acme.example", "emails": []})
    (old,) = ids(portal, "agent")
    bound.edit("user_id: ", f"user_id: {eve} # ")
    bound.edit("email: jane.roe@ACME.example", "email: eve@acme.example")

    assert {key: item for key, item in plan(bound).items() if key.startswith("agents")} == {
        "agents.jane#create": "replace",
        "agents.jane#delete": "replace",
    }
    bound.applied()

    (new,) = ids(portal, "agent")
    assert new != old
    assert the(portal, "capacity_rule", "Normal")["agents"] == [new]
    assert settled(bound)


def test_export_shows_adoptions_only(bound: Tenant, portal: Control) -> None:
    """All that is there is declared as it is; a plan of it changes nothing, and adopting it binds all."""
    out = Tenant(bound.folder.parent / "out", bound.url, bound.capture, bound.environment)
    before = portal.content()
    kinds = len([item for kind in KINDS.values() for item in before[kind]])

    ran = bound.run("export", "--connection", "inbox", "--out", str(out.folder))

    assert ran.code == 0, ran.out + ran.err
    assert set(plan(out).values()) == {"adopt"}
    assert all(not change["fields"] for change in changes(out.run("plan", "--format", "json")).values())
    assert "status" not in (out.folder / "agents.yaml").read_text("utf-8")
    other = Tenant(bound.folder.parent / "other", bound.url, bound.capture, bound.environment)
    adopted = bound.run("export", "--connection", "inbox", "--out", str(other.folder), "--adopt")
    assert adopted.code == 0, adopted.out + adopted.err
    assert len(other.run("state", "list").out.strip().splitlines()) >= kinds
    assert settled(other)
    assert portal.content() == before


def test_import(empty: Tenant, portal: Control, jane: str) -> None:
    """By id, with a declaration of what is there."""
    team = portal.create("team", {"name": "First line", "description": "Answers first"})
    agent = portal.create("agent", {"type": "user", "userId": jane, "bio": "Tier 1", "teamIds": [team]})

    for address, vendor_id in (("teams.first@inbox", team), ("agents.jane@inbox", agent)):
        ran = empty.run("import", address, vendor_id)
        assert ran.code == 0, ran.out + ran.err

    assert "bio: Tier 1" in (empty.folder / "agents.yaml").read_text("utf-8")
    assert "teams: [first]" in (empty.folder / "agents.yaml").read_text("utf-8")
    assert settled(empty)


def test_a_skill_of_that_name_exists(empty: Tenant, portal: Control) -> None:
    """A create that Bird calls a double names who is there, and is not repeated."""
    declare(empty, "skills:\n  spanish: {name: Spanish, description: Speaks it, value_type: single}\n")
    portal.fault(
        "meanwhile",
        method="GET",
        path="*/inbox/skills",
        changes=[
            {
                "verb": "create",
                "kind": "skill",
                "attributes": {"name": "Spanish", "description": "Theirs", "valueType": "single"},
            }
        ],
    )

    ran = empty.run("apply", "--auto-approve")

    (theirs,) = ids(portal, "skill")
    assert ran.code == 1
    assert "409" in ran.out + ran.err
    assert theirs in ran.out + ran.err
    assert plan(empty) == {"skills.spanish": "adopt"}


def test_bird_s_own_words(acme: Tenant, portal: Control) -> None:
    """What is refused is told in them, at the field in our name."""
    body = '{"code": "InvalidPayload", "message": "The request is invalid.", "details": {"wrapUpTime": ["too long"]}}'
    portal.fault("status", method="PATCH", path="*/agents/*", status=422, body=body)

    ran = acme.run("apply", "--auto-approve")

    said = " ".join((ran.out + ran.err).split())
    assert ran.code == 1
    assert "status 422: The request is invalid" in said
    assert "`wrap_up_time`: too long" in said
    assert len(ids(portal, "agent")) == 1
    acme.applied()
    assert settled(acme)
    assert len(ids(portal, "agent")) == 1


def test_the_key_shows_nowhere(bound: Tenant, portal: Control) -> None:
    """Neither in a failure nor in a log, also where the vendor says it back."""
    portal.fault("status", path="*/agents", status=400, body='{"message": "AccessKey sim-bird-key is bad"}', times=None)

    ran = bound.run("--log-level", "debug", "plan")

    assert ran.code == 1
    assert "is bad" in ran.out + ran.err
    assert "sim-bird-key" not in ran.out + ran.err


def test_what_is_let_go_goes_afterwards(bound: Tenant, portal: Control) -> None:
    """A skill that its agent gives up, a team that its queue gives up: Bird would refuse it the other way round."""
    bound.edit("assigned_skills: [spanish]", "assigned_skills: [french]")
    bound.edit("priority: 50, teams: [first]", "priority: 50, teams: [second]")
    bound.without("spanish:")
    bound.without("{name: Spanish")
    bound.without("first: {name")
    bound.without("teams: [first]")

    assert plan(bound) == {
        "agents.jane": "update",
        "queues.support": "update",
        "skills.spanish": "delete",
        "teams.first": "delete",
    }
    bound.applied()

    assert settled(bound)
    assert [each["status"] for each in portal.log() if each["method"] == "DELETE"] == [204, 204]


def test_an_agent_that_exists_by_now(acme: Tenant, portal: Control, jane: str) -> None:
    """Made in the portal since the plan: it is not made again, nor taken over unseen."""
    saved = str(acme.folder / "saved.plan")
    assert acme.run("plan", "--out", saved).code == 0
    agent = portal.create("agent", {"type": "user", "userId": jane})

    ran = acme.run("apply", saved)

    assert ran.code == 1
    assert agent in ran.out + ran.err
    assert ids(portal, "agent") == [agent]
    assert plan(acme)["agents.jane"] == "adopt"


def test_the_default_rule(bound: Tenant, portal: Control) -> None:
    """There is one: who is it already is said in Bird's answer; it cannot be deleted either."""
    theirs = portal.create("capacity_rule", {"name": "Theirs", "description": "W", "capacity": {}, "default": True})
    bound.edit("{name: Normal,", "{name: Normal, default: true,")

    ran = bound.run("apply", "--auto-approve")

    assert ran.code == 1
    assert theirs in ran.out + ran.err
    portal.change("capacity_rule", theirs, {"default": False})
    bound.applied()
    assert settled(bound)
    bound.without("normal: {name")
    bound.without("capacity_rules:")
    refused = bound.run("apply", "--auto-approve")
    assert refused.code == 1
    assert "409" in refused.out + refused.err
    assert len(ids(portal, "capacity_rule")) == 2
