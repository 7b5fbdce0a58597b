"""An invented vendor that lives in memory, and everything it takes to apply changes to it.

``Clinic`` is the vendor's account: what it holds, what it was asked, and what shall go wrong. It has three kinds:
``people`` are found by counting ids and soft-deleted, ``rooms`` are called by their number and refer to people,
``bells`` cannot be read.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Generator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Annotated, Any, NotRequired, TypeVar

from typing_extensions import TypedDict

from provisioner.address import Address
from provisioner.apply.ask import Asker
from provisioner.apply.events import Event, Kind, Status
from provisioner.apply.link import Link
from provisioner.apply.run import Applier, Report
from provisioner.apply.sending import Courier
from provisioner.apply.step import Stepper
from provisioner.apply.values import Composer
from provisioner.errors import NotFound, OutcomeUnknown, Rejected, VendorFailed
from provisioner.plan.document import Action, Change, FieldChange, Plan
from provisioner.secrets import Secret, SecretRef
from provisioner.state.backends.memory import MemoryBackend
from provisioner.state.document import Bound, Document, Run
from provisioner.state.entries import Put
from provisioner.state.writer import Writer
from provisioner.values import Attributes, Value, VendorId, secret
from provisioner.vendors.base import (
    Answer,
    Call,
    Changing,
    Deleted,
    Effect,
    Entity,
    Find,
    Listing,
    Offer,
    Reading,
    Request,
    Settings,
    Vendor,
    Write,
)
from provisioner.vendors.fields import UNSAID, Fields, Mark, Ref, Reference, Unique

T = TypeVar("T")

ACCOUNT = "clinic:a"
NOON = "2030-01-01T12:00:00Z"


class Person(Fields):
    """Somebody who works there."""

    number: Annotated[str, Mark.NATURAL_KEY, Unique(digits=4)]
    name: Annotated[str, Mark.PERSONAL] = UNSAID
    email: Annotated[str | None, Mark.PERSONAL, Unique()] = UNSAID
    colour: str | None = UNSAID
    pin: SecretRef = UNSAID
    badge: Annotated[SecretRef, Mark.BLANKED] = UNSAID
    seen: Annotated[str, Mark.RUN_TIME] = UNSAID
    floor: Annotated[str, Mark.READ_ONLY] = UNSAID


class Seat(TypedDict):
    """Somebody who sits in a room."""

    people: Reference
    delay: NotRequired[int]
    window: NotRequired[bool]


class Room(Fields):
    """A place, called by its number."""

    number: Annotated[str, Mark.NATURAL_KEY, Mark.IMMUTABLE, Unique()]
    name: Annotated[str, Unique()] = UNSAID
    owner: Annotated[Reference | None, Ref("people")] = UNSAID
    guests: Annotated[tuple[Reference, ...], Ref("people")] = UNSAID
    seats: Annotated[list[Seat], Ref("people")] = UNSAID
    row: Annotated[list[Reference], Ref("people", ordered=True)] = UNSAID


class Bell(Fields):
    """Something that rings, and that nobody can look at."""

    name: Annotated[str, Mark.NATURAL_KEY, Unique()]
    owner: Annotated[Reference | None, Ref("people")] = UNSAID
    tone: str = UNSAID


ALL = Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE | Call.UNDELETE
OFFERS: dict[str, Offer] = {
    "people": Offer(Person, ALL, {}, Find.SCAN, deleted=Deleted.READABLE),
    "rooms": Offer(Room, ALL, {}, Find.BY_KEY, deleted=Deleted.HOLDS_KEY, write=Write.MERGE),
    "bells": Offer(Bell, Call.CREATE | Call.UPDATE | Call.DELETE, {}, Find.NONE, readable=False),
}


@dataclass
class Clinic:
    """The account. ``trouble`` is asked before each request, with the request's ``call``, and may raise or wait."""

    offers: Mapping[str, Offer] = field(default_factory=lambda: dict(OFFERS))
    content: dict[str, dict[str, Entity]] = field(default_factory=dict)
    sent: list[str] = field(default_factory=list)
    bodies: list[Mapping[str, Any]] = field(default_factory=list)
    before: dict[str, list[Exception]] = field(default_factory=dict)
    after: dict[str, list[Exception]] = field(default_factory=dict)
    gates: dict[str, asyncio.Event] = field(default_factory=dict)
    alters: Callable[[str, Value], Value] = lambda _, value: value
    breaks_after: tuple[str, str] | None = None
    """Once the first call was sent, the second one fails."""
    vanishing: bool = False
    """Whatever is made is deleted by somebody at once."""
    later: frozenset[str] = frozenset()
    """Fields that are taken by a second request only, once something is made."""
    at_work: set[str] = field(default_factory=set)
    """Whom somebody would miss right now, by id; asked only of a kind whose offer says so."""
    under_way: int = 0
    most_under_way: int = 0

    def put(self, kind: str, vendor_id: str, **attributes: Value) -> None:
        """Something that is there already."""
        self.content.setdefault(kind, {})[vendor_id] = Entity(VendorId(vendor_id), attributes)

    def bury(self, kind: str, vendor_id: str, **attributes: Value) -> None:
        """A deleted record that is there already."""
        self.content.setdefault(kind, {})[vendor_id] = Entity(VendorId(vendor_id), attributes, deleted=True)

    def lose(self, call: str, *, effect: bool) -> None:
        """The next answer to that call is lost, before or after it had its effect."""
        lost = OutcomeUnknown("it was cut off", connection="x", call=call)
        (self.after if effect else self.before).setdefault(call, []).append(lost)

    @property
    def changes(self) -> list[str]:
        """The requests that were to change something."""
        return [call for call in self.sent if not call.startswith("GET")]

    async def answer(self, request: Request) -> Answer:
        self.sent.append(request.call)
        self.bodies.append(dict(request.json or {}))
        self.under_way += 1
        self.most_under_way = max(self.most_under_way, self.under_way)
        try:
            await asyncio.sleep(0)
            if request.call in self.gates:
                await self.gates[request.call].wait()
            self._spoil(self.before, request)
            if self.breaks_after and self.breaks_after[0] in self.sent and request.call == self.breaks_after[1]:
                raise FAILED
            answer = self._effect(request)
            self._spoil(self.after, request)
            return answer
        finally:
            self.under_way -= 1

    @staticmethod
    def _spoil(troubles: dict[str, list[Exception]], request: Request) -> None:
        waiting = troubles.get(request.call)
        if waiting:
            raise waiting.pop(0)

    def _effect(self, request: Request) -> Answer:
        _, kind, *rest = request.path.split("/")
        held = self.content.setdefault(kind, {})
        match request.effect:
            case Effect.READ:
                return Answer(200 if rest[0] in held else 404)
            case Effect.CREATE:
                return Answer(200, self._create(kind, held, dict(request.json)))
            case Effect.UPDATE:
                self._change(request, kind, held, rest[0])
            case Effect.DELETE:
                if rest[0] in held and self.offers[kind].deleted is Deleted.ABSENT:
                    del held[rest[0]]
                elif rest[0] in held:
                    held[rest[0]] = replace(held[rest[0]], deleted=True)
            case Effect.UNDELETE:
                vendor_id = rest[0].removesuffix("?back")
                held[vendor_id] = replace(held[vendor_id], deleted=False)
        return Answer(200)

    def _create(self, kind: str, held: dict[str, Entity], body: dict[str, Value]) -> str:
        self._refuse_taken(kind, held, body, None)
        number = max((int(key) for key in held), default=0) + 1
        vendor_id = str(body["number"]) if kind == "rooms" else str(number)
        held[vendor_id] = Entity(VendorId(vendor_id), self._kept(body), deleted=self.vanishing)
        return vendor_id

    def _change(self, request: Request, kind: str, held: dict[str, Entity], vendor_id: str) -> None:
        if vendor_id not in held or held[vendor_id].deleted:
            raise NotFound("there is none", connection="x", call=request.call, status=404)
        body = dict(request.json)
        self._refuse_taken(kind, held, body, vendor_id)
        kept = self._kept(body)
        if self.offers[kind].write is Write.MERGE:
            kept = {**held[vendor_id].attributes, **kept}
        held[vendor_id] = replace(held[vendor_id], attributes=kept)

    def _kept(self, body: Mapping[str, Value]) -> dict[str, Value]:
        secrets = {"pin", "badge"}
        return {path: self.alters(path, value) for path, value in body.items() if path not in secrets}

    def _refuse_taken(self, kind: str, held: dict[str, Entity], body: Mapping[str, Value], mine: str | None) -> None:
        paths = [spec.path for spec in self.offers[kind].unique_specs]
        taken = [
            path
            for path in paths
            for entity in held.values()
            if entity.id != mine
            and not entity.deleted
            and body.get(path) not in (None,)
            and entity.attributes.get(path) == body.get(path)
        ]
        if taken:
            raise Rejected("taken", connection="x", call=kind, status=400, taken=tuple(taken))


@dataclass(frozen=True)
class Desk:
    """The adapter of one kind."""

    kind: str
    clinic: Clinic

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        (answer,) = yield (Request("GET", f"/{self.kind}/{vendor_id}", absent_ok=True),)
        return None if answer.absent else self.clinic.content[self.kind][vendor_id]

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        yield (Request("GET", f"/{self.kind}/*"),)
        found = [entity for key, entity in self.clinic.content.get(self.kind, {}).items() if int(key) >= start]
        return Listing(tuple(found), highest=max([known, *(int(entity.id) for entity in found)]))

    def in_use(self, ids: Sequence[VendorId]) -> Reading[Mapping[VendorId, str]]:
        yield [Request("GET", f"/{self.kind}/{vendor_id}/use") for vendor_id in ids]
        return {vendor_id: "at work" for vendor_id in ids if vendor_id in self.clinic.at_work}

    def create(self, values: Mapping[str, Any]) -> Changing[VendorId]:
        later = values.keys() & self.clinic.later
        answer = yield Request(
            "POST",
            f"/{self.kind}",
            json=_wire({path: value for path, value in values.items() if path not in later}),
            effect=Effect.CREATE,
            paths=frozenset(values.keys() - later if later else ()),
            new_id=lambda one: VendorId(one.body),
        )
        vendor_id = VendorId(answer.body)
        if later:
            yield from self.update(vendor_id, values, frozenset(later))
        return vendor_id

    def update(self, vendor_id: VendorId, values: Mapping[str, Any], changed: frozenset[str]) -> Changing[None]:
        yield Request("PUT", f"/{self.kind}/{vendor_id}", json=_wire(values), effect=Effect.UPDATE, paths=changed)

    def delete(self, vendor_id: VendorId) -> Changing[None]:
        yield Request("DELETE", f"/{self.kind}/{vendor_id}", effect=Effect.DELETE, absent_ok=True)

    def undelete(self, vendor_id: VendorId) -> Changing[None]:
        yield Request("PUT", f"/{self.kind}/{vendor_id}?back", effect=Effect.UNDELETE)


def _wire(values: Mapping[str, Any]) -> dict[str, Any]:
    """References as the vendor shows them, secrets as what they are."""

    def one(path: str, value: Any) -> Any:
        if path == "owner":
            return None if value is None else {"id": value}
        if path in ("guests", "row"):
            return [{"id": item} for item in value]
        if path == "seats":
            return [{**item, "people": {"id": item["people"]}} for item in value]
        return "a secret" if isinstance(value, Secret) else value

    return {path: one(path, value) for path, value in values.items()}


@dataclass
class Line:
    """What applying needs of an engine, without a network."""

    clinic: Clinic
    connection: str = "x"
    concurrency: int = 4
    redactions: Sequence[Secret] = ()
    base_url: str = "http://clinic.example"

    @property
    def session(self) -> Any:
        return self

    def adapter(self, kind: str) -> Desk:
        return Desk(kind, self.clinic)

    async def send(self, request: Request) -> Answer:
        return await self.clinic.answer(request)

    async def read(self, reading: Generator[Sequence[Request], Sequence[Answer], T]) -> T:
        try:
            batch = next(reading)
            while True:
                batch = reading.send([await self.send(request) for request in batch])
        except StopIteration as end:
            result: T = end.value
            return result


class ClinicSettings(Settings):
    """Nothing of its own."""


def vendor(offers: Mapping[str, Offer]) -> Vendor:
    return Vendor("clinic", "Clinic", offers, ClinicSettings, lambda _: ACCOUNT, lambda *_: None)  # type: ignore[arg-type]  # it is never connected


@dataclass
class World:
    """A record, a plan to come, and the clinic; ``apply`` does it."""

    writer: Writer
    clinic: Clinic
    line: Line
    lines: dict[str, Line]
    events: list[Event] = field(default_factory=list)
    naps: list[float] = field(default_factory=list)
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    async def bind(self, text: str, vendor_id: str, **known: Any) -> Bound:
        """A binding that is there before the run."""
        address = Address.parse(text)
        attributes: Attributes = known.pop("attributes", {})
        key = OFFERS[address.kind].natural_key(attributes) or ()
        bound = Bound(address, ACCOUNT, VendorId(vendor_id), key, attributes, **known)
        await self.writer.append(Put(bound))
        return bound

    def stepper(self, plan: Plan, begun: frozenset[str] = frozenset()) -> Stepper:
        links = {name: Link(name, vendor(self.clinic.offers), ACCOUNT, line) for name, line in self.lines.items()}
        given = {
            (change.address, item.path): Secret("hush")
            for change in plan.changes
            for item in change.fields
            if item.secret
        }

        async def nap(seconds: float) -> None:
            self.naps.append(seconds)

        return Stepper(
            plan=plan,
            start=self.writer.document,
            writer=self.writer,
            links=links,
            courier=Courier("r", self.writer, {}),
            composer=Composer(self.writer, given),
            asker=Asker(self.writer, sleep=nap),
            tell=self.events.append,
            begun=begun,
            sleep=nap,
        )

    async def apply(
        self, *changes: Change, parallelism: int = 8, done: Sequence[str] = (), begun: bool = False, **plan: Any
    ) -> Report:
        """One run over these changes; ``done`` by the run before, and with ``begun`` the rest perhaps, too."""
        made = Plan("acme", tuple(changes), accounts=plan.pop("accounts", {"x": ACCOUNT}), **plan)
        stepper = self.stepper(made, frozenset(one.key for one in changes) - set(done) if begun else frozenset())
        applier = Applier(
            plan=made,
            run=Run(id="r", plan=made.digest, started=NOON),
            writer=self.writer,
            links=stepper.links,
            steps=stepper,
            tell=self.events.append,
            parallelism=parallelism,
            stop=self.stop,
            now=lambda: NOON,
            done_before=frozenset(done),
        )
        return await applier.apply()

    @property
    def document(self) -> Document:
        return self.writer.document

    def bound(self, text: str) -> Bound:
        found = self.writer.bound(Address.parse(text))
        assert found is not None
        return found

    @property
    def notices(self) -> list[str]:
        return [event.text for event in self.events if event.kind is Kind.NOTICE]


@asynccontextmanager
async def a_world(clinic: Clinic | None = None, **lines: int) -> AsyncIterator[World]:
    """A world with a connection ``x``; ``lines`` are others, with how many calls each takes at once."""
    clinic = clinic or Clinic()
    line = Line(clinic)
    others = {name: Line(clinic, name, concurrency=count) for name, count in lines.items()}
    backend = MemoryBackend(lineage="l-1", clock=lambda: NOON)
    async with backend.writer(who="somebody", command="apply") as writer:
        yield World(writer, clinic, line, {"x": line, **others})


def a_change(text: str, action: Action, vendor_id: str | None = None, **parts: Any) -> Change:
    """A change whose fields are what differs between ``before`` and ``after``; it may blank a person's badge."""
    before, after = parts.get("before"), parts.get("after")
    parts.setdefault("blanks", ("badge",))
    fields = parts.pop("fields", None)
    if fields is None:
        fields = tuple(
            FieldChange(path, (before or {}).get(path), value, secret=isinstance(value, dict) and "secret" in value)
            for path, value in sorted((after or {}).items())
            if before is None or before.get(path) != value
        )
    address = Address.parse(text)
    return Change(
        address, "clinic", action, id=None if vendor_id is None else VendorId(vendor_id), fields=fields, **parts
    )


def in_a_world(test: Callable[[World], Coroutine[Any, Any, None]]) -> Callable[[], None]:
    """An asynchronous test as pytest wants it, with a world of its own."""

    async def story() -> None:
        async with a_world() as world:
            await test(world)

    def told() -> None:
        asyncio.run(story())

    told.__name__, told.__doc__ = test.__name__, test.__doc__
    return told


PIN = secret(1)
FAILED = VendorFailed("it broke", connection="x", call="GET")


def fate(report: Report, key: str) -> tuple[Status, str]:
    """How one change ended, and why."""
    return next((ended.status, ended.why) for ended in report.ended if ended.key == key)


async def ann(world: World, **attributes: str) -> dict[str, str]:
    """Somebody who is there, managed and as last sent."""
    known = {"number": "1001", "name": "Ann", **attributes}
    world.clinic.put("people", "1", **known, colour="red")
    await world.bind("people.ann@x", "1", attributes=known, secrets={"pin": 1})
    return known
