"""An invented vendor, to test what all vendors share: a session, an adapter, a network and a clock to play with."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any

import httpx

from provisioner.errors import NotFound, OutcomeUnknown, Rejected, Unauthorized, VendorFailed
from provisioner.secrets import Secret
from provisioner.values import VendorId
from provisioner.vendors.base import Adapter, Answer, Effect, Entity, Limits, Listing, Reading, Request, Settings
from provisioner.vendors.http import Engine

KEY = 'k3y+of/the "shop" & ümlaut%41'
"""A credential with everything in it that some encoding spells differently."""

BASE = "http://shop.example/api"

GET = Request("GET", "/agent/12")
POST = Request("POST", "/agent", json={"name": "Jane"}, effect=Effect.CREATE)


class Shop:
    """A session whose credential travels in the query and in a header."""

    def __init__(self, base_url: str = BASE, *, key: str = KEY, connection: str = "pbx") -> None:
        self.base_url = base_url
        self.key = Secret(key)
        self.connection = connection

    @property
    def redactions(self) -> Sequence[Secret]:
        return (self.key,)

    def sign(self, request: Request) -> Request:
        return replace(request, query=(("auth_key", self.key), *request.query))

    def check(self, request: Request, answer: Answer) -> None:
        place: dict[str, Any] = {"connection": self.connection, "call": request.call, "status": answer.status}
        if answer.status in (401, 403):
            raise Unauthorized("the key is wrong", **place)
        if answer.absent and not request.absent_ok:
            raise NotFound("there is no such thing", **place)
        if answer.status >= 400 and not answer.absent:
            raise Rejected(f"refused: {answer.body}", words=answer.body, **place)
        if answer.body.startswith("<"):
            raise (VendorFailed if request.effect is Effect.READ else OutcomeUnknown)("not JSON", **place)

    def adapter(self, kind: str) -> Adapter:
        return Shelf(kind)


class Shelf:
    """Reads by id, lists everything, or scans ids from ``first`` to ten beyond the last known one."""

    def __init__(self, kind: str, first: int = 1) -> None:
        self.kind = kind
        self.first = first

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        (answer,) = yield (Request("GET", f"/{self.kind}/{vendor_id}", absent_ok=True),)
        return None if answer.absent else self._entity(answer.data())

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        if self.kind == "scanned":
            lowest = max(start, self.first)
            ids = [number for number in range(lowest, known + 11) if VendorId(str(number)) not in held]
            answers = yield [Request("GET", f"/scanned/{number}", absent_ok=True) for number in ids]
            found = [self._entity(answer.data()) for answer in answers if not answer.absent]
            found = sorted([*found, *held.values()], key=lambda entity: int(entity.id))
            highest = max((int(entity.id) for entity in found), default=None)
            return Listing(tuple(found), highest=highest, lowest=lowest)
        (answer,) = yield (Request("GET", f"/{self.kind}"),)
        found = [self._entity(item) for item in answer.data()["items"]]
        return Listing(tuple(found), incomplete=answer.data().get("incomplete"))

    def _entity(self, data: Mapping[str, Any]) -> Entity:
        attributes = {name: value for name, value in data.items() if name not in ("id", "deleted")}
        return Entity(VendorId(str(data["id"])), attributes, deleted=data.get("deleted", False))

    def create(self, *_: Any) -> Any:
        raise AssertionError("reading creates nothing")

    update = delete = undelete = create


Play = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


class Network:
    """Answers requests with what it is told, the last of it for ever, and remembers them."""

    def __init__(self, *plays: Play) -> None:
        self.plays = list(plays)
        self.requests: list[httpx.Request] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        play = self.plays.pop(0) if len(self.plays) > 1 else self.plays[0]
        if isinstance(play, Exception):
            raise play
        return play(request) if callable(play) else play

    @property
    def calls(self) -> list[str]:
        return [f"{request.method} {request.url.path}" for request in self.requests]


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 1000.0
        self.naps: list[float] = []

    def clock(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        self.naps.append(seconds)
        self.now += seconds
        await asyncio.sleep(0)


def answering(status: int = 200, body: str = "{}", **headers: str) -> Callable[[httpx.Request], httpx.Response]:
    """An answer that can be given again and again."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda _: httpx.Response(status, text=body, headers={"content-type": "application/json", **sent})


def settings(
    *,
    concurrency: int = 4,
    per_second: float | None = None,
    retries: int = 2,
    timeout: float = 5.0,
    ca: str | None = None,
) -> Settings:
    limits = Limits(concurrency=concurrency, requests_per_second=per_second)
    return Settings(vendor="shop", limits=limits, retries=retries, timeout=timeout, ca_file=ca)


def an_engine(
    network: Callable[[httpx.Request], Any] | None = None,
    *,
    session: Shop | None = None,
    time: Time | None = None,
    chance: float = 1.0,
    **limits: Any,
) -> Engine:
    """An engine on a played network and clock; ``chance`` 1 makes every delay its longest."""
    time = time or Time()
    return Engine(
        session or Shop(),
        settings(**limits),
        connection="pbx",
        clock=time.clock,
        now=time.clock,
        sleep=time.sleep,
        random=lambda: chance,
        transport=None if network is None else httpx.MockTransport(network),
    )
