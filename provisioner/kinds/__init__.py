"""What each kind means everywhere: one file per kind, with the annotated field types that vendors share."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Switch = Annotated[bool, Field(json_schema_extra={"expected": "true or false"})]
"""Something that is on or off, in any kind."""
