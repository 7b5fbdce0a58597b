"""What Bird lists, in which order and on which page: Bird fact sheet §3.1, §4.1.1, A-12, A-14, A-18."""

from __future__ import annotations

import base64
import time
from collections.abc import Iterator
from typing import Any

import pytest

from provisioner.errors import ProvisionerError
from provisioner.simulators.base import Checks
from tests.simulators.clients import BirdClient

WITH_TOTAL = ["/agents", "/teams", "/inbox/routing-queues"]
WITHOUT = ["/inbox/skills", "/inbox/capacity", "/business-hours", "/inbox/sla-policies", "/sender-profiles"]


def teams(bird: BirdClient, number: int) -> list[str]:
    """The ids of so many teams."""
    return [bird.create("/teams", name=f"Team {place:02}")["id"] for place in range(number)]


def ids(page: dict[str, Any]) -> list[str]:
    return [each["id"] for each in page["results"]]


def pages(bird: BirdClient, path: str, **query: Any) -> Iterator[dict[str, Any]]:
    """One after the other, as their tokens lead; at most ten."""
    token = None
    for _ in range(10):
        page = bird.get(path, **query, **({"pageToken": token} if token else {}))
        yield page
        token = page.get("nextPageToken")
        if not token:
            return


def test_ten_are_a_page(bird: BirdClient) -> None:
    """The default; the last page has no token, and every page the total (A-14)."""
    everybody = teams(bird, 11)

    first, second = pages(bird, "/teams")

    assert (ids(first), ids(second)) == (everybody[:10], everybody[10:])
    assert (first["total"], second["total"], "nextPageToken" in second) == (11, 11, False)


def test_an_exact_page_is_the_last(bird: BirdClient) -> None:
    """No empty page follows it."""
    everybody = teams(bird, 4)

    assert [ids(page) for page in pages(bird, "/teams", limit=2)] == [everybody[:2], everybody[2:]]


@pytest.mark.parametrize("path", [*WITH_TOTAL, *WITHOUT])
def test_who_tells_a_total(bird: BirdClient, path: str) -> None:
    """Agents, teams and queues (§3.1); and also those not, if a person wants it so."""
    told = "total" in bird.get(path)
    bird.control.settings(total_shown=False)

    assert (told, "total" in bird.get(path)) == (path in WITH_TOTAL, False)


def test_rules_and_hours_have_pages_too(bird: BirdClient) -> None:
    """Although their examples show none (§3.1)."""
    for place in range(3):
        bird.create("/inbox/capacity", name=f"rule {place}", description="x")
        bird.create("/business-hours", name=f"hours {place}", timezone="UTC")

    for path in ("/inbox/capacity", "/business-hours"):
        assert [len(page["results"]) for page in pages(bird, path, limit=2)] == [2, 1]


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ({"limit": "0"}, "limit"),
        ({"limit": "101"}, "limit"),
        ({"limit": "ten"}, "limit"),
        ({"limit": "-1"}, "limit"),
        ({"limit": "1" * 5000}, "limit"),
        ({"reverse": "yes"}, "reverse"),
        ({"sortBy": "createdAt"}, "sortBy"),
        ({"pageToken": "???"}, "pageToken"),
        ({"pageToken": "x" * 8001}, "pageToken"),
        ({"pageToken": base64.b64encode(b"5").decode()}, "pageToken"),
        ({"pageToken": base64.b64encode(b'["team", -1]').decode()}, "pageToken"),
        ({"pageToken": base64.b64encode(b'["agent", 0]').decode()}, "pageToken"),
    ],
)
def test_parameters_that_make_no_sense(bird: BirdClient, query: dict[str, str], path: str) -> None:
    """422 with the parameter's name; a token of another list is none of this (A-14)."""
    response = bird.ask("GET", "/teams", **query)

    assert (response.status_code, list(response.json()["details"])) == (422, [path])


def test_orders(bird: BirdClient) -> None:
    """By creation, or as asked; ``reverse`` flips either (A-14)."""
    chloe, ana, ben = (bird.agent(name)["id"] for name in ("Chloe", "Ana", "Ben"))
    bird.control.change("agent", ben, {"workload": {"messaging": 2, "email": 1}, "status": "active"})
    bird.control.change("agent", chloe, {"workload": {"messaging": 1, "email": 0}})

    def order(**query: Any) -> list[str]:
        return ids(bird.get("/agents", **query))

    assert order() == order(sortBy="createdAt") == [chloe, ana, ben]
    assert order(reverse="true") == [ben, ana, chloe]
    assert order(sortBy="name") == [ana, ben, chloe]
    assert order(sortBy="name", reverse="true") == [chloe, ben, ana]
    assert order(sortBy="assignedCount") == [ana, chloe, ben]
    assert order(sortBy="statusAssignedCount") == [ben, ana, chloe]


def test_filters(bird: BirdClient) -> None:
    """A part of the name, a whole address, statuses, roles, times; all that are named must fit (A-12)."""
    role = "6f1f6f0e-0000-4000-8000-000000000009"
    ana = bird.agent("Ana Example")["id"]
    user = bird.user("Ben Example", emails=["Ben@Example.org"], roles=[{"id": role}])
    ben = bird.create("/agents", type="user", userId=user)["id"]
    set_at = bird.update(f"/agents/{ben}", status="active")["availability"]["lastStatusSet"]

    def found(**query: Any) -> list[str]:
        page = bird.get("/agents", **query)
        assert page["total"] == len(page["results"])
        return ids(page)

    assert found(name="EXAMPLE") == [ana, ben]
    assert found(name="ben ex") == [ben]
    assert found(email="BEN@example.ORG") == [ben]
    assert found(email="example.org") == []
    assert found(agentStatuses=["away", "offline"]) == [ana]
    assert found(agentStatuses=["away", "active"]) == [ana, ben]
    assert found(roleIds=role) == [ben]
    assert found(lastStatusActivitySince=set_at) == [ben]
    assert found(lastStatusActivityUpto="2025-01-01T00:00:00.000Z") == []
    assert found(name="Ana", agentStatuses="active") == []


def test_agents_by_their_ids(bird: BirdClient) -> None:
    """Repeated (A-12); every other parameter is ignored, wrong ones too, and there are no pages (§4.1.1)."""
    agents = [bird.agent(f"Agent {place}")["id"] for place in range(12)]

    page = bird.get("/agents", agentIds=agents[:11], limit="none", name="Nobody")

    assert (ids(page), page["total"]) == (agents[:11], 11)
    assert bird.ask("GET", "/agents", agentIds="x").status_code == 422


@pytest.mark.parametrize(
    ("form", "expected"), [("missing", {}), ("null", {"nextPageToken": None}), ("empty", {"nextPageToken": ""})]
)
def test_how_a_list_ends(bird: BirdClient, form: str, expected: dict[str, Any]) -> None:
    """The three ways that the documents show (§3.1)."""
    bird.control.settings(last_token_as=form)

    assert bird.get("/inbox/skills") == {"results": [], **expected}


def test_a_page_that_repeats(bird: BirdClient) -> None:
    """From there on every page is that one, and leads on: nobody finds an end."""
    everybody = teams(bird, 4)
    bird.control.settings(repeat_from=2)

    assert [ids(page) for page in pages(bird, "/teams", limit=2)] == [everybody[:2], *[everybody[2:]] * 9]


def test_a_list_that_ends_too_early(bird: BirdClient) -> None:
    """The page leads to no other; only the total tells that there is more."""
    everybody = teams(bird, 5)
    bird.control.settings(last_page=2)

    read = list(pages(bird, "/teams", limit=2))

    assert ([ids(page) for page in read], read[-1]["total"]) == ([everybody[:2], everybody[2:4]], 5)


def test_a_page_that_is_cut_short(bird: BirdClient) -> None:
    """Its other entries are on no page."""
    everybody = teams(bird, 5)
    bird.control.settings(page_lengths={"2": 1})

    assert [ids(page) for page in pages(bird, "/teams", limit=2)] == [everybody[:2], everybody[2:3], everybody[4:]]


def test_a_total_that_falls(bird: BirdClient) -> None:
    """By setting; the entries stay."""
    teams(bird, 5)
    bird.control.settings(totals={"2": 4})

    assert [page["total"] for page in pages(bird, "/teams", limit=2)] == [5, 4, 5]


def test_what_goes_between_two_pages(bird: BirdClient) -> None:
    """A token names a place: who moves up over the edge of a page is not seen, and the total falls."""
    everybody = teams(bird, 5)
    gone = {"verb": "delete", "kind": "team", "id": everybody[0]}
    bird.control.fault("meanwhile", path="*/teams", changes=[gone])

    read = list(pages(bird, "/teams", limit=2))

    assert [ids(page) for page in read] == [everybody[:2], everybody[3:]]
    assert [page["total"] for page in read] == [5, 4]


def test_what_was_written_is_read(bird: BirdClient) -> None:
    """Right after the write, in a list and alone (A-18)."""
    agent = bird.agent()
    changed = bird.update(f"/agents/{agent['id']}", bio="Tier 1")

    assert bird.get(f"/agents/{agent['id']}") == changed == bird.get("/agents")["results"][0]
    assert bird.ask("DELETE", f"/agents/{agent['id']}").status_code == 204
    assert bird.get("/agents")["results"] == []


def test_what_was_written_may_be_read_later(bird: BirdClient) -> None:
    """Against A-18, by setting: a new one is not there yet, a changed one old, a deleted one still there."""
    bird.control.settings(visible_after_reads=1)
    agent = bird.agent()
    path = f"/agents/{agent['id']}"

    created = [bird.ask("GET", path).status_code for _ in range(2)]
    bird.update(path, bio="Tier 1")
    changed = [bird.get(path)["bio"] for _ in range(2)]
    bird.ask("DELETE", path)
    deleted = [ids(bird.get("/agents")) for _ in range(2)]

    assert (created, changed, deleted) == ([404, 200], ["", "Tier 1"], [[agent["id"]], []])


def test_time_makes_it_visible(bird: BirdClient) -> None:
    """Seconds pass as a person puts the vendor's clock ahead."""
    bird.control.settings(visible_after_seconds=3600)
    (team,) = teams(bird, 1)

    hidden = ids(bird.get("/teams"))
    bird.control.settings(clock_ahead=3601)

    assert (hidden, ids(bird.get("/teams"))) == ([], [team])


def test_ten_thousand_agents(bird: BirdClient) -> None:
    """Are 100 requests, and a page costs no more than one of ten: all within seconds."""
    account = bird.simulator.application.account
    for place in range(10_000):
        user = {"name": f"Agent {place}", "defaultEmail": f"agent{place}@example.com"}
        key = account.create("user", user, Checks.ALL)
        account.create("agent", {"type": "user", "userId": key}, Checks.ALL)
    start, seen, token, requests = time.monotonic(), 0, {}, 0

    while requests == 0 or token:
        response = bird.raw(
            "GET",
            f"/workspaces/{bird.known['workspace_id']}/agents",
            headers=bird.headers(),
            params={"limit": 100, **token},
        ).json()
        requests, seen = requests + 1, seen + len(response["results"])
        token = {"pageToken": response["nextPageToken"]} if "nextPageToken" in response else {}

    assert (requests, seen, response["total"]) == (100, 10_000, 10_000)
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"page_size": 101}, "`page_size` is an integer from 1 to 100"),
        ({"last_token_as": "none"}, "`last_token_as` is one of: missing, null, empty"),
        ({"totals": {"2": "few"}}, "`totals` is a JSON object, each value an integer"),
        ({"policies": [{"actions": ["any"]}]}, "a policy has `actions` and `resources`"),
        ({"policies": [{"actions": ["write"], "resources": ["/**"]}]}, "unknown action `write`"),
        ({"lag": 1}, "unknown setting `lag`"),
    ],
)
def test_settings_that_make_no_sense(bird: BirdClient, settings: dict[str, Any], reason: str) -> None:
    """They are refused with what they could be, and none of them is set."""
    before = bird.control.settings()

    with pytest.raises(ProvisionerError) as caught:
        bird.control.settings(restless=True, **settings)

    assert reason in caught.value.message
    assert bird.control.settings() == before
