"""Values to test with: every one complete, each test says only what matters to it."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Mapping
from typing import Any, TypeVar

from provisioner.address import Address
from provisioner.state.document import Bound, Document, Intent, Run, Tombstone, Unknown
from provisioner.values import Value, VendorId

T = TypeVar("T")

JANE = Address("agents", "jane", "pbx")
JOE = Address("agents", "joe", "pbx")
ACCOUNT = "eq:pbx.acme.example:443/eq/api/2.0"


def run(what: Coroutine[Any, Any, T]) -> T:
    """Let a coroutine have its own event loop, in debug mode off."""
    return asyncio.run(what)


def an_intent(id: int = 1, verb: str = "create", **members: Any) -> Intent:
    """A create of agent jane, who has the number 1001, unless told otherwise."""
    chosen: dict[str, Any] = {
        "run": "r-1",
        "change": "agents.jane@pbx",
        "address": JANE,
        "account": ACCOUNT,
        "kind": "agents",
        "natural_key": ("1001",),
        "attributes": {"number": "1001", "first_name": "Jane"},
        "file": "agents.yaml",
        **members,
    }
    return Intent(id=id, verb=verb, **chosen)


def a_bound(address: Address = JANE, id: str = "17", **members: Any) -> Bound:
    """Agent jane, made by hand and adopted."""
    chosen: dict[str, Any] = {
        "account": ACCOUNT,
        "natural_key": ("1001",),
        "attributes": {"number": "1001", "first_name": "Jane"},
        "file": "agents.yaml",
        **members,
    }
    return Bound(address=address, id=VendorId(id), **chosen)


def an_unknown(address: Address = JANE, **members: Any) -> Unknown:
    """A create of jane that nobody knows the end of."""
    return Unknown(address, ACCOUNT, ("1001",), {"number": "1001"}, **members)


def a_tombstone(address: Address = JANE, id: str = "17", **members: Any) -> Tombstone:
    """What stays of jane."""
    return Tombstone(address, ACCOUNT, VendorId(id), ("1001",), **members)


def a_run(id: str = "r-1", **members: Any) -> Run:
    """An apply by Ann."""
    chosen: dict[str, Any] = {"plan": "d1ge57", "started": "2026-03-01T12:00:00Z", "who": "ann", **members}
    return Run(id=id, **chosen)


def a_document(*bounds: Bound, **members: Any) -> Document:
    """A record of these bindings."""
    return Document(lineage="l-1", bound={bound.address: bound for bound in bounds}, **members)


def versions(**secrets: int) -> Mapping[str, int]:
    """Versions of secrets, by path."""
    return secrets


def values(**members: Value) -> Mapping[str, Value]:
    """Attributes."""
    return members
