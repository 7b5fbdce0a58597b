"""Building one change: its before, its after and its fields, for each action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from provisioner.address import Address
from provisioner.plan.blanking import undeclared
from provisioner.plan.desired import Instance
from provisioner.plan.differ import (
    all_fields,
    blanked_secrets,
    differences,
    secret_changes,
    seen_at,
    sent_attributes,
    value_at,
)
from provisioner.plan.document import ABSENT, GONE, Action, Change, FieldChange, Maybe, Reason
from provisioner.plan.group import Group, telling_paths
from provisioner.plan.member_fields import as_far_as_there
from provisioner.plan.rosters import spoken_of
from provisioner.state.document import Bound
from provisioner.values import Attributes, Value, VendorId, added
from provisioner.vendors.base import Entity, each_value
from provisioner.vendors.fields import Mark

FIXED = frozenset({Mark.IMMUTABLE, Mark.CREATE_ONLY, Mark.READ_ONLY})
"""What no update can set."""


@dataclass(frozen=True)
class Prospect:
    """An instance and the entity that it is, or is to become.

    ``raw`` are the entity's attributes; for a kind that cannot be read, what was last sent (then ``entity`` is None).
    ``bound`` is the record of that entity, if there is one.
    """

    instance: Instance
    group: Group
    entity: Entity | None
    raw: Attributes
    bound: Bound | None

    @staticmethod
    def of(instance: Instance, group: Group, entity: Entity, bound: Bound | None = None) -> Prospect:
        """The instance and an entity that the vendor shows."""
        asked = as_far_as_there(instance, entity.attributes, group.names)
        return Prospect(asked, group, entity, entity.attributes, bound)

    @staticmethod
    def assumed(instance: Instance, group: Group, bound: Bound) -> Prospect:
        """The instance and an entity that cannot be read, as it was last sent."""
        raw = sent_attributes(group.offer, bound)
        return Prospect(as_far_as_there(instance, raw, group.names), group, None, raw, bound)

    def seen_at(self, path: str) -> Maybe:
        """What is there of a field, as far as the declaration speaks of it; references as addresses."""
        return seen_at(self.instance, path, self.raw, self.group.names, self.bound)

    @property
    def id(self) -> VendorId | None:
        if self.entity is not None:
            return self.entity.id
        return self.bound.id if self.bound else None


def _change(
    where: Instance | Bound | Address, group: Group, action: Action, vendor_id: VendorId | None = None
) -> Change:
    address = where if isinstance(where, Address) else where.address
    file = "" if isinstance(where, Address) else where.file
    return Change(address=address, vendor=group.vendor, action=action, id=vendor_id, file=file)


def _filled(
    change: Change,
    before: Attributes | None,
    after: Attributes | None,
    fields: Iterable[FieldChange],
    *,
    deleted: bool = False,
) -> Change:
    return replace(change, before=before, after=after, fields=tuple(fields), deleted=deleted)


def before_of(prospect: Prospect) -> Attributes:
    """What is there of the declared fields and the natural key: all that decides staleness later."""
    offer = prospect.group.offer
    paths = (prospect.instance.attributes.keys() | set(offer.key_paths)) - prospect.instance.ignore - offer.secret_paths
    shown: dict[str, Value] = {}
    for path in sorted(paths):
        value = prospect.seen_at(path)
        if value is not ABSENT and not offer.specs[path].has(Mark.RUN_TIME):
            shown[path] = value
    return shown


def _after(prospect: Prospect, before: Attributes) -> dict[str, Value]:
    instance = prospect.instance
    declared = {path: value for path, value in instance.attributes.items() if path not in instance.ignore}
    return dict(sorted({**before, **declared}.items()))


def _fields(prospect: Prospect) -> tuple[FieldChange, ...]:
    found = differences(prospect.instance, prospect.raw, prospect.group.names, prospect.bound)
    unseen = prospect.entity.unseen if prospect.entity is not None else frozenset()
    return tuple(item for item in found if item.path not in unseen)


def reconcile(prospect: Prospect) -> Change:
    """R8 and R15: nothing, an update, or a replace."""
    bound = prospect.bound
    sent = bound.secrets if bound else {}
    fields = _fields(prospect)
    secrets = secret_changes(prospect.instance, sent, bound)
    if not fields and not secrets:
        return _change(prospect.instance, prospect.group, Action.NONE, prospect.id)
    if any(item.forces_replace for item in fields):
        fixed = ", ".join(f"`{item.path}`" for item in fields if item.forces_replace)
        return replacement(prospect, "immutable", f"{fixed} cannot be changed in place")
    change = _update(prospect, Action.UPDATE, (*fields, *secrets))
    if secrets:
        change = change.because("secret", "; ".join(_why_sent(item, sent) for item in secrets))
    if not fields:
        return change
    change = _unparked(prospect, change.because("differs", "what is there differs from what is declared"))
    theirs = [item.path for item in fields if _changed_elsewhere(prospect, item)]
    if not theirs:
        return change
    names = ", ".join(f"`{path}`" for path in theirs)
    return change.because("drifted", f"somebody changed {names} at the vendor since the last apply")


def _why_sent(item: FieldChange, sent: Mapping[str, int]) -> str:
    """Why a secret is sent that no difference asks for: nobody can read it."""
    if item.after is None:
        return f"`{item.path}` was not cleared yet"
    if item.before is not ABSENT:
        return f"`{item.path}` has another version than the one last sent"
    if item.path in sent:
        return f"nobody can tell which version of `{item.path}` is there"
    return f"`{item.path}` was not sent yet"


def _unparked(prospect: Prospect, change: Change) -> Change:
    """The change with what it ends: a temporary value that an exchange needed and that nobody has taken back."""
    parked = prospect.group.parked.get(prospect.instance.address, {})
    names = [item.path for item in change.fields if item.path in parked and item.before == parked[item.path]]
    if not names:
        return change
    which = ", ".join(f"`{path}`" for path in names)
    return change.because("parked", f"{which} was left on a temporary value by a run that did not end")


def _changed_elsewhere(prospect: Prospect, item: FieldChange) -> bool:
    """True where the declaration is what was last applied, and the vendor shows something else."""
    bound = prospect.bound
    if bound is None or not prospect.group.offer.readable or item.path in bound.uncertain or item.run_time:
        return False
    return item.path in bound.attributes and bound.attributes[item.path] == item.after


def _update(prospect: Prospect, action: Action, fields: tuple[FieldChange, ...]) -> Change:
    """An update or an adopt that writes; secrets that the vendor would blank go along."""
    change = _change(prospect.instance, prospect.group, action, prospect.id)
    before = before_of(prospect)
    sent = prospect.bound.secrets if prospect.bound else {}
    carried = blanked_secrets(prospect.instance, sent) if _sends(prospect, fields) else ()
    extra = [item for item in carried if item.path not in {known.path for known in fields}]
    after = _after(prospect, before) | {item.path: item.after for item in extra if item.after is not ABSENT}
    change = _filled(change, before, after, sorted((*fields, *extra), key=lambda item: item.path))
    if extra:
        names = ", ".join(f"`{item.path}`" for item in extra)
        goes, it = ("goes", "it") if len(extra) == 1 else ("go", "them")
        change = change.because("sent_again", f"{names} {goes} along: the vendor would blank {it} otherwise")
    return change


def _sends(prospect: Prospect, fields: Iterable[FieldChange]) -> bool:
    """Whether an update of these fields is more than a person's work."""
    if all(item.manual for item in fields):
        return False
    group = prospect.group
    return group.blanks or not undeclared(group, prospect.instance.address, prospect.id).exposed


def replacement(prospect: Prospect, code: str, text: str) -> Change:
    """A replace, still whole; ``order`` takes it apart into its two steps."""
    change = _change(prospect.instance, prospect.group, Action.REPLACE, prospect.id)
    forced = {item.path for item in _fields(prospect) if item.forces_replace}
    fields = tuple(
        FieldChange(
            path=item.path,
            before=prospect.seen_at(item.path),
            after=item.after,
            secret=item.secret,
            manual=item.manual,
            forces_replace=item.path in forced,
            default_from=item.default_from,
        )
        for item in all_fields(prospect.instance)
    )
    return _filled(change, before_of(prospect), _made(prospect.instance, fields), fields).because(code, text)


def creation(instance: Instance, group: Group) -> Change:
    """A create with every declared field."""
    fields = all_fields(instance)
    return _filled(_change(instance, group, Action.CREATE), None, _made(instance, fields), fields)


def _made(instance: Instance, fields: Iterable[FieldChange]) -> dict[str, Value]:
    """What is there after a create: all that it sends, and who it is meant to be."""
    sent = {item.path: item.after for item in fields if item.after is not ABSENT}
    who = {path: instance.attributes[path] for path in telling_paths(instance.offer) if path in instance.attributes}
    return dict(sorted((sent | {path: value for path, value in who.items() if path not in instance.ignore}).items()))


def adoption(prospect: Prospect) -> Change:
    """An adopt, with what it will change (perhaps nothing).

    It sends no secret by itself; one whose version was raised goes along where state has the entity already.
    """
    bound = prospect.bound
    raised = secret_changes(prospect.instance, bound.secrets, bound) if bound is not None else ()
    change = _update(prospect, Action.ADOPT, (*_fields(prospect), *raised))
    sent = {item.path for item in change.fields}
    unchecked = [path for path in sorted(_declared_secrets(prospect)) if path not in sent]
    if bound is not None or not unchecked:
        return change
    names = ", ".join(f"`{path}`" for path in unchecked)
    return change.because("secret_unchecked", f"{names} cannot be read: taken for what is declared, not checked")


def _declared_secrets(prospect: Prospect) -> Iterable[str]:
    attributes = prospect.instance.attributes
    return (path for path in prospect.group.offer.secret_paths & attributes.keys())


def blind_adoption(instance: Instance, group: Group, vendor_id: VendorId) -> Change:
    """An ``imports`` entry of a kind that cannot be read: nobody knows what it holds, so the whole declaration is sent.

    What cannot be changed is taken for what is declared; so is a secret that an update need not repeat.
    """
    change = _change(instance, group, Action.ADOPT, vendor_id)
    after = {path: value for path, value in instance.attributes.items() if path not in instance.ignore}
    specs = group.offer.specs
    fixed = [path for path in sorted(after) if specs[path].marks & FIXED]
    fields = [
        item
        for item in all_fields(instance)
        if item.path in after and item.path not in fixed and (not item.secret or specs[item.path].has(Mark.BLANKED))
    ]
    text = f"`imports` names id {vendor_id}; it cannot be read, so all that can be changed is sent as declared"
    if fixed:
        text += f"; {', '.join(f'`{path}`' for path in fixed)} cannot be changed and is taken for what is declared"
    return _filled(change, {}, after, fields).because("import", text)


def undeletion(prospect: Prospect) -> Change:
    """An undelete: the record comes back as it was, then the fields that differ and every secret are sent."""
    change = _change(prospect.instance, prospect.group, Action.UNDELETE, prospect.id)
    before = before_of(prospect)
    fields = (*_fields(prospect), *secret_changes(prospect.instance, {}))
    return _filled(change, before, _after(prospect, before), sorted(fields, key=lambda item: item.path), deleted=True)


def deletion(bound: Bound, group: Group, there: Attributes) -> Change:
    """A delete; ``before`` shows what was last applied as it stands now, and the natural key."""
    paths = (bound.attributes.keys() | set(group.offer.key_paths)) - group.offer.secret_paths
    seen = {path: _last_spoken_of(bound, group, there, path) for path in sorted(paths)}
    before = {path: value for path, value in seen.items() if value is not ABSENT}
    change = _change(bound, group, Action.DELETE, bound.id)
    change = _filled(change, before, None, ())
    if group.destroy:
        return change.because("destroy", "everything that is managed is to go")
    return change.because("undeclared", _why_undeclared(bound, group))


def _why_undeclared(bound: Bound, group: Group) -> str:
    if bound.address in group.elsewhere:
        return f"`{bound.address.declaration}` does not live on `{group.connection}` any more"
    return "no manifest declares it any more"


def _last_spoken_of(bound: Bound, group: Group, there: Attributes, path: str) -> Maybe:
    """What is there at a path, of a list that was added to the members that were named."""
    value, ref = value_at(there, path), group.offer.specs[path].ref if path in group.offer.specs else None
    last = bound.attributes.get(path)
    return value if ref is None or added(last) is None else spoken_of(value, last, ref, group.names)


def forgetting(bound: Bound, group: Group, entity: Entity | None) -> Change:
    """A forget: the record is dropped, nothing is sent; a deleted entity leaves a tombstone."""
    change = _change(bound, group, Action.FORGET, bound.id)
    if entity is not None and entity.deleted:
        return _filled(change, {}, None, (), deleted=True).because("deleted", "it was deleted at the vendor")
    change = _filled(change, None, None, ()).because("undeclared", _why_undeclared(bound, group))
    return change.because(GONE, "the vendor does not have it any more")


def keeping(bound: Bound, group: Group, code: str, text: str) -> Change:
    """A forget of what stays at the vendor."""
    return _change(bound, group, Action.FORGET, bound.id).because(code, text)


def nothing(address: Address, group: Group, vendor_id: VendorId | None) -> Change:
    return _change(address, group, Action.NONE, vendor_id)


def manual(prospect: Prospect, intent: Action, code: str, text: str) -> Change:
    """A change that only a person can make."""
    change = _change(prospect.instance, prospect.group, Action.MANUAL, prospect.id)
    before = before_of(prospect)
    fields = tuple(_by_hand(item) for item in _fields(prospect))
    filled = _filled(change, before, _after(prospect, before), fields).because(code, text)
    return as_manual(filled, intent)


def pending(prospect: Prospect) -> Change:
    """R24: nothing can be done with an entity that the vendor is deleting."""
    return manual(
        prospect,
        Action.UPDATE,
        "pending_deletion",
        "the vendor is deleting it: call the deletion off there, or wait and plan again",
    )


def as_manual(change: Change, intent: Action) -> Change:
    """The same change as work for a person."""
    fields = tuple(_by_hand(item) for item in change.fields)
    return replace(change, action=Action.MANUAL, intent=intent, fields=fields)


def _by_hand(item: FieldChange) -> FieldChange:
    return replace(item, manual=True)


def unknown(
    where: Instance | Address, group: Group, vendor_id: VendorId | None, why: str, hint: str | None = None
) -> Change:
    """R16, R20, R22: nobody can tell, so nothing is done."""
    change = _change(where, group, Action.UNKNOWN, vendor_id)
    text = why if hint is None else f"{why}; {hint}"
    return _reasoned(change, Reason("evidence", text))


def conflict(where: Instance | Bound, group: Group, code: str, text: str, hint: str | None) -> Change:
    """A person must decide; ``hint`` says how."""
    return _reasoned(_change(where, group, Action.CONFLICT), Reason(code, text if hint is None else f"{text}; {hint}"))


def name_of(entity: Entity, paths: Iterable[str]) -> str:
    """What people would recognise the entity by."""
    found = (each_value(entity.attributes.get(path)) for path in paths)
    words = [", ".join(str(value) for value in values) for values in found if values]
    return " ".join(words) or entity.id


def _reasoned(change: Change, reason: Reason) -> Change:
    return change.because(reason.code, reason.text)
