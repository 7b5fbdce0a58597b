"""Agents: the people who take calls.

An agent has a number or a name to sign in with, and may have an address and a language. What a person is called and
where a person is reached mean the same for agents and for supervisors, so those types stand here.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from provisioner.kinds.extensions import DIGITS
from provisioner.values import Attributes

AgentNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=DIGITS),
    Field(
        description="The number that the agent signs in with; a string, so quote it.",
        json_schema_extra={"expected": "digits, the first not 0, in quotes"},
    ),
]

FirstName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="The person's given name.", json_schema_extra={"expected": "at least 1 character"}),
]

LastName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="The person's family name.", json_schema_extra={"expected": "at least 1 character"}),
]

EmailAddress = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$"),
    Field(
        description="An e-mail address.",
        json_schema_extra={"expected": "an e-mail address such as jane@example.com"},
    ),
]


def full_name(declared: Attributes) -> Attributes:
    """The whole ``name`` that follows from first and last name, for a vendor that has no others; none beside one."""
    first = declared.get("first_name")
    if first is None or "name" in declared:
        return {}
    return {"name": " ".join(str(part) for part in (first, declared.get("last_name")) if part)}
