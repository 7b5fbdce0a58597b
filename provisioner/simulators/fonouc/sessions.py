"""Who may ask? Logging in, tokens that end, the API key, and the account's id beside both: §3, F2, F9, F9a, F11."""

from __future__ import annotations

import hmac
import secrets
from collections.abc import Mapping
from typing import Any

from provisioner.simulators.authorization import bearer
from provisioner.simulators.base import Answer, Request
from provisioner.simulators.clock import Clock
from provisioner.simulators.fonouc.errors import Failure, json_answer, json_body
from provisioner.simulators.fonouc.settings import Settings

_NEEDED = ("username", "password", "domain")
_NO_TOKEN = "Authentication token is invalid"  # noqa: S105  # the vendor's words (§6), not a token
_BYTES = 32


class Sessions:
    """Everybody who has logged in. Tokens are opaque, and kept in the settings, where a person can end them."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._settings, self._clock = settings, clock

    def log_in(self, request: Request) -> Answer:
        """A new token. The content of ``user`` is not documented, and the account's id is not in it (F1)."""
        given = json_body(request)
        if not all(isinstance(given.get(name), str) and given[name] for name in _NEEDED):
            raise Failure(400, f"{', '.join(_NEEDED)} are required")
        if not all(_same(given[name], getattr(self._settings, name)) for name in _NEEDED):
            raise Failure(self._settings.wrong_credentials, "Invalid credentials")
        token = secrets.token_urlsafe(_BYTES)
        expires_at = int(self._clock.now()) + self._settings.token_lifetime
        self._settings.tokens[token] = {"username": given["username"], "expires_at": expires_at}
        answer = {
            "user": {"username": given["username"]},
            self._settings.token_name: token,
            "refresh_token": secrets.token_urlsafe(_BYTES),
        }
        return json_answer(200, answer)

    def check_token(self, request: Request) -> None:
        """Raises Failure without a good token or key."""
        key = request.headers.get("x-api-key")
        known = self._is_open(bearer(request.headers)) if key is None else _same(key, self._settings.api_key)
        if not known:
            raise Failure(401, _NO_TOKEN)

    def check_account(self, headers: Mapping[str, str]) -> None:
        """Raises Failure when the account is not named, or is not this one."""
        if headers.get("x-account-id") != self._settings.account_id:
            raise Failure(400, "Account ID is invalid")

    def _is_open(self, token: str | None) -> bool:
        session: Mapping[str, Any] = self._settings.tokens.get(token or "", {})
        return bool(session.get("expires_at", 0) > self._clock.now())


def _same(one: str, other: str) -> bool:
    return hmac.compare_digest(one.encode(errors="surrogatepass"), other.encode(errors="surrogatepass"))
