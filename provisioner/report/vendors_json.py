"""What each vendor's API can and cannot do, for programs: the Offers, without what only code can say.

::

    {"format_version": "1", "vendors": {"acme": {"title": "…", "kinds": {"agents": {"calls": {"list": "…", …}, …}}}}}

``calls`` has every call, with the place of its document, or null where there is no such call.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Final

from provisioner.report.offers import CALLS, name
from provisioner.vendors.base import Call, Offer, Vendor
from provisioner.vendors.fields import FieldSpec

FORMAT_VERSION: Final = "1"
"""It rises when a member goes or changes its meaning, not when one is added."""


def vendors_json(vendors: Iterable[Vendor]) -> str:
    """All of them, indented; without a line end at the end."""
    told = {vendor.name: _vendor(vendor) for vendor in vendors}
    return json.dumps({"format_version": FORMAT_VERSION, "vendors": told}, indent=2)


def _vendor(vendor: Vendor) -> dict[str, Any]:
    return {"title": vendor.title, "kinds": {kind: _offer(offer) for kind, offer in vendor.kinds.items()}}


def _offer(offer: Offer) -> dict[str, Any]:
    return {
        "calls": {name(call): offer.sources.get(call, "") if offer.can(call) else None for call in CALLS},
        "natural_key": list(offer.key_paths),
        "either_key": offer.either_key,
        "find": str(offer.find),
        "counted": offer.counted,
        "readable": offer.readable,
        "update": str(offer.write) if offer.can(Call.UPDATE) else None,
        "serial_writes": offer.serial_writes,
        "deleted": str(offer.deleted) if offer.can(Call.DELETE) else None,
        "lag_seconds": offer.lag,
        "licence": offer.licence,
        "in_use": None if offer.use is None else {"source": offer.use.source, "fields": sorted(offer.use.fields)},
        "fields": {path: _field(spec) for path, spec in offer.specs.items()},
    }


def _field(spec: FieldSpec) -> dict[str, Any]:
    return {
        "marks": sorted(mark.name.lower() for mark in spec.marks),
        "required": spec.required,
        "secret": spec.secret,
        "refers_to": None if spec.ref is None else spec.ref.kind,
        "unique": spec.unique is not None,
    }
