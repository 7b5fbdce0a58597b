"""The steps of a plan and what each of them needs: the value that ordering works on."""

from __future__ import annotations

import heapq
from dataclasses import dataclass, field, replace
from graphlib import TopologicalSorter

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

    def in_order(self) -> tuple[Change, ...]:
        """All steps with their needs, each after all of them, the alphabetically first of those that are ready next."""
        sorter = TopologicalSorter(self.needs)
        sorter.prepare()
        ready = list(sorter.get_ready())
        heapq.heapify(ready)
        done: list[Change] = []
        while ready:
            key = heapq.heappop(ready)
            done.append(replace(self.steps[key], needs=tuple(sorted(self.needs[key]))))
            sorter.done(key)
            for following in sorter.get_ready():
                heapq.heappush(ready, following)
        return tuple(done)
