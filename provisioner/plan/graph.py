"""The steps of a plan and what each of them needs: the value that ordering works on."""

from __future__ import annotations

from dataclasses import dataclass, field

from provisioner.plan.document import Change
from provisioner.plan.uniques import Handover


@dataclass(frozen=True)
class Wait:
    """A handover as an edge: ``taker`` needs ``giver``, both keys."""

    giver: str
    taker: str
    handover: Handover


@dataclass
class Graph:
    """Steps by key, and for each the keys that it needs."""

    steps: dict[str, Change] = field(default_factory=dict)
    needs: dict[str, set[str]] = field(default_factory=dict)

    def add(self, change: Change) -> None:
        """A step with what it needs by itself."""
        self.steps[change.key] = change
        self.needs.setdefault(change.key, set()).update(change.needs)

    def need(self, key: str | None, other: str | None) -> None:
        """``key`` comes after ``other``; nothing where one of them is no step, or both are the same."""
        if key is not None and other is not None and key != other:
            self.needs[key].add(other)

    def first_of(self, *keys: str) -> str | None:
        """The first of the keys that is a step."""
        return next((key for key in keys if key in self.steps), None)
