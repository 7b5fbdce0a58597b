"""An apply in this process whose disk stops at a chosen moment, as if the process had died there."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from provisioner.apply.ask import Asker
from provisioner.apply.observe import settle_pending
from provisioner.apply.run import Applier
from provisioner.apply.sending import Courier
from provisioner.apply.step import Stepper
from provisioner.apply.values import Composer
from provisioner.cli.context import Cli
from provisioner.cli.planning import reader
from provisioner.cli.saved import load_plan
from provisioner.cli.tenant import Secrets, Tenant, connections, open_tenant
from provisioner.errors import StateError
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Run
from provisioner.state.files import Files
from tests.state.faults import Died, Dying
from tests.stories.everything import PLAN
from tests.stories.stage import Stage

NEVER = 10**9
RUN = "a-run-that-dies"
NOON = "2030-01-01T12:00:00Z"


def apply_and_die(stage: Stage, moment: int) -> bool:
    """Applies the saved plan until the ``moment``-th step on the disk; True where it came to that."""
    return apply_on(stage, Dying(moment))


def moments(stage: Stage) -> int:
    """How many steps on the disk the whole plan takes."""
    disk = Dying(NEVER)
    assert not apply_on(stage, disk)
    return disk.steps


def apply_on(stage: Stage, disk: Files) -> bool:
    """Applies the saved plan; True where the disk put an end to it."""
    with _environment(stage):
        tenant = open_tenant(Cli(stage.folder, color=False, log_level="warning"))
        backend = LocalBackend(stage.folder / ".provisioner", files=disk)
        try:
            asyncio.run(_applied(replace(tenant, backend=backend)))
        except (Died, StateError):
            return True
        return False


async def _applied(tenant: Tenant) -> None:
    """What ``apply PLAN`` does; one change at a time, so that the same moment is always in the same place."""
    plan = load_plan(tenant.folder / PLAN)
    lock = tenant.backend.writer(who="somebody", command="provisioner apply")
    async with lock as writer, connections(tenant.desired, Secrets(tenant.folder)) as links:
        assert await settle_pending(tenant.desired, writer.document, reader(links, None)) == ()
        start = writer.document
        secrets = links.secrets.for_plan(plan, tenant.desired, {})
        opened = await links.open(plan.accounts)
        run = Run(id=RUN, plan=plan.digest, started=NOON)
        stepper = Stepper(
            plan=plan,
            start=start,
            writer=writer,
            links=opened,
            courier=Courier(run.id, writer, {}),
            composer=Composer(writer, secrets),
            asker=Asker(writer),
            tell=lambda _: None,
        )
        applier = Applier(
            plan=plan,
            run=run,
            writer=writer,
            links=opened,
            steps=stepper,
            tell=lambda _: None,
            parallelism=1,
            stop=asyncio.Event(),
            now=lambda: NOON,
        )
        assert (await applier.apply()).completed


@contextmanager
def _environment(stage: Stage) -> Iterator[None]:
    """The environment of the stage's command lines, for as long as the context is open."""
    before = dict(os.environ)
    os.environ.clear()
    os.environ.update(stage.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
