"""How does an EQ account offer itself to the server and to a person? Joins content, sessions, settings and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from provisioner.simulators import snapshots
from provisioner.simulators.base import Absent, Answer, Checks, Refused, Request, Secrets
from provisioner.simulators.eq.api import Api, template
from provisioner.simulators.eq.content import Content, Invalid
from provisioner.simulators.eq.kinds import KINDS, Kind
from provisioner.simulators.eq.membership import Memberships
from provisioner.simulators.eq.parameters import SECRET_PARAMETERS, body_of, without_secrets
from provisioner.simulators.eq.runtime import Runtime
from provisioner.simulators.eq.sessions import Sessions
from provisioner.simulators.eq.settings import Settings
from provisioner.simulators.store import Entity

DEFAULT_KEY = "sim-eq-key"


class EqAccount:
    """One EQ server with its content; the methods are `provisioner.simulators.base.Account`'s."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        """Raises Refused for a credential that EQ does not know."""
        for name in credentials.keys() - {"api_key"}:
            raise Refused(f"EQ has no credential `{name}`, only `api_key`")
        self._settings = Settings(api_key=credentials.get("api_key", DEFAULT_KEY))
        self._content = Content(self._settings)
        self._sessions = Sessions(self._content)
        self._memberships = Memberships(self._content, self._sessions, self._settings)
        runtime = Runtime(self._content, self._sessions, self._memberships, self._settings)
        self._api = Api(self._content, self._sessions, runtime, self._settings)

    def answer(self, request: Request) -> Answer:
        """The vendor's answer to ``request``, after its effect."""
        return self._api.answer(request)

    def template(self, path: str) -> str:
        """``path`` with its key named."""
        return template(path)

    def shown(self, request: Request) -> tuple[Mapping[str, str], Any]:
        """Query and payload without secrets; the payload of a create or update is its ``data``."""
        query = {name: value for name, value in request.query.items() if name not in SECRET_PARAMETERS}
        body = {name: value for name, value in body_of(request).items() if name not in SECRET_PARAMETERS}
        if not body:
            return query, None
        shown = without_secrets(body)
        return query, shown.get("data", shown)

    def credentials(self) -> Mapping[str, str]:
        """The API key."""
        return {"api_key": self._settings.api_key}

    def content(self, secrets: Secrets) -> dict[str, dict[str, dict[str, Any]]]:
        """Kind to id to entity."""
        return self._content.shown(secrets)

    def create(self, kind: str, attributes: Mapping[str, Any], checks: Checks) -> str:
        """The id of a new entity."""
        make = self._content.create if checks is Checks.ALL else self._content.force
        try:
            return make(_kind(kind), attributes).id
        except Invalid as invalid:
            raise _refused(invalid) from invalid

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], checks: Checks) -> None:
        """Change the named attributes."""
        entity = self._entity(kind, key)
        if checks is Checks.NONE:
            self._content.force_merge(_kind(kind), entity, attributes)
            return
        if entity.deleted:
            raise Refused(f"{kind} `{key}` is deleted")
        try:
            self._content.merge(_kind(kind), entity, attributes)
        except Invalid as invalid:
            raise _refused(invalid) from invalid

    def delete(self, kind: str, key: str) -> None:
        """Delete as a person would."""
        self._content.delete(_kind(kind), self._entity(kind, key))

    def undelete(self, kind: str, key: str, checks: Checks) -> None:
        """Bring it back."""
        entity = self._entity(kind, key)
        if checks is Checks.NONE:
            entity.deleted = False
            return
        try:
            self._content.undelete(_kind(kind), entity)
        except Invalid as invalid:
            raise _refused(invalid) from invalid

    def empty(self) -> None:
        """Nothing is left, and ids start at 1 again."""
        for table in self._content.tables.values():
            table.clear()
        self._sessions.clear()
        self._memberships.restore(())

    def settings(self) -> dict[str, Any]:
        """All settings, and the sessions."""
        return {**self._settings.shown(), "sessions": self._sessions.shown()}

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Set the named ones."""
        settings = dict(changes)
        sessions = settings.pop("sessions", None)
        self._settings.check(settings)
        if sessions is not None:
            self._sessions.set(sessions)
        self._settings.apply(settings)

    def snapshot(self) -> dict[str, Any]:
        """All of the account as JSON."""
        return {
            "tables": {name: table.snapshot() for name, table in self._content.tables.items()},
            "sessions": self._sessions.shown(),
            "memberships": self._memberships.snapshot(),
            "settings": asdict(self._settings),
        }

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told."""
        snapshots.restore(self, snapshot, self._become, "an EQ account")

    def _become(self, snapshot: Mapping[str, Any]) -> None:
        self._settings.apply(snapshot["settings"])
        for name, table in self._content.tables.items():
            table.restore(snapshot["tables"][name])
        self._sessions.set(snapshot["sessions"])
        self._memberships.restore(snapshot["memberships"])

    def _entity(self, kind: str, key: str) -> Entity:
        entity = self._content.tables[_kind(kind).name].get(key)
        if entity is None:
            raise Absent(f"there is no {kind} `{key}`")
        return entity


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Absent(f"there is no kind `{name}`; there is: {', '.join(KINDS)}")
    return KINDS[name]


def _refused(invalid: Invalid) -> Refused:
    reasons = tuple({"parameter": each.parameter, "type": each.type} for each in invalid.problems)
    return Refused("; ".join(f"{each['parameter']}: {each['type']}" for each in reasons), reasons)
