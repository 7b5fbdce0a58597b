"""What each status of Bird's means, and what of an answer is shown."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.errors import NotFound, OutcomeUnknown, Rejected, Unauthorized, VendorError
from provisioner.vendors.answers import EXCERPT
from provisioner.vendors.base import Answer, Effect, Request
from provisioner.vendors.bird import VENDOR
from provisioner.vendors.sealing import seal
from tests.vendors.bird.playing import BELOW, KEY, WORKSPACE, session, settings

CREATE = Request("POST", f"{BELOW}/agents", json={}, effect=Effect.CREATE)
READ = Request("GET", f"{BELOW}/agents/a-1", absent_ok=True)
DELETE = Request("DELETE", f"{BELOW}/inbox/skills/s-1", effect=Effect.DELETE, absent_ok=True)


def refusal(status: int, **body: Any) -> Answer:
    return Answer(status, json.dumps(body))


def refused(request: Request, answer: Answer) -> VendorError:
    """What the session raises for that answer."""
    with pytest.raises(VendorError) as caught:
        session().check(request, answer)
    return caught.value


def test_the_key_travels_in_its_header_alone() -> None:
    """The literal word, one space, the key; neither the request nor its sealed form shows it."""
    signed = session().sign(READ)
    sealed = seal("https://api.bird.com", signed, connection="inbox")

    assert dict(sealed.headers)["authorization"] == f"AccessKey {KEY.reveal()}"
    assert KEY.reveal() not in sealed.url
    assert KEY.reveal() not in f"{signed!r} {sealed!r}"


@pytest.mark.parametrize("status", [200, 201, 204])
def test_a_success_passes(status: int) -> None:
    """Whichever of the 2xx it is, and with no body at all."""
    session().check(DELETE, Answer(status))


def test_absence_is_an_answer_to_a_read_and_to_a_delete() -> None:
    """A read learns from it, and a delete is done already."""
    for request in (READ, DELETE):
        session().check(request, refusal(404, code="NotFound", message="No such thing."))


@pytest.mark.parametrize(
    ("status", "kind"), [(401, Unauthorized), (403, Rejected), (404, NotFound), (409, Rejected), (422, Rejected)]
)
def test_each_refusal_has_its_kind(status: int, kind: type[VendorError]) -> None:
    """A denied path is no wrong key: what else the key allows goes on."""
    error = refused(CREATE, refusal(status, code="Some", message="Because of that."))

    assert type(error) is kind
    assert error.status == status
    assert error.words == "Because of that"


def test_what_is_taken_is_named() -> None:
    """409 to the create of an agent is about its user; to the delete of a skill it is about nothing unique."""
    created = refused(CREATE, refusal(409, message="Agent already exists"))
    deleted = refused(DELETE, refusal(409, message="The skill is assigned"))

    assert isinstance(created, Rejected)
    assert isinstance(deleted, Rejected)
    assert created.taken == ("user_id",)
    assert deleted.taken == ()


def test_faults_are_told_in_our_names() -> None:
    """Bird's paths become ours, those that nobody knows stay."""
    details = {"weeklySchedule.monday.from.hour": ["must be at most 23"], "odd": "is odd"}

    error = refused(CREATE, refusal(422, message="Invalid agent", details=details))

    assert isinstance(error, Rejected)
    assert [(fault.path, fault.description) for fault in error.faults] == [
        ("weekly_schedule", "must be at most 23"),
        ("odd", "is odd"),
    ]
    assert "`weekly_schedule`: must be at most 23" in error.message


def test_a_refusal_in_any_words_is_one() -> None:
    """The body's shape is assumed; the status alone decides, and the key is shown nowhere."""
    error = refused(CREATE, Answer(422, f"<html>no {KEY.reveal()}</html>"))

    assert isinstance(error, Rejected)
    assert KEY.reveal() not in f"{error} {error.words}"


@pytest.mark.parametrize("before", range(EXCERPT - len(KEY.reveal()), EXCERPT + 1))
def test_no_part_of_the_key_stays_where_the_words_are_cut(before: int) -> None:
    """Neither of the message nor of a fault's description."""
    echoed = "x" * (before - 1) + " " + KEY.reveal()

    error = refused(CREATE, refusal(422, message=echoed, details={"bio": echoed}))

    assert isinstance(error, Rejected)
    for shown in (error.words, error.faults[0].description):
        assert set(shown) <= {"x", " ", "…"}


def test_a_change_that_somebody_else_answers_may_have_happened() -> None:
    """A proxy's page with status 200 says nothing of the change behind it."""
    patch = Request("PATCH", f"{BELOW}/agents/a-1", json={}, effect=Effect.UPDATE)

    assert isinstance(refused(patch, Answer(200, "<html>hello</html>")), OutcomeUnknown)


@pytest.mark.parametrize("url", ["https://api.bird.com", "https://API.bird.com:443/"])
def test_one_workspace_is_one_account(url: str) -> None:
    """However its address is spelt; another workspace is another account."""
    assert VENDOR.account(settings(url=url)) == f"bird://api.bird.com:443/workspaces/{WORKSPACE}"
    assert VENDOR.account(settings(url=url, workspace_id="other")) != VENDOR.account(settings(url=url))
