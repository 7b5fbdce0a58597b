"""What must a vendor's simulator be able to do, so that one server can run them all?

A simulator is a `Simulator`: a name, where its API lives, and how to start an account. An `Account` is the vendor's
side of the wire, kept in memory: it answers requests, and it lets a person (the control interface) look at and
change its content. It does no I/O and knows nothing of sockets, faults or logs; those are ``serving``'s.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import Any, Protocol

from provisioner.errors import ProvisionerError


@dataclass(frozen=True, slots=True)
class Request:
    """One request to the vendor's API.

    ``path`` is decoded and starts below the base URL; ``headers`` are by name in lower case. ``pairs`` is the whole
    query in its order; of a parameter that is repeated, ``query`` has the last.
    """

    method: str
    path: str
    query: Mapping[str, str]
    content_type: str
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    pairs: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Answer:
    """What the vendor answers; no ``content_type`` when the body is empty.

    It is sent only when ``seconds`` have passed, where the vendor takes its time over the effect.
    """

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    seconds: float = 0.0


class Checks(Enum):
    """Whether a person's change must keep the vendor's rules; real systems hold data that does not."""

    ALL = auto()
    NONE = auto()


class Secrets(Enum):
    """How content shows secrets: as ``{"set": …, "changes": …}`` or as the stored value."""

    COUNTED = auto()
    REVEALED = auto()


class Refused(ProvisionerError):
    """A person's change breaks the vendor's rules; ``reasons`` are in the vendor's own words."""

    def __init__(self, message: str, reasons: tuple[Mapping[str, Any], ...] = ()) -> None:
        super().__init__(message)
        self.reasons = reasons


class Absent(ProvisionerError):
    """The kind or entity that a person named is not there."""


class Account(Protocol):
    """One account at the vendor. Kinds, ids, attributes and settings carry the vendor's own names."""

    def answer(self, request: Request) -> Answer:
        """The vendor's answer to ``request``, after its effect."""

    def template(self, path: str) -> str:
        """``path`` with its variable parts named (``/agent/{id}``), to count requests by."""

    def shown(self, request: Request) -> tuple[Mapping[str, str], Any]:
        """Query and payload as the log may show them: decoded, no secrets. No payload: None."""

    def credentials(self) -> Mapping[str, str]:
        """What a client must know, by the names that a tenant's connection uses."""

    def content(self, secrets: Secrets) -> dict[str, dict[str, dict[str, Any]]]:
        """Kind to id to entity; deleted ones too, flagged."""

    def create(self, kind: str, attributes: Mapping[str, Any], checks: Checks) -> str:
        """The id of an entity that a person made. Raises Absent (kind), Refused."""

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], checks: Checks) -> None:
        """Change the named attributes and leave the others. Raises Absent, Refused."""

    def delete(self, kind: str, key: str) -> None:
        """Delete as a person would: softly where the vendor flags. Raises Absent."""

    def undelete(self, kind: str, key: str, checks: Checks) -> None:
        """Bring a deleted entity back. Raises Absent, Refused."""

    def empty(self) -> None:
        """No entity is left, no session, and ids start again."""

    def settings(self) -> dict[str, Any]:
        """Every setting of this account with its value."""

    def configure(self, changes: Mapping[str, Any]) -> None:
        """Set the named settings and leave the others. Raises Refused, and then none is set."""

    def snapshot(self) -> dict[str, Any]:
        """All of the account as JSON."""

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Become what `snapshot` told. Raises Refused if it did not come from there."""


@dataclass(frozen=True, slots=True)
class Simulator:
    """A vendor's simulator.

    ``start`` gives a fresh, empty account; credentials left out are its defaults, unknown ones raise Refused.
    ``too_many`` is what requests above a limit get.
    """

    name: str
    summary: str
    base_path: str
    start: Callable[[Mapping[str, str]], Account]
    too_many: Answer = Answer(429, headers=(("retry-after", "1"),))
