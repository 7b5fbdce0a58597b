"""Unique values that go round in a ring, told from the command line: what is sent, what a failure and a kill leave."""

from __future__ import annotations

import signal
from collections.abc import Mapping
from typing import Any

import pytest

from tests.stories.everything import agent
from tests.stories.stage import Stage, until

BEFORE = {"ann": "1001", "bob": "1002", "cyd": "1003"}
AFTER = {"ann": "1002", "bob": "1003", "cyd": "1001"}
TWO_RINGS = {**AFTER, "dan": "1005", "eve": "1004"}


def agents(numbers: Mapping[str, str]) -> str:
    return "agents:\n" + "".join(agent(key, number, key.capitalize()) for key, number in numbers.items())


def with_mails(mails: Mapping[str, str]) -> str:
    lines = (agent(key, BEFORE[key], key.capitalize(), email=f"{mail}@acme.example") for key, mail in mails.items())
    return "agents:\n" + "".join(lines)


def extensions(names: Mapping[str, str]) -> str:
    lines = (
        f'  {key}: {{extension: "{key[1:]}", name: {name}, sip: {{secret: {{from_env: SAM_PASSWORD}}}}}}\n'
        for key, name in names.items()
    )
    return "extensions:\n" + "".join(lines)


def held_by(stage: Stage, attribute: str, kind: str = "agent", name: str = "firstName") -> dict[str, Any]:
    """Who has which value, by what else tells them apart."""
    return {item[name]: item[attribute] for item in stage.live(kind)}


def capitalised(numbers: Mapping[str, str]) -> dict[str, str]:
    return {key.capitalize(): number for key, number in numbers.items()}


def sent(stage: Stage) -> list[Any]:
    """What the changes carried, in the vendor's names."""
    return [entry["data"] for entry in stage.control.log() if entry["method"] == "PUT"]


@pytest.fixture
def ring(stage: Stage) -> Stage:
    """Three agents who are about to hand their numbers round."""
    stage.write(agents(BEFORE))
    stage.apply().ok()
    stage.write(agents(AFTER))
    stage.control.reset_log()
    return stage


# --- failure ------------------------------------------------------------------------------------------------------


def test_the_second_of_a_ring_is_refused(ring: Stage) -> None:
    """The one who waits on a free number has its old one back; nobody is changed, and the next run does it all."""
    ring.control.fault("status", method="PUT", status=400, skip=1, times=1)

    ring.apply().failed("has its old value back, since the exchange could not be completed")

    assert held_by(ring, "number") == capitalised(BEFORE)
    assert ring.state().parked == {}
    ring.apply().ok()
    assert held_by(ring, "number") == capitalised(AFTER)


def test_the_third_of_a_ring_is_refused(ring: Stage) -> None:
    """The old number of the one who waits is gone by then: said before anything else, and done by the next run."""
    ring.control.fault("status", method="PUT", status=400, skip=2, times=1)

    ran = ring.apply().failed("is left on a temporary value")

    assert ran.out.index("temporary value") < ran.out.index("Applied:")
    ring.apply().ok()
    assert held_by(ring, "number") == capitalised(AFTER)
    assert ring.state().parked == {}


def test_a_ring_is_refused_whole(ring: Stage) -> None:
    """Somebody edits one of them after the plan: not a single request is sent, and the next plan goes through."""
    ids = ring.ids()
    ring.run("plan", "--out", "ring.plan").ok()
    for key in ("ann", "bob", "cyd"):
        ring.control.change("agent", ids[f"agents.{key}@pbx"], {"firstName": "Mended"})
        ring.control.reset_log()

        ring.run("apply", "ring.plan").failed("`first_name` is 'Mended' at the vendor")

        assert ring.mutations() == []
        ring.control.change("agent", ids[f"agents.{key}@pbx"], {"firstName": key.capitalize()})
    ring.apply().ok()
    assert held_by(ring, "number") == capitalised(AFTER)


# --- what is put on a field meanwhile -----------------------------------------------------------------------------


def test_an_e_mail_is_cleared_for_a_moment(stage: Stage) -> None:
    """A field that may be empty waits on nothing, so that no mail goes to an invented address."""
    stage.write(with_mails({"ann": "a", "bob": "b", "cyd": "c"}))
    stage.apply().ok()
    stage.write(with_mails({"ann": "b", "bob": "c", "cyd": "a"}))
    stage.control.reset_log()

    stage.apply().ok()

    mails = [body["emailAddress"] for body in sent(stage)]
    assert mails[0] is None
    assert len(mails) == 4
    assert None not in mails[1:]
    assert held_by(stage, "emailAddress") == {
        "Ann": "b@acme.example",
        "Bob": "c@acme.example",
        "Cyd": "a@acme.example",
    }


def test_a_failure_leaves_nobody_without_an_e_mail(stage: Stage) -> None:
    """What was cleared in vain is put back."""
    stage.write(with_mails({"ann": "a", "bob": "b"}))
    stage.apply().ok()
    stage.write(with_mails({"ann": "b", "bob": "a"}))
    stage.control.fault("status", method="PUT", status=400, skip=1, times=1)

    stage.apply().failed("has its old value back")

    assert held_by(stage, "emailAddress") == {"Ann": "a@acme.example", "Bob": "b@acme.example"}
    stage.apply().ok()
    assert held_by(stage, "emailAddress") == {"Ann": "b@acme.example", "Bob": "a@acme.example"}


@pytest.mark.parametrize(("refused", "times"), [(None, [3, 2]), (1, [3, 1])])
def test_a_phone_keeps_its_secret_all_the_way(stage: Stage, refused: int | None, times: list[int]) -> None:
    """EQ blanks what a replacement leaves out: parking, its end and its taking back carry the secret."""
    stage.write(extensions({"x701": "One", "x702": "Two"}))
    stage.apply().ok()
    stage.write(extensions({"x701": "Two", "x702": "One"}))
    stage.control.reset_log()
    if refused is not None:
        stage.control.fault("status", method="PUT", status=400, skip=refused, times=1)

    ran = stage.apply()

    assert ran.code == (0 if refused is None else 1)
    there = stage.control.content(reveal=True)["extension"].values()
    assert [item["sip"]["secret"] for item in there] == ["sampass1", "sampass1"]
    assert [item["name"] for item in there] == (["Two", "One"] if refused is None else ["One", "Two"])
    assert [item["sip"]["secret"]["changes"] for item in stage.live("extension")] == times


# --- numbers that are ids -----------------------------------------------------------------------------------------


def numbered(kind: str, more: str, **numbers: str) -> str:
    return f"{kind}:\n" + "".join(
        f'  {key}: {{extension: "{number}", name: {key}{more}}}\n' for key, number in numbers.items()
    )


@pytest.mark.parametrize(("kind", "more"), [("queues", ", type: inbound"), ("extensions", "")])
def test_numbers_that_are_ids_are_not_exchanged(stage: Stage, kind: str, more: str) -> None:
    """Nothing is deleted for it: the hint says to exchange everything else."""
    stage.write(numbered(kind, more, one="701", two="702"))
    stage.apply().ok()
    stage.control.reset_log()
    stage.write(numbered(kind, more, one="702", two="701"))

    stage.apply().failed("exchange their other fields instead")

    assert stage.mutations() == []


def test_an_extensions_number_goes_on_to_another(stage: Stage) -> None:
    """Nothing is left of a deleted extension: both are deleted, then both are made."""
    stage.write(numbered("extensions", "", one="701", two="702"))
    stage.apply().ok()
    stage.control.reset_log()
    stage.write(numbered("extensions", "", one="702", two="703"))

    stage.apply("--allow", "deletes").ok()

    assert held_by(stage, "extension", "extension", "name") == {"one": "702", "two": "703"}
    calls = stage.mutations()
    assert calls.index(("DELETE", "/extension/702")) < calls.index(("POST", "/extension"))


def test_a_queues_number_does_not_go_on_to_another(stage: Stage) -> None:
    """EQ keeps the number for the deleted queue: a conflict, and the rest can be done without it."""
    stage.write(numbered("queues", ", type: inbound", one="701", two="702"))
    stage.apply().ok()
    stage.write(numbered("queues", ", type: inbound", one="702", two="703"))

    stage.run("plan").failed("the vendor keeps it; exchange their other fields instead")


# --- kills --------------------------------------------------------------------------------------------------------


def kill_at(stage: Stage, number: int) -> None:
    """Kills an apply while the answer to its change of that number is on its way."""
    stage.hold(method="PUT", skip=number)
    begun = stage.start("apply", "--auto-approve")
    until(stage.held, "a call is held back")
    begun.signal(signal.SIGKILL)
    assert begun.wait().code == -signal.SIGKILL
    stage.control.clear_faults()


@pytest.mark.parametrize("points", [(0,), (2,), (5,), (1, 1, 0)])
def test_killed_among_two_rings(stage: Stage, points: tuple[int, ...]) -> None:
    """However often: the same end, nobody on a temporary number, no change sent twice, nothing refused."""
    stage.write(agents({**BEFORE, "dan": "1004", "eve": "1005"}))
    stage.apply().ok()
    stage.write(agents(TWO_RINGS))
    ids = stage.ids()
    stage.control.reset_log()

    for point in points:
        kill_at(stage, point)
    stage.apply().ok()

    assert held_by(stage, "number") == capitalised(TWO_RINGS)
    assert (stage.ids(), stage.state().parked) == (ids, {})
    assert stage.counted() == {"PUT": 5 + 2}
    assert [entry["status"] for entry in stage.control.log() if entry["status"] == 400] == []
    assert stage.run("plan").ok().out.startswith("No changes")
