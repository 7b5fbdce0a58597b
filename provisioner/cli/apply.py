"""``provisioner apply``: makes the changes of a plan."""

from __future__ import annotations

from pathlib import Path

import click

from provisioner.cli.answering import answered
from provisioner.cli.context import Cli
from provisioner.cli.options import APPLIED, PLANNING, WAITING, with_options

APPLYING = (
    click.option("--auto-approve", is_flag=True, help="Do not ask."),
    click.option(
        "--parallelism",
        type=click.IntRange(min=1),
        metavar="N",
        help="At most so many changes at once (default: what the connections' limits allow).",
    ),
    click.option("--json", "json_", is_flag=True, help="A stream of events on stdout, one JSON object a line."),
)


@click.command(epilog="Example: provisioner apply today.plan   or   provisioner apply --auto-approve")
@click.argument("plan_file", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@with_options(APPLYING, PLANNING, APPLIED, WAITING)
@click.pass_obj
@answered
def apply(
    cli: Cli,
    plan_file: Path | None,
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    replaces: tuple[str, ...],
    allow: tuple[str, ...],
    lock_timeout: float,
    parallelism: int | None,
    *,
    destroy: bool,
    refresh_only: bool,
    no_refresh: bool,
    detailed_exitcode: bool,
    allow_commands: bool,
    auto_approve: bool,
    json_: bool,
) -> int:
    """Make the changes: of the saved PLAN, exactly as reviewed, or of a plan made now after asking.

    A saved plan is refused where the state or the manifests have moved on; a change is refused as stale where its
    entity has, and the rest goes on. Interrupted once, what is under way is finished and saved; twice, it stops. Run it
    again to go on from there.
    """
    from provisioner.cli.applying import Apply
    from provisioner.plan.make import Options

    options = Options(targets, excludes, replaces, allow, destroy, refresh_only=refresh_only, no_refresh=no_refresh)
    options.check()
    command = Apply(
        cli=cli,
        options=options,
        plan_file=plan_file,
        auto_approve=auto_approve,
        parallelism=parallelism,
        lock_timeout=lock_timeout,
        allow_commands=allow_commands,
        events=json_,
        detailed_exitcode=detailed_exitcode,
        command="apply",
    )
    return command.run()
