"""Playing Bird: driving an adapter's generators by hand, and objects as Bird would answer with them."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from typing import Any, TypeVar

from provisioner.secrets import Secret, SecretRef, SecretSource
from provisioner.vendors.base import Answer, Request
from provisioner.vendors.bird.records import Records
from provisioner.vendors.bird.session import BirdSession, connect
from provisioner.vendors.bird.settings import BirdSettings
from tests.vendors import playing

T = TypeVar("T")

WORKSPACE = "5f0c7a3e-8d2b-4c57-9f4e-0b1d5a9c7e21"

BELOW = f"/workspaces/{WORKSPACE}"

KEY = Secret("bird-key-1")

USER_ID = "6f1f6f0e-0000-4000-8000-000000000001"

AGENT: dict[str, Any] = {
    "id": "a-1",
    "workspaceId": WORKSPACE,
    "type": "user",
    "name": "Jane Roe",
    "overrideName": True,
    "bio": "",
    "avatarUrl": "",
    "userEmails": ["jane@acme.example", "j.roe@acme.example"],
    "user": {"id": USER_ID, "name": "Jane Roe", "defaultEmail": "jane@acme.example"},
    "roles": [],
    "teams": [{"id": "t-1", "name": "Tier one", "memberSince": "2025-05-09T04:26:26.850Z"}],
    "status": "away",
    "availability": {"status": "away", "activity": "available"},
    "tagCount": 0,
    "createdAt": "2025-05-09T04:26:26.850Z",
}
"""An agent of whom next to nothing was ever set."""


def settings(**given: Any) -> BirdSettings:
    """Settings of a connection, with what the test is about."""
    fixed = {"vendor": "bird", "workspace_id": WORKSPACE, "access_key": SecretRef(SecretSource.ENV, "BIRD_KEY")}
    return BirdSettings.model_validate({**fixed, **given})


def session(**given: Any) -> BirdSession:
    return connect(settings(**given), "inbox", {"access_key": KEY})


def adapter(kind: str, **given: Any) -> Records:
    found = session(**given).adapter(kind)
    assert isinstance(found, Records)
    return found


def ok(body: Any, status: int = 200) -> Answer:
    """A success with that JSON value as its body."""
    return Answer(status, json.dumps(body))


def page(*objects: Mapping[str, Any], following: str | None = None, **more: Any) -> Answer:
    """One page of a listing."""
    named = {} if following is None else {"nextPageToken": following}
    return ok({"results": list(objects), **named, **more})


def read(reading: Generator[Sequence[Request], Sequence[Answer], T], *answers: Answer) -> tuple[list[Request], T]:
    """The requests of a read, which asks for one thing at a time, and its result."""
    return playing.read(reading, *((answer,) for answer in answers))
