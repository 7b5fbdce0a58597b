"""What a vendor has no call for becomes a person's work: rows 26 and 28 of the table, over a finished decision."""

from __future__ import annotations

from dataclasses import replace

from provisioner.plan import changes
from provisioner.plan.document import Action, Change
from provisioner.plan.group import Group
from provisioner.vendors.base import Call, Mark

NEEDS = {
    Action.CREATE: Call.CREATE,
    Action.DELETE: Call.DELETE,
    Action.UNDELETE: Call.UNDELETE,
    Action.REPLACE: Call.CREATE | Call.DELETE,
}


def within(change: Change, group: Group) -> Change:
    """The change as far as the vendor can do it; the rest is marked ``manual``."""
    match change.action:
        case Action.CREATE | Action.DELETE | Action.UNDELETE | Action.REPLACE:
            return _whole(change, group)
        case Action.UPDATE | Action.ADOPT:
            return _fieldwise(change, group)
        case _:
            return change


def _whole(change: Change, group: Group) -> Change:
    """R26: no call for it, or a create without what only the portal assigns."""
    if NEEDS[change.action] not in group.offer.calls:
        by_hand = changes.as_manual(change, change.action)
        return by_hand.because("no_call", f"{group.vendor} has no call to {change.action} {group.kind}: do it there")
    if change.action in (Action.CREATE, Action.REPLACE):
        return _assigned(change, group)
    return change


def _assigned(change: Change, group: Group) -> Change:
    after = change.after or {}
    missing = [
        spec.path for spec in group.offer.specs.values() if spec.has(Mark.ASSIGNED) and after.get(spec.path) is None
    ]
    if not missing:
        return change
    names = ", ".join(f"`{path}`" for path in missing)
    return changes.as_manual(change, change.action).because(
        "assigned", f"only {group.vendor}'s portal gives {names}: make it there, then declare the value or plan again"
    )


def _fieldwise(change: Change, group: Group) -> Change:
    """R28: the fields that cannot be written are a person's; an update without any other is ``manual``."""
    fields = change.fields
    if not group.offer.can(Call.UPDATE) or _would_blank(change, group):
        fields = tuple(replace(item, manual=True) for item in fields)
    if change.action is Action.UPDATE and all(item.manual for item in fields):
        return changes.as_manual(replace(change, fields=fields), Action.UPDATE).because(
            "not_writable",
            f"{group.vendor} has no call that sets {'these fields' if len(fields) > 1 else 'this field'}",
        )
    return replace(change, fields=fields)


def _would_blank(change: Change, group: Group) -> bool:
    """True where a full replacement would blank a secret that nobody declared and this tool did not set."""
    bound = group.bound.get(change.address)
    if bound is not None and bound.made:
        return False
    declared = (change.after or {}).keys()
    return any(spec.has(Mark.BLANKED) and spec.path not in declared for spec in group.offer.specs.values())
