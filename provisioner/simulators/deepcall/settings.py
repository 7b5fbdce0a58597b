"""What can a person set in a DeepCall simulator that is no entity: credentials, quota, delays, readings of the API?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Literal

MOST_ON_A_PAGE = 500
_A_DAY = 86_400


@dataclass(slots=True)
class Settings:
    """Everything that ``/_simulator/settings`` shows of an account.

    ``denied`` are calls (``Agent/create``) that the user has no permission for, or ``AGENT_TO_AGENT_CALL``.
    ``agtLimit`` is how many agents the account may have. An agent's write is refused for ``write_milliseconds`` after
    another write came in, and that long a write's answer takes (§5.13). What the API wrote stays unseen for
    ``visible_after_seconds`` and for ``visible_after_reads`` readings; ``clock_ahead`` are seconds (D-17).

    ``other_codes`` is module and code to the code that is answered instead: ``{"Agent/1507": 1509}``.
    ``omitted_members`` are missing at the top of every answer. ``page_lengths`` is call and page to how many of its
    records are shown, ``{"Agent/list/2": 3}``; the others are on no page. ``counters`` is call and page to members that
    are laid over the true ones, ``{"Agent/list/2": {"totalRecords": 3}}``. From ``repeat_from`` on every page is that
    page, and says so. The others choose between shapes (D-6, D-12, D-4); ``empty_as`` is what no match looks like.
    """

    user_id: str = ""
    token: str = ""
    ssid: str = "sim-deepcall-session"
    suspended: bool = False
    denied: list[str] = field(default_factory=list)
    agtLimit: Annotated[int, range(1_000_001)] = 100
    write_milliseconds: Annotated[int, range(60_001)] = 0
    visible_after_seconds: Annotated[int, range(_A_DAY)] = 0
    visible_after_reads: Annotated[int, range(_A_DAY)] = 0
    clock_ahead: Annotated[int, range(_A_DAY)] = 0
    agents_as: Literal["array", "map"] = "array"
    groups_as: Literal["array", "map"] = "array"
    group_id_as: Literal["unique_id", "groupId", "id", "absent"] = "unique_id"
    empty_as: Literal["object", "array", "absent"] = "object"
    deleted_listed: bool = False
    error_code_as: Literal["code", "errCode", "both"] = "code"
    other_codes: dict[str, int] = field(default_factory=dict)
    omitted_members: list[str] = field(default_factory=list)
    most_on_a_page: Annotated[int, range(1, MOST_ON_A_PAGE + 1)] = MOST_ON_A_PAGE
    page_lengths: dict[str, int] = field(default_factory=dict)
    counters: dict[str, dict[str, int]] = field(default_factory=dict)
    repeat_from: Annotated[int, range(1, 1_000_001)] | None = None
