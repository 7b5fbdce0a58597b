"""A plan is saved, reviewed, and applied later: exactly that, or not at all."""

from __future__ import annotations

import json
import signal

import pytest

from tests.stories.everything import agent
from tests.stories.stage import Stage, until

PLAN = "today.plan"

NIGHT = {"extension": "502", "name": "Night shift", "type": 0}

TWO = "agents:\n" + agent("jane", "1001", "Jane") + agent("bob", "1002", "Bob")

OTHERS = (
    "queues:\n"
    '  support: {extension: "500", name: Support, type: inbound}\n'
    "alerts:\n"
    "  backlog: {queue: support, name: Backlog, type: call_queue_calls_high, threshold: 5, notification: custom, "
    'interval: 5, days: [mon], from: "08:00", to: "18:00"}\n'
)

EDITED = TWO.replace("first_name: Jane", "first_name: Janet").replace("first_name: Bob", "first_name: Rob")


def planned(stage: Stage, before: str, after: str, *options: str) -> None:
    """One applied, the other planned and saved."""
    if before:
        stage.write(before)
        stage.apply().ok()
    stage.write(after)
    stage.run("plan", "--out", PLAN, "--allow", "deletes", *options).ok()
    stage.control.reset_log()


def test_what_moved_is_refused_and_the_rest_goes_on(stage: Stage) -> None:
    """A person edited one agent in between: that one is stale, the other is done."""
    planned(stage, TWO, EDITED)
    stage.control.change("agent", stage.ids()["agents.jane@pbx"], {"firstName": "June"})

    stage.run("apply", PLAN).failed("agents.jane@pbx", "`first_name` is 'June' at the vendor, the plan saw 'Jane'")

    assert {item["firstName"] for item in stage.live("agent")} == {"June", "Rob"}
    assert len(stage.mutations()) == 1


def test_what_nobody_declares_may_move(stage: Stage) -> None:
    """An edit of another field does not make a change stale, and is not undone by the full replacement."""
    planned(stage, TWO, EDITED)
    jane = stage.ids()["agents.jane@pbx"]
    stage.control.change("agent", jane, {"language": "es"})

    stage.run("apply", PLAN).ok()

    assert (stage.control.content()["agent"][jane]["language"], len(stage.mutations())) == ("es", 2)


@pytest.mark.parametrize("meddle", ["delete", "change"])
def test_each_action_looks_again(stage: Stage, meddle: str) -> None:
    """Update, delete, undelete, create: each finds that its entity has moved, and none of them is sent."""
    before = TWO + agent("pat", "1003", "Pat") + agent("kit", "1004", "Kit")
    stage.write(before)
    stage.apply().ok()
    stage.write(before.replace(agent("kit", "1004", "Kit"), ""))
    stage.apply().ok()
    ids = stage.ids()
    kit = next(key for key, item in stage.control.content()["agent"].items() if item["number"] == "1004")
    new = '  night: {extension: "502", name: Night, type: inbound}\n'
    after = EDITED.replace(agent("bob", "1002", "Rob"), "") + agent("pat", "1003", "Pat") + agent("kit", "1004", "Kit")
    stage.write(after + agent("new", "1009", "New") + "queues:\n" + new)
    stage.run("plan", "--out", PLAN).ok()
    stage.control.reset_log()
    control = stage.control
    control.create("agent", {"number": "1009", "firstName": "Other", "password": "1234"})
    control.create("call_queue", NIGHT)
    control.undelete("agent", kit)
    if meddle == "delete":
        control.delete("agent", ids["agents.jane@pbx"])
    else:
        control.change("agent", ids["agents.jane@pbx"], {"number": "1055"})
    control.change("agent", ids["agents.bob@pbx"], {"number": "1066"})

    ran = stage.run("apply", PLAN).failed("agents.jane@pbx", "agents.bob@pbx", "agents.kit@pbx", "agents.new@pbx")

    assert ran.err.count("STALE") == 5
    assert stage.mutations() == []


def test_deleted_meanwhile_is_what_a_delete_wants(stage: Stage) -> None:
    """Somebody else did it: done, with a tombstone, and nothing is sent."""
    planned(stage, TWO, "agents:\n" + agent("jane", "1001", "Jane"))
    bob = stage.ids()["agents.bob@pbx"]
    stage.control.delete("agent", bob)

    stage.run("apply", PLAN).ok()

    assert stage.mutations() == []
    assert {str(place): stone.id for place, stone in stage.state().tombstones.items()} == {"agents.bob@pbx": bob}


def test_what_needs_the_stale_one_is_skipped(stage: Stage) -> None:
    """The queue exists by now, so its alert is not made either; the agents are."""
    planned(stage, "", TWO + OTHERS)
    stage.control.create("call_queue", {**NIGHT, "extension": "500"})

    stage.run("apply", PLAN).failed("`500` exists at the vendor by now", "needs `queues.support@pbx`")

    assert stage.counted() == {"POST": 2}


def test_a_plan_is_spent_once_it_completed(stage: Stage) -> None:
    """Applied again it is refused, before anything is asked."""
    planned(stage, "", TWO)
    stage.run("apply", PLAN).ok()

    stage.run("apply", PLAN).failed("it is spent")

    assert stage.counted() == {"POST": 2}


def test_an_interrupted_plan_is_resumed(stage: Stage) -> None:
    """Killed in the middle, it goes on where it was; after another run in between it is refused."""
    planned(stage, "", TWO)
    stage.hold(method="POST")
    begun = stage.start("apply", PLAN, "--parallelism", "1")
    until(stage.held, "the first create is held back")
    begun.signal(signal.SIGKILL)
    begun.wait()
    stage.control.clear_faults()

    told = json.loads(stage.run("apply", PLAN, "--json").ok().out.splitlines()[-1])

    assert (told["completed"], told["counts"]["done"], stage.counted()) == (True, 2, {"POST": 2})


def test_another_run_in_between_makes_it_stale(stage: Stage) -> None:
    """What failed is not resumed once somebody else has applied."""
    planned(stage, TWO, EDITED)
    stage.control.fault("status", method="PUT", status=400)
    stage.run("apply", PLAN).failed("agents")
    stage.apply().ok()

    stage.run("apply", PLAN).failed("the plan is stale: it was made from serial")


def test_a_failed_plan_can_be_applied_again(stage: Stage) -> None:
    """Only what failed is done again."""
    planned(stage, TWO, EDITED)
    stage.control.fault("status", method="PUT", status=400, body='{"errors": []}')
    stage.run("apply", PLAN).failed("agents", "400")

    stage.run("apply", PLAN).ok()

    assert {item["firstName"] for item in stage.live("agent")} == {"Janet", "Rob"}
    assert len(stage.mutations()) == 3


def test_of_another_state(stage: Stage) -> None:
    """The folder's record is another one: refused."""
    planned(stage, TWO, EDITED)
    for path in (stage.folder / ".provisioner").iterdir():
        path.unlink()
    stage.write(TWO)
    stage.apply().ok()
    stage.write(EDITED)

    stage.run("apply", PLAN).failed("the plan was made from another state")


def test_manifests_changed(stage: Stage) -> None:
    """What was reviewed is not what is declared now; a comment is no change."""
    planned(stage, TWO, EDITED)
    stage.write(EDITED + agent("more", "1003", "More"))
    stage.run("apply", PLAN).failed("the manifests have changed since the plan was made")
    stage.write(EDITED + "# a comment\n")

    stage.run("apply", PLAN).ok()


def test_a_tampered_plan(stage: Stage) -> None:
    """One byte differs: refused."""
    planned(stage, TWO, EDITED)
    path = stage.folder / PLAN
    path.write_text(path.read_text().replace("Janet", "Jenny"))

    stage.run("apply", PLAN).failed("its digest does not match")

    assert stage.mutations() == []


def test_a_refused_plan(stage: Stage) -> None:
    """A guard held it: the file says so, and apply does not touch it."""
    many = "agents:\n" + "".join(agent(f"a{number}", str(1001 + number), f"A{number}") for number in range(5))
    stage.write(many)
    stage.apply().ok()
    stage.write("agents:\n" + agent("a0", "1001", "A0"))
    stage.run("plan", "--out", PLAN).failed("guard deletes")

    stage.run("apply", PLAN).failed("the plan is marked refused")
