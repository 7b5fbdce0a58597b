"""How does a program look into a running simulator and change it? A client of its control interface.

For tests, for ``provisioner demo`` and for users' rehearsals. Kinds, ids, attributes and settings are the vendor's own.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from types import TracebackType
from typing import Any, Self

import httpx

from provisioner.errors import ProvisionerError

_TIMEOUT = 30.0  # seconds


class Control:
    """A running simulator's content, settings, faults and log. ``url`` is the server's root.

    Every method raises ProvisionerError when the simulator refuses. Close it, or use it as a context manager.
    """

    def __init__(self, url: str) -> None:
        no_authorities = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)  # it is http; loading them would take 20 ms
        self._client = httpx.Client(
            base_url=f"{url}/_simulator/", timeout=_TIMEOUT, trust_env=False, verify=no_authorities
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()

    def about(self) -> dict[str, Any]:
        """``vendor``, ``base_path`` and ``credentials``."""
        return self._dict("GET", "about")

    def content(self, *, reveal: bool = False) -> dict[str, dict[str, dict[str, Any]]]:
        """Kind to id to entity, deleted ones too.

        A secret is shown as ``{"set": bool, "changes": how often a value was sent}``, with ``reveal`` as its value.
        """
        return self._dict("GET", "content", params={"reveal": "1"} if reveal else None)

    def create(self, kind: str, attributes: Mapping[str, Any], *, force: bool = False) -> str:
        """Make an entity as a person would; its id. ``force`` skips the vendor's checks, here and below."""
        return str(self._dict("POST", f"content/{kind}", attributes, _forced(force))["id"])

    def change(self, kind: str, key: str | int, attributes: Mapping[str, Any], *, force: bool = False) -> None:
        """Change the named attributes and leave the others."""
        self._call("PATCH", f"content/{kind}/{key}", attributes, _forced(force))

    def delete(self, kind: str, key: str | int) -> None:
        """Delete as a person would: softly where the vendor flags."""
        self._call("DELETE", f"content/{kind}/{key}")

    def undelete(self, kind: str, key: str | int, *, force: bool = False) -> None:
        """Bring a deleted entity back."""
        self._call("POST", f"content/{kind}/{key}/undelete", None, _forced(force))

    def empty(self) -> None:
        """Forget every entity and session; ids start again."""
        self._call("DELETE", "content")

    def settings(self, **changes: Any) -> dict[str, Any]:
        """All settings, after setting those that are named."""
        return self._dict("PUT", "settings", changes) if changes else self._dict("GET", "settings")

    def fault(self, effect: str, **rule: Any) -> None:
        """Add one rule: ``method``, ``path``, ``query``, ``skip``, ``times`` and what the effect needs."""
        self._call("POST", "faults", [{"effect": effect, **rule}])

    def faults(self) -> list[dict[str, Any]]:
        """All rules, with how many requests they have ``seen`` and how often they ``fired``."""
        return self._list("faults")

    def clear_faults(self) -> None:
        """Spoil nothing any more."""
        self._call("DELETE", "faults")

    def log(self, since: int = 0) -> list[dict[str, Any]]:
        """Requests served after number ``since``, oldest first."""
        return self._list("log", {"since": str(since)})

    def counts(self) -> dict[str, Any]:
        """Requests by method, under ``paths`` by path template, and ``peak_concurrency``."""
        return self._dict("GET", "counts")

    def reset_log(self) -> None:
        """Empty the log and the counts."""
        self._call("DELETE", "log")

    def snapshot(self) -> dict[str, Any]:
        """The account's whole content, counters and settings."""
        return self._dict("POST", "snapshot")

    def restore(self, snapshot: Mapping[str, Any]) -> None:
        """Have exactly that content again."""
        self._call("PUT", "snapshot", snapshot)

    def reset(self) -> None:
        """Be as freshly started: nothing in it, no faults, no log, default settings and credentials."""
        self._call("POST", "reset")

    def _dict(
        self, method: str, path: str, body: Any = None, params: Mapping[str, str] | None = None
    ) -> dict[str, Any]:
        return dict(self._call(method, path, body, params))

    def _list(self, path: str, params: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
        return list(self._call("GET", path, None, params))

    def _call(self, method: str, path: str, body: Any = None, params: Mapping[str, str] | None = None) -> Any:
        try:
            response = self._client.request(method, path, json=body, params=params)
        except httpx.TransportError as error:
            raise ProvisionerError(f"the simulator does not answer: {error}") from error
        if response.is_error:
            raise ProvisionerError(f"the simulator refuses {method} {path}: {response.text}")
        return response.json()


def _forced(force: bool) -> dict[str, str] | None:  # noqa: FBT001  # a private turn of a keyword-only option
    return {"force": "1"} if force else None
