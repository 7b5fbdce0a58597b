"""What does Maqsam answer to a request? Credentials (M10), then paths and methods (M6, M8), then a page (§3)."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterator
from itertools import islice
from typing import Any

from provisioner.simulators.authorization import basic
from provisioner.simulators.base import Answer, Request
from provisioner.simulators.collection import Collection
from provisioner.simulators.maqsam.agents import shown
from provisioner.simulators.maqsam.settings import Settings
from provisioner.simulators.store import Entity

_PATH = re.compile(r"/v1/agents(?:/page/([0-9]+))?")
_DIGITS = 10  # of a page number; further ones only lead further beyond the end


class Api:
    """The vendor's side of one account's HTTP interface."""

    def __init__(self, agents: Collection, settings: Settings) -> None:
        self._agents, self._settings = agents, settings
        self._served = 0

    def answer(self, request: Request) -> Answer:
        """The answer; there are no effects."""
        status, body = self._answer(request)
        self._served += 1
        headers = (("x-request-id", f"sim-{self._served:08}"),) if self._settings.request_ids else ()
        return Answer(status, json.dumps(body, ensure_ascii=False).encode(), "application/json", headers)

    def _answer(self, request: Request) -> tuple[int, Any]:
        if not self._knows(request):
            return 401, _failure("Unauthorized")
        match = _PATH.fullmatch(request.path)
        if match is None or request.method != "GET":
            return 404, _failure("Not Found")
        return 200, {"result": "success", "message": self._page(_number(match[1]))}

    def _knows(self, request: Request) -> bool:
        given = basic(request.headers)
        if given is None:
            return False
        wanted = (self._settings.access_key_id, self._settings.access_secret)
        return all(hmac.compare_digest(one.encode(), other.encode()) for one, other in zip(given, wanted, strict=True))

    def _page(self, page: int) -> list[dict[str, Any]]:
        """The agents of a page, which begin at 1; beyond the end there is nobody (M5)."""
        settings = self._settings
        if settings.repeat_from is not None:
            page = min(page, settings.repeat_from)
        length = settings.page_lengths.get(str(page), settings.page_size)
        start = (page - 1) * settings.page_size
        agents = islice(self._in_order(), start, start + min(length, settings.page_size))
        return [shown(self._agents.wire(agent), settings) for agent in agents]

    def _in_order(self) -> Iterator[Entity]:
        table = self._agents.table
        return iter(table) if self._settings.order == "oldest_first" else reversed(list(table))


def template(path: str) -> str:
    """``path`` with its page named."""
    match = _PATH.fullmatch(path)
    return "/v1/agents/page/{page}" if match and match[1] else path


def _number(digits: str | None) -> int:
    """Page 0 is page 1, and so is none (§3)."""
    return max(int((digits or "").lstrip("0")[:_DIGITS] or "0"), 1)


def _failure(message: str) -> dict[str, Any]:
    return {"error": True, "message": message}
