"""What do reads still see of what was just written? Eventual consistency, for vendors whose simulator offers it.

The account keeps the truth at once; whoever shows a value asks here first whether readers may see it already. Off
unless a person sets it. What a person does in the vendor's administration never lags.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class _Hidden:
    """A write that readers do not see: until then, and for so many reads more, they see ``before``."""

    before: Any
    until: float
    reads: int


class Lag:
    """Values that were overwritten, by key, for as long as readers still see them.

    ``now`` is the time in seconds; ``delay`` tells for how many seconds and for how many readings of its key a write
    made at this moment stays unseen.
    """

    def __init__(self, now: Callable[[], float], delay: Callable[[], tuple[int, int]]) -> None:
        self._now, self._delay = now, delay
        self._hidden: defaultdict[Hashable, list[_Hidden]] = defaultdict(list)

    def wrote(self, key: Hashable, before: Any) -> None:
        """``before`` was overwritten; readers go on seeing it until both delays have passed."""
        seconds, reads = self._delay()
        if seconds or reads:
            self._hidden[key].append(_Hidden(before, self._now() + seconds, reads))

    def seen(self, key: Hashable, value: Any) -> Any:
        """What one reading of ``key`` shows while ``value`` is the truth. Counts as a reading."""
        pending = [each for each in self._hidden.pop(key, []) if each.reads > 0 or each.until > self._now()]
        if not pending:
            return value
        for each in pending:
            each.reads -= 1
        self._hidden[key] = pending
        return pending[0].before

    def late(self) -> tuple[Hashable, ...]:
        """What may look different to readers; among it what is gone and still shown."""
        return tuple(self._hidden)

    def clear(self) -> None:
        """Everything is seen."""
        self._hidden.clear()
