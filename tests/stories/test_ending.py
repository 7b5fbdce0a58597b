"""How a command ends that is interrupted, or whose words have no place to go: with 1, and nothing is lost."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.stories.everything import agent
from tests.stories.stage import Begun, Ran, Stage, until
from tests.stories.test_saved_plans import EDITED, PLAN, TWO, planned

PROVISIONER = [sys.executable, "-m", "provisioner.cli.main"]

READING = {
    "plan": ["plan"],
    "plan json": ["plan", "--format", "json"],
    "plan html": ["plan", "--format", "html"],
    "plan out": ["plan", "--out", PLAN],
    "drift": ["drift"],
    "drift json": ["drift", "--format", "json"],
    "export": ["export", "--connection", "pbx", "--out", "../exported"],
    "import": ["import", "agents.eve@pbx", "77"],
    "apply": ["apply", "--auto-approve"],
    "apply json": ["apply", "--auto-approve", "--json"],
    "destroy": ["destroy", "--auto-approve"],
}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
@pytest.mark.parametrize("words", READING.values(), ids=READING)
def test_interrupted_while_it_reads(stage: Stage, words: list[str], number: signal.Signals) -> None:
    """Ctrl-C, and what CI sends to end a job: 1, one line, nothing is written."""
    planned(stage, TWO, EDITED)
    (stage.folder / PLAN).unlink()
    serial = stage.state().serial
    stage.hold(method="GET")
    begun = stage.start(*words)
    until(stage.held, "a request is held back")

    begun.signal(number)

    ran = begun.wait().failed()
    assert ran.err.split("\n") == ["", "error: interrupted", ""]  # what a terminal shows as ^C has a line of its own
    assert (stage.mutations(), stage.state().serial) == ([], serial)
    assert sorted(item.name for item in stage.folder.iterdir()) == [".provisioner", "acme.yaml"]


@pytest.mark.parametrize("form", [[], ["--json"]], ids=["text", "json"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_interrupted_while_it_changes(stage: Stage, number: signal.Signals, form: list[str]) -> None:
    """What is under way is finished and saved; the plan is gone on with, and only what is missing is sent."""
    planned(stage, TWO, EDITED)
    stage.hold(method="PUT", seconds=2)
    begun = stage.start("apply", PLAN, "--parallelism", "1", *form)
    until(stage.held, "the first update is held back")

    begun.signal(number)

    begun.wait().failed("finishing the calls under way")
    assert (stage.counted(), stage.state().pending) == ({"PUT": 1}, {})
    stage.run("apply", PLAN).ok()
    assert stage.counted() == {"PUT": 2}


# --- nobody listens -----------------------------------------------------------------------------------------------

ANSWERING = {
    "validate": ["validate"],
    "plan": ["plan"],
    "plan json": ["plan", "--format", "json"],
    "plan markdown": ["plan", "--format", "markdown"],
    "plan html": ["plan", "--format", "html"],
    "show": ["show", PLAN],
    "drift": ["drift"],
    "graph": ["graph"],
    "history": ["history"],
    "list": ["state", "list"],
    "export": ["export", "--connection", "pbx", "--out", "../exported"],
    "vendors": ["vendors"],
    "explain": ["explain", "agents.email"],
    "schema": ["schema", "plan"],
    "help": ["plan", "--help"],
    "version": ["--version"],
}


def with_streams(stage: Stage, *words: str, out: str = "", err: str = "") -> Ran:
    """Runs a command line whose stdout and stderr are those files, where they are named."""
    told = {"arguments": words, "folder": str(stage.folder), "environ": stage.environ}
    beside = stage.folder.parent
    said, told_err = Path(out or beside / "said.out"), Path(err or beside / "said.err")
    pid = stage.spawner.ask({"start": {**told, "out": str(said), "err": str(told_err)}})["pid"]
    if out or err:
        code = stage.spawner.ask({"wait": pid})["code"]
        return Ran(code, "" if out else said.read_text(), "" if err else told_err.read_text())
    return Begun(stage.spawner, pid, said, told_err).wait()


@pytest.mark.parametrize("words", ANSWERING.values(), ids=ANSWERING)
def test_an_answer_that_cannot_be_delivered_is_a_failure(stage: Stage, words: list[str]) -> None:
    """The disk is full: 1, and one line says why; where that has no place either, still 1."""
    planned(stage, TWO, EDITED)

    ran = with_streams(stage, *words, out="/dev/full").failed("No space left on device")

    assert len([line for line in ran.err.splitlines() if line.startswith("error")]) == 1
    with_streams(stage, *words, out="/dev/full", err="/dev/full").failed()


def test_a_problem_that_cannot_be_told_is_one_all_the_same(stage: Stage) -> None:
    """Only stderr is full."""
    stage.write(TWO.replace("first_name", "surname"))

    with_streams(stage, "validate", err="/dev/full").failed()
    with_streams(stage, "plan", "--no-such-flag", err="/dev/full").failed()


def test_an_apply_whose_log_is_full_finishes_what_is_under_way(stage: Stage) -> None:
    """It begins nothing more of which nobody could hear, saves what is done, and goes on when it is run again."""
    many = "agents:\n" + "".join(agent(f"a{number}", str(1001 + number), f"A{number}") for number in range(12))
    planned(stage, "", many)

    ran = with_streams(stage, "apply", PLAN, "--parallelism", "1", err="/dev/full").failed()

    done = len(stage.ids())
    assert (done, stage.state().pending) == (1, {})
    assert "1 done" in ran.out
    stage.run("apply", PLAN).ok()
    assert (stage.counted(), len(stage.ids())) == ({"POST": 12}, 12)


@pytest.mark.parametrize("form", ["", "--json"])
def test_a_reader_who_goes_away(stage: Stage, form: str) -> None:
    """``apply | head -1``: what is under way is finished and saved, the exit code is 1, the rest is done next time."""
    planned(stage, "", TWO)
    command = f'"$@" --parallelism 1 {form} 2>&1 | head -c 1 >/dev/null; exit ${{PIPESTATUS[0]}}'

    ran = subprocess.run(
        ["/bin/bash", "-c", command, "bash", *PROVISIONER, "apply", PLAN],
        cwd=stage.folder,
        env=stage.environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert (ran.returncode, ran.stderr) == (1, "")
    assert stage.state().pending == {}
    stage.run("apply", PLAN).ok() if len(stage.ids()) < 2 else None
    assert stage.counted() == {"POST": 2}


@pytest.mark.parametrize(
    ("closing", "words", "code"),
    [
        ("2>&-", ["plan"], 0),
        ("2>&-", ["drift"], 0),
        ("2>&-", ["apply", PLAN], 0),
        ("2>&-", ["plan", "--no-such-flag"], 1),
        ("<&-", ["apply", PLAN], 0),
        ("<&-", ["apply"], 1),
        ("<&- 2>&-", ["apply", PLAN], 0),
        (">&-", ["apply", PLAN], 1),
        (">&- 2>&- <&-", ["plan"], 1),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else str(value),
)
def test_streams_that_are_closed(stage: Stage, closing: str, words: list[str], code: int) -> None:
    """Only stdout is needed: without it nothing is done."""
    planned(stage, TWO, EDITED)

    ran = subprocess.run(
        ["/bin/sh", "-c", f'"$@" {closing}', "sh", *PROVISIONER, *words],
        cwd=stage.folder,
        env=stage.environ,
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.returncode == code, ran.stderr
    assert "fault in provisioner" not in ran.stderr
    assert len(stage.mutations()) == (2 if (words, code) == (["apply", PLAN], 0) else 0)
