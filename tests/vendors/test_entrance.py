"""Logging in: once for everybody, once more when the vendor has forgotten who it was, and never in a loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import httpx
import pytest

from provisioner.errors import Unauthorized, VendorError, VendorFailed
from provisioner.secrets import Secret
from provisioner.vendors.base import Answer, Changing, Request
from provisioner.vendors.http import Engine
from tests.vendors.shop import BASE, GET, POST, Network, Shop, an_engine, answering

LOG_IN = ("POST", "/api/login")


class Club(Shop):
    """A shop that wants to know who comes in."""

    token = ""

    @property
    def redactions(self) -> Sequence[Secret]:
        return (self.key, Secret(self.token))

    def log_in(self) -> Changing[None]:
        answer: Answer = yield Request("POST", "/login", json={"password": self.key})
        self.token = str(answer.data()["token"])

    def sign(self, request: Request) -> Request:
        return replace(request, headers=(("Authorization", Secret(f"Bearer {self.token}")),))


class Door:
    """Gives numbered tokens, and lets in who has one of the good ones."""

    def __init__(self, *good: str, login: int = 200) -> None:
        self.good, self.login = set(good), login
        self.given = 0
        self.calls: list[str] = []

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.calls.append(request.url.path.removeprefix("/api"))
        for _ in range(9):
            await asyncio.sleep(0)  # so that requests that are sent at once are under way at once
        if request.url.path == "/api/login":
            self.given += 1
            return httpx.Response(self.login, json={"token": f"token-{self.given}"})
        known = request.headers["authorization"].removeprefix("Bearer ") in self.good
        return httpx.Response(200 if known else 401, text="{}")


def sent(engine: Engine, *batches: Sequence[Request]) -> list[type[VendorError] | int]:
    """How each request of the batches ended; those of one batch are sent at once."""

    async def one(request: Request) -> type[VendorError] | int:
        try:
            return (await engine.send(request)).status
        except VendorError as error:
            return type(error)

    async def run() -> list[type[VendorError] | int]:
        async with engine:
            return [end for batch in batches for end in await asyncio.gather(*map(one, batch))]

    return asyncio.run(run())


def entering(door: Callable[[httpx.Request], Any], **more: Any) -> Engine:
    return an_engine(door, session=Club(), **more)


def test_one_log_in_serves_everybody() -> None:
    """However many requests wait for it."""
    door = Door("token-1")

    assert sent(entering(door), [GET, GET, POST], [GET]) == [200] * 4
    assert sorted(door.calls) == ["/agent", "/agent/12", "/agent/12", "/agent/12", "/login"]
    assert door.calls[0] == "/login"


def test_a_token_that_has_ended_is_renewed_once_for_all() -> None:
    """Each request that was refused is repeated, a change too: 401 says that nothing was done."""
    door = Door("token-2")

    assert sent(entering(door), [GET, POST, GET]) == [200] * 3
    assert door.calls.count("/login") == 2
    assert len(door.calls) == 2 + 2 * 3


def test_it_never_loops() -> None:
    """A second token that lets nobody in is the last one, for every request that comes."""
    door = Door()

    assert sent(entering(door), [GET], [GET], [GET]) == [Unauthorized] * 3
    assert door.calls == ["/login", "/agent/12", "/login", "/agent/12", "/agent/12", "/agent/12"]


def test_a_token_is_renewed_as_often_as_it_ends() -> None:
    """A long run outlives more than one."""
    door = Door("token-1")
    engine = entering(door)

    async def run() -> list[int]:
        async with engine:
            ends = []
            for token in ("token-1", "token-2", "token-3"):
                door.good = {token}
                ends.append((await engine.send(GET)).status)
            return ends

    assert asyncio.run(run()) == [200] * 3
    assert door.calls.count("/login") == 3


def test_a_refused_log_in_is_not_tried_again() -> None:
    """Somebody who locks accounts after three attempts may be counting."""
    door = Door(login=401)

    assert sent(entering(door), [GET, GET], [GET]) == [Unauthorized] * 3
    assert door.calls == ["/login"]


def test_a_log_in_that_failed_is_tried_again_by_the_next_request() -> None:
    """A server error says nothing about who is asking."""
    door = Door(login=500)

    assert sent(entering(door, retries=0), [GET], [GET]) == [VendorFailed] * 2
    assert door.calls == ["/login", "/login"]


def test_403_is_no_reason_to_log_in_again() -> None:
    """The vendor knows who it is, and says no."""
    network = Network(
        lambda request: httpx.Response(200 if request.url.path == LOG_IN[1] else 403, text='{"token": "t"}')
    )

    assert sent(entering(network), [GET]) == [Unauthorized]
    assert network.calls == ["POST /api/login", "GET /api/agent/12"]


def test_who_needs_no_log_in_is_left_alone() -> None:
    """A session without one gets its 401 at once."""
    network = Network(answering(401))

    with pytest.raises(Unauthorized):
        asyncio.run(an_engine(network).send(GET))

    assert network.calls == ["GET /api/agent/12"]
    assert str(network.requests[0].url).startswith(BASE)
