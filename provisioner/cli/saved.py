"""Saved plans: writing one, reading one, and whether it may still be applied."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path
from typing import Any, Final

from provisioner.errors import PlanRefused, UsageError
from provisioner.plan.desired import Desired
from provisioner.plan.document import Plan
from provisioner.plan.document_json import WRITE_ONE, from_json
from provisioner.plan.standing import held_back, misfits
from provisioner.report.json import plan_json
from provisioner.state.document import Document

LARGEST: Final = 256 * 1024 * 1024
"""Bytes of a plan that are read at most."""

MOST_TOLD: Final = 5
REVIEW: Final = "plan again, and review that"


# --- the file -----------------------------------------------------------------------------------------------------


def place_of(path: Path) -> Path:
    """The file that a plan is saved as, links followed; asked before anything else, since a plan may take long.

    Raises UsageError where none can be written there. A device or a pipe is never replaced by a file.
    """
    place = Path(os.path.realpath(path))
    if str(path) in ("-", ".") or (place.exists() and not place.is_file()):
        raise UsageError(f"`{path}` is no file to save a plan in", hint="`--format json` writes the plan to stdout")
    if not place.parent.is_dir():
        raise UsageError(f"cannot write `{path}`: there is no folder `{place.parent}`")
    if not os.access(place.parent, os.W_OK):
        raise UsageError(f"cannot write `{path}`: nobody but its owner may write in `{place.parent}`")
    return place


def save_plan(plan: Plan, path: Path) -> None:
    """Writes the plan whole or not at all, for its owner alone to read: names and numbers of people are in it.

    A refused one is written too, and says so.
    """
    place = place_of(path)
    try:
        descriptor, draft = tempfile.mkstemp(dir=place.parent, prefix=".plan-")
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8") as file:
                file.write(f"{plan_json(plan)}\n")
            Path(draft).replace(place)
        except BaseException:
            Path(draft).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"cannot write `{path}`: {error.strerror}") from error


def load_plan(path: Path) -> Plan:
    """The plan in a file; raises PlanRefused where it is none, or was changed."""
    try:
        with path.open("rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"cannot read the plan `{path}`: {error.strerror}") from error
    if len(content) > LARGEST:
        raise PlanRefused(f"`{path}` is too large for a plan")
    try:
        return from_json(json.loads(content.decode("utf-8"), object_pairs_hook=_once))
    except (ValueError, RecursionError) as error:
        raise PlanRefused(f"`{path}` is not a plan", hint=WRITE_ONE) from error


def _once(members: list[tuple[str, Any]]) -> dict[str, Any]:
    """The members of a map; raises ValueError where one stands twice, since readers differ in which they believe."""
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a member stands twice")
    return found


# --- whether it may be applied ------------------------------------------------------------------------------------


def resumes(plan: Plan, document: Document) -> bool:
    """True where the last run was of this very plan and did not complete."""
    last = document.last_run
    return last is not None and last.plan == plan.digest and not last.completed and not last.overtaken


def check_applicable(plan: Plan, document: Document, desired: Desired) -> None:
    """Raises PlanRefused where the plan is not one for this state and these manifests."""
    _check_plan(plan)
    _check_state(plan, document)
    if plan.tenant != desired.tenant:
        raise PlanRefused(
            f"the plan is of tenant `{plan.tenant}`, the manifests are of `{desired.tenant}`",
            hint="is this the right folder, and the right plan?",
        )
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
        f"the plan is marked refused: {'; '.join(reasons[:MOST_TOLD])}", hint="plan again with what its report says"
    )


def _check_state(plan: Plan, document: Document) -> None:
    last = document.last_run
    if last is not None and last.plan == plan.digest:
        if last.completed:
            raise PlanRefused("the plan has been applied already: it is spent", hint="plan again")
        if last.overtaken:
            raise PlanRefused("the plan is stale: the state was changed since it was begun", hint=REVIEW)
        return
    _check_lineage(plan, document)
    if plan.serial != document.serial:
        raise PlanRefused(
            f"the plan is stale: it was made from serial {plan.serial} of the state, which is at {document.serial}",
            hint=REVIEW,
        )


def _check_lineage(plan: Plan, document: Document) -> None:
    if plan.lineage == document.lineage or (document.empty and not plan.lineage):
        return
    if not plan.lineage:
        raise PlanRefused("the plan is stale: it was made when there was no state here, and now there is", hint=REVIEW)
    if document.empty:
        raise PlanRefused("there is no state here, and the plan was made from one", hint="is this the right folder?")
    raise PlanRefused("the plan was made from another state", hint="plan again with this one")


def check_standing(plan: Plan, document: Document, desired: Desired, *, fresh_state: bool) -> None:
    """Raises PlanRefused for what manifests and state would not have given a plan, or not without an allowance.

    ``document`` is the state as the plan was made from it, with what became of open requests; so this can be asked only
    of a plan that begins. ``fresh_state``: it is an empty local one under CI.
    """
    wrong = list(misfits(plan, desired, document))
    if wrong:
        raise PlanRefused(f"the plan was not made from these manifests: {'; '.join(wrong[:MOST_TOLD])}", hint=REVIEW)
    trips = held_back(plan, desired, document, fresh_state=fresh_state)
    if trips:
        raise PlanRefused(
            "; ".join(f"guard `{trip.name}`: {trip.message}" for trip in trips[:MOST_TOLD]),
            hint=f"plan again: {trips[0].hint}",
        )
