"""Which entity an instance without one may have: rows R2 to R7, R9 and R25 of design section 4's table.

Looked for by natural key among active entities, then among deleted records. A record is never handed to another person,
and never taken from an address that keeps it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from provisioner.plan import changes, key_words
from provisioner.plan.changes import Prospect
from provisioner.plan.desired import Instance
from provisioner.plan.document import STRANGER, Action, Change
from provisioner.plan.group import STRONG, Claims, Group, LeftOut, same_person, shares_any, shares_strong
from provisioner.plan.naming import singular
from provisioner.state.document import Bound, Tombstone
from provisioner.values import VendorId
from provisioner.vendors.base import Deleted, Entity

NEW: Final = "new"
"""The reason of a create of what is nowhere."""


@dataclass(frozen=True)
class _Taken:
    """An active match that cannot be had: held by another address that keeps the key."""

    text: str


def find(group: Group, claims: Claims, instance: Instance, bound: Bound | None) -> Change | LeftOut:
    """What becomes of an instance that is not bound, or bound to an id that is gone or deleted (``bound``)."""
    imported = group.imports.get(instance.address)
    if bound is None and imported is not None:
        return _imported(group, claims, instance, imported)
    if not group.seen.decides(group.key_of(instance)):
        return changes.unknown(instance, group, bound.id if bound else None, group.seen.doubt)  # R22
    match = _active_match(group, claims, instance, bound)
    if isinstance(match, Change | LeftOut):
        return match
    if match is not None:
        return _adopt(group, claims, instance, bound, match)
    if bound is not None and group.seen.entity(bound.id) is not None:
        return _undelete_own(group, claims, instance, bound)
    return _anew(group, claims, instance, bound)


# --- active entities ----------------------------------------------------------------------------------------------


def _active_match(
    group: Group, claims: Claims, instance: Instance, bound: Bound | None
) -> Entity | Change | LeftOut | None:
    """The one active entity of that key that the instance may have; why it may not; or nothing."""
    free: list[Entity] = []
    for entity in group.seen.active(group.key_of(instance)):
        verdict = _availability(group, claims, instance, entity)
        if isinstance(verdict, LeftOut):
            return verdict
        if isinstance(verdict, _Taken):
            hint = f"give one of the two another {key_words.fields(group.offer)}"
            return changes.conflict(instance, group, "taken", verdict.text, hint)  # R4
        if verdict:
            free.append(entity)
    if len(free) < 2:
        return free[0] if free else None
    stone = None if bound else group.tombstones.get(instance.address)
    own = [entity for entity in free if stone is not None and entity.id == stone.id]
    if own:
        return own[0]
    ids = ", ".join(entity.id for entity in free)
    return changes.conflict(
        instance,
        group,
        "ambiguous",
        f"several active entities have {key_words.declared(group, instance)}: ids {ids}",
        "say which one with an `imports` entry",
    )  # R4


def _availability(group: Group, claims: Claims, instance: Instance, entity: Entity) -> bool | _Taken | LeftOut:
    """Whether an active entity of the right key may become the instance's: nobody's, or its owner is leaving."""
    owner = group.owners.get(entity.id)
    claimer, key = claims.by_id.get(entity.id), key_words.shared(group, instance, entity)
    if claimer is not None and claimer not in (owner, instance.address):
        return _Taken(f"id {entity.id}, which has {key}, goes to `{claimer}` in this plan")
    if owner is None or owner == instance.address:
        return True
    heir = group.desired.get(owner)
    if heir is not None and group.key_of(heir) in group.offer.natural_keys(entity.attributes):
        return _Taken(f"`{owner}` (id {entity.id}) holds {key} and keeps it")
    if owner in group.outside:
        return LeftOut(instance.address, owner, f"id {entity.id} has {key} and belongs to `{owner}`")
    if heir is None:
        return same_person(group.offer, instance.attributes, entity.attributes)  # R3, or after its delete
    return False


def _adopt(group: Group, claims: Claims, instance: Instance, bound: Bound | None, entity: Entity) -> Change:
    """R2, R3 or R9; R24 where it is being deleted, R25 where it is not the same person."""
    owner = group.owners.get(entity.id)
    prospect = Prospect.of(instance, group, entity, group.bound.get(owner) if owner else None)
    if entity.pending:
        return changes.pending(prospect)
    if not same_person(group.offer, instance.attributes, entity.attributes):
        return _another_person(group, instance, entity, "adopt")
    change = refuse_immutable(prospect, changes.adoption(prospect))
    if change.action is not Action.ADOPT:
        return change
    claims.by_id[entity.id] = instance.address
    if bound is not None:
        change = replace(change, lost=bound.id)
    if owner is not None and owner != instance.address:
        claims.moved_away.add(owner)
        change = replace(change, moved_from=group.moved.get(owner, owner))
        return change.because("moved", f"`{owner}` is no longer declared; same entity")
    key = key_words.shared(group, instance, entity)
    if bound is not None:
        return change.because("rebound", f"id {bound.id} is gone or deleted; id {entity.id} has {key}")
    return change.because("found", f"found there by {key}, not managed yet")


def refuse_immutable(prospect: Prospect, change: Change) -> Change:
    """R25: what binds an entity does not replace it; a conflict where a field would have to change that cannot."""
    fixed = [item.path for item in change.fields if item.forces_replace]
    if not fixed:
        return change
    deleted = prospect.entity is not None and prospect.entity.deleted
    return changes.conflict(
        prospect.instance,
        prospect.group,
        "immutable",
        f"what is there (id {prospect.id}) differs in {', '.join(f'`{path}`' for path in fixed)}, "
        "which cannot be changed",
        f"declare what is there, or `provisioner state rm {prospect.instance.address}` to start anew"
        if deleted
        else "declare what is there, or delete it first",
    )


def _another_person(group: Group, instance: Instance, entity: Entity, verb: str) -> Change:
    state = "deleted" if entity.deleted else "active"
    return changes.conflict(
        instance,
        group,
        "another_person",
        f"the {state} id {entity.id} (`{changes.name_of(entity, group.offer.personal_paths)}`) is not the same person; "
        f"it is not handed over by {verb}",
        f"if it is, say so: imports: [{{address: {instance.address}, id: {entity.id}}}]",
    )  # R25


# --- imports ------------------------------------------------------------------------------------------------------


NO_SUCH_ID: Final = (
    "look the id up in the vendor's portal; ids count within their kind, so that one of another kind says nothing here"
)
"""What to do about an id that names nothing."""


def import_conflict(group: Group, instance: Instance, text: str, hint: str) -> Change:
    """An ``imports`` entry that contradicts what is there."""
    return changes.conflict(instance, group, "import", text, hint)


def contradicting_import(group: Group, instance: Instance, bound: Bound) -> Change | None:
    """The conflict of an ``imports`` entry with the binding; None for a spent one."""
    wanted = group.imports.get(instance.address)
    if wanted is None or wanted == bound.id:
        return None
    return import_conflict(
        group,
        instance,
        f"`imports` wants id {wanted}, but it is bound to id {bound.id}",
        "take the `imports` entry out, or `provisioner state rm` the binding first",
    )


def imported_elsewhere(group: Group, claims: Claims, instance: Instance, vendor_id: VendorId) -> Change | None:
    """The conflict of an ``imports`` entry with another address that has the entity."""
    claimer = claims.by_id.get(vendor_id)
    owner = claimer if claimer not in (None, instance.address) else group.owners.get(vendor_id)
    if owner is None:
        return None
    return import_conflict(
        group,
        instance,
        f"`imports` wants id {vendor_id}, which is bound to `{owner}`",
        f"`provisioner state rm {owner}` first, or take the entry out",
    )


def _imported(group: Group, claims: Claims, instance: Instance, vendor_id: VendorId) -> Change:
    """An ``imports`` entry: binds whoever it is, active or deleted."""
    why = group.seen.is_unknown(vendor_id)
    if why is not None:
        return changes.unknown(instance, group, vendor_id, why)  # R22
    elsewhere = imported_elsewhere(group, claims, instance, vendor_id)
    if elsewhere is not None:
        return elsewhere
    entity = group.seen.entity(vendor_id)
    if entity is None:
        return import_conflict(
            group,
            instance,
            f"`imports` wants id {vendor_id}, and there is no such entity",
            NO_SUCH_ID,
        )
    prospect = Prospect.of(instance, group, entity)
    if entity.pending:
        return changes.pending(prospect)
    claims.by_id[vendor_id] = instance.address
    change = changes.undeletion(prospect) if entity.deleted else changes.adoption(prospect)
    change = change.because("import", f"`imports` names id {vendor_id}")
    return refuse_immutable(prospect, _as_a_stranger(group, instance, entity, change))


def _as_a_stranger(group: Group, instance: Instance, entity: Entity, change: Change) -> Change:
    """The change with a warning where nothing that people go by is as declared: perhaps a slip in the id."""
    known = group.entity_key(entity) == group.key_of(instance)
    if known or shares_any(group.offer, entity.attributes, instance.attributes):
        return change
    key = group.offer.key_paths
    names = [path for path in group.offer.personal_paths if path not in (*key, *STRONG)]
    who = ", ".join(changes.name_of(entity, paths) for paths in (names, key) if paths)
    text = f"id {entity.id} shows none of the declared names: it is {who}, and would become this one"
    return change.because(STRANGER, text)


# --- deleted records ----------------------------------------------------------------------------------------------


def _undelete_own(group: Group, claims: Claims, instance: Instance, bound: Bound) -> Change:
    """R10: the record of the very id that state has."""
    entity = group.seen.by_id[bound.id]
    if entity is None:
        raise AssertionError(f"{instance.address}: id {bound.id} has no record")
    claims.by_id[bound.id] = instance.address
    prospect = Prospect.of(instance, group, entity, bound)
    change = changes.undeletion(prospect).because("deleted", f"somebody deleted id {bound.id} at the vendor")
    return refuse_immutable(prospect, change)


def _anew(group: Group, claims: Claims, instance: Instance, bound: Bound | None) -> Change | LeftOut:
    """R1, R5, R6, R7, R11: nobody active has the key; perhaps a deleted record is this very one."""
    stone = None if bound else group.tombstones.get(instance.address)
    why = group.seen.is_unknown(stone.id) if stone is not None else None
    if stone is not None and why is not None:
        return changes.unknown(instance, group, stone.id, why)  # R22
    same_key = [
        entity for entity in group.seen.deleted(group.key_of(instance)) if _is_free(group, claims, instance, entity)
    ]
    evident = _evident(group, claims, instance, stone, same_key)
    if len(evident) > 1:
        ids = ", ".join(entity.id for entity in evident)
        return changes.conflict(
            instance,
            group,
            "ambiguous",
            f"several deleted records could be this one: ids {ids}",
            "say which one with an `imports` entry",
        )  # R7
    if evident:
        return _undelete(group, claims, instance, evident[0], bound)
    change = changes.creation(instance, group)
    if bound is not None:
        return replace(change, lost=bound.id).because("vanished", f"id {bound.id} is gone at the vendor")  # R11
    if not same_key:
        return change.because(NEW, key_words.nobody_has(group, instance))  # R1
    ids = ", ".join(entity.id for entity in same_key)
    return change.because(
        "reused_key", f"deleted records had {key_words.declared(group, instance)}, but are others: ids {ids}"
    )  # R6


def _is_free(group: Group, claims: Claims, instance: Instance, entity: Entity) -> bool:
    """True for a deleted record that no other address has or will have."""
    owner = group.owners.get(entity.id)
    stone = group.tombstones.get(instance.address)
    if owner is not None and owner != instance.address and (owner in group.desired or owner in group.outside):
        return False
    if entity.id in group.reserved and not (stone is not None and stone.id == entity.id):
        return False
    return claims.by_id.get(entity.id) in (None, instance.address)


def _evident(
    group: Group, claims: Claims, instance: Instance, stone: Tombstone | None, same_key: list[Entity]
) -> list[Entity]:
    """The deleted records with the strongest evidence that they are this one (R5)."""
    entity = group.seen.entity(stone.id) if stone is not None else None
    if entity is not None and entity.deleted and _is_free(group, claims, instance, entity):
        return [entity]
    if group.offer.deleted is Deleted.HOLDS_KEY:
        return same_key
    return [one for one in same_key if shares_strong(group.offer, instance.attributes, one.attributes)]


def _undelete(group: Group, claims: Claims, instance: Instance, entity: Entity, bound: Bound | None) -> Change:
    """R5, R25 where the record is another person's."""
    if not same_person(group.offer, instance.attributes, entity.attributes):
        return _another_person(group, instance, entity, "undelete")
    prospect = Prospect.of(instance, group, entity)
    if entity.pending:
        return changes.pending(prospect)
    change = changes.undeletion(prospect).because(
        "deleted", f"id {entity.id} is the deleted record of this {singular(instance.address.kind).replace('_', ' ')}"
    )
    change = refuse_immutable(prospect, replace(change, lost=bound.id if bound else None))
    if change.action is not Action.UNDELETE:
        return change
    claims.by_id[entity.id] = instance.address
    owner = group.owners.get(entity.id)
    if owner is None or owner == instance.address:
        return change
    claims.moved_away.add(owner)
    change = replace(change, moved_from=group.moved.get(owner, owner))
    return change.because("moved", f"`{owner}` is no longer declared; same record")
