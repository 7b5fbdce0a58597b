"""One connection to DeepCall: its way in, and what an answer means, which its body says and not its status.

Envelope and codes: specs/deepcall.yaml, schemas ``Done`` and ``Failure``; which code means what is in codes.py.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from provisioner.errors import Fault, NotFound, NotNow, Rejected, Unauthorized, VendorFailed
from provisioner.secrets import Secret
from provisioner.vendors.answers import shortened
from provisioner.vendors.base import Adapter, Answer, Reading, Request, Session
from provisioner.vendors.deepcall.agent_records import AgentRecords
from provisioner.vendors.deepcall.answers import Failure, envelope, failure, module
from provisioner.vendors.deepcall.catalogue import adapter
from provisioner.vendors.deepcall.codes import FIELDS, Meaning, meaning
from provisioner.vendors.deepcall.settings import DeepcallSettings
from provisioner.vendors.redaction import redacted, secrets_in
from provisioner.vendors.usage import Licence

CONTENT_TYPE = ("Content-Type", "application/json; charset=utf-8")
"""What every request is sent as (D-2)."""


@dataclass(frozen=True)
class DeepcallSession(Session):
    """One account of DeepCall, as a connection of the manifests reaches it; ``secrets`` holds ``token`` or ``ssid``."""

    settings: DeepcallSettings
    connection: str
    secrets: Mapping[str, Secret]

    @property
    def base_url(self) -> str:
        return self.settings.url.rstrip("/")

    @property
    def redactions(self) -> Sequence[Secret]:
        return tuple(self.secrets.values())

    def adapter(self, kind: str) -> Adapter:
        return adapter(kind, self.settings, self.connection)

    def licences(self) -> Reading[Mapping[str, Licence]]:
        """How many agents the account may have."""
        return AgentRecords(self.settings, self.connection).licences()

    def sign(self, request: Request) -> Request:
        """The request with the credentials in its body: a user with its token, or a session alone (D-3)."""
        if "ssid" in self.secrets:
            entry: dict[str, Any] = {"ssid": self.secrets["ssid"]}
        else:
            entry = {"userId": self.settings.user_id, "token": self.secrets["token"]}
        return replace(request, json={**entry, **(request.json or {})}, headers=(*request.headers, CONTENT_TYPE))

    def quotable(self, answer: Answer) -> str:
        """The vendor's message about an error, and nothing else: listings hold passwords in plain text."""
        found = failure(answer)
        return "" if found is None else found.message

    # --- What an answer means -----------------------------------------------------------------------------------

    def check(self, request: Request, answer: Answer) -> None:
        """Raises for everything but a success, which is 200 and says so in its body (D-4).

        Anything that is not DeepCall's is VendorFailed: it proves nothing. What is not there is an answer to a request
        with ``absent_ok``.
        """
        if answer.status != 200:
            self._refuse_status(request, answer)
        if envelope(answer) is None:
            raise VendorFailed(
                f"{request.call} was answered with something that is not DeepCall's: no JSON object with a `status`",
                hint=f"check `connections.{self.connection}.url`",
                **self._place(request, answer, ""),
            )
        found = failure(answer)
        if found is not None:
            self._refuse(request, answer, found)

    def _refuse_status(self, request: Request, answer: Answer) -> NoReturn:
        """A status other than 200, which DeepCall itself never answers with (D-4)."""
        found = failure(answer)
        words = self._words(request, found) if found else ""
        place = self._place(request, answer, words)
        said = f"status {answer.status}{f': {words}' if words else ''}"
        if answer.status in (401, 403):
            raise Unauthorized(f"{request.call} is refused with {said}", hint=self._entry_hint(), **place)
        if answer.status >= 400:
            hint = f"check `connections.{self.connection}.url`: it ends before `/api/v2`"
            raise Rejected(f"{request.call} is refused with {said}", hint=hint, **place)
        raise VendorFailed(f"{request.call} was answered with {said}, which is not DeepCall's", **place)

    def _refuse(self, request: Request, answer: Answer, found: Failure) -> None:
        words = self._words(request, found)
        place = self._place(request, answer, words)
        told = f"{'no code' if found.code is None else f'code {found.code}'}: {words or 'no further words'}"
        said = f"DeepCall refuses {request.call} with {told}"
        of = module(request)
        match meaning(of, found.code):
            case Meaning.ABSENT:
                if not request.absent_ok:
                    raise NotFound(said, **place)
            case Meaning.NO_ENTRY:
                raise Unauthorized(said, hint=self._entry_hint(), **place)
            case Meaning.DENIED:
                hint = f"the user of `connections.{self.connection}` must be allowed `{_action(request)}`"
                raise Rejected(f"DeepCall does not allow {request.call}: {told}", hint=hint, **place)
            case Meaning.BUSY:
                raise NotNow(f"DeepCall is busy, says {told}", pauses=self.settings.busy_pauses, **place)
            case Meaning.FAILED:
                raise VendorFailed(f"{request.call} was answered with {told}", **place)
            case Meaning.TAKEN:
                raise Rejected(said, taken=("email",), faults=_faults(of, found, words), **place)
            case Meaning.FULL:
                hint = (
                    "has the account as many agents as its `agtLimit` allows? Deletions asked for in the portal count"
                )
                raise Rejected(said, hint=hint, **place)
            case Meaning.REFUSED:
                raise Rejected(said, faults=_faults(of, found, words), hint=_hint(of, request, found), **place)

    def _words(self, request: Request, found: Failure) -> str:
        """The beginning of DeepCall's message, cut after every secret in it was taken out."""
        return shortened(redacted(found.message, (*self.redactions, *secrets_in(request.json))))

    def _place(self, request: Request, answer: Answer, words: str) -> dict[str, Any]:
        return {"connection": self.connection, "call": request.call, "status": answer.status, "words": words}

    def _entry_hint(self) -> str:
        if "ssid" in self.secrets:
            return f"check `connections.{self.connection}.ssid`: sessions expire"
        return f"check `user_id` and `token` of `connections.{self.connection}`"


def _action(request: Request) -> str:
    """Module and action."""
    return "/".join(request.path.split("/")[-2:])


def _faults(of: str, found: Failure, words: str) -> tuple[Fault, ...]:
    """The field that the code is about, in our words."""
    path = FIELDS.get((of, found.code or 0))
    return () if path is None else (Fault(path, str(found.code), words),)


def _hint(of: str, request: Request, found: Failure) -> str | None:
    if (of, found.code) == ("Agent", 1518) and request.path.endswith("/delete"):
        return "other agents are below this one: give them another `parent` first"
    return None


def connect(settings: DeepcallSettings, connection: str, secrets: Mapping[str, Secret]) -> DeepcallSession:
    """A session for the connection of that name; ``secrets`` holds ``token`` or ``ssid``."""
    return DeepcallSession(settings, connection, secrets)
