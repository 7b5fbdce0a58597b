"""One connection to Bird: its workspace and key, and what each status of an answer means.

Statuses: the error table of specs/bird.yaml. Whether a body looks as assumed decides nothing but its words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, NoReturn

from provisioner.errors import Fault, NotFound, Rejected, Unauthorized
from provisioner.secrets import Secret
from provisioner.vendors.answers import about, check_change, shortened, words_of
from provisioner.vendors.base import Adapter, Answer, Effect, Request, Session
from provisioner.vendors.bird.answers import faults, object_in
from provisioner.vendors.bird.catalogue import BY_NAME, KINDS
from provisioner.vendors.bird.records import Records
from provisioner.vendors.bird.settings import BirdSettings
from provisioner.vendors.bird.wire import Kind
from provisioner.vendors.redaction import redacted


@dataclass(frozen=True)
class BirdSession(Session):
    """One workspace of Bird, as a connection of the manifests reaches it."""

    settings: BirdSettings
    connection: str
    access_key: Secret

    @property
    def base_url(self) -> str:
        return self.settings.url.rstrip("/")

    @property
    def redactions(self) -> Sequence[Secret]:
        return (self.access_key,)

    def adapter(self, kind: str) -> Adapter:
        return Records(BY_NAME[kind], self.settings, self.connection)

    def sign(self, request: Request) -> Request:
        """The request with the access key in the header that Bird wants it in."""
        header = Secret(f"AccessKey {self.access_key.reveal()}")
        return replace(request, headers=(*request.headers, ("Authorization", header)))

    def check(self, request: Request, answer: Answer) -> None:
        """Raises for everything but a success, and for 404 where that is no answer to the request.

        401 is Unauthorized: nothing will work. 403 is Rejected: the key's policies deny this path, and may allow the
        next one. 404 is NotFound, every other refusal Rejected, with the fields in our names.
        """
        if 200 <= answer.status < 300:
            check_change(request, answer, self.connection, "Bird", object_in)
        elif not (answer.absent and request.absent_ok):
            self._refuse(request, answer)

    def _refuse(self, request: Request, answer: Answer) -> NoReturn:
        kind = about(request, self._by_path)
        words = shortened(redacted(words_of(answer, "message"), self.redactions))
        told = f"status {answer.status}: {words or 'no further words'}"
        place: dict[str, Any] = {
            "connection": self.connection,
            "call": request.call,
            "status": answer.status,
            "words": words,
        }
        key, workspace = f"connections.{self.connection}.access_key", f"connections.{self.connection}.workspace_id"
        if answer.status == 401:
            raise Unauthorized(f"Bird refuses the access key with {told}", hint=f"check `{key}`", **place)
        if answer.status == 403:
            hint = f"the policies of `{key}` must allow {request.method} on `{request.path}`"
            raise Rejected(f"Bird does not allow {request.call}: {told}", hint=hint, **place)
        if answer.absent:
            hint = f"if nothing is found at all, check `{workspace}`"
            raise NotFound(f"Bird answers {request.call} with {told}", hint=hint, **place)
        found = tuple(self._redacted(fault) for fault in faults(answer, self._fields(kind)))
        said = "".join(f"; `{fault.path}`: {fault.description}" for fault in found)
        raise Rejected(
            f"Bird refuses {request.call} with {told}{said}", faults=found, taken=_taken(request, answer, kind), **place
        )

    def _redacted(self, fault: Fault) -> Fault:
        return replace(fault, description=shortened(redacted(fault.description, self.redactions)))

    @cached_property
    def _by_path(self) -> Sequence[tuple[str, Kind]]:
        return [(Records(kind, self.settings, self.connection).collection, kind) for kind in KINDS]

    @staticmethod
    def _fields(kind: Kind | None) -> Mapping[str, str]:
        """Our path for each name that Bird may complain about."""
        return {} if kind is None else {item.name: item.path for item in kind.attributes}


def _taken(request: Request, answer: Answer, kind: Kind | None) -> tuple[str, ...]:
    """The field whose value a 409 says another entity has; a refused delete is about something else."""
    if answer.status != 409 or kind is None or kind.taken is None or request.effect is Effect.DELETE:
        return ()
    return (kind.taken,)


def connect(settings: BirdSettings, connection: str, secrets: Mapping[str, Secret]) -> BirdSession:
    """A session for the connection of that name; ``secrets`` holds ``access_key``."""
    return BirdSession(settings, connection, secrets["access_key"])
