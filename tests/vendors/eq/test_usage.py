"""What EQ's licence and its lists of sessions and calls are taken to say, and what they are not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from provisioner.errors import VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Request
from provisioner.vendors.usage import Licence
from tests.vendors.eq.playing import absent, adapter, ok, read, session

LICENSED = {"supervisors": 5, "agents": 25, "callQueues": None, "expires": 1924992000}
COUNTED = {"supervisors": 2, "agents": 11, "callQueues": 3}


def licences(allowed: Answer, counted: Answer, **settings: Any) -> dict[str, Licence]:
    return dict(read(session(**settings).licences(), allowed, counted))


def ids(*numbers: str) -> list[VendorId]:
    return [VendorId(number) for number in numbers]


def in_use(kind: str, asked: Sequence[VendorId], *answers: Answer, **settings: Any) -> dict[str, str]:
    return dict(read(adapter(kind, **settings).in_use(asked), *answers))


# --- licence ------------------------------------------------------------------------------------------------------


def test_limits_and_counts_go_together_by_name() -> None:
    """Null is without limit; what is neither a limit nor counted is not spoken of."""
    assert licences(ok(LICENSED), ok(COUNTED)) == {
        "supervisors": Licence(5, 2),
        "agents": Licence(25, 11),
        "callQueues": Licence(None, 3),
    }


@pytest.mark.parametrize("odd", ["25", 25.5, True, -1, [25], {}])
def test_what_is_no_number_of_seats_is_not_reported(odd: object) -> None:
    """Neither as a limit nor as a count."""
    limit = licences(ok({**LICENSED, "agents": odd}), ok(COUNTED))
    count = licences(ok(LICENSED), ok({**COUNTED, "agents": odd}))

    assert ("agents" in limit, count["agents"]) == (False, Licence(25, None))


def test_a_name_that_is_missing_is_not_without_limit() -> None:
    assert licences(ok({"agents": 25}), ok({})) == {"agents": Licence(25, None)}


def test_a_system_without_the_calls_reports_nothing() -> None:
    assert licences(absent(), ok(COUNTED)) == licences(Answer(404, "<html>"), Answer(404)) == {}
    assert licences(ok({"agents": 25}), absent()) == {"agents": Licence(25, None)}


@pytest.mark.parametrize("body", ["", "<html>", "[]", "null", "25"])
def test_a_licence_that_is_no_object_is_a_failure(body: str) -> None:
    with pytest.raises(VendorFailed, match="the answer to GET /license cannot be used: it is not"):
        licences(Answer(200, body), ok(COUNTED))
    with pytest.raises(VendorFailed, match="the answer to GET /license_usage cannot be used: it is not"):
        licences(ok(LICENSED), Answer(200, body))


def test_the_names_of_a_licence_can_be_set() -> None:
    """For both objects; in an envelope, too. The scan counts by the same name."""
    given = {"shapes": {"license": {"agents": "agentSeats"}}}
    wrapped = licences(
        ok({"data": {"agentSeats": 9}}), ok({"data": {"agentSeats": 8}}), response_envelope="data", **given
    )

    assert wrapped == {"agents": Licence(9, 8)}
    assert adapter("agents", **given).counted(ok({"agentSeats": 7, "agents": 1})) == 7


# --- in use -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "path"), [("agents", "/active_agent_sessions"), ("supervisors", "/active_supervisor_sessions")]
)
def test_people_are_in_use_while_they_are_signed_in(kind: str, path: str) -> None:
    """One question for all of them; who was not asked about is not told."""
    (request,) = next(adapter(kind).in_use(ids("11", "12", "13")))
    sessions = [{"user": 12, "extension": "101"}, {"user": "13", "extension": None}, {"user": 99}]

    assert request == Request("GET", path)
    assert in_use(kind, ids("11", "12", "13"), ok(sessions)) == {
        "12": "signed in at extension 101",
        "13": "signed in",
    }


@pytest.mark.parametrize("nameless", [{"extension": "101"}, {"user": None}, {"user": " "}, "x", 7])
def test_a_session_of_nobody_known_may_be_anybodys(nameless: object) -> None:
    """Whoever is named keeps the better words."""
    found = in_use("agents", ids("11", "12"), ok([nameless, {"user": 12}]))

    assert found == {"11": "somebody is signed in, and EQ does not say who", "12": "signed in"}


def test_a_queue_is_in_use_while_callers_wait() -> None:
    """A question for each; a call of another queue does not count, one that names none does."""
    batch = next(adapter("queues").in_use(ids("500", "501", "502")))
    answers = [ok([{"queue": "500"}, {"queue": 500}, {"queue": "501"}]), ok([{}]), ok([{"queue": "500"}])]

    assert [(request.path, request.query) for request in batch] == [
        ("/queued_calls", (("queue", number),)) for number in ("500", "501", "502")
    ]
    assert in_use("queues", ids("500", "501", "502"), *answers) == {
        "500": "2 callers are waiting",
        "501": "1 caller is waiting",
    }


def test_an_extension_is_in_use_while_there_is_any_call() -> None:
    (request, _) = next(adapter("extensions").in_use(ids("101", "102")))

    assert (request.path, request.query) == ("/active_calls", (("extension", "101"),))
    assert in_use("extensions", ids("101", "102"), ok([]), ok([None])) == {"102": "on a call"}


@pytest.mark.parametrize("kind", ["agents", "supervisors", "queues", "extensions"])
@pytest.mark.parametrize("body", ["", "<html>", "{}", "null", '"none"'])
def test_what_is_no_list_is_a_failure(kind: str, body: str) -> None:
    """It does not say that nobody is there."""
    with pytest.raises(VendorFailed, match="cannot be used: it is not"):
        in_use(kind, ids("12"), Answer(200, body))


def test_the_names_of_sessions_and_calls_can_be_set() -> None:
    given = {"shapes": {"session": {"user": "id", "extension": "at"}, "queued_call": {"queue": "number"}}}

    assert in_use("agents", ids("12"), ok([{"id": 12, "at": "7", "user": 99}]), **given) == {
        "12": "signed in at extension 7"
    }
    assert in_use("queues", ids("500"), ok([{"number": "501", "queue": "500"}]), **given) == {}


def test_paths_of_the_questions_can_be_set() -> None:
    paths = {"license": "/licence", "queued_calls": "/waiting"}

    assert [request.path for request in next(session(paths=paths).licences())] == ["/licence", "/license_usage"]
    assert next(adapter("queues", paths=paths).in_use(ids("500")))[0].path == "/waiting"


def test_what_a_session_says_of_its_extension_is_shown_in_one_short_line() -> None:
    """It stands in a report."""
    (said,) = in_use("agents", ids("12"), ok([{"user": 12, "extension": "1\n2" + "x" * 99}])).values()

    assert said == "signed in at extension 1 2xxxxxxxxxxxx"
