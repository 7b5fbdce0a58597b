"""What a vendor's adapter and session have by themselves, when they derive from the protocols."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from provisioner.values import VendorId
from provisioner.vendors.base import Adapter, Answer, Request, Session


class Silent(Adapter):
    """Has no call at all."""


class Plain(Session):
    """Does only what every session must."""

    @property
    def base_url(self) -> str:
        return "http://127.0.0.1"

    @property
    def redactions(self) -> tuple[()]:
        return ()

    def sign(self, request: Request) -> Request:
        return request

    def check(self, request: Request, answer: Answer) -> None:
        """Everything is well."""

    def adapter(self, kind: str) -> Adapter:
        return Silent()


@pytest.mark.parametrize(
    "call",
    [
        lambda adapter: adapter.read(VendorId("1")),
        lambda adapter: adapter.find_all(),
        lambda adapter: adapter.in_use(()),
        lambda adapter: adapter.create({}),
        lambda adapter: adapter.update(VendorId("1"), {}, frozenset()),
        lambda adapter: adapter.delete(VendorId("1")),
        lambda adapter: adapter.undelete(VendorId("1")),
    ],
)
def test_a_call_that_no_offer_has_is_a_mistake(call: Callable[[Adapter], object]) -> None:
    """Nobody asks for it, so whoever does hears of it at once."""
    with pytest.raises(AssertionError, match="the Offer"):
        call(Plain().adapter("agents"))


def test_a_session_reports_no_licence_by_itself() -> None:
    """It asks for nothing, and leaves everything out."""
    reading = Plain().licences()

    with pytest.raises(StopIteration) as end:
        next(reading)

    assert end.value.value == {}
