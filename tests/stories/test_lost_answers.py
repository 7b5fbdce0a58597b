"""The answer to each call of a plan with every action is lost in turn, before and after the call had its effect."""

from __future__ import annotations

import pytest

from tests.stories.conftest import Everything
from tests.stories.everything import ALLOWANCES, apply_everything

CALLS = {"POST": 5, "PUT": 13, "DELETE": 5}
EACH = [(method, number) for method, count in CALLS.items() for number in range(count)]

ROTATED = ("PUT", "/agent/6")
"""The update that carries nothing but a password, which nobody can look up."""


def test_these_are_all_calls(everything: Everything) -> None:
    """The cases below leave no mutating call of the plan out."""
    counted = {method: sum(1 for one, _ in everything.mutations if one == method) for method in CALLS}

    assert counted == CALLS


def lost(everything: Everything, method: str, number: int) -> tuple[str, str]:
    """Which call it is that is lost."""
    return [call for call in everything.mutations if call[0] == method][number]


@pytest.mark.parametrize(("method", "number"), EACH)
def test_lost_before_its_effect(everything: Everything, method: str, number: int) -> None:
    """Asked for, nothing is there: it is sent once more, and the run completes."""
    stage = everything.stage
    stage.control.fault("drop_before", method=method, skip=number)

    stage.run(*apply_everything("--parallelism", "1")).ok()

    assert len(stage.mutations()) == len(everything.mutations) + 1
    everything.check()


@pytest.mark.parametrize("method", CALLS)
def test_a_failing_server_may_have_done_it(everything: Everything, method: str) -> None:
    """A 5xx is a lost answer: what was done is not sent again, what was not is."""
    stage = everything.stage
    stage.control.fault("status", method=method, skip=1, status=502)
    stage.control.fault("status_after", method=method, skip=1, status=500)

    stage.run(*apply_everything("--parallelism", "1")).ok()

    asked = method != "DELETE"  # the second one is an alert's, which cannot be asked about
    assert len(stage.mutations()) == len(everything.mutations) + (1 if asked else 2)
    everything.check()


@pytest.mark.parametrize(("method", "number"), EACH)
def test_lost_after_its_effect(everything: Everything, method: str, number: int) -> None:
    """Asked for, it is there: nothing is sent twice but what cannot be asked about."""
    stage = everything.stage
    call = lost(everything, method, number)
    stage.control.fault("drop_after", method=method, skip=number)

    ran = stage.run(*apply_everything("--parallelism", "1"))

    if call == ("POST", "/alert"):
        settle_by_hand(everything, ran.failed("it exists already and cannot be read").text)
    else:
        ran.ok()
        repeated = call == ROTATED or call[1].startswith("/alert")
        assert len(stage.mutations()) == len(everything.mutations) + repeated
    everything.check()


def settle_by_hand(everything: Everything, told: str) -> None:
    """What the hint of an alert says: a person looks its id up, and the next run goes on."""
    stage = everything.stage
    (address,) = (str(address) for address in stage.state().unknown)
    assert f"provisioner state settle {address} --id ID" in " ".join(told.split())
    stage.run("plan", *ALLOWANCES).failed(address)
    bound = {bound.id for place, bound in stage.state().bound.items() if place.kind == "alerts"}
    (vendor_id,) = stage.control.content()["alert"].keys() - bound

    stage.run("state", "settle", address, "--id", vendor_id).ok()
    stage.apply(*ALLOWANCES).ok()


@pytest.mark.parametrize("effect", ["garbage", "truncate"])
@pytest.mark.parametrize("number", [0, 4])
def test_an_answer_that_cannot_be_read_is_a_lost_one(everything: Everything, number: int, effect: str) -> None:
    """A create whose id did not arrive is looked for, not repeated."""
    stage = everything.stage
    call = lost(everything, "POST", number)
    stage.control.fault(effect, method="POST", skip=number)

    ran = stage.run(*apply_everything("--parallelism", "1"))

    if call == ("POST", "/alert"):
        settle_by_hand(everything, ran.failed("it exists already").text)
    else:
        ran.ok()
        assert len(stage.mutations()) == len(everything.mutations)
    everything.check()


def test_a_refusal_for_being_too_fast_is_repeated(everything: Everything) -> None:
    """429: nothing was done, and nobody is asked."""
    stage = everything.stage
    for method in CALLS:
        stage.control.fault("rate_limit", method=method, skip=1, times=2, retry_after=0)

    stage.run(*apply_everything()).ok()

    assert len(stage.mutations()) == len(everything.mutations) + 6
    everything.check()


def test_lost_again_and_again(everything: Everything) -> None:
    """Given up on after some attempts, said so, and finished by the next run."""
    stage = everything.stage
    stage.control.fault("drop_before", method="POST", path="/agent", times=3)

    stage.run(*apply_everything("--parallelism", "1")).failed("answers were lost 3 times", "agents.newcomer@pbx")
    stage.apply(*ALLOWANCES).ok()

    everything.check()


def test_nobody_can_be_asked(everything: Everything) -> None:
    """The vendor is gone after a lost answer: the intent stays open, and the next run settles it."""
    stage = everything.stage
    stage.control.fault("drop_after", method="POST", path="/agent")
    stage.control.fault("status", method="GET", path="/agent/1?", status=500, times=None, skip=everything.visits)

    stage.run(*apply_everything("--parallelism", "1")).failed("run `provisioner apply` again", "newcomer")
    stage.control.clear_faults()

    assert [str(intent.address) for intent in stage.state().pending.values()] == ["agents.newcomer@pbx"]
    assert "an earlier create of agents.newcomer@pbx had no answer" in stage.run("plan", *ALLOWANCES).ok().err
    stage.apply(*ALLOWANCES).ok()
    everything.check()


def test_a_page_of_somebody_elses_is_no_answer(everything: Everything) -> None:
    """A proxy answers 200 with its own page, and nothing was done: asked for, and sent again."""
    stage = everything.stage
    page = {"status": 200, "body": "<html>Please sign in</html>", "content_type": "text/html"}
    for method in ("PUT", "DELETE"):
        stage.control.fault("status", method=method, skip=3, **page)

    stage.run(*apply_everything("--parallelism", "1")).ok()

    assert len(stage.mutations()) == len(everything.mutations) + 2
    everything.check()
