"""Does a saved plan stand with these manifests and this state, whoever wrote its file?

A digest tells that a file was changed, and not who made it. So apply takes nothing from a plan that the manifests and
the state would not have given it: what is sent is what is declared, whom it goes to is who is bound, and what a guard
holds back is held back here, too. Pure, like all of the planner; no vendor is asked. What a plan alone decides, and
what its file is therefore trusted for: which of the changes are made, and whom an adopt or an undelete binds.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from provisioner.plan.desired import Desired, Instance
from provisioner.plan.document import Action, Change, Plan, Step, Trip
from provisioner.plan.guards import Allowance, evaluate, evaluate_refresh
from provisioner.plan.members import members
from provisioner.state.document import Document
from provisioner.values import Attributes, Value, canonical, is_secret
from provisioner.vendors.base import Offer

ONLY_RECORDED = frozenset({Action.MANUAL, Action.FORGET, Action.NONE, Action.CONFLICT, Action.UNKNOWN})
OF_WHO_IS_BOUND = frozenset({Action.UPDATE, Action.DELETE})
OF_AN_ID = OF_WHO_IS_BOUND | {Action.ADOPT, Action.UNDELETE}
ACCOUNT = "account"
"""The guard that asks a vendor. What it saw when the plan was made is what other guards went by."""


def held_back(plan: Plan, desired: Desired, document: Document, *, fresh_state: bool) -> tuple[Trip, ...]:
    """The guards that hold the plan back by the allowances that it has; those that ask a vendor are not among them."""
    judge = evaluate_refresh if plan.refresh_only else partial(evaluate, destroy=plan.destroy)
    trips = judge(
        plan.changes,
        desired,
        _followed(plan, document),
        [Allowance.parse(text) for text in plan.allowed],
        fresh_state=fresh_state,
        strangers=[trip for trip in plan.guards if trip.name == ACCOUNT],
    )
    return tuple(trip for trip in trips if not trip.allowed and trip.name != ACCOUNT)


def _followed(plan: Plan, document: Document) -> Document:
    """The record with every binding at the address that the plan moves it to, as the plan was judged by."""
    bound = dict(document.bound)
    for change in plan.changes:
        if change.moved_from is not None and change.moved_from in bound:
            bound[change.address] = replace(bound.pop(change.moved_from), address=change.address)
    return replace(document, bound=bound)


def misfits(plan: Plan, desired: Desired, document: Document) -> Iterator[str]:
    """What the plan asks for that neither manifests nor state do, a line each; nothing for a plan made from them."""
    keys = {change.key for change in plan.changes}
    for change in plan.steps:
        why = _misplaced(change, desired) or _of_nobody(change, document)
        if why is None and change.step is Step.PARK:
            why = _parks(change, desired, keys)
        elif why is None and change.action not in ONLY_RECORDED:
            why = _undeclared(change, desired, document, destroys=plan.destroy)
        if why is not None:
            yield f"`{change.key}` {why}"


def _misplaced(change: Change, desired: Desired) -> str | None:
    if change.action in ONLY_RECORDED - {Action.NONE}:
        return None
    connected = desired.connections.get(change.address.connection)
    if connected is None:
        return "is on a connection that is not declared"
    if connected.vendor.name != change.vendor or change.address.kind not in connected.vendor.kinds:
        return "is of another vendor than its connection"
    return None


def _of_nobody(change: Change, document: Document) -> str | None:
    """Why the change is about nobody, or about somebody whom the state does not have there."""
    if change.action in ONLY_RECORDED:
        return None
    half = change.step in (Step.PARK, Step.DELETE)
    if change.id is None:
        return "does not say whom it is about" if change.action in OF_AN_ID or half or change.undeletes else None
    if not half and change.action not in OF_WHO_IS_BOUND:
        return None
    if any(intent.address == change.address for intent in document.pending.values()):
        return None  # what became of that is found out first
    bound = document.bound.get(change.moved_from or change.address)
    return None if bound is not None and bound.id == change.id else f"is about id {change.id}, which is not bound there"


def _parks(change: Change, desired: Desired, keys: set[str]) -> str | None:
    unique = {spec.path for spec in _offer(change, desired).unique_specs}
    is_one = unique.issuperset(item.path for item in change.parked) and str(change.address) in keys
    return None if is_one else "parks what needs no parking"


def _offer(change: Change, desired: Desired) -> Offer:
    return desired.connections[change.address.connection].vendor.kinds[change.address.kind]


def _undeclared(change: Change, desired: Desired, document: Document, *, destroys: bool) -> str | None:
    """Why the change would send what nobody declares, or take away what somebody does."""
    instance = desired.instances.get(change.address)
    if change.after is None:
        kept = instance is not None and change.action is Action.DELETE and not destroys
        return "deletes what is declared" if kept else None
    if instance is None:
        return "is declared by nobody"
    there = _there(change, instance, document)
    may_blank = instance.offer.blanks(desired.connections[change.address.connection].settings)
    for path, value in change.after.items():
        blanked = value is None and path in instance.offer.secret_paths and (may_blank or path in change.blanks)
        if not (blanked or _is_meant(path, value, there, instance)):
            return f"sets `{path}` to something else than is declared"
    secrets = {path for path, value in instance.attributes.items() if is_secret(value)}
    sent = {item.path for item in change.writable if item.secret and item.after is not None}
    return f"sends `{min(sent - secrets)}`, which is no secret" if sent - secrets else None


def _there(change: Change, instance: Instance, document: Document) -> Attributes:
    """What may stay as it is: what apply sees before it sends, or has on record where nobody can look.

    That a plan says something was there is no proof of it where something is made.
    """
    if change.action is Action.CREATE or (change.step is Step.CREATE and not change.undeletes):
        return {}
    if instance.offer.readable:
        return change.before or {}
    bound = document.bound.get(change.moved_from or change.address)
    return {} if bound is None else bound.attributes


def _is_meant(path: str, value: Value, there: Attributes, instance: Instance) -> bool:
    """Whether a value is the declared one, or was there before and stays."""
    declared = {**instance.offer.derived(instance.attributes), **instance.attributes}
    if path in there and canonical(value) == canonical(there[path]):
        return True
    if path not in declared:
        return False
    if instance.offer.specs[path].member:  # asked for those who are there alone
        return isinstance(value, list) and all(one in members(declared[path]) for one in value)
    return canonical(value) == canonical(declared[path])
