"""What time is it at the simulated vendor? A person may put its clock ahead, to see tokens expire and delays pass."""

from __future__ import annotations

import time
from collections.abc import Callable


class Clock:
    """Unix seconds, plus as many as ``ahead`` says at the moment of asking."""

    def __init__(self, ahead: Callable[[], int]) -> None:
        self._ahead = ahead

    def now(self) -> float:
        """The vendor's time."""
        return time.time() + self._ahead()
