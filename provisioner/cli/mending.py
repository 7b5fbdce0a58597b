"""What may be done to the record by hand, and what is refused: the rules behind ``provisioner state``."""

from __future__ import annotations

from provisioner.address import Address
from provisioner.diagnostics import did_you_mean
from provisioner.errors import StateError, UsageError
from provisioner.plan.blocks import WHOLE_NUMBER
from provisioner.state.document import Bound, Document
from provisioner.state.entries import Commanded, Entry, Forgot, Put, Settled, Settlement
from provisioner.values import VendorId
from provisioner.vendors.base import Offer


def named(document: Document, text: str) -> Address:
    """The address that ``text`` spells; raises UsageError, with the one that was meant where the record has it."""
    try:
        return Address.parse(text)
    except UsageError as error:
        meant = sorted(str(place) for place in known(document) if text in (place.declaration, place.key))
        if not meant:
            raise
        raise UsageError(error.message, hint=f"did you mean {' or '.join(f'`{place}`' for place in meant)}?") from error


def managed(document: Document, text: str) -> Address:
    """The same, for what the record must know something of."""
    place = named(document, text)
    if not is_known(document, place):
        raise _unmanaged(document, place)
    return place


def _unmanaged(document: Document, place: Address) -> UsageError:
    hint = did_you_mean(str(place), (str(other) for other in known(document) if other.kind == place.kind))
    return UsageError(f"`{place}` is not managed", hint=hint or "`provisioner state list` says what is")


def known(document: Document) -> frozenset[Address]:
    """Every address that the record knows anything of."""
    pending = {intent.address for intent in document.pending.values()}
    return frozenset(document.bound.keys() | document.unknown.keys() | document.tombstones.keys() | pending)


def check_id(kind: str, vendor_id: str, offer: Offer | None) -> None:
    """Raises UsageError for what no entity of the kind can be called; without an offer, only for nothing at all."""
    if vendor_id.strip() and (offer is None or offer.may_be_id(vendor_id)):
        return
    counted = offer is not None and offer.numbered
    raise UsageError(
        f"`{vendor_id}` cannot be an id of {kind}",
        hint=f"it is {WHOLE_NUMBER if counted else 'what the vendor calls the entity'}",
    )


def is_known(document: Document, place: Address) -> bool:
    """True where the record knows anything of the address."""
    return (
        place in document.bound
        or place in document.unknown
        or place in document.tombstones
        or any(intent.address == place for intent in document.pending.values())
    )


def check_move(document: Document, old: Address, new: Address) -> None:
    """Raises UsageError where what is known of ``old`` cannot become what is known of ``new``."""
    if not is_known(document, old):
        raise _unmanaged(document, old)
    if old == new:
        raise UsageError(f"`{old}` is moved to itself")
    if old.kind != new.kind:
        raise UsageError(f"a move stays within a kind, and `{old}` is not of the kind of `{new}`")
    if is_known(document, new):
        raise UsageError(
            f"`{new}` is managed already, or its deleted record is known", hint=f"`provisioner state rm {new}` first"
        )
    if old.connection != new.connection and _account(document, old) != document.accounts.get(new.connection):
        raise UsageError(
            f"a move stays within an account, and the state does not know `{new.connection}` as the one of "
            f"`{old.connection}`",
            hint=f"for a renamed connection: moved: [{{from: '*@{old.connection}', to: '*@{new.connection}'}}]",
        )


def _account(document: Document, place: Address) -> str | None:
    held = document.bound.get(place) or document.unknown.get(place) or document.tombstones.get(place)
    return held.account if held is not None else document.accounts.get(place.connection)


def check_push(mine: Document, pushed: Document, *, force: bool) -> None:
    """Raises StateError where the pushed record is not a later one of this state; a new one takes any.

    One that binds an entity to two addresses is refused even by ``force``: no plan could be made of it.
    """
    _check_owners(pushed)
    if force or mine.empty:
        return
    if pushed.lineage != mine.lineage:
        raise StateError(
            f"this is another state: its lineage is `{pushed.lineage}`, and here it is `{mine.lineage}`",
            hint="name the right folder with `-C`; if it is to be replaced all the same, `--force`",
        )
    if mine.tenant and pushed.tenant != mine.tenant:
        raise StateError(
            f"this is the state of tenant `{pushed.tenant}`, and here it is `{mine.tenant}`",
            hint="`--force` if it must",
        )
    if pushed.serial < mine.serial:
        raise StateError(
            f"this state is older: its serial is {pushed.serial}, and here it is {mine.serial}",
            hint="pull again and mend that; to go back to this one all the same, `--force`",
        )


def _check_owners(pushed: Document) -> None:
    owners: dict[tuple[str, str, str], Address] = {}
    for address, bound in sorted(pushed.bound.items()):
        owner = owners.setdefault((bound.account, address.kind, bound.id), address)
        if owner != address:
            raise StateError(
                f"this state binds id {bound.id} to `{owner}` and to `{address}`", hint="an entity has one address"
            )


def _where_it_stands(document: Document, place: Address) -> str:
    bound = document.bound.get(place)
    if bound is None:
        return "`provisioner state list` shows what is unknown"
    return (
        f"it is bound to id {bound.id}; if that is wrong: `provisioner state rm {place}`, then bind it with `imports`"
    )


def ends(document: Document, place: Address, vendor_id: str | None) -> list[Entry]:
    """The entries that end what is open of an address; raises UsageError where nothing is."""
    entries: list[Entry] = [Commanded("state settle")]
    pending = [intent for intent in document.pending.values() if intent.address == place]
    unknown = document.unknown.get(place)
    if unknown is None and not pending:
        raise UsageError(f"nothing is open of `{place}`", hint=_where_it_stands(document, place))
    owner = next(
        (a for a, b in document.bound.items() if vendor_id and (b.id, a.kind) == (vendor_id, place.kind)), None
    )
    if owner is not None and owner != place and owner.connection == place.connection:
        raise UsageError(f"id {vendor_id} is bound to `{owner}`", hint=f"`provisioner state rm {owner}` first")
    for intent in pending:
        result = Settlement.DONE if vendor_id else Settlement.NO_EFFECT
        entries.append(Settled(intent.id, result, VendorId(vendor_id) if vendor_id else None))
    if unknown is None:
        return entries
    if vendor_id is None:
        return [*entries, Forgot(place, everything=True)]
    bound = Bound(
        place,
        unknown.account,
        VendorId(vendor_id),
        unknown.natural_key,
        unknown.attributes,
        unknown.secrets,
        unknown.references,
        uncertain=frozenset(unknown.attributes) if unknown.taken else frozenset(),
        made=not unknown.taken,
        file=unknown.file,
    )
    return [*entries, Put(bound)]
