"""One connection to FonoUC: its address, its way in, and what each status of an answer means.

Statuses and error bodies: specs/fonouc.yaml, components/responses. With a user, the session logs in for a token, which
the engine asks it to do once, and once more when the token is refused; with an API key it never does (F2).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provisioner.errors import NotFound, Rejected, Unauthorized, VendorFailed
from provisioner.secrets import Secret
from provisioner.vendors.answers import shortened, words_of
from provisioner.vendors.base import Adapter, Answer, Changing, Request, Session
from provisioner.vendors.fonouc.adapters import Queues, Users
from provisioner.vendors.fonouc.settings import FonoucSettings
from provisioner.vendors.redaction import redacted, secrets_in

ADAPTERS = {"agents": Users, "queues": Queues}


@dataclass
class FonoucSession(Session):
    """One account of FonoUC, as a connection of the manifests reaches it.

    ``tokens`` are those of this run's log-ins, the last one in use: the others may still be good somewhere, so none of
    them is ever shown.
    """

    settings: FonoucSettings
    connection: str
    secrets: Mapping[str, Secret]
    tokens: tuple[Secret, ...] = ()

    @property
    def base_url(self) -> str:
        return self.settings.url.rstrip("/")

    @property
    def redactions(self) -> Sequence[Secret]:
        return (*self.secrets.values(), *self.tokens)

    def adapter(self, kind: str) -> Adapter:
        return ADAPTERS[kind](self.settings, self.connection)

    # --- The way in ---------------------------------------------------------------------------------------------

    def log_in(self) -> Changing[None]:
        """Gets a token; nothing is asked with an API key. Raises Unauthorized where the user is refused."""
        if "password" not in self.secrets:
            return
        request = self.entry()
        answer = yield request
        try:
            data = answer.data()
        except ValueError:
            data = None
        # Whatever else is in the answer (a token to refresh with, above all) is dropped unread: it is a credential.
        found = (data.get("access_token") or data.get("accessToken")) if isinstance(data, dict) else None
        if not isinstance(found, str) or not found:
            raise VendorFailed(
                f"the answer to {request.call} holds no token",
                connection=self.connection,
                call=request.call,
                status=answer.status,
                hint="where this FonoUC logs in elsewhere, say so with `paths.login`",
            )
        self.tokens = (*self.tokens, Secret(found))

    def entry(self) -> Request:
        """The request that logs in."""
        body = {
            "username": self.settings.username,
            "password": self.secrets["password"],
            "domain": self.settings.domain,
        }
        return Request("POST", self.settings.paths.login, json=body)

    def sign(self, request: Request) -> Request:
        """The request with the token, or the API key, and the account's id."""
        if "api_key" in self.secrets:
            credential: tuple[str, str | Secret] = ("X-API-Key", self.secrets["api_key"])
        else:
            credential = ("Authorization", Secret(f"Bearer {self.tokens[-1].reveal()}"))
        return replace(request, headers=(*request.headers, credential, ("X-Account-ID", self.settings.account_id)))

    # --- What an answer means -----------------------------------------------------------------------------------

    def check(self, request: Request, answer: Answer) -> None:
        """Raises for everything but a success.

        401 and 403 are Unauthorized, and so is 400 to a log-in (F9); 404 is NotFound, any other refusal
        Rejected.
        """
        entering = request.path == self.settings.paths.login
        if 200 <= answer.status < 300:
            return
        hidden = (*self.redactions, *secrets_in(request.json))
        words = shortened(redacted(words_of(answer, "message", "error"), hidden))  # F9
        place: dict[str, Any] = {
            "connection": self.connection,
            "call": request.call,
            "status": answer.status,
            "words": words,
        }
        said = f"status {answer.status}: {words or 'no further words'}"
        if answer.status in (401, 403) or (entering and answer.status == 400):
            raise Unauthorized(f"FonoUC refuses {request.call} with {said}", hint=self._hint(entering), **place)
        if answer.absent:
            hint = f"check `connections.{self.connection}.url`: it ends with `/api/v2`"
            raise NotFound(f"FonoUC answers {request.call} with {said}", hint=hint, **place)
        hint = f"if it is about the account, check `connections.{self.connection}.account_id`"
        raise Rejected(f"FonoUC refuses {request.call} with {said}", hint=hint, **place)

    def _hint(self, entering: bool) -> str:  # noqa: FBT001 (of this class alone)
        if entering:
            return f"check `username`, `password` and `domain` of `connections.{self.connection}`"
        if "api_key" in self.secrets:
            return f"check `connections.{self.connection}.api_key`; the portal gives it, under API Keys"
        return f"check what the user of `connections.{self.connection}` may see"


def connect(settings: FonoucSettings, connection: str, secrets: Mapping[str, Secret]) -> FonoucSession:
    """A session for the connection of that name; ``secrets`` holds ``api_key`` or ``password``."""
    return FonoucSession(settings, connection, secrets)
