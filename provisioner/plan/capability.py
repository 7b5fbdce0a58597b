"""What a vendor has no call for becomes a person's work: rows 26 and 28 of the table, over a finished decision."""

from __future__ import annotations

from dataclasses import replace

from provisioner.plan import assigned, changes
from provisioner.plan.blanking import undeclared
from provisioner.plan.document import Action, Change, FieldChange
from provisioner.plan.group import Group
from provisioner.vendors.base import Call

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
        by_hand, what = changes.as_manual(change, change.action), f"{change.action} {group.kind}"
        if change.action is Action.CREATE:
            by_hand = assigned.with_what_helps(by_hand, group)
        return by_hand.because("no_call", f"{group.spoken} has no call to {what}: do it in its portal")
    if change.action in (Action.CREATE, Action.REPLACE):
        return _assigned(change, group)
    if change.action is Action.UNDELETE:
        return _writing(change, group)
    return change


def _assigned(change: Change, group: Group) -> Change:
    paths = assigned.missing(change, group)
    if not paths:
        return change
    waiting = replace(change, action=Action.MANUAL, intent=change.action)
    return assigned.left_to_a_person(waiting, group, paths)


def _fieldwise(change: Change, group: Group) -> Change:
    """R28: the fields that cannot be written are a person's; an update without any other is ``manual``."""
    told = _writing(change, group)
    if change.action is Action.UPDATE and all(item.manual for item in told.fields):
        return changes.as_manual(told, Action.UPDATE)
    return told


def _writing(change: Change, group: Group) -> Change:
    """The change as far as its fields can be sent, and what becomes of the secrets that nobody declares."""
    if not change.fields:
        return change
    if not group.offer.can(Call.UPDATE) or all(item.manual for item in change.fields):
        these = "these fields" if len(change.fields) > 1 else "this field"
        return _by_hand(change).because("not_writable", f"{group.spoken} has no call that sets {these}")
    secrets = undeclared(group, change.address, change.id)
    if secrets.exposed and not group.blanks:
        return _by_hand(change).because(
            "would_blank",
            f"an update would blank {_names(secrets.exposed)}, which nobody declares: declare {_them(secrets.exposed)}"
            " (null for none), or make the change there",
        )
    if secrets.exposed:
        change = _blanking(change, secrets.exposed)
    if secrets.none:
        change = _staying_none(change, secrets.none)
    return _staying_blank(change, secrets.blank) if secrets.blank else change


def _by_hand(change: Change) -> Change:
    return replace(change, fields=tuple(replace(item, manual=True) for item in change.fields))


def _blanking(change: Change, paths: tuple[str, ...]) -> Change:
    """The change with the secrets that it blanks, since the connection's settings let it."""
    blanked = tuple(FieldChange(path, after=None, secret=True) for path in paths)
    fields = sorted((*change.fields, *blanked), key=lambda item: item.path)
    after = dict(sorted({**(change.after or {}), **dict.fromkeys(paths)}.items()))
    return replace(change, fields=tuple(fields), after=after).because(
        "blanks", f"{_names(paths)} {_are(paths)} not declared and blanked: the connection's settings say so"
    )


def _staying_blank(change: Change, paths: tuple[str, ...]) -> Change:
    """The change with the secrets that it sends blank, as they were made; nobody can see whether they still are."""
    made = "as it was made" if len(paths) == 1 else "as they were made"
    return replace(change, blanks=paths).because(
        "stays_blank",
        f"{_names(paths)} {_are(paths)} not declared and sent blank, {made}: what somebody has set in the portal since "
        "then is lost",
    )


def _staying_none(change: Change, paths: tuple[str, ...]) -> Change:
    """The change with what it says of secrets that are declared as none: nobody can see whether they still are."""
    return change.because(
        "stays_none",
        f"{_names(paths)} {_are(paths)} declared as none and sent so: what somebody has set in the portal is lost",
    )


def _names(paths: tuple[str, ...]) -> str:
    return ", ".join(f"`{path}`" for path in paths)


def _are(paths: tuple[str, ...]) -> str:
    return "is" if len(paths) == 1 else "are"


def _them(paths: tuple[str, ...]) -> str:
    return "it" if len(paths) == 1 else "them"
