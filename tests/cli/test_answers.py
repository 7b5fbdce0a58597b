"""What a program reads on stdout that asked for JSON: one document, or a stream whose last line says how it ended."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeAlias

import click
import pytest
from jsonschema import Draft202012Validator

from provisioner.cli.main import cli, main
from provisioner.plan.drift_schema import schema as drift_schema
from provisioner.plan.schema import schema as plan_schema
from provisioner.report.diagnostics_schema import schema as diagnostics_schema
from provisioner.report.events_schema import schema as events_schema
from provisioner.simulators.control import Control
from provisioner.state.backends.local import LocalBackend
from tests.cli.conftest import Ran, Tenant
from tests.cli.test_exit_codes import (
    applied,
    down,
    edited,
    failing,
    guarded,
    in_conflict,
    malformed,
    new,
    refusing,
)

Situation: TypeAlias = Callable[[Tenant, Control], None]

PLAN, DRIFT, DIAGNOSTICS, EVENT = (
    Draft202012Validator(schema()) for schema in (plan_schema, drift_schema, diagnostics_schema, events_schema)
)


def fitting(document: object, validator: Draft202012Validator) -> bool:
    """True; fails the test with what does not fit."""
    assert [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(document)] == []
    return True


def codes(document: dict[str, Any]) -> list[str]:
    return [item["code"] for item in document["diagnostics"]]


# --- what goes wrong before there is a result ---------------------------------------------------------------------


def without_secrets(tenant: Tenant, control: Control) -> None:
    """The key of the connection is not set."""
    tenant.applied()
    tenant.environment.delenv("ACME_KEY")


def without_a_state(tenant: Tenant, control: Control) -> None:
    """The record is no record."""
    tenant.applied()
    for path in (tenant.folder / ".provisioner").glob("*.json"):
        path.write_text("{", "utf-8")


def without_a_tenant(tenant: Tenant, control: Control) -> None:
    """Nothing is in the folder."""
    tenant.manifest.unlink()


def of_an_unknown_vendor(tenant: Tenant, control: Control) -> None:
    """No such vendor is installed."""
    tenant.edit("vendor: eq", "vendor: nobody")


@contextmanager
def locked(tenant: Tenant) -> Iterator[None]:
    """As long as somebody else writes."""
    loop = asyncio.new_event_loop()
    writer = LocalBackend(tenant.folder / ".provisioner").writer(who="ana", command="apply", timeout=0)
    try:
        loop.run_until_complete(writer.__aenter__())
        yield
        loop.run_until_complete(writer.__aexit__(None, None, None))
    finally:
        loop.close()


FAILURES = [
    (malformed, "unknown_field"),
    (without_secrets, "secret_missing"),
    (without_a_state, "state_error"),
    (without_a_tenant, "no_manifests"),
    (of_an_unknown_vendor, "unknown_vendor"),
]
COMMANDS = (["plan", "--format", "json"], ["drift", "--format", "json"])


@pytest.mark.parametrize("command", COMMANDS, ids=["plan", "drift"])
@pytest.mark.parametrize(("situation", "code"), FAILURES, ids=[row[0].__name__ for row in FAILURES])
def test_diagnostics_take_the_place_of_a_result(
    tenant: Tenant, control: Control, situation: Situation, code: str, command: list[str]
) -> None:
    """One document on stdout, the words for people on stderr, exit code 1."""
    situation(tenant, control)

    ran = tenant.run(*command)

    document = json.loads(ran.out)
    assert fitting(document, DIAGNOSTICS)
    assert (ran.code, document["valid"], set(codes(document))) == (1, False, {code})
    assert "error: " in ran.err


@pytest.mark.parametrize(("situation", "code"), FAILURES, ids=[row[0].__name__ for row in FAILURES])
def test_an_error_is_the_only_line_of_a_stream_that_does_not_begin(
    tenant: Tenant, control: Control, situation: Situation, code: str
) -> None:
    """With every problem in it, so that nobody has to read stderr."""
    situation(tenant, control)

    ran = tenant.run("apply", "--auto-approve", "--json")

    (line,) = map(json.loads, ran.out.splitlines())
    assert fitting(line, EVENT)
    assert (ran.code, line["type"]) == (1, "error")
    assert code in {line["code"], *codes(line)}


def test_whoever_holds_the_lock_is_named(tenant: Tenant) -> None:
    """By the commands that read, and by those that write."""
    tenant.applied()

    with locked(tenant):
        read, written = tenant.run("plan", "--format", "json"), tenant.run("destroy", "--auto-approve", "--json")

    assert (codes(json.loads(read.out)), json.loads(written.out)["code"]) == (["lock_held"], "lock_held")
    assert "locked by ana" in json.loads(written.out)["message"]


@pytest.mark.parametrize("text", ["no plan", "{}", '{"format_version": "0"}'])
def test_a_file_that_is_no_plan(tenant: Tenant, text: str) -> None:
    """Refused in the same form by who shows it and by who applies it."""
    file = tenant.folder / "today.plan"
    file.write_text(text, "utf-8")

    shown, stream = tenant.run("show", str(file), "--format", "json"), tenant.run("apply", str(file), "--json")

    assert fitting(json.loads(shown.out), DIAGNOSTICS)
    assert fitting(json.loads(stream.out), EVENT)
    assert codes(json.loads(shown.out)) == [json.loads(stream.out)["code"]] == ["plan_refused"]


def test_stdout_stays_empty_where_people_read(tenant: Tenant, control: Control) -> None:
    """A page or a comment with an error in it would be taken for a plan."""
    malformed(tenant, control)

    for form in ("text", "markdown", "html"):
        assert (tenant.run("plan", "--format", form).out, tenant.run("drift").out) == ("", "")


def test_annotations_take_the_place_of_a_result(tenant: Tenant) -> None:
    """A failure without a place is one without a mark."""
    ran = tenant.run("import-csv", str(tenant.folder / "none.csv"), "--kind", "agents", "--format", "github")

    assert ran.code == 1
    assert ran.out.startswith("::error title=usage_error::")


def programs(group: click.Group, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Every command that reads a tenant and has a form for programs, as it is typed."""
    context = click.Context(group)
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        for option in command.params if command else ():
            if "--json" in option.opts:
                yield (*above, name, "--json")
            if isinstance(option.type, click.Choice) and "json" in option.type.choices and name not in NO_TENANT:
                yield (*above, name, "--format", "json")
        if isinstance(command, click.Group):
            yield from programs(command, (*above, name))


NO_TENANT = {"vendors"}
"""Commands that no folder can make fail."""

ARGUMENTS = {"show": ["no.plan"], "import-csv": ["no.csv", "--kind", "agents"], "apply": ["--auto-approve"]}


@pytest.mark.parametrize("typed", list(programs(cli)), ids=" ".join)
def test_no_program_is_left_without_an_answer(
    typed: tuple[str, ...], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every command that answers in JSON does so in a folder that it can do nothing with."""
    code = main(["-C", str(tmp_path / "nowhere"), *typed, *ARGUMENTS.get(typed[0], [])])

    document = json.loads(capsys.readouterr().out)
    assert code == 1
    assert fitting(document, EVENT if "--json" in typed else DIAGNOSTICS)


# --- results ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("situation", [new, applied, edited, guarded, in_conflict, failing, down])
def test_what_is_a_plan_or_drift_fits_its_schema(tenant: Tenant, control: Control, situation: Situation) -> None:
    """Refused or not: a vendor that is down gives a plan that says so."""
    situation(tenant, control)

    planned, drifted = tenant.run("plan", "--format", "json"), tenant.run("drift", "--format", "json")

    assert fitting(json.loads(planned.out), PLAN)
    assert fitting(json.loads(drifted.out), DRIFT)


def lines(ran: Ran) -> list[dict[str, Any]]:
    """The stream, every line of which fits its schema."""
    read = [json.loads(line) for line in ran.out.splitlines()]
    assert all(fitting(line, EVENT) for line in read)
    return read


@pytest.mark.parametrize(
    ("situation", "kinds"),
    [
        (new, ["planned", "run_started", "change_started", "change_ended", "run_ended", "report"]),
        (edited, ["planned", "run_started", "change_started", "change_ended", "run_ended", "report"]),
        (refusing, ["planned", "run_started", "change_started", "change_ended", "run_ended", "report"]),
        (applied, ["planned", "report"]),
        (guarded, ["planned", "report"]),
        (in_conflict, ["planned", "report"]),
        (failing, ["planned", "report"]),
        (down, ["planned", "report"]),
        (malformed, ["error"]),
    ],
)
def test_a_stream_begins_with_the_plan_and_ends_with_how_it_ended(
    tenant: Tenant, control: Control, situation: Situation, kinds: list[str]
) -> None:
    """And the last line and the exit code say the same."""
    situation(tenant, control)

    ran = tenant.run("apply", "--auto-approve", "--json")

    read = lines(ran)
    assert list(dict.fromkeys(line["type"] for line in read)) == kinds
    assert (read[-1].get("failed", True), ran.code) in ((False, 0), (True, 1))


def test_the_stream_of_a_saved_plan(tenant: Tenant) -> None:
    """It begins with the digest of what was reviewed; a second time it is refused."""
    file = str(tenant.folder / "today.plan")
    digest = json.loads(tenant.run("plan", "--out", file, "--format", "json").out)["digest"]

    first, second = lines(tenant.run("apply", file, "--json")), lines(tenant.run("apply", file, "--json"))

    assert (first[0]["type"], first[0]["digest"], first[-1]["completed"]) == ("planned", digest, True)
    assert [(line["type"], line["code"]) for line in second] == [("error", "plan_refused")]


def test_nothing_secret_is_in_any_of_them(tenant: Tenant, control: Control) -> None:
    """Neither a credential nor a password that is sent, whether all goes well or not."""
    refusing(tenant, control)

    said = [
        tenant.run("plan", "--format", "json"),
        tenant.run("apply", "--auto-approve", "--json"),
        tenant.run("drift", "--format", "json"),
    ]

    secrets = ("sam-password", "0042", "sim-eq-key")
    assert [secret for secret in secrets for ran in said if secret in ran.out + ran.err] == []
