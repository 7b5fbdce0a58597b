"""Pause codes: the reasons that an agent can give for taking no calls (lunch, training)."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

PauseCodeName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(
        description="The reason as agents and reports show it.", json_schema_extra={"expected": "at least 1 character"}
    ),
]
