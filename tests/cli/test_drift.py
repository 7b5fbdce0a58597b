"""``drift`` and ``--refresh-only``: what others changed at the vendor, and what the record makes of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from provisioner.cli.main import main
from provisioner.plan.drift_schema import schema
from provisioner.plan.schema import schema as plan_schema
from provisioner.simulators.control import Control
from provisioner.simulators.server import find, running
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Document
from tests.cli.conftest import Ran, Tenant

SPEC = Path(__file__).parents[2] / "specs" / "drift.schema.json"
MUTATING = {"POST", "PUT", "DELETE"}


def state(tenant: Tenant) -> Document:
    return LocalBackend(tenant.folder / ".provisioner").load()


def files(tenant: Tenant) -> dict[str, bytes]:
    """Every file of the record, byte for byte."""
    folder = tenant.folder / ".provisioner"
    return {str(path.relative_to(folder)): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def requests(control: Control) -> list[str]:
    return sorted(f"{entry['method']} {entry['path']}" for entry in control.log())


def id_of(tenant: Tenant, text: str) -> str:
    """The vendor's id of an address."""
    return next(str(bound.id) for address, bound in state(tenant).bound.items() if str(address) == f"{text}@pbx")


def reported(ran: Ran) -> dict[str, Any]:
    """A report as JSON, which must keep to its schema."""
    document: dict[str, Any] = json.loads(ran.out)
    assert list(Draft202012Validator(schema()).iter_errors(document)) == []
    return document


def drift(ran: Ran) -> dict[str, tuple[str, dict[str, Any]]]:
    """How each address drifted, and its fields as they are now."""
    return {
        item["address"]: (item["drift"], {one["path"]: one.get("after") for one in item["fields"]})
        for item in reported(ran)["drift"]
    }


# --- what is seen -------------------------------------------------------------------------------------------------


def test_nothing_has_moved(tenant: Tenant, control: Control) -> None:
    """One read for each entity that can be read, no search; what cannot be is said, and not counted as unchanged."""
    tenant.applied()
    before = files(tenant)
    control.reset_log()

    ran = tenant.run("drift")

    assert (ran.code, ran.err) == (0, "")
    assert ran.out == (
        "No drift for `acme`: 4 as last applied\n\nNot compared\n  1 alert on `pbx` cannot be read: not compared\n"
    )
    assert requests(control) == ["GET /agent/1", "GET /agent/2", "GET /call_queue/500", "GET /supervisor/1"]
    assert files(tenant) == before


def somebody_was_renamed(tenant: Tenant, control: Control) -> None:
    control.change("agent", id_of(tenant, "agents.jane"), {"lastName": "Lee", "language": "es"})


def somebody_was_deleted(tenant: Tenant, control: Control) -> None:
    control.delete("agent", id_of(tenant, "agents.jane"))


def somebody_is_gone(tenant: Tenant, control: Control) -> None:
    control.fault("status", method="GET", path=f"/agent/{id_of(tenant, 'agents.jane')}", status=404, times=None)


def somebody_has_another_number(tenant: Tenant, control: Control) -> None:
    control.change("agent", id_of(tenant, "agents.jane"), {"number": "1009"})


def the_id_is_somebody_elses(tenant: Tenant, control: Control) -> None:
    other = {"number": "1009", "firstName": "Eve", "lastName": "Poe", "emailAddress": "eve@acme.example"}
    control.change("agent", id_of(tenant, "agents.jane"), other)


EVE = {"email": "eve@acme.example", "first_name": "Eve", "last_name": "Poe", "number": "1009"}

WAYS = [
    (somebody_was_renamed, ("changed", {"last_name": "Lee"})),
    (somebody_was_deleted, ("deleted", {})),
    (somebody_is_gone, ("gone", {})),
    (somebody_has_another_number, ("changed", {"number": "1009"})),
    (the_id_is_somebody_elses, ("somebody_else", EVE)),
]


@pytest.mark.parametrize(("meanwhile", "found"), WAYS, ids=[way[0].__name__ for way in WAYS])
def test_what_somebody_did_in_the_portal(
    tenant: Tenant,
    control: Control,
    meanwhile: Callable[[Tenant, Control], None],
    found: tuple[str, dict[str, Any]],
) -> None:
    """Is reported with exit code 2 in both formats, from as many requests as ever; the record stays as it is."""
    tenant.applied()
    meanwhile(tenant, control)
    before = files(tenant)
    control.reset_log()

    shown, told = tenant.run("drift"), tenant.run("drift", "--format", "json")

    assert (shown.code, told.code) == (2, 2)
    assert drift(told) == {"agents.jane@pbx": found}
    assert "agents.jane@pbx  Jane Roe, 1001" in shown.out
    assert "apply --refresh-only" in shown.out
    assert len(control.log()) == 2 * 4
    assert files(tenant) == before


def test_the_key_of_a_queue(tenant: Tenant, control: Control) -> None:
    """A queue is called by its extension: under another one it is gone, and nobody looks for it elsewhere."""
    tenant.applied()
    control.delete("call_queue", "500")
    control.create("call_queue", {"extension": "501", "name": "Support", "type": 0})
    control.reset_log()

    ran = tenant.run("drift", "--target", "queues.*", "--format", "json")

    assert ran.code == 2
    assert drift(ran) == {"queues.support@pbx": ("deleted", {})}
    assert requests(control) == ["GET /call_queue/500"]


def test_what_an_apply_deleted_and_somebody_brought_back(tenant: Tenant, control: Control) -> None:
    """The tombstone's record is looked at, too."""
    tenant.applied()
    vendor_id = id_of(tenant, "agents.jane")
    tenant.without("jane:")
    tenant.applied()
    control.undelete("agent", vendor_id)
    control.reset_log()

    ran = tenant.run("drift", "--format", "json")

    assert ran.code == 2
    assert drift(ran) == {"agents.jane@pbx": ("active_again", {})}
    assert requests(control) == ["GET /agent/1", "GET /agent/2", "GET /call_queue/500", "GET /supervisor/1"]


def test_the_manifests_say_nothing_about_drift(tenant: Tenant, control: Control) -> None:
    """A declaration that was lost is compared all the same, one that was changed or added is no drift."""
    tenant.applied()
    control.change("agent", id_of(tenant, "agents.jane"), {"lastName": "Lee"})
    tenant.without("jane:")
    tenant.edit("first_name: Bob", "first_name: Rob")
    tenant.edit("agents:\n", 'agents:\n  zoe: {number: "1003", first_name: Zoe, password: {from_env: PIN}}\n')

    ran = tenant.run("drift", "--format", "json")

    assert drift(ran) == {"agents.jane@pbx": ("changed", {"last_name": "Lee"})}


def test_a_secret_never_shows(tenant: Tenant, control: Control) -> None:
    """Neither ours nor the one that somebody set instead: it is not compared."""
    tenant.applied()
    control.change("agent", id_of(tenant, "agents.jane"), {"password": "7777"})

    for form in ("text", "json"):
        ran = tenant.run("drift", "--format", form)

        assert ran.code == 0
        assert not [word for word in ("7777", "0042", "password") if word in ran.out + ran.err]


# --- what cannot be told ------------------------------------------------------------------------------------------


def test_one_connection_is_down(tenant: Tenant, control: Control) -> None:
    """1 beats 2: the other connection's drift is shown, and nobody takes the silence of this one for no drift."""
    with running(find("eq")) as other:
        tenant.setenv("SPARE_KEY", other.credentials["api_key"])
        tenant.edit(
            "supervisors:\n",
            f'  spare: {{vendor: eq, url: "{other.base_url}", api_key: {{from_env: SPARE_KEY}}, retries: 0}}\n'
            "defaults: {on: [pbx]}\nsupervisors:\n",
        )
        tenant.edit("queues:\n", 'queues:\n  far: {extension: "600", name: Far, type: inbound, on: spare}\n')
        tenant.applied()
    control.change("agent", id_of(tenant, "agents.jane"), {"lastName": "Lee"})

    shown, told = tenant.run("drift"), tenant.run("drift", "--format", "json")

    assert (shown.code, told.code) == (1, 1)
    assert drift(told) == {"agents.jane@pbx": ("changed", {"last_name": "Lee"})}
    assert [item["address"] for item in reported(told)["unknown"]] == ["queues.far@spare"]
    assert "1 changed, 1 unknown" in shown.out
    assert tenant.run("drift", "--exclude", "*@spare").code == 2


def test_a_connection_that_the_manifests_lost(tenant: Tenant, control: Control) -> None:
    """Unknown, with what to do; nothing is asked."""
    tenant.applied()
    tenant.edit("  pbx:", "  office:")
    control.reset_log()

    ran = tenant.run("drift")

    assert ran.code == 1
    assert "connection `pbx` is no longer declared" in ran.out
    assert "hint: declare it again" in ran.out
    assert requests(control) == []


def test_a_connection_with_another_account(tenant: Tenant, control: Control) -> None:
    """Unknown; the key that was sent to one account is not sent to the other."""
    tenant.applied()
    tenant.edit(tenant.url, f"{tenant.url}/elsewhere")
    control.reset_log()

    ran = tenant.run("drift")

    assert ran.code == 1
    assert "leads to another account" in ran.out
    assert requests(control) == []


def test_reads_that_fail(tenant: Tenant, control: Control) -> None:
    """Unknown, never gone."""
    tenant.applied()
    control.fault("status", method="GET", status=500, times=None)

    ran = tenant.run("drift", "--format", "json")

    assert ran.code == 1
    assert reported(ran)["drift"] == []
    assert reported(ran)["summary"]["unknown"] == 4


def test_an_open_end_is_settled_in_memory(tenant: Tenant, control: Control) -> None:
    """Said as ``plan`` says it; the record on disk keeps the question."""
    control.fault("drop_after", method="POST", path="/call_queue")
    control.fault("status", method="GET", path="/call_queue/*", status=500, skip=2, times=None)
    assert tenant.run("apply", "--auto-approve").code == 1
    control.clear_faults()
    assert state(tenant).pending
    before = files(tenant)

    ran = tenant.run("drift", "--format", "json")

    assert ran.code == 0, ran.out + ran.err
    assert "an earlier create of queues.support@pbx had no answer: it was done" in ran.err
    assert reported(ran)["settled"] == [{"address": "queues.support@pbx", "request": "create", "result": "done"}]
    assert files(tenant) == before


def test_without_a_record_there_is_nothing_to_compare(tenant: Tenant, control: Control) -> None:
    """That is said; in CI it is an error, since the record should be there."""
    at_home = tenant.run("drift")
    tenant.setenv("CI", "true")
    in_ci = tenant.run("drift")

    assert (at_home.code, in_ci.code) == (0, 1)
    assert "nothing is managed here yet" in at_home.out
    assert "CI is set and there is no state" in in_ci.err
    assert requests(control) == []
    assert not (tenant.folder / ".provisioner").exists()


@pytest.mark.parametrize("arguments", [["--target", "agents.nobody"], ["--format", "yaml"], ["--nonsense"]])
def test_a_wrong_command_line(tenant: Tenant, arguments: list[str]) -> None:
    """Is 1, and never 2, which means drift."""
    tenant.applied()

    assert tenant.run("drift", *arguments).code == 1


def test_the_schema_that_is_written_down() -> None:
    """Is the one the code gives; after a change: ``.venv/bin/python -m tests.refresh``."""
    Draft202012Validator.check_schema(schema())

    assert SPEC.read_text("utf-8") == json.dumps(schema(), indent=2) + "\n"


def test_the_schema_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    """As those of plans and state."""
    assert main(["schema", "drift"]) == 0

    assert json.loads(capsys.readouterr().out) == schema()


# --- the record, brought up to date --------------------------------------------------------------------------------


def drifted(tenant: Tenant, control: Control) -> None:
    """Jane was renamed, Bob deleted, the queue called something else."""
    tenant.applied()
    control.change("agent", id_of(tenant, "agents.jane"), {"lastName": "Lee", "number": "1009"})
    control.delete("agent", id_of(tenant, "agents.bob"))
    control.change("call_queue", "500", {"name": "Other"})
    control.reset_log()


def test_a_plan_that_refreshes(tenant: Tenant, control: Control) -> None:
    """Says what would be recorded and forgotten; changes nothing; keeps to the schema of plans."""
    drifted(tenant, control)
    before = files(tenant)

    shown = tenant.run("plan", "--refresh-only", "--detailed-exitcode")
    told = tenant.run("plan", "--refresh-only", "--format", "json")

    document = json.loads(told.out)
    assert (shown.code, told.code) == (2, 0)
    assert list(Draft202012Validator(plan_schema()).iter_errors(document)) == []
    assert document["refresh_only"] is True
    assert {item["address"]: item["drift"] for item in document["drift"]} == {
        "agents.bob@pbx": "deleted",
        "agents.jane@pbx": "changed",
        "queues.support@pbx": "changed",
    }
    assert "2 to record as they are, 1 to forget; 1 as last applied" in " ".join(shown.out.split())
    assert "Apply it: provisioner" in shown.out
    assert " apply --refresh-only\n" in shown.out
    assert files(tenant) == before


@pytest.mark.parametrize("saved", [True, False], ids=["saved", "at-once"])
def test_a_refresh_of_the_record(tenant: Tenant, control: Control, *, saved: bool) -> None:
    """Only the record changes: what is there counts as applied, what was deleted leaves a tombstone."""
    drifted(tenant, control)
    there = control.content()

    if saved:
        file = str(tenant.folder / "refresh.plan")
        assert tenant.run("plan", "--refresh-only", "--out", file).code == 0
        applied = tenant.run("apply", file)
    else:
        applied = tenant.run("apply", "--refresh-only", "--auto-approve")

    assert applied.code == 0, applied.err
    assert "Apply complete: 1 forgotten, 2 recorded as they are" in applied.out
    assert [entry for entry in control.log() if entry["method"] in MUTATING] == []
    assert control.content() == there
    document = state(tenant)
    known = {str(address): bound for address, bound in document.bound.items()}
    assert known["agents.jane@pbx"].attributes["last_name"] == "Lee"
    assert known["agents.jane@pbx"].natural_key == ("1009",)
    assert known["queues.support@pbx"].attributes["name"] == "Other"
    assert [str(address) for address in document.tombstones] == ["agents.bob@pbx"]
    assert "agents.bob@pbx" not in known
    assert tenant.run("drift").code == 0


def test_the_manifests_still_want_what_they_say(tenant: Tenant, control: Control) -> None:
    """After a refresh the plan takes back what changed, and brings back what was deleted."""
    drifted(tenant, control)
    assert tenant.run("apply", "--refresh-only", "--auto-approve").code == 0

    planned = json.loads(tenant.run("plan", "--format", "json").out)

    assert {change["address"]: change["action"] for change in planned["changes"]} == {
        "agents.bob@pbx": "undelete",
        "agents.jane@pbx": "update",
        "queues.support@pbx": "update",
    }


def test_a_refresh_raises_the_serial_only_where_something_is_forgotten(tenant: Tenant, control: Control) -> None:
    """A plan that was reviewed before stays applicable where no binding changed."""
    tenant.applied()
    control.change("call_queue", "500", {"name": "Other"})
    first = state(tenant).serial
    assert tenant.run("apply", "--refresh-only", "--auto-approve").code == 0
    second = state(tenant).serial
    control.delete("agent", id_of(tenant, "agents.bob"))
    assert tenant.run("apply", "--refresh-only", "--auto-approve").code == 0

    assert (second, state(tenant).serial) == (first, first + 1)


def test_a_refresh_that_was_applied_is_spent(tenant: Tenant, control: Control) -> None:
    """As any other plan."""
    drifted(tenant, control)
    file = str(tenant.folder / "refresh.plan")
    tenant.run("plan", "--refresh-only", "--out", file)
    tenant.run("apply", file)

    again = tenant.run("apply", file)

    assert again.code == 1
    assert "it is spent" in again.err


def test_nobody_becomes_somebody_else(tenant: Tenant, control: Control) -> None:
    """A record that names another person is in conflict, and stays out of the state."""
    tenant.applied()
    the_id_is_somebody_elses(tenant, control)
    before = state(tenant)

    ran = tenant.run("apply", "--refresh-only", "--auto-approve")

    assert ran.code == 1
    assert "`provisioner state rm agents.jane@pbx`" in " ".join(ran.out.split())
    assert state(tenant).bound == before.bound


@pytest.mark.parametrize("command", ["plan", "apply"])
@pytest.mark.parametrize("option", [["--no-refresh"], ["--destroy"], ["--replace", "agents.jane@pbx"]])
def test_options_that_contradict_a_refresh(tenant: Tenant, control: Control, command: str, option: list[str]) -> None:
    """Are named; nothing is asked."""
    extra = ["--auto-approve"] if command == "apply" else []

    ran = tenant.run(command, "--refresh-only", *option, *extra)

    assert ran.code == 1
    assert f"`--refresh-only` cannot be combined with `{option[0]}`" in ran.err
    assert requests(control) == []


# --- what has moved again before it is recorded --------------------------------------------------------------------


def back(tenant: Tenant, control: Control) -> None:
    control.undelete("agent", id_of(tenant, "agents.bob"))


def lost(tenant: Tenant, control: Control) -> None:
    control.fault("status", method="GET", path=f"/agent/{id_of(tenant, 'agents.bob')}", status=404, times=None)


def renamed_again(tenant: Tenant, control: Control) -> None:
    control.change("agent", id_of(tenant, "agents.jane"), {"lastName": "Low"})


def somebody_elses(tenant: Tenant, control: Control) -> None:
    control.change("agent", id_of(tenant, "agents.jane"), {"firstName": "Eve", "emailAddress": "eve@acme.example"})


def deleted_too(tenant: Tenant, control: Control) -> None:
    control.delete("agent", id_of(tenant, "agents.jane"))


AGAIN = [
    (back, "forget  agents.bob@pbx", "is active again at the vendor", "1 stale"),
    (lost, "forget  agents.bob@pbx", "is gone at the vendor", "1 stale"),
    (renamed_again, "record  agents.jane@pbx", "`last_name` is 'Low' at the vendor, the plan saw 'Lee'", "1 stale"),
    (somebody_elses, "record  agents.jane@pbx", "`email` is 'eve@acme.example'", "1 stale"),
    (deleted_too, "record  agents.jane@pbx", "is deleted at the vendor", "1 stale"),
]


@pytest.mark.parametrize(("meanwhile", "title", "why", "count"), AGAIN, ids=[way[0].__name__ for way in AGAIN])
def test_a_saved_refresh_is_checked_again(
    tenant: Tenant, control: Control, meanwhile: Callable[[Tenant, Control], None], title: str, why: str, count: str
) -> None:
    """What is not as the plan showed it any more is stale and stays on record as it was; the others go on."""
    drifted(tenant, control)
    file = str(tenant.folder / "refresh.plan")
    assert tenant.run("plan", "--refresh-only", "--out", file).code == 0
    before = state(tenant)
    meanwhile(tenant, control)

    ran = tenant.run("apply", file)

    said = " ".join(ran.out.split())
    assert ran.code == 1
    assert count in said
    assert "2 done" in said
    assert " ".join(title.split()) in said
    assert why in said
    stale = title.split()[-1]
    known = {str(address): bound for address, bound in state(tenant).bound.items()}
    assert known[stale] == {str(address): bound for address, bound in before.bound.items()}[stale]
    assert known["queues.support@pbx"].attributes["name"] == "Other"


def test_a_plan_that_forgets_what_was_gone(tenant: Tenant, control: Control) -> None:
    """An ordinary plan, too, looks again: whoever is back is not forgotten."""
    tenant.applied()
    control.delete("agent", id_of(tenant, "agents.bob"))
    tenant.without("bob:")
    file = str(tenant.folder / "today.plan")
    assert tenant.run("plan", "--out", file).code == 0
    back(tenant, control)

    ran = tenant.run("apply", file)

    assert (ran.code, "1 stale" in ran.out) == (1, True)
    assert "agents.bob@pbx" in {str(address) for address in state(tenant).bound}


# --- what stands in the way of a refresh ---------------------------------------------------------------------------

CROWD = "".join(
    f'  crew{number}: {{number: "20{number:02}", first_name: Crew{number}, password: {{from_env: PIN}}}}\n'
    for number in range(3)
)


def test_a_refresh_that_would_forget_too_much(tenant: Tenant, control: Control) -> None:
    """Guard ``deletes`` holds it, as where a wrong setting makes everything seem gone; allowed, it is done."""
    tenant.edit("agents:\n", f"agents:\n{CROWD}")
    tenant.applied()
    before = state(tenant)
    control.fault("status", method="GET", path="/agent/*", status=404, times=None)

    held = tenant.run("apply", "--refresh-only", "--auto-approve")
    kept = state(tenant).bound
    allowed = tenant.run("apply", "--refresh-only", "--auto-approve", "--allow", "deletes")

    said = " ".join(held.out.split())
    assert (held.code, allowed.code) == (1, 0)
    assert "guard deletes: 5 agents on `pbx` would be forgotten" in said
    assert "check that the connection leads where it should" in said
    assert kept == before.bound
    assert {address.kind for address in state(tenant).bound} == {"alerts", "queues", "supervisors"}


def test_a_few_may_be_forgotten(tenant: Tenant, control: Control) -> None:
    """Up to what the guard holds of itself."""
    tenant.applied()
    control.delete("agent", id_of(tenant, "agents.bob"))
    control.delete("agent", id_of(tenant, "agents.jane"))

    assert tenant.run("apply", "--refresh-only", "--auto-approve").code == 0


def test_a_refresh_at_another_account(tenant: Tenant, control: Control) -> None:
    """What does not help is not proposed, and refused where it is typed."""
    tenant.applied()
    tenant.edit(tenant.url, f"{tenant.url}/elsewhere")
    control.reset_log()

    shown = tenant.run("plan", "--refresh-only")
    typed = tenant.run("plan", "--refresh-only", "--allow", "account=pbx")
    left_out = tenant.run("plan", "--refresh-only", "--exclude", "*@pbx")

    assert (shown.code, typed.code, left_out.code) == (1, 1, 0)
    assert "--allow" not in shown.out
    assert "--exclude '*@pbx'" in shown.out
    assert "cannot be combined with `--allow account=`" in typed.err
    assert requests(control) == []


# --- words ----------------------------------------------------------------------------------------------------------


def test_what_is_known_of_who_is_active_again(tenant: Tenant, control: Control) -> None:
    """That it was on record as deleted, whoever deleted it; and what an apply would do about it."""
    tenant.applied()
    control.delete("agent", id_of(tenant, "agents.bob"))
    vendor_id = id_of(tenant, "agents.bob")
    assert tenant.run("apply", "--refresh-only", "--auto-approve").code == 0
    control.undelete("agent", vendor_id)

    ran = tenant.run("drift")

    said = " ".join(ran.out.split())
    assert ran.code == 2
    assert "on record it was deleted, and it is active at the vendor" in said
    assert "an apply deleted it" not in said
    assert "declare it, and an apply adopts it" in said
    assert "take it back" not in said


@pytest.mark.parametrize("command", ["plan", "drift"])
def test_where_everything_is_left_out(tenant: Tenant, control: Control, command: str) -> None:
    """Nobody says that nothing differs: nothing was looked at."""
    tenant.applied()
    control.change("agent", id_of(tenant, "agents.jane"), {"lastName": "Lee"})
    control.reset_log()

    ran = tenant.run(command, "--exclude", "*@pbx")

    assert ran.code == 0
    assert ran.out.startswith(("Nothing was looked at for `acme`", "Nothing was compared for `acme`"))
    assert "vendors show" not in ran.out
    assert "--exclude '*@pbx'" in ran.out
    assert requests(control) == []


def test_a_part_in_which_nothing_differs(tenant: Tenant, control: Control) -> None:
    """The title and the line below speak of that part alone."""
    tenant.applied()
    control.change("agent", id_of(tenant, "agents.jane"), {"lastName": "Lee"})

    ran = tenant.run("plan", "--exclude", "agents.jane", "--exclude", "alerts.*")

    assert ran.code == 0
    assert ran.out.startswith("No changes in this part for `acme`: 3 unchanged")
    assert "Of this part, the vendors show what is declared; the rest was not compared" in " ".join(ran.out.split())


@pytest.mark.parametrize("command", ["plan", "apply", "destroy"])
@pytest.mark.parametrize("allowance", ["busy=agents.nobody", "deletes=quuues.*@pbx", "account=nowhere"])
def test_an_allowance_of_nothing(tenant: Tenant, control: Control, command: str, allowance: str) -> None:
    """Is a wrong command line, as a target of nothing is; nothing is asked, nothing is done."""
    tenant.applied()
    control.reset_log()
    extra = [] if command == "plan" else ["--auto-approve"]

    ran = tenant.run(command, "--allow", allowance, *extra)

    assert ran.code == 1
    assert "matches nothing" in ran.err or "names no connection" in ran.err
    assert requests(control) == []


def test_an_allowance_of_what_does_not_change(tenant: Tenant) -> None:
    """Whatever is declared or bound may be named, also where this plan does nothing to it."""
    tenant.applied()
    tenant.without("bob:")

    for allowance in ("busy=agents.bob@pbx", "busy=agents.jane", "deletes=*@pbx", "updates=alerts.*"):
        assert tenant.run("plan", "--allow", allowance).code == 0
