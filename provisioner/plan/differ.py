"""Which declared fields differ from what is there.

Values are compared as they stand; vendors' spellings were made one in the adapters. What is not declared is not looked
at. A field that the vendor altered after it was last sent (``learned``) counts as equal while both sides stay as they
were, so that a normalised value is not applied for ever.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from provisioner.plan.desired import Instance
from provisioner.plan.document import ABSENT, FieldChange, Maybe
from provisioner.plan.identity import Names
from provisioner.plan.members import is_list, members, target_of, with_target
from provisioner.plan.rosters import as_declared, spoken_of
from provisioner.state.document import Bound
from provisioner.values import Attributes, Value, added, addition, canonical, id_in, nest
from provisioner.vendors.base import Offer
from provisioner.vendors.fields import FieldSpec, Mark, Ref


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
        found = [_named(item, ref, names) for item in value]
        return found if ref.ordered else sorted(found, key=canonical)
    several = added(value)
    if several is not None:
        return addition(sorted((_named(item, ref, names) for item in several), key=canonical))
    target = target_of(value, ref.kind)
    vendor_id = id_in(target)
    if vendor_id is None:
        return value
    return with_target(value, ref.kind, names.address_of(ref.kind, vendor_id) or target)


def value_at(attributes: Attributes, path: str) -> Maybe:
    """The value at a path; a nested map that is null makes its leaves null, and one with leaves is a map itself."""
    if path in attributes:
        return attributes[path]
    inside = {name.removeprefix(f"{path}."): value for name, value in attributes.items() if name.startswith(f"{path}.")}
    if inside:
        return nest(inside)
    parent = path.rpartition(".")[0]
    if parent and attributes.get(parent, ABSENT) is None:
        return None
    return ABSENT


def same(spec: FieldSpec | None, left: Maybe, right: Maybe) -> bool:
    """True for equal values; nothing and null are one, and so are lists of references whose order does not count."""
    left, right = (None if side is ABSENT else side for side in (left, right))
    if spec is not None and spec.ref and not spec.ref.ordered and isinstance(left, list) and isinstance(right, list):
        return sorted(left, key=canonical) == sorted(right, key=canonical)
    return left == right


def sent_attributes(offer: Offer, bound: Bound) -> Attributes:
    """What was last sent, as an adapter would read it: references by the ids that they were sent with.

    A list that was added to keeps its form: nobody recorded whoever else was in it.
    """
    if not bound.references:
        return bound.attributes
    raw = dict(bound.attributes)
    for path in offer.ref_paths & bound.references.keys() & raw.keys():
        ref = offer.specs[path].ref
        if ref is not None:
            raw[path] = by_ids(raw[path], bound.references[path], ref)
    return raw


def by_ids(sent: Value, ids: Value, ref: Ref) -> Value:
    """A reference field as it was sent, with ``ids`` in place of addresses."""
    if not isinstance(ids, list):
        return with_target(sent, ref.kind, _by_id(ids))
    items = members(sent)
    found = [_by_id(one) for one in ids]
    if len(items) == len(ids):
        found = [with_target(item, ref.kind, one) for item, one in zip(items, found, strict=True)]
    return found if added(sent) is None else addition(found)


def altered_values(bound: Bound) -> Attributes:
    """What the vendor made of values that it altered when they were last sent: all that is expected there since."""
    return {path: kept for path, (sent, kept) in bound.learned.items() if bound.attributes.get(path, ABSENT) == sent}


def _by_id(vendor_id: Value) -> Value:
    return None if vendor_id is None else {"id": vendor_id}


def seen_at(instance: Instance, path: str, raw: Attributes, names: Names, bound: Bound | None) -> Maybe:
    """What is there at a path, as far as the declaration speaks of it; references as addresses."""
    return named(instance.offer.specs[path], part_at(instance, path, raw, names, bound), names)


def named(spec: FieldSpec, value: Maybe, names: Names) -> Maybe:
    """A live value with references as addresses where the entity is managed."""
    return value if spec.ref is None or value is ABSENT else _named(value, spec.ref, names)


def against_sent(spec: FieldSpec, attributes: Attributes, sent: Value, names: Names) -> tuple[Maybe, bool]:
    """What is there of a field, as far as what was sent speaks of it, and whether it is that; references as addresses.

    ``sent`` has them by the ids that they were sent with, as ``sent_attributes`` gives it.
    """
    there = value_at(attributes, spec.path)
    part = there if spec.ref is None else spoken_of(there, sent, spec.ref, names)
    now = named(spec, part, names)
    return now, equal(spec, now, part, sent, names)


def part_at(instance: Instance, path: str, raw: Attributes, names: Names, bound: Bound | None) -> Maybe:
    """What is there at a path, as far as the declaration speaks of it; references by their ids."""
    spec, value = instance.offer.specs[path], value_at(raw, path)
    declared = instance.attributes.get(path)
    if spec.ref is None or not is_list(declared):
        return value
    return spoken_of(value, declared, spec.ref, names, _last_added(bound, path, spec.ref))


def _last_added(bound: Bound | None, path: str, ref: Ref) -> Value:
    """The members that an ``add`` named when it was last applied, by the ids that they were sent with; else None."""
    sent = bound.attributes.get(path) if bound is not None else None
    if bound is None or added(sent) is None:
        return None
    return by_ids(sent, bound.references[path], ref) if path in bound.references else sent


def differences(
    instance: Instance, raw: Attributes, names: Names, bound: Bound | None = None
) -> tuple[FieldChange, ...]:
    """The declared fields whose value ``there`` is another, sorted by path; secrets are ``secret_changes``.

    ``raw`` is what the vendor shows, or what was last sent where it cannot be read. Of a list of references it is the
    part that the declaration speaks of. Ignored fields are left out.
    """
    found = []
    for path in sorted(instance.attributes.keys() - instance.ignore - instance.offer.secret_paths):
        spec = instance.offer.specs[path]
        if not spec.compared:
            continue
        part, after = part_at(instance, path, raw, names, bound), instance.attributes[path]
        before = named(spec, part, names)
        if bound is None or path not in bound.uncertain or spec.has(Mark.IMMUTABLE):  # sent again, it would replace
            if equal(spec, before, part, after, names):
                continue
            if bound is not None and _learned(bound, path, after, before):
                continue
        found.append(_change(instance, spec, before, after))
    return tuple(found)


def equal(spec: FieldSpec, before: Maybe, raw: Maybe, after: Value, names: Names) -> bool:
    """Whether a field is as declared; a reference is when the ids are the same, whatever they are called."""
    if spec.ref is None or raw is ABSENT or raw is None or after is None:
        return same(spec, before, after)
    return as_declared(raw, after, spec.ref, names)


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
        run_time=spec.has(Mark.RUN_TIME),
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
