"""What ``export`` does: read an account, draft manifests, see that a plan of them changes nothing, write them."""

from __future__ import annotations

import asyncio
import os
import shutil
import tempfile
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

import click
from pydantic import BaseModel

from provisioner.cli.applying import command_line, who
from provisioner.cli.binding import bind, check_account
from provisioner.cli.context import Cli
from provisioner.cli.planning import wait_for_writers
from provisioner.cli.tenant import Connections, Secrets, Tenant, connections, local_backend, open_tenant, stamp
from provisioner.diagnostics import Severity, did_you_mean
from provisioner.errors import ManifestError, ProvisionerError, UsageError, VendorError
from provisioner.manifest.writer import Written, manifest, section
from provisioner.plan.desired import Connected, Desired, check
from provisioner.plan.document import Action, Change, Plan
from provisioner.plan.exporting import Draft, Found, draft, exportable
from provisioner.plan.make import Options, make, scope_of
from provisioner.report.export import Exported, export_text
from provisioner.secrets import SecretRef, SecretSource
from provisioner.state.document import Document
from provisioner.values import is_secret
from provisioner.vendors.loading import find_vendor, vendor_names

TENANT_FILE = "tenant.yaml"
ROUNDS = 20
"""How often a draft is looked at again after something was taken out of it."""

ABOUT = (
    "Written by `provisioner export`. Passwords and other secrets cannot be read from an account: each is named by the",
    "variable to take it from. To adopt these sends nothing; set a variable before its secret is to be sent.",
)


@dataclass(frozen=True)
class Export:
    """One ``export``, as the command line asked for it."""

    cli: Cli
    connection: str
    out: Path
    adopt: bool
    lock_timeout: float
    allow_commands: bool

    def run(self) -> int:
        """Does it and gives the exit code: 1 where the account holds something that the manifests do not say."""
        tenant = open_tenant(self.cli)
        connected = connection_of(tenant.desired, self.connection)
        _check_folder(self.out, self.cli.folder)
        return asyncio.run(self._run(tenant, connected))

    async def _run(self, tenant: Tenant, connected: Connected) -> int:
        await wait_for_writers(tenant, self.lock_timeout)
        document = tenant.backend.load()
        check_account(tenant.desired, document, self.connection)
        async with connections(tenant.desired, Secrets(self.cli.folder, self.allow_commands)) as links:
            found = await self._read(links, connected, document)
            credentials = links.credentials
        with _staged(self.out) as stage:
            made = draft(self.connection, found)
            plan = _settled(made, stage, _tenant_text(tenant.desired.tenant, connected))
            _put_in_place(stage, self.out)
        if self.adopt and plan.has_changes:
            await self._bind(plan, made, credentials)
        click.echo(export_text(_exported(self, made, connected, plan)), nl=False)
        return 1 if made.losses or any(one.listing.missing for one in made.found) else 0

    async def _read(self, links: Connections, connected: Connected, document: Document) -> list[Found]:
        """Every kind that can be found; raises where a scan did not see everything: a part would pass for the whole."""
        link = (await links.open([self.connection]))[self.connection]
        found = []
        for kind, offer in connected.vendor.kinds.items():
            if not exportable(offer):
                continue
            known = _highest(document, self.connection, kind)
            try:
                listing = await link.engine.read(link.adapter(kind).find_all(known=known))
            except VendorError as error:
                raise self._not_whole(kind, error.message, error.hint) from error
            if listing.incomplete is not None and not offer.key_is_id:
                raise self._not_whole(kind, listing.incomplete, None)
            found.append(Found(kind, offer, listing, offer.defaults(connected.settings)))
        return found

    def _not_whole(self, kind: str, why: str, hint: str | None) -> ProvisionerError:
        nothing = "nothing was written: manifests that lack somebody would look complete"
        return ProvisionerError(
            f"{kind} on `{self.connection}` could not be read whole: {why}",
            hint=f"{hint}; {nothing}" if hint else nothing,
        )

    async def _bind(self, plan: Plan, made: Draft, credentials: Mapping[str, tuple[str, ...]]) -> None:
        backend = local_backend(self.out)
        async with backend.writer(who=who(), command=command_line(), timeout=self.lock_timeout) as writer:
            await bind(writer, plan, made.live(), self.connection, credentials)


def connection_of(desired: Desired, name: str) -> Connected:
    """The declared connection of that name; raises UsageError with a guess."""
    connected = desired.connections.get(name)
    if connected is None:
        listed = ", ".join(f"`{known}`" for known in sorted(desired.connections))
        raise UsageError(
            f"there is no connection `{name}`",
            hint=did_you_mean(name, desired.connections) or f"declared are {listed or 'none'}",
        )
    return connected


def _highest(document: Document, connection: str, kind: str) -> int:
    """The greatest id that the record knows of the kind, so that a scan goes at least so far."""
    ids = [(address, bound.id) for address, bound in document.bound.items()]
    ids += [(address, stone.id) for address, stone in document.tombstones.items()]
    place = (connection, kind)
    return max(
        (int(one) for address, one in ids if (address.connection, address.kind) == place and one.isdecimal()),
        default=0,
    )


# --- the folder ---------------------------------------------------------------------------------------------------


def _check_folder(out: Path, tenant: Path) -> None:
    """Raises UsageError for a folder that cannot take the manifests."""
    if os.path.lexists(out) and not out.is_dir():
        raise UsageError(f"`{out}` is a file, and a tenant is a folder")
    try:
        held = sorted(item.name for item in out.iterdir()) if out.is_dir() else []
    except OSError as error:
        raise UsageError(f"`{out}` cannot be read: {(error.strerror or 'error').lower()}") from error
    if held:
        raise UsageError(
            f"`{out}` is not empty (it holds `{held[0]}`)", hint="an export overwrites nothing: name an empty folder"
        )
    if tenant.resolve() in (out.resolve(), *out.resolve().parents):
        raise UsageError(
            f"`{out}` lies in the tenant's folder `{tenant}`, which reads every manifest below it",
            hint="name a folder beside it, as in `--out ../NAME`",
        )


@contextmanager
def _staged(out: Path) -> Iterator[Path]:
    """A folder beside ``out`` that is gone afterwards, so that an export which fails leaves nothing behind."""
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        stage = Path(tempfile.mkdtemp(dir=out.resolve().parent, prefix=f".{out.resolve().name}."))
    except OSError as error:
        raise UsageError(f"`{out}` cannot be made: {(error.strerror or 'error').lower()}") from error
    try:
        yield stage
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def _put_in_place(stage: Path, out: Path) -> None:
    try:
        out.mkdir(exist_ok=True)
        for path in sorted(stage.iterdir()):
            path.replace(out / path.name)
        ignored = (files("provisioner.cli") / "blueprints" / "gitignore").read_text("utf-8")
        (out / ".gitignore").write_text(ignored, "utf-8")
    except OSError as error:
        raise UsageError(f"`{out}` cannot be written: {(error.strerror or 'error').lower()}") from error


# --- the draft ----------------------------------------------------------------------------------------------------


def _settled(made: Draft, stage: Path, tenant: str) -> Plan:
    """Writes the draft, and takes out of it what is no good manifest or would be changed; the plan of what is left."""
    for _ in range(ROUNDS):
        written = {kind: manifest(kind, entries, ABOUT) for kind, entries in made.entries().items()}
        for path in stage.iterdir():
            path.unlink()
        (stage / TENANT_FILE).write_text(tenant, "utf-8")
        for kind, file in written.items():
            (stage / f"{kind}.yaml").write_text(file.text, "utf-8")
        try:
            desired = check(stage, find_vendor, vendor_names=vendor_names)
        except ManifestError as error:
            _take_out(made, error, written)
            continue
        plan = make(scope_of(desired, Document(""), Options()), made.live(), Options(), stamp())
        if not _unsettled(made, plan):
            return plan
    raise ProvisionerError("the account cannot be put into manifests that a plan would leave as they are")


def _take_out(made: Draft, error: ManifestError, written: Mapping[str, Written]) -> None:
    """Drops every declaration that the checks object to; raises the error where it is about something else."""
    dropped = False
    for problem in error.diagnostics:
        place = problem.position
        kind = place.file.removesuffix(".yaml") if place is not None else ""
        if problem.severity is not Severity.ERROR or place is None or kind not in written:
            continue
        lines = written[kind].lines
        keys = sorted(lines, key=lines.__getitem__)
        number = bisect_right([lines[key] for key in keys], place.line)
        item = made.items.get((kind, keys[number - 1])) if number else None
        if item is not None:
            made.drop(item, problem.message)
            dropped = True
    if not dropped:
        raise error


def _unsettled(made: Draft, plan: Plan) -> bool:
    """Takes out what the plan would do more than adopt; True where there was any."""
    found = False
    for change in plan.changes:
        item = made.items.get((change.address.kind, change.address.key))
        if item is None or (change.action is Action.ADOPT and not change.fields):
            continue
        found = True
        if change.action is Action.ADOPT:
            for one in change.fields:
                made.leave_out(item, one.path, "a manifest cannot spell it as the account has it")
        else:
            made.drop(item, _reasons(change))
    return found


def _reasons(change: Change) -> str:
    return "; ".join(reason.text for reason in change.reasons) or f"a plan would `{change.action}` it"


def _tenant_text(name: str, connected: Connected) -> str:
    """``tenant.yaml``: the tenant's name, and the connection as the current manifests have it."""
    settings = _plain(connected.settings)
    return section("tenant", name) + "\n" + section("connections", {connected.name: settings})


def _plain(value: Any) -> Any:
    """Settings as a manifest writes them."""
    match value:
        case SecretRef():
            argument = value.argument if isinstance(value.argument, str) else list(value.argument)
            return {str(value.source): argument} | ({"version": value.version} if value.version != 1 else {})
        case BaseModel():
            known = type(value).model_fields
            said = [name for name in known if name in value.model_fields_set]
            said.sort(key=lambda name: not known[name].is_required())
            return {name: _plain(getattr(value, name)) for name in said}
        case dict():
            return {name: _plain(item) for name, item in value.items()}
        case list() | tuple():
            return [_plain(item) for item in value]
    return value


def _exported(asked: Export, made: Draft, connected: Connected, plan: Plan) -> Exported:
    absent = tuple(kind for kind, offer in connected.vendor.kinds.items() if not exportable(offer))
    short = [found.listing for found in made.found if found.listing.incomplete]
    return Exported(
        connection=asked.connection,
        folder=str(asked.out),
        counts={
            found.kind: (sum(1 for item in made.items.values() if item.kind == found.kind), found.deleted)
            for found in made.found
        },
        absent=absent,
        missing=tuple(listing.incomplete or "" for listing in short if listing.missing),
        partial=tuple(listing.incomplete or "" for listing in short if not listing.missing),
        losses=tuple(made.losses),
        variables=sum(is_secret(value) for change in plan.changes for value in (change.after or {}).values()),
        adopted=asked.adopt,
        files=tuple(_files(connected.settings)),
    )


def _files(settings: BaseModel) -> Iterator[str]:
    """The files beside the manifests that the settings name, which an export does not bring along."""
    for name, value in settings:
        is_file = isinstance(value, SecretRef) and value.source is SecretSource.FILE
        path = value.argument if is_file else value if name == "ca_file" else None
        if isinstance(path, str) and not os.path.isabs(path):
            yield path
