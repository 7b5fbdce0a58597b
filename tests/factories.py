"""Values to test planning with: an invented vendor with a kind for every manner, and keyword factories around it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, NotRequired

from typing_extensions import TypedDict

from provisioner.address import Address, Pattern
from provisioner.apply.observe import Observed, observe
from provisioner.diagnostics import Diagnostic, Position, Severity
from provisioner.plan.desired import Connected, Desired, Instance
from provisioner.plan.document import Change, Plan
from provisioner.plan.make import Options, make
from provisioner.secrets import SecretRef
from provisioner.state.document import Bound, Document, Intent, Tombstone, Unknown
from provisioner.values import Value, VendorId, secret
from provisioner.vendors.base import Call, Deleted, Entity, Find, Offer, Settings, Vendor, Write
from provisioner.vendors.fields import UNSAID, Fields, Mark, Ref, Reference, Unique
from provisioner.vendors.live import Live, Seen, Want

ACCOUNT = "acme:pbx.example:443/api"

EVERYTHING = Options()
"""A plan of all that there is, without a word from the command line."""

# --- the vendor ---------------------------------------------------------------------------------------------------


class Person(Fields):
    """People, found by scanning ids; a delete leaves a record that can be read and brought back."""

    number: Annotated[str, Mark.NATURAL_KEY, Mark.CREATE_REQUIRED, Unique(digits=4)]
    first_name: Annotated[str, Mark.PERSONAL] = UNSAID
    last_name: Annotated[str | None, Mark.PERSONAL, Mark.CLEARABLE] = UNSAID
    email: Annotated[str, Mark.PERSONAL, Unique()] = UNSAID
    login: Annotated[str, Unique()] = UNSAID
    nickname: Annotated[str | None, Mark.CLEARABLE, Unique()] = UNSAID
    note: Annotated[str | None, Mark.CLEARABLE] = UNSAID
    color: Annotated[str, Mark.IMMUTABLE] = UNSAID
    badge: Annotated[str, Mark.READ_ONLY] = UNSAID
    origin: Annotated[str, Mark.CREATE_ONLY] = UNSAID
    hint: Annotated[str, Mark.MATCH_ONLY] = UNSAID
    calls: Annotated[int, Mark.RUN_TIME] = UNSAID
    pin: SecretRef = UNSAID
    team: Annotated[Reference | None, Ref("teams")] = UNSAID
    skills: Annotated[list[Reference], Ref("codes")] = UNSAID
    boss: Annotated[Reference | None, Ref("people")] = UNSAID


class Named(Fields):
    """Whatever has a unique name and a note."""

    name: Annotated[str, Mark.NATURAL_KEY, Unique()]
    note: str = UNSAID


class Line(Fields):
    """Lines: the number is what the vendor calls them, and a deleted one keeps it."""

    extension: Annotated[str, Mark.NATURAL_KEY, Mark.IMMUTABLE, Unique(digits=4)]
    name: Annotated[str, Mark.CREATE_REQUIRED, Unique()] = UNSAID
    ring: str = UNSAID
    mode: Annotated[str, Mark.IMMUTABLE] = UNSAID


class Phone(Fields):
    """Phones: the number is what the vendor calls them, and it is free again after a delete."""

    extension: Annotated[str, Mark.NATURAL_KEY, Mark.IMMUTABLE, Unique(digits=4)]
    name: Annotated[str, Unique()] = UNSAID
    secret: Annotated[SecretRef | None, Mark.BLANKED, Mark.CLEARABLE] = UNSAID
    owner: Annotated[Reference | None, Ref("people")] = UNSAID
    serial: Annotated[str, Mark.READ_ONLY] = UNSAID


class Alarm(Fields):
    """Alarms, which nobody can read back."""

    person: Annotated[Reference | None, Mark.NATURAL_KEY, Mark.IMMUTABLE, Ref("people")] = UNSAID
    name: Annotated[str, Mark.NATURAL_KEY, Unique(within="person")]
    level: int = UNSAID
    line: Annotated[Reference, Ref("lines")] = UNSAID
    lines: Annotated[list[Reference], Ref("lines")] = UNSAID


class Seat(Fields):
    """Seats, of which only the portal gives the code."""

    name: Annotated[str, Mark.NATURAL_KEY]
    code: Annotated[str, Mark.ASSIGNED] = UNSAID
    note: str = UNSAID


class Group(Fields):
    """Groups that refer to a team for good, and may be made twice."""

    name: Annotated[str, Mark.NATURAL_KEY]
    team: Annotated[Reference, Mark.IMMUTABLE, Ref("teams")] = UNSAID


class Mailbox(Fields):
    """What a desk keeps of missed calls."""

    size: Annotated[int | None, Mark.CLEARABLE] = UNSAID
    secret: Annotated[SecretRef, Mark.BLANKED] = UNSAID


class Desk(Fields):
    """Desks, with a map of fields; each may refer to a post, and each post to a desk."""

    name: Annotated[str, Mark.NATURAL_KEY, Unique()]
    note: str = UNSAID
    floor: int = UNSAID
    label: Annotated[str, Unique(within="floor")] = UNSAID
    mailbox: Annotated[Mailbox | None, Mark.CLEARABLE] = UNSAID
    post: Annotated[Reference, Mark.IMMUTABLE, Ref("posts")] = UNSAID


class Post(Fields):
    """Posts at which desks stand."""

    name: Annotated[str, Mark.NATURAL_KEY, Unique()]
    color: Annotated[str, Mark.IMMUTABLE] = UNSAID
    desk: Annotated[Reference, Ref("desks")] = UNSAID


class Mate(TypedDict):
    """Somebody in a crew."""

    people: Reference
    delay: NotRequired[int]
    awake: NotRequired[bool]


class Crew(Fields):
    """Crews, with lists of references: of members with fields, of any order, and in order."""

    name: Annotated[str, Mark.NATURAL_KEY, Unique()]
    people: Annotated[list[Mate], Ref("people")] = UNSAID
    codes: Annotated[list[Reference], Ref("codes")] = UNSAID
    row: Annotated[list[Reference], Ref("codes", ordered=True)] = UNSAID


MOST = Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE

PEOPLE = Offer(Person, MOST | Call.UNDELETE, {}, Find.SCAN, deleted=Deleted.READABLE)
CODES = Offer(Named, MOST | Call.UNDELETE, {}, Find.SCAN, deleted=Deleted.READABLE)
TEAMS = Offer(Named, MOST | Call.LIST, {}, Find.LIST)
LINES = Offer(Line, MOST | Call.UNDELETE, {}, Find.BY_KEY, deleted=Deleted.HOLDS_KEY)
PHONES = Offer(Phone, MOST, {}, Find.BY_KEY)
ALARMS = Offer(Alarm, Call.CREATE | Call.UPDATE | Call.DELETE, {}, Find.NONE, readable=False)
LOOSE = Offer(Alarm, ALARMS.calls, {}, Find.NONE, readable=False, enforces_unique=False)
ZONES = Offer(Named, Call.READ | Call.LIST, {}, Find.LIST)
SEATS = Offer(Seat, MOST | Call.LIST, {}, Find.LIST)
GROUPS = Offer(Group, MOST | Call.LIST, {}, Find.LIST)
RELICS = Offer(Named, Call.LIST | Call.READ | Call.CREATE, {}, Find.LIST, deleted=Deleted.READABLE)
DESKS = Offer(Desk, MOST | Call.LIST, {}, Find.LIST)
POSTS = Offer(Post, MOST | Call.LIST, {}, Find.LIST)
CREWS = Offer(Crew, MOST | Call.LIST, {}, Find.LIST, write=Write.MERGE)
HOLDERS = Offer(Person, MOST | Call.UNDELETE, {}, Find.SCAN, deleted=Deleted.HOLDS_KEY)

KINDS: Mapping[str, Offer] = {
    "people": PEOPLE,
    "codes": CODES,
    "teams": TEAMS,
    "lines": LINES,
    "phones": PHONES,
    "alarms": ALARMS,
    "loose": LOOSE,
    "zones": ZONES,
    "seats": SEATS,
    "groups": GROUPS,
    "relics": RELICS,
    "holders": HOLDERS,
    "desks": DESKS,
    "posts": POSTS,
    "crews": CREWS,
}


def _no_session(*_: object) -> Any:
    raise AssertionError("nobody connects in a test of the planner")


ACME = Vendor("acme", "Acme", KINDS, Settings, lambda _: ACCOUNT, _no_session)


class Nowhere:
    """The place of a declaration that stands in no file."""

    def position(self, path: tuple[str | int, ...] = (), *, of_key: bool = False) -> Position:
        return Position("acme.yaml", 1, 1)

    def problem(
        self,
        code: str,
        message: str,
        path: tuple[str | int, ...] = (),
        *,
        of_key: bool = False,
        expected: str | None = None,
        hint: str | None = None,
        severity: Severity = Severity.ERROR,
    ) -> Diagnostic:
        return Diagnostic(code, message, self.position(path), hint=hint, severity=severity)

    def raw(self, path: tuple[str | int, ...] = ()) -> str | None:
        return None


# --- desired, prior, live -----------------------------------------------------------------------------------------

DEFAULT_KEY: Mapping[str, Mapping[str, Value]] = {
    "people": {"number": "1001"},
    "holders": {"number": "1001"},
    "lines": {"extension": "500"},
    "phones": {"extension": "700"},
    "alarms": {"person": None, "name": "busy"},
    "loose": {"person": None, "name": "busy"},
}
"""The natural key of what a test does not name; for every other kind ``{"name": "one"}``."""


def at(text: str) -> Address:
    """The address; on connection ``pbx`` where it does not say."""
    return Address.parse(text if "@" in text else f"{text}@pbx")


def _with_key(kind: str, attributes: Mapping[str, Any]) -> dict[str, Any]:
    return {**DEFAULT_KEY.get(kind, {"name": "one"}), **attributes}


def an_instance(address: str = "people.jane", **attributes: Any) -> Instance:
    """A declaration; what begins with an underscore is a member of the Instance (``_ignore``), not a field."""
    where = at(address)
    members = {name[1:]: value for name, value in attributes.items() if name.startswith("_")}
    fields = {name.replace("__", "."): v for name, v in attributes.items() if not name.startswith("_")}
    return Instance(where, KINDS[where.kind], "acme", _with_key(where.kind, fields), **{"file": "acme.yaml", **members})


def a_bound(address: str = "people.jane", id: str = "7", **attributes: Any) -> Bound:
    """What state has of an entity; what begins with an underscore is a member of the Bound."""
    where = at(address)
    members = {name[1:]: value for name, value in attributes.items() if name.startswith("_")}
    fields = _with_key(where.kind, {n: v for n, v in attributes.items() if not n.startswith("_")})
    key = KINDS[where.kind].natural_key(fields)
    assert key is not None
    defaults: dict[str, Any] = {"account": ACCOUNT, "natural_key": key, "file": "acme.yaml", "made": True}
    return Bound(address=where, id=VendorId(id), attributes=fields, **{**defaults, **members})


def an_unknown(address: str = "alarms.busy", **members: Any) -> Unknown:
    """A create of which nobody can tell the end."""
    where = at(address)
    fields = _with_key(where.kind, {})
    return Unknown(where, ACCOUNT, KINDS[where.kind].natural_key(fields) or (), fields, **members)


def a_tombstone(address: str = "people.jane", id: str = "7", **members: Any) -> Tombstone:
    """What stays of an address after a soft delete."""
    where = at(address)
    key = KINDS[where.kind].natural_key(_with_key(where.kind, {})) or ()
    return Tombstone(where, id=VendorId(id), **{"account": ACCOUNT, "natural_key": key, **members})


def an_intent(address: str = "people.jane", verb: str = "create", id: int = 1, **members: Any) -> Intent:
    """A request without an outcome."""
    where = at(address)
    fields = _with_key(where.kind, members.pop("attributes", {}))
    defaults: dict[str, Any] = {
        "run": "r-1",
        "change": str(where),
        "account": ACCOUNT,
        "kind": where.kind,
        "natural_key": KINDS[where.kind].natural_key(fields) or (),
        "attributes": fields,
    }
    return Intent(id=id, verb=verb, address=where, **{**defaults, **members})


def an_entity(
    kind: str = "people", id: str = "7", *, deleted: bool = False, pending: bool = False, **fields: Any
) -> Entity:
    """What the vendor shows."""
    return Entity(VendorId(id), _with_key(kind, fields), deleted=deleted, pending=pending)


def a_connection(name: str = "pbx", account: str = ACCOUNT) -> Connected:
    return Connected(name, ACME, Settings(vendor="acme"), account, {}, Nowhere())


def a_desired(
    *instances: Instance,
    connections: Mapping[str, str] | None = None,
    moved: Iterable[tuple[str, str]] = (),
    removed: Iterable[tuple[str, bool]] = (),
    imports: Mapping[str, str] | None = None,
    **members: Any,
) -> Desired:
    """What the manifests say."""
    return Desired(
        tenant=members.pop("tenant", "acme"),
        connections={name: a_connection(name, account) for name, account in (connections or {"pbx": ACCOUNT}).items()},
        instances={instance.address: instance for instance in instances},
        moved=tuple((Pattern.parse(one), Pattern.parse(other)) for one, other in moved),
        removed=tuple((Pattern.parse(text), destroy) for text, destroy in removed),
        imports={at(address): VendorId(one) for address, one in (imports or {}).items()},
        files=members.pop("files", ("acme.yaml",)),
        **members,
    )


def a_document(*items: Bound | Unknown | Tombstone | Intent, **members: Any) -> Document:
    """What state says."""
    return Document(
        lineage="l-1",
        tenant=members.pop("tenant", "acme"),
        bound={item.address: item for item in items if isinstance(item, Bound)},
        unknown={item.address: item for item in items if isinstance(item, Unknown)},
        tombstones={item.address: item for item in items if isinstance(item, Tombstone)},
        pending={item.id: item for item in items if isinstance(item, Intent)},
        **members,
    )


@dataclass
class World:
    """What the vendors would show, and how far they can be asked.

    ``failures`` says for an id (with its kind: ``people:7``) or a kind (``people:*``) why it cannot be read,
    ``incomplete`` for a kind why a search cannot see everything. ``asked`` remembers every want.
    """

    entities: Mapping[tuple[str, str], Sequence[Entity]] = field(default_factory=dict)
    failures: Mapping[str, str] = field(default_factory=dict)
    incomplete: Mapping[str, str] = field(default_factory=dict)
    asked: list[tuple[str, Want]] = field(default_factory=list)

    async def read(self, wants: Mapping[str, Sequence[Want]], before: Live) -> Live:
        kinds = {}
        for connection, many in wants.items():
            for want in many:
                self.asked.append((connection, want))
                kinds[connection, want.kind] = self._seen(connection, want)
        return Live(kinds)

    def _seen(self, connection: str, want: Want) -> Seen:
        whole = self.failures.get(f"{want.kind}:*")
        if whole is not None:
            return Seen(want.offer, failures={"*": whole}, searched=want.search, incomplete=whole)
        there = {entity.id: entity for entity in self.entities.get((connection, want.kind), ())}
        listed = want.offer.find is Find.LIST
        searched = want.search or (listed and bool(want.ids))
        ids = {*want.ids, *want.key_ids.values()} | (there.keys() if searched else set())
        failures = {one: why for one in ids if (why := self.failures.get(f"{want.kind}:{one}")) is not None}
        by_id = {one: there.get(one) for one in sorted(ids) if one not in failures}
        keys = frozenset(key for key, one in want.key_ids.items() if one in by_id)
        incomplete = self.incomplete.get(want.kind) if searched else None
        return Seen(want.offer, by_id, failures, keys, searched, incomplete)


def a_world(
    *, failures: Mapping[str, str] | None = None, incomplete: Mapping[str, str] | None = None, **kinds: Sequence[Entity]
) -> World:
    """What connection ``pbx`` would show, by kind."""
    entities = {("pbx", kind): many for kind, many in kinds.items()}
    return World(entities, failures or {}, incomplete or {})


def observed(desired: Desired, prior: Document, world: World, options: Options = EVERYTHING) -> Observed:
    """What a plan of that world would be made from."""
    return asyncio.run(observe(desired, prior, options, world.read))


def a_plan(
    desired: Desired, prior: Document | None = None, world: World | None = None, options: Options = EVERYTHING
) -> Plan:
    """The plan, after as many rounds of reading as it takes."""
    seen = observed(desired, prior or a_document(), world or World(), options)
    return make(seen.scope, seen.live, options)


def the_change(plan: Plan, address: str = "people.jane") -> Change:
    """The one change of an address."""
    (change,) = [change for change in plan.changes if change.address == at(address)]
    return change


def a_secret(version: int = 1) -> Value:
    return secret(version)
