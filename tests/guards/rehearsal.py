"""A plan of a scene without a process or a socket: the tool's own pipeline, with the vendors' simulators in memory.

Manifests are read from a real folder; adapters, reading, planning and guards are the tool's. Only what carries a
request is ours: ``Direct`` hands it to the simulator's account, and what was read once is remembered as long as nothing
changes there. Where the vendor misbehaves, the tool's own engine sends it to the simulator's server.
"""

from __future__ import annotations

import asyncio
import gc
import shutil
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from provisioner.address import Address
from provisioner.apply.link import Link
from provisioner.apply.values import Composer
from provisioner.cli.planning import plan_tenant
from provisioner.cli.tenant import Tenant
from provisioner.errors import ManifestError
from provisioner.plan.desired import Desired, check
from provisioner.plan.document import Plan
from provisioner.plan.make import Options
from provisioner.secrets import Secret
from provisioner.simulators.base import Account, Checks
from provisioner.simulators.base import Request as Asked
from provisioner.simulators.finding import find
from provisioner.simulators.serving.application import Application
from provisioner.state.document import Bound, Document, Tombstone
from provisioner.values import VendorId
from provisioner.vendors.base import Adapter, Answer, Entity, Listing, Reading, Request, Session
from provisioner.vendors.http import Engine
from provisioner.vendors.loading import find_vendor, vendor_names
from provisioner.vendors.sealing import seal
from tests.guards.houses import MAIN, OTHER, House, written
from tests.guards.scene import Portal, Scene, Unfit, scene

T = TypeVar("T")

HOSTS = {MAIN: "http://main.example", OTHER: "http://other.example"}

SECRETS = {"FIRST_PASSWORD": "harbour-42", "FIRST_PIN": "4711", "SIP_SECRET": "invented"}


@dataclass(frozen=True)
class Outcome:
    """What a plan came to: why it was refused, if it was; how many of each action it holds."""

    stopped_by: frozenset[str]
    does: Mapping[str, int]
    words: str = ""

    @staticmethod
    def of(plan: Plan) -> Outcome:
        """The names of the guards that refuse the plan, and of the actions for which apply would not take it up."""
        names = {trip.name for trip in plan.tripped} | {str(change.action) for change in plan.blocked}
        counts = {name: count for name, count in plan.summary.items() if count and name != "none"}
        counts.pop("unmanaged", None)
        return Outcome(frozenset(names), counts, "; ".join(trip.message for trip in plan.tripped))


# --- the vendors --------------------------------------------------------------------------------------------------


@dataclass
class Person:
    """An account in memory, as a person sees it in the vendor's administration; ``touched`` once one has."""

    application: Application
    touched: bool = False
    faulty: bool = False

    @property
    def account(self) -> Account:
        self.touched = True
        return self.application.account

    def create(self, kind: str, attributes: Mapping[str, Any], *, force: bool = False) -> str:
        return self.account.create(kind, attributes, Checks.NONE if force else Checks.ALL)

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], *, force: bool = False) -> None:
        self.account.change(kind, key, attributes, Checks.NONE if force else Checks.ALL)

    def delete(self, kind: str, key: str) -> None:
        self.account.delete(kind, key)

    def empty(self) -> None:
        self.account.empty()

    def settings(self, **changes: Any) -> None:
        self.account.configure(changes)

    def fault(self, effect: str, **rule: Any) -> None:
        self.application.faults.add([{"effect": effect, **rule}])
        self.faulty = True


@dataclass
class Direct:
    """What reading needs of an engine, without one: each request goes straight to the account."""

    session: Session
    connection: str
    application: Application
    concurrency: int = 4

    async def read(self, reading: Reading[T]) -> T:
        try:
            batch = next(reading)
            while True:
                batch = reading.send([self.answer(request) for request in batch])
        except StopIteration as end:
            result: T = end.value
            return result

    def answer(self, request: Request) -> Answer:
        """The account's answer, after the session's check."""
        answer = self._asked(request)
        self.session.check(request, answer)
        return answer

    def _asked(self, request: Request) -> Answer:
        sealed = seal("", self.session.sign(request), connection=self.connection)
        path, _, query = sealed.url.partition("?")
        pairs = tuple(parse_qsl(query, keep_blank_values=True))
        headers = dict(sealed.headers)
        kind = headers.get("content-type", "")
        asked = Asked(sealed.method, path, dict(pairs), kind, sealed.content or b"", headers, pairs)
        said = self.application.account.answer(asked)
        return Answer(said.status, said.body.decode(), {"content-type": said.content_type or ""})


@dataclass
class Remembering:
    """A session of an account in which nothing changes: what one plan has read of an entity, the next one has, too."""

    session: Session
    entities: dict[tuple[str, VendorId], Entity | None] = field(default_factory=dict)
    listings: dict[tuple[str, int, int, frozenset[VendorId]], Listing] = field(default_factory=dict)

    def adapter(self, kind: str) -> Remembered:
        return Remembered(self.session.adapter(kind), kind, self)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.session, name)


@dataclass
class Remembered:
    """An adapter that reads each entity once."""

    inner: Adapter
    kind: str
    memory: Remembering

    def read(self, vendor_id: VendorId) -> Reading[Entity | None]:
        entities = self.memory.entities
        if (self.kind, vendor_id) not in entities:
            entities[self.kind, vendor_id] = yield from self.inner.read(vendor_id)
        return entities[self.kind, vendor_id]

    def find_all(
        self, *, known: int = 0, start: int = 1, held: Mapping[VendorId, Entity] = MappingProxyType({})
    ) -> Reading[Listing]:
        place, listings = (self.kind, known, start, frozenset(held)), self.memory.listings
        if place not in listings:
            listings[place] = yield from self.inner.find_all(known=known, start=start, held=held)
        return listings[place]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)


class InMemory(httpx.AsyncBaseTransport):
    """Carries what the tool's engine sends to a simulator's server, faults included."""

    def __init__(self, application: Application) -> None:
        self._serve = httpx.ASGITransport(self._with_transport(application))

    @staticmethod
    def _with_transport(application: Application) -> Callable[..., Awaitable[None]]:
        async def serve(scope: dict[str, Any], receive: Any, send: Any) -> None:
            await application({**scope, "state": {"transport": None}}, receive, send)

        return serve

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        return await self._serve.handle_async_request(request)


# --- a house, applied ---------------------------------------------------------------------------------------------


@dataclass
class Rehearsal:
    """A house as it was applied: its folder, the record, the vendors' accounts, and what was read of them before."""

    house: House
    folder: Path
    document: Document = field(default_factory=lambda: Document("l-1"))
    applications: dict[str, Application] = field(default_factory=dict)
    snapshots: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    senders: dict[tuple[str, str], Direct] = field(default_factory=dict)
    """By connection and account: an edit may give a connection's name to another account."""
    desired: Desired | None = None

    @staticmethod
    def of(house: House, folder: Path) -> Rehearsal:
        """The house after a first apply, made with the adapters' own requests."""
        made = Rehearsal(house, folder)
        for url, vendor in house.accounts.items():
            made.applications[url] = Application(find(vendor), {})
            made.applications[url].account.configure(house.settings)
        left = {Address.parse(text).key: fields for text, fields in house.left.items()}
        made._write({**house.files, **({"left.yaml": written("agents", left)} if left else {})})
        made._apply()
        if left:
            (folder / "left.yaml").unlink()
        made.snapshots = {url: one.account.snapshot() for url, one in made.applications.items()}
        made.desired = made.checked(house.overlays)
        return made

    def outcome(self, steps: Iterable[Mapping[str, Any]], environment: pytest.MonkeyPatch) -> Outcome:
        """What comes of a plan after these steps. All is as before afterwards."""
        persons = self._persons()
        there = scene(self.house, self.document, lambda url: self._portal(persons, url))
        there.edit(steps)
        for name, value in there.environ.items():
            environment.setenv(name, value)
        return self._of(there, persons)

    def together(self, edits: Sequence[Sequence[Mapping[str, Any]]]) -> tuple[Outcome, list[int]]:
        """What comes of a plan after several edits of files, and the places of those that do not fit the others."""
        persons = self._persons()
        there = scene(self.house, self.document, lambda url: self._portal(persons, url))
        unfit = []
        for place, steps in enumerate(edits):
            try:
                there.edit(steps)
            except Unfit:
                unfit.append(place)
        return self._of(there, persons), unfit

    def _of(self, there: Scene, persons: Mapping[str, Person]) -> Outcome:
        with self._edited(there):
            try:
                same = there.files == self.house.files and there.overlays == tuple(self.house.overlays)
                desired = self.desired if same and self.desired else self.checked(there.overlays)
            except ManifestError as error:
                return Outcome(frozenset({"invalid"}), {}, error.diagnostics[0].message)
        return Outcome.of(self._planned(desired, there.state, options_of(there.typed), self._lines(persons)))

    def _persons(self) -> dict[str, Person]:
        """Accounts of the same content, once somebody asks for them."""
        return {url: Person(Application(one.simulator, {})) for url, one in self.applications.items()}

    def _portal(self, persons: Mapping[str, Person], url: str) -> Portal:
        if not persons[url].touched:
            persons[url].account.restore(self.snapshots[url])
        return persons[url]

    def checked(self, overlays: Sequence[str]) -> Desired:
        """What the folder wants."""
        return check(self.folder, find_vendor, vendor_names=vendor_names, overlays=[Path(name) for name in overlays])

    def _planned(self, desired: Desired, state: Document, options: Options, lines: Lines) -> Plan:
        tenant = Tenant(self.folder, desired, None, local=True)  # type: ignore[arg-type]  # the record is at hand
        planned: list[Plan] = []

        async def plan() -> None:
            planned.append((await plan_tenant(tenant, state, options, lines, None)).plan)  # type: ignore[arg-type]

        lines.desired = desired
        asyncio.run(plan())
        return planned[0]

    # --- files ------------------------------------------------------------------------------------------------

    def _write(self, files: Mapping[str, str]) -> None:
        for file, text in files.items():
            path = self.folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(addressed(text, self._urls()), encoding="utf-8")

    def _urls(self) -> dict[str, str]:
        return {url: HOSTS[url] + one.simulator.base_path for url, one in self.applications.items()}

    @contextmanager
    def _edited(self, there: Scene) -> Iterator[None]:
        """The folder as the scene has it."""
        before = self.house.files
        changed = {file: text for file, text in there.files.items() if before.get(file) != text}
        gone = before.keys() - there.files.keys()
        self._write(changed)
        for file in gone:
            (self.folder / file).unlink()
        try:
            yield
        finally:
            for file in changed.keys() - before.keys():
                (self.folder / file).unlink()
            self._write({file: before[file] for file in gone | (changed.keys() & before.keys())})

    # --- what was applied -------------------------------------------------------------------------------------

    def _lines(self, persons: Mapping[str, Person]) -> Lines:
        return Lines(self, persons)

    def _apply(self) -> None:
        """Every create of a first plan, as apply would send it, and then the end of those who left."""
        desired = self.checked(self.house.overlays)
        lines = self._lines(self._persons())
        plan = self._planned(desired, self.document, Options(), lines)
        record = _Record()
        composer = Composer(record, _secrets(plan))  # type: ignore[arg-type]  # of a writer it needs who is bound
        for change in plan.changes:
            connected = desired.connections[change.address.connection]
            sender = lines.sender(change.address.connection)
            adapter = sender.session.adapter(change.address.kind)
            body = composer.creation(change, connected.vendor.kinds[change.address.kind])
            vendor_id = change.id or _driven(sender, adapter.create(body.values))
            record.bindings[change.address] = Bound(
                address=change.address,
                account=connected.account,
                id=vendor_id,
                natural_key=body.load.natural_key,
                attributes=body.load.attributes,
                secrets=body.load.secrets,
                references=body.load.references,
                made=change.id is None,  # a new account may hold something already
                prevent_destroy=change.prevent_destroy,
                file=change.file,
            )
        self.document = replace(
            self.document,
            serial=1,
            tenant=desired.tenant,
            accounts={name: connected.account for name, connected in desired.connections.items()},
            bound=record.bindings,
        )
        self._say_goodbye(desired, lines)
        self.senders.clear()  # what was read of an empty account

    def _say_goodbye(self, desired: Desired, lines: Lines) -> None:
        """Those who left are deleted, and remembered."""
        bound, stones = dict(self.document.bound), {}
        for text in self.house.left:
            address = Address.parse(text)
            gone = bound.pop(address)
            sender = lines.sender(address.connection)
            _driven(sender, sender.session.adapter(address.kind).delete(gone.id))
            offer = desired.connections[address.connection].vendor.kinds[address.kind]
            personal = {path: gone.attributes.get(path) for path in offer.personal_paths}
            stones[address] = Tombstone(address, gone.account, gone.id, gone.natural_key, personal, made=True)
        self.document = replace(self.document, bound=bound, tombstones=stones)


@dataclass
class Lines:
    """The connections of a tenant; ``Connections`` of the command line, without secrets to resolve or sockets."""

    rehearsal: Rehearsal
    persons: Mapping[str, Person]
    desired: Desired | None = None
    links: dict[str, Link] = field(default_factory=dict)

    async def open(self, names: Iterable[str]) -> Mapping[str, Link]:
        for name in names:
            if name not in self.links:
                connected = self._connected(name)
                self.links[name] = Link(name, connected.vendor, connected.account, self._engine(name))  # type: ignore[arg-type]
        return self.links

    def sender(self, name: str) -> Direct:
        """Straight to the account itself, not to what a person made of it."""
        url = self._url(name)
        if (name, url) not in self.rehearsal.senders:
            session = Remembering(self._session(name))
            self.rehearsal.senders[name, url] = Direct(session, name, self.rehearsal.applications[url])
        return self.rehearsal.senders[name, url]

    def _engine(self, name: str) -> Direct | Engine:
        person = self.persons[self._url(name)]
        if person.faulty:
            connected = self._connected(name)
            person.account  # noqa: B018 (it is there from now on)
            return Engine(
                self._session(name), connected.settings, connection=name, transport=InMemory(person.application)
            )
        if person.touched:
            return Direct(self._session(name), name, person.application)
        return self.sender(name)

    def _session(self, name: str) -> Session:
        connected = self._connected(name)
        given = {path: Secret(self._credential(name)) for path in connected.secrets}
        return connected.vendor.connect(connected.settings, name, given)

    def _credential(self, name: str) -> str:
        """The one secret by which this account lets anybody in."""
        known = dict(self.rehearsal.applications[self._url(name)].account.credentials())
        return known.get("api_key") or known["token"]

    def _connected(self, name: str) -> Any:
        assert self.desired is not None
        return self.desired.connections[name]

    def _url(self, name: str) -> str:
        """Which account stands behind the connection."""
        host = urlsplit(self._connected(name).settings.url).hostname
        return next(url for url, there in HOSTS.items() if urlsplit(there).hostname == host)


class _Record:
    """What composing a body asks of the record's writer."""

    def __init__(self) -> None:
        self.bindings: dict[Address, Bound] = {}

    def bound(self, address: Address) -> Bound | None:
        return self.bindings.get(address)


def _driven(sender: Direct, changing: Any) -> VendorId:
    """The end of a change, each of its requests answered."""
    try:
        request = next(changing)
        while True:
            request = changing.send(sender.answer(request))
    except StopIteration as end:
        return end.value  # type: ignore[no-any-return]


def _secrets(plan: Plan) -> dict[tuple[Address, str], Secret]:
    values = {"password": {"supervisors": "FIRST_PASSWORD"}, "sip.secret": {"extensions": "SIP_SECRET"}}
    return {
        (change.address, item.path): Secret(SECRETS[values[item.path].get(change.address.kind, "FIRST_PIN")])
        for change in plan.changes
        for item in change.fields
        if item.secret
    }


def addressed(text: str, urls: Mapping[str, str]) -> str:
    """A manifest with the addresses of the vendors in it."""
    for mark, url in urls.items():
        text = text.replace(mark, url)
    return text


def options_of(typed: Sequence[str]) -> Options:
    """The planning options among what is typed."""
    found: dict[str, list[str]] = {"--target": [], "--exclude": [], "--replace": [], "--allow": []}
    for option, value in zip(typed[::2], typed[1::2], strict=True):
        found[option].append(value)
    return Options(*(tuple(found[name]) for name in ("--target", "--exclude", "--replace", "--allow")))


@dataclass
class Rehearsals:
    """Every house that was applied so far by this process."""

    folder: Path
    made: dict[tuple[str, int], Rehearsal] = field(default_factory=dict)

    def of(self, house: House) -> Rehearsal:
        """The house, applied once."""
        place = (house.name, house.size)
        if place not in self.made:
            folder = self.folder / f"{house.name}-{house.size}"
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self.made[place] = Rehearsal.of(house, folder)
            gc.collect()
            gc.freeze()  # all this stays; the collector need not look it over with every plan
        return self.made[place]
