"""Toy PBX on loopback. Written from API.md alone: what it shared with the adapter, it could not find wrong."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from provisioner.simulators import settings, snapshots
from provisioner.simulators.authorization import bearer
from provisioner.simulators.base import Absent, Answer, Checks, Refused, Request, Secrets, Simulator
from provisioner.simulators.collection import Collections, Field, Kind

AGENT = Kind(
    "agents",
    "id",
    lambda number: f"a{number}",
    (
        Field("mail", "", needed=True),
        Field("givenName", "", needed=True),
        Field("familyName", None),
        Field("restMs", 0),
        Field("badge", None),
        Field("pin", "", needed=True, secret=True),
    ),
)
DESK = Kind("desks", "id", lambda number: f"d{number}", (Field("name", "", needed=True), Field("agent", None)))
UNIQUE = {"agents": "mail", "desks": "name"}
DEFAULTS = {"api_key": "sim-toy-key"}


@dataclass
class ToySettings:
    """What ``/_simulator/settings`` shows. ``hidden`` is how many of a listing's last items are left out."""

    api_key: str = ""
    hidden: int = 0


class Taken(Refused):
    """Another one has the value."""


class ToyAccount:
    """One account; the methods are those of ``provisioner.simulators.base.Account``."""

    def __init__(self, credentials: Mapping[str, str]) -> None:
        self._settings = ToySettings()
        settings.give(self._settings, "Toy PBX", DEFAULTS, credentials)
        self._kinds = Collections(AGENT, DESK)

    # --- the vendor's side of the wire -----------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        if bearer(request.headers) != self._settings.api_key:
            return _said(401, {"error": "wrong key"})
        try:
            return self._answer(request)
        except Absent as error:
            return _said(404, {"error": error.message})
        except Taken as error:
            return _said(409, {"error": error.message})
        except Refused as error:
            return _said(422, {"error": error.message})

    def _answer(self, request: Request) -> Answer:
        kind, _, key = request.path.strip("/").partition("/")
        collection = self._kinds[kind]
        match request.method, bool(key):
            case "GET", False:
                items = [collection.wire(entity) for entity in collection.table]
                return _said(200, {"total": len(items), "items": items[: len(items) - self._settings.hidden]})
            case "POST", False:
                self._check_taken(kind, _body(request))
                return _said(201, collection.wire(collection.create(_body(request), Checks.ALL)))
            case "PATCH", True:
                entity = collection.entity(key)
                self._check_taken(kind, _body(request), key)
                collection.change(entity, _body(request), Checks.ALL)
                return _said(200, collection.wire(entity))
            case "DELETE", True:
                self.delete(kind, key)
                return Answer(204)
        raise Absent(f"there is no {request.method} {request.path}")

    def _check_taken(self, kind: str, body: Mapping[str, Any], key: str = "") -> None:
        name = UNIQUE[kind]
        others = (entity.attributes[name] for entity in self._kinds[kind].table if entity.id != key)
        if str(body.get(name)).lower() in (other.lower() for other in others):
            raise Taken(f"another one has this {name}")

    # --- the server's and a person's side --------------------------------------------------------------------------

    def template(self, path: str) -> str:
        kind, _, key = path.strip("/").partition("/")
        return f"/{kind}/{{id}}" if key else path

    def shown(self, request: Request) -> tuple[Mapping[str, str], Any]:
        return request.query, {name: "***" if name == "pin" else value for name, value in _body(request).items()}

    def credentials(self) -> Mapping[str, str]:
        return {"api_key": self._settings.api_key}

    def content(self, secrets: Secrets) -> dict[str, dict[str, dict[str, Any]]]:
        return self._kinds.content(secrets)

    def create(self, kind: str, attributes: Mapping[str, Any], checks: Checks) -> str:
        return self._kinds[kind].create(attributes, checks).id

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], checks: Checks) -> None:
        self._kinds[kind].change(self._kinds[kind].entity(key), attributes, checks)

    def delete(self, kind: str, key: str) -> None:
        self._kinds[kind].table.remove(self._kinds[kind].entity(key).id)
        for desk in self._kinds["desks"].table:
            if desk.attributes["agent"] == key:
                desk.attributes["agent"] = None

    def undelete(self, kind: str, key: str, checks: Checks) -> None:
        self._kinds[kind].entity(key)

    def empty(self) -> None:
        self._kinds.clear()

    def settings(self) -> dict[str, Any]:
        return asdict(self._settings)

    def configure(self, changes: Mapping[str, Any]) -> None:
        settings.assign(self._settings, changes)

    def snapshot(self) -> dict[str, Any]:
        return {"tables": self._kinds.snapshot(), "settings": asdict(self._settings)}

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        snapshots.restore(self, snapshot, self._become, "a Toy PBX account")

    def _become(self, snapshot: Mapping[str, Any]) -> None:
        settings.assign(self._settings, snapshot["settings"])
        self._kinds.restore(snapshot["tables"])


def _body(request: Request) -> dict[str, Any]:
    """The object in a request; raises Refused for anything else, and for what only the portal gives."""
    try:
        body = json.loads(request.body or b"{}")
    except ValueError:
        body = None
    if not isinstance(body, dict) or "badge" in body:
        raise Refused("a body is a JSON object without `badge`")
    return body


def _said(status: int, body: Any) -> Answer:
    return Answer(status, json.dumps(body).encode(), "application/json")


SIMULATOR = Simulator("toy", "Toy PBX (invented): agents and desks", "", ToyAccount)
