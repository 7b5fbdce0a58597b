"""What happens to people, queues and numbers over the months, told from the command line."""

from __future__ import annotations

from tests.stories.everything import ALERT, ALLOWANCES, SUPERVISORS, agent
from tests.stories.stage import Stage

JANE, BOB = agent("jane", "1001", "Jane"), agent("bob", "1002", "Bob")
QUEUE = 'queues:\n  support: {extension: "500", name: Support, type: inbound}\n'


def test_an_agent_leaves_and_returns(stage: Stage) -> None:
    """Deleted and declared again, it is the same record, with the PIN of now."""
    stage.write("agents:\n" + JANE + BOB)
    stage.apply().ok()
    ids = stage.ids()
    stage.write("agents:\n" + BOB)
    stage.apply().ok()
    stage.environ["PIN"] = "5678"
    stage.write("agents:\n" + JANE + BOB)

    stage.apply().ok()

    assert stage.ids() == ids
    assert stage.control.content(reveal=True)["agent"][ids["agents.jane@pbx"]]["password"] == "5678"
    assert stage.run("plan").ok().out.startswith("No changes")


def test_a_leavers_number_goes_to_a_newcomer(stage: Stage) -> None:
    """The record of the leaver stays hers: the newcomer is a new one."""
    stage.write("agents:\n" + JANE + BOB)
    stage.apply().ok()
    jane = stage.ids()["agents.jane@pbx"]
    stage.write("agents:\n" + agent("newcomer", "1001", "New") + BOB)

    stage.apply().ok()

    assert stage.ids()["agents.newcomer@pbx"] != jane
    assert stage.control.content()["agent"][jane]["deleted"]
    assert stage.control.content()["agent"][jane]["firstName"] == "Jane"


def test_two_agents_swap_their_numbers(stage: Stage) -> None:
    """One waits on a free value for a moment; three updates in all."""
    stage.write("agents:\n" + JANE + BOB)
    stage.apply().ok()
    stage.control.reset_log()
    stage.write("agents:\n" + agent("jane", "1002", "Jane") + agent("bob", "1001", "Bob"))

    stage.apply().ok()

    assert {item["firstName"]: item["number"] for item in stage.live("agent")} == {"Jane": "1002", "Bob": "1001"}
    assert stage.counted() == {"PUT": 3}


def test_a_swap_that_cannot_be_completed(stage: Stage) -> None:
    """The other one cannot take the number: who waits for it gets the old one back, and the summary says so."""
    stage.write("agents:\n" + JANE + BOB)
    stage.apply().ok()
    ids = stage.ids()
    stage.write("agents:\n" + agent("jane", "1002", "Jane") + agent("bob", "1001", "Bob"))
    stage.control.fault("status", method="PUT", path=f"/agent/{ids['agents.jane@pbx']}", status=400)

    stage.apply().failed("its old value was given back", "agents.jane@pbx")

    assert {item["firstName"]: item["number"] for item in stage.live("agent")} == {"Jane": "1001", "Bob": "1002"}
    assert stage.state().parked == {}
    stage.apply().ok()
    assert {item["firstName"]: item["number"] for item in stage.live("agent")} == {"Jane": "1002", "Bob": "1001"}


def test_a_swap_whose_old_number_is_gone(stage: Stage) -> None:
    """The number was taken by the other one already: left parked, first thing in the summary, done by the next run."""
    stage.write("agents:\n" + JANE + BOB)
    stage.apply().ok()
    ids = stage.ids()
    stage.write("agents:\n" + agent("jane", "1002", "Jane") + agent("bob", "1001", "Bob"))
    stage.control.fault("status", method="PUT", path=f"/agent/{ids['agents.bob@pbx']}", status=400, skip=1)

    ran = stage.apply().failed('`agents.bob@pbx` is left on a temporary value: its `number` is "99999"')

    assert ran.out.index("temporary value") < ran.out.index("Applied:")
    assert [str(address) for address in stage.state().parked] == ["agents.bob@pbx"]
    stage.apply().ok()
    assert {item["firstName"]: item["number"] for item in stage.live("agent")} == {"Jane": "1002", "Bob": "1001"}
    assert stage.state().parked == {}


def test_two_alerts_swap_their_names(stage: Stage) -> None:
    """Also where nothing can be read."""
    alerts = (
        SUPERVISORS + QUEUE + "alerts:\n" + ALERT % ("one", "sam", "Loud", 10) + ALERT % ("two", "sam", "Quiet", 20)
    )
    stage.write(alerts)
    stage.apply().ok()
    swapped = alerts.replace("Loud", "X").replace("Quiet", "Loud").replace("name: X", "name: Quiet")
    stage.write(swapped)

    stage.apply().ok()

    assert {item["threshold"]: item["name"] for item in stage.live("alert")} == {10: "Quiet", 20: "Loud"}
    assert stage.run("plan").ok().out.startswith("No changes")


def test_a_queue_comes_back(stage: Stage) -> None:
    """The vendor keeps its number: it is undeleted, then changed."""
    stage.write(QUEUE)
    stage.apply().ok()
    stage.write("")
    stage.apply().ok()
    stage.control.reset_log()
    stage.write(QUEUE.replace("Support", "Help"))

    stage.apply().ok()

    assert [item["name"] for item in stage.live("call_queue")] == ["Help"]
    assert stage.counted() == {"PUT": 2}


def test_a_supervisor_is_replaced_with_its_alerts(stage: Stage) -> None:
    """An alert cannot change its supervisor: it goes first, and comes after."""
    stage.write(SUPERVISORS + QUEUE + "alerts:\n" + ALERT % ("kims", "kim", "Kims", 10))
    stage.apply().ok()
    before = stage.ids()
    stage.control.reset_log()

    stage.apply("--replace", "supervisors.kim@pbx", *ALLOWANCES).ok()

    kim = stage.ids()["supervisors.kim@pbx"]
    assert kim != before["supervisors.kim@pbx"]
    assert [str(item["user"]) for item in stage.live("alert")] == [kim]
    assert stage.counted() == {"DELETE": 2, "POST": 2}


def test_a_value_is_taken_by_a_stranger(stage: Stage) -> None:
    """The vendor's refusal is explained with whoever holds the value."""
    stage.write("agents:\n" + JANE)
    stage.run("plan", "--out", "it.plan").ok()
    stage.control.create(
        "agent", {"number": "1009", "firstName": "Zoe", "emailAddress": "jane@acme.example", "password": "1234"}
    )

    stage.run("apply", "it.plan").failed("`email` 'jane@acme.example' is held by the active id 1 (1009 Zoe")


def test_everything_goes(stage: Stage) -> None:
    """Destroy ends with nothing managed and nothing live."""
    stage.write(SUPERVISORS + "agents:\n" + JANE + QUEUE + "alerts:\n" + ALERT % ("kims", "kim", "Kims", 10))
    stage.apply().ok()

    stage.run("destroy", "--auto-approve").ok()

    assert stage.ids() == {}
    assert [kind for kind in ("agent", "supervisor", "call_queue", "alert") if stage.live(kind)] == []
