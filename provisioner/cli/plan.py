"""``provisioner plan``: what would be done, and why."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path

import click

from provisioner.cli.answering import answered
from provisioner.cli.context import Cli
from provisioner.cli.options import PLAN_FORMAT, PLANNED, PLANNING, WAITING, with_options

CHANGES = 2


@click.command(
    epilog="Example: provisioner plan --out today.plan && provisioner apply today.plan",
)
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan for apply.")
@with_options(PLAN_FORMAT, PLANNING, PLANNED, WAITING)
@click.pass_obj
@answered
def plan(
    cli: Cli,
    out: Path | None,
    format_: str,
    markdown_limit: int,
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    replaces: tuple[str, ...],
    allow: tuple[str, ...],
    lock_timeout: float,
    *,
    destroy: bool,
    refresh_only: bool,
    no_refresh: bool,
    detailed_exitcode: bool,
    allow_commands: bool,
) -> int:
    """Show what apply would do. Changes nothing, takes no lock.

    Reads the live state of every connection that the manifests name, and shows what differs. While an apply runs it
    waits `--lock-timeout` seconds for its end. Exit code 1 when anything could not be read, is in conflict or is held
    by a guard.
    """
    from provisioner.cli.planning import plan_tenant, wait_for_writers
    from provisioner.cli.saved import place_of, save_plan
    from provisioner.cli.show import say
    from provisioner.cli.tenant import Secrets, connections, open_tenant
    from provisioner.plan.make import Options
    from provisioner.report.progress import read_progress
    from provisioner.report.settled import settled_note

    tenant = open_tenant(cli)
    options = Options(targets, excludes, replaces, allow, destroy, refresh_only=refresh_only, no_refresh=no_refresh)
    options.check()
    if out is not None:
        place_of(out)

    async def run() -> int:
        await wait_for_writers(tenant, lock_timeout)
        secrets = Secrets(cli.folder, allow_commands)
        with read_progress(sys.stderr, terminal=cli.redraws(sys.stderr), color=cli.color) as progress:
            async with connections(tenant.desired, secrets) as links:
                planned = await plan_tenant(tenant, tenant.backend.load(), options, links, progress)
        if out is not None:
            save_plan(planned.plan, out)
        for intent, settled in planned.observed.settled:
            click.echo(settled_note(intent.verb, intent.address, settled.result), err=True)
        say(planned.plan, format_, cli, out, limit=markdown_limit)
        if planned.plan.refused:
            return 1
        return CHANGES if detailed_exitcode and planned.plan.differs else 0

    return asyncio.run(run())
