"""Which action each instance needs: design section 4's table, one kind on one connection at a time.

The rows are named where they are decided: here what is bound (R8, R10 to R12, R17 to R20, R24), in ``finding`` what is
not (R1 to R7, R9, R25), in ``unreadable`` what cannot be read (R14 to R16, R18). Their order of precedence: incomplete
evidence (22), pending deletion (24), unknown ends (16, 20), somebody else's id (12), several or taken matches (4), a
key renamed (3), another person (25), then the row that fits; what the vendor has no call for is sorted out last (27,
28, 26 in ``capability``). Row 13 and the unique values of an undelete need the other decisions and are in ``uniques``;
row 23 is decided for whole connections in ``accounts``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan import capability, changes, finding, key_words, mistaken, unreadable
from provisioner.plan.changes import Prospect
from provisioner.plan.desired import Instance
from provisioner.plan.differ import shown
from provisioner.plan.document import Action, Change
from provisioner.plan.group import Claims, Group, LeftOut, shares_any
from provisioner.state.document import Bound
from provisioner.values import Value, VendorId
from provisioner.vendors.base import Call, Entity


@dataclass
class Decisions:
    """What was decided for a group: changes by address, the addresses that need none, and those that cannot be
    decided without what a partial plan leaves out."""

    changes: dict[Address, Change] = field(default_factory=dict)
    none: set[Address] = field(default_factory=set)
    left_out: dict[Address, LeftOut] = field(default_factory=dict)


def decide(group: Group) -> Decisions:
    """The action of every instance of the group that is declared or managed and not left out."""
    return _Decider(group).run()


NEEDS_ALL = frozenset({Action.CREATE, Action.ADOPT, Action.UNDELETE, Action.REPLACE, Action.DELETE, Action.FORGET})
"""What is not done while a listing may have missed some: all that makes, binds or takes away (R22)."""


class _Decider:
    def __init__(self, group: Group) -> None:
        self.group = group
        self.offer = group.offer
        self.decisions = Decisions()
        self.claims = Claims(_named_by_imports(group))

    def run(self) -> Decisions:
        group = self.group
        for address in sorted(group.desired.keys() - group.outside):
            self._record(self._desired(group.desired[address]))
        managed = group.bound.keys() | group.unknown.keys() | group.open.keys()
        for address in sorted(managed - group.desired.keys() - group.outside - self.claims.moved_away):
            self._record(self._undesired(address))
        return self.decisions

    def _record(self, decided: Change | LeftOut) -> None:
        if isinstance(decided, LeftOut):
            self.decisions.left_out[decided.address] = decided
            return
        change = self._in_doubt(capability.within(self._moved_by_block(decided), self.group))
        if change.action is Action.NONE:
            self.decisions.none.add(change.address)
        else:
            self.decisions.changes[change.address] = change

    def _in_doubt(self, change: Change) -> Change:
        """R22 where the listing was cut short, fails or contradicts itself: what it does show may be wrong, too."""
        why = self.group.seen.half_listed
        if why is None or not {change.action, change.intent} & NEEDS_ALL:
            return change
        return changes.unknown(self.group.desired.get(change.address, change.address), self.group, change.id, why)

    def _moved_by_block(self, change: Change) -> Change:
        """A binding that a ``moved`` block renamed is listed as an adopt, so that the state follows."""
        source = self.group.moved.get(change.address)
        if source is None:
            return change
        if change.action in (Action.NONE, Action.UPDATE):
            change = replace(change, action=Action.ADOPT)
        return replace(change, moved_from=source).because("moved", f"was `{source}` until now")

    # --- declared -----------------------------------------------------------------------------------------------

    def _desired(self, instance: Instance) -> Change | LeftOut:
        if not self.offer.readable:
            return unreadable.decide(self.group, self.claims, instance)
        bound = self.group.bound.get(instance.address)
        if bound is None:
            return finding.find(self.group, self.claims, instance, None)
        why = self.group.seen.is_unknown(bound.id)
        if why is not None:
            return changes.unknown(instance, self.group, bound.id, why)  # R22
        contradiction = finding.contradicting_import(self.group, instance, bound)
        if contradiction is not None:
            return contradiction
        entity = self.group.seen.entity(bound.id)
        if entity is None or entity.deleted:
            return finding.find(self.group, self.claims, instance, bound)
        if entity.pending:
            return changes.pending(Prospect.of(instance, self.group, entity, bound))  # R24
        return self._active(instance, bound, entity)

    def _active(self, instance: Instance, bound: Bound, entity: Entity) -> Change:
        """R8, or R12 where the id has become somebody else's."""
        drifted = self._key_drifted(bound, entity, self.group.key_of(instance))
        if drifted and self._somebody_else(bound, entity, instance):
            return self._conflict_somebody_else(instance, bound, entity)  # R12
        self.claims.by_id[bound.id] = instance.address
        prospect = Prospect.of(instance, self.group, entity, bound)
        change = changes.reconcile(prospect)
        if change.action is not Action.REPLACE and (wrong := self._mistaken(instance, entity)) is not None:
            return wrong  # R12
        if instance.address in self.group.replaced:
            change = changes.replacement(prospect, "requested", "asked for with `--replace`")
        return self._drifted(change) if drifted else change

    def _mistaken(self, instance: Instance, entity: Entity) -> Change | None:
        """R12 where the key is as declared and the person is not, unless ``imports`` says that it is meant so.

        A declared key that is another by now is a replace: that one makes the right one.
        """
        if self.group.imports.get(instance.address) == entity.id:
            return None
        declared = {path: value for path, value in instance.attributes.items() if path not in instance.ignore}
        text = mistaken.told(self.offer, instance.address, entity.id, declared, entity.attributes)
        if text is None:
            return None
        hint = mistaken.way_out(self.offer, instance.address, declared, entity.attributes)
        return changes.conflict(instance, self.group, "mistaken", text, hint)

    def _drifted(self, change: Change) -> Change:
        return change.because("key_drifted", f"somebody changed its {key_words.fields(self.offer)} at the vendor")

    def _key_drifted(self, bound: Bound, entity: Entity, wanted: tuple[Value, ...] | None) -> bool:
        """True when the live key is neither prior's nor desired's nor one that an apply has parked it on."""
        live = self.group.entity_key(entity)
        parked = self.group.parked.get(bound.address, {})
        if parked and self.offer.natural_key({**entity.attributes, **parked}) == live:
            return False
        return live not in (bound.natural_key, wanted)

    def _somebody_else(self, bound: Bound, entity: Entity, instance: Instance | None) -> bool:
        if not self.offer.personal_paths:
            return False
        others = [bound.attributes] + ([instance.attributes] if instance else [])
        return not shares_any(self.offer, entity.attributes, *others)

    def _conflict_somebody_else(self, where: Instance | Bound, bound: Bound, entity: Entity) -> Change:
        name = changes.name_of(entity, self.offer.key_paths)
        return changes.conflict(
            where,
            self.group,
            "somebody_else",
            f"id {bound.id} is `{name}` by now, nobody that state or manifests know",
            f"`provisioner state rm {bound.address}`, then bind the right one with `imports`",
        )

    # --- not declared -------------------------------------------------------------------------------------------

    def _undesired(self, address: Address) -> Change:
        bound = self.group.bound.get(address)
        if bound is None:
            return self._open_end(address)
        if bound.id in self.claims.by_id:
            return changes.nothing(address, self.group, bound.id)
        if not self.offer.readable:
            return self._leave(bound, bound.attributes)  # R18
        why = self.group.seen.is_unknown(bound.id)
        if why is not None:
            return changes.unknown(address, self.group, bound.id, why)  # R22
        entity = self.group.seen.entity(bound.id)
        if entity is None or entity.deleted:
            return changes.forgetting(bound, self.group, entity)  # R19
        if entity.pending:
            return changes.nothing(address, self.group, bound.id)  # R24
        drifted = self._key_drifted(bound, entity, None)
        if drifted and self._somebody_else(bound, entity, None):
            return self._conflict_somebody_else(bound, bound, entity)  # R12
        change = self._leave(bound, shown(self.offer, entity.attributes, self.group.names))  # R17
        return self._drifted(change) if drifted else change

    def _open_end(self, address: Address) -> Change:
        """R20: a create of which nobody can tell the end, no longer declared."""
        unknown = self.group.unknown.get(address)
        if unknown is None:
            return changes.unknown(
                address, self.group, None, f"a create of `{address}` had no answer, and {self.group.seen.doubt}"
            )
        return changes.unknown(
            address,
            self.group,
            None,
            f"a create of `{unknown.address}` had no answer, and it is no longer declared",
            f"`provisioner state settle {unknown.address} --id ID` or `--absent`, "
            f"or `provisioner state rm {unknown.address}`",
        )

    def _leave(self, bound: Bound, there: Mapping[str, Value]) -> Change:
        if bound.address in self.group.kept:
            return changes.keeping(bound, self.group, "removed", "`removed` says to keep it there")
        stuck = self.group.stuck.get(bound.address)
        if stuck is not None:
            hint = "take the `moved` entry out if it is to be deleted, or declare what is to keep it"
            return changes.conflict(bound, self.group, "moved", stuck, hint)
        if not self.offer.can(Call.CREATE):
            return changes.keeping(
                bound, self.group, "read_only", "the vendor cannot create this kind: it is only no longer managed"
            )  # R27
        return changes.deletion(bound, self.group, there)


def _named_by_imports(group: Group) -> dict[VendorId, Address]:
    """The entities that ``imports`` entries of unbound addresses name: nobody else finds them by their key."""
    named: dict[VendorId, Address] = {}
    for address, vendor_id in sorted(group.imports.items()):
        if address in group.desired and address not in group.bound and address not in group.outside:
            named.setdefault(vendor_id, address)
    return named


def unreadable_notice(connection: str, kind: str) -> Diagnostic:
    """Says once for a kind that its drift cannot be seen (R15)."""
    return Diagnostic(
        "drift_unseen",
        f"{kind} on `{connection}` cannot be read: compared with what was last sent; what others change is not seen",
        severity=Severity.NOTICE,
    )
