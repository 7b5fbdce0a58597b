"""Which request makes each call, as specs/eq.yaml documents it or as the connection's settings have it.

The key is added when the session signs; everything else of a request is decided here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from provisioner.values import VendorId
from provisioner.vendors.base import Answer, Effect, Request
from provisioner.vendors.eq.settings import EqSettings
from provisioner.vendors.eq.wire import Kind


@dataclass(frozen=True)
class Calls:
    """The requests of one kind on one connection."""

    kind: Kind
    settings: EqSettings

    def read(self, vendor_id: VendorId) -> Request:
        path, query = self._item(vendor_id)
        return Request(self.settings.methods.get, path, query=query, absent_ok=True)

    def create(self, data: Mapping[str, Any], paths: frozenset[str], new_id: Callable[[Answer], VendorId]) -> Request:
        return Request(
            self.settings.methods.create,
            self.settings.path(self.kind.path),
            effect=Effect.CREATE,
            paths=paths,
            new_id=new_id,
            **self._body(data),
        )

    def update(self, vendor_id: VendorId, data: Mapping[str, Any], paths: frozenset[str]) -> Request:
        path, query = self._item(vendor_id)
        return Request(
            self.settings.methods.update, path, query=query, effect=Effect.UPDATE, paths=paths, **self._body(data)
        )

    def delete(self, vendor_id: VendorId) -> Request:
        path, query = self._item(vendor_id)
        return Request(self.settings.methods.delete, path, query=query, effect=Effect.DELETE, absent_ok=True)

    def undelete(self, vendor_id: VendorId) -> Request:
        path, query = self._item(vendor_id)
        query = (*query, ("undelete", "1"))
        return Request(self.settings.methods.undelete, path, query=query, effect=Effect.UNDELETE)

    def _item(self, vendor_id: VendorId) -> tuple[str, tuple[tuple[str, str], ...]]:
        """Path and query of one item: the key is the path's last part, or a parameter of the query."""
        collection = self.settings.path(self.kind.path)
        if self.settings.item_style == "query":
            return collection, ((self.kind.item, vendor_id),)
        return f"{collection}/{quote(vendor_id, safe='')}", ()

    def _body(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """The entity as the one parameter ``data``: JSON text in a form, or a part of a JSON body."""
        return {self.settings.body_encoding: {"data": data}}
