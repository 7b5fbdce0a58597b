"""EQ's refusals in every shape that is tolerated, as errors that name our fields."""

from __future__ import annotations

import json
from typing import Any

import pytest

from provisioner.errors import Fault, NotFound, Rejected, Unauthorized, VendorError
from provisioner.secrets import Secret
from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Request
from tests.vendors.eq.playing import ALERT, KEY, SECRETS, VALUES, adapter, session

IN_USE = {"parameter": "emailAddress", "type": "in_use", "description": "Another agent has it."}


def a_create(kind: str = "agents") -> Request:
    return next(adapter(kind).create({**VALUES[kind], **SECRETS.get(kind, {})}))


def refused(answer: Answer, request: Request | None = None, **settings: Any) -> VendorError:
    with pytest.raises(VendorError) as caught:
        session(**settings).check(request or a_create(), answer)
    return caught.value


def said(status: int, body: object) -> Answer:
    return Answer(status, json.dumps(body))


@pytest.mark.parametrize("status", [200, 201, 204, 299])
def test_any_2xx_is_a_success(status: int) -> None:
    for body in ("", "null", "true", '""', "{}", "[]"):
        session().check(a_create(), Answer(status, body))


@pytest.mark.parametrize(
    "body",
    [
        {"errors": [IN_USE]},
        [IN_USE],
        IN_USE,
        {"errors": IN_USE},
        {"errors": [{"attribute": "emailAddress", "type": "in_use", "description": "Another agent has it."}]},
        {"errors": [{"field": "emailAddress", "type": "in_use", "description": "Another agent has it."}]},
    ],
)
def test_each_shape_gives_the_same_fault(body: object) -> None:
    error = refused(said(400, body))

    assert isinstance(error, Rejected)
    assert error.faults == (Fault("email", "in_use", "Another agent has it"),)
    assert error.taken == ("email",)
    assert error.message == "EQ refuses POST /agent with status 400: `email` is already in use (Another agent has it)"


def test_several_faults_are_told_in_their_order() -> None:
    faults = [
        {"parameter": "number", "type": "invalid", "description": ""},
        {"parameter": "emailAddress", "type": "in_use"},
        {"parameter": None, "type": "already_signed_in", "description": "Somebody is."},
    ]

    error = refused(said(400, {"errors": faults}))

    assert error.message.endswith(": `number` is not valid; `email` is already in use; already_signed_in (Somebody is)")


@pytest.mark.parametrize(
    ("kind", "name", "path"),
    [
        ("supervisors", "firstName", "first_name"),
        ("queues", "wrapUpTime", "wrap_up_time"),
        ("queues", "id", "extension"),
        ("extensions", "voicemail.pagerEmailAddress", "voicemail.pager_email"),
        ("extensions", "voicemail.options.attach", "voicemail.options.attach"),
        ("extensions", "sip.dtmfMode", "sip.dtmf_mode"),
        ("alerts", "user", "supervisor"),
        ("alerts", "callQueue", "queue"),
        ("alerts", "fromTime", "from"),
        ("alerts", "shoeSize", "shoeSize"),
    ],
)
def test_names_are_ours_where_we_have_one(kind: str, name: str, path: str) -> None:
    error = refused(said(400, {"errors": [{"parameter": name, "type": "invalid"}]}), a_create(kind))

    assert isinstance(error, Rejected)
    assert [fault.path for fault in error.faults] == [path]


def test_names_are_found_for_a_change_of_one_item_too() -> None:
    update = next(adapter("alerts").update(VendorId("7"), ALERT, frozenset({"name"})))

    error = refused(said(400, {"errors": [{"parameter": "name", "type": "in_use"}]}), update)

    assert isinstance(error, Rejected)
    assert error.taken == ("name",)
    assert error.call == "PUT /alert/7"


@pytest.mark.parametrize("body", ["<html>\n<h1>Bad   gateway</h1>" + "x" * 300, "", "[]", "{}", "17", "null", '["x"]'])
def test_a_body_without_faults_gives_the_status_and_the_first_words(body: str) -> None:
    error = refused(Answer(400, body))

    assert isinstance(error, Rejected)
    assert error.faults == ()
    assert "status 400" in error.message
    assert len(error.words) <= 200
    assert "\n" not in error.message
    assert body[:4] in error.message


def test_other_refusals_are_refusals() -> None:
    for status in (405, 409, 413, 422):
        assert isinstance(refused(Answer(status)), Rejected)


@pytest.mark.parametrize("status", [401, 403])
def test_a_refused_key_points_at_the_setting(status: int) -> None:
    error = refused(said(status, {"errors": [{"parameter": "auth_key", "type": "invalid"}]}))

    assert isinstance(error, Unauthorized)
    assert error.message.endswith("`auth_key` is not valid")
    assert "`connections.pbx.api_key`" in str(error.hint)


def test_404_to_a_write_is_not_found() -> None:
    update = next(adapter("agents").undelete(VendorId("12")))

    error = refused(said(404, {"errors": [{"parameter": "id", "type": "nonexistent"}]}), update)

    assert isinstance(error, NotFound)
    assert error.message == "EQ answers PUT /agent/12 with status 404: `id` does not exist"


def test_404_is_an_answer_to_a_read_and_to_a_delete() -> None:
    (read,) = next(adapter("agents").read(VendorId("12")))
    delete = next(adapter("agents").delete(VendorId("12")))

    for request in (read, delete):
        session().check(request, Answer(404))


def test_no_secret_shows_whatever_eq_repeats() -> None:
    """Neither the key nor a password that was sent."""
    pin = SECRETS["agents"]["password"].reveal()
    echo = {"errors": [{"parameter": "password", "type": "invalid", "description": f"{pin} for key {KEY.reveal()}"}]}

    error = refused(said(400, echo))

    assert isinstance(error, Rejected)
    shown = f"{error.message} {error.words} {error.faults} {error.hint}"
    assert pin not in shown
    assert KEY.reveal() not in shown


def test_a_secret_cut_by_the_excerpt_does_not_show_either() -> None:
    error = refused(Answer(400, "x" * 196 + KEY.reveal()))

    assert "eq-k" not in error.words


def test_the_names_of_an_error_body_can_be_set() -> None:
    keys = {"errors": "problems", "parameter": "on", "type": "code", "description": "text"}
    body = {"problems": [{"on": "number", "code": "in_use", "text": "Taken."}]}

    error = refused(said(400, body), error_keys=keys)

    assert isinstance(error, Rejected)
    assert error.faults == (Fault("number", "in_use", "Taken"),)


def test_an_error_about_the_licence_call_has_no_fields() -> None:
    assert isinstance(refused(Answer(400), Request("GET", "/license_usage")), Rejected)


def test_no_repr_shows_the_key() -> None:
    connected = session()
    signed = connected.sign(a_create())

    assert connected.redactions == (Secret("eq-key-1"),)
    assert "eq-key-1" not in repr(connected) + repr(signed)
