"""What a vendor has no call for becomes a person's work: rows 26 and 28 of the table, over a finished decision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.plan import changes
from provisioner.plan.document import Action, Change, FieldChange
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
    if change.action is Action.UNDELETE:
        return replace(change, fields=_writable(change, group))
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
    fields = _writable(change, group)
    by_hand = replace(change, fields=fields)
    if all(item.manual for item in fields):
        if change.action is Action.UPDATE:
            by_hand = changes.as_manual(by_hand, Action.UPDATE)
        if fields:
            by_hand = by_hand.because(*_why(change, group))
    return by_hand


def _writable(change: Change, group: Group) -> tuple[FieldChange, ...]:
    """The change's fields, all of them manual where no update may be sent."""
    if group.offer.can(Call.UPDATE) and not _would_blank(change, group):
        return change.fields
    return tuple(replace(item, manual=True) for item in change.fields)


def _why(change: Change, group: Group) -> tuple[str, str]:
    if group.offer.can(Call.UPDATE) and _would_blank(change, group):
        names = ", ".join(f"`{path}`" for path in _undeclared_secrets(change, group))
        return "would_blank", f"an update would blank {names}, which is not declared: declare it, or change it there"
    these = "these fields" if len(change.fields) > 1 else "this field"
    return "not_writable", f"{group.vendor} has no call that sets {these}"


def _would_blank(change: Change, group: Group) -> bool:
    """True where a full replacement would blank a secret that nobody declared and this tool did not set."""
    owner = group.owners.get(change.id) if change.id is not None else None
    stone = group.tombstones.get(change.address)
    made = group.bound[owner].made if owner is not None else stone is not None and stone.id == change.id and stone.made
    return not made and bool(_undeclared_secrets(change, group))


def _undeclared_secrets(change: Change, group: Group) -> list[str]:
    declared = (change.after or {}).keys()
    return [
        spec.path
        for spec in group.offer.specs.values()
        if spec.has(Mark.BLANKED)
        and spec.path not in declared
        and not any((change.after or {}).get(parent, "") is None for parent in _parents(spec.path))
    ]


def _parents(path: str) -> Iterator[str]:
    while "." in path:
        path = path.rpartition(".")[0]
        yield path
