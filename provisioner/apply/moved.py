"""In which words is it said that a field is not as the plan saw it any more?

A value is told before and after; of a list only who was added, who was taken out, and what changed beside a member.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping

from provisioner.plan.document import ABSENT, Maybe
from provisioner.plan.members import beside, is_list, members, target_of
from provisioner.values import Value, canonical, id_in
from provisioner.vendors.fields import FieldSpec

SINCE = "since the plan was made"


def differing(spec: FieldSpec, saw: Maybe, live: Maybe) -> str:
    """What has become of a field that the plan ``saw`` otherwise."""
    if saw is ABSENT or live is ABSENT or not (is_list(saw) and is_list(live)):
        return f"`{spec.path}` is {_value(live)} at the vendor, the plan saw {_value(saw)}"
    told = [*_turnover(spec, members(saw), members(live))]
    return f"{'; '.join(told)} {SINCE}" if told else f"`{spec.path}` was put into another order {SINCE}"


def _turnover(spec: FieldSpec, saw: Iterable[Value], live: Iterable[Value]) -> Iterator[str]:
    kind = spec.ref.kind if spec.ref is not None else ""
    had, has = _by_target(saw, kind), _by_target(live, kind)
    gone = [_name(item, kind) for mark, item in had.items() if mark not in has]
    new = [_name(item, kind) for mark, item in has.items() if mark not in had]
    if gone:
        yield f"{', '.join(gone)} {_was(gone)} taken out of `{spec.path}`"
    if new:
        yield f"{', '.join(new)} {_was(new)} added to `{spec.path}`"
    for mark in (mark for mark in had if mark in has):
        yield from _altered(spec.path, _name(had[mark], kind), beside(had[mark], kind), beside(has[mark], kind))


def _by_target(items: Iterable[Value], kind: str) -> Mapping[bytes, Value]:
    return {canonical(target_of(item, kind)): item for item in items}


def _altered(path: str, name: str, saw: Mapping[str, Value], live: Mapping[str, Value]) -> Iterator[str]:
    """What the plan saw beside a member and is otherwise by now."""
    for field, before in sorted(saw.items()):
        if live.get(field) != before:
            yield f"`{field}` of {name} in `{path}` went from {_value(before)} to {_value(live.get(field))}"


def _name(item: Value, kind: str) -> str:
    """A member as people call it: the key of its declaration, the id of what nobody declares, a plain value."""
    target = target_of(item, kind) if kind else item
    vendor_id = id_in(target)
    if vendor_id is not None:
        return f"id {vendor_id}"
    if not kind or not isinstance(target, str):
        return f"`{target}`" if isinstance(target, str) else _value(target)
    return f"`{target.partition('@')[0].rpartition('.')[2]}`"


def _was(several: list[str]) -> str:
    return "was" if len(several) == 1 else "were"


def _value(value: Maybe) -> str:
    if value is ABSENT or value is None:
        return "nothing"
    return repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
