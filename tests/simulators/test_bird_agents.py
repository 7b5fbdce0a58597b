"""What Bird keeps of an agent, takes and refuses: Bird fact sheet §4.1, §5, A-1, A-5 to A-8, A-13, A-19 to A-21."""

from __future__ import annotations

from typing import Any

import pytest

from tests.simulators.clients import BirdClient

NOBODY = "6f1f6f0e-0000-4000-8000-000000000001"
NINE_TO_FIVE = {"from": {"hour": 9, "minute": 0}, "to": {"hour": 17, "minute": 0}}


def refused(bird: BirdClient, path: str, **fields: Any) -> dict[str, list[str]]:
    """The details of a PATCH that is 422."""
    response = bird.ask("PATCH", path, fields)
    assert (response.status_code, response.json()["code"]) == (422, "InvalidPayload"), response.text
    return dict(response.json()["details"])


def test_a_new_agent(bird: BirdClient) -> None:
    """What it was given, what comes from the user, and what is there without either (A-6, A-13, A-20)."""
    role = {"id": NOBODY, "type": "organization", "workspaces": [bird.known["workspace_id"]]}
    user = bird.user(emails=["ana@example.org"], phoneNumber="+15550100", roles=[role])

    agent = bird.create("/agents", type="user", userId=user, bio="Tier 1", weeklySchedule={"monday": NINE_TO_FIVE})

    times = {name: agent.pop(name) for name in ("createdAt", "updatedAt", "availability", "workload")}
    assert times["createdAt"] == times["updatedAt"] == times["availability"]["lastStatusSet"]
    assert agent == {
        "id": agent["id"],
        "workspaceId": bird.known["workspace_id"],
        "type": "user",
        "name": "Ana Example",
        "overrideName": False,
        "bio": "Tier 1",
        "avatarUrl": "",
        "userEmails": ["ana.example@example.com", "ana@example.org"],
        "user": {
            "id": user,
            "name": "Ana Example",
            "avatarUrl": "",
            "defaultEmail": "ana.example@example.com",
            "phoneNumber": "+15550100",
        },
        "roles": [role],
        "teams": [],
        "status": "away",
        "statusBeforeOffline": "away",
        "tagCount": 0,
        "weeklySchedule": {"monday": NINE_TO_FIVE},
    }


def test_the_name_is_the_users_until_it_is_given(bird: BirdClient) -> None:
    """On create or on update (A-5, A-13)."""
    agent = bird.agent()
    named = bird.agent("Ben Example", name="Ben")

    bird.control.change("user", agent["user"]["id"], {"name": "Ana Married"})
    followed = bird.get(f"/agents/{agent['id']}")
    overridden = bird.update(f"/agents/{agent['id']}", name="Ana")

    assert [(each["name"], each["overrideName"]) for each in (named, followed, overridden)] == [
        ("Ben", True),
        ("Ana Married", False),
        ("Ana", True),
    ]


@pytest.mark.parametrize(
    ("change", "details"),
    [
        ({"type": None}, {"type"}),
        ({"type": "bot"}, {"type"}),
        ({"userId": NOBODY}, {"userId"}),
        ({"userId": "nobody"}, {"userId"}),
        ({"name": ""}, {"name"}),
        ({"name": "x" * 51}, {"name"}),
        ({"bio": "x" * 241}, {"bio"}),
        ({"teamIds": [NOBODY]}, {"teamIds.0"}),
        ({"wrapUpTime": 5}, {"wrapUpTime"}),
        ({"assignedSkills": []}, {"assignedSkills"}),
        ({"nickname": "Ani", "bio": 5}, {"nickname", "bio"}),
    ],
)
def test_what_a_create_refuses(bird: BirdClient, change: dict[str, Any], details: set[str]) -> None:
    """422 with every field that is wrong, and nobody is made (A-1, A-5, A-21)."""
    response = bird.ask("POST", "/agents", {"type": "user", "userId": bird.user(), **change})

    assert (response.status_code, response.json()["details"].keys()) == (422, details)
    assert bird.get("/agents")["results"] == []


@pytest.mark.parametrize("missing", ["type", "userId"])
def test_what_a_create_needs(bird: BirdClient, missing: str) -> None:
    """A-5."""
    body = {"type": "user", "userId": bird.user()}
    del body[missing]

    response = bird.ask("POST", "/agents", body)

    assert (response.status_code, response.json()["details"]) == (422, {missing: ["is required"]})


def test_one_agent_for_each_user(bird: BirdClient) -> None:
    """A second is 409, but only when nothing else is wrong; after a delete the user is free (A-2, A-15)."""
    agent = bird.agent()
    body = {"type": "user", "userId": agent["user"]["id"]}

    again = bird.ask("POST", "/agents", body)
    wrong = bird.ask("POST", "/agents", {**body, "bio": 5})
    bird.ask("DELETE", f"/agents/{agent['id']}")

    assert (again.status_code, again.json()["code"], wrong.status_code) == (409, "Conflict", 422)
    assert bird.create("/agents", **body)["id"] != agent["id"]


FULL: dict[str, Any] = {
    "name": "Ana",
    "bio": "Tier 2",
    "avatarUrl": "https://example.com/ana.png",
    "dropVms": [None],
    "wrapUpTime": 900,
    "timezone": "Europe/Amsterdam",
    "defaultCountryCode": "NL",
    "defaultCallerId": "+15550100",
    "forwardNumber": {"enabled": True},
    "transcriptionLocale": "no-NO",
    "weeklySchedule": {"monday": NINE_TO_FIVE, "sunday": NINE_TO_FIVE},
    "holidays": [{"name": "Leap day", "day": 29, "month": 2}],
    "outOfOfficeResponse": "x" * 1000,
}


def test_what_is_written_reads_back(bird: BirdClient) -> None:
    """Every field of an update that refers to nothing; its answer is the whole agent."""
    agent = bird.agent()

    answer = bird.update(f"/agents/{agent['id']}", **FULL)

    assert {name: answer[name] for name in FULL} == FULL
    assert bird.get(f"/agents/{agent['id']}") == answer
    assert answer["updatedAt"] > agent["updatedAt"] == agent["createdAt"] == answer["createdAt"]


def test_merging_is_at_the_top_level(bird: BirdClient) -> None:
    """What is left out stays; an object or a list replaces the one before, whole (A-1)."""
    agent = bird.agent()
    before = bird.update(f"/agents/{agent['id']}", **FULL)

    after = bird.update(
        f"/agents/{agent['id']}", weeklySchedule={"monday": NINE_TO_FIVE}, forwardNumber={"number": "+15550101"}
    )

    changed = {"weeklySchedule": {"monday": NINE_TO_FIVE}, "forwardNumber": {"number": "+15550101"}}
    assert after == {**before, **changed, "updatedAt": after["updatedAt"]}


def test_an_empty_change_moves_nothing(bird: BirdClient) -> None:
    """``{}`` is 200 with the agent as it was (A-1)."""
    agent = bird.agent()

    assert bird.update(f"/agents/{agent['id']}") == agent == bird.get(f"/agents/{agent['id']}")


@pytest.mark.parametrize(
    ("change", "path"),
    [
        *(({name: None}, name) for name in FULL),
        ({"name": ""}, "name"),
        ({"transcriptionLocale": ""}, "transcriptionLocale"),
        ({"transcriptionLocale": "en-us"}, "transcriptionLocale"),
        ({"defaultSenderId": ""}, "defaultSenderId"),
        ({"defaultSenderId": NOBODY}, "defaultSenderId"),
        ({"assignedSkills": [{"id": NOBODY}]}, "assignedSkills.0.id"),
        ({"assignedSkills": [{"name": "Dutch"}]}, "assignedSkills.0.id"),
        ({"wrapUpTime": -1}, "wrapUpTime"),
        ({"wrapUpTime": 901}, "wrapUpTime"),
        ({"wrapUpTime": True}, "wrapUpTime"),
        ({"wrapUpTime": 1.0}, "wrapUpTime"),
        ({"timezone": "Amsterdam"}, "timezone"),
        ({"defaultCountryCode": "nl"}, "defaultCountryCode"),
        ({"defaultCallerId": "0555"}, "defaultCallerId"),
        ({"forwardNumber": {"number": ""}}, "forwardNumber.number"),
        ({"forwardNumber": {"mask": True}}, "forwardNumber.mask"),
        ({"outOfOfficeResponse": "x" * 1001}, "outOfOfficeResponse"),
        ({"status": "busy"}, "status"),
        ({"weeklySchedule": {"funday": NINE_TO_FIVE}}, "weeklySchedule.funday"),
        ({"weeklySchedule": {"monday": None}}, "weeklySchedule.monday"),
        (
            {"weeklySchedule": {"monday": {"from": NINE_TO_FIVE["to"], "to": NINE_TO_FIVE["from"]}}},
            "weeklySchedule.monday",
        ),
        (
            {"weeklySchedule": {"monday": {"from": NINE_TO_FIVE["from"], "to": NINE_TO_FIVE["from"]}}},
            "weeklySchedule.monday",
        ),
        (
            {"weeklySchedule": {"monday": {**NINE_TO_FIVE, "to": {"hour": 24, "minute": 0}}}},
            "weeklySchedule.monday.to.hour",
        ),
        ({"weeklySchedule": {"monday": {"from": NINE_TO_FIVE["from"]}}}, "weeklySchedule.monday.to"),
        ({"holidays": [{"name": "Never", "day": 31, "month": 4}]}, "holidays.0"),
        ({"holidays": [{"name": "Never", "day": 1, "month": 13}]}, "holidays.0.month"),
        ({"userId": NOBODY}, "userId"),
        ({"type": "user"}, "type"),
        ({"teamIds": []}, "teamIds"),
        ({"id": NOBODY}, "id"),
        ({"tagCount": 1}, "tagCount"),
    ],
)
def test_what_an_update_refuses(bird: BirdClient, change: dict[str, Any], path: str) -> None:
    """Null, values out of range, what only a create takes, what is read only, what nobody knows (A-1, A-7, A-8)."""
    agent = bird.agent()

    details = refused(bird, f"/agents/{agent['id']}", **change)

    assert list(details) == [path]
    assert bird.get(f"/agents/{agent['id']}") == agent


@pytest.mark.parametrize("name", ["timezone", "defaultCountryCode", "defaultCallerId", "outOfOfficeResponse"])
@pytest.mark.parametrize(("unset_as", "shown"), [("absent", "nothing"), ("null", None), ("blank", "")])
def test_an_empty_string_clears(bird: BirdClient, name: str, unset_as: str, shown: str | None) -> None:
    """What is cleared is unset, which may also be shown as null or blank (A-19, A-20)."""
    agent = bird.agent()
    bird.control.settings(unset_as=unset_as)
    bird.update(f"/agents/{agent['id']}", **FULL)

    cleared = bird.update(f"/agents/{agent['id']}", **{name: ""})

    assert cleared.get(name, "nothing") == shown


@pytest.mark.parametrize("name", ["bio", "avatarUrl"])
def test_an_empty_string_stays_one(bird: BirdClient, name: str) -> None:
    """These two are never absent (A-20)."""
    agent = bird.agent()
    bird.update(f"/agents/{agent['id']}", **FULL)

    assert bird.update(f"/agents/{agent['id']}", **{name: ""})[name] == ""


def test_skills_of_an_agent(bird: BirdClient) -> None:
    """Only ids count; names and values are shown as the skill has them now; an empty list clears (A-1, A-23)."""
    skill = bird.create(
        "/inbox/skills", name="Dutch", description="", valueType="multiple", values=[{"value": "a"}, {"value": "b"}]
    )
    agent = bird.agent()
    first, second = skill["values"]
    chosen = {"id": skill["id"], "name": "x", "selectedValues": [{"id": second["id"], "value": "y"}]}

    assigned = bird.update(f"/agents/{agent['id']}", assignedSkills=[chosen])["assignedSkills"]
    bird.update(f"/inbox/skills/{skill['id']}", name="Flemish")
    renamed = bird.get(f"/agents/{agent['id']}")["assignedSkills"]
    unknown = refused(bird, f"/agents/{agent['id']}", assignedSkills=[{**chosen, "selectedValues": [{"id": NOBODY}]}])

    value = {"id": second["id"], "value": "b"}
    assert assigned == [{"id": skill["id"], "name": "Dutch", "valueType": "multiple", "selectedValues": [value]}]
    assert renamed[0]["name"] == "Flemish"
    assert list(unknown) == ["assignedSkills.0.selectedValues.0.id"]
    assert bird.update(f"/agents/{agent['id']}", assignedSkills=[])["assignedSkills"] == []
    assert first["id"] != second["id"]


def test_statuses(bird: BirdClient) -> None:
    """Set through either call; what was before offline is remembered (A-6)."""
    agent = bird.agent()
    path = f"/agents/{agent['id']}"

    active = bird.update(path, status="active")
    offline = bird.update(path, status="offline")
    away = bird.update(f"{path}/availability", status="away", activity="lunch", activityTtl=10, activityText="Soup")

    assert (active["status"], active["availability"]["status"]) == ("active", "active")
    assert (offline["status"], offline["statusBeforeOffline"]) == ("offline", "active")
    assert (away["status"], away["activity"], away["activityTtl"], away["activityText"]) == (
        "away",
        "available",
        10,
        "Soup",
    )
    assert bird.get(f"{path}/availability") == away == bird.get(path)["availability"]
    assert bird.get(path)["lastSetToAwayAt"] == away["lastStatusSet"] > offline["availability"]["lastStatusSet"]


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "status"),
        ({"activity": "available"}, "status"),
        ({"status": "busy"}, "status"),
        ({"status": "away", "activityTtl": 9}, "activityTtl"),
        ({"status": "away", "activityTtl": 86_401}, "activityTtl"),
        ({"status": "away", "activityText": "x" * 49}, "activityText"),
        ({"status": "away", "until": "noon"}, "until"),
    ],
)
def test_what_availability_refuses(bird: BirdClient, body: dict[str, Any], path: str) -> None:
    """§4.1.7."""
    agent = bird.agent()

    assert list(refused(bird, f"/agents/{agent['id']}/availability", **body)) == [path]


def test_everybody_in_short(bird: BirdClient) -> None:
    """Six members each, and no pages (§4.1.2)."""
    agents = [bird.agent(f"Agent {place}") for place in range(11)]

    answer = bird.get("/all-agents", limit=1)

    assert answer.keys() == {"results"}
    assert [each["id"] for each in answer["results"]] == [agent["id"] for agent in agents]
    assert answer["results"][0] == {
        **{name: agents[0][name] for name in ("id", "status", "name", "avatarUrl", "createdAt")},
        "activity": "available",
    }


def test_teams_are_joined_on_creation_only(bird: BirdClient) -> None:
    """They count the new member, and count it no more when the agent is deleted (A-10)."""
    team = bird.create("/teams", name="Support")

    agent = bird.agent(teamIds=[team["id"]])
    joined = bird.get(f"/teams/{team['id']}")
    bird.ask("DELETE", f"/agents/{agent['id']}")

    assert agent["teams"] == [
        {
            "id": team["id"],
            "name": "Support",
            "memberSince": agent["createdAt"],
            "activeMemberCount": 1,
            "pendingMemberCount": 0,
        }
    ]
    assert joined["featuredMembers"] == [{"id": agent["user"]["id"], "type": "user"}]
    assert [each["activeMemberCount"] for each in (team, joined, bird.get(f"/teams/{team['id']}"))] == [0, 1, 0]


def test_an_agent_of_another_type(bird: BirdClient) -> None:
    """There may be some, which have no user; no request makes them (A-5)."""
    key = bird.control.create("agent", {"type": "bot", "name": "Robot"}, force=True)

    (agent,) = bird.get("/agents")["results"]

    assert (agent["id"], agent["type"], agent["userEmails"], "user" in agent) == (key, "bot", [], False)


def test_what_changes_by_itself(bird: BirdClient) -> None:
    """With every answer, if a person wants it; what was configured stays (§5.4)."""
    agent = bird.agent(bio="Tier 1")
    bird.control.settings(restless=True)

    first, second = (bird.get(f"/agents/{agent['id']}") for _ in range(2))

    moved = {name for name in first if first[name] != second[name]}
    assert moved == {"status", "availability", "workload", "tagCount", "lastAssignedAt", "updatedAt"}
    assert first["bio"] == "Tier 1"


def test_a_person_sets_what_changes_by_itself(bird: BirdClient) -> None:
    """Through the control interface, as an agent's day would."""
    agent = bird.agent()

    bird.control.change("agent", agent["id"], {"tagCount": 3, "workload": {"messaging": 2, "email": 1}})

    after = bird.get(f"/agents/{agent['id']}")
    assert (after["tagCount"], after["workload"]["workload"]) == (3, {"messaging": 2, "email": 1})
