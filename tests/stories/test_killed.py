"""The process is killed anywhere in a saved plan with every action in it; applying that plan again finishes it."""

from __future__ import annotations

import signal

import pytest

from tests.state.faults import FullDisk
from tests.stories.conftest import Everything
from tests.stories.dying import RUN, apply_and_die, apply_on, moments
from tests.stories.everything import PLAN, agent
from tests.stories.stage import Ran, Stage, until
from tests.stories.test_lost_answers import EACH

DEATHS = 20
"""Into how many parts the journal's writes are cut, to die once in each."""


@pytest.fixture(scope="session")
def steps(_everything: Everything) -> int:
    """How many steps on the disk the whole plan takes."""
    return moments(_everything.again())


def go_on(stage: Stage) -> Ran:
    """Applies the plan again; alerts whose create nobody can tell the end of are looked up by a person."""
    ran = stage.run("apply", PLAN)
    while unknown := sorted(str(address) for address in stage.state().unknown):
        ran.failed("it exists already and cannot be read")
        for address in unknown:
            stage.run("state", "settle", address, "--id", alert_id(stage, address)).ok()
        ran = stage.run("apply", PLAN)
    return ran.ok()


def alert_id(stage: Stage, address: str) -> str:
    """What a person finds in the portal under the alert's name."""
    name = address.partition(".")[2].partition("@")[0].capitalize()
    return next(key for key, item in stage.control.content()["alert"].items() if item["name"] == name)


@pytest.mark.parametrize(("method", "number"), EACH)
def test_killed_while_an_answer_is_on_its_way(everything: Everything, method: str, number: int) -> None:
    """The call has had its effect, and nobody heard of it; others may be anywhere."""
    stage = everything.stage
    stage.hold(method=method, skip=number)
    begun = stage.start("apply", PLAN)
    until(stage.held, "a call is held back")

    begun.signal(signal.SIGKILL)

    assert begun.wait().code == -signal.SIGKILL
    stage.control.clear_faults()
    go_on(stage)
    everything.check()


@pytest.mark.parametrize("part", range(DEATHS))
def test_dead_at_a_point_of_the_journal(everything: Everything, steps: int, part: int) -> None:
    """Before and after each write and each sync, also in the middle of a write: between intent, call and outcome."""
    stage = everything.stage

    died = apply_and_die(stage, 1 + part * (steps - 1) // DEATHS)

    assert died
    last = stage.state().last_run
    if last is None or last.id != RUN or not last.completed:
        go_on(stage)
    everything.check()


@pytest.mark.parametrize("room", [3_000, 9_000])
def test_the_disk_is_full(everything: Everything, room: int) -> None:
    """The run ends where nothing can be recorded any more; with room again, the plan goes on from there."""
    stage = everything.stage

    full = apply_on(stage, FullDisk(room))

    assert full
    last = stage.state().last_run
    assert last is not None
    assert last.id != RUN or (last.completed, last.finished) == (False, "")
    go_on(stage)
    everything.check()


def test_killed_twice(everything: Everything) -> None:
    """The run that takes it up is killed, too."""
    stage = everything.stage
    for _ in range(3):
        stage.control.clear_faults()
        stage.hold(method="PUT", skip=1)
        begun = stage.start("apply", PLAN)
        until(stage.held, "a call is held back")
        begun.signal(signal.SIGKILL)
        begun.wait()
    stage.control.clear_faults()

    go_on(stage)

    everything.check()


def test_killed_among_two_hundred_creates(stage: Stage) -> None:
    """Run again, there are 200 agents, and none is there twice."""
    agents = "".join(agent(f"a{number}", str(2000 + number), f"A{number}") for number in range(200))
    stage.write("agents:\n" + agents)
    stage.hold(method="POST", skip=90)
    begun = stage.start("apply", "--auto-approve")
    until(stage.held, "the 91st create is held back")

    begun.signal(signal.SIGKILL)
    begun.wait()
    stage.control.clear_faults()
    made = len(stage.live("agent"))
    stage.control.reset_log()
    stage.apply().ok()

    assert 91 <= made < 200
    assert stage.counted() == {"POST": 200 - made}
    assert len(stage.control.content()["agent"]) == 200
    assert len({item["number"] for item in stage.live("agent")}) == 200
    assert len(stage.ids()) == 200
