"""Working hours at DeepCall: one spelling for what means the same, and the end of the day."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from provisioner.kinds.alerts import WEEK
from provisioner.vendors.deepcall.agents import Agent
from provisioner.vendors.deepcall.hours import HOURS, normal, problems

TIMES = st.integers(0, 1438)


def clock(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


@st.composite
def intervals(draw: st.DrawFn) -> dict[str, Any]:
    """One item, as a manifest may write it."""
    first, last = sorted(draw(st.tuples(TIMES, TIMES)))
    days = draw(st.lists(st.sampled_from(WEEK), min_size=1, unique=True))
    return {"days": days, "from": clock(first), "to": draw(st.sampled_from([clock(last), "24:00"]))}


@given(st.lists(intervals(), max_size=6))
def test_what_is_sent_reads_back_as_declared(hours: list[dict[str, Any]]) -> None:
    """No minute is lost, however days are grouped."""
    declared = Agent.model_validate({"email": "a@example.com", "working": hours}).working

    assert HOURS.decode(HOURS.encode(declared)) == declared == normal(hours)


def test_the_last_minute_is_the_end_of_the_day() -> None:
    """Where something ends in it."""
    whole = [{"wDays": ["MON"], "from": 0, "to": 1439, "agentId": 2}]

    assert HOURS.decode(whole) == [{"days": ["mon"], "from": "00:00", "to": "24:00"}]
    assert HOURS.decode([{"wDays": ["MON"], "from": 0, "to": 0}]) == [{"days": ["mon"], "from": "00:00", "to": "00:00"}]


@pytest.mark.parametrize(
    ("first", "last", "nearest"),
    [("09:00", "23:59", "24:00"), ("24:00", "24:00", "23:59"), ("22:00", "06:00", "two items")],
)
def test_what_cannot_be_held_is_told_with_what_can(first: str, last: str, nearest: str) -> None:
    """The problem stands at `working` and names the nearest hours that DeepCall keeps."""
    (problem,) = problems({"working": [{"days": ["mon"], "from": first, "to": last}]})

    assert problem.path == "working"
    assert nearest in str(problem.expected)


def test_what_can_be_held_raises_no_objection() -> None:
    """A whole day, and hours that end when they begin."""
    hours = [{"days": ["mon"], "from": "00:00", "to": "24:00"}, {"days": ["tue"], "from": "09:00", "to": "09:00"}]

    assert list(problems({"working": hours})) == []
