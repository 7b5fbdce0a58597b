"""Playing Maqsam: driving the adapter's generator by hand, page by page."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from provisioner.errors import VendorError
from provisioner.secrets import Secret, SecretRef, SecretSource
from provisioner.vendors.base import Answer, Listing, Request
from provisioner.vendors.maqsam.listing import Agents
from provisioner.vendors.maqsam.session import MaqsamSession, connect
from provisioner.vendors.maqsam.settings import MaqsamSettings

SECRET = Secret("maqsam-s3cret")

ANA: dict[str, Any] = {
    "identifier": "1001",
    "name": "Ana Example",
    "email": "ana@example.com",
    "active": True,
    "groups": ["Support"],
    "outgoingEnabled": True,
    "incomingEnabled": True,
    "whatsappEnabled": False,
    "state": {"state": "Available", "timestamp": 1735689600},
    "created_at": 1704067200,
}
"""The agent of the sheet's example (§3.1)."""


def settings(**given: Any) -> MaqsamSettings:
    secret = SecretRef(SecretSource.ENV, "MAQSAM_SECRET")
    return MaqsamSettings.model_validate(
        {"vendor": "maqsam", "access_key_id": "key-1", "access_secret": secret, **given}
    )


def session(**given: Any) -> MaqsamSession:
    return connect(settings(**given), "voice", {"access_secret": SECRET})


def an_agent(number: int, **changes: Any) -> dict[str, Any]:
    return {**ANA, "identifier": str(number), "email": f"agent{number}@example.com", **changes}


def page(*agents: Any) -> Answer:
    return Answer(200, json.dumps({"result": "success", "message": list(agents)}))


def listed(*plays: Answer | VendorError, **given: Any) -> tuple[Listing, Sequence[Request]]:
    """What comes of reading the pages that are answered so, and what was asked; the last answer again and again."""
    reading = Agents(settings(**given), "voice").find_all()
    asked = [*next(reading)]
    place = 0
    try:
        while True:
            play = plays[min(place, len(plays) - 1)]
            place += 1
            batch = reading.throw(play) if isinstance(play, VendorError) else reading.send((play,))
            asked += batch
    except StopIteration as end:
        listing: Listing = end.value
        return listing, asked
