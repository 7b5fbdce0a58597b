"""Making a plan for a command: read, settle in memory, decide."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from provisioner.apply.observe import Observed, ReadWants, observe
from provisioner.cli.tenant import Connections, Progress, Tenant, stamp
from provisioner.plan.document import Plan
from provisioner.plan.make import Options, make
from provisioner.state.document import Document
from provisioner.vendors.live import Live, Want
from provisioner.vendors.read import read_all

POLL = 0.2


@dataclass(frozen=True)
class Planned:
    """A plan and what it was made from."""

    plan: Plan
    observed: Observed


async def plan_tenant(
    tenant: Tenant, document: Document, options: Options, links: Connections, progress: Progress | None
) -> Planned:
    """The plan for the tenant as its vendors are now; writes nothing."""
    options = replace(options, fresh_state=tenant.fresh_in_ci(document))
    observed = await observe(tenant.desired, document, options, reader(links, progress))
    return Planned(make(observed.scope, observed.live, options, stamp()), observed)


def reader(links: Connections, progress: Progress | None) -> ReadWants:
    """Reads through the tenant's connections, which are opened when they are first needed."""

    async def read(wants: Mapping[str, Sequence[Want]], before: Live) -> Live:
        opened = await links.open(wants)
        engines = {name: opened[name].engine for name in wants}
        return await read_all(engines, wants, before=before, progress=progress)

    return read


async def wait_for_writers(tenant: Tenant, timeout: float) -> None:
    """Returns when nobody writes the state; raises LockHeld when somebody still does after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while (holder := tenant.backend.holder()) is not None:
        if time.monotonic() >= deadline:
            raise holder.refusal()
        await asyncio.sleep(min(POLL, max(0.0, deadline - time.monotonic())))
