"""Playing FonoUC: whole entities as the sheet shows them, and the adapter's generators driven by hand."""

from __future__ import annotations

import json
from typing import Any

from provisioner.secrets import Secret, SecretRef, SecretSource
from provisioner.vendors.base import Answer, Listing, Request
from provisioner.vendors.fonouc.catalogue import BY_NAME
from provisioner.vendors.fonouc.listing import listed as list_of
from provisioner.vendors.fonouc.session import FonoucSession, connect
from provisioner.vendors.fonouc.settings import FonoucSettings

PASSWORD, API_KEY = Secret("fono-pa55word"), Secret("fono-k3y")
REFERENCE = SecretRef(SecretSource.ENV, "FONO")

USER: dict[str, Any] = {
    "id": "fedcba9876543210fedcba9876543210",
    "level": "user",
    "first_name": "Ana",
    "last_name": "Example",
    "email": "Ana@example.com",
    "presence_id": "1001",
    "enabled": True,
    "has_cellphones": False,
    "role": "user",
    "tags": ["vip", "night"],
    "isAgent": True,
    "invitation": {"status": "", "history": None},
    "feature_plan": "",
}
QUEUE: dict[str, Any] = json.loads(
    """{"id":"11111111-2222-4333-8444-555555555555","name":"support","max_time_caller_remains":3,
  "max_time_caller_remains_unit":"minutes","strategy":"simultaneous","wrap_up_time":1,"timeout":20,
  "moh":"0123456789abcdef0123456789abcdef","outbound_calls":true,"call_only_if_registered_agents":false,
  "is_disposition_mandatory":true,"auto_answer":false,"skills_routing":false,"disable_call_rating":false,
  "call_screen_recording":false,"ai_assist":false,
  "extensions":[{"extension":"7000","prepend":"","emergency_mode":false}],
  "dids":[{"did":"+15550100","prepend":"","emergency_mode":false}],
  "agents":[{"type":"user","id":"fedcba9876543210fedcba9876543210","delay":0,"timeout":20}],
  "pre_connect":[],"crm":{"enabled":false,"url":""},"csat":{"callflow":"","direction":"","note":""},
  "after_call_actions_list":[],"misconfigured_agents":0}"""
)
"""The queue of the sheet's example (§4.2), as it stands there."""

ENTITIES = {"agents": USER, "queues": QUEUE}

WAYS_IN: dict[str, dict[str, Any]] = {
    "login": {"username": "provision@example.com", "password": REFERENCE, "domain": "exampletenant"},
    "api_key": {"api_key": REFERENCE},
}


def settings(way: str = "login", **given: Any) -> FonoucSettings:
    fixed = {"vendor": "fonouc", "url": "https://pbx.example.com:9443/api/v2", "account_id": "0f" * 16}
    return FonoucSettings.model_validate({**fixed, **WAYS_IN[way], **given})


def session(way: str = "login", **given: Any) -> FonoucSession:
    secrets = {"password": PASSWORD} if way == "login" else {"api_key": API_KEY}
    return connect(settings(way, **given), "pbx", secrets)


def inside(**given: Any) -> FonoucSession:
    """A session that has logged in."""
    entered = session(**given)
    log_in(entered, {"user": {}, "access_token": "t0ken-1", "refresh_token": "r3fresh-1"})
    return entered


def log_in(entering: FonoucSession, answer: Any) -> Request:
    """The log-in's one request, answered so."""
    going = entering.log_in()
    request = next(going)
    try:
        going.send(Answer(200, json.dumps(answer)))
    except StopIteration:
        return request
    raise AssertionError("the log-in goes on")


def listed(kind: str, data: Any, **given: Any) -> Listing:
    """What comes of a listing that is answered so: with JSON, or with a text as it is."""
    reading = list_of(BY_NAME[kind], settings(**given), "pbx")
    next(reading)
    try:
        reading.send([Answer(200, data if isinstance(data, str) else json.dumps(data))])
    except StopIteration as end:
        listing: Listing = end.value
        return listing
    raise AssertionError("the reading goes on")
