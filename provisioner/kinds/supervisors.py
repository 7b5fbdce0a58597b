"""Supervisors: the people who watch over agents and queues, and whom alerts are for."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

Username = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(
        description="The name that the person signs in with.", json_schema_extra={"expected": "at least 1 character"}
    ),
]
