"""``history`` and ``history verify`` through the command line."""

from __future__ import annotations

import asyncio
import json
import uuid
from pathlib import Path

import pytest

from provisioner.simulators.control import Control
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Run
from provisioner.state.entries import RunStarted
from tests.cli.conftest import Tenant
from tests.state.database import Server


@pytest.fixture(params=["local", "postgres"])
def applied(request: pytest.FixtureRequest, tenant: Tenant) -> Tenant:
    """A tenant that was applied three times, the last time without anything to do; its record in either place."""
    if request.param == "postgres":
        server: Server = request.getfixturevalue("database")
        tenant.setenv("STATE_DSN", server.dsn)
        state = f"state: {{backend: postgres, dsn: {{from_env: STATE_DSN}}, name: {uuid.uuid4().hex}}}"
        tenant.edit("tenant: acme\n", f"tenant: acme\n{state}\n")
    tenant.applied()
    tenant.edit("Jane", "Janet")
    tenant.applied()
    return tenant


def test_the_newest_comes_first(applied: Tenant) -> None:
    """Who, when, by which command, and what came of it."""
    ran = applied.run("history")

    first, second = ran.out.strip().split("\n\n")
    assert ran.code == 0
    assert "completed" in first.splitlines()[0]
    assert "1 done" in first
    assert "5 done" in second
    assert "agents.jane" not in ran.out


def test_only_as_many_as_asked_for(applied: Tenant) -> None:
    """And how many there are besides."""
    ran = applied.run("history", "--limit", "1", "--requests")

    assert "update agents.jane@pbx: done" in ran.out
    assert "create" not in ran.out
    assert ran.out.endswith("1 earlier: `--limit 0` shows all.\n")


def test_for_programs(applied: Tenant) -> None:
    """Every request of each, and no secret."""
    ran = applied.run("history", "--format", "json", "--limit", "0")

    told = json.loads(ran.out)
    assert (told["format_version"], told["total"]) == ("1", 2)
    assert [len(apply["requests"]) for apply in told["applies"]] == [1, 5]
    assert {apply["status"] for apply in told["applies"]} == {"completed"}
    assert "0042" not in ran.out
    assert "sam-password" not in ran.out


def test_a_plan_that_was_gone_on_with_stands_there_twice(applied: Tenant, control: Control) -> None:
    """What failed the first time, and what was done the second: nothing that was sent is missing."""
    applied.edit("Janet", "June")
    applied.edit("first_name: Bob", "first_name: Rob")
    assert applied.run("plan", "--out", "both.plan").code == 0
    bob = next(key for key, item in control.content()["agent"].items() if item["firstName"] == "Bob")
    control.fault("status", method="PUT", path=f"/agent/{bob}", status=400, times=1)

    assert applied.run("apply", "both.plan").code == 1
    assert applied.run("apply", "both.plan").code == 0

    again, first, *_ = json.loads(applied.run("history", "--format", "json").out)["applies"][:2]
    assert (first["status"], again["status"], first["run"] == again["run"]) == ("incomplete", "completed", True)
    assert [item["result"] for item in again["requests"]] == ["done"]
    assert applied.run("history", "verify").code == 0


def test_one_that_was_killed_is_told_before_anybody_goes_on(tenant: Tenant) -> None:
    """Nobody has written its line yet: the journal knows of it."""
    tenant.applied()

    async def killed() -> None:
        backend = LocalBackend(tenant.folder / ".provisioner")
        async with backend.writer(who="ann", command="provisioner apply night.plan") as writer:
            await writer.append(RunStarted(Run("r-9", "d1ge57", "2026-03-01T22:00:00Z"), "acme", {}))
            assert "under way" in tenant.run("history").err
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        asyncio.run(killed())

    newest = tenant.run("history").out.split("\n\n")[0]
    assert newest.startswith("2026-03-01T22:00:00Z  interrupted  ann\n  provisioner apply night.plan\n")
    assert tenant.run("history", "verify").code == 0


def test_an_untouched_history_is_as_written(applied: Tenant) -> None:
    """It says how many lines there are."""
    ran = applied.run("history", "verify")
    told = json.loads(applied.run("history", "verify", "--format", "json").out)

    assert (ran.code, ran.out) == (0, "2 lines, all as written\n")
    assert told["lines"] == 2


def test_nothing_was_applied_yet(tenant: Tenant) -> None:
    """Neither is a failure."""
    assert tenant.run("history").out == "Nothing was applied yet.\n"
    assert (tenant.run("history", "verify").code, tenant.run("history", "verify").out) == (
        0,
        "nothing was applied yet\n",
    )


def _lines(tenant: Tenant) -> Path:
    return tenant.folder / ".provisioner" / "history.jsonl"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda lines: [lines[0].replace(b'"who":"', b'"who":"not '), lines[1]], "line 2: it does not follow"),
        (lambda lines: lines[1:], "line 1: it does not follow"),
        (lambda lines: lines[:1], "line 1: it is not the last line that the state remembers"),
        (lambda lines: [lines[0], b"{}\n"], "line 2: "),
        (lambda lines: [], "none is there, and the state remembers one"),
    ],
    ids=["a line was changed", "the first was removed", "the last was removed", "rubbish", "all were removed"],
)
def test_what_was_changed_afterwards_is_named(tenant: Tenant, change: object, said: str) -> None:
    """The first line that does not fit, with exit code 1; whoever changed one cannot hide it."""
    tenant.applied()
    tenant.edit("Jane", "Janet")
    tenant.applied()
    lines = _lines(tenant).read_bytes().splitlines(keepends=True)
    assert callable(change)
    _lines(tenant).write_bytes(b"".join(change(lines)))

    ran = tenant.run("history", "verify")

    assert ran.code == 1
    assert said in ran.err


def test_a_changed_row_of_the_database_is_named(tenant: Tenant, database: Server) -> None:
    """The same for whoever has the right to change the table."""
    name = uuid.uuid4().hex
    tenant.setenv("STATE_DSN", database.dsn)
    state = f"state: {{backend: postgres, dsn: {{from_env: STATE_DSN}}, name: {name}}}"
    tenant.edit("tenant: acme\n", f"tenant: acme\n{state}\n")
    tenant.applied()
    database.do(f"update provisioner_history set line = line || ' '::bytea where name = '{name}'")  # noqa: S608 (ours)

    ran = tenant.run("history", "verify")

    assert ran.code == 1
    assert f"the history `postgres: {name}` is damaged at line 1" in ran.err
