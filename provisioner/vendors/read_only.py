"""The half of an adapter that a vendor without a single documented write lacks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

from provisioner.values import VendorId


class ReadOnly:
    """Base of the adapters of kinds that can only be listed: their Offers have nothing else to ask for."""

    def read(self, vendor_id: VendorId) -> NoReturn:
        raise AssertionError("the Offer has no call to read one by its id")

    def in_use(self, ids: Sequence[VendorId]) -> NoReturn:
        raise AssertionError("the Offer does not say that use can be asked about")

    def create(self, values: Mapping[str, Any]) -> NoReturn:
        raise AssertionError("the Offer has no call to create one")

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> NoReturn:
        raise AssertionError("the Offer has no call to update one")

    def delete(self, vendor_id: VendorId) -> NoReturn:
        raise AssertionError("the Offer has no call to delete one")

    def undelete(self, vendor_id: VendorId) -> NoReturn:
        raise AssertionError("the Offer has no call to undelete one")
