"""Planning without asking anybody (``--no-refresh``): what is there is taken for what was last applied.

``recalled`` answers what a plan wants to read from the record alone. ``unasked`` takes back what may not be decided on
such evidence: nothing is deleted, brought back or replaced unseen, and a request without an answer stays without one.
A create stands, since apply looks for its double before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan.blanking import unrecorded_maps
from provisioner.plan.differ import altered_values, sent_attributes
from provisioner.plan.document import Action, Change, Reason
from provisioner.plan.finding import NEW
from provisioner.plan.members import members
from provisioner.plan.scope import Scope
from provisioner.state.document import Document
from provisioner.values import VendorId, added
from provisioner.vendors.base import Entity
from provisioner.vendors.live import Live, Seen, Want

CODE = "not_refreshed"

UNSEEN = Reason(CODE, "the vendor was not asked: told from what was last applied")

NOT_ON_RECORD = Reason(NEW, "nothing on record has its natural key; apply looks for it there before it is made")
"""What can be said of a create, in place of what a look at the vendor would have shown."""

NEEDS_EYES = frozenset({Action.DELETE, Action.UNDELETE, Action.REPLACE})
"""What is done only to what was seen."""


def recalled(prior: Document, wants: Mapping[str, Sequence[Want]]) -> Live:
    """What was last applied, as if it had been read: bindings as active entities, tombstones as deleted records.

    An id that the record does not know cannot be told, and neither can anything be found in its kind then.
    """
    asked = [(connection, want) for connection, many in wants.items() for want in many]
    return Live({(connection, want.kind): _seen(prior, connection, want) for connection, want in asked})


def _seen(prior: Document, connection: str, want: Want) -> Seen:
    there = _known(prior, connection, want)
    return Seen(
        offer=want.offer,
        by_id={**there, **{one: None for one in want.key_ids.values() if one not in there}},
        failures={one: f"id {one} was not read: nobody was asked" for one in want.ids if one not in there},
        keys=frozenset(want.key_ids),
        searched=want.search,
    )


def _known(prior: Document, connection: str, want: Want) -> dict[VendorId, Entity]:
    place = (connection, want.kind)
    found: dict[VendorId, Entity] = {}
    for address, stone in prior.tombstones.items():
        if (address.connection, address.kind) == place:
            key = dict(zip(want.offer.key_paths, stone.natural_key, strict=False))
            found[stone.id] = Entity(stone.id, {**stone.personal, **key}, deleted=True)
    for address, bound in prior.bound.items():
        if (address.connection, address.kind) == place:
            known = {**sent_attributes(want.offer, bound), **altered_values(bound)}
            known |= {path: members(known[path]) for path in known if added(known[path]) is not None}
            found[bound.id] = Entity(bound.id, {**unrecorded_maps(want.offer, known), **known})
    return found


def unasked(scope: Scope, changes: Mapping[Address, Change]) -> dict[Address, Change]:
    """The changes with the reason that nobody was asked; unknown where that does not do."""
    found = {address: _marked(change) for address, change in changes.items()}
    for intent in scope.prior.pending.values():
        address = intent.address
        if scope.includes(address) and address not in scope.excluded and address.connection in scope.connections:
            why = f"an earlier {intent.verb} had no answer, and nobody was asked what became of it"
            vendor = scope.wanted.connections[address.connection].vendor.name
            bound = scope.prior.bound.get(address)
            found[address] = _unknown(Change(address, vendor, Action.UNKNOWN, id=bound.id if bound else None), why)
    return found


def _marked(change: Change) -> Change:
    verb = change.intent if change.action is Action.MANUAL else change.action
    if verb in NEEDS_EYES:
        return _unknown(change, f"to {verb} it takes a look at what is there, and nobody was asked")
    if change.action in (Action.UNKNOWN, Action.CONFLICT):
        return replace(change, reasons=(*change.reasons, UNSEEN))
    return replace(change, reasons=(UNSEEN, *(NOT_ON_RECORD if why.code == NEW else why for why in change.reasons)))


def _unknown(change: Change, why: str) -> Change:
    reason = Reason(CODE, f"{why}; plan without `--no-refresh`")
    bare = Change(change.address, change.vendor, Action.UNKNOWN, id=change.id, file=change.file)
    return replace(bare, reasons=(reason,), included_by=change.included_by, prevent_destroy=change.prevent_destroy)


NOTICE = Diagnostic(
    CODE,
    "the vendors were not asked (`--no-refresh`): what others have changed there is not seen; apply looks at each "
    "entity right before its change",
    severity=Severity.NOTICE,
)
"""Says once that the plan was made without looking."""
