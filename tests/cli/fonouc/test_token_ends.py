"""FonoUC's tokens end while an apply is at work: one more log-in, the refused request once more, and no loop."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.cli.fonouc.test_logged_in import ANA_AND_BOB, STATUS, Desk
from tests.stories.stage import until

LOG_IN, ENDED = "POST /login", "Authentication token is invalid"


@pytest.fixture
def desk(acme: Tenant, portal: Control) -> Desk:
    """Both members are asked to be logged in."""
    return Desk(acme, portal, ANA_AND_BOB)


def sent(portal: Control) -> list[str]:
    """The requests in the order in which they came."""
    return [f"{entry['method']} {entry['path']}" for entry in portal.log()]


def end_the_tokens(portal: Control) -> None:
    """Nobody is logged in to FonoUC any more, as soon as an answer is held back."""
    until(lambda: any(rule["fired"] for rule in portal.faults()), "an answer is held back")
    portal.settings(tokens={})


def test_a_token_that_ends_between_plan_and_change(desk: Desk) -> None:
    """The change that is refused is sent once more after one log-in, and those after it need none."""
    desk.portal.fault("slow", path=STATUS.removeprefix("GET "), skip=1, seconds=1)
    with ThreadPoolExecutor(1) as person:
        ended = person.submit(end_the_tokens, desk.portal)
        ran = desk.apply()
        ended.result()

    first, second = (f"PUT /callcenter/admin/agent/{user}/login" for user in sorted([desk.ana, desk.bob]))
    asked = sent(desk.portal)
    assert ran.code == 0, ran.out + ran.err
    assert asked[asked.index(first) :][:4] == [first, LOG_IN, first, second]
    assert asked.count(LOG_IN) == 2
    assert desk.logged_in == sorted([desk.ana, desk.bob])


def test_a_change_that_every_token_is_refused_for(desk: Desk) -> None:
    """It is sent twice and no more, after one log-in more; the run ends with 1 and the record claims nothing."""
    path = "/callcenter/admin/agent/*/login"
    desk.portal.fault("status", path=path, status=401, body=ENDED, times=None)

    ran = desk.apply()

    assert ran.code == 1
    assert ENDED in " ".join((ran.out + ran.err).split())
    assert sent(desk.portal).count(LOG_IN) == 2
    first = f"PUT /callcenter/admin/agent/{min(desk.ana, desk.bob)}/login"
    assert desk.writes() == [first, first]
    assert desk.logged_in == []
    desk.portal.clear_faults()
    assert desk.change()["action"] == "update"


def test_a_log_in_that_is_refused_in_the_middle(desk: Desk) -> None:
    """Somebody changed the password meanwhile: nothing is sent again."""
    desk.portal.fault("status", path="/callcenter/admin/agent/*/login", status=401, body=ENDED, times=1)
    desk.portal.fault("status", path="/login", skip=1, status=401, body="Invalid credentials", times=None)

    ran = desk.apply()

    assert ran.code == 1
    assert sent(desk.portal).count(LOG_IN) == 2
    assert len(desk.writes()) == 1
    assert desk.logged_in == []
