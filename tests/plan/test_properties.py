"""What holds for every plan, over random small worlds; each plan is carried out on a vendor in memory.

The vendor here has soft delete, unique values and references, and refuses at any moment what a real one would.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from provisioner.address import Address
from provisioner.plan.desired import Desired, Instance
from provisioner.plan.document import Action, Change, Plan, Step
from provisioner.plan.document_json import to_json
from provisioner.plan.make import Options
from provisioner.state.document import Bound, Document, Tombstone
from provisioner.values import Value, VendorId, folded, id_in
from provisioner.vendors.base import Deleted, Entity
from tests.factories import (
    ACCOUNT,
    EVERYTHING,
    KINDS,
    World,
    a_bound,
    a_desired,
    a_document,
    a_plan,
    a_tombstone,
    an_entity,
    an_instance,
)

# --- a vendor -----------------------------------------------------------------------------------------------------


@dataclass
class Shop:
    """A vendor and the record of what is managed there, while a plan is carried out."""

    entities: dict[tuple[str, str], Entity]
    bound: dict[Address, Bound]
    tombstones: dict[Address, Tombstone]
    last: int = 100
    calls: list[str] = field(default_factory=list)
    managed: set[tuple[str, str]] = field(default_factory=set)

    def world(self) -> World:
        kinds: dict[tuple[str, str], list[Entity]] = {}
        for (kind, _), entity in self.entities.items():
            kinds.setdefault(("pbx", kind), []).append(entity)
        return World(kinds)

    def document(self) -> Document:
        return a_document(*self.bound.values(), *self.tombstones.values())

    def carry_out(self, plan: Plan) -> None:
        done: set[str] = set()
        self.managed = self._spoken_of(plan)
        for change in plan.changes:
            assert set(change.needs) <= done, f"{change.key} comes before what it needs"
            if change.action is not Action.MANUAL:
                self._do(change)
            self._check(change.key)
            done.add(change.key)

    def _spoken_of(self, plan: Plan) -> set[tuple[str, str]]:
        """The entities whose references this plan writes or takes away."""
        return {
            (change.address.kind, change.id)
            for change in plan.changes
            if change.id is not None
            and (change.action in (Action.DELETE, Action.REPLACE) or "team" in {item.path for item in change.fields})
        }

    def _do(self, change: Change) -> None:
        if change.moved_from is not None and change.moved_from in self.bound:
            self.bound[change.address] = replace(self.bound.pop(change.moved_from), address=change.address)
        match change.action, change.step:
            case Action.FORGET, _:
                self._forget(change)
            case (Action.DELETE, _) | (Action.REPLACE, Step.DELETE):
                self._delete(change)
            case (Action.CREATE, _) | (Action.REPLACE, Step.CREATE) if not change.undeletes:
                self._create(change)
            case Action.UPDATE, Step.PARK:
                self._write(change, bind=False)
            case Action.UPDATE | Action.ADOPT, _:
                self._write(change, bind=True)
            case _:
                self._undelete(change)

    def _resolved(self, kind: str, values: Mapping[str, Value]) -> dict[str, Value]:
        refs = KINDS[kind].ref_paths
        return {
            path: {"id": self.bound[Address.parse(value)].id} if path in refs and isinstance(value, str) else value
            for path, value in values.items()
        }

    def _bind(self, change: Change, vendor_id: VendorId) -> None:
        after = dict(change.after or {})
        key = KINDS[change.address.kind].natural_key(after) or ()
        self.bound[change.address] = Bound(change.address, ACCOUNT, vendor_id, key, after, made=True, file=change.file)
        self.tombstones.pop(change.address, None)

    def _create(self, change: Change) -> None:
        kind = change.address.kind
        after = self._resolved(kind, change.after or {})
        if KINDS[kind].key_is_id:
            vendor_id = VendorId(str(after[KINDS[kind].key_paths[0]]))
            assert (kind, vendor_id) not in self.entities, f"{change.key}: the number is taken"
        else:
            self.last += 1
            vendor_id = VendorId(str(self.last))
        self.entities[kind, vendor_id] = Entity(vendor_id, after)
        self._bind(change, vendor_id)
        self.calls.append(f"create {change.address}")

    def _of(self, change: Change) -> Entity:
        assert change.id is not None
        return self.entities[change.address.kind, change.id]

    def _write(self, change: Change, *, bind: bool) -> None:
        entity = self._of(change)
        assert not entity.deleted, f"{change.key}: it is deleted"
        written = {item.path: item.after for item in change.writable if item.path != "pin"}
        changed = self._resolved(change.address.kind, written)  # type: ignore[arg-type]
        self.entities[change.address.kind, entity.id] = replace(entity, attributes={**entity.attributes, **changed})
        if bind:
            self._bind(change, entity.id)
        if written:
            self.calls.append(f"update {entity.id}")

    def _delete(self, change: Change) -> None:
        kind, entity = change.address.kind, self._of(change)
        if KINDS[kind].deleted is Deleted.ABSENT:
            del self.entities[kind, entity.id]
            self._let_go(kind, entity.id)
        else:
            self.entities[kind, entity.id] = replace(entity, deleted=True)
        bound = self.bound.get(change.address)
        if bound is not None and bound.id == entity.id:
            del self.bound[change.address]
            self._bury(change.address, entity)
        self.calls.append(f"delete {kind} {entity.id}")

    def _let_go(self, kind: str, gone: VendorId) -> None:
        """The vendor itself clears references that no manifest speaks of, and those of deleted records."""
        for place, entity in self.entities.items():
            spoken_of = not entity.deleted and place in self.managed
            for path in KINDS[place[0]].ref_paths if not spoken_of else ():
                spec = KINDS[place[0]].specs[path]
                if spec.ref is not None and spec.ref.kind == kind and id_in(entity.attributes.get(path)) == gone:
                    self.entities[place] = replace(entity, attributes={**entity.attributes, path: None})

    def _bury(self, address: Address, entity: Entity) -> None:
        offer = KINDS[address.kind]
        if offer.deleted is not Deleted.ABSENT:
            personal = {path: entity.attributes.get(path) for path in offer.personal_paths}
            key = offer.natural_key(entity.attributes) or ()
            self.tombstones[address] = Tombstone(address, ACCOUNT, entity.id, key, personal)

    def _forget(self, change: Change) -> None:
        bound = self.bound.pop(change.address)
        entity = self.entities.get((change.address.kind, bound.id))
        if entity is not None and entity.deleted:
            self._bury(change.address, entity)

    def _undelete(self, change: Change) -> None:
        entity = self._of(change)
        assert entity.deleted, f"{change.key}: it is not deleted"
        self.entities[change.address.kind, entity.id] = replace(entity, deleted=False)
        self._check(f"{change.key}, come back")
        self._write(change, bind=True)

    def _check(self, after: str) -> None:
        """What the vendor never lets happen, not for a moment."""
        for (kind, _), entity in self.entities.items():
            for path in KINDS[kind].ref_paths if not entity.deleted else ():
                spec = KINDS[kind].specs[path]
                target = id_in(entity.attributes.get(path))
                if target is not None and spec.ref is not None:
                    found = self.entities.get((spec.ref.kind, target))
                    assert found is not None, f"after {after}: {kind} {entity.id} refers to nothing"
        for kind in KINDS:
            for spec in KINDS[kind].unique_specs:
                active = [e for (k, _), e in self.entities.items() if k == kind and not e.deleted]
                values = [folded(e.attributes.get(spec.path)) for e in active]
                held = [value for value in values if value not in (None, "")]
                assert len(held) == len(set(held)), f"after {after}: {spec.path} twice: {held}"


# --- random worlds ------------------------------------------------------------------------------------------------

NAMES = ("ann", "bob", "cyd", "dan", "eve")
NUMBERS = ("1001", "1002", "1003", "1004", "1005", "1006")
MAILS = tuple(f"{name}@acme.example" for name in (*NAMES, "flo"))
TEAMS = ("red", "blue")


@dataclass(frozen=True)
class Made:
    """The three inputs of a plan, as a random world has them."""

    desired: Desired
    shop: Shop

    def plan(self, world: World | None = None, options: Options = EVERYTHING) -> Plan:
        return a_plan(self.desired, self.shop.document(), world or self.shop.world(), options)


def some(*names: str) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(names), unique=True)


@st.composite
def wishes(draw: st.DrawFn) -> Desired:
    """Up to four people and two teams, without doubles among their unique values."""
    teams = draw(some(*TEAMS))
    instances: list[Instance] = [an_instance(f"teams.{name}", name=name) for name in teams]
    people = draw(some(*NAMES))
    numbers = draw(st.permutations(NUMBERS))
    mails = draw(st.permutations(MAILS))
    for index, name in enumerate(people):
        fields: dict[str, Any] = {"number": numbers[index]}
        if draw(st.booleans()):
            fields["email"] = mails[index]
        if draw(st.booleans()):
            fields["color"] = draw(st.sampled_from(("light", "dark")))
        if teams and draw(st.booleans()):
            fields["team"] = f"teams.{draw(st.sampled_from(teams))}@pbx"
        instances.append(an_instance(f"people.{name}", **fields))
    return a_desired(*instances)


@st.composite
def shops(draw: st.DrawFn) -> Shop:
    """What is there and what of it is managed; some of it was changed or deleted by hand since."""
    shop = Shop({}, {}, {})
    teams = draw(some(*TEAMS))
    for index, name in enumerate(teams, 1):
        entity = an_entity("teams", str(index), name=name)
        shop.entities["teams", entity.id] = entity
        if draw(st.booleans()):
            address = Address("teams", name, "pbx")
            shop.bound[address] = a_bound(str(address), entity.id, name=name)
    numbers, mails = draw(st.permutations(NUMBERS)), draw(st.permutations(MAILS))
    for index, name in enumerate(draw(st.lists(st.sampled_from(NAMES), unique=True, max_size=5))):
        deleted = draw(st.booleans()) and draw(st.booleans())
        number, mail = numbers[index], mails[index]
        if deleted and draw(st.booleans()):
            number, mail = draw(st.sampled_from(NUMBERS)), draw(st.sampled_from(MAILS))
        attributes: dict[str, Any] = {
            "number": number,
            "email": mail,
            "color": draw(st.sampled_from(("light", "dark"))),
        }
        if teams and draw(st.booleans()):
            attributes["team"] = {"id": str(teams.index(draw(st.sampled_from(teams))) + 1)}
        _manage(draw, shop, name, an_entity("people", str(index + 1), deleted=deleted, **attributes))
    return shop


def _manage(draw: st.DrawFn, shop: Shop, name: str, entity: Entity) -> None:
    """The entity as state knows it: bound, gone since, only remembered, or not at all."""
    shop.entities["people", entity.id] = entity
    address = Address("people", name, "pbx")
    known = draw(st.sampled_from(("bound", "bound", "bound", "gone", "tombstone", "none")))
    named = {"1": TEAMS[0], "2": TEAMS[1]}
    fields = dict(entity.attributes)
    team = id_in(fields.pop("team", None))
    owner = next((a for a, b in shop.bound.items() if a.kind == "teams" and b.id == team), None)
    if owner is not None and named:
        fields["team"] = str(owner)
    if known in ("bound", "gone"):
        shop.bound[address] = a_bound(str(address), entity.id, **fields)
    if known == "gone":
        del shop.entities["people", entity.id]
    if known == "tombstone" and entity.deleted:
        shop.tombstones[address] = a_tombstone(str(address), entity.id, personal={"email": fields["email"]})


worlds = st.builds(Made, wishes(), shops())


def without_times(plan: Plan) -> str:
    return json.dumps(to_json(plan), sort_keys=False)


@settings(max_examples=200, deadline=None)
@given(worlds)
def test_a_plan_after_its_apply_is_empty(made: Made) -> None:
    """Nothing is left to do, nothing unmanaged was deleted, and no rule was broken on the way."""
    plan = made.plan()
    assume(not plan.blocked and not plan.errors)
    managed = {(bound.address.kind, bound.id) for bound in made.shop.bound.values()}

    made.shop.carry_out(plan)

    again = made.plan()
    assert [change.key for change in again.changes] == []
    deleted = {tuple(call.split()[1:]) for call in made.shop.calls if call.startswith("delete")}
    assert deleted <= managed


@settings(max_examples=150, deadline=None)
@given(worlds, st.randoms())
def test_the_order_of_the_input_does_not_matter(made: Made, dice: Any) -> None:
    """Whatever order maps and listings come in, the plan is the same to the byte."""

    def shuffled(items: Iterable[Any]) -> list[Any]:
        found = list(items)
        dice.shuffle(found)
        return found

    desired = replace(made.desired, instances=dict(shuffled(made.desired.instances.items())))
    shop = Shop(
        dict(shuffled(made.shop.entities.items())),
        dict(shuffled(made.shop.bound.items())),
        dict(shuffled(made.shop.tombstones.items())),
    )

    assert without_times(Made(desired, shop).plan()) == without_times(made.plan())


NEEDS_EVIDENCE = {Action.CREATE, Action.DELETE, Action.UNDELETE, Action.FORGET, Action.ADOPT}


@settings(max_examples=100, deadline=None)
@given(worlds)
def test_incomplete_evidence_decides_nothing(made: Made) -> None:
    """Where no kind can be read whole, nothing is made, taken, deleted, brought back or forgotten."""
    world = replace(made.shop.world(), failures={"people:*": "401", "teams:*": "401"})

    plan = made.plan(world)

    assert {change.action for change in plan.changes} <= {Action.UNKNOWN}


@settings(max_examples=150, deadline=None)
@given(worlds)
def test_a_search_cut_short_makes_and_takes_nothing(made: Made) -> None:
    """Bound entities are read by their ids and may change; what must be looked for is unknown."""
    world = replace(made.shop.world(), incomplete={"people": "page 2", "teams": "page 2"})
    gone = {bound.id for bound in made.shop.bound.values()} - {one for _, one in made.shop.entities}

    plan = made.plan(world)

    for change in plan.changes:
        assert change.action not in {Action.CREATE, Action.ADOPT, Action.UNDELETE}, change.key
        assert not (change.action is Action.FORGET and change.address.kind == "teams" and change.id not in gone)


@settings(max_examples=150, deadline=None)
@given(worlds)
def test_no_two_addresses_change_one_entity(made: Made) -> None:
    """Each id is somebody's, once."""
    seen: dict[tuple[str, VendorId], Address] = {}
    for change in made.plan().changes:
        if change.id is not None and change.action not in (Action.CONFLICT, Action.UNKNOWN):
            assert seen.setdefault((change.address.kind, change.id), change.address) == change.address


@settings(max_examples=150, deadline=None)
@given(worlds, some(*NAMES))
def test_an_exclude_leaves_the_excluded_alone(made: Made, names: list[str]) -> None:
    """No step is theirs, and what is done without them breaks no rule."""
    known = {address.key for address in (*made.desired.instances, *made.shop.bound) if address.kind == "people"}
    excluded = [name for name in names if name in known]
    assume(excluded)

    plan = made.plan(options=Options(excludes=tuple(f"people.{name}" for name in excluded)))
    assume(not plan.blocked and not plan.errors)

    assert not {change.address.key for change in plan.changes if change.address.kind == "people"} & set(excluded)
    made.shop.carry_out(plan)


@settings(max_examples=150, deadline=None)
@given(worlds, st.sampled_from(NAMES))
def test_a_target_is_as_done_as_in_the_whole_plan(made: Made, name: str) -> None:
    """What is done for it alone breaks no rule, and leaves nothing to do for it."""
    known = {address.key for address in (*made.desired.instances, *made.shop.bound) if address.kind == "people"}
    assume(name in known)
    options = Options(targets=(f"people.{name}",))

    plan = made.plan(options=options)
    assume(not plan.blocked and not plan.errors)
    made.shop.carry_out(plan)

    left = {address.key for address in (*made.desired.instances, *made.shop.bound) if address.kind == "people"}
    assert name not in left or [change.key for change in made.plan(options=options).changes] == []


@settings(max_examples=150, deadline=None)
@given(st.integers(2, 12).flatmap(lambda n: st.permutations(range(n))))
def test_any_permutation_of_unique_values_is_planned(order: list[int]) -> None:
    """Numbers may be handed round in whatever way: one parking a ring, no value is ever held twice."""
    shop = Shop({}, {}, {})
    for index in range(len(order)):
        entity = an_entity(id=str(index + 1), number=str(1001 + index))
        shop.entities["people", entity.id] = entity
        address = f"people.p{index}@pbx"
        shop.bound[Address.parse(address)] = a_bound(address, entity.id, number=str(1001 + index))
    desired = a_desired(*(an_instance(f"people.p{i}", number=str(1001 + to)) for i, to in enumerate(order)))
    made = Made(desired, shop)
    moving = [index for index, to in enumerate(order) if index != to]

    plan = made.plan()

    assert plan.blocked == ()
    assert len(plan.changes) == len(moving) + _rings(order)
    shop.carry_out(plan)
    assert made.plan().changes == ()


def _rings(order: list[int]) -> int:
    """How many rings of two or more the permutation is made of."""
    seen: set[int] = set()
    rings = 0
    for start in range(len(order)):
        ring = []
        while start not in seen:
            seen.add(start)
            ring.append(start)
            start = order[start]
        rings += len(ring) > 1
    return rings
