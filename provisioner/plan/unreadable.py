"""What an instance needs whose kind cannot be read: rows R14 to R16 of design section 4's table, R3 and R4 by the last
key sent."""

from __future__ import annotations

from dataclasses import replace

from provisioner.address import Address
from provisioner.plan import changes, key_words
from provisioner.plan.changes import Prospect
from provisioner.plan.desired import Instance
from provisioner.plan.document import OVERWRITES, Change
from provisioner.plan.finding import contradicting_import, imported_elsewhere, refuse_immutable
from provisioner.plan.group import Claims, Group, LeftOut
from provisioner.state.document import Bound, Unknown
from provisioner.vendors.live import hashable


def decide(group: Group, claims: Claims, instance: Instance) -> Change | LeftOut:
    """The action of a declared instance, told from what was last sent alone."""
    bound = group.bound.get(instance.address)
    if bound is not None:
        return contradicting_import(group, instance, bound) or _assumed(group, claims, instance, bound)
    imported = group.imports.get(instance.address)
    if imported is not None:
        return imported_elsewhere(group, claims, instance, imported) or changes.blind_adoption(
            instance, group, imported
        )
    unknown = group.unknown.get(instance.address)
    if unknown is not None:
        return _unsettled(group, instance, unknown)
    return _renamed(group, claims, instance) or changes.creation(instance, group).because(
        "new", "the state knows of none, and the vendor cannot be asked; if it exists already, bind it with `imports`"
    )  # R14


def _assumed(group: Group, claims: Claims, instance: Instance, bound: Bound) -> Change:
    """R15: compared with what was last sent."""
    claims.by_id[bound.id] = instance.address
    prospect = Prospect.assumed(instance, group, bound)
    if instance.address in group.replaced:
        return changes.replacement(prospect, "requested", "asked for with `--replace`")
    return _unseen(bound, changes.reconcile(prospect))


def _unseen(bound: Bound, change: Change) -> Change:
    """The change with what it may destroy, where all that it sends was never sent to what an id alone names."""
    if bound.made or not bound.uncertain.issuperset(item.path for item in change.fields if not item.secret):
        return change
    if not bound.uncertain or not change.fields:
        return change
    text = "bound by its id alone, and what is there cannot be read: the whole declaration is sent over it"
    return change.because(OVERWRITES, text)


def _unsettled(group: Group, instance: Instance, unknown: Unknown) -> Change:
    """R16: a create of which nobody can tell the end."""
    if group.offer.enforces_unique and not unknown.taken:
        return changes.creation(instance, group).because(
            "repeat", "an earlier create had no answer; the vendor refuses a double, so it is sent again"
        )
    why = (
        "the vendor says that it exists already, and cannot be asked for its id"
        if unknown.taken
        else "an earlier create had no answer, and the vendor cannot be asked whether it exists"
    )
    return changes.unknown(
        instance,
        group,
        None,
        why,
        f"look for it in the portal: `provisioner state settle {unknown.address} --id ID`, or delete it there "
        f"and `provisioner state settle {unknown.address} --absent`",
    )


def _renamed(group: Group, claims: Claims, instance: Instance) -> Change | LeftOut | None:
    """R3 and R4: who was last sent with this natural key; None where nobody was, or who was gives it up."""
    key = group.key_of(instance)
    for owner in group.by_sent_key.get(hashable(key), ()):
        bound = group.bound[owner]
        if claims.by_id.get(bound.id) not in (None, owner):
            continue
        heir = group.desired.get(owner)
        told = f"`{owner}` (id {bound.id}) holds {key_words.declared(group, instance)}"
        if heir is not None and group.key_of(heir) == key:
            hint = f"give one of the two another {key_words.fields(group.offer)}"
            return changes.conflict(instance, group, "taken", f"{told} and keeps it", hint)  # R4
        if owner in group.outside:
            return LeftOut(instance.address, owner, told)
        if heir is None:
            return _moved(group, claims, instance, owner, bound)
    return None


def _moved(group: Group, claims: Claims, instance: Instance, owner: Address, bound: Bound) -> Change:
    prospect = Prospect.assumed(instance, group, bound)
    claims.by_id[bound.id] = instance.address
    claims.moved_away.add(owner)
    change = refuse_immutable(prospect, changes.adoption(prospect))
    change = replace(change, moved_from=group.moved.get(owner, owner))
    return change.because("moved", f"`{owner}` is no longer declared; same entity")
