"""In what a number is counted: the units of all fields, each declared once beside the field's type.

The planner copies a field's unit into the plan, so that a report says ``15 -> 30 seconds`` without asking a vendor.
"""

from __future__ import annotations

from enum import StrEnum


class Unit(StrEnum):
    """What stands behind the number for people; used as ``Annotated[int, Unit.SECONDS]``."""

    SECONDS = "seconds"
    MINUTES = "minutes"
    HOURS = "hours"
    PERCENT = "percent"
