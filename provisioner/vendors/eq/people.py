"""What EQ asks of a person's names and language, agent or supervisor. Source: specs/eq.yaml, schemas of both."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from provisioner.kinds import agents

FirstName = Annotated[agents.FirstName, Field(max_length=32, json_schema_extra={"expected": "1 to 32 characters"})]

LastName = Annotated[
    agents.LastName, Field(max_length=32, json_schema_extra={"expected": "1 to 32 characters, or null"})
]

Language = Annotated[
    Literal["en", "es", "he"],
    Field(
        description="The language of the person's screens and prompts; null for the system's default.",
        json_schema_extra={"expected": "en, es, he, or null"},
    ),
]
