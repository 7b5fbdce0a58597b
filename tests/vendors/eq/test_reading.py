"""Reading one entity: what counts as it, as nothing, and as no answer at all."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.errors import VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Entity
from provisioner.vendors.eq.catalogue import BY_NAME
from tests.vendors.eq.playing import EXTENSION, VALUES, absent, adapter, ok, read

IDS = {"supervisors": "12", "agents": "12", "queues": "500", "pause_codes": "12", "extensions": "1001"}


def shown(kind: str, **changed: Any) -> dict[str, Any]:
    """EQ's object for the kind's sample."""
    secrets = {"password": "x", "sip.secret": None, "voicemail.password": None}
    body = BY_NAME[kind].to_wire({**VALUES[kind], **secrets}, create=True)
    body.pop("password", None)
    identity = {} if kind in ("queues", "extensions") else {"id": 12}
    flag = {} if kind == "extensions" else {"deleted": False}
    return {**identity, **body, **flag, **changed}


@pytest.mark.parametrize("kind", IDS)
def test_an_entity_holds_every_field_that_can_be_read(kind: str) -> None:
    """The planner lays the declaration over it, and sends the whole."""
    entity = read(adapter(kind).read(VendorId(IDS[kind])), ok(shown(kind)))

    assert entity == Entity(VendorId(IDS[kind]), VALUES[kind])
    offer = BY_NAME[kind].offer
    leaves = {path for path, spec in offer.specs.items() if not spec.secret}
    assert entity.attributes.keys() >= {
        path for path in leaves if not any(other.startswith(f"{path}.") for other in leaves)
    }


@pytest.mark.parametrize("kind", ["supervisors", "agents", "queues", "pause_codes"])
def test_a_deleted_one_says_so(kind: str) -> None:
    entity = read(adapter(kind).read(VendorId(IDS[kind])), ok(shown(kind, deleted=True)))

    assert entity is not None
    assert entity.deleted


def test_only_a_flag_that_is_set_means_deleted() -> None:
    """The document names the flag; an answer without it shows something that exists."""
    body = shown("agents")
    del body["deleted"]

    entity = read(adapter("agents").read(VendorId("12")), ok(body))

    assert entity is not None
    assert not entity.deleted


@pytest.mark.parametrize("kind", IDS)
def test_404_is_nothing(kind: str) -> None:
    assert read(adapter(kind).read(VendorId(IDS[kind])), absent()) is None


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(200, "<html>Welcome</html>"), "it is not JSON"),
        (Answer(200, ""), "it is not JSON"),
        (ok([1, 2]), "it is not an object"),
        (ok("12"), "it is not an object"),
        (ok(shown("agents", firstName=None)), "`firstName` is missing"),
        (ok(shown("agents", id=13)), "its `id` is `13`"),
        (ok(shown("agents", deleted="perhaps")), "`deleted` is not a boolean"),
    ],
)
def test_an_answer_that_is_not_the_entity_is_a_failure(answer: Answer, words: str) -> None:
    """Neither presence nor absence is proved by it."""
    with pytest.raises(VendorFailed, match=words) as caught:
        read(adapter("agents").read(VendorId("12")), answer)

    assert (caught.value.connection, caught.value.call, caught.value.status) == ("pbx", "GET /agent/12", 200)


def test_what_eq_said_is_quoted_in_short() -> None:
    """On one line, up to the last whole word that fits into 200 characters."""
    with pytest.raises(VendorFailed) as caught:
        read(adapter("agents").read(VendorId("12")), Answer(200, "no\nsuch   luck. " + "x " * 500))

    assert caught.value.words.startswith("no such luck. x x")
    assert len(caught.value.words) == 199


def test_another_queue_in_the_answer_is_a_failure() -> None:
    with pytest.raises(VendorFailed, match="its `extension` is `501`"):
        read(adapter("queues").read(VendorId("500")), ok(shown("queues", extension="501")))


def test_options_without_a_field_are_carried_on_where_the_settings_ask_for_it() -> None:
    body = shown("extensions")
    body["voicemail"]["options"]["tz"] = "eastern"
    allowing = adapter("extensions", extension={"allow_extra_vm_options": True})

    plain = read(adapter("extensions").read(VendorId("1001")), ok(body))
    carried = read(allowing.read(VendorId("1001")), ok(body))

    assert plain is not None
    assert plain.attributes == EXTENSION
    assert carried is not None
    assert carried.attributes == {**EXTENSION, "voicemail.options.tz": "eastern"}
    secrets = {"sip.secret": "x", "voicemail.password": "1"}
    sent = BY_NAME["extensions"].to_wire({**carried.attributes, **secrets}, create=False)
    assert sent["voicemail"]["options"]["tz"] == "eastern"


def test_an_extension_without_a_mailbox_has_no_options_to_carry_on() -> None:
    allowing = adapter("extensions", extension={"allow_extra_vm_options": True})

    entity = read(allowing.read(VendorId("1001")), ok(shown("extensions", voicemail=None)))

    assert entity is not None
    assert entity.attributes["voicemail"] is None


def test_an_answer_without_its_envelope_is_a_failure() -> None:
    with pytest.raises(VendorFailed, match="it has no `data`"):
        read(adapter("agents", response_envelope="data").read(VendorId("12")), ok(shown("agents")))
