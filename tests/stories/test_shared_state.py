"""A record in a real PostgreSQL server: what runners that keep nothing see of it through the command line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import uuid
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from provisioner.secrets import Secret
from provisioner.state.backends.postgres import PostgresBackend
from provisioner.state.document import Document
from tests.state.database import Server
from tests.state.pooler import pooled
from tests.stories.stage import Begun, Ran, Stage, until

ROOT = Path(__file__).parents[2]

AGENTS = """
agents:
  jane: {number: "1001", first_name: Jane, last_name: Roe, email: jane@acme.example, password: {from_env: PIN}}
  bob: {number: "1002", first_name: Bob, last_name: Poe, email: bob@acme.example, password: {from_env: PIN}}
"""

HELD = 3.0
"""Seconds that an answer is held back, in which a process can be stopped."""


@dataclass
class Shared:
    """A tenant whose record is in a database, under a name of its own."""

    stage: Stage
    server: Server
    name: str
    afterwards: ExitStack

    def write(self, agents: str = AGENTS) -> None:
        state = f"state: {{backend: postgres, dsn: {{from_env: STATE_DSN}}, name: {self.name}}}\n"
        self.stage.write(f"{state}{agents}")

    def state(self) -> Document:
        return PostgresBackend(lambda: Secret(self.server.dsn), self.name).load()

    def runner(self) -> Stage:
        """Another machine that has checked out the same manifests, and nothing else."""
        folder = self.stage.folder.parent / f"runner-{uuid.uuid4().hex}"
        folder.mkdir()
        shutil.copy(self.stage.folder / "acme.yaml", folder)
        return replace(self.stage, folder=folder)

    def in_the_middle(self) -> Begun:
        """An apply that has sent its first create, and stands still until it is told to go on."""
        self.stage.hold(method="POST", seconds=HELD)
        begun = self.stage.start("apply", "--auto-approve", "--parallelism", "1")
        until(self.stage.held, "an answer is held back")
        begun.signal(signal.SIGSTOP)
        self.afterwards.callback(_go_on, begun)
        return begun

    def creates(self) -> int:
        return self.stage.counted()["POST"]


@pytest.fixture
def shared(stage: Stage, database: Server) -> Iterator[Shared]:
    stage.environ["STATE_DSN"] = database.dsn
    with ExitStack() as afterwards:
        shared = Shared(stage, database, f"acme-{uuid.uuid4().hex}", afterwards)
        shared.write()
        yield shared


def _go_on(begun: Begun) -> None:
    """Nobody is left standing where a test has failed."""
    with suppress(ProcessLookupError):
        begun.signal(signal.SIGCONT)


def test_the_next_runner_goes_on_from_what_the_last_one_did(shared: Shared) -> None:
    """Neither keeps anything; a second apply has nothing to do, in CI as elsewhere."""
    shared.stage.environ["CI"] = "true"
    first, second = shared.runner(), shared.runner()

    first.run("plan", "--out", "today.plan").ok()
    first.run("apply", "today.plan").ok()
    again = second.apply().ok()

    assert "No changes" in again.out
    assert (shared.creates(), len(shared.state().bound)) == (2, 2)
    assert not (first.folder / ".provisioner").exists()


def test_a_killed_run_is_in_nobodys_way(shared: Shared) -> None:
    """Its lock is free at once, without a time-out; what it had sent is found, and not sent again."""
    begun = shared.in_the_middle()

    begun.signal(signal.SIGKILL)
    begun.wait()
    shared.runner().apply().ok()

    assert len(shared.stage.live("agent")) == 2
    assert (shared.creates(), len(shared.state().bound), shared.state().pending) == (2, 2, {})


def test_the_second_of_two_is_told_who_writes(shared: Shared) -> None:
    """With who, where, since when and by which command; with a time-out it waits, and has nothing left to do."""
    first = shared.in_the_middle()

    second = shared.runner()
    refused = second.apply()
    planned = second.run("plan")
    waiting = second.start("apply", "--auto-approve", "--lock-timeout", "60")
    first.signal(signal.SIGCONT)

    for ran in (refused, planned):
        ran.failed("the state is locked by", "since", "`provisioner apply --auto-approve --parallelism 1`")
    assert first.wait().ok()
    assert "No changes" in waiting.wait().ok().out
    assert shared.creates() == 2


def test_the_server_goes_away_in_the_middle(shared: Shared) -> None:
    """What was sent is journalled, nothing more is sent, and nothing is doubled afterwards."""
    begun = shared.in_the_middle()

    shared.server.stop()
    try:
        begun.signal(signal.SIGCONT)
        ran = begun.wait()
        down = shared.runner().apply()
    finally:
        shared.server.start()
    sent = shared.creates()
    shared.runner().apply().ok()

    ran.failed("or its database was shut down", "the next apply settles it")
    down.failed("cannot write the state", "look whether the database is up")
    assert sent == 1
    assert (shared.creates(), len(shared.stage.live("agent"))) == (2, 2)
    assert (len(shared.state().bound), shared.state().pending) == (2, {})


def test_a_lock_that_is_taken_away_ends_the_run(shared: Shared) -> None:
    """Whoever holds it by then may write; the former holder sends nothing more."""
    begun = shared.in_the_middle()

    alive = shared.runner().run("state", "unlock")
    taken = shared.runner().run("state", "unlock", "--force").ok()
    begun.signal(signal.SIGCONT)
    ran = begun.wait()

    alive.failed("is alive")
    assert "took the lock from" in taken.out
    ran.failed("was taken away from this process")
    assert shared.creates() == 1


def test_tenants_of_one_database_do_not_meet(shared: Shared) -> None:
    """Two names are two records and two locks."""
    begun = shared.in_the_middle()

    other = Shared(shared.runner(), shared.server, f"{shared.name}-2", shared.afterwards)
    other.write("agents: {}\n")
    ran = other.stage.apply()

    begun.signal(signal.SIGCONT)
    assert "No changes" in ran.ok().out
    begun.wait().ok()
    assert (len(shared.state().bound), len(other.state().bound)) == (2, 0)


@pytest.fixture
def bob(database: Server) -> Iterator[str]:
    """A user with a password that nothing may show, and without any right; only this one is asked for it."""
    rules = database.socket / "pg_hba.conf"
    before = rules.read_text()
    database.do("create role bob login password 'vErY/s3cr@t'")
    rules.write_text(f"local all bob scram-sha-256\n{before}")
    database.do("select pg_reload_conf()")
    yield "vErY/s3cr@t"
    rules.write_text(before)
    database.do("select pg_reload_conf()", "drop owned by bob", "drop role bob")


def check_refused(stage: Stage, dsn: str, said: str, hint: str) -> None:
    """The command ends with one line that says this and one hint, and shows nothing of the way there."""
    stage.environ["STATE_DSN"] = dsn

    ran: Ran = stage.run("--log-level", "debug", "apply", "--auto-approve")

    ran.failed(said, hint)
    assert [line.partition(":")[0] for line in ran.err.splitlines() if line.startswith(("error", "hint"))] == [
        "error",
        "hint",
    ]
    assert [part for part in ("s3cr", "vErY", dsn) if part in ran.text] == []


def test_what_is_wrong_with_the_way_is_said_without_the_password(shared: Shared, bob: str) -> None:
    """A wrong one, an unknown database, a missing right, a string that is none: one line and a hint each."""
    server, stage = shared.server, shared.stage
    right = server.way("bob", bob)

    check_refused(stage, server.way("bob", "s3cr-no"), "password authentication failed", "right user and password")
    check_refused(stage, server.way("bob", bob, "nowhere"), 'database "nowhere" does not exist', "createdb")
    check_refused(stage, server.way("nobody", bob), 'role "nobody" does not exist', "create role")
    check_refused(stage, right, "permission denied", "make its tables once")
    check_refused(stage, f"postgresql://bob:{bob}@localhost/x", "no PostgreSQL connection string", "`@` is `%40`")
    check_refused(stage, "postgresql://bob:s3cr%zz@h/x", "no PostgreSQL connection string", "`@` is `%40`")
    check_refused(stage, f"mysql://bob:{bob}@h/x", "no PostgreSQL connection string", "postgresql://USER:PASSWORD@HOST")
    check_refused(stage, "postgresql://bob:s3cr@127.0.0.1:1/x", "Connection refused", "whether the database is up")
    check_refused(stage, "postgresql://bob:s3cr@nosuch.invalid/x", "failed to resolve host", "name of the host")
    check_refused(stage, "postgresql://bob:s3cr@127.0.0.1:1/x?sslmode=perhaps", "sslmode", "verify-full")


def test_a_user_who_may_use_the_tables_needs_no_right_to_make_them(shared: Shared, bob: str) -> None:
    """They are made once by whoever may; and nothing that is kept there or said holds the password."""
    shared.stage.apply().ok()
    tables = ", ".join(f"provisioner_{name}" for name in ("state", "journal", "history", "lock"))
    shared.server.do("grant usage on schema public to bob", f"grant select, insert, update, delete on {tables} to bob")
    shared.stage.environ["STATE_DSN"] = shared.server.way("bob", bob)
    shared.write(AGENTS.replace("Jane", "Janet"))

    planned = shared.stage.run("--log-level", "debug", "plan", "--out", "today.plan").ok()
    applied = shared.stage.run("--log-level", "debug", "apply", "today.plan").ok()
    pulled = shared.stage.run("state", "pull").ok()

    kept = (shared.stage.folder / "today.plan").read_text()
    assert "s3cr" not in planned.text + applied.text + pulled.text + kept
    assert shared.state().serial == 2


def test_the_way_is_a_secret_like_any_other(shared: Shared, tmp_path: Path) -> None:
    """From a variable, a file, or a command that was allowed to run; missing, it is told where it stands."""
    way = tmp_path / "acme" / "dsn.txt"
    way.write_text(f"{shared.server.dsn}\n")
    manifest = shared.stage.folder / "acme.yaml"
    text = manifest.read_text()
    del shared.stage.environ["STATE_DSN"]

    missing = shared.stage.run("state", "list")
    manifest.write_text(text.replace("{from_env: STATE_DSN}", "{from_file: dsn.txt}"))
    shared.stage.run("state", "list").ok()
    manifest.write_text(text.replace("{from_env: STATE_DSN}", "{from_command: [cat, dsn.txt]}"))
    shared.stage.run("validate").ok()
    for command in (["state", "list"], ["plan"], ["history"], ["state", "rm", "agents.jane@pbx"]):
        shared.stage.run(*command).failed("may not run without `--allow-commands`")
    shared.stage.run("apply", "--auto-approve", "--allow-commands").ok()
    shared.stage.run("state", "rm", "agents.jane@pbx", "--allow-commands").ok()

    missing.failed("the variable `STATE_DSN` is not set", "acme.yaml:7:33")
    assert shared.stage.run("history", "--allow-commands").ok().out.count("completed") == 1


def test_without_the_package_that_speaks_to_it(shared: Shared, tmp_path: Path) -> None:
    """It is an extra: who names such a record is told how to get it, and `validate` needs none."""
    (tmp_path / "hidden").mkdir()
    (tmp_path / "hidden" / "psycopg.py").write_text("raise ImportError(\"No module named 'psycopg'\")\n")
    environ = {**os.environ, **shared.stage.environ, "PYTHONPATH": f"{tmp_path / 'hidden'}:{ROOT}"}

    def ran(command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "provisioner.cli.main", command],
            cwd=shared.stage.folder,
            env=environ,
            capture_output=True,
            text=True,
            check=False,
        )

    plan, validate = ran("plan"), ran("validate")

    assert (plan.returncode, validate.returncode) == (1, 0)
    assert plan.stderr == (
        "error: back-end `postgres` needs a package that is not installed: No module named 'psycopg'\n"
        "hint: `pip install 'psycopg[binary]'`\n"
    )


def test_a_server_without_tls(shared: Shared) -> None:
    """Where the way asks for it, nothing is said before it is there."""
    with pooled(shared.server.socket) as way:
        check_refused(shared.stage, f"{way}?sslmode=require", "does not support SSL", "sslmode=verify-full")
        check_refused(shared.stage, way, "leads to a connection pooler", "name the server itself")
