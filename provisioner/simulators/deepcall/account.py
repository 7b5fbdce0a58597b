"""How does a DeepCall account offer itself to the server and to a person? Joins content, settings and the API."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from provisioner.simulators import settings as settings_of
from provisioner.simulators import snapshots
from provisioner.simulators.base import Answer, Checks, Refused, Request, Secrets
from provisioner.simulators.clock import Clock
from provisioner.simulators.deepcall.api import Api, json_body, template
from provisioner.simulators.deepcall.content import Content
from provisioner.simulators.deepcall.errors import Failure, message
from provisioner.simulators.deepcall.settings import Settings
from provisioner.simulators.lag import Lag

DEFAULTS = {"user_id": "10000001", "token": "sim-deepcall-token"}
_UNSEEN = frozenset({"userId", "token", "ssid"})
_SECRET = frozenset({"password", "call_pass"})
_HIDDEN = "***"


class DeepcallAccount:
    """One DeepCall account with its content; the methods are `provisioner.simulators.base.Account`'s."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        """Raises Refused for a credential that DeepCall does not know."""
        self._settings = Settings()
        settings_of.give(self._settings, "DeepCall", DEFAULTS, credentials)
        self._by_person = False
        self._lag = Lag(Clock(lambda: self._settings.clock_ahead).now, self._delay)
        self._content = Content(self._settings, self._lag)
        self._api = Api(self._content.agents, self._content.groups, self._content.roles, self._settings, time.monotonic)

    def answer(self, request: Request) -> Answer:
        """The vendor's answer to ``request``, after its effect."""
        return self._api.answer(request)

    def template(self, path: str) -> str:
        """``path``; its last slash does not count."""
        return template(path)

    def shown(self, request: Request) -> tuple[Mapping[str, str], Any]:
        """Query and payload, without credentials and passwords; a body that is no JSON object is not shown."""
        try:
            body = json_body(request)
        except Failure:
            return request.query, _HIDDEN if request.body else None
        shown = {name: _HIDDEN if name in _SECRET else value for name, value in body.items() if name not in _UNSEEN}
        return request.query, shown

    def credentials(self) -> Mapping[str, str]:
        """The user and its token; the other way in, a session, is a setting."""
        return {name: getattr(self._settings, name) for name in DEFAULTS}

    def content(self, secrets: Secrets) -> dict[str, dict[str, dict[str, Any]]]:
        """Kind to id to entity."""
        return {name: kind.register.shown(secrets) for name, kind in self._content.kinds.items()}

    def create(self, kind: str, attributes: Mapping[str, Any], checks: Checks) -> str:
        """The id of a new entity. A person too gets a group's name with a number behind it when it is taken."""
        with self._administration(kind):
            return self._content.create(kind, attributes, checks)

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], checks: Checks) -> None:
        """Change the named attributes."""
        with self._administration(kind):
            self._content.change(kind, key, attributes, checks)

    def delete(self, kind: str, key: str) -> None:
        """Agents and roles are flagged, a group is gone; who has live agents below cannot be deleted."""
        with self._administration(kind):
            self._content.delete(kind, key)

    def undelete(self, kind: str, key: str, checks: Checks) -> None:
        """Bring an agent or a role back; no call of the API can."""
        with self._administration(kind):
            self._content.undelete(kind, key, checks)

    def empty(self) -> None:
        """As the account began: nobody, no group, role 1 (D-16); ids start again."""
        with self._administration("role"):
            self._content.empty()
        self._lag.clear()

    def settings(self) -> dict[str, Any]:
        """All settings."""
        return asdict(self._settings)

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Set the named ones."""
        settings_of.assign(self._settings, changes)

    def snapshot(self) -> dict[str, Any]:
        """All of the account as JSON; what readers did not see yet, they see after a `restore`."""
        return {"tables": self._content.snapshot(), "settings": asdict(self._settings)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told."""
        snapshots.restore(self, snapshot, self._become, "a DeepCall account")
        self._lag.clear()

    def _become(self, snapshot: Mapping[str, Any]) -> None:
        settings_of.assign(self._settings, snapshot["settings"])
        self._content.restore(snapshot["tables"])

    def _delay(self) -> tuple[int, int]:
        """What a person does is seen at once."""
        if self._by_person:
            return 0, 0
        return self._settings.visible_after_seconds, self._settings.visible_after_reads

    @contextmanager
    def _administration(self, kind: str) -> Iterator[None]:
        """Whatever happens inside a person does, in the vendor's own administration. Raises Refused."""
        self._by_person = True
        try:
            yield
        except Failure as failure:
            words = message(self._content.module(kind), failure.code)
            raise Refused(f"{failure.code} {words}", ({"code": failure.code, "message": words},)) from failure
        finally:
            self._by_person = False
