"""What the record says of an entity that was not made by a request of ours: adopted, or buried by somebody else."""

from __future__ import annotations

from provisioner.apply.looking import id_of
from provisioner.apply.values import version_of
from provisioner.plan.document import Change
from provisioner.state.document import Bound, Tombstone
from provisioner.values import Attributes, Value, is_secret
from provisioner.vendors.base import Deleted, Offer


def adopted(change: Change, account: str, key: tuple[Value, ...], offer: Offer, kept: Bound | None) -> Bound:
    """The binding of an adopted entity: what is declared and equal counts as applied, so do versions of secrets.

    ``kept`` is what the address is bound to so far. Where that is this very entity (it was ``moved``, or an earlier
    attempt has bound it), what was last acknowledged of the fields that are still to be written stays. Of an entity
    that cannot be read the record says what is declared, and that nobody knows whether it is so until it was written.
    """
    own = kept if kept is not None and kept.id == change.id else None
    after, before = change.after or {}, change.before or {}
    pending = {item.path for item in change.fields}
    known: Attributes = {**before, **(own.attributes if own else {})}
    attributes = {
        path: known.get(path) if path in pending else value for path, value in after.items() if not is_secret(value)
    }
    uncertain = own.uncertain if own else frozenset()
    if not offer.readable:
        attributes = dict(own.attributes) if own else {path: v for path, v in after.items() if not is_secret(v)}
        uncertain = uncertain if own else frozenset(pending & attributes.keys())
    versions = {path: version_of(value) for path, value in after.items() if is_secret(value)}
    return Bound(
        address=change.address,
        account=account,
        id=id_of(change),
        natural_key=key,
        attributes=attributes,
        secrets={**versions, **(own.secrets if own else {})},
        references=own.references if own else {},
        uncertain=uncertain,
        learned=own.learned if own else {},
        made=own.made if own else False,
        prevent_destroy=change.prevent_destroy,
        file=change.file,
    )


def buried(bound: Bound, offer: Offer, attributes: Attributes) -> Tombstone | None:
    """What stays of a bound entity whose record is deleted; None where the vendor keeps none."""
    if offer.deleted is Deleted.ABSENT:
        return None
    personal = {path: attributes.get(path) for path in offer.personal_paths}
    return Tombstone(bound.address, bound.account, bound.id, bound.natural_key, personal, bound.made)
