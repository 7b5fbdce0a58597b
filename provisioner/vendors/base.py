"""The words in which a vendor says what it can do: Offers, requests, adapters. Those for fields are in ``fields.py``.

The planner and apply know these words and no vendor. What is not declared here cannot be done. Nothing in this file
does I/O: a read or a change is a generator that yields ``Request`` values and is sent their ``Answer``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Annotated, Any, Protocol, runtime_checkable

from pydantic import BaseModel, ConfigDict, Field

from provisioner.errors import ProvisionerError
from provisioner.secrets import Secret
from provisioner.values import Attributes, VendorId
from provisioner.vendors.offers import Call, Deleted, Find, Offer, Problem, Write, each_value
from provisioner.vendors.requests import Answer, Changing, Effect, Reading, Request
from provisioner.vendors.usage import Licence, UseProbe

__all__ = [
    "Adapter",
    "Answer",
    "Call",
    "Changing",
    "Deleted",
    "Effect",
    "Entity",
    "Find",
    "Licence",
    "Limits",
    "Listing",
    "LogsIn",
    "LooksRightNow",
    "Offer",
    "Problem",
    "Quotes",
    "Reading",
    "Request",
    "Session",
    "Settings",
    "UnknownVendor",
    "UseProbe",
    "Vendor",
    "Write",
    "each_value",
]
"""A vendor finds all that it needs to say here, whichever file beside this one holds it."""

# --- What a vendor holds, and who asks it --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Entity:
    """What a vendor holds: its id, its attributes in our names (flat; references as ``{"id": …}``), deleted or not.

    ``pending``: the vendor has taken a deletion and not finished it. Secrets are never in it. ``attributes`` holds
    every settable field that the vendor returns, so that a full replacement can carry on what nobody declared.
    ``unseen`` are the paths of which the vendor's answer says nothing, or nothing that can be read: they are unknown,
    which is neither null nor false, so nothing is compared with them.
    """

    id: VendorId
    attributes: Attributes
    deleted: bool = False
    pending: bool = False
    unseen: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Listing:
    """All entities of a kind on a connection, as far as one listing or scan can tell.

    ``incomplete`` says why it may have missed some, in words for a person (page, endpoint, setting to change), and is
    None when it saw everything. ``lowest`` and ``highest`` are the first numeric id that was looked at and the greatest
    one seen, where ids count up; ``missing`` how many there are more for certain. ``counted``: the answers said how
    many there are, as those of an Offer that is ``counted`` do.
    """

    entities: tuple[Entity, ...]
    incomplete: str | None = None
    highest: int | None = None
    missing: int = 0
    lowest: int = 0
    counted: bool = True


class Adapter(Protocol):
    """The calls of one kind at one vendor, as generators. What the Offer does not declare is never called: a class that
    derives from this one writes only what its Offers declare.

    ``values`` of a write are in our names, flat and ready to be sent: secrets as ``Secret``, references as vendor ids.
    404 to a read gives None, anything else that is not an entity raises. The session has checked every other answer
    before the generator sees it.
    """

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        """The entity of that id, deleted or not; None when the vendor says that there is none."""
        raise AssertionError("the Offer has no call to read one by its id")

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        """Every entity of the kind (LIST), or from id ``start`` on (SCAN).

        ``known`` is the greatest numeric id that anybody has seen: a scan goes at least that far and its gap beyond.
        ``held`` are entities that were read a moment ago: a scan takes them as they are, and asks for the others.
        """
        raise AssertionError("the Offer has no listing, and no ids to scan")

    def in_use(self, ids: Sequence[VendorId]) -> Reading[Mapping[VendorId, str]]:
        """Which of the entities are in use right now, each with what is going on in words ("2 callers are waiting")."""
        raise AssertionError("the Offer does not say that use can be asked about")

    def create(self, values: Mapping[str, Any]) -> Changing[VendorId]:
        """Makes the entity and gives its id."""
        raise AssertionError("the Offer has no call to create one")

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        """Writes ``values``: everything for REPLACE_ALL, else only what changed; ``changed`` are the paths that did."""
        raise AssertionError("the Offer has no call to update one")

    def delete(self, vendor_id: VendorId) -> Changing[None]:
        """Deletes it; 404 counts as done."""
        raise AssertionError("the Offer has no call to delete one")

    def undelete(self, vendor_id: VendorId) -> Changing[None]:
        """Brings a deleted entity back with the values it had."""
        raise AssertionError("the Offer has no call to undelete one")


@runtime_checkable
class LooksRightNow(Protocol):
    """What an adapter has besides, where the members of a list have fields of their own that change by themselves."""

    def right_now(self, listing: Listing) -> Reading[Listing]:
        """The same entities with those fields, or with them ``unseen``; asked only where somebody declares one."""
        ...


class Session(Protocol):
    """One connection's way of talking: its base URL, its credentials, its errors, its adapters."""

    @property
    def base_url(self) -> str: ...

    @property
    def redactions(self) -> Sequence[Secret]:
        """What must never show in an error or a log."""
        ...

    def sign(self, request: Request) -> Request:
        """The request with the credentials in it."""
        ...

    def check(self, request: Request, answer: Answer) -> None:
        """Raises Rejected, Unauthorized, NotFound or OutcomeUnknown for what is not a success.

        Called for every answer below 500 except 429 and redirects, which the engine handles. 404 passes for a request
        with ``absent_ok``.
        """
        ...

    def adapter(self, kind: str) -> Adapter: ...

    def licences(self) -> Reading[Mapping[str, Licence]]:
        """What the account's licence allows and counts, by the names in the Offers; called only where one has a name.

        What the vendor does not report is left out: all of it, where it has no such call.
        """
        yield from ()
        return {}


@runtime_checkable
class LogsIn(Protocol):
    """What a session has besides, where requests can be signed only after a log-in.

    The engine logs in before the first request, once for everybody who uses the connection, and once more when a
    request is answered with 401; that request is then repeated once. The session keeps what the log-in gave it, and
    names it among its ``redactions``.
    """

    def log_in(self) -> Changing[None]:
        """Yields the requests of a log-in, which go out unsigned; nothing at all where none is needed."""
        ...


@runtime_checkable
class Quotes(Protocol):
    """What a session has besides, where answers hold secrets of their own, which nobody here knows to redact."""

    def quotable(self, answer: Answer) -> str:
        """The part of an answer that an error may quote."""
        ...


class Limits(BaseModel):
    """How hard a connection may be driven; ``limits:`` in a manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    concurrency: int = 8
    requests_per_second: float | None = None


class Settings(BaseModel):
    """Base of a vendor's connection settings: what stands under ``connections.NAME`` in a manifest."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)

    vendor: str
    limits: Limits = Limits()
    timeout: float = 30.0
    retries: int = 4
    ca_file: str | None = None
    lag: Annotated[
        float | None,
        Field(
            ge=0,
            description="For how many seconds a change may not show yet; left out, what is known of the vendor.",
            json_schema_extra={"expected": "a number of seconds, 0 or more"},
        ),
    ] = None


@dataclass(frozen=True)
class Vendor:
    """One vendor: its name in manifests, its kinds, and how to talk to an account of it.

    ``account`` is what identifies the account that a connection leads to (vendor, host, port, base path, or a
    workspace id); it holds no secret. ``called`` is its name as people write it, where that is another. ``connect``
    gets the settings, the manifest's name of the connection and the resolved secrets by dotted path (``api_key``).
    """

    name: str
    title: str
    kinds: Mapping[str, Offer]
    settings: type[Settings]
    account: Callable[[Any], str]
    connect: Callable[[Any, str, Mapping[str, Secret]], Session]
    called: str = ""

    @property
    def spoken(self) -> str:
        """How a sentence for people names it."""
        return self.called or self.name

    def at(self, settings: Settings) -> Vendor:
        """The vendor as a connection of these settings has it."""
        if settings.lag is None:
            return self
        return replace(self, kinds={name: replace(kind, lag=settings.lag) for name, kind in self.kinds.items()})


class UnknownVendor(ProvisionerError):
    """No vendor of that name is installed."""
