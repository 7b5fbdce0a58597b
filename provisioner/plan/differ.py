"""Which declared fields differ from what is there.

Values are compared as they stand; vendors' spellings were made one in the adapters. What is not declared is not looked
at. A field that the vendor altered after it was last sent (``learned``) counts as equal while both sides stay as they
were, so that a normalised value is not applied for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from provisioner.plan.desired import Instance
from provisioner.plan.document import ABSENT, FieldChange, Maybe
from provisioner.plan.members import are_as_wanted, beside, target_of, with_target
from provisioner.state.document import Bound
from provisioner.values import Attributes, Value, id_in
from provisioner.vendors.base import Offer
from provisioner.vendors.fields import FieldSpec, Mark, Ref

NEVER_COMPARED = frozenset({Mark.MATCH_ONLY, Mark.RUN_TIME})


@dataclass(frozen=True)
class Names:
    """Vendor ids and addresses of the resources that references of one connection can mean.

    ``address_of(kind, id)`` is the managed address of an entity; ``changes_id(address)`` is True where this plan gives
    the address an entity with another id, so that whoever refers to it must be written again; ``id_of(address)`` is
    the id that it has after this plan, None where that is not known yet.
    """

    address_of: Callable[[str, str], str | None]
    changes_id: Callable[[str], bool]
    id_of: Callable[[str], str | None]


def shown(offer: Offer, attributes: Attributes, names: Names) -> Attributes:
    """Live attributes with references as addresses where the entity is managed."""
    if not offer.ref_paths & attributes.keys():
        return attributes
    view = dict(attributes)
    for path in offer.ref_paths & attributes.keys():
        ref = offer.specs[path].ref
        if ref is not None:
            view[path] = _named(attributes[path], ref, names)
    return view


def _named(value: Value, ref: Ref, names: Names) -> Value:
    if isinstance(value, list):
        named = [_named(item, ref, names) for item in value]
        return named if ref.ordered else sorted(named, key=str)
    target = target_of(value, ref.kind)
    vendor_id = id_in(target)
    if vendor_id is None:
        return value
    return with_target(value, ref.kind, names.address_of(ref.kind, vendor_id) or target)


def value_at(attributes: Attributes, path: str) -> Maybe:
    """The value at a path; a nested map that is null makes its leaves null, and one with leaves is a map itself."""
    if path in attributes:
        return attributes[path]
    inside = {name: value for name, value in attributes.items() if name.startswith(f"{path}.")}
    if inside:
        return {name.removeprefix(f"{path}."): value for name, value in sorted(inside.items())}
    parent = path.rpartition(".")[0]
    if parent and attributes.get(parent, ABSENT) is None:
        return None
    return ABSENT


def same(spec: FieldSpec | None, left: Maybe, right: Maybe) -> bool:
    """True for equal values; nothing and null are one, and so are lists of references in any order."""
    left, right = (None if side is ABSENT else side for side in (left, right))
    if spec is not None and spec.ref and isinstance(left, list) and isinstance(right, list):
        return sorted(left, key=str) == sorted(right, key=str)
    return left == right


def sent_attributes(offer: Offer, bound: Bound) -> Attributes:
    """What was last sent, as an adapter would read it: references by the ids that they were sent with."""
    if not bound.references:
        return bound.attributes
    raw = dict(bound.attributes)
    for path in offer.ref_paths & bound.references.keys() & raw.keys():
        ids, sent, ref = bound.references[path], raw[path], offer.specs[path].ref
        if isinstance(ids, list) and isinstance(sent, list) and len(ids) == len(sent) and ref is not None:
            raw[path] = [with_target(item, ref.kind, _by_id(one)) for item, one in zip(sent, ids, strict=True)]
        else:
            raw[path] = [_by_id(item) for item in ids] if isinstance(ids, list) else _by_id(ids)
    return raw


def altered_values(bound: Bound) -> Attributes:
    """What the vendor made of values that it altered when they were last sent: all that is expected there since."""
    return {path: kept for path, (sent, kept) in bound.learned.items() if bound.attributes.get(path, ABSENT) == sent}


def _by_id(vendor_id: Value) -> Value:
    return None if vendor_id is None else {"id": vendor_id}


def differences(
    instance: Instance, there: Attributes, raw: Attributes, names: Names, bound: Bound | None = None
) -> tuple[FieldChange, ...]:
    """The declared fields whose value ``there`` is another, sorted by path; secrets are ``secret_changes``.

    ``raw`` is what the vendor shows, or what was last sent where it cannot be read; ``there`` is the same with
    references as addresses. Ignored fields are left out.
    """
    found = []
    for path in sorted(instance.attributes.keys() - instance.ignore - instance.offer.secret_paths):
        spec = instance.offer.specs[path]
        if spec.marks & NEVER_COMPARED:
            continue
        before, after = value_at(there, path), instance.attributes[path]
        if bound is None or path not in bound.uncertain or spec.has(Mark.IMMUTABLE):  # sent again, it would replace
            if equal(spec, before, value_at(raw, path), after, names):
                continue
            if bound is not None and _learned(bound, path, after, before):
                continue
        found.append(_change(instance, spec, before, after))
    return tuple(found)


def equal(spec: FieldSpec, before: Maybe, raw: Maybe, after: Value, names: Names) -> bool:
    """Whether a field is as declared; a reference is when the ids are the same, whatever they are called."""
    if spec.ref is None or raw is ABSENT or raw is None or after is None:
        return same(spec, before, after)
    there = _members(raw, spec.ref, lambda item: _sent_mark(item, names))
    wanted = _members(after, spec.ref, lambda item: _wanted_mark(item, names))
    if [mark for mark, _ in there] != [mark for mark, _ in wanted]:
        return False
    return are_as_wanted([fields for _, fields in there], [fields for _, fields in wanted])


def _members(value: Value, ref: Ref, mark: Callable[[Value], str]) -> list[tuple[str, dict[str, Value]]]:
    """What each reference means, with the fields beside it; sorted where the order does not count."""
    items = value if isinstance(value, list) else [value]
    found = [(mark(target_of(item, ref.kind)), beside(item, ref.kind)) for item in items]
    return found if ref.ordered else sorted(found, key=lambda member: member[0])


def _wanted_mark(item: Value, names: Names) -> str:
    """What a declared reference will mean after this plan; nothing that is there has the mark of what is not made."""
    if isinstance(item, str):
        found = names.id_of(item)
        return f"{item} to be" if found is None and names.changes_id(item) else _id_mark(found, item)
    return _id_mark(id_in(item), item)


def _sent_mark(item: Value, names: Names) -> str:
    """What a reference that is there means; by name only for what was sent by an older record."""
    if isinstance(item, str):
        return f"{item} as it was" if names.changes_id(item) else _id_mark(names.id_of(item), item)
    return _id_mark(id_in(item), item)


def _id_mark(vendor_id: str | None, item: Value) -> str:
    return str(item) if vendor_id is None else f"id {vendor_id}"


def _learned(bound: Bound, path: str, sent: Value, kept: Maybe) -> bool:
    known = bound.learned.get(path)
    return known is not None and kept is not ABSENT and tuple(known) == (sent, kept)


def _change(instance: Instance, spec: FieldSpec, before: Maybe, after: Value) -> FieldChange:
    return FieldChange(
        path=spec.path,
        before=before,
        after=after,
        secret=False,
        manual=bool(spec.marks & {Mark.READ_ONLY, Mark.CREATE_ONLY}),
        forces_replace=spec.has(Mark.IMMUTABLE),
        default_from=instance.default_from.get(spec.path),
    )


def secret_changes(instance: Instance, sent: Mapping[str, int], bound: Bound | None = None) -> tuple[FieldChange, ...]:
    """The declared secrets whose version is not the one last sent, and the cleared ones that were not cleared yet."""
    return tuple(
        change
        for change in _secrets(instance, sent)
        if change.path not in instance.ignore
        and change.before != change.after
        and not (change.after is None and bound is not None and bound.attributes.get(change.path, ABSENT) is None)
    )


def blanked_secrets(instance: Instance, sent: Mapping[str, int]) -> tuple[FieldChange, ...]:
    """The declared secrets that an update must carry, ignored or not, or the vendor would blank them."""
    return tuple(
        change
        for change in _secrets(instance, sent)
        if instance.offer.specs[change.path].has(Mark.BLANKED) and change.after is not None
    )


def _secrets(instance: Instance, sent: Mapping[str, int]) -> Collection[FieldChange]:
    return [
        FieldChange(
            path=path,
            before={"secret": True, "version": sent[path]} if sent.get(path) else ABSENT,
            after=instance.attributes[path],
            secret=True,
            default_from=instance.default_from.get(path),
        )
        for path in sorted(instance.offer.secret_paths & instance.attributes.keys())
    ]


def all_fields(instance: Instance) -> tuple[FieldChange, ...]:
    """Every declared field as a create sends it, and what follows from those; MATCH_ONLY left out.

    What cannot be sent is left to a person.
    """
    attributes = {**instance.offer.derived(instance.attributes), **instance.attributes}
    return tuple(
        FieldChange(
            path=path,
            after=value,
            secret=path in instance.offer.secret_paths,
            manual=instance.offer.specs[path].has(Mark.READ_ONLY),
            default_from=instance.default_from.get(path),
        )
        for path, value in sorted(attributes.items())
        if not instance.offer.specs[path].has(Mark.MATCH_ONLY)
    )
