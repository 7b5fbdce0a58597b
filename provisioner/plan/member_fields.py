"""Which fields of a list's members are planned apart from the list?

``agents: [{agent: jane, delay: 5, logged_in: true}]`` says who belongs to a queue, and what jane is asked to be right
now. Only the first is the list's own value: ``logged_in``, which has marks of its own, is kept under
``agents[].logged_in``, with the members that declare it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from provisioner.plan.desired import Instance
from provisioner.plan.identity import Names, marks_of
from provisioner.plan.members import beside, member_name, members, target_of
from provisioner.values import Attributes, Value, added, addition


def set_apart(instance: Instance) -> Instance:
    """The instance with each such field of its members at a path of its own, and no longer in the list."""
    found, defaulted = dict(instance.attributes), dict(instance.default_from)
    for path in instance.offer.member_paths:
        above, _, name = path.rpartition("[].")
        ref = instance.offer.specs[path].ref
        if found.get(above) is None or ref is None:
            continue
        told: list[Value] = [
            {member_name(ref.kind): target_of(item, ref.kind), name: beside(item, ref.kind)[name]}
            for item in members(found[above])
            if name in beside(item, ref.kind)
        ]
        if told:
            found[path], found[above] = told, _without(found[above], name)
            if above in defaulted:
                defaulted[path] = defaulted[above]
    return replace(instance, attributes=found, default_from=defaulted)


def _without(value: Value, name: str) -> Value:
    """The list without that field in its members."""
    bare: list[Value] = [
        {key: inner for key, inner in item.items() if key != name} if isinstance(item, dict) else item
        for item in members(value)
    ]
    return bare if added(value) is None else addition(bare)


def as_far_as_there(instance: Instance, raw: Attributes, names: Names) -> Instance:
    """The instance without what it asks of members who are not in the list: that the list lacks them is said of it."""
    paths = [path for path in instance.offer.member_paths if path in instance.attributes and path in raw]
    if not paths:
        return instance
    found = dict(instance.attributes)
    for path in paths:
        found[path] = _there(instance, path, raw, names)
    return replace(
        instance, attributes={path: value for path, value in found.items() if value != [] or path not in paths}
    )


def awaited(instance: Instance, raw: Attributes, names: Names) -> Iterator[tuple[str, Value]]:
    """What is asked of members who are not in the list that is there: the field's path, and each such member."""
    for path in instance.offer.member_paths:
        if path in instance.attributes and path in raw and path not in instance.ignore:
            there = _there(instance, path, raw, names)
            asked = members(instance.attributes[path])
            yield from ((path, item) for item in asked if item not in members(there))


def _there(instance: Instance, path: str, raw: Mapping[str, Value], names: Names) -> Value:
    ref = instance.offer.specs[path].ref
    kind = ref.kind if ref is not None else ""
    known = frozenset[str]().union(*(marks_of(target_of(item, kind), kind, names) for item in members(raw[path])))
    return [item for item in members(instance.attributes[path]) if marks_of(target_of(item, kind), kind, names) & known]
