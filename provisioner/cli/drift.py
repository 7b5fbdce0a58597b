"""``provisioner drift``: what changed at the vendors since the last apply, whatever the manifests say."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import click

from provisioner.cli.answering import answered
from provisioner.cli.context import Cli
from provisioner.cli.options import FORMAT, WAITING, with_options

if TYPE_CHECKING:
    from provisioner.apply.observe import ReadWants
    from provisioner.cli.tenant import Tenant
    from provisioner.plan.options import Options
    from provisioner.report.drift import DriftReport
    from provisioner.state.document import Document

DRIFT = 2

NARROWING = (
    click.option("--target", "targets", multiple=True, metavar="GLOB", help="Only these addresses."),
    click.option("--exclude", "excludes", multiple=True, metavar="GLOB", help="Leave these addresses out."),
)


@click.command(epilog="Example: provisioner drift --target 'queues.*' --format json")
@with_options(FORMAT, NARROWING, WAITING)
@click.pass_obj
@answered
def drift(
    cli: Cli,
    format_: str,
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    lock_timeout: float,
    *,
    allow_commands: bool,
) -> int:
    """Show what others changed at the vendors since the last apply. Writes nothing, takes no lock.

    Compares what state says was last applied with what the vendors show now, whatever the manifests say: of those only
    the connections count. Reads each managed entity once, by its id, and the records of what was deleted; searches only
    to settle a create that had no answer. What cannot be read is named, and not counted as unchanged. Exit code 0: no
    drift; 2: drift; 1: something could not be told.
    """
    from provisioner.cli.planning import reader, wait_for_writers
    from provisioner.cli.show import width
    from provisioner.cli.tenant import Secrets, connections, open_tenant
    from provisioner.plan.options import Options
    from provisioner.report.drift import drift_json, drift_text
    from provisioner.report.progress import read_progress
    from provisioner.report.settled import settled_note

    tenant = open_tenant(cli)
    options = Options(targets, excludes, refresh_only=True)

    async def run() -> int:
        await wait_for_writers(tenant, lock_timeout)
        with read_progress(sys.stderr, terminal=cli.redraws(sys.stderr), color=cli.color) as progress:
            async with connections(tenant.desired, Secrets(cli.folder, allow_commands)) as links:
                report = await drift_of(tenant, tenant.backend.load(), options, reader(links, progress))
        for address, verb, result in report.settled:
            click.echo(settled_note(verb, address, result), err=True)
        if format_ == "json":
            click.echo(drift_json(report))
        else:
            click.echo(drift_text(report, color=cli.colored(sys.stdout), width=width(), tool=cli.typed))
        if report.found.unknown:
            return 1
        return DRIFT if report.found.drift else 0

    return asyncio.run(run())


async def drift_of(tenant: Tenant, document: Document, options: Options, read: ReadWants) -> DriftReport:
    """What became of everything that state binds. Raises PlanRefused where a state should be there and is not."""
    from provisioner.apply.observe import observe
    from provisioner.cli.tenant import stamp
    from provisioner.errors import PlanRefused
    from provisioner.plan.drift import compare
    from provisioner.report.drift import DriftReport

    if tenant.fresh_in_ci(document):
        raise PlanRefused(
            "CI is set and there is no state: there is nothing to compare with",
            hint="keep the state where CI jobs share it (`state:` in the manifests)",
        )
    observed = await observe(tenant.desired, document, options, read)
    stamped = stamp()
    return DriftReport(
        tenant=tenant.desired.tenant,
        found=compare(observed.scope, observed.live),
        lineage=document.lineage,
        serial=document.serial,
        accounts={name: connected.account for name, connected in tenant.desired.connections.items()},
        targets=options.targets,
        excludes=options.excludes,
        settled=tuple((intent.address, intent.verb, str(settled.result)) for intent, settled in observed.settled),
        created_at=stamped.created_at,
        tool_version=stamped.tool_version,
    )
