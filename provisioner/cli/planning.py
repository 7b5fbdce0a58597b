"""Making a plan for a command: read, settle in memory, decide."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import click

from provisioner.apply.observe import Observed, ReadWants, observe
from provisioner.cli.tenant import Connections, Progress, Tenant, stamp
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.errors import PlanRefused
from provisioner.plan.beginning import beginning
from provisioner.plan.desired import Desired
from provisioner.plan.document import Plan
from provisioner.plan.guards import Allowance, evaluate
from provisioner.plan.make import Options, make, scope_of
from provisioner.plan.scope import Scope
from provisioner.plan.seats import seated
from provisioner.plan.usage import guarded, unasked, usage_wanted
from provisioner.state.document import Document
from provisioner.vendors.base import Offer
from provisioner.vendors.live import Live, Want
from provisioner.vendors.read import read_all
from provisioner.vendors.read_usage import read_usage
from provisioner.vendors.usage import UsageWant

POLL = 0.2

NOBODY_ASKED = Diagnostic(
    "not_asked",
    "the vendors were not asked, and no change is shown: which accounts these are is for the state to say",
    severity=Severity.NOTICE,
)


@dataclass(frozen=True)
class Planned:
    """A plan and what it was made from."""

    plan: Plan
    observed: Observed


async def plan_tenant(
    tenant: Tenant, document: Document, options: Options, links: Connections, progress: Progress | None
) -> Planned:
    """The plan for the tenant as its vendors are now; writes nothing."""
    tenant.check_left_behind(document)
    options = replace(options, fresh_state=tenant.fresh_in_ci(document))
    held = _held_unasked(tenant, document, options)
    if held is not None:
        return held
    observed = await observe(tenant.desired, document, options, reader(links, progress))
    plan = make(observed.scope, observed.live, options, stamp())
    return Planned(await _held_by_usage(plan, observed.scope, options, links), observed)


def _held_unasked(tenant: Tenant, document: Document, options: Options) -> Planned | None:
    """The plan that guard ``fresh_state`` holds, made without a request: None where it does not.

    An empty state ties no credential to an account. Where a pull request could lose the state and change a `url`, the
    job would otherwise have sent the key there before the guard spoke.
    """
    if not options.fresh_state:
        return None
    trips = evaluate((), tenant.desired, document, options.allowances, fresh_state=True)
    if all(trip.allowed for trip in trips):
        return None
    scope = scope_of(tenant.desired, document, options)
    plan = replace(beginning(scope, options, stamp()), guards=trips, diagnostics=(NOBODY_ASKED,))
    return Planned(plan, Observed(scope, Live()))


async def _held_by_usage(plan: Plan, scope: Scope, options: Options, links: Connections) -> Plan:
    """The plan after the guards that ask how accounts are used, and with what licences hold after it.

    No request for a plan that neither minds.
    """
    ids = {str(address): bound.id for address, bound in scope.prior.bound.items()}
    ids |= {str(change.address): change.id for change in plan.changes if change.id is not None}
    told = not (options.no_refresh or plan.destroy)  # of all that goes nobody asks how many seats remain
    wants = usage_wanted(plan.changes, scope.offer, ids.get, leavers=told)
    if not wants:
        return plan
    if options.no_refresh:
        return unasked(plan, wants)
    opened = await links.open(wants)
    usage = await read_usage({name: opened[name].engine for name in wants}, wants)
    return guarded(seated(plan, scope.offer, usage), scope.offer, usage, options.allowances, ids.get)


async def check_capacity(plan: Plan, done: frozenset[str], desired: Desired, links: Connections) -> None:
    """Raises PlanRefused where a plan that was made without asking does not fit into a licence, asked now.

    ``done`` are the changes that an earlier run of it made: they are in use already. One request for each account that
    the plan makes something of, and none for a plan that asked when it was made, or that may pass the licence.
    """
    if not plan.no_refresh:
        return

    def offer_of(connection: str, kind: str) -> Offer | None:
        return desired.connections[connection].vendor.kinds.get(kind) if connection in desired.connections else None

    left = replace(plan, guards=(), diagnostics=(), changes=tuple(one for one in plan.changes if one.key not in done))
    asked = usage_wanted(left.changes, offer_of)
    wants = {name: UsageWant(licences=True) for name, want in asked.items() if want.licences}
    opened = await links.open(wants) if wants else {}
    usage = await read_usage({name: opened[name].engine for name in wants}, wants)
    checked = guarded(left, offer_of, usage, [Allowance.parse(text) for text in plan.allowed])
    for item in checked.diagnostics:
        click.echo(f"note: {item.message}", err=True)
    if checked.tripped:
        raise PlanRefused(
            "; ".join(f"guard `{trip.name}`: {trip.message}" for trip in checked.tripped),
            hint=f"plan again: {checked.tripped[0].hint}",
        )


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
            raise holder.refusal(tenant.backend.tool)
        await asyncio.sleep(min(POLL, max(0.0, deadline - time.monotonic())))
