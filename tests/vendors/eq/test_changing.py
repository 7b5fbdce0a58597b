"""The requests that changes make, and what their answers mean."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import OutcomeUnknown, Rejected
from provisioner.secrets import Secret
from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Effect
from tests.vendors.eq.playing import ALERT, EXTENSION, SECRETS, VALUES, adapter, change, data, ok

PATHS = {
    "supervisors": ("/supervisor", "12"),
    "agents": ("/agent", "12"),
    "queues": ("/call_queue", "500"),
    "pause_codes": ("/pause_code", "12"),
    "extensions": ("/extension", "1001"),
    "alerts": ("/alert", "12"),
}


def whole(kind: str) -> dict[str, Any]:
    return {**VALUES[kind], **SECRETS.get(kind, {})}


@pytest.mark.parametrize("kind", PATHS)
def test_a_create_is_one_post_of_everything(kind: str) -> None:
    path, vendor_id = PATHS[kind]

    request, made = change(adapter(kind).create(whole(kind)), ok(vendor_id))

    assert (request.method, request.path, request.effect) == ("POST", path, Effect.CREATE)
    assert request.paths == whole(kind).keys()
    assert made == vendor_id
    assert request.new_id is not None
    assert request.new_id(ok(vendor_id)) == vendor_id
    assert not {"id", "deleted"} & data(request).keys()


@pytest.mark.parametrize("answered", [12, "12", " 12 "])
def test_an_id_is_read_as_number_or_digits(answered: object) -> None:
    assert change(adapter("agents").create(whole("agents")), ok(answered))[1] == "12"


@pytest.mark.parametrize("body", ["", "null", "true", "0", '"twelve"', "{}", "[12]", "12.5", "-1", "<html>"])
def test_a_success_without_an_id_is_an_unknown_outcome(body: str) -> None:
    """Something was made, and nobody can tell what: it must be looked for, not made again."""
    with pytest.raises(OutcomeUnknown, match="holds no id"):
        change(adapter("agents").create(whole("agents")), Answer(200, body))


def test_a_create_without_what_eq_requires_is_not_sent() -> None:
    with pytest.raises(Rejected, match="`first_name`, `password`") as caught:
        next(adapter("agents").create({"number": "1001"}))

    assert [fault.path for fault in caught.value.faults] == ["first_name", "password"]


@pytest.mark.parametrize("kind", PATHS)
def test_an_update_is_one_put_of_everything(kind: str) -> None:
    path, vendor_id = PATHS[kind]
    changed = frozenset({"name"})

    request, _ = change(adapter(kind).update(VendorId(vendor_id), whole(kind), changed), ok())

    assert (request.method, request.path, request.effect) == ("PUT", f"{path}/{vendor_id}", Effect.UPDATE)
    assert request.paths == changed
    fixed = {"queues": "extension", "alerts": "user"}.get(kind)
    assert fixed not in data(request)
    assert not {"id", "deleted"} & data(request).keys()


def test_the_documented_queue_body() -> None:
    """The example of specs/eq.yaml in our words, and back."""
    values = {
        **VALUES["queues"],
        "name": "Support",
        "auto_answer_acd": False,
        "wrap_up_time": 30,
        "cid_name_prefix": None,
        "agent_restrictions": "call_as_dialed",
        "weight": 0,
        "moh_class": "inherit",
        "agent_retry_time": 5,
        "join_empty": "yes",
    }

    request, _ = change(adapter("queues").update(VendorId("500"), values, frozenset({"wrap_up_time"})), ok())

    assert data(request) == {
        "name": "Support",
        "type": 0,
        "autoAnswerAcd": False,
        "sysResume": None,
        "wrapUpTime": 30,
        "wrapUpAllQueues": False,
        "cidNamePrefix": None,
        "agentRestrictions": 0,
        "ringStrategy": "rrmemory",
        "weight": 0,
        "mohClass": "inherit",
        "ringingMoh": False,
        "recordingFormat": "wav",
        "recordingMode": "afteranswered",
        "maxWaitTime": 600,
        "agentTimeout": 20,
        "agentRetryTime": 5,
        "maxCallers": None,
        "joinEmpty": "yes",
        "leaveEmpty": "no",
        "announceFrequency": 60,
        "announcePosition": "yes",
        "announceHoldTime": "once",
    }


def test_an_update_with_a_gap_is_not_sent() -> None:
    """EQ would reset what is left out."""
    partial = {path: value for path, value in ALERT.items() if path != "threshold"}

    with pytest.raises(Rejected, match="would reset what is neither declared nor known: `threshold`"):
        next(adapter("alerts").update(VendorId("12"), partial, frozenset({"name"})))


def test_an_extension_whose_secrets_are_not_known_is_not_updated() -> None:
    with pytest.raises(Rejected, match=r"`sip\.secret`, `voicemail\.password`"):
        next(adapter("extensions").update(VendorId("1001"), EXTENSION, frozenset({"name"})))


def test_a_secret_is_blanked_only_where_the_values_say_so() -> None:
    """Whether they may is the planner's business; what they say is sent, a null as well as a secret."""
    values = {**EXTENSION, "sip.secret": Secret("s3cr3t"), "voicemail.password": None}

    request, _ = change(adapter("extensions").update(VendorId("1001"), values, frozenset({"name"})), ok())

    assert data(request)["sip"]["secret"] == Secret("s3cr3t")
    assert data(request)["voicemail"]["password"] is None


def test_a_mailbox_that_is_taken_away() -> None:
    """What was live below it goes with it; its password is not asked for."""
    values = {**EXTENSION, "sip.secret": Secret("x"), "voicemail": None}

    request, _ = change(adapter("extensions").update(VendorId("1001"), values, frozenset({"voicemail"})), ok())

    assert data(request)["voicemail"] is None


def test_a_mailbox_that_is_added() -> None:
    """What is not said of it takes the defaults: there is nothing live to carry on."""
    live = {path: value for path, value in EXTENSION.items() if not path.startswith("voicemail.")}
    values = {**live, "voicemail": None, "sip.secret": Secret("x"), "voicemail.email": "a@b.example"}

    request, _ = change(adapter("extensions").update(VendorId("1001"), values, frozenset({"voicemail.email"})), ok())

    assert data(request)["voicemail"] == {
        "context": None,
        "password": None,
        "emailAddress": "a@b.example",
        "pagerEmailAddress": None,
        "options": {"attach": "no", "saycid": "no", "envelope": "no", "delete": "no"},
    }


def test_a_mailbox_that_is_added_takes_the_connection_s_defaults() -> None:
    """As one that is created does."""
    live = {path: value for path, value in EXTENSION.items() if not path.startswith("voicemail.")}
    values = {**live, "voicemail": None, "sip.secret": Secret("x"), "voicemail.email": "a@b.example"}
    attaching = adapter("extensions", defaults={"extensions": {"voicemail": {"options": {"attach": True}}}})

    request, _ = change(attaching.update(VendorId("1001"), values, frozenset({"voicemail.email"})), ok())

    assert data(request)["voicemail"]["options"]["attach"] == "yes"


@pytest.mark.parametrize("mailbox", [{}, {"voicemail": None}])
def test_an_extension_stays_without_a_mailbox(mailbox: dict[str, Any]) -> None:
    live = {path: value for path, value in EXTENSION.items() if not path.startswith("voicemail.")}

    request, _ = change(adapter("extensions").create({**live, **mailbox}), ok("1001"))

    assert data(request)["voicemail"] is None


def test_an_update_that_does_not_know_of_a_mailbox_is_not_sent() -> None:
    live = {path: value for path, value in EXTENSION.items() if not path.startswith("voicemail.")}

    with pytest.raises(Rejected, match="`voicemail`"):
        next(adapter("extensions").update(VendorId("1001"), {**live, "sip.secret": Secret("x")}, frozenset()))


@pytest.mark.parametrize("kind", PATHS)
def test_a_delete_is_done_when_there_is_nothing_to_delete(kind: str) -> None:
    path, vendor_id = PATHS[kind]

    request, _ = change(adapter(kind).delete(VendorId(vendor_id)), Answer(404))

    assert (request.method, request.path, request.effect) == ("DELETE", f"{path}/{vendor_id}", Effect.DELETE)
    assert request.absent_ok
    assert request.form is None


def test_an_undelete_is_a_put_without_a_body() -> None:
    request, _ = change(adapter("agents").undelete(VendorId("12")), ok())

    assert (request.method, request.path, request.query) == ("PUT", "/agent/12", (("undelete", "1"),))
    assert (request.effect, request.form, request.json) == (Effect.UNDELETE, None, None)
    assert not request.absent_ok


def test_a_key_in_a_path_is_encoded() -> None:
    """An id that came from a manifest or an answer cannot leave its place in the URL."""
    request, _ = change(adapter("agents").delete(VendorId("../supervisor/1?x")), ok())

    assert request.path == "/agent/..%2Fsupervisor%2F1%3Fx"


def test_an_empty_map_is_a_problem() -> None:
    """An empty mailbox would be neither made nor left alone."""
    rules = adapter("extensions").kind.offer.rules

    assert [(problem.path, problem.message) for problem in rules({"extension": "1", "voicemail": {}})] == [
        ("voicemail", "`voicemail` is empty")
    ]
