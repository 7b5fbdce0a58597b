"""Members of valid requests to DeepCall; whatever a test is about, it names."""

from __future__ import annotations

from typing import Any

ALL_DAYS = ["MON", "TUE", "WED", "THU", "FRI", "SAT", "SUN"]


def an_agent(number: int = 1, **members: Any) -> dict[str, Any]:
    """What an agent cannot be made without; each number is somebody else."""
    return {
        "name": f"Agent {number}",
        "email": f"agent{number}@example.com",
        "phone": f"1555555{number:04}",
        "dest_type": "MOBILE",
        "dest_value": f"555555{number:04}",
        "role": "1",
        **members,
    }


def hours(start: int = 540, end: int = 1080, *days: str) -> dict[str, Any]:
    return {"wDays": list(days) or ["MON", "TUE"], "from": start, "to": end}
