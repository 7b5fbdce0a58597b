"""One connection to EQ: its URL and key, and what each status of an answer means.

Statuses and error bodies: specs/eq.yaml, components/responses. The key travels in the URL, as EQ's vendor recommends.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from provisioner.errors import NotFound, Rejected, Unauthorized
from provisioner.secrets import Secret
from provisioner.vendors.answers import about, check_change, one_line, shortened
from provisioner.vendors.base import Adapter, Answer, Reading, Request
from provisioner.vendors.eq.catalogue import BY_NAME, KINDS
from provisioner.vendors.eq.faults import IN_USE, faults, told
from provisioner.vendors.eq.records import Records
from provisioner.vendors.eq.settings import EqSettings
from provisioner.vendors.eq.usage import Usage
from provisioner.vendors.eq.wire import Kind
from provisioner.vendors.redaction import redacted, secrets_in
from provisioner.vendors.usage import Licence

KEY = "auth_key"
"""The parameter that holds the API key."""


@dataclass(frozen=True)
class EqSession:
    """One account of EQ, as a connection of the manifests reaches it."""

    settings: EqSettings
    connection: str
    api_key: Secret

    @property
    def base_url(self) -> str:
        return self.settings.url.rstrip("/")

    @property
    def redactions(self) -> Sequence[Secret]:
        return (self.api_key,)

    def adapter(self, kind: str) -> Adapter:
        return Records(BY_NAME[kind], self.settings, self.connection)

    def licences(self) -> Reading[Mapping[str, Licence]]:
        """What the licence allows and counts; see usage.py."""
        return Usage(self.settings, self.connection).licences()

    def sign(self, request: Request) -> Request:
        """The request with the key: first in the query, or in the body where settings say so and the method has one."""
        if self.settings.auth_location == "query" or request.method == "GET":
            return replace(request, query=((KEY, self.api_key), *request.query))
        if request.json is not None:
            return replace(request, json={KEY: self.api_key, **request.json})
        return replace(request, form={KEY: self.api_key, **(request.form or {})})

    def check(self, request: Request, answer: Answer) -> None:
        """Raises for everything but a success, and for 404 where that is no answer to the request.

        401 and 403 are Unauthorized, 404 is NotFound, every other refusal Rejected, with the fields in our names. A
        change that is answered with a page of somebody else's is OutcomeUnknown.
        """
        if 200 <= answer.status < 300 or (answer.absent and request.absent_ok):
            check_change(request, answer, self.connection, "EQ", Answer.data)
            return
        kind = about(request, self._by_path)
        found = faults(answer, self.settings.error_keys, self._fields(kind))
        hidden = (*self.redactions, *secrets_in(request.form), *secrets_in(request.json))
        words = shortened(redacted(one_line(answer.body), hidden))
        said = redacted(told(found), hidden) or words or "no further words"
        if answer.status in (401, 403):
            raise Unauthorized(
                f"EQ refuses the API key with status {answer.status}: {said}",
                connection=self.connection,
                call=request.call,
                status=answer.status,
                words=words,
                hint=f"check `connections.{self.connection}.api_key`, and that `url` leads to EQ; EQ Administration "
                "generates the key",
            )
        if answer.absent:
            raise NotFound(
                f"EQ answers {request.call} with status 404: {said}",
                connection=self.connection,
                call=request.call,
                status=404,
                words=words,
                hint=f"if nothing is found at all, check `connections.{self.connection}.url`",
            )
        raise Rejected(
            f"EQ refuses {request.call} with status {answer.status}: {said}",
            connection=self.connection,
            call=request.call,
            status=answer.status,
            words=words,
            faults=tuple(replace(fault, description=redacted(fault.description, hidden)) for fault in found),
            taken=tuple(fault.path for fault in found if fault.type == IN_USE and fault.path is not None),
        )

    @cached_property
    def _by_path(self) -> Sequence[tuple[str, Kind]]:
        """The kinds by their paths, the longest first: an overridden path may begin with another one."""
        paths = [(self.settings.path(kind.path), kind) for kind in KINDS]
        return sorted(paths, key=lambda item: len(item[0]), reverse=True)

    def _fields(self, kind: Kind | None) -> Mapping[str, str]:
        """Our path for each name that EQ may complain about; where the key is a field, EQ may call it ``id``."""
        if kind is None:
            return {}
        named = {item.name: item.path for item in kind.attributes}
        renamed = {name: named[known] for known, name in self.settings.renamed(kind.name).items() if known in named}
        return renamed | named if kind.numbered else {"id": kind.item} | renamed | named


def connect(settings: EqSettings, connection: str, secrets: Mapping[str, Secret]) -> EqSession:
    """A session for the connection of that name; ``secrets`` holds ``api_key``."""
    return EqSession(settings, connection, secrets["api_key"])
