"""Extensions: the internal numbers at which phones ring, each with its phone settings and perhaps a voice mailbox."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

DIGITS = r"^[1-9][0-9]*$"
"""A number that is dialled inside: leading zeros are not used, so that nobody's YAML can drop one."""

ExtensionNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=DIGITS),
    Field(
        description="The number to dial inside the contact centre; a string, so quote it.",
        json_schema_extra={"expected": "digits, the first not 0, in quotes"},
    ),
]

ExtensionName = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(description="What the extension is called.", json_schema_extra={"expected": "at least 1 character"}),
]

CallerNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[0-9]+$"),
    Field(
        description="A number shown to who is called; a string, so quote it.",
        json_schema_extra={"expected": "digits, in quotes"},
    ),
]

RecordingChoice = Annotated[
    Literal["dontcare", "always", "never"],
    Field(
        description="Whether such calls are recorded; `dontcare` leaves it to the other party's setting.",
        json_schema_extra={"expected": "dontcare, always or never"},
    ),
]
