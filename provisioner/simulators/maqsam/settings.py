"""What can a person set in a Maqsam simulator that is no agent: credentials, paging, and choices between readings?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

_MOST_ON_A_PAGE = 100


@dataclass(slots=True)
class Settings:
    """Everything that ``/_simulator/settings`` shows of an account.

    The first four choose between readings of the API, in the order of M1 to M4. ``groups_as``: ``null`` is for agents
    without groups, ``text`` has names with commas between, ``identifiers`` are objects without names.
    ``omitted_fields`` are not shown for any agent.

    ``page_lengths`` is page to how many of its agents it shows: the others are on no page. From ``repeat_from`` on
    every page is that page. ``order`` is by when an agent was made; the vendor's is not documented.
    """

    access_key_id: str = ""
    access_secret: str = ""
    identifier_as: Literal["string", "number"] = "string"
    groups_as: Literal["strings", "null", "text", "objects", "identifiers"] = "strings"
    state_as: Literal["object", "text", "null"] = "object"
    times_as: Literal["seconds", "milliseconds", "iso", "createdAt"] = "seconds"
    omitted_fields: list[str] = field(default_factory=list)
    order: Literal["oldest_first", "newest_first"] = "oldest_first"
    page_size: Annotated[int, range(1, _MOST_ON_A_PAGE + 1)] = _MOST_ON_A_PAGE
    page_lengths: dict[str, int] = field(default_factory=dict)
    repeat_from: Annotated[int, range(1, 1_000_001)] | None = None
    request_ids: bool = True
