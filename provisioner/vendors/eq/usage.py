"""How is an EQ account used right now: what does its licence count, who is signed in, who waits, who is on a call?

The calls are in specs/eq.yaml (GET /license, /license_usage, /active_supervisor_sessions, /active_agent_sessions,
/queued_calls, /active_calls). What their answers look like is assumed; a name that differs is set under ``shapes``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from provisioner.values import VendorId
from provisioner.vendors.answers import one_line, unusable
from provisioner.vendors.base import Answer, Reading, Request
from provisioner.vendors.eq.answers import value_in
from provisioner.vendors.eq.settings import EqSettings, LicenceName
from provisioner.vendors.eq.wire import KindName, PathName, Unreadable, is_blank
from provisioner.vendors.usage import Licence

LICENCES: tuple[LicenceName, ...] = ("supervisors", "agents", "callQueues")
"""What EQ's licence counts."""

SOMEBODY = "somebody is signed in, and EQ does not say who"


@dataclass(frozen=True)
class Usage:
    """The questions about one connection's account."""

    settings: EqSettings
    connection: str

    # --- licence ------------------------------------------------------------------------------------------------

    def licences(self) -> Reading[Mapping[str, Licence]]:
        """What is licensed and what is used, as far as both are whole numbers; null is without limit.

        Nothing for a system without the call. Raises VendorFailed for an answer that is no object.
        """
        requests = (self._request("license"), self.counts())
        allowed, used = yield requests
        if allowed.absent:
            return {}
        limits = self._object(requests[0], allowed)
        counts = {} if used.absent else self._object(requests[1], used)
        return dict(self._licences(limits, counts))

    def counts(self) -> Request:
        """What counts against the licence; a system without the call answers 404."""
        return self._request("license_usage")

    def counted(self, answer: Answer, name: str) -> int | None:
        """How many live entities the answer to ``counts`` names; None where it does not say."""
        try:
            counts = value_in(answer, self.settings) if not answer.absent else None
        except Unreadable:
            return None
        return _whole(counts.get(self._key(name))) if isinstance(counts, dict) else None

    def _licences(self, limits: Mapping[str, Any], counts: Mapping[str, Any]) -> Iterator[tuple[str, Licence]]:
        for name in LICENCES:
            key = self._key(name)
            limit = limits.get(key)
            if (key in limits and limit is None) or _whole(limit) is not None:
                yield name, Licence(limit, _whole(counts.get(key)))

    def _key(self, name: str) -> str:
        return next((key for ours, key in self.settings.shapes.license.items() if ours == name), name)

    def _request(self, path: PathName) -> Request:
        return Request(self.settings.methods.get, self.settings.path(path), absent_ok=True)

    def _object(self, request: Request, answer: Answer) -> Mapping[str, Any]:
        try:
            found = value_in(answer, self.settings)
            if not isinstance(found, dict):
                raise Unreadable("it is not an object")
        except Unreadable as error:
            raise unusable(request, answer, self.connection, error) from error
        return found

    # --- in use -------------------------------------------------------------------------------------------------

    def in_use(self, kind: KindName, ids: Sequence[VendorId]) -> Reading[Mapping[VendorId, str]]:
        """Who of the kind is in use; one request for people, one for each queue or extension.

        Raises VendorFailed for an answer that is no list: it does not say that nobody is there.
        """
        match kind:
            case "supervisors":
                return (yield from self._signed_in("active_supervisor_sessions", ids))
            case "agents":
                return (yield from self._signed_in("active_agent_sessions", ids))
            case "queues":
                return (yield from self._calls("queued_calls", "queue", ids))
            case "extensions":
                return (yield from self._calls("active_calls", "extension", ids))
            case _:
                raise AssertionError(kind)

    def _signed_in(self, path: PathName, ids: Sequence[VendorId]) -> Reading[Mapping[VendorId, str]]:
        request = Request(self.settings.methods.get, self.settings.path(path))
        (answer,) = yield (request,)
        names = self.settings.shapes.session
        user, extension = names.get("user", "user"), names.get("extension", "extension")
        found: dict[VendorId, str] = {}
        for session in self._list(request, answer):
            who = session.get(user) if isinstance(session, dict) else None
            if is_blank(who):  # it may be anybody's
                found = {**dict.fromkeys(ids, SOMEBODY), **found}
            elif (vendor_id := VendorId(str(who).strip())) in ids:
                found[vendor_id] = _seated(session.get(extension))
        return found

    def _calls(self, path: PathName, parameter: str, ids: Sequence[VendorId]) -> Reading[Mapping[VendorId, str]]:
        requests = [
            Request(self.settings.methods.get, self.settings.path(path), query=((parameter, vendor_id),))
            for vendor_id in ids
        ]
        answers = yield requests
        found = {}
        for vendor_id, request, answer in zip(ids, requests, answers, strict=True):
            calls = self._list(request, answer)
            if parameter == "queue":
                waiting = sum(self._waits(call, vendor_id) for call in calls)
                words = f"{waiting} caller{' is' if waiting == 1 else 's are'} waiting" if waiting else ""
            else:
                words = "on a call" if calls else ""
            if words:
                found[vendor_id] = words
        return found

    def _waits(self, call: Any, queue: VendorId) -> bool:
        """True for a call in that queue; one that does not name its queue counts, since it was asked for by it."""
        name = self.settings.shapes.queued_call.get("queue", "queue")
        there = call.get(name) if isinstance(call, dict) else None
        return is_blank(there) or str(there).strip() == queue

    def _list(self, request: Request, answer: Answer) -> Sequence[Any]:
        try:
            found = value_in(answer, self.settings)
            if not isinstance(found, list):
                raise Unreadable("it is not a list")
        except Unreadable as error:
            raise unusable(request, answer, self.connection, error) from error
        return found


def _whole(value: Any) -> int | None:
    """A number of seats; None for anything else, true and false among it."""
    return value if isinstance(value, int) and not isinstance(value, bool) and value >= 0 else None


def _seated(extension: Any) -> str:
    return "signed in" if is_blank(extension) else f"signed in at extension {one_line(str(extension))[:15]}"
