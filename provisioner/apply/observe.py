"""Reading what a plan needs, in rounds: until nothing more is wanted, and every open intent is settled that can be.

Writes nothing. What it settles is handed back, so that an apply can journal it and a plan can say it.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from provisioner.apply.settle import settlements
from provisioner.plan.desired import Desired
from provisioner.plan.options import Options
from provisioner.plan.recall import recalled
from provisioner.plan.scope import Scope
from provisioner.plan.selecting import check_replaces, pulled_in, scope_of, without_strange_accounts
from provisioner.plan.wants import wanted
from provisioner.state.document import Document, Intent
from provisioner.state.entries import Settled
from provisioner.state.replay import replayed
from provisioner.vendors.base import Offer
from provisioner.vendors.live import Live, Want

ReadWants = Callable[[Mapping[str, Sequence[Want]], Live], Awaitable[Live]]
"""Reads what is wanted of each connection; given what was read before."""


@dataclass(frozen=True)
class Observed:
    """What the planner needs: the scope, what was read for it, and the intents that were settled on the way."""

    scope: Scope
    live: Live
    settled: tuple[tuple[Intent, Settled], ...] = ()


async def observe(desired: Desired, prior: Document, options: Options, read: ReadWants) -> Observed:
    """Everything that the evidence for a plan takes, with as few requests as that allows."""
    live = Live()
    settled: list[tuple[Intent, Settled]] = []
    scope = scope_of(desired, prior, options)
    check_replaces(scope, options)
    if options.no_refresh:
        scope, live = await _read_all(scope, live, _from_memory(scope.prior))
        return Observed(scope, live)
    scope, live = await _read_all(scope, live, read)
    while found := settlements(_askable(scope), live, _offers(scope)):
        settled.extend((scope.prior.pending[item.intent_id], item) for item in found)
        prior = replayed(prior, found)
        scope, live = await _read_all(scope_of(desired, prior, options), live, read)
    return Observed(scope, live, tuple(settled))


def _from_memory(prior: Document) -> ReadWants:
    """Answers from the record; asks nobody."""

    async def read(wants: Mapping[str, Sequence[Want]], before: Live) -> Live:
        return recalled(prior, wants)

    return read


def _askable(scope: Scope) -> Document:
    """The record with only those open intents that may be asked about."""
    return replace(scope.prior, pending=scope.pending)


def _offers(scope: Scope) -> dict[tuple[str, str], Offer]:
    return {(connection, kind): offer for connection, kind, offer in scope.kinds()}


async def _read_all(scope: Scope, live: Live, read: ReadWants) -> tuple[Scope, Live]:
    while True:
        wants = wanted(scope, live)
        if wants:
            live = live.merged(await read(wants, live))
            continue
        more = pulled_in(scope, live)
        if more:
            scope = scope.with_more(more)
            continue
        dropped = without_strange_accounts(scope, live)
        if dropped is None:
            return scope, live
        scope = dropped


async def settle_pending(desired: Desired, prior: Document, read: ReadWants) -> tuple[tuple[Intent, Settled], ...]:
    """What became of the open intents, without planning anything: before a saved plan is taken up again."""
    connections = frozenset(desired.connections)
    scope = Scope(desired, prior, frozenset(), {}, connections)
    live = Live()
    while wants := wanted(scope, live):
        live = live.merged(await read(wants, live))
    return tuple((prior.pending[item.intent_id], item) for item in settlements(_askable(scope), live, _offers(scope)))
