"""One declaration on several vendors through the command line, against their simulators side by side.

EQ is the PBX, Bird the inbox, Maqsam and FonoUC show what a person must do there.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests.cli.conftest import Ran, Tenant, anew

VENDORS = {"pbx": "eq", "inbox": "bird", "voice": "maqsam", "desk": "fonouc"}
"""Our name of each connection, and whose it is."""

SETTINGS = {
    "pbx": "api_key: {from_env: PBX_KEY}",
    "inbox": "workspace_id: WORKSPACE_ID, access_key: {from_env: INBOX_KEY}",
    "voice": "access_key_id: ACCESS_KEY_ID, access_secret: {from_env: VOICE_KEY}",
    "desk": "account_id: 'ACCOUNT_ID', api_key: {from_env: DESK_KEY}",
}
SECRETS = {"pbx": "api_key", "inbox": "access_key", "voice": "access_secret", "desk": "api_key"}


@dataclass
class Company:
    """A tenant with a connection to each vendor, and what a person does in their portals."""

    tenant: Tenant
    simulators: Mapping[str, Running]
    at: Mapping[str, Control]

    def write(self, resources: str, *, connections: tuple[str, ...] = tuple(VENDORS)) -> None:
        """The manifest, with the connections that are named."""
        lines = ["tenant: acme", "connections:"]
        for name in connections:
            simulator = self.simulators[name]
            settings = SETTINGS[name]
            for known, value in simulator.credentials.items():
                settings = settings.replace(known.upper(), value)
            start = f"vendor: {VENDORS[name]}, url: '{simulator.base_url}', retries: 0, timeout: 10.0"
            lines.append(f"  {name}: {{{start}, {settings}}}")
        self.tenant.manifest.write_text("\n".join(lines) + "\n" + resources, encoding="utf-8")

    def run(self, *arguments: str) -> Ran:
        return self.tenant.run(*arguments)

    def apply(self, *options: str) -> Ran:
        return self.run("apply", "--auto-approve", *options)

    def changes(self, *options: str) -> dict[str, dict[str, Any]]:
        """What a plan has, by key."""
        return {
            change["key"]: change
            for change in json.loads(self.run("plan", "--format", "json", *options).out)["changes"]
        }

    def actions(self, *options: str) -> dict[str, str]:
        return {key: change["action"] for key, change in self.changes(*options).items()}

    def invite(self, key: str) -> str:
        """The id that the inbox's portal gives to somebody who is invited."""
        return self.at["inbox"].create("user", {"name": f"{key} roe", "defaultEmail": f"{key}@acme.example"})

    def agents(self, connection: str) -> list[dict[str, Any]]:
        kind = "user" if connection == "desk" else "agent"
        return list(self.at[connection].content()[kind].values())

    def writes(self, connection: str) -> list[dict[str, Any]]:
        """The changes that the vendor was asked for, in order."""
        return [entry for entry in self.at[connection].log() if entry["method"] != "GET"]


@pytest.fixture(scope="module")
def simulators() -> Iterator[Mapping[str, Running]]:
    with ExitStack() as stack:
        yield {name: stack.enter_context(running(find(vendor))) for name, vendor in VENDORS.items()}


@pytest.fixture
def company(
    simulators: Mapping[str, Running],
    tmp_path: Path,
    outside: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Company]:
    """Four empty accounts and a tenant folder without a manifest."""
    outside.setenv("PIN", "0042")
    for name, credential in SECRETS.items():
        outside.setenv(f"{name.upper()}_KEY", simulators[name].credentials[credential])
    at: dict[str, Control] = {}
    portals = {name: anew(simulator) for name, simulator in simulators.items()}
    for name, portal in portals.items():
        at[name] = next(portal)
    yield Company(Tenant(tmp_path, "", capsys, outside), simulators, at)
    for portal in portals.values():
        next(portal, None)


def person(key: str, number: str, user: str, more: str = "") -> str:
    """Somebody on three connections; the telephone's vendor knows her already, or will not."""
    return (
        f"  {key}:\n    first_name: {key}\n    last_name: Roe\n    email: {key}@acme.example\n    on:\n"
        f"      pbx: {{number: '{number}', password: {{from_env: PIN}}}}\n"
        f"      inbox: {{user_id: {user}}}\n{more}"
    )


# --- One declaration ----------------------------------------------------------------------------------------------


def test_shared_fields_go_where_the_vendor_has_them(company: Company) -> None:
    """First and last name and e-mail are sent to one, only find at another, and are a person's work at a third."""
    text = person("jane", "1001", company.invite("jane"), "      voice:\n      desk: {last_name: Rowe}\n")
    company.write(f"agents:\n{text}")

    found = company.changes()

    fields = {key: {item["path"]: item["after"] for item in change["fields"]} for key, change in found.items()}
    assert {key: (change["action"], change.get("intent")) for key, change in found.items()} == {
        "agents.jane@pbx": ("create", None),
        "agents.jane@inbox": ("create", None),
        "agents.jane@voice": ("manual", "create"),
        "agents.jane@desk": ("manual", "create"),
    }
    assert fields["agents.jane@pbx"]["email"] == "jane@acme.example"
    assert fields["agents.jane@inbox"].keys() == {"name", "user_id"}
    assert fields["agents.jane@inbox"]["name"] == "jane Roe"
    assert fields["agents.jane@voice"] == {"email": "jane@acme.example"}
    assert fields["agents.jane@desk"]["last_name"] == "Rowe"


def test_what_only_finds_is_never_sent(company: Company) -> None:
    """The e-mail finds the person at the inbox, who is adopted; nothing of it leaves in a request."""
    user = company.invite("jane")
    company.at["inbox"].create("agent", {"type": "user", "userId": user, "name": "Jane R."})
    company.write("agents: {jane: {on: inbox, email: jane@acme.example, first_name: Jane, bio: On Mondays}}\n")

    assert company.actions() == {"agents.jane@inbox": "adopt"}
    company.apply()

    assert [entry["data"] for entry in company.writes("inbox")] == [{"bio": "On Mondays"}]
    assert company.run("plan", "--detailed-exitcode").code == 0


def test_on_and_defaults_in_all_their_forms(company: Company) -> None:
    """A name, a list, a map, `defaults.on`; a default of a kind, of a kind on one connection, and the own value."""
    company.write(
        "defaults:\n  on: [pbx, inbox]\n  queues: {wrap_up_time: 5, priority: 1}\n  queues@inbox: {priority: 2}\n"
        "queues:\n"
        "  named: {on: pbx, name: Named, extension: '501', type: inbound}\n"
        "  listed: {on: [inbox], name: Listed}\n"
        "  mapped: {name: Mapped, on: {pbx: {name: Rung, extension: '502', type: inbound}, inbox: {priority: 9}}}\n"
        "teams: {front: {name: Front line}}\n"
        "pause_codes: {lunch: {name: Lunch}}\n"
    )

    after = {key: change["after"] for key, change in company.changes().items()}

    assert {key: (item.get("wrap_up_time"), item.get("priority"), item["name"]) for key, item in after.items()} == {
        "queues.named@pbx": (5, None, "Named"),
        "queues.listed@inbox": (None, 2, "Listed"),
        "queues.mapped@pbx": (5, None, "Rung"),
        "queues.mapped@inbox": (None, 9, "Mapped"),
        "teams.front@inbox": (None, None, "Front line"),
        "pause_codes.lunch@pbx": (None, None, "Lunch"),
    }


def test_references_lead_to_the_same_connection(company: Company) -> None:
    """A queue on two vendors; its teams are the inbox's, and its alert is the PBX's."""
    company.write(
        "teams: {front: {on: inbox, name: Front line}}\n"
        "queues: {q: {name: Q, on: {pbx: {extension: '500', type: inbound}, inbox: {priority: 1, teams: [front]}}}}\n"
        "alerts: {a: {on: pbx, queue: q, name: A, type: call_queue_calls_high, threshold: 1, notification: custom, "
        "interval: 15, days: [mon], from: '08:00', to: '18:00'}}\n"
    )

    found = company.changes()

    assert found["queues.q@inbox"]["depends_on"] == ["teams.front@inbox"]
    assert found["queues.q@pbx"]["depends_on"] == []
    assert found["alerts.a@pbx"]["after"]["queue"] == "queues.q@pbx"


# --- Together, and each for itself --------------------------------------------------------------------------------


def three(company: Company) -> None:
    """Three people, each on the PBX, the inbox and at Maqsam, where they are known already."""
    text = ""
    for number, key in enumerate(("ana", "ben", "cleo")):
        company.at["voice"].create("agent", {"name": key, "email": f"{key}@acme.example", "groups": []})
        text += person(key, str(1001 + number), company.invite(key), "      voice:\n")
    company.write(f"agents:\n{text}")


def test_a_slow_vendor_does_not_hold_the_others(company: Company) -> None:
    """While the inbox keeps its first answers back, the PBX's are all there."""
    three(company)
    company.at["inbox"].fault("slow", method="POST", times=None, seconds=1.5)

    assert company.apply().code == 0

    slow, quick = company.writes("inbox"), company.writes("pbx")
    assert [len(slow), len(quick)] == [3, 3]
    assert max(entry["end"] for entry in quick) < min(entry["end"] for entry in slow)
    assert min(entry["start"] for entry in quick) < max(entry["end"] for entry in slow)


def test_each_fails_alone_and_the_next_run_goes_on(company: Company) -> None:
    """The inbox refuses; the summary says whose instances are missing, and nothing is done twice."""
    three(company)
    company.at["inbox"].fault("status", method="POST", status=422, times=None)

    ran = company.apply()

    assert ran.code == 1
    assert ran.out.count("refuses POST") == 3
    assert "Applied: 6 done, 3 failed" in ran.out
    assert [len(company.agents("pbx")), len(company.agents("inbox"))] == [3, 0]

    company.at["inbox"].clear_faults()
    company.at["pbx"].reset_log()

    assert company.apply().code == 0
    assert [len(company.agents("inbox")), company.writes("pbx")] == [3, []]
    assert company.run("plan", "--detailed-exitcode").code == 0


def test_one_vendor_without_evidence(company: Company) -> None:
    """Only its instances are unknown, and what the hint says to type leads on."""
    three(company)
    company.at["voice"].fault("status", status=503, times=None)

    ran = company.run("plan")

    keys = ("agents.ana@voice", "agents.ben@voice", "agents.cleo@voice")
    assert ran.code == 1
    assert "\n    --exclude '*@voice'\n" in ran.out
    assert {key for key, action in company.actions().items() if action == "unknown"} == set(keys)
    assert company.apply("--exclude", "*@voice").code == 0
    assert [len(company.agents("pbx")), len(company.agents("inbox"))] == [3, 3]


def test_a_connection_that_leads_elsewhere_by_mistake(company: Company) -> None:
    """What is said first is the setting to change back, and where it stands."""
    three(company)
    company.apply()
    tenant = company.tenant.manifest
    tenant.write_text(tenant.read_text().replace("workspace_id: ", "workspace_id: x"), encoding="utf-8")

    ran = company.run("plan")

    said = " ".join(ran.out.split())
    assert "hint: if you did not mean to change `workspace_id` (acme.yaml:4), change it back" in said
    assert said.index("change it back") < said.index("--allow account=inbox")


def test_a_key_that_another_vendors_server_refuses(company: Company) -> None:
    """EQ's URL leads to Bird: the key may be good, and the URL wrong."""
    three(company)
    simulators = company.simulators
    tenant = company.tenant.manifest
    text = tenant.read_text().replace(simulators["pbx"].base_url, simulators["inbox"].base_url)
    tenant.write_text(text, encoding="utf-8")

    ran = company.run("plan", "--target", "*@pbx")

    assert "check `connections.pbx.api_key`, and that `url` leads to EQ" in " ".join((ran.out + ran.err).split())


@pytest.mark.parametrize(
    ("options", "places"),
    [
        (("--target", "*@inbox"), {"inbox"}),
        (("--exclude", "*@inbox"), {"pbx", "voice"}),
        (("--target", "agents.ana", "--exclude", "*@voice"), {"pbx", "inbox"}),
    ],
)
def test_a_part_of_the_connections(company: Company, options: tuple[str, ...], places: set[str]) -> None:
    """A connection is aimed at or left out as a whole, and is not asked anything then."""
    three(company)
    for control in company.at.values():
        control.reset_log()

    found = company.actions(*options)

    assert {key.partition("@")[2] for key in found} == places
    assert {name for name, control in company.at.items() if control.log()} == places


# --- Moving -------------------------------------------------------------------------------------------------------

ON_PBX = "{pbx: {number: '1001', password: {from_env: PIN}}}"


def jane(company: Company, on: str) -> None:
    """Jane on the PBX or wherever, and Bob, who stays."""
    company.write(
        f"agents:\n  jane: {{first_name: Jane, last_name: Roe, email: jane@acme.example, on: {on}}}\n"
        "  bob: {on: pbx, number: '1002', first_name: Bob, password: {from_env: PIN}}\n"
    )


def deleted(company: Company) -> dict[str, bool]:
    """Whether each of the PBX's agents is deleted, by number."""
    return {agent["number"]: agent["deleted"] for agent in company.agents("pbx")}


@pytest.fixture
def mover(company: Company) -> Company:
    """Jane is applied on the PBX."""
    jane(company, ON_PBX)
    company.tenant.applied()
    return company


def test_a_move_joins_before_it_leaves_and_comes_back(mover: Company) -> None:
    """By an edit of `on` alone; the way back undeletes the record that the PBX kept."""
    jane(mover, f"{{inbox: {{user_id: {mover.invite('jane')}}}}}")

    found = mover.changes()

    assert {key: change["action"] for key, change in found.items()} == {
        "agents.jane@inbox": "create",
        "agents.jane@pbx": "delete",
    }
    assert found["agents.jane@pbx"]["depends_on"] == ["agents.jane@inbox"]
    assert [reason["code"] for reason in found["agents.jane@pbx"]["reasons"]] == ["moves"]
    assert mover.apply().code == 0
    assert deleted(mover) == {"1001": True, "1002": False}
    assert [agent["name"] for agent in mover.agents("inbox")] == ["Jane Roe"]

    jane(mover, ON_PBX)

    assert mover.actions() == {"agents.jane@inbox": "delete", "agents.jane@pbx": "undelete"}
    assert mover.apply().code == 0
    assert deleted(mover) == {"1001": False, "1002": False}
    assert mover.agents("inbox") == []


def test_a_join_that_fails_keeps_the_leaver(mover: Company) -> None:
    """The leave is skipped and says why; it is done when the join is."""
    jane(mover, f"{{inbox: {{user_id: {mover.invite('jane')}}}}}")
    mover.at["inbox"].fault("status", method="POST", status=422)

    ran = mover.apply()

    assert ran.code == 1
    assert "needs `agents.jane@inbox`, which failed" in ran.out
    assert deleted(mover) == {"1001": False, "1002": False}
    assert mover.apply().code == 0
    assert deleted(mover) == {"1001": True, "1002": False}


def test_a_join_that_a_person_must_make_keeps_the_leaver(mover: Company) -> None:
    """Nobody has invited her yet; once somebody has made her in the portal, she is adopted there and leaves here."""
    jane(mover, "inbox")

    ran = mover.apply("--detailed-exitcode")

    assert (ran.code, mover.apply().code) == (2, 0)
    assert "Applied: 0 done, 1 waiting; 1 left for a person" in ran.out
    assert "needs `agents.jane@inbox`, which a person must do" in ran.out
    assert deleted(mover) == {"1001": False, "1002": False}

    mover.at["inbox"].create("agent", {"type": "user", "userId": mover.invite("jane"), "name": "Jane Roe"})

    assert mover.actions() == {"agents.jane@inbox": "adopt", "agents.jane@pbx": "delete"}
    assert mover.apply().code == 0
    assert deleted(mover) == {"1001": True, "1002": False}


def test_a_target_takes_the_join_in_and_an_exclude_leaves_nobody_nowhere(mover: Company) -> None:
    """The leave as a target brings the join; without the join it is left out, too, and a notice says so."""
    jane(mover, f"{{inbox: {{user_id: {mover.invite('jane')}}}}}")

    assert mover.actions("--target", "agents.jane@pbx") == {
        "agents.jane@inbox": "create",
        "agents.jane@pbx": "delete",
    }
    assert mover.actions("--exclude", "*@inbox") == {}
    assert "it leaves for `agents.jane@inbox`" in mover.run("plan", "--exclude", "*@inbox").out


def test_guards_count_a_leave_as_the_delete_that_it_is(company: Company) -> None:
    """Three of three would go from the PBX at once."""
    keys = ("ana", "ben", "cleo")
    users = {key: company.invite(key) for key in keys}
    company.write("agents:\n" + "".join(person(key, f"100{at}", users[key]) for at, key in enumerate(keys)))
    company.tenant.applied()
    lines = "".join(f"  {key}: {{on: {{inbox: {{user_id: {users[key]}}}}}}}\n" for key in keys)
    company.write("agents:\n" + lines)

    ran = company.run("plan")

    assert ran.code == 1
    assert "guard deletes" in ran.out
    assert "--allow 'deletes=" in ran.out
