"""What is sent reads back as it was declared, whatever was declared."""

from __future__ import annotations

import json
from typing import Any, get_args

from hypothesis import given
from hypothesis import strategies as st

from provisioner.kinds.alerts import WEEK
from provisioner.secrets import Secret
from provisioner.values import VendorId, flatten, overlaid
from provisioner.vendors.eq.alerts import BY_NOTIFICATION, BY_TYPE, Alert
from provisioner.vendors.eq.catalogue import BY_NAME
from provisioner.vendors.eq.queues import Queue
from tests.vendors.eq.playing import EXTENSION, SECRETS, VALUES, adapter, change, data, ok

DIGITS = st.from_regex(r"[1-9][0-9]{0,4}", fullmatch=True)
EMAILS = st.from_regex(r"[a-z0-9]{1,8}@[a-z]{1,8}\.example", fullmatch=True)
LANGUAGES = st.sampled_from([None, "en", "es", "he"])


def text(longest: int) -> st.SearchStrategy[str]:
    """Text of 1 to ``longest`` characters as the fields keep it: without white space around."""
    return st.text(min_size=1, max_size=longest).filter(lambda value: value == value.strip())


AGENTS = st.fixed_dictionaries(
    {
        "number": DIGITS,
        "first_name": text(32),
        "last_name": st.none() | text(32),
        "email": st.none() | EMAILS,
        "language": LANGUAGES,
    }
)

SUPERVISORS = st.fixed_dictionaries(
    {
        "username": st.from_regex(r"[A-Za-z0-9]{3,20}", fullmatch=True),
        "first_name": text(32),
        "last_name": st.none() | text(32),
        "email": EMAILS,
        "language": LANGUAGES,
        "type": st.sampled_from(["full", "monitor_only"]),
    }
)


def words(field: str) -> st.SearchStrategy[str]:
    """The words that a queue's field may hold."""
    return st.sampled_from(get_args(Queue.model_fields[field].annotation))


def seconds(least: int) -> st.SearchStrategy[int | None]:
    return st.none() | st.integers(least, 10**6)


QUEUES = st.fixed_dictionaries(
    {
        "extension": DIGITS,
        "name": text(35),
        "cid_name_prefix": st.none() | text(10),
        "recording_format": st.none() | st.just("wav"),
        "weight": st.integers(0, 10),
        "announce_frequency": st.integers(0, 10**6),
        **{name: seconds(1) for name in ("sys_resume", "max_wait_time", "agent_timeout", "max_callers")},
        **{name: seconds(0) for name in ("wrap_up_time", "agent_retry_time")},
        **{
            name: st.booleans()
            for name in ("auto_answer_acd", "wrap_up_all_queues", "ringing_moh", "announce_position")
        },
        **{
            name: words(name)
            for name in (
                "type",
                "agent_restrictions",
                "ring_strategy",
                "moh_class",
                "recording_mode",
                "join_empty",
                "leave_empty",
                "announce_hold_time",
            )
        },
    }
)

TIMES = st.builds(lambda hour, minute: f"{hour:02}:{minute:02}", st.integers(0, 23), st.integers(0, 59))

NUMBERS = st.integers(1, 10**6).map(lambda number: VendorId(str(number)))


@st.composite
def alerts(draw: st.DrawFn) -> dict[str, Any]:
    """An alert with exactly the fields that its type and its notification have."""
    kind, notification = draw(st.sampled_from(sorted(BY_TYPE))), draw(st.sampled_from(sorted(BY_NOTIFICATION)))
    supervisor = draw(NUMBERS | st.none() if notification == "custom" else NUMBERS)
    everything = {
        "queue": draw(NUMBERS),
        "email_queue": draw(st.integers(1, 99)),
        "threshold": draw(st.integers(0, 10**6)),
        "color": draw(st.from_regex(r"#[0-9A-F]{6}", fullmatch=True)),
        "interval": draw(st.integers(1, 1440)),
    }
    fits = BY_TYPE[kind] | BY_NOTIFICATION[notification]
    return {
        "supervisor": supervisor,
        "name": draw(text(48)),
        "type": kind,
        "notification": notification,
        "days": draw(st.lists(st.sampled_from(WEEK), min_size=1, unique=True).map(lambda d: sorted(d, key=WEEK.index))),
        "from": draw(TIMES),
        "to": draw(TIMES.filter(lambda time: time != "00:00") | st.just("24:00")),
        **{path: value for path, value in everything.items() if path in fits},
    }


def over_the_wire(kind: str, values: dict[str, Any]) -> dict[str, Any]:
    """What a read would give back after a create of ``values``."""
    body = BY_NAME[kind].to_wire(values, create=True)
    return BY_NAME[kind].from_wire(json.loads(json.dumps(body)))


@given(AGENTS)
def test_agents_read_back_as_declared(agent: dict[str, Any]) -> None:
    declared = {**agent, "password": "0042"}

    assert over_the_wire("agents", declared) == agent


@given(SUPERVISORS)
def test_supervisors_read_back_as_declared(supervisor: dict[str, Any]) -> None:
    declared = {**supervisor, "password": "hunter2"}

    assert over_the_wire("supervisors", declared) == supervisor


@given(QUEUES)
def test_queues_read_back_as_declared(queue: dict[str, Any]) -> None:
    assert over_the_wire("queues", queue) == queue


@given(text(16))
def test_pause_codes_read_back_as_declared(name: str) -> None:
    assert over_the_wire("pause_codes", {"name": name}) == {"name": name}


@given(alerts())
def test_alerts_would_read_back_as_declared(alert: dict[str, Any]) -> None:
    """EQ gives no alert back; the body all the same says everything that was declared, and nothing else."""
    body = BY_NAME["alerts"].to_wire(alert, create=True)
    references = {"supervisor": alert["supervisor"] and {"id": alert["supervisor"]}}
    if "queue" in alert:
        references["queue"] = {"id": alert["queue"]}

    assert BY_NAME["alerts"].from_wire(body) == {**alert, **references}


@given(alerts())
def test_an_alert_that_can_be_sent_can_be_declared(alert: dict[str, Any]) -> None:
    """The fields' own rules agree with the rules across fields."""
    declared = {**alert, "supervisor": alert["supervisor"] and "sam"}
    if "queue" in alert:
        declared["queue"] = "support"

    model = Alert.model_validate(declared)
    flat = model.model_dump(exclude_unset=True)

    assert flat == declared
    assert list(BY_NAME["alerts"].offer.rules(flat)) == []


def test_extensions_read_back_as_declared() -> None:
    declared = {**VALUES["extensions"], "sip.secret": "s3cr3t", "voicemail.password": "4321"}

    assert over_the_wire("extensions", declared) == VALUES["extensions"]


def test_an_extension_without_a_mailbox_reads_back_so() -> None:
    without = {path: value for path, value in VALUES["extensions"].items() if not path.startswith("voicemail.")}

    assert over_the_wire("extensions", {**without, "voicemail": None}) == {**without, "voicemail": None}


def test_secrets_stay_hidden_in_a_body() -> None:
    """Only the HTTP engine reveals them."""
    body = BY_NAME["agents"].to_wire({**VALUES["agents"], "password": Secret("0042")}, create=True)

    assert "0042" not in repr(body)


OTHER: dict[str, Any] = {
    "name": "Front desk",
    "cid_masquerade": "900",
    "outbound_cid": None,
    "emergency_cid": "112",
    "call_waiting": False,
    "recording.inbound_external": "never",
    "recording.inbound_internal": "always",
    "recording.outbound_external": "dontcare",
    "recording.outbound_internal": "never",
    "recording.on_demand": True,
    "sip.dtmf_mode": "inband",
    "sip.context": "from-sales",
    "sip.nat": "never",
    "voicemail.context": None,
    "voicemail.email": None,
    "voicemail.pager_email": "pager@acme.example",
    "voicemail.options.attach": False,
    "voicemail.options.saycid": True,
    "voicemail.options.envelope": True,
    "voicemail.options.delete": False,
}
"""Another value for every field of the sample extension that can change."""


@given(st.sets(st.sampled_from(sorted(OTHER))))
def test_what_nobody_declares_of_an_extension_is_carried_on(declared: set[str]) -> None:
    """Whichever leaves are declared, the rest of the body is what EQ showed; secrets go along."""
    kind = BY_NAME["extensions"]
    blank = dict.fromkeys(SECRETS["extensions"])
    shown = flatten(kind.to_wire({**EXTENSION, **blank}, create=True))
    live = kind.from_wire(kind.to_wire({**EXTENSION, **blank}, create=True))
    whole = {**overlaid(live, {path: OTHER[path] for path in declared}), **SECRETS["extensions"]}

    request, _ = change(adapter("extensions").update(VendorId("1001"), whole, frozenset(declared)), ok())

    names = {item.path: item.name for item in kind.attributes}
    sent = flatten(data(request))
    differing = {name for name in sent if sent[name] != shown[name]}
    assert sent.keys() == shown.keys()
    assert differing == {names[path] for path in (*declared, *SECRETS["extensions"])}
