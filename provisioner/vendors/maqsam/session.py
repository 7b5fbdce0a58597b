"""One connection to Maqsam: its address and access key, and what each status of an answer means.

Statuses and error bodies: specs/maqsam.yaml, components/responses. The key travels as HTTP Basic, with every request.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from provisioner.errors import NotFound, Rejected, Unauthorized
from provisioner.secrets import Secret
from provisioner.vendors.answers import shortened, words_of
from provisioner.vendors.base import Adapter, Answer, Request, Session
from provisioner.vendors.maqsam.listing import Agents
from provisioner.vendors.maqsam.settings import MaqsamSettings
from provisioner.vendors.redaction import redacted


@dataclass(frozen=True)
class MaqsamSession(Session):
    """One account of Maqsam, as a connection of the manifests reaches it."""

    settings: MaqsamSettings
    connection: str
    access_secret: Secret

    @property
    def base_url(self) -> str:
        return self.settings.url.rstrip("/")

    @cached_property
    def _basic(self) -> Secret:
        """What stands behind ``Basic``: whoever has it has the key."""
        pair = f"{self.settings.access_key_id}:{self.access_secret.reveal()}"
        return Secret(b64encode(pair.encode()).decode())

    @property
    def redactions(self) -> Sequence[Secret]:
        return (self.access_secret, self._basic)

    def adapter(self, kind: str) -> Adapter:
        return Agents(self.settings, self.connection)

    def sign(self, request: Request) -> Request:
        header = ("Authorization", Secret(f"Basic {self._basic.reveal()}"))
        return replace(request, headers=(*request.headers, header))

    def check(self, request: Request, answer: Answer) -> None:
        """Raises for everything but a success: 401 and 403 Unauthorized, 404 NotFound, any other refusal Rejected."""
        if 200 <= answer.status < 300:
            return
        words = shortened(redacted(words_of(answer, "message"), self.redactions))
        place: dict[str, Any] = {
            "connection": self.connection,
            "call": request.call,
            "status": answer.status,
            "words": words,
        }
        said = f"status {answer.status}: {words or 'no further words'}{_request_id(answer)}"
        if answer.status in (401, 403):
            raise Unauthorized(
                f"Maqsam refuses the access key with {said}",
                hint=f"check `access_key_id` and `access_secret` of `connections.{self.connection}`; Maqsam's support "
                "enables the API for an account, and its settings give the pair",
                **place,
            )
        if answer.absent:
            hint = f"check `connections.{self.connection}.url`: it ends before `/v1`"
            raise NotFound(f"Maqsam answers {request.call} with {said}", hint=hint, **place)
        raise Rejected(f"Maqsam refuses {request.call} with {said}", **place)


def _request_id(answer: Answer) -> str:
    """What Maqsam's support can find the request by, where the answer says so."""
    found = answer.headers.get("x-request-id", "").strip()
    return f" (request {shortened(found)})" if found else ""


def connect(settings: MaqsamSettings, connection: str, secrets: Mapping[str, Secret]) -> MaqsamSession:
    """A session for the connection of that name; ``secrets`` holds ``access_secret``."""
    return MaqsamSession(settings, connection, secrets["access_secret"])
