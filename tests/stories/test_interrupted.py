"""Somebody presses Ctrl-C, once or twice, or starts a second apply."""

from __future__ import annotations

import json
import signal

from tests.stories.everything import agent
from tests.stories.stage import Begun, Stage, until

AGENTS = "agents:\n" + "".join(agent(f"a{number}", str(1001 + number), f"A{number}") for number in range(12))


def holding(stage: Stage, seconds: float) -> Begun:
    """An apply of twelve creates, the third of which is kept waiting for its answer."""
    stage.write(AGENTS)
    stage.hold(method="POST", skip=2, seconds=seconds)
    begun = stage.start("apply", "--auto-approve", "--parallelism", "1", "--json")
    until(stage.held, "the third create is held back")
    return begun


def test_once(stage: Stage) -> None:
    """What is under way is finished and saved, nothing more is begun, and the next run does the rest."""
    begun = holding(stage, seconds=3)

    begun.signal(signal.SIGINT)

    told = json.loads(begun.wait().failed("finishing the calls under way").out.splitlines()[-1])
    assert (told["interrupted"], told["counts"]["done"], told["counts"]["skipped"]) == (True, 3, 9)
    assert (stage.state().pending, len(stage.ids())) == ({}, 3)
    stage.apply().ok()
    assert (stage.counted(), len(stage.ids())) == ({"POST": 12}, 12)


def test_twice(stage: Stage) -> None:
    """It stops at once, says what nobody can tell, and the next run asks before it goes on."""
    begun = holding(stage, seconds=60)
    begun.signal(signal.SIGINT)
    until(lambda: "Interrupted" in begun.err.read_text(), "it has heard the first one")

    begun.signal(signal.SIGINT)

    told = json.loads(begun.wait().failed().out.splitlines()[-1])
    stage.control.clear_faults()
    assert (told["interrupted"], told["counts"]["done"], told["counts"]["failed"]) == (True, 2, 1)
    assert [item["message"] for item in told["changes"] if item["status"] == "failed"] == [
        "stopped while it was under way: nobody can tell yet what became of it"
    ]
    assert len(stage.state().pending) == 1
    stage.apply().ok()
    assert (stage.counted(), len(stage.ids()), stage.state().pending) == ({"POST": 12}, 12, {})


def test_two_at_once(stage: Stage) -> None:
    """The second one says who is at work, and does nothing."""
    begun = holding(stage, seconds=3)

    ran = stage.apply()

    ran.failed("the state is locked by", f"process {begun.pid}", "provisioner apply --auto-approve")
    stage.run("plan").failed("the state is locked by")
    begun.wait().ok()
    assert stage.counted() == {"POST": 12}


def test_the_second_one_may_wait(stage: Stage) -> None:
    """With ``--lock-timeout`` it goes on when the first one has ended."""
    begun = holding(stage, seconds=2)

    second = stage.start("apply", "--auto-approve", "--lock-timeout", "60")

    begun.wait().ok()
    second.wait().ok()
    assert stage.counted() == {"POST": 12}


def test_the_stream_of_events(stage: Stage) -> None:
    """What is planned comes first; each change begins and ends once, and the report is the last line."""
    stage.write(AGENTS)

    lines = [json.loads(line) for line in stage.apply("--json").ok().out.splitlines()]

    ended = [line["key"] for line in lines if line["type"] == "change_ended"]
    assert sorted(ended) == sorted({line["key"] for line in lines if line["type"] == "change_started"})
    assert {line["action"] for line in lines if line["type"] == "change_ended"} == {"create"}
    assert [line["type"] for line in lines[:2]] == ["planned", "run_started"]
    assert (len(ended), lines[0]["summary"]["create"], lines[-1]["type"]) == (12, 12, "report")


def test_the_stream_of_a_refused_plan(stage: Stage) -> None:
    """Also where nothing is done, a program reads on stdout what was planned and how it ended."""
    stage.write(AGENTS)
    stage.control.fault("status", method="GET", status=500, times=None)

    ran = stage.apply("--json")

    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert ran.code == 1
    assert [line["type"] for line in lines] == ["planned", "report"]
    assert (lines[0]["refused"], lines[1]["completed"]) == (True, False)
