"""One request in a vendor's terms, its answer, and the generators that yield the one and are sent the other."""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias, TypeVar

from provisioner.secrets import Secret
from provisioner.values import VendorId

T = TypeVar("T")


class Effect(StrEnum):
    """What a request does to the vendor's entity; anything but READ is journalled before it leaves."""

    READ = "read"
    CREATE = "create"
    UPDATE = "update"
    DELETE = "delete"
    UNDELETE = "undelete"


@dataclass(frozen=True)
class Request:
    """One HTTP request in a vendor's terms, relative to the connection's base URL.

    ``form`` or ``json`` is the body (never both); both may hold ``Secret`` values, which only the HTTP engine
    reveals. A map or a list as the value of a form parameter travels as JSON text, made after revealing. ``paths`` are
    the fields that the request sets, so that an update of several requests is recorded field by field. ``new_id``
    reads the id out of the answer to a create. ``absent_ok``: 404 is an answer to this request, not an error (a read,
    a delete). ``after`` are the seconds that pass before it is sent: what was just written may not show at once.
    """

    method: str
    path: str
    query: tuple[tuple[str, str | Secret], ...] = ()
    form: Mapping[str, Any] | None = None
    json: Any = None
    headers: tuple[tuple[str, str | Secret], ...] = ()
    effect: Effect = Effect.READ
    paths: frozenset[str] = frozenset()
    new_id: Callable[[Answer], VendorId] | None = None
    absent_ok: bool = False
    after: float = 0.0

    @property
    def call(self) -> str:
        """What an error or a log shows of it: method and path, no query, no body."""
        return f"{self.method} {self.path}"


@dataclass(frozen=True)
class Answer:
    """What came back: status, the lower-case headers, and the body as text."""

    status: int
    body: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> Any:
        """The body as JSON; raises ValueError for anything else, an empty body included."""
        return json.loads(self.body)

    @property
    def absent(self) -> bool:
        return self.status == 404


Reading: TypeAlias = Generator[Sequence[Request], Sequence[Answer], T]
"""A read: yields batches of requests, which are sent concurrently; is sent their answers in the same order."""

Changing: TypeAlias = Generator[Request, Answer, T]
"""A change: yields one request at a time; each is journalled before it leaves, and its outcome after."""
