"""What is a Maqsam agent, and in which of its shapes does a listing show it? §3.1, M1 to M4."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from provisioner.simulators.collection import Field, Kind, off, on
from provisioner.simulators.maqsam.settings import Settings

_FIRST_MADE = 1_704_067_200  # 2024-01-01; times are invented, and the same in every run

AGENT = Kind(
    name="agent",
    key_name="identifier",
    id_of=lambda number: str(1000 + number),
    fields=(
        Field("name", "", needed=True),
        Field("email", "", needed=True),
        on("active"),
        Field("groups", []),
        on("outgoingEnabled"),
        on("incomingEnabled"),
        off("whatsappEnabled"),
        Field("state", {}, members=(Field("state", "Available"), Field("timestamp", _FIRST_MADE))),
        Field("created_at", _FIRST_MADE),
    ),
)


def shown(agent: Mapping[str, Any], settings: Settings) -> dict[str, Any]:
    """``agent`` as the settings want it in a listing; what a person forced into another shape is shown as it is."""
    wire = dict(agent)
    if settings.identifier_as == "number":
        wire["identifier"] = int(wire["identifier"])
    wire["groups"] = _groups(wire["groups"], settings)
    wire["state"] = _state(wire["state"], settings)
    name = "createdAt" if settings.times_as == "createdAt" else "created_at"
    wire[name] = _time(wire.pop("created_at"), settings)
    return {name: value for name, value in wire.items() if name not in settings.omitted_fields}


def _groups(groups: Any, settings: Settings) -> Any:
    if not isinstance(groups, list):
        return groups
    match settings.groups_as:
        case "null":
            return groups or None
        case "text":
            return ", ".join(groups)
        case "objects":
            return [{"identifier": f"group {place}", "name": group} for place, group in enumerate(groups, 1)]
        case "identifiers":
            return [{"identifier": group} for group in groups]
        case "strings":
            return groups


def _state(state: Any, settings: Settings) -> Any:
    if not isinstance(state, dict):
        return state
    match settings.state_as:
        case "text":
            return state["state"]
        case "null":
            return None
        case "object":
            return {**state, "timestamp": _time(state.get("timestamp"), settings)}


def _time(seconds: Any, settings: Settings) -> Any:
    if not isinstance(seconds, int):
        return seconds
    match settings.times_as:
        case "seconds":
            return seconds
        case "milliseconds":
            return seconds * 1000
        case "iso" | "createdAt":
            return _iso(seconds)


def _iso(seconds: int) -> str:
    """ISO 8601 with milliseconds and ``Z``, as one client has seen it (§3.1)."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
