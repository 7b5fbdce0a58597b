"""What happens to a request from the moment it is whole? Counted, delayed, spoilt if a fault says so, answered.

A plain ASGI application: for the vendor's API nothing but the account's own answer is worth its time.
"""

from __future__ import annotations

from collections.abc import Mapping, MutableMapping
from functools import lru_cache
from typing import Any
from urllib.parse import parse_qsl

from provisioner.simulators.base import Answer, Request, Simulator
from provisioner.simulators.serving.administration import control_interface
from provisioner.simulators.serving.effects import answered, spoil
from provisioner.simulators.serving.exchange import Exchange, Receive, Send
from provisioner.simulators.serving.faults import Faults
from provisioner.simulators.serving.pace import Pace
from provisioner.simulators.serving.record import Record


class Application:
    """One simulator's account behind HTTP, and the control interface beside it."""

    def __init__(self, simulator: Simulator, credentials: Mapping[str, str]) -> None:
        self.simulator = simulator
        self._credentials = dict(credentials)
        self.faults, self.record = Faults(), Record()
        self.reset()
        self._control = control_interface(self)

    def reset(self) -> None:
        """Be as at the start: no content, no faults, no log, default settings."""
        self.account = self.simulator.start(self._credentials)
        self.pace = Pace()
        self.faults.clear()
        self.record.clear()

    async def __call__(self, scope: MutableMapping[str, Any], receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        if path.startswith("/_simulator/"):
            await self._control(scope, receive, send)
            return
        base = self.simulator.base_path
        inside = path.startswith(base) and path[len(base) : len(base) + 1] in ("", "/")
        request = await _request(scope, path[len(base) :] if inside else path, receive)
        exchange = Exchange(request, receive, send, scope["state"]["transport"])
        entry = self.record.begin(request, self.account.template(request.path) if inside else path)
        try:
            await self._serve(exchange, scope) if inside else await exchange.answer(self._elsewhere())
        finally:
            self.record.end(entry, exchange.status)

    async def _serve(self, exchange: Exchange, scope: Mapping[str, Any]) -> None:
        request = exchange.request
        if self.pace.over_limit():
            await exchange.answer(self.simulator.too_many)
            return
        rule = self.faults.match(request.method, request.path, scope["query_string"].decode("latin-1"))
        await self.pace.wait()
        if rule is not None:
            await spoil(rule, exchange, lambda: answered(rule, request, self.account))
            return
        await exchange.answer(self.account.answer(request))

    def _elsewhere(self) -> Answer:
        text = f"the {self.simulator.name} API is at {self.simulator.base_path}\n"
        return Answer(404, text.encode(), "text/plain; charset=utf-8")


async def _request(scope: Mapping[str, Any], path: str, receive: Receive) -> Request:
    pieces = []
    more = True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        more = message.get("more_body", False)
    headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
    query, pairs = _query(scope["query_string"])
    return Request(scope["method"], path, query, headers.get("content-type", ""), b"".join(pieces), headers, pairs)


@lru_cache(maxsize=1024)
def _query(text: bytes) -> tuple[Mapping[str, str], tuple[tuple[str, str], ...]]:
    """Decoded query parameters, nearly always the same few; nobody changes the mapping."""
    pairs = tuple(parse_qsl(text.decode("latin-1"), keep_blank_values=True))
    return dict(pairs), pairs
