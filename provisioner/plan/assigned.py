"""What only a vendor's portal gives: what a person does to get it, and where it is to be written then.

The rest of such a create is not the person's: once the value is declared, an apply makes it as any other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from provisioner.diagnostics import listed
from provisioner.plan.desired import Instance
from provisioner.plan.document import ABSENT, Change, FieldChange
from provisioner.plan.group import Group
from provisioner.vendors.fields import Mark


def missing(change: Change, group: Group) -> tuple[str, ...]:
    """The fields that only the portal gives and that the change has no value for."""
    after = change.after or {}
    specs = group.offer.specs.values()
    return tuple(spec.path for spec in specs if spec.has(Mark.ASSIGNED) and after.get(spec.path) is None)


def with_what_helps(change: Change, group: Group, *more: FieldChange) -> Change:
    """A change with what tells a person who is meant, although it is never sent; and ``more`` that is the person's."""
    instance = group.desired.get(change.address)
    told = [] if instance is None else [_by_hand(instance, path) for path in _telling(instance)]
    mine = {item.path: item for item in (*told, *more)}
    rest = [item for item in change.fields if item.path not in mine]
    return replace(change, fields=tuple(sorted((*rest, *mine.values()), key=lambda item: item.path)))


def _telling(instance: Instance) -> list[str]:
    specs = instance.offer.specs
    return [path for path in instance.attributes if specs[path].has(Mark.MATCH_ONLY) and path not in instance.ignore]


def _by_hand(instance: Instance, path: str) -> FieldChange:
    return FieldChange(path, after=instance.attributes[path], manual=True, default_from=instance.default_from.get(path))


def left_to_a_person(change: Change, group: Group, paths: Sequence[str]) -> Change:
    """The change as far as a person has to begin it: ``paths``, and who it is; the rest is the next apply's."""
    begun = with_what_helps(change, group, *(FieldChange(path, after=ABSENT, manual=True) for path in paths))
    return begun.because("assigned", _told(begun, group, paths))


def _told(change: Change, group: Group, paths: Sequence[str]) -> str:
    instance = group.desired[change.address]
    how = group.offer.assigned_how
    first = f"make it in {group.spoken}'s portal" if how is None else how(instance.attributes)
    theirs = dict.fromkeys(item.path.partition(".")[0] for item in change.fields if not item.manual)
    last = f"the next apply sets {listed(theirs)}" if theirs else "the next apply goes on from there"
    return f"{first}, then write what it shows as {listed(paths)}{_where(instance)}; {last}"


def _where(instance: Instance) -> str:
    """The place in the manifests where the connection has its own fields, as far as there is one."""
    if instance.origin is None:
        return ""
    connection = instance.address.connection
    place = instance.origin.position(("on", connection))
    own = place != instance.origin.position()
    return f"{f' under `on.{connection}`' if own else ''} ({place.file}:{place.line})"
