"""What can a person set in an EQ simulator that is no entity: licence, phones, calls, and choices between readings?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any

from provisioner.simulators.base import Refused


def _unlimited() -> dict[str, Any]:
    return {"supervisors": None, "agents": None, "callQueues": None, "expires": None}


@dataclass(slots=True)
class Settings:
    """Everything that ``/_simulator/settings`` shows of an account.

    The first four choose between readings of the API (EQ fact sheet, section 9). ``phones`` is extension to phone,
    ``bound_queues`` agent id to extensions, ``call_recordings`` call id to file paths; the other lists are what the
    endpoint of that name answers.
    """

    api_key: str
    return_secrets: bool = False
    unique_includes_deleted: bool = False
    reuse_deleted_queue: bool = False
    shared_user_ids: bool = False
    license: dict[str, Any] = field(default_factory=_unlimited)
    problems: list[dict[str, Any]] = field(default_factory=list)
    phones: dict[str, Any] = field(default_factory=dict)
    bound_queues: dict[str, Any] = field(default_factory=dict)
    queued_calls: list[dict[str, Any]] = field(default_factory=list)
    parked_calls: list[dict[str, Any]] = field(default_factory=list)
    active_calls: list[dict[str, Any]] = field(default_factory=list)
    active_conferences: list[dict[str, Any]] = field(default_factory=list)
    call_recordings: dict[str, Any] = field(default_factory=dict)

    def check(self, changes: Mapping[str, Any]) -> None:
        """Raise Refused for an unknown name or another JSON type."""
        known = {each.name: type(getattr(self, each.name)) for each in fields(self)}
        for name, value in changes.items():
            if name not in known:
                raise Refused(f"unknown setting `{name}`; there is: {', '.join(sorted(known))}, sessions")
            if type(value) is not known[name]:
                raise Refused(f"setting `{name}` is a JSON {_JSON[known[name]]}")

    def apply(self, changes: Mapping[str, Any]) -> None:
        """Set the named ones. Raises Refused, and then sets none."""
        self.check(changes)
        for name, value in changes.items():
            setattr(self, name, value)

    def shown(self) -> dict[str, Any]:
        """All of them as JSON."""
        return asdict(self)


_JSON = {bool: "boolean", str: "string", dict: "object", list: "array"}
