"""The spellings that an answer may use for one value, and those that a manifest may."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from provisioner.vendors.eq.alerts import Alert
from provisioner.vendors.eq.catalogue import BY_NAME
from provisioner.vendors.eq.extensions import Extension
from provisioner.vendors.eq.supervisors import Supervisor
from provisioner.vendors.eq.wire import Unreadable
from tests.vendors.eq.playing import ALERT, EXTENSION, VALUES


def answer(kind: str, **changed: Any) -> dict[str, Any]:
    """EQ's object for the kind's sample, with some attributes spelt otherwise."""
    passwords = {"password": "x", "sip.secret": None, "voicemail.password": None}
    body = BY_NAME[kind].to_wire({**VALUES[kind], **passwords}, create=True)
    body.pop("password", None)
    return {**body, **changed}


@pytest.mark.parametrize("blank", [None, "", "  "])
def test_blank_null_and_absent_are_one(blank: str | None) -> None:
    there = answer("agents", emailAddress=blank)
    gone = {name: value for name, value in there.items() if name != "emailAddress"}

    assert BY_NAME["agents"].from_wire(there) == BY_NAME["agents"].from_wire(gone)
    assert BY_NAME["agents"].from_wire(there)["email"] is None


@pytest.mark.parametrize("spelt", [True, 1, "1", "yes", "true", "YES"])
def test_a_boolean_is_read_in_any_spelling(spelt: object) -> None:
    assert BY_NAME["queues"].from_wire(answer("queues", ringingMoh=spelt))["ringing_moh"] is True


@pytest.mark.parametrize("spelt", [False, 0, "0", "no", "false"])
def test_so_is_its_opposite(spelt: object) -> None:
    assert BY_NAME["queues"].from_wire(answer("queues", ringingMoh=spelt))["ringing_moh"] is False


def test_numbers_become_digits_and_digits_numbers() -> None:
    agent = BY_NAME["agents"].from_wire(answer("agents", number=1001))
    queue = BY_NAME["queues"].from_wire(answer("queues", type="0", weight="3"))

    assert agent["number"] == "1001"
    assert (queue["type"], queue["weight"]) == ("inbound", 3)


def test_zero_is_not_null() -> None:
    """No limit and switched off are two things, for wrap-up and for retries."""
    zero = BY_NAME["queues"].from_wire(answer("queues", wrapUpTime=0, agentRetryTime="0"))
    null = BY_NAME["queues"].from_wire(answer("queues", wrapUpTime="", agentRetryTime=None))

    assert (zero["wrap_up_time"], zero["agent_retry_time"]) == (0, 0)
    assert (null["wrap_up_time"], null["agent_retry_time"]) == (None, None)


def test_unknown_attributes_and_passwords_are_passed_over() -> None:
    read = BY_NAME["agents"].from_wire(answer("agents", shoeSize=44, password="0042", id=12, deleted=False))

    assert read == VALUES["agents"]


def test_a_word_that_no_document_knows_stays_as_it_is() -> None:
    """EQ may learn new words; what an administrator chose is carried on, not lost."""
    assert BY_NAME["queues"].from_wire(answer("queues", recordingFormat="gsm"))["recording_format"] == "gsm"


@pytest.mark.parametrize(
    ("kind", "changed", "named"),
    [
        ("queues", {"ringStrategy": None}, "ringStrategy"),
        ("queues", {"type": 7}, "type"),
        ("queues", {"weight": "heavy"}, "weight"),
        ("queues", {"ringingMoh": "maybe"}, "ringingMoh"),
        ("agents", {"firstName": ""}, "firstName"),
        ("agents", {"lastName": ["Roe"]}, "lastName"),
        ("extensions", {"voicemail": "on"}, "voicemail"),
        ("extensions", {"recording": None}, "recording.inboundExternal"),
        ("alerts", {"daysOfWeek": [1, 7]}, "daysOfWeek"),
        ("alerts", {"daysOfWeek": "mon"}, "daysOfWeek"),
    ],
)
def test_what_is_missing_or_senseless_is_named(kind: str, changed: dict[str, Any], named: str) -> None:
    """It is never guessed: a full replacement would write the guess back."""
    with pytest.raises(Unreadable, match=f"`{named}`"):
        BY_NAME[kind].from_wire(answer(kind, **changed))


def test_defaults_in_disguise_read_as_null() -> None:
    """FreePBX shows its own contexts, and the extension's own number, where nothing was set."""
    body = answer("extensions", cidMasquerade="1001")
    body["sip"]["context"], body["voicemail"]["context"] = "from-internal", "default"

    read = BY_NAME["extensions"].from_wire(body)

    assert (read["cid_masquerade"], read["sip.context"], read["voicemail.context"]) == (None, None, None)


def test_they_are_declared_as_null_too() -> None:
    declared = Extension.model_validate(
        {
            "extension": "1001",
            "cid_masquerade": "1001",
            "sip": {"context": "from-internal"},
            "voicemail": {"context": "default", "options": None},
        }
    )

    dumped = declared.model_dump(exclude_unset=True)
    off = {"attach": False, "saycid": False, "envelope": False, "delete": False}
    assert dumped == {
        "extension": "1001",
        "cid_masquerade": None,
        "sip": {"context": None},
        "voicemail": {"context": None, "options": off},
    }


def test_options_that_are_null_are_all_off() -> None:
    body = answer("extensions")
    body["voicemail"]["options"] = None

    read = BY_NAME["extensions"].from_wire(body)

    assert [read[f"voicemail.options.{name}"] for name in ("attach", "saycid", "envelope", "delete")] == [False] * 4


@pytest.mark.parametrize("voicemail", [None, ""])
def test_no_mailbox_is_null(voicemail: str | None) -> None:
    read = BY_NAME["extensions"].from_wire(answer("extensions", voicemail=voicemail))

    assert read["voicemail"] is None
    assert not any(path.startswith("voicemail.") for path in read)
    assert EXTENSION.keys() - read.keys() == {path for path in EXTENSION if path.startswith("voicemail.")}


def test_times_colours_and_days_are_read_in_their_looser_forms() -> None:
    body = answer("alerts", fromTime="9:00 am", toTime="12:00 AM", daysOfWeek=[2, 0, 2])

    read = BY_NAME["alerts"].from_wire(body)

    assert (read["from"], read["to"], read["days"]) == ("09:00", "24:00", ["tue", "sun"])


@pytest.mark.parametrize("time", ["13:00 PM", "0:10 AM", "noon", "09:00", "9 AM", ""])
def test_a_time_that_is_none_is_unreadable(time: str) -> None:
    with pytest.raises(Unreadable, match="fromTime"):
        BY_NAME["alerts"].from_wire(answer("alerts", fromTime=time))


def test_a_manifest_may_be_loose_as_well() -> None:
    """An unpadded hour, days in any order, a colour in small letters, white space around a name."""
    loose = {"name": " Backlog ", "from": "9:05", "to": "24:00", "days": ["sun", "mon"], "color": "#ff00aa"}

    alert = Alert.model_validate(loose)
    person = Supervisor.model_validate({"username": " samlee "})

    assert alert.model_dump(exclude_unset=True) == {
        "name": "Backlog",
        "from": "09:05",
        "to": "24:00",
        "days": ["mon", "sun"],
        "color": "#FF00AA",
    }
    assert person.username == "samlee"


def test_a_day_that_stands_twice_is_told_by_name() -> None:
    with pytest.raises(ValidationError, match="`tue` stands there twice"):
        Alert.model_validate({"name": "Backlog", "days": ["tue", "mon", "tue"]})


def test_both_ends_of_the_day_are_twelve() -> None:
    body = BY_NAME["alerts"].to_wire({**ALERT, "from": "00:00", "to": "24:00"}, create=True)

    assert (body["fromTime"], body["toTime"]) == ("12:00 AM", "12:00 AM")
