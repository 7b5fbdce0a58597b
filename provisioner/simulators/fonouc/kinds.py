"""What are FonoUC's users and queues? Their fields, with defaults like the values of the sheet's examples (§4)."""

from __future__ import annotations

from collections.abc import Callable
from uuid import NAMESPACE_URL, UUID, uuid5

from provisioner.simulators.collection import Field, Kind, off, on


def _uuid(kind: str) -> Callable[[int], UUID]:
    """Invented ids, the same in every run."""
    return lambda number: uuid5(NAMESPACE_URL, f"https://fonouc.example.com/{kind}/{number}")


_user_uuid, _queue_uuid = _uuid("user"), _uuid("queue")
_NOTHING_PLAYED = "0" * 32

_API_REQUEST = (off("enabled"), Field("url", ""), Field("method", "PUT"), Field("label", ""))

USER = Kind(
    name="user",
    key_name="id",
    id_of=lambda number: _user_uuid(number).hex,
    fields=(
        Field("level", "user"),
        Field("first_name", "", needed=True),
        Field("last_name", ""),
        Field("email", "", needed=True),
        Field("presence_id", ""),
        on("enabled"),
        off("has_cellphones"),
        Field("role", "user"),
        Field("tags", []),
        on("isAgent"),
        Field("invitation", {}, members=(Field("status", ""), Field("history", None))),
        Field("feature_plan", ""),
        Field("password", "", secret=True),
    ),
)

QUEUE = Kind(
    name="queue",
    key_name="id",
    id_of=lambda number: str(_queue_uuid(number)),
    fields=(
        Field("name", "", needed=True),
        Field("max_time_caller_remains", 3),
        Field("max_time_caller_remains_unit", "minutes"),
        Field("strategy", "simultaneous"),
        Field("wrap_up_time", 1),
        Field("timeout", 20),
        Field("moh", _NOTHING_PLAYED),
        on("outbound_calls"),
        off("call_only_if_registered_agents"),
        off("is_disposition_mandatory"),
        off("auto_answer"),
        off("skills_routing"),
        off("disable_call_rating"),
        off("call_screen_recording"),
        off("ai_assist"),
        Field("extensions", [], members=(Field("extension", ""), Field("prepend", ""), off("emergency_mode"))),
        Field("dids", [], members=(Field("did", ""), Field("prepend", ""), off("emergency_mode"))),
        Field(
            "agents",
            [],
            members=(Field("type", "user"), Field("id", "", needed=True), Field("delay", 0), Field("timeout", 20)),
        ),
        Field(
            "pre_connect",
            [],
            members=(
                Field("type", "every"),
                Field("action", "play_file"),
                Field("media_id", _NOTHING_PLAYED),
                Field("time", 0),
            ),
        ),
        Field("crm", {}, members=(off("enabled"), Field("url", ""))),
        Field("csat", {}, members=(Field("callflow", ""), Field("direction", ""), Field("note", ""))),
        Field("after_call_actions_list", [], members=(Field("api_request", {}, members=_API_REQUEST),)),
    ),
)
