"""Asks a host's REST API; whatever it answers but success is one error with what it said."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from provisioner.ci.host import HostFailed
from provisioner.cli.saved import LARGEST
from provisioner.report.escape import harmless

PATIENCE = 30.0
"""Seconds that an answer may take."""

PAGE = 100
MOST_PAGES = 50
_MOST_QUOTED = 200

Query = Mapping[str, str | int]


class Rest:
    """One API below a base URL. Used as a context manager."""

    def __init__(self, host: str, base: str, headers: Mapping[str, str], hints: Mapping[int, str]) -> None:
        self.host, self.base, self.hints = host, base.rstrip("/"), hints
        self.client = httpx.Client(headers=dict(headers), timeout=PATIENCE, transport=httpx.HTTPTransport(retries=2))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.client.close()

    def ask(self, method: str, path: str, *, query: Query | None = None, body: Mapping[str, Any] | None = None) -> Any:
        """What it answers, read as JSON. Raises HostFailed."""
        try:
            answer = self.client.request(method, f"{self.base}{path}", params=query, json=body)
        except httpx.HTTPError as error:
            raise self._unreachable(method, path, error) from error
        if not answer.is_success:
            raise self._refused(method, path, answer.status_code, _message(answer))
        try:
            return answer.json()
        except ValueError as error:
            raise HostFailed(f"{self.host} answered `{method} {path}` with what is no JSON") from error

    def all(self, path: str, *, query: Query | None = None, under: str | None = None) -> Iterator[dict[str, Any]]:
        """Every item of a list, page after page; ``under`` is the list's name where the answer is an object."""
        for page in range(1, MOST_PAGES + 1):
            answer = self.ask("GET", path, query={**(query or {}), "per_page": PAGE, "page": page})
            items = answer.get(under) if under is not None and isinstance(answer, dict) else answer
            if not isinstance(items, list):
                raise HostFailed(f"{self.host} answered `GET {path}` with what is no list")
            yield from items
            if len(items) < PAGE:
                return

    def file(self, path: str) -> bytes:
        """A file, also where the answer only says where it lies. Raises HostFailed."""
        try:
            with self.client.stream("GET", f"{self.base}{path}") as answer:
                if not answer.is_redirect:
                    return self._bounded(answer, path)
                elsewhere = answer.headers.get("location", "")
            # The address carries its own permission: who keeps the file is not shown our token.
            with httpx.Client(timeout=PATIENCE) as stranger, stranger.stream("GET", elsewhere) as answer:
                return self._bounded(answer, path)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise self._unreachable("GET", path, error) from error

    def _bounded(self, answer: httpx.Response, path: str) -> bytes:
        if answer.status_code != httpx.codes.OK:
            raise self._refused("GET", path, answer.status_code)
        found = bytearray()
        for piece in answer.iter_bytes():
            found += piece
            if len(found) > LARGEST:
                raise HostFailed(f"`{path}` is too large for a plan")
        return bytes(found)

    def _unreachable(self, method: str, path: str, error: Exception) -> HostFailed:
        return HostFailed(f"{self.host} gave no answer to `{method} {path}`: {type(error).__name__}")

    def _refused(self, method: str, path: str, status: int, said: str = "") -> HostFailed:
        return HostFailed(f"{self.host} answered {status} to `{method} {path}`{said}", hint=self.hints.get(status))


def _message(answer: httpx.Response) -> str:
    """What the answer says for itself, cut short."""
    try:
        told = answer.json()
    except ValueError:
        return ""
    message = told.get("message") or told.get("error") if isinstance(told, dict) else None
    return f": {harmless(str(message))[:_MOST_QUOTED]}" if message else ""
