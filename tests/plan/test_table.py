"""Design section 4's decision table, row by row: desired, prior and live against action, id, reasons and fields."""

from __future__ import annotations

import pytest

from tests.plan.cases import Case, steps_of
from tests.plan.table.bound import BOUND
from tests.plan.table.calls import CALLS
from tests.plan.table.evidence import EVIDENCE
from tests.plan.table.leaving import LEAVING
from tests.plan.table.persons import PERSONS
from tests.plan.table.unbound import NOTHING_YET
from tests.plan.table.unreadable import UNREADABLE
from tests.plan.table.values import VALUES

TABLE = (
    *NOTHING_YET,
    *BOUND,
    *VALUES,
    *UNREADABLE,
    *LEAVING,
    *EVIDENCE,
    *PERSONS,
    *CALLS,
)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_every_row_of_the_table(case: Case) -> None:
    """Desired, prior and live give exactly the steps that the row says, and count the rest as none."""
    plan = case.plan()

    assert steps_of(plan) == case.expected
    assert plan.none == case.none
