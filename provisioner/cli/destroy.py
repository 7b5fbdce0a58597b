"""``provisioner destroy``: removes everything that is managed."""

from __future__ import annotations

import click

from provisioner.cli.answering import answered
from provisioner.cli.apply import APPLYING
from provisioner.cli.context import Cli
from provisioner.cli.options import WAITING, with_options

NARROWING = (
    click.option(
        "--target", "targets", multiple=True, metavar="GLOB", help="Only these addresses and what needs them."
    ),
    click.option("--exclude", "excludes", multiple=True, metavar="GLOB", help="Leave these addresses out."),
    click.option("--allow", multiple=True, metavar="NAME[=GLOB]", help="Lift a guard for this plan."),
)


@click.command(epilog="Example: provisioner destroy --exclude 'supervisors.*'")
@with_options(NARROWING, APPLYING, WAITING)
@click.pass_obj
@answered
def destroy(
    cli: Cli,
    targets: tuple[str, ...],
    excludes: tuple[str, ...],
    allow: tuple[str, ...],
    lock_timeout: float,
    parallelism: int | None,
    *,
    allow_commands: bool,
    auto_approve: bool,
    json_: bool,
) -> int:
    """Delete everything that this tenant manages, after showing it and asking.

    Guard `deletes` is lifted, since that is what is asked for; the others stand: what has `prevent_destroy` is held.
    """
    from provisioner.cli.applying import Apply
    from provisioner.plan.make import Options

    command = Apply(
        cli=cli,
        options=Options(targets, excludes, (), allow, destroy=True),
        plan_file=None,
        auto_approve=auto_approve,
        parallelism=parallelism,
        lock_timeout=lock_timeout,
        allow_commands=allow_commands,
        events=json_,
        detailed_exitcode=False,
        command="destroy",
    )
    return command.run()
