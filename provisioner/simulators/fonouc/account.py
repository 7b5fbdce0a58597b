"""How does a FonoUC account offer itself to the server and to a person? Joins directory, sessions, runtime, the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from provisioner.simulators import settings as settings_of
from provisioner.simulators import snapshots
from provisioner.simulators.base import Answer, Checks, Refused, Request, Secrets
from provisioner.simulators.clock import Clock
from provisioner.simulators.fonouc.api import Api, template
from provisioner.simulators.fonouc.directory import Directory
from provisioner.simulators.fonouc.kinds import QUEUE
from provisioner.simulators.fonouc.runtime import Runtime, check_calls
from provisioner.simulators.fonouc.sessions import Sessions
from provisioner.simulators.fonouc.settings import Settings
from provisioner.simulators.fonouc.undocumented import UserWrites
from provisioner.simulators.lag import Lag

DEFAULTS = {
    "domain": "exampletenant",
    "account_id": "5f0c7a3e8d2b4c579f4e0b1d5a9c7e21",
    "username": "provision@example.com",
    "password": "sim-fonouc-password",
    "api_key": "sim-fonouc-key",
}
_HIDDEN = "***"


class FonoucAccount:
    """One FonoUC account with its content; the methods are `provisioner.simulators.base.Account`'s."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        """Raises Refused for a credential that FonoUC does not know."""
        self._settings = Settings()
        settings_of.give(self._settings, "FonoUC", DEFAULTS, credentials)
        clock = Clock(lambda: self._settings.clock_ahead)
        self._lag = Lag(clock.now, self._delay)
        self._directory = Directory(self._settings, self._lag)
        self._runtime = Runtime(self._directory, self._settings, self._lag)
        sessions = Sessions(self._settings, clock)
        writes = UserWrites(self._directory, self._lag)
        self._api = Api(self._directory, sessions, self._runtime, writes, self._settings)

    def answer(self, request: Request) -> Answer:
        """The vendor's answer to ``request``, after its effect."""
        return self._api.answer(request)

    def template(self, path: str) -> str:
        """``path`` with its variable parts named."""
        return template(path)

    def shown(self, request: Request) -> tuple[Mapping[str, str], Any]:
        """Query and payload, without the password in it; a body that is no JSON object is not shown."""
        try:
            body = json.loads(request.body) if request.body else None
        except (ValueError, RecursionError):
            return request.query, _HIDDEN
        if not isinstance(body, dict):
            return request.query, None if body is None else _HIDDEN
        return request.query, {name: _HIDDEN if name == "password" else value for name, value in body.items()}

    def credentials(self) -> Mapping[str, str]:
        """For both ways in: user name, password and domain, or the API key; the account's id for either."""
        return {name: getattr(self._settings, name) for name in DEFAULTS}

    def content(self, secrets: Secrets) -> dict[str, dict[str, dict[str, Any]]]:
        """Kind to id to entity."""
        return self._directory.kinds.content(secrets)

    def create(self, kind: str, attributes: Mapping[str, Any], checks: Checks) -> str:
        """The id of a new entity."""
        return self._directory.kinds[kind].create(attributes, checks).id

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], checks: Checks) -> None:
        """Change the named attributes; who leaves a queue's roster is logged out of it."""
        collection = self._directory.kinds[kind]
        collection.change(collection.entity(key), attributes, checks)
        if kind == QUEUE.name:
            self._runtime.leave(key)

    def delete(self, kind: str, key: str) -> None:
        """Delete for good: no soft delete is documented (§7.6). Rosters go on naming a user who is gone."""
        collection = self._directory.kinds[kind]
        collection.table.remove(collection.entity(key).id)
        if kind == QUEUE.name:
            self._runtime.leave(key)

    def undelete(self, kind: str, key: str, checks: Checks) -> None:
        """Nothing to do for what is there; what is gone cannot come back."""
        self._directory.kinds[kind].entity(key)

    def empty(self) -> None:
        """No entity, log-in, call or token is left, and ids start again."""
        self._directory.kinds.clear()
        self._lag.clear()
        for held in (self._settings.tokens, self._settings.logged_in, self._settings.agent_statuses):
            held.clear()
        self._settings.unregistered.clear()
        self._settings.calls.clear()

    def settings(self) -> dict[str, Any]:
        """All settings."""
        return asdict(self._settings)

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Set the named ones."""
        settings_of.check(self._settings, changes)
        wrong = check_calls(changes.get("calls", []))
        if wrong is not None:
            raise Refused(wrong)
        settings_of.assign(self._settings, changes)

    def snapshot(self) -> dict[str, Any]:
        """All of the account as JSON; what readers did not see yet, they see after a `restore`."""
        return {"tables": self._directory.kinds.snapshot(), "settings": asdict(self._settings)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told."""
        snapshots.restore(self, snapshot, self._become, "a FonoUC account")
        self._lag.clear()

    def _delay(self) -> tuple[int, int]:
        return self._settings.visible_after_seconds, self._settings.visible_after_reads

    def _become(self, snapshot: Mapping[str, Any]) -> None:
        self.configure(snapshot["settings"])
        self._directory.kinds.restore(snapshot["tables"])
