"""What can a person set in a FonoUC simulator that is no user and no queue: credentials, log-ins, calls, readings?"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

_A_DAY = 86_400
_A_YEAR = 366 * _A_DAY


@dataclass(slots=True)
class Settings:
    """Everything that ``/_simulator/settings`` shows of an account.

    ``tokens`` is access token to ``{"username", "expires_at"}``: taking one away, or putting the vendor's clock ahead
    by ``clock_ahead`` seconds, ends it. ``logged_in`` is queue id to user ids, ``unregistered`` user ids without a
    phone, ``agent_statuses`` user id to the word that a queue's status shows. ``calls`` are those in progress:
    ``queue`` (id), ``caller`` (``name``, ``number``), ``user`` (id; null while waiting), ``duration`` in seconds.

    What the API wrote stays unseen for ``visible_after_seconds`` and for ``visible_after_reads`` readings.
    ``undocumented`` opens the writes of §5.4 (F12). The rest chooses between readings of the API (F3, F4, F7, F8, F9,
    §5.2); ``envelope`` is the member that holds a list, ``omitted_fields`` are not shown for any user or queue.
    """

    username: str = ""
    password: str = ""
    domain: str = ""
    account_id: str = ""
    api_key: str = ""
    token_lifetime: Annotated[int, range(_A_YEAR)] = 3600
    clock_ahead: Annotated[int, range(_A_YEAR)] = 0
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    logged_in: dict[str, list[str]] = field(default_factory=dict)
    unregistered: list[str] = field(default_factory=list)
    agent_statuses: dict[str, str] = field(default_factory=dict)
    calls: list[dict[str, Any]] = field(default_factory=list)
    visible_after_seconds: Annotated[int, range(_A_DAY)] = 0
    visible_after_reads: Annotated[int, range(_A_DAY)] = 0
    undocumented: bool = False
    token_name: Literal["access_token", "accessToken"] = "access_token"  # noqa: S105  # a name
    wrong_credentials: Literal[401, 400] = 401
    errors_as: Literal["text", "message", "error"] = "text"
    envelope: str = ""
    omitted_fields: list[str] = field(default_factory=list)
    status_as: Literal["array", "object"] = "array"
    conference_as: Literal["absent", "null", "empty"] = "absent"
    call_agent_as: Literal["object", "array"] = "object"
