"""How does a Bird workspace offer itself to the server and to a person? Joins content, settings and the API."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from provisioner.simulators import settings as settings_of
from provisioner.simulators import snapshots
from provisioner.simulators.base import Absent, Answer, Checks, Refused, Request, Secrets
from provisioner.simulators.bird.access import check_policies
from provisioner.simulators.bird.api import Api, template
from provisioner.simulators.bird.content import Content
from provisioner.simulators.bird.errors import Failure
from provisioner.simulators.bird.ids import WORKSPACE
from provisioner.simulators.bird.kinds import KINDS, USER, Kind, Write
from provisioner.simulators.bird.listing import Listing
from provisioner.simulators.bird.settings import Settings
from provisioner.simulators.bird.wire import Wire, content_for_person
from provisioner.simulators.clock import Clock
from provisioner.simulators.lag import Lag

DEFAULTS = {"workspace_id": WORKSPACE, "access_key": "sim-bird-key"}


class BirdAccount:
    """One workspace with its content; the methods are `provisioner.simulators.base.Account`'s."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        """Raises Refused for a credential that Bird does not know."""
        self._settings = Settings()
        settings_of.give(self._settings, "Bird", DEFAULTS, credentials)
        self._lag = Lag(Clock(lambda: self._settings.clock_ahead).now, self._delay)
        self._content = Content()
        self._wire = Wire(self._content, self._settings)
        listing = Listing(self._content, self._wire, self._settings, self._lag)
        self._api = Api(self._content, self._wire, listing, self._settings, self._lag)

    def answer(self, request: Request) -> Answer:
        """The vendor's answer to ``request``, after its effect."""
        return self._api.answer(request)

    def template(self, path: str) -> str:
        """``path`` with its variable parts named."""
        return template(path)

    def shown(self, request: Request) -> tuple[Mapping[str, str], Any]:
        """Query and payload as they are: neither holds a secret; a payload that is no JSON is not shown."""
        try:
            return request.query, json.loads(request.body) if request.body else None
        except (ValueError, RecursionError):
            return request.query, "***"

    def credentials(self) -> Mapping[str, str]:
        """The workspace and the access key."""
        return {name: getattr(self._settings, name) for name in DEFAULTS}

    def content(self, secrets: Secrets) -> dict[str, dict[str, dict[str, Any]]]:
        """Kind to id to entity, the organisation's users first."""
        return {**self._content.users.content(secrets), **content_for_person(self._content, self._wire)}

    def create(self, kind: str, attributes: Mapping[str, Any], checks: Checks) -> str:
        """The id of a new entity."""
        if kind == USER.name:
            self._content.touch()
            return self._content.users[kind].create(attributes, checks).id
        if checks is Checks.NONE:
            return self._content.force(_kind(kind), attributes).id
        try:
            return self._content.create(_kind(kind), attributes, Write.PERSON).id
        except Failure as failure:
            raise _refused(failure) from failure

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], checks: Checks) -> None:
        """Change the named attributes, run-time ones included."""
        if kind == USER.name:
            users = self._content.users[kind]
            users.change(users.entity(key), attributes, checks)
            self._content.touch()
            return
        entity = self._content.entity(_kind(kind), key)
        if checks is Checks.NONE:
            self._content.force_change(_kind(kind), entity, attributes)
            return
        try:
            self._content.change(_kind(kind), entity, attributes, Write.PERSON)
        except Failure as failure:
            raise _refused(failure) from failure

    def delete(self, kind: str, key: str) -> None:
        """Delete for good, what the vendor lets anybody delete. An agent outlives its user."""
        if kind == USER.name:
            users = self._content.users[kind]
            users.table.remove(users.entity(key).id)
            self._content.touch()
            return
        try:
            self._content.delete(_kind(kind), self._content.entity(_kind(kind), key))
        except Failure as failure:
            raise _refused(failure) from failure

    def undelete(self, kind: str, key: str, checks: Checks) -> None:
        """Nothing to do for what is there; what is gone cannot come back (§5.7)."""
        if kind == USER.name:
            self._content.users[kind].entity(key)
        else:
            self._content.entity(_kind(kind), key)

    def empty(self) -> None:
        """Nothing is left, and ids start again."""
        self._content.empty()
        self._lag.clear()

    def settings(self) -> dict[str, Any]:
        """All settings."""
        return asdict(self._settings)

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Set the named ones."""
        settings_of.check(self._settings, changes)
        check_policies(changes.get("policies", ()))
        settings_of.assign(self._settings, changes)

    def snapshot(self) -> dict[str, Any]:
        """All of the workspace as JSON; what readers did not see yet, they see after a `restore`."""
        return {"content": self._content.snapshot(), "settings": asdict(self._settings)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told."""
        snapshots.restore(self, snapshot, self._become, "a Bird workspace")
        self._lag.clear()

    def _delay(self) -> tuple[int, int]:
        return self._settings.visible_after_seconds, self._settings.visible_after_reads

    def _become(self, snapshot: Mapping[str, Any]) -> None:
        self.configure(snapshot["settings"])
        self._content.restore(snapshot["content"])


def _kind(name: str) -> Kind:
    if name not in KINDS:
        raise Absent(f"there is no kind `{name}`; there is: {', '.join((USER.name, *KINDS))}")
    return KINDS[name]


def _refused(failure: Failure) -> Refused:
    reasons = tuple({"parameter": path, "type": complaint} for path, complaint in failure.problems)
    told = "; ".join(f"{path}: {complaint}" for path, complaint in failure.problems)
    return Refused(told or failure.message, reasons)
