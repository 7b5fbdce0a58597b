"""How an account is used right now: what its licence allows and counts, and who of a kind is in use.

Values only; ``read_usage.py`` makes them. That something could not be asked is kept in words, since it is no evidence
that nobody is there.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

from provisioner.values import VendorId


@dataclass(frozen=True, slots=True)
class Licence:
    """How many live entities an account may have (None: any number), and how many it has (None: not said)."""

    limit: int | None
    used: int | None


@dataclass(frozen=True, slots=True)
class UseProbe:
    """The vendor can tell which entities of a kind are in use right now; ``source`` names its document.

    To delete or replace one pulls the rug from under somebody. ``fields`` are the dotted paths whose update does, too;
    a map stands for all that is in it. ``leaves`` are fields of members (``agents[].logged_in``) of which false takes a
    member away, from whoever uses the entity and from what the member is doing: both are asked about.
    """

    source: str
    fields: frozenset[str] = frozenset()
    leaves: frozenset[str] = frozenset()

    def minds(self, paths: Collection[str]) -> bool:
        """True where an update of those paths disturbs whoever uses the entity."""
        return any(path == name or path.startswith(f"{name}.") for path in paths for name in self.fields)


@dataclass(frozen=True)
class UsageWant:
    """What must be asked of one connection: its licences, and by kind which entities are in use."""

    licences: bool = False
    ids: Mapping[str, frozenset[VendorId]] = field(default_factory=dict)


@dataclass(frozen=True)
class Usage:
    """What one connection answered.

    ``licences`` are by the name under which the vendor counts; a name that is not there is not reported. ``in_use``
    says by kind and id what is going on, in words; an id that is not there is not in use. ``licence_failure`` and
    ``failures`` (by kind) say why something could not be asked.
    """

    licences: Mapping[str, Licence] = field(default_factory=dict)
    licence_failure: str | None = None
    in_use: Mapping[str, Mapping[VendorId, str]] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
