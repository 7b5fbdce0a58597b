"""What a run holds of each connection: whom to send to, and which account it is."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from provisioner.vendors.base import Adapter, Answer, Offer, Reading, Request, Session, Vendor

T = TypeVar("T")


class Sender(Protocol):
    """What applying needs of an engine (``vendors.http.Engine`` is one)."""

    @property
    def session(self) -> Session: ...

    @property
    def connection(self) -> str: ...

    @property
    def concurrency(self) -> int: ...

    async def send(self, request: Request) -> Answer: ...

    async def read(self, reading: Reading[T]) -> T: ...


@dataclass
class Link:
    """One connection during a run. ``one_at_a_time`` orders the writes of kinds that must not be written at once."""

    name: str
    vendor: Vendor
    account: str
    engine: Sender
    one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    def offer(self, kind: str) -> Offer:
        return self.vendor.kinds[kind]

    def adapter(self, kind: str) -> Adapter:
        return self.engine.session.adapter(kind)
