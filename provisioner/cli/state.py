"""``provisioner state``: the record of what is managed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, BinaryIO

import click

from provisioner.cli.context import Cli
from provisioner.cli.options import READS_RECORD, WRITES_RECORD, with_options
from provisioner.errors import ManifestError, StateError, UsageError

if TYPE_CHECKING:
    from provisioner.address import Address
    from provisioner.state.document import Bound, Document
    from provisioner.state.writer import Writer
    from provisioner.vendors.base import Offer

TAKEN = "unknown: it exists, and only a person can find its id: `provisioner state settle`"
UNANSWERED = "unknown: its create had no answer; the next apply sends it again where the vendor refuses doubles"


@click.group()
def state() -> None:
    """Look at the record of what is managed, and mend it by hand."""


@state.command("list", epilog="Example: provisioner state list 'agents.*@pbx'")
@click.argument("patterns", nargs=-1, metavar="[GLOB]...")
@with_options(READS_RECORD)
@click.pass_obj
def list_(cli: Cli, patterns: tuple[str, ...]) -> None:
    """List what is managed: address, the vendor's id, and what is uncertain."""
    from provisioner.address import Pattern

    document = _document(cli)
    wanted = [Pattern.parse(text) for text in patterns]
    for address in sorted(document.bound.keys() | document.unknown.keys()):
        if wanted and not any(pattern.matches(address) for pattern in wanted):
            continue
        bound, unknown = document.bound.get(address), document.unknown.get(address)
        if bound is not None:
            click.echo(f"{address}\t{bound.id}")
        elif unknown is not None:
            click.echo(f"{address}\t{TAKEN if unknown.taken else UNANSWERED}")
    for intent in document.pending.values():
        if not wanted or any(pattern.matches(intent.address) for pattern in wanted):
            click.echo(f"{intent.address}\topen {intent.verb}: the next apply finds out what became of it")


@state.command(epilog="Example: provisioner state show agents.jane@pbx")
@click.argument("address")
@with_options(READS_RECORD)
@click.pass_obj
def show(cli: Cli, address: str) -> None:
    """Show all that is recorded of one address, as JSON. Nothing in it is secret."""
    from provisioner.cli.mending import managed
    from provisioner.state.form import to_json

    document = _document(cli)
    managed(document, address)
    whole = to_json(document)
    shown = {
        section: entries
        for section, content in whole.items()
        if isinstance(content, dict) and (entries := content.get(address)) is not None
    }
    click.echo(json.dumps(shown, indent=2, sort_keys=True, ensure_ascii=False))


@state.command(epilog="Example: provisioner state rm agents.jane@pbx")
@click.argument("addresses", nargs=-1, required=True, metavar="ADDRESS...")
@with_options(WRITES_RECORD)
@click.pass_obj
def rm(cli: Cli, addresses: tuple[str, ...], lock_timeout: float) -> None:
    """Forget addresses: their entities stay at the vendor, and are no longer managed."""
    from provisioner.cli.mending import managed
    from provisioner.state.entries import Forgot

    forgotten: dict[Address, Bound | None] = {}

    async def forget(writer: Writer) -> None:
        for place in [managed(writer.document, text) for text in addresses]:
            forgotten[place] = writer.document.bound.get(place)
            await writer.append(Forgot(place, everything=True))

    _change(cli, lock_timeout, forget)
    offers = _offers(cli)
    for place, bound in forgotten.items():
        click.echo(f"forgot {place}")
        offer = offers.get((place.connection, place.kind))
        if bound is not None and offer is not None and not offer.readable:
            text = f"note: nobody finds it again by itself; to bind it: `provisioner import {place} {bound.id}`"
            click.echo(text, err=True)


@state.command(epilog="Example: provisioner state mv agents.jane@pbx agents.jane-roe@pbx")
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@with_options(WRITES_RECORD)
@click.pass_obj
def mv(cli: Cli, source: str, target: str, lock_timeout: float) -> None:
    """Give what is recorded of one address to another: the same entity, renamed.

    Within one kind and one account. A `moved` block does the same for everybody who applies the manifests.
    """
    from provisioner.address import Address
    from provisioner.cli.mending import check_move, named
    from provisioner.state.entries import Moved

    async def move(writer: Writer) -> None:
        old, new = named(writer.document, source), Address.parse(target)
        check_move(writer.document, old, new)
        await writer.append(Moved(old, new))

    _change(cli, lock_timeout, move)
    click.echo(f"moved {source} to {target}")


@state.command(epilog="Example: provisioner state pull > saved.json")
@with_options(READS_RECORD)
@click.pass_obj
def pull(cli: Cli) -> None:
    """Print the whole record as JSON: a copy to keep, or to mend and push. Nothing in it is secret."""
    from provisioner.state.snapshot import text_of

    click.echo(text_of(_document(cli)), nl=False)


@state.command(epilog="Example: provisioner state push saved.json")
@click.argument("file", type=click.File("rb"))
@click.option("--force", is_flag=True, help="Though it is another state's, an older one, or another tenant's.")
@with_options(WRITES_RECORD)
@click.pass_obj
def push(cli: Cli, file: BinaryIO, lock_timeout: float, *, force: bool) -> None:
    """Put FILE (`-` for standard input) in the record's place, as `pull` prints it.

    Refused where FILE is no state, is of another lineage or tenant, or is older than the record, and while somebody
    else is writing. The serial rises above both.
    """
    from provisioner.cli.mending import check_push
    from provisioner.state.snapshot import read

    try:
        pushed, _ = read(file.read(), file.name)
    except StateError as error:
        raise StateError(
            error.message, hint="nothing was pushed: it must be as `provisioner state pull` prints it"
        ) from error
    serials: list[int] = []

    async def replace(writer: Writer) -> None:
        check_push(writer.document, pushed, force=force)
        await writer.push(pushed)
        serials.append(writer.document.serial)

    _change(cli, lock_timeout, replace)
    click.echo(f"pushed {len(pushed.bound)} resources; the serial is {serials[0]}")


@state.command(epilog="Example: provisioner state settle alerts.backlog@pbx --id 17")
@click.argument("address")
@click.option("--id", "vendor_id", metavar="ID", help="It exists, with this id.")
@click.option("--absent", is_flag=True, help="It does not exist.")
@with_options(WRITES_RECORD)
@click.pass_obj
def settle(cli: Cli, address: str, vendor_id: str | None, lock_timeout: float, *, absent: bool) -> None:
    """End an unknown: say what became of a create that nobody can tell the end of."""
    from provisioner.cli.mending import check_id, ends, named

    if absent == (vendor_id is not None):
        raise UsageError("say either `--id ID` or `--absent`")
    offers = _offers(cli) if vendor_id is not None else {}

    async def end(writer: Writer) -> None:
        place = named(writer.document, address)
        if vendor_id is not None:
            check_id(place.kind, vendor_id, offers.get((place.connection, place.kind)))
        for entry in ends(writer.document, place, vendor_id):
            await writer.append(entry)

    _change(cli, lock_timeout, end)
    click.echo(f"{address} is bound to id {vendor_id}" if vendor_id else f"{address} is taken as absent")


@state.command(epilog="Example: provisioner state unlock")
@click.option("--force", is_flag=True, help="Even though the holder is alive on this machine.")
@with_options(READS_RECORD)
@click.pass_obj
def unlock(cli: Cli, *, force: bool) -> None:
    """Take the lock away from a run that is gone."""
    from provisioner.cli.tenant import open_record

    holder = open_record(cli).unlock(force=force)
    if holder is None:
        click.echo("nobody holds the lock")
    else:
        click.echo(f"took the lock from {holder.who} on {holder.host}, since {holder.since}: {holder.command}")


@state.command(epilog="Example: provisioner state migrate   (the manifests name the new place by now)")
@click.option("--from-path", metavar="FOLDER", help="Where the record is: a folder (default `.provisioner`).")
@click.option("--to-path", metavar="FOLDER", help="The way back: from where the manifests say into a folder.")
@with_options(WRITES_RECORD)
@click.pass_obj
def migrate(cli: Cli, from_path: str | None, to_path: str | None, lock_timeout: float) -> None:
    """Move the record from a folder to where the manifests say (`state:`), or from there into a folder.

    All of it: what is managed, what is open, the history. The place that it leaves keeps a copy that no command uses
    any more. Both are locked meanwhile; killed on the way, run it again. FOLDER is relative to the tenant's folder.
    """
    from provisioner.cli.applying import command_line, who
    from provisioner.cli.migrating import ends, told
    from provisioner.state.migrating import migrate

    source, target = ends(cli, from_path, to_path)
    ended = asyncio.run(migrate(source, target, who=who(), command=command_line(), timeout=lock_timeout))
    click.echo(told(ended, source, target))


def _offers(cli: Cli) -> dict[tuple[str, str], Offer]:
    """What each connection's vendor offers for each kind; empty while something is wrong with the manifests."""
    from provisioner.cli.tenant import open_tenant

    try:
        connections = open_tenant(cli).desired.connections
    except ManifestError:
        return {}
    return {(name, kind): offer for name, one in connections.items() for kind, offer in one.vendor.kinds.items()}


def _document(cli: Cli) -> Document:
    from provisioner.cli.tenant import open_record

    return open_record(cli).load()


def _change(cli: Cli, timeout: float, do: Callable[[Writer], Awaitable[None]]) -> None:
    """Runs a change of the record under its lock."""
    from provisioner.cli.applying import command_line, who
    from provisioner.cli.tenant import open_record

    backend = open_record(cli)

    async def locked() -> None:
        async with backend.writer(who=who(), command=command_line(), timeout=timeout) as writer:
            await do(writer)

    asyncio.run(locked())
