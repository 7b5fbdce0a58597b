"""``export`` through the command line: an account that people filled by hand becomes manifests that change nothing."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from provisioner.simulators.control import Control
from provisioner.state.backends.local import LocalBackend
from tests.cli.conftest import Ran, Tenant

ACCOUNT = """
tenant: acme
connections:
  pbx:
    vendor: eq
    url: {url}
    api_key: {{from_env: ACME_KEY}}
    retries: 0
    timeout: 5.0
    scan: {{ranges: {{queues: ["500-509"], extensions: ["1000-1009"]}}}}
"""


@pytest.fixture
def account(tenant: Tenant) -> Tenant:
    """A tenant that declares a connection and nothing else, in a folder of its own."""
    folder = tenant.folder / "acme"
    folder.mkdir()
    (tenant.folder / "acme.yaml").unlink()
    account = Tenant(folder, tenant.url, tenant.capture, tenant.environment)
    account.write(ACCOUNT)
    return account


def exported(account: Tenant) -> Tenant:
    """The folder to which it is exported."""
    return Tenant(account.folder.parent / "out", account.url, account.capture, account.environment)


def export(account: Tenant, *arguments: str) -> Ran:
    return account.run("export", "--connection", "pbx", "--out", str(exported(account).folder), *arguments)


def agent(control: Control, number: str, first: str, last: str | None = None, **more: Any) -> str:
    made = {"number": number, "firstName": first, "lastName": last, "password": "0042", **more}
    return control.create("agent", made, force=True)


def by_hand(control: Control) -> None:
    """Some of every kind, two namesakes and a deleted record among them."""
    control.create(
        "supervisor",
        {
            "username": "samlee",
            "firstName": "Sam",
            "emailAddress": "s@x.example",
            "password": "secret1",
            "type": "full",
        },
    )
    agent(control, "1001", "Jane", "Roe", emailAddress="jane@acme.example", language="es")
    agent(control, "1002", "Jane", "Roe")
    control.delete("agent", agent(control, "1003", "Gone"))
    control.create("pause_code", {"name": "No"})
    control.create("call_queue", {"extension": "500", "name": "Support: day", "type": 0, "ringStrategy": "rrmemory"})
    control.create("extension", {"extension": "1001", "name": "Desk 1001", "sip": {"secret": "s3cr3t"}})
    control.create("extension", {"extension": "1002", "name": "Desk 1002", "voicemail": {"password": "42"}})


def actions(ran: Ran) -> set[str]:
    plan = json.loads(ran.out)
    return {change["action"] for change in plan["changes"]}


def test_an_account_made_by_hand_becomes_manifests(account: Tenant, control: Control) -> None:
    """Keys from names, defaults left out, secrets by variable, a file for each kind."""
    by_hand(control)

    ran = export(account)

    assert ran.code == 0, ran.out + ran.err
    assert (exported(account).folder / "agents.yaml").read_text().split("agents:\n")[1] == (
        "  jane-roe:\n"
        '    number: "1001"\n'
        "    first_name: Jane\n"
        "    last_name: Roe\n"
        "    password: {from_env: PBX_JANE_ROE_PASSWORD}\n"
        "    email: jane@acme.example\n"
        "    language: es\n"
        "  jane-roe-2:\n"
        '    number: "1002"\n'
        "    first_name: Jane\n"
        "    last_name: Roe\n"
        "    password: {from_env: PBX_JANE_ROE_2_PASSWORD}\n"
    )
    assert (exported(account).folder / "pause_codes.yaml").read_text().split("pause_codes:\n")[1] == (
        '  pause_code-no:\n    name: "No"\n'
    )
    assert sorted(path.name for path in exported(account).folder.iterdir()) == [
        ".gitignore",
        "agents.yaml",
        "extensions.yaml",
        "pause_codes.yaml",
        "queues.yaml",
        "supervisors.yaml",
        "tenant.yaml",
    ]


def test_a_plan_of_it_shows_adoptions_only(account: Tenant, control: Control) -> None:
    """Nothing that would be written, of any kind."""
    by_hand(control)
    assert export(account).code == 0
    before = control.content(reveal=True)

    planned = exported(account).run("plan", "--format", "json")
    applied = exported(account).run("apply", "--auto-approve")

    assert planned.code == 0, planned.err
    assert actions(planned) == {"adopt"}
    assert [change["fields"] for change in json.loads(planned.out)["changes"]] == [[]] * 7
    assert applied.code == 0, applied.err + applied.out
    assert control.content(reveal=True) == before


def test_adopt_binds_at_once(account: Tenant, control: Control) -> None:
    """Under one serial, with no call to the vendor that changes anything; a plan then shows no changes."""
    by_hand(control)
    control.reset_log()

    ran = export(account, "--adopt")

    assert ran.code == 0, ran.out + ran.err
    assert {entry["method"] for entry in control.log()} == {"GET"}
    state = LocalBackend(exported(account).folder / ".provisioner").load()
    assert (state.serial, len(state.bound), state.tenant) == (1, 7, "acme")
    planned = exported(account).run("plan", "--detailed-exitcode")
    assert (planned.code, planned.out.startswith("No changes")) == (0, True), planned.out
    assert not (account.folder / ".provisioner").exists()


def test_what_cannot_be_exported_is_said_first(account: Tenant, control: Control) -> None:
    """Alerts at the top; then that extensions were looked for in ranges; deleted records are counted."""
    by_hand(control)

    lines = export(account).out.splitlines()

    assert lines[0].startswith("Not exported: alerts.")
    assert lines[2].startswith("Perhaps not all: EQ cannot list extensions: only the 10 numbers")
    assert not any("cannot list queues" in line for line in lines), "the licence counts no more than were found"
    assert "  agents: 2 (1 deleted left out)" in lines


def test_nothing_at_all_is_said(account: Tenant, control: Control) -> None:
    """A wrong path that answers 404 to everything must not pass for a success; one entity proves the place."""
    nothing = export(account)
    agent(control, "1001", "Jane")
    shutil.rmtree(exported(account).folder)
    something = export(account)

    assert "Nothing was found at all" in nothing.out
    assert "Nothing was found at all" not in something.out


def test_a_queue_outside_the_ranges_is_missed_aloud(account: Tenant, control: Control) -> None:
    """The licence counts it: the manifests are written, and the exit code says that they lack it."""
    control.create("call_queue", {"extension": "500", "name": "Support", "type": 0})
    control.create("call_queue", {"extension": "600", "name": "Out of range", "type": 0})

    ran = export(account, "--adopt")

    assert ran.code == 1
    assert "Not all, which is why this ends with exit code 1: EQ cannot list queues" in ran.out
    assert "(found 1 active, the licence counts 2)" in ran.out
    assert "  support:" in (exported(account).folder / "queues.yaml").read_text()
    assert exported(account).run("plan", "--detailed-exitcode").code == 0


def test_files_that_the_connection_names_are_named(account: Tenant, control: Control) -> None:
    """They are not copied: a key is not, and the new folder may be anywhere."""
    (account.folder / "eq.key").write_text(os.environ["ACME_KEY"])
    account.edit("{from_env: ACME_KEY}", "{from_file: eq.key}")

    ran = export(account)

    assert ran.code == 0, ran.err
    assert "The connection names `eq.key`, beside its manifests: put the same into" in ran.out
    assert "api_key: {from_file: eq.key}" in (exported(account).folder / "tenant.yaml").read_text()


def test_a_folder_that_is_not_empty_is_refused(account: Tenant) -> None:
    """Nothing of anybody's is overwritten."""
    out = exported(account).folder
    out.mkdir()
    (out / "notes.txt").write_text("mine")

    ran = export(account)

    assert ran.code == 1
    assert "is not empty (it holds `notes.txt`)" in ran.err
    assert [path.name for path in out.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("place", ["acme", "acme/below"])
def test_a_folder_that_the_tenant_reads_is_refused(account: Tenant, place: str) -> None:
    """Its manifests would be declared twice."""
    for path in account.folder.iterdir():
        if place == "acme":
            path.rename(account.folder.parent / path.name)
    start = account.folder.parent if place == "acme" else account.folder
    ran = account.run("-C", str(start), "export", "--connection", "pbx", "--out", str(account.folder.parent / place))

    assert ran.code == 1
    assert "lies in the tenant's folder" in ran.err


def test_a_scan_that_stops_early_writes_nothing(account: Tenant, control: Control) -> None:
    """The licence counts more than the scan found."""
    agent(control, "1001", "Jane")
    for number in range(30):
        control.delete("agent", agent(control, str(2000 + number), "Gone"))
    control.restore(_without_deleted(control.snapshot()))
    agent(control, "1002", "Far")

    ran = export(account)

    assert ran.code == 1
    assert "agents on `pbx` could not be read whole: the scan of agents found 1 active, the licence counts 2" in ran.err
    assert not exported(account).folder.exists()


def _without_deleted(snapshot: dict[str, Any]) -> dict[str, Any]:
    """The account as if what was deleted had never been; the ids go on behind it."""
    for table in snapshot["tables"].values():
        table["entities"] = [entity for entity in table["entities"] if not entity["deleted"]]
    return snapshot


def test_two_of_one_natural_key_are_left_out_and_located(account: Tenant, control: Control) -> None:
    """Nobody could say which one a declaration means; the others are exported, and the exit code tells."""
    first, second = agent(control, "1001", "Jane"), agent(control, " 1001", "Bob")
    agent(control, "1002", "Kim")

    ran = export(account, "--adopt")

    assert ran.code == 1
    assert f"agents: agent 1001 (Jane), ids {first}, {second}: several active entities have this natural key" in ran.out
    assert "kim:" in (exported(account).folder / "agents.yaml").read_text()
    assert exported(account).run("plan", "--detailed-exitcode").code == 0


def test_a_unique_value_of_two_is_left_out_of_both(account: Tenant, control: Control) -> None:
    """The manifests would not be valid with it."""
    agent(control, "1001", "Jane", emailAddress="team@acme.example")
    agent(control, "1002", "Bob", emailAddress="TEAM@acme.example")

    ran = export(account)

    assert ran.code == 1
    assert "`email` of agent 1001 (Jane), id 1: it is unique, and id 2 has the same" in ran.out
    assert "# `email` is left out" in (exported(account).folder / "agents.yaml").read_text()
    assert actions(exported(account).run("plan", "--format", "json")) == {"adopt"}


def test_what_no_manifest_can_say_is_left_out_and_said(account: Tenant, control: Control) -> None:
    """A field that breaks the vendor's own rules is left as it is; an entity whose key does is left out."""
    agent(control, "1001", "J" * 40)
    agent(control, "0099", "Zero")

    ran = export(account)

    assert ran.code == 1
    assert "`first_name` of agent 1001" in ran.out
    assert "agents: agent 0099 (Zero), id 2: " in ran.out
    assert actions(exported(account).run("plan", "--format", "json")) == {"adopt"}


def test_an_unknown_connection_is_guessed(account: Tenant) -> None:
    ran = account.run("export", "--connection", "pbs", "--out", str(exported(account).folder))

    assert ran.code == 1
    assert "did you mean `pbx`?" in ran.err


@pytest.mark.parametrize(
    ("effect", "path", "status", "said"),
    [
        ("status", "/agent/1", 500, "answered 500"),
        ("status", "/agent/9", 500, "answered 500"),
        ("status", "/supervisor/3", 401, "EQ refuses the API key"),
        ("garbage", "/pause_code/2", 200, "it is not JSON"),
        ("drop_before", "/call_queue/505", 200, "without an answer"),
        ("status", "/license_usage", 500, "answered 500"),
    ],
)
def test_an_account_that_cannot_be_read_is_not_exported(
    account: Tenant, control: Control, effect: str, path: str, status: int, said: str
) -> None:
    """A read that fails ends it, and it is said that nothing was written: what was not read is not known."""
    agent(control, "1001", "Jane")
    control.fault(effect, method="GET", path=path, status=status, times=None)

    ran = export(account)

    assert ran.code == 1
    assert said in ran.err
    assert "nothing was written" in ran.err
    assert not exported(account).folder.exists()
    assert list(Path(account.folder.parent).glob(".out*")) == []


def test_what_is_written_is_laid_out_as_fmt_lays_it_out(account: Tenant, control: Control) -> None:
    """The first commit of it needs no tidying."""
    by_hand(control)
    assert export(account).code == 0

    assert exported(account).run("fmt", "--check").code == 0


def test_sixty_by_hand(account: Tenant, control: Control) -> None:
    """Ten of them deleted, two of those with the number that somebody has now: fifty are adopted, nothing is sent."""
    for number in range(30):
        agent(control, str(1100 + number), "Ann", f"No{number}")
    for number in range(8):
        control.delete("agent", agent(control, str(1200 + number), "Gone"))
    for _ in range(2):
        control.delete("agent", agent(control, "1100", "Former"))
    for number in range(10):
        control.create("call_queue", {"extension": str(500 + number), "name": f"Queue {number}", "type": 0})
        control.create("pause_code", {"name": f"Pause {number}"})
    control.reset_log()

    ran = export(account, "--adopt")
    planned = exported(account).run("plan", "--detailed-exitcode")

    assert ran.code == 0, ran.out
    assert "  agents: 30 (10 deleted left out)" in ran.out
    assert planned.code == 0, planned.out
    assert {entry["method"] for entry in control.log()} == {"GET"}
    assert len(LocalBackend(exported(account).folder / ".provisioner").load().bound) == 50
