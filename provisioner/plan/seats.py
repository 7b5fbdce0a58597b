"""Who takes a seat of a licence waits for who leaves one, where not enough of them are free.

A vendor that enforces its licence refuses a create that comes too early, and one that does not has too many for as long
as the delete takes, or for good when the delete is held. How many seats are free is known only once the vendor was
asked, hence after everything else is decided.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from provisioner.address import Address
from provisioner.plan.document import Plan
from provisioner.plan.graph import Graph
from provisioner.plan.usage import Demand, OfferOf, demands
from provisioner.vendors.usage import Usage


def seated(plan: Plan, offer_of: OfferOf, usage: Mapping[str, Usage]) -> Plan:
    """The plan with those edges, and in an order that keeps to them.

    A delete that itself waits for somebody who takes a seat gives none: the create is then left to the vendor.
    """
    graph: Graph | None = None
    for demand in demands(plan.changes, offer_of):
        waiting = tuple(_waiting(demand, usage))
        if waiting and demand.deleted:
            graph = _joined(graph or _graph(plan), demand, waiting)
    return plan if graph is None else replace(plan, changes=graph.in_order())


def _waiting(demand: Demand, usage: Mapping[str, Usage]) -> Iterator[Address]:
    """Those for whom no seat is free yet."""
    counted = demand.counted_in(usage)
    if counted is not None:
        limit, used = counted
        yield from demand.taking[max(0, limit - used) :]


def _graph(plan: Plan) -> Graph:
    graph = Graph()
    for change in plan.changes:
        graph.add(change)
    return graph


def _joined(graph: Graph, demand: Demand, waiting: Collection[Address]) -> Graph:
    takers = {str(address) for address in demand.taking}
    bound = _needing(graph, takers)
    leaving = [key for key in map(str, sorted(demand.deleted)) if key not in bound]
    for address, leaver in zip(waiting, leaving, strict=False):
        taker = str(address)
        graph.need(taker, leaver)
        text = f"waits until `{leaver}` is deleted: the licence has no free seat before"
        graph.steps[taker] = graph.steps[taker].because("seat", text)
    return graph


def _needing(graph: Graph, takers: Collection[str]) -> frozenset[str]:
    """Every step that comes after one of the takers."""
    found: set[str] = set()
    for change in graph.in_order():
        if any(key in found or key in takers for key in change.needs):
            found.add(change.key)
    return frozenset(found)
