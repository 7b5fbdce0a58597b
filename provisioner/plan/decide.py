"""Which action each instance needs: design section 4's table, one kind on one connection at a time.

The rows are named where they are decided (R1 … R28). Their order of precedence: incomplete evidence (22), pending
deletion (24), unknown ends (16, 20), somebody else's id (12), several or taken matches (4), a key renamed (3), another
person (25), then the row that fits; what the vendor has no call for is sorted out last (27, 28, 26). Row 13 and the
unique values of an undelete need the other decisions and are in ``uniques``; row 23 is decided for whole connections.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan import capability, changes
from provisioner.plan.changes import Prospect
from provisioner.plan.desired import Instance
from provisioner.plan.differ import shown
from provisioner.plan.document import Action, Change
from provisioner.plan.group import Group, same_person, shares_any, shares_strong
from provisioner.state.document import Bound, Tombstone, Unknown
from provisioner.values import Value, VendorId
from provisioner.vendors.base import Call, Deleted, Entity, Mark


@dataclass
class Decisions:
    """What was decided for a group: changes by address, and the addresses that need none.

    ``waits`` says for an address whose natural key it must wait for until the other has given it up.
    """

    changes: dict[Address, Change] = field(default_factory=dict)
    none: set[Address] = field(default_factory=set)
    diagnostics: list[Diagnostic] = field(default_factory=list)


def decide(group: Group) -> Decisions:
    """The action of every instance of the group that is declared or managed and not left out."""
    return _Decider(group).run()


@dataclass(frozen=True)
class _Taken:
    """An active match that cannot be had: held by another desired address that keeps the key."""

    text: str


class _Decider:
    def __init__(self, group: Group) -> None:
        self.group = group
        self.offer = group.offer
        self.decisions = Decisions()
        self.claimed: dict[VendorId, Address] = {}
        self.moved_away: set[Address] = set()

    def run(self) -> Decisions:
        group = self.group
        for address in sorted(group.desired.keys() - group.outside):
            self._record(self._desired(group.desired[address]))
        for address in sorted((group.bound.keys() | group.unknown.keys()) - group.desired.keys() - group.outside):
            if address not in self.moved_away:
                self._record(self._undesired(address))
        return self.decisions

    def _record(self, change: Change) -> None:
        change = self._moved_by_block(change)
        change = capability.within(change, self.group)
        if change.action is Action.NONE:
            self.decisions.none.add(change.address)
        else:
            self.decisions.changes[change.address] = change
        if change.action is Action.CREATE:
            self.decisions.diagnostics.extend(self._missing_for_create(change))

    def _moved_by_block(self, change: Change) -> Change:
        """A binding that a ``moved`` block renamed is listed as an adopt, so that the state follows."""
        source = self.group.moved.get(change.address)
        if source is None:
            return change
        if change.action in (Action.NONE, Action.UPDATE):
            change = replace(change, action=Action.ADOPT)
        return replace(change, moved_from=source).because("moved", f"was `{source}` until now")

    def _missing_for_create(self, change: Change) -> Iterable[Diagnostic]:
        instance = self.group.desired[change.address]
        for path, spec in self.offer.specs.items():
            if spec.has(Mark.CREATE_REQUIRED) and instance.attributes.get(path) is None:
                yield instance.problem(
                    "create_required",
                    f"`{change.address}` must be created, and `{path}` is not declared",
                    hint=f"declare `{path}`; {self.group.vendor} refuses to create it without",
                )

    # --- declared -----------------------------------------------------------------------------------------------

    def _desired(self, instance: Instance) -> Change:
        if not self.offer.readable:
            return self._unreadable(instance)
        bound = self.group.bound.get(instance.address)
        if bound is not None:
            return self._bound(instance, bound)
        return self._unbound(instance, None)

    def _prospect(self, instance: Instance, entity: Entity | None, bound: Bound | None = None) -> Prospect:
        view = None if entity is None else shown(self.offer, entity.attributes, self.group.names)
        return Prospect(instance, self.group, entity, view, bound)

    def _bound(self, instance: Instance, bound: Bound) -> Change:
        why = self.group.seen.is_unknown(bound.id)
        if why is not None:
            return changes.unknown(instance, self.group, bound.id, why)  # R22
        wanted = self.group.imports.get(instance.address)
        if wanted is not None and wanted != bound.id:
            return changes.conflict(
                instance,
                self.group,
                "import",
                f"`imports` wants id {wanted}, but it is bound to id {bound.id}",
                "take the `imports` entry out, or `provisioner state rm` the binding first",
            )
        entity = self.group.seen.entity(bound.id)
        if entity is None or entity.deleted:
            return self._unbound(instance, bound)
        if entity.pending:
            return changes.manual(
                self._prospect(instance, entity, bound),
                Action.UPDATE,
                "pending_deletion",
                "the vendor is deleting it: call the deletion off there, or wait and plan again",
            )  # R24
        return self._active(instance, bound, entity)

    def _active(self, instance: Instance, bound: Bound, entity: Entity) -> Change:
        """R8, or R12 where the id has become somebody else's."""
        drifted = self._key_drifted(bound, entity, self.group.key_of(instance))
        if drifted and self._somebody_else(bound, entity, instance):
            return self._conflict_somebody_else(instance, bound, entity)  # R12
        self.claimed[bound.id] = instance.address
        prospect = self._prospect(instance, entity, bound)
        change = changes.reconcile(prospect)
        if instance.address in self.group.replaced:
            change = changes.replacement(prospect, "requested", "asked for with `--replace`")
        return self._drifted(change) if drifted else change

    def _drifted(self, change: Change) -> Change:
        return change.because("key_drifted", "somebody changed its natural key at the vendor")

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
        return changes.conflict(
            where,
            self.group,
            "somebody_else",
            f"id {bound.id} is `{_name(entity, self.offer.key_paths)}` by now, nobody that state or manifests know",
            f"`provisioner state rm {bound.address}`, then bind the right one with `imports`",
        )

    def _unbound(self, instance: Instance, bound: Bound | None) -> Change:
        """Prior none, or bound to an id that is gone or deleted: look for the entity."""
        imported = self.group.imports.get(instance.address)
        if bound is None and imported is not None:
            return self._imported(instance, imported)
        if not self.group.seen.decides(self.group.key_of(instance)):
            return changes.unknown(instance, self.group, None, self.group.seen.doubt)  # R22
        match = self._active_match(instance, bound)
        if isinstance(match, Change):
            return match
        if match is not None:
            return self._adopt(instance, bound, match)
        if bound is not None:
            return self._lost(instance, bound)
        return self._anew(instance)

    def _active_match(self, instance: Instance, bound: Bound | None) -> Entity | Change | None:
        """The one active entity of that key that the instance may have; a conflict; or nothing."""
        free: list[Entity] = []
        for entity in self.group.seen.active(self.group.key_of(instance)):
            verdict = self._availability(instance, entity)
            if isinstance(verdict, _Taken):
                return changes.conflict(
                    instance, self.group, "taken", verdict.text, "give one of the two another natural key"
                )  # R4
            if verdict:
                free.append(entity)
        if len(free) > 1:
            ids = ", ".join(entity.id for entity in free)
            return changes.conflict(
                instance,
                self.group,
                "ambiguous",
                f"several active entities have its natural key: ids {ids}",
                "say which one with an `imports` entry",
            )  # R4
        return free[0] if free else None

    def _availability(self, instance: Instance, entity: Entity) -> bool | _Taken:
        """Whether an active entity of the right key may become the instance's: nobody's, or its owner is leaving."""
        owner = self.group.owners.get(entity.id)
        claimer = self.claimed.get(entity.id)
        if claimer is not None and claimer != owner:
            return _Taken(f"id {entity.id}, which has its natural key, goes to `{claimer}` in this plan")
        if owner is None or owner == instance.address:
            return True
        if owner in self.group.outside:
            return _Taken(f"`{owner}` (id {entity.id}) holds its natural key and is left out of this plan")
        heir = self.group.desired.get(owner)
        if heir is None:
            return same_person(self.offer, instance.attributes, entity.attributes)  # R3, or after its delete
        if self.group.key_of(heir) == self.group.key_of(instance):
            return _Taken(f"`{owner}` (id {entity.id}) holds its natural key and keeps it")
        if self.offer.key_is_id and self.offer.deleted is Deleted.HOLDS_KEY:
            return _Taken(
                f"`{owner}` gives up that number in this plan, but the vendor keeps it for the deleted one: "
                "exchange their other fields instead"
            )
        return False

    def _adopt(self, instance: Instance, bound: Bound | None, entity: Entity) -> Change:
        """R2, R3 or R9; R25 where it is not the same person."""
        owner = self.group.owners.get(entity.id)
        prospect = self._prospect(instance, entity, self.group.bound.get(owner) if owner else None)
        if not same_person(self.offer, instance.attributes, entity.attributes):
            return self._another_person(instance, entity, "adopt")
        change = self._refuse_immutable(prospect, changes.adoption(prospect))
        if change.action is not Action.ADOPT:
            return change
        self.claimed[entity.id] = instance.address
        if owner is not None and owner != instance.address:
            self.moved_away.add(owner)
            return replace(change, moved_from=owner).because("moved", f"`{owner}` is no longer declared; same entity")
        if bound is not None:
            return change.because("rebound", f"id {bound.id} is gone or deleted; id {entity.id} has its natural key")
        return change.because("found", f"id {entity.id} has its natural key and is not managed yet")

    def _refuse_immutable(self, prospect: Prospect, change: Change) -> Change:
        fixed = [item.path for item in change.fields if item.forces_replace]
        if not fixed:
            return change
        return changes.conflict(
            prospect.instance,
            self.group,
            "immutable",
            f"what is there differs in {', '.join(f'`{path}`' for path in fixed)}, which cannot be changed",
            "declare what is there, or delete it first",
        )  # R25

    def _another_person(self, instance: Instance, entity: Entity, verb: str) -> Change:
        state = "deleted" if entity.deleted else "active"
        return changes.conflict(
            instance,
            self.group,
            "another_person",
            f"the {state} id {entity.id} (`{_name(entity, self.offer.personal_paths)}`) is not the same person; "
            f"it is not handed over by {verb}",
            f"if it is, say so: imports: [{{address: {instance.address}, id: {entity.id}}}]",
        )  # R25

    def _imported(self, instance: Instance, vendor_id: VendorId) -> Change:
        """An ``imports`` entry: binds whoever it is, active or deleted."""
        why = self.group.seen.is_unknown(vendor_id)
        if why is not None:
            return changes.unknown(instance, self.group, vendor_id, why)  # R22
        owner = self.claimed.get(vendor_id) or self.group.owners.get(vendor_id)
        if owner is not None:
            return changes.conflict(
                instance,
                self.group,
                "import",
                f"`imports` wants id {vendor_id}, which is bound to `{owner}`",
                f"`provisioner state rm {owner}` first, or take the entry out",
            )
        entity = self.group.seen.entity(vendor_id)
        if entity is None:
            return changes.conflict(
                instance,
                self.group,
                "import",
                f"`imports` wants id {vendor_id}, and there is no such entity",
                "check the id in the vendor's portal",
            )
        self.claimed[vendor_id] = instance.address
        prospect = self._prospect(instance, entity)
        if entity.deleted:
            change = changes.undeletion(prospect).because("import", f"`imports` names id {vendor_id}")
        else:
            change = changes.adoption(prospect).because("import", f"`imports` names id {vendor_id}")
        return self._refuse_immutable(prospect, change)

    def _lost(self, instance: Instance, bound: Bound) -> Change:
        """R10: its record is deleted; R11: it is gone."""
        entity = self.group.seen.entity(bound.id)
        if entity is None:
            created = replace(changes.creation(instance, self.group), lost=bound.id)
            return created.because("vanished", f"id {bound.id} is gone at the vendor")
        prospect = self._prospect(instance, entity, bound)
        self.claimed[bound.id] = instance.address
        change = changes.undeletion(prospect).because("deleted", f"somebody deleted id {bound.id} at the vendor")
        return self._refuse_immutable(prospect, change)

    def _anew(self, instance: Instance) -> Change:
        """R1, R5, R6, R7: nobody active has the key; perhaps a deleted record is this very one."""
        tombstone = self.group.tombstones.get(instance.address)
        if tombstone is not None:
            why = self.group.seen.is_unknown(tombstone.id)
            if why is not None:
                return changes.unknown(instance, self.group, tombstone.id, why)  # R22
        same_key = [
            entity for entity in self.group.seen.deleted(self.group.key_of(instance)) if entity.id not in self.claimed
        ]
        evident = self._evident(instance, tombstone, same_key)
        if len(evident) > 1:
            ids = ", ".join(entity.id for entity in evident)
            return changes.conflict(
                instance,
                self.group,
                "ambiguous",
                f"several deleted records could be this one: ids {ids}",
                "say which one with an `imports` entry, or `provisioner state rm` to start anew",
            )  # R7
        if evident:
            return self._undelete(instance, evident[0])
        change = changes.creation(instance, self.group)
        if not same_key:
            return change.because("new", "nothing there has its natural key")  # R1
        ids = ", ".join(entity.id for entity in same_key)
        return change.because("reused_key", f"deleted records had its natural key, but are others: ids {ids}")  # R6

    def _evident(self, instance: Instance, tombstone: Tombstone | None, same_key: list[Entity]) -> list[Entity]:
        """The deleted records with the strongest evidence that they are this one (R5)."""
        if tombstone is not None:
            entity = self.group.seen.entity(tombstone.id)
            if entity is not None and entity.deleted and entity.id not in self.claimed:
                return [entity]
        if self.offer.deleted is Deleted.HOLDS_KEY:
            return same_key
        return [entity for entity in same_key if shares_strong(self.offer, instance.attributes, entity.attributes)]

    def _undelete(self, instance: Instance, entity: Entity) -> Change:
        """R5, R25 where the record is another person's."""
        if not same_person(self.offer, instance.attributes, entity.attributes):
            return self._another_person(instance, entity, "undelete")
        self.claimed[entity.id] = instance.address
        prospect = self._prospect(instance, entity)
        change = changes.undeletion(prospect).because("deleted", f"id {entity.id} is its deleted record")
        return self._refuse_immutable(prospect, change)

    # --- declared, cannot be read -------------------------------------------------------------------------------

    def _unreadable(self, instance: Instance) -> Change:
        address = instance.address
        bound = self.group.bound.get(address)
        if bound is not None:
            return self._assumed(instance, bound)
        imported = self.group.imports.get(address)
        if imported is not None:
            return changes.blind_adoption(instance, self.group, imported)
        unknown = self.group.unknown.get(address)
        if unknown is not None:
            return self._unsettled(instance, unknown)
        return self._unreadable_match(instance)

    def _assumed(self, instance: Instance, bound: Bound) -> Change:
        """R15: compared with what was last sent."""
        prospect = Prospect(instance, self.group, None, bound.attributes, bound)
        change = changes.reconcile(prospect)
        if instance.address in self.group.replaced:
            change = changes.replacement(prospect, "requested", "asked for with `--replace`")
        return change

    def _unsettled(self, instance: Instance, unknown: Unknown) -> Change:
        """R16: a create of which nobody can tell the end."""
        if self.offer.enforces_unique and not unknown.taken:
            return changes.creation(instance, self.group).because(
                "repeat", "an earlier create had no answer; the vendor refuses a double, so it is sent again"
            )
        return changes.unknown(
            instance,
            self.group,
            None,
            "an earlier create had no answer, and the vendor cannot be asked whether it exists",
            f"look for it in the portal: `provisioner state settle {instance.address} --id ID`, or delete it there "
            f"and `provisioner state settle {instance.address} --absent`",
        )

    def _unreadable_match(self, instance: Instance) -> Change:
        """R3 and R4 by the last key sent; R14."""
        key = self.group.key_of(instance)
        for owner, bound in sorted(self.group.bound.items()):
            if bound.natural_key != key or owner == instance.address or bound.id in self.claimed:
                continue
            if owner in self.group.outside:
                return changes.conflict(
                    instance, self.group, "taken", f"`{owner}` (id {bound.id}) holds its natural key", None
                )  # R4
            if owner not in self.group.desired:
                self.claimed[bound.id] = instance.address
                self.moved_away.add(owner)
                prospect = Prospect(instance, self.group, None, bound.attributes, bound)
                change = self._refuse_immutable(prospect, changes.adoption(prospect))
                return replace(change, moved_from=owner).because("moved", f"`{owner}` is no longer declared")
        return changes.creation(instance, self.group).because("new", "not made yet; the vendor cannot be asked")

    # --- not declared -------------------------------------------------------------------------------------------

    def _undesired(self, address: Address) -> Change:
        bound = self.group.bound.get(address)
        if bound is None:
            unknown = self.group.unknown[address]
            return changes.unknown(
                address,
                self.group,
                None,
                f"a create of `{unknown.address}` had no answer, and it is no longer declared",
                f"`provisioner state settle {address} --id ID` or `--absent`, or `provisioner state rm {address}`",
            )  # R20
        if bound.id in self.claimed:
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

    def _leave(self, bound: Bound, there: Mapping[str, Value]) -> Change:
        if bound.address in self.group.kept:
            return changes.forgetting(bound, self.group, None).because("removed", "`removed` says to keep it there")
        if not self.offer.can(Call.CREATE):
            return changes.forgetting(bound, self.group, None).because(
                "read_only", "the vendor cannot create this kind: it is only no longer managed"
            )  # R27
        return changes.deletion(bound, self.group, there)


def _name(entity: Entity, paths: Iterable[str]) -> str:
    """What people would recognise the entity by."""
    shown_values = [str(entity.attributes[path]) for path in paths if entity.attributes.get(path) not in (None, "")]
    return " ".join(shown_values) or entity.id


def unreadable_notice(connection: str, kind: str) -> Diagnostic:
    """Says once for a kind that its drift cannot be seen (R15)."""
    return Diagnostic(
        "drift_unseen",
        f"{kind} on `{connection}` cannot be read: compared with what was last sent; what others change is not seen",
        severity=Severity.NOTICE,
    )
