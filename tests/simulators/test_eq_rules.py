"""Which values EQ takes, refuses, defaults and keeps: EQ fact sheet §3, §4 and the assumptions they name."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.simulators.conftest import EqClient, complaints
from tests.simulators.entities import (
    VALID,
    a_pause_code,
    a_queue,
    a_supervisor,
    an_agent,
    an_alert,
    an_extension,
)

QUEUE_DEFAULTS = {
    "autoAnswerAcd": False,
    "sysResume": None,
    "wrapUpTime": None,
    "wrapUpAllQueues": False,
    "cidNamePrefix": None,
    "agentRestrictions": 0,
    "ringStrategy": "ringall",
    "weight": 0,
    "mohClass": "inherit",
    "ringingMoh": False,
    "recordingFormat": None,
    "recordingMode": "includeholdtime",
    "maxWaitTime": None,
    "agentTimeout": None,
    "agentRetryTime": None,
    "maxCallers": None,
    "joinEmpty": "yes",
    "leaveEmpty": "no",
    "announceFrequency": 0,
    "announcePosition": "no",
    "announceHoldTime": "no",
}
EXTENSION_DEFAULTS = {
    "cidMasquerade": None,
    "outboundCid": None,
    "emergencyCid": None,
    "callWaiting": False,
    "recording": {
        "inboundExternal": "dontcare",
        "inboundInternal": "dontcare",
        "outboundExternal": "dontcare",
        "outboundInternal": "dontcare",
        "onDemand": False,
    },
    "sip": {"dtmfMode": "rfc2833", "context": None, "nat": "no"},
    "voicemail": None,
}
A_SUPERVISOR_ALERT = {"user": 1, "notificationType": "realtime", "color": "#FF0000"}

# kind, attribute, values that are taken, values that are refused as invalid
VALUES: list[tuple[str, str, list[Any], list[Any]]] = [
    ("supervisor", "username", ["abc", "A" * 20], ["ab", "a" * 21, "sam.lee", "sám", 12345]),
    ("supervisor", "firstName", ["S", "é" * 32], ["x" * 33, 7, True, ["Sam"], "\ud800"]),
    ("supervisor", "lastName", ["Lee", "", None, " "], ["x" * 33, 7]),
    ("supervisor", "password", ["1234", "x" * 20], ["123", "x" * 21, 12345]),
    ("supervisor", "emailAddress", ["a@b.c", " a@b.c "], ["a@b", "a b@c.d", "@b.c", "a@b@c.d"]),
    ("supervisor", "language", ["en", "es", "he", "", None], ["EN", "fr"]),
    ("supervisor", "type", ["full", "monitorOnly"], ["Full", 1]),
    ("agent", "number", ["1", "99999", 1001], ["0", "0100", "100000", "12a", "-1", 1.5, True]),
    ("agent", "password", ["000", "0123456789", 1234], ["12", "01234567890", "12a4"]),
    ("agent", "emailAddress", ["a@b.c", "", None], ["a@b"]),
    ("call_queue", "extension", ["1", "123456789", 500], ["0500", "5x"]),
    ("call_queue", "name", ["x" * 35], ["x" * 36]),
    ("call_queue", "type", [0, 1, "0", "1"], [2, "in", True, 0.0]),
    ("call_queue", "autoAnswerAcd", [True, False], [1, "yes", None, ""]),
    ("call_queue", "sysResume", [1, None], [0, -1, "5", "", True]),
    ("call_queue", "wrapUpTime", [0, 1, None], [-1, ""]),
    ("call_queue", "cidNamePrefix", ["Sales:", "", None], [5]),
    ("call_queue", "agentRestrictions", [0, 1, 2, "2"], [3, None, ""]),
    ("call_queue", "ringStrategy", ["wrandom", "rrordered"], ["", None, "roundrobin"]),
    ("call_queue", "weight", [0, 10], [11, -1, None, "1"]),
    ("call_queue", "mohClass", ["inherit", "default", "none"], ["jazz", None]),
    ("call_queue", "recordingFormat", ["wav", "", None], ["wav49", "gsm"]),
    ("call_queue", "agentRetryTime", [0, None], [-1, ""]),
    ("call_queue", "maxCallers", [1, None], [0]),
    ("call_queue", "joinEmpty", ["yes", "no", "strict", "ultrastrict", "loose"], [True, "maybe"]),
    ("call_queue", "announceFrequency", [0, 30], [-1, None]),
    ("call_queue", "announceHoldTime", ["yes", "no", "once"], [True]),
    ("call_queue", "announcePosition", ["yes", "no"], ["once"]),
    ("pause_code", "name", ["x" * 16], ["x" * 17]),
    ("extension", "name", ["x" * 50], ["x" * 51]),
    ("extension", "outboundCid", ["0123", 555, "", None], ["+1555"]),
    ("extension", "recording", [{}, {"onDemand": True}], [None, "", [], "always"]),
    ("extension", "sip", [{"secret": "", "nat": "route"}], [None, ""]),
    ("extension", "voicemail", [None, {}], ["", [], "yes"]),
    ("alert", "name", ["x" * 48], ["x" * 49]),
    ("alert", "type", ["licenseExceeded", "processStopped"], ["callQueueFoo", 1]),
    ("alert", "threshold", [0, 100], [-1, "5", 1.5]),
    ("alert", "notificationType", ["custom"], ["pager"]),
    ("alert", "interval", [1], [0, "5"]),
    ("alert", "daysOfWeek", [[0, 6], [3]], [[], [7], [1, 1], ["1"], 1]),
    ("alert", "fromTime", ["12:59 PM", "01:00 AM"], ["1:00 AM", "13:00 PM", "00:30 AM", "09:00 am", "09:00AM"]),
    ("alert", "toTime", ["12:00 AM"], ["24:00", "09:60 AM"]),
]
TAKEN = [(kind, name, value) for kind, name, values, _ in VALUES for value in values]
REFUSED = [(kind, name, value) for kind, name, _, values in VALUES for value in values]


@pytest.mark.parametrize(("kind", "name", "value"), TAKEN)
def test_a_value_that_is_taken(eq: EqClient, kind: str, name: str, value: Any) -> None:
    """The edges of every attribute's range, from inside."""
    response = eq.call("POST", f"/{kind}", {"data": VALID[kind](**{name: value})})

    assert response.status_code == 200, response.text


@pytest.mark.parametrize(("kind", "name", "value"), REFUSED)
def test_a_value_that_is_refused(eq: EqClient, control: Control, kind: str, name: str, value: Any) -> None:
    """The edges of every attribute's range, from outside: 400, and nothing is made."""
    response = eq.call("POST", f"/{kind}", {"data": VALID[kind](**{name: value})})

    assert (response.status_code, complaints(response)) == (400, [(name, "invalid")])
    assert control.content()[kind] == {}


@pytest.mark.parametrize("empty", [None, "", "  "])
@pytest.mark.parametrize("kind", VALID)
def test_what_is_required_must_not_be_blank(eq: EqClient, kind: str, empty: str | None) -> None:
    """Every required attribute that is missing or blank is reported, in table order."""
    names = list(VALID[kind]())

    missing = eq.call("POST", f"/{kind}", {"data": {}})
    blank = eq.call("POST", f"/{kind}", {"data": dict.fromkeys(names, empty)})

    found = {name for name, complaint in complaints(blank) if complaint == "blank"}
    needed_by_type = {"threshold", "interval"}  # no type, no need
    assert found == set(names) - needed_by_type
    assert complaints(missing) == [each for each in complaints(blank) if each[1] == "blank"]


@pytest.mark.parametrize("value", [None, "", "[1]", "7", '"text"', "{", '{"a": NaN}', "[" * 5000])
def test_data_must_be_a_json_object(eq: EqClient, value: str | None) -> None:
    """Missing or empty is blank, anything else that is no object is invalid."""
    response = eq.call("POST", "/agent", {} if value is None else {"data": value})

    assert complaints(response) == [("data", "invalid" if value else "blank")]


@pytest.mark.parametrize("content_type", ["application/json", "application/json; charset=utf-8"])
def test_a_json_body_says_the_same(eq: EqClient, content_type: str) -> None:
    """The alternative encoding: the same names, ``data`` an object."""
    response = eq.raw(
        "POST",
        "/agent",
        params={"auth_key": eq.key},
        content=b'{"data": {"number": 1001, "firstName": "Zo\xc3\xab", "password": "0042"}}',
        headers={"content-type": content_type},
    )

    assert response.json() == 1
    assert eq.get("agent", "1")["firstName"] == "Zoë"


def test_the_key_may_be_in_a_body_but_not_of_a_get(eq: EqClient) -> None:
    """POST, PUT and DELETE take it in either place."""
    made = eq.raw("POST", "/pause_code", data={"auth_key": eq.key, "data": '{"name": "Lunch"}'})
    read = eq.raw("GET", "/pause_code/1", content=f"auth_key={eq.key}")
    gone = eq.raw("DELETE", "/pause_code/1", content=f"auth_key={eq.key}")

    assert (made.status_code, read.status_code, gone.status_code) == (200, 401, 200)


def test_numbers_become_the_strings_they_stand_for(eq: EqClient) -> None:
    """Integers are accepted where digits are text, digit strings where a code is an integer."""
    eq.create("agent", an_agent(number=1001))
    eq.create("call_queue", a_queue(extension=500, type="1", agentRestrictions="2"))

    assert eq.get("agent", "1")["number"] == "1001"
    queue = eq.get("call_queue", "500")
    assert (queue["extension"], queue["type"], queue["agentRestrictions"]) == ("500", 1, 2)


def test_values_are_trimmed_and_unknown_ones_ignored(eq: EqClient) -> None:
    """White space around a value is not part of it; read-only and unknown attributes are no error."""
    eq.create("agent", an_agent(firstName="  Jane ", id=77, deleted=True, shoeSize=38))

    agent = eq.get("agent", "1")

    assert (agent["firstName"], agent["id"], agent["deleted"]) == ("Jane", 1, False)
    assert "shoeSize" not in agent


@pytest.mark.parametrize(
    ("kind", "data", "defaults"),
    [
        ("call_queue", a_queue(), QUEUE_DEFAULTS),
        ("extension", an_extension(), EXTENSION_DEFAULTS),
        ("agent", an_agent(), {"lastName": None, "emailAddress": None, "language": None}),
        ("supervisor", a_supervisor(), {"lastName": None, "language": None}),
    ],
)
def test_what_is_left_out_has_its_default(
    eq: EqClient, kind: str, data: dict[str, Any], defaults: dict[str, Any]
) -> None:
    """On create, and again on update: it is a full replacement."""
    key = eq.create(kind, data)
    made = eq.get(kind, key)

    eq.replace(kind, key, data | _other_values(kind))
    changed = eq.get(kind, key)
    eq.replace(kind, key, data)

    assert made == made | defaults
    assert all(changed[name] != defaults[name] for name in _other_values(kind))
    assert eq.get(kind, key) == made


def _other_values(kind: str) -> dict[str, Any]:
    values: dict[str, dict[str, Any]] = {
        "call_queue": {"wrapUpTime": 0, "weight": 5, "joinEmpty": "loose", "autoAnswerAcd": True},
        "extension": {"callWaiting": True, "sip": {"nat": "yes"}, "voicemail": {}},
        "agent": {"lastName": "Roe", "emailAddress": "jane@example.com", "language": "he"},
        "supervisor": {"lastName": "Lee", "language": "es"},
    }
    return values[kind]


def test_blank_is_null(eq: EqClient) -> None:
    """Where a table says blank or null, both are stored as null."""
    eq.create("extension", an_extension(outboundCid="", sip={"context": " "}, voicemail={"emailAddress": ""}))

    extension = eq.get("extension", "101")

    assert (extension["outboundCid"], extension["sip"]["context"]) == (None, None)
    assert extension["voicemail"]["emailAddress"] is None


def test_voicemail_options(eq: EqClient) -> None:
    """Documented ones are yes or no with a default; others are kept as strings, and must be strings."""
    eq.create("extension", an_extension(voicemail={"options": {"attach": "yes", "tz": "central"}}))

    broken = eq.replace("extension", "101", an_extension(voicemail={"options": {"saycid": True, "max": 5}}))

    assert eq.get("extension", "101")["voicemail"]["options"] == {
        "attach": "yes",
        "saycid": "no",
        "envelope": "no",
        "delete": "no",
        "tz": "central",
    }
    assert complaints(broken) == [("voicemail.options.saycid", "invalid"), ("voicemail.options.max", "invalid")]


@pytest.mark.parametrize("empty", [{}, {"password": None}, {"password": ""}])
def test_a_users_password_stays_when_it_is_not_sent(eq: EqClient, control: Control, empty: dict[str, Any]) -> None:
    """An update without a password keeps it; only a value that is sent counts as a change."""
    eq.create("agent", an_agent())
    without = {name: value for name, value in an_agent().items() if name != "password"}

    response = eq.replace("agent", "1", without | empty)
    kept = control.content(reveal=True)["agent"]["1"]["password"]
    eq.replace("agent", "1", an_agent(password="7777"))

    assert (response.status_code, kept) == (200, "0042")
    assert control.content()["agent"]["1"]["password"] == {"set": True, "changes": 2}
    assert control.content(reveal=True)["agent"]["1"]["password"] == "7777"


def test_an_extensions_secrets_are_blanked_when_they_are_not_sent(eq: EqClient, control: Control) -> None:
    """They follow the rule of full replacement, and the phone stops registering."""
    secrets = {"sip": {"secret": "abc"}, "voicemail": {"password": "4321"}}
    eq.create("extension", an_extension(**secrets))
    before = control.content()["extension"]["101"]

    eq.replace("extension", "101", an_extension(voicemail={}))
    after = control.content()["extension"]["101"]

    assert before["sip"]["secret"] == before["voicemail"]["password"] == {"set": True, "changes": 1}
    assert after["sip"]["secret"] == after["voicemail"]["password"] == {"set": False, "changes": 1}


@pytest.mark.parametrize("returned", [False, True])
def test_secrets_are_read_only_where_that_is_set(eq: EqClient, control: Control, *, returned: bool) -> None:
    """A13 and its override: no secret in any answer, or all of them."""
    control.settings(return_secrets=returned)
    eq.create("supervisor", a_supervisor())
    eq.create("extension", an_extension(sip={"secret": "abc"}, voicemail={"password": "4321"}))

    supervisor, extension = eq.get("supervisor", "1"), eq.get("extension", "101")

    assert ("password" in supervisor) == returned
    assert ("secret" in extension["sip"]) == returned
    assert ("password" in extension["voicemail"]) == returned


@pytest.mark.parametrize(
    ("kind", "first", "second", "expected"),
    [
        ("supervisor", {}, {"username": "SAMLEE", "emailAddress": "x@example.com"}, [("username", "in_use")]),
        ("supervisor", {}, {"username": "other", "emailAddress": " SAM@Example.com"}, [("emailAddress", "in_use")]),
        ("agent", {"emailAddress": "j@b.c"}, {"number": "2", "emailAddress": "J@B.C"}, [("emailAddress", "in_use")]),
        ("agent", {}, {"number": "2"}, []),
        ("call_queue", {}, {"extension": "501", "name": "support "}, [("name", "in_use")]),
        ("call_queue", {}, {"extension": "501", "name": "Sales"}, []),
        ("pause_code", {}, {"name": "LUNCH"}, [("name", "in_use")]),
        ("extension", {}, {"extension": "102"}, [("name", "in_use")]),
        ("alert", {}, {"name": "dISK"}, [("name", "in_use")]),
        ("alert", {}, {"name": "Disk", **A_SUPERVISOR_ALERT}, []),
    ],
)
def test_unique_values(
    eq: EqClient, kind: str, first: dict[str, Any], second: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    """Compared trimmed and without case, each kind for itself, alert names for each user, empty ones never."""
    if kind != "supervisor":
        eq.create("supervisor", a_supervisor())
    eq.create(kind, VALID[kind](**first))

    response = eq.call("POST", f"/{kind}", {"data": VALID[kind](**second)})

    assert (complaints(response) if response.is_error else []) == expected


def test_a_unique_value_may_be_written_again_by_its_holder(eq: EqClient) -> None:
    """An update meets itself; that is no clash. Another one's value is."""
    eq.create("agent", an_agent(emailAddress="jane@example.com"))
    eq.create("agent", an_agent(number="1002"))

    same = eq.replace("agent", "1", an_agent(emailAddress="JANE@example.com"))
    other = eq.replace("agent", "2", an_agent(number="1001", emailAddress="jane@example.com"))

    assert same.status_code == 200
    assert complaints(other) == [("number", "in_use"), ("emailAddress", "in_use")]


def test_a_value_is_free_once_it_is_given_up(eq: EqClient) -> None:
    """By an update as by a delete."""
    eq.create("agent", an_agent())
    eq.replace("agent", "1", an_agent(number="1009"))

    assert eq.create("agent", an_agent()) == "2"


def test_undelete_needs_the_unique_values_back(eq: EqClient) -> None:
    """A number that was given away meanwhile stands in the way, and the agent stays deleted."""
    eq.create("agent", an_agent())
    eq.call("DELETE", "/agent/1")
    eq.create("agent", an_agent())

    response = eq.call("PUT", "/agent/1", undelete="1")

    assert (response.status_code, complaints(response)) == (400, [("number", "in_use")])
    assert eq.get("agent", "1")["deleted"] is True


def test_unique_values_of_deleted_ones_count_where_that_is_set(eq: EqClient, control: Control) -> None:
    """A18's override."""
    control.settings(unique_includes_deleted=True)
    eq.create("agent", an_agent())
    eq.call("DELETE", "/agent/1")

    response = eq.call("POST", "/agent", {"data": an_agent()})

    assert complaints(response) == [("number", "in_use")]


def test_a_deleted_queues_extension_is_free_where_that_is_set(eq: EqClient, control: Control) -> None:
    """A19's override: the new queue takes the deleted one's place."""
    control.settings(reuse_deleted_queue=True)
    eq.create("call_queue", a_queue(weight=5))
    eq.call("DELETE", "/call_queue/500")

    eq.create("call_queue", a_queue(name="Other"))

    queue = eq.get("call_queue", "500")
    assert (queue["name"], queue["weight"], queue["deleted"]) == ("Other", 0, False)


def test_users_count_together_where_that_is_set(eq: EqClient, control: Control) -> None:
    """A31's doubt: supervisors and agents might share one sequence of ids."""
    separate = [eq.create("agent", an_agent()), eq.create("supervisor", a_supervisor())]
    control.empty()
    control.settings(shared_user_ids=True)
    shared = [
        eq.create("agent", an_agent()),
        eq.create("supervisor", a_supervisor()),
        eq.create("agent", an_agent(number="1002")),
        eq.create("pause_code", a_pause_code()),
    ]

    assert separate == ["1", "1"]
    assert shared == ["1", "2", "3", "1"]


def test_a_queues_extension_is_its_identity(eq: EqClient) -> None:
    """An update ignores one that is sent."""
    eq.create("call_queue", a_queue())

    response = eq.replace("call_queue", "500", a_queue(extension="501", name="Renamed"))

    assert response.status_code == 200
    assert eq.get("call_queue", "500")["name"] == "Renamed"
    assert eq.call("GET", "/call_queue/501").status_code == 404


def test_an_extension_is_renumbered(eq: EqClient) -> None:
    """A20: another number in ``data`` moves the extension, unless that number is taken."""
    eq.create("extension", an_extension())
    eq.create("extension", an_extension(extension="102", name="Desk 102"))

    taken = eq.replace("extension", "101", an_extension(extension="102"))
    moved = eq.replace("extension", "101", an_extension(extension="103"))

    assert complaints(taken) == [("extension", "in_use")]
    assert moved.status_code == 200
    assert eq.call("GET", "/extension/101").status_code == 404
    assert eq.get("extension", "103")["name"] == "Desk 101"


def test_a_deleted_extension_leaves_nothing(eq: EqClient) -> None:
    """A21: its number is free at once."""
    eq.create("extension", an_extension(callWaiting=True))
    eq.call("DELETE", "/extension/101")

    eq.create("extension", an_extension())

    assert eq.get("extension", "101")["callWaiting"] is False


ALERT_NEEDS = [
    ({"type": "callQueueCallsHigh"}, ["callQueue", "threshold"]),
    ({"type": "callQueueWaitTimeHigh"}, ["callQueue", "threshold"]),
    ({"type": "callQueueAgentsLow"}, ["callQueue", "threshold"]),
    ({"type": "callQueueAgentsAvailableLow"}, ["callQueue", "threshold"]),
    ({"type": "emailQueueEmailsHigh"}, ["emailQueue", "threshold"]),
    ({"type": "emailQueueAgentsLow"}, ["emailQueue", "threshold"]),
    ({"type": "emailQueueAgentsAvailableLow"}, ["emailQueue", "threshold"]),
    ({"type": "licenseExceeded"}, []),
    ({"type": "processStopped"}, []),
    ({"type": "diskUsageHigh"}, ["threshold"]),
    ({"type": "licenseExceeded", "notificationType": "realtime"}, ["user", "color"]),
    ({"type": "licenseExceeded", "notificationType": "email"}, ["user"]),
    ({"type": "licenseExceeded", "notificationType": "sms", "interval": None}, ["user", "interval"]),
    ({"type": "licenseExceeded", "interval": None}, ["interval"]),
]


@pytest.mark.parametrize(("attributes", "needed"), ALERT_NEEDS)
def test_what_an_alert_needs(eq: EqClient, attributes: dict[str, Any], needed: list[str]) -> None:
    """§4.6.1: by type and by notification type."""
    response = eq.call("POST", "/alert", {"data": an_alert(threshold=None) | attributes})

    assert (complaints(response) if response.is_error else []) == [(name, "blank") for name in needed]


def test_what_does_not_apply_to_an_alert_is_ignored(eq: EqClient, control: Control) -> None:
    """A22: it is not even looked at, and stored as null."""
    eq.create("alert", an_alert(callQueue="no number", emailQueue=-1, color="red"))

    alert = control.content()["alert"]["1"]
    assert [alert[name] for name in ("callQueue", "emailQueue", "color")] == [None, None, None]


@pytest.mark.parametrize(
    ("attributes", "expected"),
    [
        ({"type": "callQueueCallsHigh", "callQueue": "500"}, []),
        ({"type": "callQueueCallsHigh", "callQueue": "501"}, [("callQueue", "nonexistent")]),
        ({"type": "callQueueCallsHigh", "callQueue": "502"}, [("callQueue", "nonexistent")]),
        ({"type": "callQueueCallsHigh", "callQueue": "050"}, [("callQueue", "invalid")]),
        ({"type": "emailQueueAgentsLow", "emailQueue": 4711}, []),
        ({"user": 1}, []),
        ({"user": "1"}, []),
        ({"user": 2}, [("user", "nonexistent")]),
        ({"user": 3}, [("user", "nonexistent")]),
        ({"user": "sam"}, [("user", "invalid")]),
        ({"user": ""}, [("user", "invalid")]),
    ],
)
def test_what_an_alert_refers_to(eq: EqClient, attributes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    """A24: it must be there and not deleted; email queues are outside the API."""
    eq.create("call_queue", a_queue())
    eq.create("call_queue", a_queue(extension="502", name="Gone"))
    eq.call("DELETE", "/call_queue/502")
    eq.create("supervisor", a_supervisor())
    eq.create("supervisor", a_supervisor(username="gone", emailAddress="gone@example.com"))
    eq.call("DELETE", "/supervisor/2")

    response = eq.call("POST", "/alert", {"data": an_alert(**attributes)})

    assert (complaints(response) if response.is_error else []) == expected


def test_deleting_what_an_alert_refers_to_leaves_the_alert(eq: EqClient, control: Control) -> None:
    """A24: it stays, and can be updated; only a reference that is written must lead somewhere."""
    eq.create("supervisor", a_supervisor())
    eq.create("alert", an_alert(user=1))
    eq.call("DELETE", "/supervisor/1")

    response = eq.replace("alert", "1", an_alert(name="Disk full"))

    assert response.status_code == 200
    assert control.content()["alert"]["1"] == control.content()["alert"]["1"] | {"user": 1, "name": "Disk full"}


def test_an_alerts_user_cannot_be_changed(eq: EqClient, control: Control) -> None:
    """A23: one that is sent is ignored, whatever it is."""
    eq.create("supervisor", a_supervisor())
    eq.create("alert", an_alert(user=1))

    response = eq.replace("alert", "1", an_alert(user=99))

    assert response.status_code == 200
    assert control.content()["alert"]["1"]["user"] == 1


def test_a_system_wide_alert_stays_custom(eq: EqClient) -> None:
    """A41: another notification type needs a user, and an update cannot give one."""
    eq.create("supervisor", a_supervisor())
    eq.create("alert", an_alert())

    response = eq.replace("alert", "1", an_alert(user=1, notificationType="email"))

    assert complaints(response) == [("user", "blank")]


def test_all_errors_come_at_once_in_table_order(eq: EqClient) -> None:
    """Formats, clashes and missing attributes of one request are one answer."""
    eq.create("supervisor", a_supervisor())

    response = eq.call(
        "POST",
        "/supervisor",
        {"data": {"type": "boss", "emailAddress": "sam@example.com", "username": "samlee", "password": "x"}},
    )

    assert complaints(response) == [
        ("username", "in_use"),
        ("firstName", "blank"),
        ("password", "invalid"),
        ("emailAddress", "in_use"),
        ("type", "invalid"),
    ]


@pytest.mark.parametrize("key", ["0", "-1", "abc", "01", "1.0", "٣"])
def test_what_is_no_id_is_not_there(eq: EqClient, key: str) -> None:
    """A key that EQ never gave is 404, not an error of format."""
    eq.create("agent", an_agent())

    response = eq.call("GET", f"/agent/{key}")

    assert (response.status_code, complaints(response)) == (404, [("id", "nonexistent")])


def test_a_refused_update_changes_nothing(eq: EqClient, control: Control) -> None:
    """All or nothing."""
    eq.create("agent", an_agent())
    before = control.snapshot()

    response = eq.replace("agent", "1", an_agent(firstName="Changed", language="xx"))

    assert response.status_code == 400
    assert control.snapshot() == before
