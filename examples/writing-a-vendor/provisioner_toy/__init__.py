"""Toy PBX, an invented telephone system, as a vendor: which account, with which key, and how it is asked."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from provisioner.errors import NotFound, OutcomeUnknown, Rejected, Unauthorized, VendorFailed
from provisioner.secrets import Secret, SecretRef
from provisioner.values import VendorId
from provisioner.vendors.base import Adapter, Entity, Listing, Offer, Session, Settings, Vendor
from provisioner.vendors.base_url import BaseUrl, place_of
from provisioner.vendors.requests import Answer, Changing, Effect, Reading, Request

from provisioner_toy.kinds import KINDS, from_wire, to_wire


class ToySettings(Settings):
    """What stands under ``connections.NAME``, beside what every connection has."""

    url: BaseUrl
    api_key: SecretRef


@dataclass(frozen=True)
class ToySession(Session):
    """One account, as a connection of the manifests reaches it."""

    settings: ToySettings
    connection: str
    secrets: Mapping[str, Secret]

    @property
    def base_url(self) -> str:
        return self.settings.url

    @property
    def redactions(self) -> Sequence[Secret]:
        return tuple(self.secrets.values())

    def adapter(self, kind: str) -> Adapter:
        return Records(KINDS[kind], f"/{kind}", self.connection)

    def sign(self, request: Request) -> Request:
        key = Secret(f"Bearer {self.secrets['api_key'].reveal()}")
        return replace(request, headers=(("Authorization", key),))

    def check(self, request: Request, answer: Answer) -> None:
        if answer.status < 300 or (answer.absent and request.absent_ok):
            return
        refusal = {401: Unauthorized, 404: NotFound}.get(answer.status, Rejected)
        said = f"Toy PBX answers {request.call} with {answer.status}: {answer.body}"
        raise refusal(said, connection=self.connection, call=request.call, status=answer.status)


@dataclass(frozen=True)
class Records(Adapter):
    """One kind on one connection: reads and changes as generators, which yield requests and are sent the answers."""

    offer: Offer
    path: str
    connection: str

    def find_all(self, **_: Any) -> Reading[Listing]:
        (answer,) = yield (Request("GET", self.path),)
        try:
            data = answer.data()
            found = tuple(Entity(VendorId(item["id"]), from_wire(self.offer, item)) for item in data["items"])
            short = None if data["total"] == len(found) else f"{self.path} lists {len(found)} of {data['total']}"
        except (ValueError, KeyError, TypeError) as error:
            raise VendorFailed("this is no listing", connection=self.connection, call=f"GET {self.path}") from error
        return Listing(found, incomplete=short)

    def create(self, values: Mapping[str, Any]) -> Changing[VendorId]:
        body, paths = to_wire(values), frozenset(values)
        answer = yield Request("POST", self.path, json=body, effect=Effect.CREATE, paths=paths, new_id=self.new_id)
        return self.new_id(answer)

    def new_id(self, answer: Answer) -> VendorId:
        try:
            return VendorId(answer.data()["id"])
        except (ValueError, KeyError, TypeError) as error:
            raise OutcomeUnknown("no id in the answer", connection=self.connection, call=f"POST {self.path}") from error

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        yield Request("PATCH", f"{self.path}/{vendor_id}", json=to_wire(values), effect=Effect.UPDATE, paths=changed)

    def delete(self, vendor_id: VendorId) -> Changing[None]:
        yield Request("DELETE", f"{self.path}/{vendor_id}", effect=Effect.DELETE, absent_ok=True)


VENDOR = Vendor("toy", "Toy PBX", KINDS, ToySettings, lambda given: f"toy://{place_of(given.url)}", ToySession)
