"""How does a Maqsam account offer itself to the server and to a person? Joins agents, settings and the API."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from provisioner.simulators import settings as settings_of
from provisioner.simulators import snapshots
from provisioner.simulators.base import Answer, Checks, Request, Secrets
from provisioner.simulators.collection import Collections
from provisioner.simulators.maqsam.agents import AGENT
from provisioner.simulators.maqsam.api import Api, template
from provisioner.simulators.maqsam.settings import Settings

DEFAULTS = {"access_key_id": "sim-maqsam-id", "access_secret": "sim-maqsam-secret"}


class MaqsamAccount:
    """One Maqsam account with its agents; the methods are `provisioner.simulators.base.Account`'s."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        """Raises Refused for a credential that Maqsam does not know."""
        self._settings = Settings()
        settings_of.give(self._settings, "Maqsam", DEFAULTS, credentials)
        self._collections = Collections(AGENT)
        self._api = Api(self._collections[AGENT.name], self._settings)

    def answer(self, request: Request) -> Answer:
        """The vendor's answer to ``request``."""
        return self._api.answer(request)

    def template(self, path: str) -> str:
        """``path`` with its page named."""
        return template(path)

    def shown(self, request: Request) -> tuple[Mapping[str, str], Any]:
        """The query as it is; no request has a payload."""
        return request.query, None

    def credentials(self) -> Mapping[str, str]:
        """Both halves of the key."""
        return {name: getattr(self._settings, name) for name in DEFAULTS}

    def content(self, secrets: Secrets) -> dict[str, dict[str, dict[str, Any]]]:
        """Kind to id to entity."""
        return self._collections.content(secrets)

    def create(self, kind: str, attributes: Mapping[str, Any], checks: Checks) -> str:
        """The id of a new entity."""
        return self._collections[kind].create(attributes, checks).id

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], checks: Checks) -> None:
        """Change the named attributes."""
        collection = self._collections[kind]
        collection.change(collection.entity(key), attributes, checks)

    def delete(self, kind: str, key: str) -> None:
        """Delete for good: no deleted flag is documented (§4.3)."""
        collection = self._collections[kind]
        collection.table.remove(collection.entity(key).id)

    def undelete(self, kind: str, key: str, checks: Checks) -> None:
        """Nothing to do for an agent that is there; one that is not cannot come back."""
        self._collections[kind].entity(key)

    def empty(self) -> None:
        """Nobody is left, and ids start again."""
        self._collections.clear()

    def settings(self) -> dict[str, Any]:
        """All settings."""
        return asdict(self._settings)

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Set the named ones."""
        settings_of.assign(self._settings, changes)

    def snapshot(self) -> dict[str, Any]:
        """All of the account as JSON."""
        return {"tables": self._collections.snapshot(), "settings": asdict(self._settings)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told."""
        snapshots.restore(self, snapshot, self._become, "a Maqsam account")

    def _become(self, snapshot: Mapping[str, Any]) -> None:
        settings_of.assign(self._settings, snapshot["settings"])
        self._collections.restore(snapshot["tables"])
