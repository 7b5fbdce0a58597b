"""An account that people have filled by hand for years is taken over: exported, planned, adopted, and lived with."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.stories.stage import Ran, Stage

RANGES = {"ranges": {"queues": ["500-519"], "extensions": ["1000-1029"]}}

SUPERVISORS = [
    ("samlee", "Sam", "Lee"),
    ("inesgil", "Inés", "Gil"),
    ("zoe", "Zoë", "Ångström"),
    ("lukasz", "Łukasz", "Żak"),
    ("night", "Night", None),
]
AGENTS = [
    ("José", "Núñez"),
    ("Ana", "Díaz"),
    ("Ana", "Díaz"),
    ("Ana", "Diaz"),
    ("Jürgen", "Groß"),
    ("Siobhán", "O'Brien"),
    ("李", "雷"),
    ("Noor", None),
    ("No", None),
    ("1st", "Floor"),
    ("Mary Ann", "Smith-Jones"),
    *((f"Temp {number}", "") for number in range(7)),
]
QUEUES = ["Support", "Support: day", "Support (day)", "Facturación", "Ventes", "24h", "VIP", "Overflow", "No"]
PAUSE_CODES = ["Lunch", "lunch 2", "Café", "True", "Training", "10 minutes"]
DELETED = 10
LIVE = 48
"""The readable ones of 60; two alerts are the rest."""


def by_hand(control: Control) -> None:
    """60 entities: every kind, ten deleted, two agents of a number that others had before them."""
    people(control)
    for number, name in enumerate(QUEUES):
        strategy = {"ringStrategy": "rrmemory", "wrapUpTime": 15} if number % 2 else {}
        control.create("call_queue", {"extension": str(500 + number), "name": name, "type": number % 2, **strategy})
    gone(control, "call_queue", {"extension": "515", "name": "Christmas", "type": 0})
    for name in PAUSE_CODES:
        control.create("pause_code", {"name": name})
    for name in ("Smoking", "Lunch?"):
        gone(control, "pause_code", {"name": name})
    for number in range(9):
        more: dict[str, Any] = {"sip": {"secret": f"s3cr3t{number}"}} if number % 2 else {"voicemail": None}
        if number % 3 == 0:
            more["voicemail"] = {"password": "9182", "email": f"desk{number}@example.com"}
        control.create("extension", {"extension": str(1000 + number), "name": f"Desk {number}", **more})
    for queue in ("500", "501"):
        control.create("alert", alert(queue))


def people(control: Control) -> None:
    """Supervisors and agents, those who left included."""
    for username, first, last in SUPERVISORS:
        control.create("supervisor", supervisor(username, first, last))
    gone(control, "supervisor", supervisor("former", "Former", "Boss"))
    for number in ("1003", "1003", "1050", "1060", "1060"):
        gone(control, "agent", agent(number, "Former", f"Holder of {number}"))
    for place, (first, last) in enumerate(AGENTS):
        control.create("agent", agent(str(1001 + place), first, last))
    control.create("agent", agent("1050", "Follower", "Roe"))
    gone(control, "agent", agent("1070", "Quick", "Leaver"))


def supervisor(username: str, first: str, last: str | None) -> dict[str, Any]:
    email = f"{username}@example.com"
    made = {"username": username, "firstName": first, "lastName": last, "emailAddress": email}
    return {**made, "password": "h4rbour-1", "type": "full" if first == "Sam" else "monitorOnly"}


def agent(number: str, first: str, last: str | None) -> dict[str, Any]:
    email = f"a{number}@example.com" if int(number) % 3 else ""
    made = {"number": number, "firstName": first, "lastName": last, "emailAddress": email, "password": "4711"}
    return made | ({"language": "es"} if int(number) % 2 else {})


def alert(queue: str) -> dict[str, Any]:
    """As the account holds it; ``DECLARED`` says the same of the first."""
    return {
        "user": 1,
        "callQueue": queue,
        "name": f"Backlog {queue}",
        "type": "callQueueCallsHigh",
        "threshold": 10,
        "notificationType": "email",
        "interval": 15,
        "daysOfWeek": [1, 5],
        "fromTime": "08:00 AM",
        "toTime": "06:00 PM",
    }


DECLARED = """\
alerts:
  backlog:
    supervisor: sam-lee
    queue: support
    name: Backlog 500
    type: call_queue_calls_high
    threshold: 10
    notification: email
    interval: 15
    days: [mon, fri]
    from: "08:00"
    to: "18:00"
"""


def gone(control: Control, kind: str, made: dict[str, Any]) -> None:
    control.delete(kind, control.create(kind, made, force=True))


@pytest.fixture
def old(stage: Stage) -> Stage:
    """A folder that knows the account, and nothing else of it."""
    by_hand(stage.control)
    stage.control.reset_log()
    stage.write("", scan=RANGES)
    return stage


@pytest.fixture
def taken(old: Stage) -> Stage:
    """The exported tenant, bound."""
    export(old, "--adopt").ok()
    old.control.reset_log()
    return replace(old, folder=out(old))


def out(stage: Stage) -> Path:
    return stage.folder.parent / "taken"


def export(stage: Stage, *arguments: str) -> Ran:
    return stage.run("export", "--connection", "pbx", "--out", str(out(stage)), *arguments)


def changes(ran: Ran) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(ran.out)["changes"]
    return found


def edited(stage: Stage, file: str, *swaps: tuple[str, str]) -> None:
    """Every text replaced at once, so that two may be exchanged; each stands there exactly once."""
    path, new = stage.folder / file, dict(swaps)
    text = path.read_text()
    assert [old for old in new if text.count(old) != 1] == []
    path.write_text(re.sub("|".join(map(re.escape, new)), lambda found: new[found[0]], text))


def test_sixty_entities_are_what_the_stage_is_set_with(old: Stage) -> None:
    """So that the figures below mean something."""
    content = old.control.content()

    everything = [entity for kind in content.values() for entity in kind.values()]
    assert len(everything) == 60
    assert sum(bool(entity.get("deleted")) for entity in everything) == DELETED


def test_an_export_reads_and_changes_nothing(old: Stage) -> None:
    """GETs alone, the content the same to the byte, and what it cannot export in its first lines."""
    before = old.control.content(reveal=True)

    ran = export(old).ok()

    assert {entry["method"] for entry in old.control.log()} == {"GET"}
    assert old.control.content(reveal=True) == before
    assert ran.out.startswith("Not exported: alerts. The vendor has no call that reads them")
    assert "  agents: 19 (6 deleted left out)" in ran.out
    assert sorted(path.name for path in out(old).iterdir()) == [
        ".gitignore",
        "agents.yaml",
        "extensions.yaml",
        "pause_codes.yaml",
        "queues.yaml",
        "supervisors.yaml",
        "tenant.yaml",
    ]


def test_the_keys_are_what_a_person_would_have_written(old: Stage) -> None:
    """Without accents, numbered where names collide, with the kind in front where YAML would misread the name."""
    export(old).ok()

    keys = {path.stem: re.findall(r"^  ([\w-]+):$", path.read_text(), re.MULTILINE) for path in out(old).glob("*.yaml")}
    assert keys["supervisors"] == ["sam-lee", "ines-gil", "zoe-angstrom", "lukasz-zak", "night"]
    assert keys["agents"][:11] == [
        "jose-nunez",
        "ana-diaz",
        "ana-diaz-2",
        "ana-diaz-3",
        "jurgen-gross",
        "siobhan-o-brien",
        "agent-1007",
        "noor",
        "agent-no",
        "agent-1st-floor",
        "mary-ann-smith-jones",
    ]
    assert keys["queues"][:6] == ["support", "support-day", "support-day-2", "facturacion", "ventes", "queue-24h"]
    assert keys["pause_codes"] == ["lunch", "lunch-2", "cafe", "pause_code-true", "training", "pause_code-10-minutes"]


def test_the_manifests_say_no_more_than_they_must(old: Stage) -> None:
    """Defaults are left out, empty fields too; secrets are variables, and no value of one is anywhere."""
    export(old).ok()

    texts = {path.name: path.read_text() for path in out(old).glob("*.yaml")}
    assert (
        '  support:\n    extension: "500"\n    name: Support\n    type: inbound\n  support-day:' in texts["queues.yaml"]
    )
    assert (
        '  noor:\n    number: "1008"\n    first_name: Noor\n    password: {from_env: PBX_NOOR_PASSWORD}\n'
        in (texts["agents.yaml"])
    )
    assert "ringall" not in texts["queues.yaml"]
    for secret in ("4711", "h4rbour", "s3cr3t", "9182"):
        assert [name for name, text in texts.items() if secret in text] == []


def test_they_are_good_manifests(old: Stage) -> None:
    """For ``validate`` and for ``fmt``."""
    export(old).ok()
    tenant = replace(old, folder=out(old))

    assert tenant.run("validate").ok().out == f"acme: {LIVE} resources on 1 connection, no problems\n"
    assert tenant.run("fmt", "--check").ok().text == ""


def test_a_plan_of_them_shows_adoptions_only(old: Stage) -> None:
    """All of them, none with anything to write; applied, nothing but the record changes."""
    export(old).ok()
    tenant, before = replace(old, folder=out(old)), old.control.content(reveal=True)

    planned = changes(tenant.run("plan", "--format", "json").ok())
    tenant.apply().ok()

    assert [(change["action"], change["fields"]) for change in planned] == [("adopt", [])] * LIVE
    assert (tenant.mutations(), old.control.content(reveal=True)) == ([], before)
    assert tenant.run("plan", "--detailed-exitcode").ok().out.startswith("No changes")


def test_adopt_binds_at_once(old: Stage) -> None:
    """The plan after it is empty, and those who had the numbers before are nobody."""
    export(old, "--adopt").ok()
    tenant = replace(old, folder=out(old))

    bound = tenant.ids()

    assert len(bound) == LIVE
    assert tenant.run("plan", "--detailed-exitcode").ok().out.startswith(f"No changes for `acme`: {LIVE} unchanged")
    live = {key for key, item in old.control.content()["agent"].items() if not item["deleted"]}
    assert {found for address, found in bound.items() if address.startswith("agents.")} == live
    assert {entry["method"] for entry in old.control.log()} == {"GET"}


def test_an_alert_is_declared_and_bound_by_its_id(taken: Stage) -> None:
    """The way that the report shows; nobody can look at it, so it is sent whole once and managed like the rest."""
    (taken.folder / "alerts.yaml").write_text(DECLARED)
    before = taken.control.content(reveal=True)

    taken.run("import", "alerts.backlog@pbx", "1").ok()
    taken.apply().ok()

    assert taken.mutations() == [("PUT", "/alert/1")]
    assert taken.control.content(reveal=True) == before
    assert taken.run("plan", "--detailed-exitcode").ok().out.startswith("No changes")


def test_three_agents_exchange_their_numbers_in_a_ring(taken: Stage) -> None:
    """One is parked: four PUTs, no number ever held twice, everybody the person they were."""
    before = taken.ids()
    ring = ("1001", "1002", "1003")
    edited(
        taken, "agents.yaml", *((f'"{old}"', f'"{new}"') for old, new in zip(ring, (*ring[1:], ring[0]), strict=True))
    )

    taken.apply().ok()

    assert taken.counted() == {"PUT": 4}
    assert taken.ids() == before
    names = {item["number"]: item["firstName"] for item in taken.live("agent")}
    assert [names[number] for number in ring] == ["Ana", "José", "Ana"]
    assert taken.run("plan", "--detailed-exitcode").ok().out.startswith("No changes")


def test_a_key_renamed_without_a_word_is_bound_again(taken: Stage) -> None:
    """By its natural key: nothing is deleted, nothing is sent."""
    before = taken.ids()
    edited(taken, "agents.yaml", ("  jose-nunez:", "  jose:"))
    edited(taken, "queues.yaml", ("  facturacion:", "  billing:"))

    planned = changes(taken.run("plan", "--format", "json").ok())
    taken.apply().ok()

    assert {change["address"]: change["action"] for change in planned} == {
        "agents.jose@pbx": "adopt",
        "queues.billing@pbx": "adopt",
    }
    assert taken.mutations() == []
    assert taken.ids()["agents.jose@pbx"] == before["agents.jose-nunez@pbx"]
    assert "agents.jose-nunez@pbx" not in taken.ids()


def test_a_key_renamed_with_moved_may_change_its_number_too(taken: Stage) -> None:
    """What no natural key could tell; and the block is inert from then on."""
    before = taken.ids()
    edited(taken, "agents.yaml", ('  jose-nunez:\n    number: "1001"', '  jose:\n    number: "1099"'))
    (taken.folder / "moved.yaml").write_text("moved: [{from: agents.jose-nunez, to: agents.jose}]\n")

    taken.apply().ok()

    assert taken.mutations() == [("PUT", f"/agent/{before['agents.jose-nunez@pbx']}")]
    assert taken.ids()["agents.jose@pbx"] == before["agents.jose-nunez@pbx"]
    assert taken.run("plan", "--detailed-exitcode").ok().out.startswith("No changes")
