"""A vendor that is busy, one that shows late what it was told, and one whose answers hold secrets of their own."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

import pytest

from provisioner.errors import NotNow, OutcomeUnknown, VendorError, VendorFailed
from provisioner.vendors.base import Answer, Request
from tests.vendors.shop import GET, KEY, POST, Network, Shop, Time, an_engine, answering


class BusyShop(Shop):
    """Says in the body that it is busy, and what of an answer may be quoted."""

    def __init__(self, pauses: Sequence[float]) -> None:
        super().__init__()
        self.pauses = pauses

    def check(self, request: Request, answer: Answer) -> None:
        if "busy" in answer.body:
            raise NotNow(f"busy, says {KEY}", pauses=self.pauses, connection="pbx", call=request.call)

    def quotable(self, answer: Answer) -> str:
        return answer.body.partition("|")[0]


def raised(network: Network, request: Request, time: Time, pauses: Sequence[float] = (1, 2, 4)) -> VendorError:
    async def run() -> Answer:
        async with an_engine(network, session=BusyShop(pauses), time=time, retries=0) as engine:
            return await engine.send(request)

    with pytest.raises(VendorError) as caught:
        asyncio.run(run())
    return caught.value


@pytest.mark.parametrize("request_", [GET, POST])
def test_busy_is_sent_again_after_the_pauses_that_are_named(request_: Request) -> None:
    """A change, too, since nothing was done; `retries` is about what broke, and has no say in it."""
    network, time = Network(answering(body="busy"), answering(body="busy"), answering(body="done")), Time()

    async def run() -> Answer:
        async with an_engine(network, session=BusyShop((1, 2, 4)), time=time, retries=0) as engine:
            return await engine.send(request_)

    assert asyncio.run(run()).body == "done"
    assert time.naps == [1, 2]


@pytest.mark.parametrize("request_", [GET, POST])
def test_busy_for_too_long_means_that_nothing_was_done(request_: Request) -> None:
    """No outcome is unknown; the credential is not shown."""
    network, time = Network(answering(body="busy")), Time()

    error = raised(network, request_, time)

    assert isinstance(error, NotNow)
    assert str(error) == "busy, says …, 4 times"
    assert (len(network.requests), time.naps) == (4, [1, 2, 4])


def test_no_pauses_no_patience() -> None:
    """It is as often as the vendor's session says."""
    network = Network(answering(body="busy"))

    assert isinstance(raised(network, POST, Time(), pauses=()), NotNow)
    assert len(network.requests) == 1


def test_what_shows_late_is_waited_for_before_it_is_asked() -> None:
    """The seconds pass before the request leaves, once."""
    network, time = Network(answering()), Time()

    async def run() -> None:
        async with an_engine(network, time=time) as engine:
            await engine.send(replace(GET, after=1.5))
            await engine.send(GET)

    asyncio.run(run())

    assert time.naps == [1.5]


@pytest.mark.parametrize(("request_", "kind"), [(GET, VendorFailed), (POST, OutcomeUnknown)])
def test_only_what_may_be_quoted_is_quoted(request_: Request, kind: type[VendorError]) -> None:
    """The engine knows our secrets, and not the vendor's."""
    error = raised(Network(answering(500, "it broke|password=hunter2")), request_, Time())

    assert isinstance(error, kind)
    assert error.words == "it broke"
    assert "hunter2" not in repr(vars(error))
