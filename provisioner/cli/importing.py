"""What ``import`` does: look at the entity, declare it where nobody has, bind it under the lock."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import click

from provisioner.address import Address
from provisioner.apply.observe import settle_pending
from provisioner.cli.applying import command_line, who
from provisioner.cli.binding import bind, check_account
from provisioner.cli.context import Cli
from provisioner.cli.exporting import connection_of
from provisioner.cli.mending import check_id
from provisioner.cli.planning import reader
from provisioner.cli.replacing import replace_text
from provisioner.cli.tenant import Connections, Secrets, Tenant, connections, open_tenant, stamp
from provisioner.diagnostics import did_you_mean
from provisioner.errors import ManifestError, PlanRefused, UsageError
from provisioner.manifest.writer import Entry, added
from provisioner.plan import describing
from provisioner.plan.describing import Speaker, describe
from provisioner.plan.desired import Desired
from provisioner.plan.differ import same, value_at
from provisioner.plan.document import Action, Change, Plan
from provisioner.plan.finding import NO_SUCH_ID
from provisioner.plan.make import Options, make, scope_of
from provisioner.plan.naming import Taken, singular
from provisioner.secrets import SecretSource
from provisioner.state.document import Document
from provisioner.state.writer import Writer
from provisioner.values import VendorId
from provisioner.vendors.base import Call, Entity, Find, Offer
from provisioner.vendors.live import Live, Seen
from provisioner.vendors.read import read_one

TO_SET = "Secrets cannot be read: set the variable named here before its secret is to be sent."


@dataclass(frozen=True)
class Import:
    """One ``import``, as the command line asked for it."""

    cli: Cli
    address: Address
    id: VendorId
    lock_timeout: float
    allow_commands: bool

    def run(self) -> int:
        """Does it and gives the exit code."""
        tenant = open_tenant(self.cli)
        offer = _offer(tenant.desired, self.address)
        check_id(self.address.kind, self.id, offer)
        declared = self.address in tenant.desired.instances
        if not declared:
            _check_undeclared(tenant.desired, self.address, offer)
        return asyncio.run(self._locked(tenant, offer))

    async def _locked(self, tenant: Tenant, offer: Offer) -> int:
        secrets = Secrets(self.cli.folder, self.allow_commands)
        lock = tenant.backend.writer(who=who(), command=command_line(), timeout=self.lock_timeout)
        async with lock as writer, connections(tenant.desired, secrets) as links:
            check_account(tenant.desired, writer.document, self.address.connection)
            for _, settled in await settle_pending(tenant.desired, writer.document, reader(links, None)):
                await writer.append(settled)
            _check_unbound(writer.document, self.address, self.id)
            entity = await self._entity(links, offer)
            if self.address in tenant.desired.instances:
                await self._bind(tenant.desired, writer, links, entity, offer)
                return 0
            if entity is None:
                raise AssertionError("what cannot be read is declared before")
            with _declaring(self.cli.folder / f"{self.address.kind}.yaml") as file:
                desired = self._declare(file, tenant.desired, writer.document, entity, offer)
                await self._bind(desired, writer, links, entity, offer)
            click.echo(f"declared `{self.address.declaration}` in {self.address.kind}.yaml")
        return 0

    async def _entity(self, links: Connections, offer: Offer) -> Entity | None:
        """What is there; None for a kind that cannot be read. Raises UsageError where there is nothing to bind."""
        link = (await links.open([self.address.connection]))[self.address.connection]
        if not offer.readable:
            return None
        entity = await read_one(link.engine, self.address.kind, offer, self.id)
        one = singular(self.address.kind).replace("_", " ")
        if entity is None:
            raise UsageError(
                f"there is no {one} with id {self.id} on `{self.address.connection}`",
                hint=NO_SUCH_ID,
            )
        if entity.deleted:
            raise UsageError(
                f"the {one} with id {self.id} on `{self.address.connection}` is deleted",
                hint=f"declare it, with imports: [{{address: {self.address}, id: {self.id}}}], and plan: it is "
                "undeleted",
            )
        return entity

    def _declare(self, file: _Manifest, desired: Desired, document: Document, entity: Entity, offer: Offer) -> Desired:
        """Adds the declaration and gives what is wanted with it.

        A default of the tenant that says something else than the entity has is declared against.
        """
        keep: set[str] = set()
        while True:
            file.write(self._text(file.before, desired, document, entity, offer, keep))
            wanted = open_tenant(self.cli).desired
            instance = wanted.instances.get(self.address)
            if instance is None:
                raise UsageError(
                    f"`{file.path.name}` was written, and `{self.address}` is still not declared: the file is not read",
                    hint="it may be ignored or overridden; declare it by hand where it is read",
                )
            imposed = {
                path
                for path in instance.default_from
                if not same(offer.specs[path], value_at(entity.attributes, path), instance.attributes[path])
                and path in entity.attributes
            }
            if imposed <= keep:
                return wanted
            keep |= imposed

    def _text(
        self,
        before: str,
        desired: Desired,
        document: Document,
        entity: Entity,
        offer: Offer,
        keep: Collection[str],
    ) -> str:
        connected = desired.connections[self.address.connection]
        owners = {
            (address.kind, str(bound.id)): address.key
            for address, bound in document.bound.items()
            if address.connection == self.address.connection and address in desired.instances
        }
        taken = Taken(_variables(desired))

        def variable(path: str) -> str:
            return taken.variable(self.address.connection, self.address.kind, self.address.key, path)

        speaker = Speaker(lambda kind, vendor_id: owners.get((kind, vendor_id)), variable)
        told = describe(offer, offer.defaults(connected.settings), entity.attributes, speaker, keep=keep)
        if told.problem is not None:
            raise UsageError(f"no manifest can declare it: {told.problem}", hint="change it in the vendor's portal")
        on = {"on": [self.address.connection]} if len(desired.connections) > 1 else {}
        comments = [f"`{path}` is left out: {why}" for path, why in sorted(told.left_out.items())]
        if any(spec.secret and _says(told.fields, spec.path) for spec in offer.specs.values()):
            comments.append(TO_SET)
        entry = Entry(self.address.key, {**on, **told.fields}, tuple(comments))
        return added(before, self.address.kind, entry, f"{self.address.kind}.yaml")

    async def _bind(
        self, desired: Desired, writer: Writer, links: Connections, entity: Entity | None, offer: Offer
    ) -> None:
        by_id = {entity.id: entity} if entity is not None else {}
        live = Live({(self.address.connection, self.address.kind): Seen(offer, by_id)})
        plan = self._plan(desired, writer.document, live)
        (bound,) = await bind(writer, plan, live, self.address.connection, links.credentials)
        who_ = f": {describing.who(self.address.kind, offer, entity.attributes)}" if entity is not None else ""
        click.echo(f"bound `{self.address}` to id {self.id}{who_}")
        if not offer.readable:
            click.echo(
                f"note: the vendor cannot show {self.address.kind}: nothing was checked, neither that id {self.id} "
                "exists nor that it is as declared; the next apply sends the whole declaration, so that it is",
                err=True,
            )
            return
        _tell(bound)

    def _plan(self, desired: Desired, document: Document, live: Live) -> Plan:
        """The plan that adopts it and nothing else; raises PlanRefused where it cannot be adopted."""
        options = Options(targets=(str(self.address),))
        wanted = replace(desired, imports={self.address: self.id})
        plan = make(scope_of(wanted, document, options), live, options, stamp())
        own = [change for change in plan.changes if change.address == self.address]
        if len(own) == 1 and own[0].action is Action.ADOPT and not plan.tripped:
            return replace(plan, changes=tuple(own))
        told = [reason.text for change in own for reason in change.reasons[:1]]
        told += [f"guard `{trip.name}`: {trip.message}" for trip in plan.tripped]
        raise PlanRefused(
            f"`{self.address}` cannot be bound to id {self.id}: {'; '.join(told) or 'a plan would not adopt it'}",
            hint="nothing was bound",
        )


def _tell(change: Change) -> None:
    """What the next apply will do about it, and what nobody could check."""
    if change.fields:
        paths = ", ".join(f"`{item.path}`" for item in change.fields)
        click.echo(f"note: it differs from the declaration: the next apply changes {paths}", err=True)
    for reason in change.reasons:
        if reason.code == "secret_unchecked":
            click.echo(f"note: {reason.text}", err=True)


# --- what is refused ----------------------------------------------------------------------------------------------


def _offer(desired: Desired, address: Address) -> Offer:
    connected = connection_of(desired, address.connection)
    offer = connected.vendor.kinds.get(address.kind)
    if offer is None:
        raise UsageError(
            f"`{connected.vendor.name}` has no {address.kind}",
            hint=did_you_mean(address.kind, connected.vendor.kinds) or f"it has {', '.join(connected.vendor.kinds)}",
        )
    return offer


def _check_undeclared(desired: Desired, address: Address, offer: Offer) -> None:
    """Raises UsageError where no declaration can be written for an address that has none."""
    elsewhere = [one for one in desired.instances if one.declaration == address.declaration]
    if elsewhere:
        raise UsageError(
            f"`{address.declaration}` is declared, and not on `{address.connection}`",
            hint=f"add `{address.connection}` to its `on`, or use another key",
        )
    if not (offer.readable and (offer.can(Call.READ) or offer.find is Find.LIST)):
        raise UsageError(
            f"`{address}` is not declared, and the vendor cannot show {address.kind}",
            hint="declare it first, with all its fields: the apply after the import sends them over what is there",
        )


def _check_unbound(document: Document, address: Address, vendor_id: VendorId) -> None:
    """Raises UsageError where the address or the entity is bound already, or a create of it is open."""
    bound = document.bound.get(address)
    if bound is not None:
        what = "that very id" if bound.id == vendor_id else f"id {bound.id}"
        raise UsageError(
            f"`{address}` is bound already, to {what}",
            hint="nothing is left to do" if bound.id == vendor_id else f"`provisioner state rm {address}` first",
        )
    if address in document.unknown or any(intent.address == address for intent in document.pending.values()):
        raise UsageError(
            f"nobody can tell yet what became of a create of `{address}`",
            hint=f"`provisioner state settle {address} --id {vendor_id}` if this is it",
        )
    place = (address.connection, address.kind, vendor_id)
    for owner, other in sorted(document.bound.items()):
        if (owner.connection, owner.kind, other.id) == place:
            raise UsageError(
                f"id {vendor_id} is bound already, to `{owner}`",
                hint=f"`provisioner state mv {owner} {address}` renames it",
            )


def _variables(desired: Desired) -> set[str]:
    """The environment variables that the manifests name."""
    refs = [ref for instance in desired.instances.values() for ref in instance.secrets.values()]
    refs += [ref for connected in desired.connections.values() for ref in connected.secrets.values()]
    return {ref.argument for ref in refs if ref.source is SecretSource.ENV and isinstance(ref.argument, str)}


def _says(fields: Mapping[str, object], path: str) -> bool:
    """True where nested fields hold a value at the path."""
    held: object = fields
    for name in path.split("."):
        if not isinstance(held, Mapping) or name not in held:
            return False
        held = held[name]
    return True


# --- the manifest -------------------------------------------------------------------------------------------------


@dataclass
class _Manifest:
    """A manifest that gets a declaration more. ``before`` is its text until now, empty where there is none."""

    path: Path
    before: str
    existed: bool

    def write(self, text: str) -> None:
        """The file with that text, whole or not at all."""
        replace_text(self.path, text)

    def restore(self) -> None:
        if self.existed:
            self.write(self.before)
        else:
            self.path.unlink(missing_ok=True)


@contextmanager
def _declaring(path: Path) -> Iterator[_Manifest]:
    """The manifest at ``path``; as it was, where anything goes wrong."""
    try:
        before = path.read_bytes().decode() if path.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"`{path}` cannot be read") from error
    file = _Manifest(path, before, path.exists())
    try:
        yield file
    except ManifestError as error:
        file.restore()
        raise PlanRefused(
            f"no declaration can be added to `{path.name}`: {error.diagnostics[0].message}",
            hint="declare it by hand, then import it",
        ) from error
    except BaseException:
        file.restore()
        raise
