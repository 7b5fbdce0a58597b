"""Where a declared resource lives: ``agents.jane@pbx``, and patterns over such addresses."""

from __future__ import annotations

import fnmatch
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from provisioner.errors import UsageError

NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,62}")


def is_name(text: str) -> bool:
    """True for what may be a key or a connection's name."""
    return NAME.fullmatch(text) is not None


@dataclass(frozen=True, order=True)
class Address:
    """One instance: a declaration on one connection. Sorts by kind, key, connection."""

    kind: str
    key: str
    connection: str

    def __str__(self) -> str:
        return self.text

    @cached_property
    def text(self) -> str:
        return f"{self.kind}.{self.key}@{self.connection}"

    @property
    def declaration(self) -> str:
        """The address without its connection: ``agents.jane``."""
        return f"{self.kind}.{self.key}"

    @staticmethod
    def parse(text: str) -> Address:
        """The address that ``text`` spells; raises UsageError with the expected form."""
        declaration, at, connection = text.partition("@")
        kind, dot, key = declaration.partition(".")
        if not (at and dot and is_name(connection) and is_name(key) and is_name(kind)):
            raise UsageError(
                f"`{text}` is not an address",
                hint="an address is KIND.KEY@CONNECTION, for example `agents.jane@pbx`",
            )
        return Address(kind, key, connection)


@dataclass(frozen=True)
class Pattern:
    """A glob over addresses: ``*`` and ``?`` within each of the three parts, whole-part match, case-sensitive.

    Without ``@`` it means all connections; a lone ``*`` before ``@`` means every kind and key.
    """

    text: str
    kind: str
    key: str
    connection: str

    @staticmethod
    def parse(text: str) -> Pattern:
        """The pattern that ``text`` spells; raises UsageError with the expected form."""
        declaration, at, connection = text.partition("@")
        if declaration == "*":
            kind = key = "*"
        else:
            kind, _, key = declaration.partition(".")
        parts = (kind, key, connection if at else "*")
        if not all(re.fullmatch(r"[a-z0-9_*?-]+", part) for part in parts):
            raise UsageError(
                f"`{text}` is not an address or a pattern",
                hint="write KIND.KEY or KIND.KEY@CONNECTION; `*` and `?` stand for anything within a part",
            )
        return Pattern(text, *parts)

    def matches(self, address: Address) -> bool:
        """True when all three parts match."""
        return (
            fnmatch.fnmatchcase(address.kind, self.kind)
            and fnmatch.fnmatchcase(address.key, self.key)
            and fnmatch.fnmatchcase(address.connection, self.connection)
        )


def matching(patterns: Iterable[Pattern], addresses: Iterable[Address]) -> frozenset[Address]:
    """The addresses that any of the patterns matches; a pattern that matches nothing raises UsageError."""
    known = tuple(addresses)
    found: set[Address] = set()
    for pattern in patterns:
        hits = [address for address in known if pattern.matches(address)]
        if not hits:
            raise UsageError(
                f"`{pattern.text}` matches nothing that is declared or managed",
                hint="`provisioner state list` and the manifests say which addresses there are",
            )
        found.update(hits)
    return frozenset(found)
