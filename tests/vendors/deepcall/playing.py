"""Playing DeepCall: its answers, and records as the sheet's example shows them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from provisioner.secrets import Secret, SecretRef, SecretSource
from provisioner.vendors.base import Adapter, Answer, Entity
from provisioner.vendors.deepcall.agents import agent_in
from provisioner.vendors.deepcall.session import DeepcallSession, connect
from provisioner.vendors.deepcall.settings import DeepcallSettings

TOKEN, SSID = Secret("dc-t0ken"), Secret("dc-s3ssion")

REFERENCE = SecretRef(SecretSource.ENV, "DC")

AGENT: dict[str, Any] = {
    "name": "Agent One",
    "favorite": "",
    "email": "Agent.One@example.com",
    "phone": "15555550101",
    "address": "",
    "dest_type": "MOBILE",
    "dest_value": "5555550101",
    "call_pass": "1234567",
    "role": "1",
    "password": "plain-text",
    "parent": ",START,",
    "create_date": 1720000000,
    "create_by": "10000001",
    "create_by_type": "",
    "user_id": "10000001",
    "unique_id": 2,
    "allowDid": "",
    "status": 1,
    "isDeleted": 0,
    "preDeleted": 0,
    "group": [17, 44],
    "working": [{"wDays": ["MON", "TUE"], "from": 540, "to": 1080, "agentId": 2}],
    "groupNames": [{"17": "Support"}, {"44": "Unknown group (44)"}],
    "roleName": "agent",
}
"""The agent of the sheet's example (§4.1)."""

OF_MAP: dict[str, Any] = {
    "nm": "Agent One",
    "email": "agent.one@example.com",
    "phone": "15555550101",
    "dest_type": "MOBILE",
    "dest_value": "5555550101",
    "group": [17],
    "status": 1,
}
"""The same in the other shape: no id, and seven fields."""

GROUP: dict[str, Any] = {"unique_id": 17, "name": "Support", "status": 1, "user_id": "10000001", "create_date": 1}


def settings(**given: Any) -> DeepcallSettings:
    """Settings of a connection, with what the test is about."""
    way = {} if "ssid" in given else {"token": REFERENCE}
    return DeepcallSettings.model_validate({"vendor": "deepcall", "user_id": "10000001", **way, **given})


def session(**given: Any) -> DeepcallSession:
    secrets = {"ssid": SSID} if "ssid" in given else {"token": TOKEN}
    return connect(settings(**given), "dial", secrets)


def adapter(kind: str, **given: Any) -> Adapter:
    return session(**given).adapter(kind)


def ok(status: int = 200, **members: Any) -> Answer:
    """A success with these members."""
    return Answer(status, json.dumps({"status": "success", "code": 200, **members}))


def error(code: int | str, message: str = "No", name: str = "code") -> Answer:
    """An error, which is 200, too."""
    return Answer(200, json.dumps({"status": "error", "message": message, name: code}))


def page(*records: Mapping[str, Any], number: int = 1, pages: int = 1, total: int | None = None) -> Answer:
    """One page of a listing."""
    count = len(records) if total is None else total
    return ok(response=list(records) or {}, currentPage=number, totalPages=pages, totalRecords=count, agtLimit=12)


def relations(*members: tuple[int, int], group: Mapping[str, Any] = GROUP) -> Answer:
    """A group with its members: agent and whether the group's calls go to it."""
    told = [{"agent_unique_id": agent, "group_id": 17, "receive_call": flag} for agent, flag in members]
    return ok(response={"groupData": dict(group), "agentData": [], "relationData": told})


def agent(**more: Any) -> Entity | None:
    """What the adapter makes of the example with that in it."""
    return agent_in(None, {**AGENT, **more})
