"""Opening a tenant: its manifests, its record, and its connections when something is about to be asked."""

from __future__ import annotations

import gc
import os
import time
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import cache, partial
from pathlib import Path
from typing import Any

from provisioner import __version__
from provisioner.address import Address
from provisioner.apply.link import Link
from provisioner.cli.context import Cli
from provisioner.diagnostics import Diagnostic
from provisioner.errors import ManifestError, PlanRefused, SecretMissing, StateError
from provisioner.manifest.declarations import Origin
from provisioner.plan.desired import Desired
from provisioner.plan.document import Action, Change, Plan
from provisioner.plan.make import Stamp
from provisioner.secrets import Secret, SecretRef, reference
from provisioner.state.at_home import AtHome
from provisioner.state.backend import Backend
from provisioner.state.backends import LOCAL, POSTGRES
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Document
from provisioner.vendors.base import Settings

DEFAULT_STATE = ".provisioner"


@dataclass(frozen=True)
class Tenant:
    """A tenant folder whose manifests are in order, and where its record lives."""

    folder: Path
    desired: Desired
    backend: AtHome
    local: bool

    def fresh_in_ci(self, document: Document) -> bool:
        """True for an empty local state under CI: what an earlier job made would be made again."""
        return bool(os.environ.get("CI")) and self.local and document.empty

    def check_left_behind(self, document: Document) -> None:
        """Raises StateError where the manifests name an empty shared record, and a local one was never moved there."""
        if self.local or not document.empty:
            return
        left = local_backend(self.folder).load()
        if not (left.empty or left.moved):
            raise StateError(
                f"the record in `{self.backend.location}` is empty, and `{DEFAULT_STATE}` holds one of "
                f"{len(left.bound)} resources",
                hint=f"`{self.backend.tool} state migrate` moves it there; if it is another's, move the folder away",
            )


def open_tenant(cli: Cli) -> Tenant:
    """The tenant in the folder that the command line names. Raises ManifestError with every problem there is."""
    from provisioner.plan.desired import check
    from provisioner.vendors.loading import find_vendor, vendor_names

    desired = check(cli.folder, find_vendor, vendor_names=vendor_names, overlays=cli.overlays)
    gc.freeze()  # all this stays until the process ends: the collector need not look it over again and again
    backend, local = _backend(cli, desired.state, desired.state_origin)
    return Tenant(cli.folder, desired, AtHome(backend, cli.typed), local)


def open_record(cli: Cli) -> Backend:
    """The record of the tenant in the folder, also where its manifests have problems: mending must stay possible."""
    return AtHome(open_place(cli)[0], cli.typed)


def open_place(cli: Cli) -> tuple[Backend, str]:
    """The place that the manifests name for the record, whatever is there, and the tenant's name if that is said."""
    from provisioner.manifest.loading import load
    from provisioner.plan.limits import state_problems

    manifests, problems = load(cli.folder, overlays=cli.overlays)
    if manifests is None or (cli.overlays and problems):
        # An overlay may name another record: where one cannot be used, nobody can tell which record is meant.
        raise ManifestError(problems)
    if wrong := state_problems(manifests.state):
        raise ManifestError(wrong)
    block = manifests.state
    backend, _ = _backend(cli, block.value if block else {}, block.origin if block else None)
    return backend, manifests.tenant


def local_backend(folder: Path, path: str = DEFAULT_STATE) -> LocalBackend:
    """The record in a folder of this machine; ``path`` is relative to the tenant's ``folder``."""
    return LocalBackend(folder / path, lineage=os.environ.get("PROVISIONER_LINEAGE"))


def _backend(cli: Cli, settings: Mapping[str, Any], origin: Origin | None) -> tuple[Backend, bool]:
    """The back-end that ``state:`` names, and whether it is a folder of this machine; the section is in order."""
    match settings.get("backend", LOCAL):
        case str() as name if name == POSTGRES and origin is not None:
            return _postgres(cli, settings, origin), False
        case _:
            return local_backend(cli.folder, settings.get("path", DEFAULT_STATE)), True


def _postgres(cli: Cli, settings: Mapping[str, Any], origin: Origin) -> Backend:
    """A record in a database. The way to it is fetched once, when it is first needed."""
    try:
        from provisioner.state.backends.postgres import PostgresBackend
    except ImportError as error:
        raise StateError(
            f"back-end `{POSTGRES}` needs a package that is not installed: {error}",
            hint="`pip install 'psycopg[binary]'`",
        ) from error

    @cache
    def dsn() -> Secret:
        label = "the record's `dsn`"
        place = partial(origin.problem, "secret_missing", path=("dsn",))
        secrets = Secrets(cli.folder, cli.allow_commands)
        return secrets.resolve({label: reference(settings["dsn"])}, {label: place})[label]

    return PostgresBackend(dsn, settings["name"], lineage=os.environ.get("PROVISIONER_LINEAGE"))


def now() -> str:
    """The time in UTC, or what SOURCE_DATE_EPOCH fixes it to."""
    fixed = os.environ.get("SOURCE_DATE_EPOCH")
    seconds = float(fixed) if fixed else time.time()
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def stamp() -> Stamp:
    """When and by which version a plan is made."""
    return Stamp(now(), __version__)


Place = Callable[[str], Diagnostic]
"""What says a problem at a certain place of the manifests."""


@dataclass
class Secrets:
    """Where this process may get secrets from; ``resolved`` are all that it has got, which nothing shows."""

    folder: Path
    allow_commands: bool = False
    resolved: list[Secret] = field(default_factory=list)

    def resolve(self, refs: Mapping[str, SecretRef], places: Mapping[str, Place]) -> dict[str, Secret]:
        """All of them; raises SecretMissing with everything that is missing, each at its place in the manifests."""
        from provisioner.secrets import resolve

        try:
            found = resolve(refs, folder=self.folder, environ=os.environ, allow_commands=self.allow_commands)
        except SecretMissing as error:
            told = _by_place(places[label](why) for why, labels in error.missing.items() for label in labels)
            count = len(error.missing)
            raise SecretMissing(
                f"{count} secret{'' if count == 1 else 's'} missing; nothing was sent",
                hint="set what is missing and run again",
                missing=error.missing,
                diagnostics=told,
            ) from None
        self.resolved += found.values()
        return found

    def for_plan(
        self, plan: Plan, desired: Desired, credentials: Mapping[str, tuple[str, ...]]
    ) -> dict[tuple[Address, str], Secret]:
        """Every secret that applying the plan will send, resolved before the first call.

        ``credentials`` says which references are some account's credential: one of those is not sent to another
        account as somebody's password either. Raises PlanRefused, and SecretMissing with all that is missing.
        """
        refs: dict[str, SecretRef] = {}
        fields: dict[str, tuple[Address, str]] = {}
        places: dict[str, Place] = {}
        for change in plan.changes:
            instance = desired.instances.get(change.address)
            for path in _sent(change) if instance else ():
                ref = instance.secrets.get(path) if instance else None
                if ref is not None and instance is not None:
                    _check_tie(ref, change, desired, credentials)
                    label = f"{path} of {change.address}"
                    refs[label], fields[label] = ref, (change.address, path)
                    places[label] = partial(instance.problem, "secret_missing", path=path)
        values = {fields[label]: secret for label, secret in self.resolve(refs, places).items()}
        _check_forms(values, desired)
        return values


def _check_tie(ref: SecretRef, change: Change, desired: Desired, credentials: Mapping[str, tuple[str, ...]]) -> None:
    tied = credentials.get(str(ref))
    if tied and desired.connections[change.address.connection].account not in tied:
        raise PlanRefused(
            f"`{ref}` is the credential of another account; `{change.address}` would send it to "
            f"`{change.address.connection}`",
            hint="a key is never sent elsewhere: give it a secret of its own",
        )


def _check_forms(values: Mapping[tuple[Address, str], Secret], desired: Desired) -> None:
    """Raises SecretMissing with every value that its vendor would refuse; the values are not shown."""
    wrong = []
    for (address, path), secret in values.items():
        instance = desired.instances[address]
        like = instance.offer.specs[path].like
        if like is not None and not like.fits(secret):
            told = f"`{instance.secrets[path]}` must be {like.words}, as `{path}` of `{address}`"
            wrong.append(instance.problem("secret_refused", told, path=path))
    if wrong:
        raise SecretMissing(
            f"{len(wrong)} secret{'' if len(wrong) == 1 else 's'} would be refused; nothing was sent",
            hint="the values are not shown",
            diagnostics=_by_place(wrong),
        )


def _by_place(problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(problems, key=lambda problem: (problem.position is None, problem.position, problem.message))


def _sent(change: Change) -> Iterable[str]:
    if change.action in (Action.MANUAL, Action.DELETE, Action.FORGET):
        return ()
    return [item.path for item in change.fields if item.secret and not item.manual]


@dataclass
class Connections:
    """The connections of a tenant, opened when they are first needed."""

    desired: Desired
    secrets: Secrets
    stack: AsyncExitStack
    links: dict[str, Link] = field(default_factory=dict)

    @property
    def credentials(self) -> dict[str, tuple[str, ...]]:
        """The secret references that the open connections were given, as spelled → the accounts they lead to."""
        found: dict[str, set[str]] = {}
        for name in self.links:
            connected = self.desired.connections[name]
            for ref in connected.secrets.values():
                found.setdefault(str(ref), set()).add(connected.account)
        return {ref: tuple(sorted(accounts)) for ref, accounts in sorted(found.items())}

    async def open(self, names: Iterable[str]) -> Mapping[str, Link]:
        """Links to the named connections; their credentials are resolved together, so that all missing ones show."""
        from provisioner.vendors.http import Engine

        missing = [name for name in sorted(set(names)) if name not in self.links]
        refs = {
            f"{path} of connection {name}": ref
            for name in missing
            for path, ref in self.desired.connections[name].secrets.items()
        }
        places = {
            f"{path} of connection {name}": partial(
                self.desired.connections[name].origin.problem, "secret_missing", path=tuple(path.split("."))
            )
            for name in missing
            for path in self.desired.connections[name].secrets
        }
        values = self.secrets.resolve(refs, places)
        for name in missing:
            connected = self.desired.connections[name]
            own = {path: values[f"{path} of connection {name}"] for path in connected.secrets}
            settings = _beside(self.secrets.folder, connected.settings)
            session = connected.vendor.connect(settings, name, own)
            engine = Engine(session, settings, connection=name, hidden=self.secrets.resolved)
            await self.stack.enter_async_context(engine)
            self.links[name] = Link(name, connected.vendor, connected.account, engine)
        return self.links


def _beside(folder: Path, settings: Settings) -> Settings:
    """The settings with ``ca_file`` as seen from the tenant folder, where the manifest stands."""
    if settings.ca_file is None:
        return settings
    return settings.model_copy(update={"ca_file": str(folder / settings.ca_file)})


@asynccontextmanager
async def connections(desired: Desired, secrets: Secrets) -> AsyncIterator[Connections]:
    """The tenant's connections, closed at the end."""
    async with AsyncExitStack() as stack:
        yield Connections(desired, secrets, stack)


Progress = Callable[[int, "int | None"], None]
