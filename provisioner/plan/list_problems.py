"""What is wrong with a list of references, whatever its members are: nobody is in it twice, and it can be added to."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.manifest.source import KeyPath
from provisioner.plan.desired import Instance
from provisioner.plan.identity import Names, wanted_mark
from provisioner.plan.members import beside, is_list, members, target_of
from provisioner.values import Value, added, id_in


def list_problems(instance: Instance, path: str, value: Value) -> Iterator[Diagnostic]:
    """A problem for each member that stands in the list a second time, and for an addition to what nobody can read.

    ``value`` has addresses for keys.
    """
    ref = instance.offer.specs[path].ref
    if ref is None or not is_list(value):
        return
    below: KeyPath = () if added(value) is None else ("add",)
    if below and not instance.offer.readable:
        yield _told(
            instance,
            path,
            (),
            "add_unread",
            f"`{path}` cannot be added to: {instance.vendor} cannot be asked who is in it",
            f"write the whole list: `{path}: […]`",
        )
    items = members(value)
    first: dict[str, int] = {}
    for at, item in enumerate(items):
        target = target_of(item, ref.kind)
        known = first.setdefault(str(target), at)
        if known != at:
            message = f"{_name(target)} stands in `{path}` twice{_contradiction(items[known], item, ref.kind)}"
            yield _told(instance, path, (*below, at), "member_twice", message, "take one of the two out")


def doubled(instance: Instance, names: Names) -> Iterator[Diagnostic]:
    """A problem for each member that a list names by its key and once more by its id, which only a plan can tell."""
    for path in sorted(instance.offer.ref_paths & instance.attributes.keys()):
        ref, value = instance.offer.specs[path].ref, instance.attributes[path]
        if ref is None or not is_list(value):
            continue
        first: dict[str, Value] = {}
        for item in members(value):
            target = target_of(item, ref.kind)
            other = first.setdefault(wanted_mark(target, names), target)
            if other != target:
                message = f"{_name(other)} and {_name(target)} in `{path}` are one and the same"
                yield instance.problem("member_twice", message, path, hint="take one of the two out")


def _name(target: Value) -> str:
    """The member as the manifest calls it."""
    vendor_id = id_in(target)
    return f"`{str(target).rpartition('@')[0]}`" if vendor_id is None else f"id {vendor_id}"


def _contradiction(one: Value, other: Value, kind: str) -> str:
    """The fields of which the two say something else."""
    mine, theirs = beside(one, kind), beside(other, kind)
    names = [f"`{name}`" for name in sorted(mine.keys() | theirs.keys()) if mine.get(name) != theirs.get(name)]
    return f", with another {', '.join(names)}" if names else ""


def _told(instance: Instance, path: str, below: KeyPath, code: str, message: str, hint: str) -> Diagnostic:
    """The problem where it is written: in the declaration, or at the declaration that takes it from a default."""
    if instance.origin is None:
        raise AssertionError("an instance of a manifest has an origin")
    where = instance.paths.get(path)
    if where is None:
        default = instance.default_from.get(path, "defaults")
        return instance.origin.problem(code, f"{message} (from {default})", hint=hint)
    return instance.origin.problem(code, message, (*where, *below), hint=hint)
