"""Playing the vendor: driving an adapter's generators by hand, and whole values of every kind to drive them with."""

from __future__ import annotations

import json
from collections.abc import Generator, Sequence
from typing import Any, TypeVar

from provisioner.secrets import Secret, SecretRef, SecretSource
from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Request
from provisioner.vendors.eq.records import Records
from provisioner.vendors.eq.session import EqSession, connect
from provisioner.vendors.eq.settings import EqSettings

T = TypeVar("T")

KEY = Secret("eq-key-1")

AGENT: dict[str, Any] = {
    "number": "1001",
    "first_name": "Jane",
    "last_name": "Roe",
    "email": "jane@acme.example",
    "language": "en",
}
SUPERVISOR: dict[str, Any] = {
    "username": "samlee",
    "first_name": "Sam",
    "last_name": None,
    "email": "sam@acme.example",
    "language": None,
    "type": "full",
}
QUEUE: dict[str, Any] = {
    "extension": "500",
    "name": "Support",
    "type": "inbound",
    "auto_answer_acd": True,
    "sys_resume": None,
    "wrap_up_time": 0,
    "wrap_up_all_queues": False,
    "cid_name_prefix": "Help:",
    "agent_restrictions": "extensions_only",
    "ring_strategy": "rrmemory",
    "weight": 3,
    "moh_class": "none",
    "ringing_moh": False,
    "recording_format": "wav",
    "recording_mode": "afteranswered",
    "max_wait_time": 600,
    "agent_timeout": 20,
    "agent_retry_time": None,
    "max_callers": None,
    "join_empty": "strict",
    "leave_empty": "no",
    "announce_frequency": 60,
    "announce_position": True,
    "announce_hold_time": "once",
}
PAUSE_CODE: dict[str, Any] = {"name": "Lunch"}
EXTENSION: dict[str, Any] = {
    "extension": "1001",
    "name": "Desk 1001",
    "cid_masquerade": None,
    "outbound_cid": "15550100",
    "emergency_cid": None,
    "call_waiting": True,
    "recording.inbound_external": "always",
    "recording.inbound_internal": "dontcare",
    "recording.outbound_external": "never",
    "recording.outbound_internal": "dontcare",
    "recording.on_demand": False,
    "sip.dtmf_mode": "info",
    "sip.context": None,
    "sip.nat": "route",
    "voicemail.context": "sales",
    "voicemail.email": "desk@acme.example",
    "voicemail.pager_email": None,
    "voicemail.options.attach": True,
    "voicemail.options.saycid": False,
    "voicemail.options.envelope": False,
    "voicemail.options.delete": True,
}
ALERT: dict[str, Any] = {
    "supervisor": VendorId("3"),
    "name": "Support backlog",
    "type": "call_queue_calls_high",
    "queue": VendorId("500"),
    "threshold": 10,
    "notification": "email",
    "interval": 15,
    "days": ["mon", "tue", "sun"],
    "from": "08:00",
    "to": "24:00",
}

VALUES: dict[str, dict[str, Any]] = {
    "supervisors": SUPERVISOR,
    "agents": AGENT,
    "queues": QUEUE,
    "pause_codes": PAUSE_CODE,
    "extensions": EXTENSION,
    "alerts": ALERT,
}
"""Every field of every kind, secrets apart, in an adapter's words: references as vendor ids."""

SECRETS: dict[str, dict[str, Secret]] = {
    "supervisors": {"password": Secret("hunter2")},
    "agents": {"password": Secret("0042")},
    "extensions": {"sip.secret": Secret("s3cr3t"), "voicemail.password": Secret("4321")},
}


def settings(**given: Any) -> EqSettings:
    """Settings of a connection, with what the test is about."""
    fixed = {"vendor": "eq", "url": "http://pbx.example.com/eq/api/2.0"}
    return EqSettings.model_validate({**fixed, "api_key": SecretRef(SecretSource.ENV, "EQ_KEY"), **given})


def session(**given: Any) -> EqSession:
    return connect(settings(**given), "pbx", {"api_key": KEY})


def adapter(kind: str, **given: Any) -> Records:
    found = session(**given).adapter(kind)
    assert isinstance(found, Records)
    return found


def ok(body: Any = None) -> Answer:
    """A success with that JSON value as its body, or with none."""
    return Answer(200, "" if body is None else json.dumps(body))


def absent() -> Answer:
    return Answer(404, json.dumps({"errors": [{"parameter": "id", "type": "nonexistent", "description": "None."}]}))


def read(reading: Generator[Sequence[Request], Sequence[Answer], T], *answers: Answer) -> T:
    """The result of a read of one request that is answered so."""
    next(reading)
    try:
        reading.send(answers)
    except StopIteration as end:
        result: T = end.value
        return result
    raise AssertionError("the read goes on")


def change(changing: Generator[Request, Answer, T], answer: Answer) -> tuple[Request, T]:
    """The one request of a change, and its result."""
    request = next(changing)
    try:
        changing.send(answer)
    except StopIteration as end:
        return request, end.value
    raise AssertionError("the change goes on")


def data(request: Request) -> dict[str, Any]:
    """The entity in a request's body."""
    assert request.form is not None
    found: dict[str, Any] = request.form["data"]
    return found
