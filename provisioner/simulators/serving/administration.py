"""How does a person, or a test, look into a simulator and change it? The control interface under ``/_simulator/``.

It is the same for all vendors, needs no key, and is never part of a vendor's API. `provisioner.simulators.control` is
its client.
"""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, Router

from provisioner.simulators.base import Absent, Checks, Refused, Secrets
from provisioner.simulators.serving.pace import NAMES as PACE_NAMES

if TYPE_CHECKING:
    from provisioner.simulators.serving.application import Application

Handler = Callable[[Request], Awaitable[Any]]


def control_interface(application: Application) -> Router:
    """The ASGI application that serves ``/_simulator/``."""
    control = _Control(application)
    handlers: dict[str, Handler] = {
        "GET about": control.about,
        "GET content": control.content,
        "DELETE content": control.empty,
        "POST content/{kind}": control.create,
        "PATCH content/{kind}/{key}": control.change,
        "DELETE content/{kind}/{key}": control.delete,
        "POST content/{kind}/{key}/undelete": control.undelete,
        "GET settings": control.settings,
        "PUT settings": control.configure,
        "GET faults": control.faults,
        "POST faults": control.add_faults,
        "DELETE faults": control.clear_faults,
        "GET log": control.log,
        "DELETE log": control.clear_log,
        "GET counts": control.counts,
        "POST snapshot": control.snapshot,
        "PUT snapshot": control.restore,
        "POST reset": control.reset,
    }
    return Router([_route(call, handler) for call, handler in handlers.items()])


def _route(call: str, handler: Handler) -> Route:
    method, path = call.split(" ")

    async def endpoint(request: Request) -> Response:
        try:
            return _response(200, await handler(request))
        except Refused as refused:
            return _response(400, {"error": refused.message, "reasons": list(refused.reasons)})
        except Absent as absent:
            return _response(404, {"error": absent.message})

    return Route(f"/_simulator/{path}", endpoint, methods=[method])


def _response(status: int, value: Any) -> Response:
    # Not Starlette's JSONResponse: a log must also be able to show what no JSON should hold, half a surrogate pair.
    return Response(json.dumps(value), status, media_type="application/json")


class _Control:
    """One method for each call; what it returns is the JSON answer."""

    def __init__(self, application: Application) -> None:
        self._application = application

    async def about(self, _: Request) -> Any:
        simulator = self._application.simulator
        credentials = dict(self._application.account.credentials())
        return {"vendor": simulator.name, "base_path": simulator.base_path, "credentials": credentials}

    async def content(self, request: Request) -> Any:
        secrets = Secrets.REVEALED if request.query_params.get("reveal") == "1" else Secrets.COUNTED
        return self._application.account.content(secrets)

    async def empty(self, _: Request) -> Any:
        self._application.account.empty()

    async def create(self, request: Request) -> Any:
        kind, attributes = request.path_params["kind"], await _object(request)
        return {"id": self._application.account.create(kind, attributes, _checks(request))}

    async def change(self, request: Request) -> Any:
        attributes = await _object(request)
        self._application.account.change(**request.path_params, attributes=attributes, checks=_checks(request))

    async def delete(self, request: Request) -> Any:
        self._application.account.delete(**request.path_params)

    async def undelete(self, request: Request) -> Any:
        self._application.account.undelete(**request.path_params, checks=_checks(request))

    async def settings(self, _: Request) -> Any:
        return {**self._application.pace.settings(), **self._application.account.settings()}

    async def configure(self, request: Request) -> Any:
        changes = await _object(request)
        pace = self._application.pace.changed({n: v for n, v in changes.items() if n in PACE_NAMES})
        self._application.account.configure({n: v for n, v in changes.items() if n not in PACE_NAMES})
        self._application.pace = pace
        return await self.settings(request)

    async def faults(self, _: Request) -> Any:
        return self._application.faults.shown()

    async def add_faults(self, request: Request) -> Any:
        rules = await _json(request)
        if not isinstance(rules, list) or not all(isinstance(rule, dict) for rule in rules):
            raise Refused("faults are a list of rules")
        self._application.faults.add(rules)
        return self._application.faults.shown()

    async def clear_faults(self, _: Request) -> Any:
        self._application.faults.clear()

    async def log(self, request: Request) -> Any:
        since = request.query_params.get("since", "0")
        if not since.isdecimal():
            raise Refused("`since` is the number of a request")
        return self._application.record.log(self._application.account, int(since))

    async def clear_log(self, _: Request) -> Any:
        self._application.record.clear()

    async def counts(self, _: Request) -> Any:
        return self._application.record.counts()

    async def snapshot(self, _: Request) -> Any:
        return self._application.account.snapshot()

    async def restore(self, request: Request) -> Any:
        self._application.account.restore(await _object(request))

    async def reset(self, _: Request) -> Any:
        self._application.reset()


def _checks(request: Request) -> Checks:
    return Checks.NONE if request.query_params.get("force") == "1" else Checks.ALL


async def _object(request: Request) -> Mapping[str, Any]:
    value = await _json(request)
    if not isinstance(value, dict):
        raise Refused("the body is a JSON object")
    return value


async def _json(request: Request) -> Any:
    try:
        return json.loads(await request.body())
    except ValueError as error:
        raise Refused(f"the body is no JSON: {error}") from error
