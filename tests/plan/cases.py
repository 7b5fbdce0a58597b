"""A line of design section 4's table as a value: what is wanted, known and there, and what must come of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from provisioner.plan.desired import Desired
from provisioner.plan.document import Change, Plan
from provisioner.plan.make import Options
from provisioner.state.document import Document
from tests.factories import EVERYTHING, World, a_document, a_plan


@dataclass(frozen=True)
class Said:
    """What a plan says of one step; ``fields`` are its paths in order, those that a person must set with a ``!``."""

    action: str
    id: str | None = None
    codes: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    intent: str | None = None
    moved_from: str | None = None
    lost: str | None = None


def said(change: Change) -> Said:
    """The change as the table tells it."""
    return Said(
        str(change.action),
        change.id,
        tuple(reason.code for reason in change.reasons),
        tuple(item.path + ("!" if item.manual else "") for item in change.fields),
        str(change.intent) if change.intent else None,
        str(change.moved_from) if change.moved_from else None,
        change.lost,
    )


@dataclass(frozen=True)
class Case:
    """One line: its name, the three inputs, and every step that the plan must hold."""

    name: str
    desired: Desired
    prior: Document = field(default_factory=a_document)
    world: World = field(default_factory=World)
    expected: Mapping[str, Said] = field(default_factory=dict)
    none: int = 0
    options: Options = EVERYTHING

    def plan(self) -> Plan:
        return a_plan(self.desired, self.prior, self.world, self.options)


def steps_of(plan: Plan) -> dict[str, Said]:
    """Every step of a plan by its key, without the connection where that is ``pbx``."""
    return {change.key.replace("@pbx", ""): said(change) for change in plan.changes}
