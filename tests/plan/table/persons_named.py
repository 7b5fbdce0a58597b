"""Two people whom the rows of the table speak of."""

from __future__ import annotations

from typing import Any

JANE: dict[str, Any] = {"first_name": "Jane", "email": "jane@acme.example"}
JOHN: dict[str, Any] = {"first_name": "John", "email": "john@acme.example"}
