"""FonoUC through the command line, against its simulator: the way in, what only a person can change, no evidence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.cli.fonouc.conftest import ANA, NUMBERS, SURVEY, bound, plan, planned, requests


def with_a_key(acme: Tenant) -> None:
    """The other way in."""
    for name in ("username:", "domain:"):
        acme.without(name)
    acme.edit("password: {from_env: FONO_PASSWORD}", "api_key: {from_env: FONO_KEY}")


def test_from_what_is_there_to_what_is_declared(acme: Tenant, portal: Control) -> None:
    """A person is told what to change and to make, field by field, until the vendor shows it done."""
    user = portal.create("user", ANA)
    assert acme.run("validate").code == 0

    assert plan(acme) == {
        "agents.ana": ("adopt", None, {"tags"}),
        "queues.support": ("manual", "create", {"csat.note", "extensions", "max_wait_time", "name"}),
    }
    applied = acme.run("apply", "--auto-approve")
    assert applied.code == 0
    assert "1 adopted; 2 left for a person" in applied.out
    assert acme.run("plan", "--detailed-exitcode").code == 2

    portal.change("user", user, {"tags": ["a", "b"]})
    portal.create("queue", {"name": "Support", "extensions": NUMBERS, "csat": SURVEY})
    assert plan(acme) == {"queues.support": ("adopt", None, set())}
    assert acme.run("apply", "--auto-approve", "--detailed-exitcode").code == 0
    assert acme.run("plan", "--detailed-exitcode").code == 0
    assert {line for line in requests(portal) if not line.startswith("GET ")} == {"POST /login"}


def test_a_run_logs_in_once_and_asks_once_for_each_kind(acme: Tenant, portal: Control) -> None:
    """Plan and apply together."""
    portal.create("user", {**ANA, "tags": ["a", "b"]})
    portal.create("queue", {"name": "Support"})

    acme.applied()

    assert requests(portal) == ["GET /config/queues", "GET /config/users", "POST /login"]


def test_with_an_api_key_nobody_logs_in(acme: Tenant, portal: Control) -> None:
    """The same plan, from fewer requests; the account is the same one."""
    bound(acme, portal)
    with_a_key(acme)

    assert acme.run("plan", "--detailed-exitcode").code == 0
    assert requests(portal) == ["GET /config/queues", "GET /config/users"]


def test_a_token_that_ends_is_renewed(acme: Tenant, portal: Control) -> None:
    """Once, and the request that was refused is repeated."""
    bound(acme, portal)
    portal.fault("status", path="/config/users", status=401, body="Authentication token is invalid")

    assert acme.run("plan", "--detailed-exitcode").code == 0
    assert requests(portal).count("POST /login") == 2


def test_a_token_that_never_counts_ends_the_run(acme: Tenant, portal: Control) -> None:
    """Two log-ins at most, however many requests are refused."""
    bound(acme, portal)
    portal.fault("status", path="/config/*", status=401, body="Authentication token is invalid", times=None)

    ran = acme.run("plan")

    assert ran.code == 1
    assert "Authentication token is invalid" in " ".join(ran.out.split())
    assert requests(portal).count("POST /login") == 2


@pytest.mark.parametrize("status", [401, 400])
def test_a_refused_log_in_is_the_only_request(acme: Tenant, portal: Control, status: int) -> None:
    """Nobody knows what is there; the hint names the settings, and neither password nor key is shown."""
    bound(acme, portal)
    portal.settings(wrong_credentials=status)
    acme.setenv("FONO_PASSWORD", "wr0ng-password")

    ran = acme.run("--log-level", "debug", "plan")

    assert ran.code == 1
    assert requests(portal) == ["POST /login"]
    assert "check `username`, `password` and `domain` of `connections.pbx`" in " ".join(ran.out.split())
    assert "wr0ng" not in ran.out + ran.err


def test_drift(acme: Tenant, portal: Control) -> None:
    """Of a user and of a queue; numbers in another order are none."""
    user, queue = bound(acme, portal)
    portal.change("user", user, {"enabled": False})
    portal.change("queue", queue, {"max_time_caller_remains": 5, "extensions": NUMBERS})

    ran = acme.run("drift", "--format", "json")

    assert ran.code == 2
    found = {
        item["address"]: {one["path"]: one["after"] for one in item["fields"]} for item in json.loads(ran.out)["drift"]
    }
    assert found == {"agents.ana@pbx": {"enabled": False}, "queues.support@pbx": {"max_wait_time": 300}}
    assert plan(acme) == {
        "agents.ana": ("manual", "update", {"enabled"}),
        "queues.support": ("manual", "update", {"max_wait_time"}),
    }


def test_two_queues_of_one_name(acme: Tenant, portal: Control) -> None:
    """Nobody can say which of them is meant (§7.3)."""
    portal.create("queue", {"name": "Support"})
    portal.create("queue", {"name": "Support"}, force=True)

    assert plan(acme)["queues.support"][0] == "conflict"


def test_a_missing_field_is_not_compared_and_said(acme: Tenant, portal: Control) -> None:
    """It is unknown, and nobody has to do anything about it."""
    bound(acme, portal)
    portal.settings(omitted_fields=["enabled", "csat"])

    ran = acme.run("plan", "--detailed-exitcode")

    said = " ".join(ran.out.split())
    assert ran.code == 0
    assert "`agents.ana@pbx`: the vendor's answer does not say what `enabled` is" in said
    assert "`queues.support@pbx`: the vendor's answer does not say what `csat.note` is" in said


def test_an_empty_listing_is_not_believed(acme: Tenant, portal: Control) -> None:
    """Nothing counts them, and state binds one of each."""
    bound(acme, portal)
    portal.empty()

    ran = acme.run("plan", "--format", "json")

    assert ran.code == 1
    assert {action for action, _, _ in planned(ran).values()} == {"unknown"}


FAULTS: list[dict[str, Any]] = [
    {"effect": "status", "status": 500},
    {"effect": "status", "status": 400},
    {"effect": "status", "status": 403},
    {"effect": "status", "status": 404},
    {"effect": "garbage"},
    {"effect": "truncate"},
    {"effect": "drop_after"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: f"{fault['effect']} {fault.get('status', '')}".strip())
def test_a_listing_that_fails_is_no_evidence(acme: Tenant, portal: Control, fault: dict[str, Any]) -> None:
    """Whoever is managed, new or no longer declared is unknown: never to be made, never forgotten."""
    bound(acme, portal)
    acme.without("ana:")
    acme.edit("agents:", "agents:\n  eve: {email: eve@example.com}")
    portal.fault(path="/config/users", times=None, **fault)

    ran = acme.run("plan", "--format", "json")

    found = {address: action for address, (action, _, _) in planned(ran).items() if address.startswith("agents.")}
    assert ran.code == 1
    assert found == {"agents.ana": "unknown", "agents.eve": "unknown"}


def test_a_web_page_in_place_of_a_log_in(acme: Tenant, portal: Control) -> None:
    """It holds no token, so that nothing else is asked and everything is unknown; the page is not quoted."""
    bound(acme, portal)
    portal.fault("garbage", path="/login", times=None)

    ran = acme.run("plan", "--format", "json")

    assert ran.code == 1
    assert set(requests(portal)) == {"POST /login"}
    assert {action for action, _, _ in planned(ran).values()} == {"unknown"}
    assert "holds no token" in ran.out
    assert "<html" not in ran.out + ran.err


def test_somebody_is_deleted_between_two_listings(acme: Tenant, portal: Control) -> None:
    """The roster names a user whom the list of users, read before, still held: the next plan says that one is gone."""
    user, queue = bound(acme, portal)
    portal.change("queue", queue, {"agents": [{"type": "user", "id": user, "delay": 0, "timeout": 20}]})
    acme.edit("    name: Support", "    name: Support\n    agents: [ana]")
    portal.fault("meanwhile", path="/config/users", changes=[{"verb": "delete", "kind": "user", "id": user}])

    first = acme.run("plan", "--format", "json")

    assert first.code == 0, first.out + first.err
    assert "agents.ana" not in planned(first)
    portal.create("user", {"first_name": "Zoe", "email": "zoe@example.com"})
    assert plan(acme)["agents.ana"][:2] == ("manual", "create")


@pytest.mark.parametrize(("envelope", "code"), [("data", 0), ("items", 1)])
def test_an_envelope(acme: Tenant, portal: Control, envelope: str, code: int) -> None:
    """Lists lie in the member that the settings name, or nobody knows anything (F4)."""
    bound(acme, portal)
    portal.settings(envelope="data")
    acme.edit("retries: 0", f"retries: 0\n    envelope: {envelope}")

    assert acme.run("plan", "--detailed-exitcode").code == code


def test_export_shows_adoptions_only(acme: Tenant, portal: Control) -> None:
    """Everything is declared as it is; a plan of it changes nothing."""
    portal.create("user", ANA)
    portal.create("queue", {"name": "Support", "extensions": NUMBERS})
    out = Tenant(acme.folder.parent / "out", acme.url, acme.capture, acme.environment)

    ran = acme.run("export", "--connection", "pbx", "--out", str(out.folder))

    assert ran.code == 0, ran.out + ran.err
    assert plan(out) == {"agents.ana": ("adopt", None, set()), "queues.support": ("adopt", None, set())}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("retries: 0", "api_key: {from_env: FONO_KEY}", "`domain`, `password`, `username` are two ways in: keep one"),
        ("password: {from_env: FONO_PASSWORD}", "retries: 1", "`password` missing: a log-in needs it"),
    ],
)
def test_one_way_in(acme: Tenant, old: str, new: str, said: str) -> None:
    """Told offline, at the connection."""
    acme.without("retries:" if old != "retries: 0" else "nothing")
    acme.edit(old, new)

    ran = acme.run("validate")

    assert ran.code == 1
    assert said in ran.err + ran.out
    assert "``" not in ran.err + ran.out


def test_the_roster(acme: Tenant, portal: Control) -> None:
    """Members by key, in order, with what is declared beside them; whoever is not managed is shown by the id."""
    user, queue = bound(acme, portal)
    other = portal.create("user", {"first_name": "Bob", "email": "bob@example.com"})
    roster = [{"type": "user", "id": each, "delay": 0, "timeout": 20} for each in (other, user)]
    portal.change("queue", queue, {"agents": roster})
    acme.edit("    name: Support", f"    name: Support\n    agents: [ana, {{agent: {{id: {other}}}, delay: 0}}]")

    assert plan(acme) == {"queues.support": ("manual", "update", {"agents"})}
    portal.change("queue", queue, {"agents": roster[::-1]})
    assert acme.run("plan", "--detailed-exitcode").code == 0
    acme.edit("delay: 0", "delay: 5")
    assert plan(acme) == {"queues.support": ("manual", "update", {"agents"})}


def test_the_roster_drifts(acme: Tenant, portal: Control) -> None:
    """Once it was seen as declared, and back in the record with ``--refresh-only``."""
    user, queue = bound(acme, portal)
    member = {"type": "user", "id": user, "delay": 0, "timeout": 20}
    portal.change("queue", queue, {"agents": [member]})
    acme.edit("    name: Support", "    name: Support\n    agents: [{agent: ana, timeout: 20}]")
    acme.run("state", "rm", "queues.support@pbx")
    acme.applied()
    assert acme.run("drift").code == 0

    portal.change("queue", queue, {"agents": [{**member, "timeout": 30}]})

    assert acme.run("drift").code == 2
    acme.run("apply", "--refresh-only", "--auto-approve")
    assert acme.run("drift").code == 0
    assert plan(acme) == {"queues.support": ("manual", "update", {"agents"})}


def test_a_roster_is_exported_by_key(acme: Tenant, portal: Control) -> None:
    """And a plan of it changes nothing."""
    user = portal.create("user", ANA)
    portal.create("queue", {"name": "Support", "agents": [{"type": "user", "id": user, "delay": 0, "timeout": 20}]})
    out = Tenant(acme.folder.parent / "out", acme.url, acme.capture, acme.environment)

    ran = acme.run("export", "--connection", "pbx", "--out", str(out.folder))

    assert ran.code == 0, ran.out + ran.err
    assert "{agent: ana, delay: 0, timeout: 20}" in (out.folder / "queues.yaml").read_text("utf-8")
    assert plan(out) == {"agents.ana": ("adopt", None, set()), "queues.support": ("adopt", None, set())}
