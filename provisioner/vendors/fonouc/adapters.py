"""What can be asked and done of users and queues on one connection."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from provisioner.values import VendorId
from provisioner.vendors.base import Adapter, Entity, Listing
from provisioner.vendors.fonouc.agents import AGENTS
from provisioner.vendors.fonouc.listing import listed
from provisioner.vendors.fonouc.queues import QUEUES
from provisioner.vendors.fonouc.runtime import LOGGED_IN, Runtime, with_status
from provisioner.vendors.fonouc.settings import FonoucSettings
from provisioner.vendors.requests import Changing, Reading


@dataclass(frozen=True)
class Users(Adapter):
    """Users can be listed; nothing of them can be set."""

    settings: FonoucSettings
    connection: str

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        return listed(AGENTS, self.settings, self.connection)

    def in_use(self, ids: Sequence[VendorId]) -> Reading[Mapping[VendorId, str]]:
        """Who is on a call."""
        return Runtime(self.connection).on_a_call(ids)


@dataclass(frozen=True)
class Queues(Adapter):
    """Queues can be listed; their members can be logged in and out."""

    settings: FonoucSettings
    connection: str

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        return listed(QUEUES, self.settings, self.connection)

    def right_now(self, listing: Listing) -> Reading[Listing]:
        """Who is logged in; one request."""
        return with_status(listing, (yield from Runtime(self.connection).status()))

    def in_use(self, ids: Sequence[VendorId]) -> Reading[Mapping[VendorId, str]]:
        """Where callers wait; calls name their queue by its name, which the status tells."""
        runtime = Runtime(self.connection)
        queues = yield from runtime.status()
        return (yield from runtime.waiting({one: queues[one].name if one in queues else "" for one in ids}))

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        """Logs members in and out: nothing else of a queue can be written."""
        if changed != {LOGGED_IN}:
            raise AssertionError(f"nothing sets {sorted(changed)}")
        wanted = {member["agent"]: member["logged_in"] for member in values[LOGGED_IN]}
        return Runtime(self.connection).switch(vendor_id, wanted)
