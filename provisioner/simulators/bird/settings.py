"""What can a person set in a Bird simulator that is no entity: the key and what it may do, paging, readings, delays?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

_A_DAY = 86_400
_MOST = 1_000_001
MOST_ON_A_PAGE = 100


def _all() -> list[dict[str, Any]]:
    return [{"actions": ["any"], "resources": ["/**"]}]


@dataclass(slots=True)
class Settings:
    """Everything that ``/_simulator/settings`` shows of an account.

    ``policies`` are the access policies of the key's roles: ``actions`` (any, create, view, update, delete) on
    ``resources``, paths in which ``*`` is one segment and ``**`` at the end whatever begins so (§1). What none allows
    is 403.

    ``page_size`` is that of a request without ``limit``. The next five spoil every listing that has pages, by number of
    the page: ``totals`` is page to the total it tells, ``page_lengths`` page to how many of its entries it shows, the
    others being on no page; from ``repeat_from`` on every page is that page, and always leads to another; ``last_page``
    leads to no other, whatever follows. ``total_shown`` leaves totals out. ``last_token_as`` is what a last page says.

    ``restless``: run-time fields are different in every answer (§5.4). What the API wrote stays unseen for
    ``visible_after_seconds`` and for ``visible_after_reads`` readings, against A-18; ``clock_ahead`` lets the seconds
    pass.

    The others choose between readings: how an unset text of an agent is shown (A-20), and agents that a capacity rule
    does not have (§4.5). ``sender_domain`` is that of senders' addresses.
    """

    workspace_id: str = ""
    access_key: str = ""
    policies: list[dict[str, list[str]]] = field(default_factory=_all)
    page_size: Annotated[int, range(1, MOST_ON_A_PAGE + 1)] = 10
    totals: dict[str, int] = field(default_factory=dict)
    page_lengths: dict[str, int] = field(default_factory=dict)
    repeat_from: Annotated[int, range(1, _MOST)] | None = None
    last_page: Annotated[int, range(1, _MOST)] | None = None
    total_shown: bool = True
    last_token_as: Literal["missing", "null", "empty"] = "missing"  # noqa: S105  # how a token looks that is none
    restless: bool = False
    visible_after_seconds: Annotated[int, range(_A_DAY)] = 0
    visible_after_reads: Annotated[int, range(_A_DAY)] = 0
    clock_ahead: Annotated[int, range(_MOST)] = 0
    unset_as: Literal["absent", "null", "blank"] = "absent"
    no_agents_as: Literal["null", "empty"] = "null"
    sender_domain: str = "mail.example.com"
