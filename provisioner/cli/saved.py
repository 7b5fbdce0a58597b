"""Saved plans: writing one, reading one, and whether it may still be applied."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

from provisioner.errors import PlanRefused, UsageError
from provisioner.plan.desired import Desired
from provisioner.plan.document import Plan
from provisioner.plan.document_json import from_json
from provisioner.report.json import plan_json
from provisioner.state.document import Document

LARGEST = 256 * 1024 * 1024


def save_plan(plan: Plan, path: Path) -> None:
    """Writes the plan whole or not at all. A refused one is written too, and says so."""
    try:
        descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(f"{plan_json(plan)}\n")
        Path(name).replace(path)
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from error


def load_plan(path: Path) -> Plan:
    """The plan in a file; raises PlanRefused where it is none, or was changed."""
    try:
        if path.stat().st_size > LARGEST:
            raise PlanRefused(f"`{path}` is too large for a plan")
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise UsageError(f"cannot read the plan `{path}`: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise PlanRefused(f"`{path}` is not a plan") from error
    try:
        return from_json(json.loads(text))
    except (ValueError, RecursionError) as error:
        raise PlanRefused(f"`{path}` is not a plan", hint="write one with `provisioner plan --out FILE`") from error


def resumes(plan: Plan, document: Document) -> bool:
    """True where the last run was of this very plan and did not complete."""
    last = document.last_run
    return last is not None and last.plan == plan.digest and not last.completed


def check_applicable(plan: Plan, document: Document, desired: Desired) -> None:
    """Raises PlanRefused where the plan may not be applied to this state with these manifests."""
    _check_plan(plan)
    _check_state(plan, document)
    if plan.config_digest != desired.config_digest:
        raise PlanRefused(
            "the manifests have changed since the plan was made",
            hint="give the `-f` options it was made with, check out the reviewed commit, or plan again and review that",
        )
    accounts = {name: connected.account for name, connected in desired.connections.items()}
    if dict(plan.accounts) != accounts:
        raise PlanRefused("the connections lead to other accounts than in the plan", hint="plan again")


def _check_plan(plan: Plan) -> None:
    if not plan.refused:
        return
    reasons = [f"guard `{trip.name}`: {trip.message}" for trip in plan.tripped]
    reasons += [f"{change.action} of `{change.address}`" for change in plan.blocked]
    reasons += [item.message for item in plan.errors]
    raise PlanRefused(
        f"the plan is marked refused: {'; '.join(reasons[:5])}", hint="plan again with what its report says"
    )


def _check_state(plan: Plan, document: Document) -> None:
    last = document.last_run
    if last is not None and last.plan == plan.digest:
        if last.completed:
            raise PlanRefused("the plan has been applied already: it is spent", hint="plan again")
        return
    if plan.lineage != document.lineage and not (document.empty and not plan.lineage):
        if document.empty:
            raise PlanRefused(
                "there is no state here, and the plan was made from one", hint="is this the right folder?"
            )
        raise PlanRefused("the plan was made from another state", hint="plan again with this one")
    if plan.serial != document.serial:
        raise PlanRefused(
            f"the plan is stale: it was made from serial {plan.serial} of the state, which is at {document.serial}",
            hint="plan again, and review that",
        )
