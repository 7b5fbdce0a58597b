"""What programs read of plans and runs: stable members, one line an event, nothing that steers a terminal."""

from __future__ import annotations

import json

import pytest

from provisioner.address import Address
from provisioner.apply.events import Ended, Event, Kind, Status
from provisioner.plan.document_json import from_json, to_json
from provisioner.report.json import event_json, plan_json, run_json
from tests.report import factories
from tests.report.factories import a_plan, a_report
from tests.report.golden import HOSTILE, hostile_plan

AT = "2030-01-02T03:04:05Z"
MEMBERS = ["format_version", "type", "key", "action", "status", "id", "message", "hint", "at"]


def test_a_plan_is_its_own_format_indented() -> None:
    """What is printed can be saved and applied."""
    plan = factories.a_plan_of_everything()

    assert json.loads(plan_json(plan)) == to_json(plan)
    assert from_json(json.loads(plan_json(plan))) == plan
    assert plan_json(plan).startswith('{\n  "format_version": "1",\n  "tenant": "acme",\n')


def test_an_event_is_one_line_with_every_member() -> None:
    """A program finds the same members in the same order, whatever happened."""
    event = Event(Kind.CHANGE_ENDED, "agents.jane@pbx", "create", Status.FAILED, None, "pbx: 500", "try again")

    line = event_json(event, AT)

    assert line == (
        '{"format_version": "1", "type": "change_ended", "key": "agents.jane@pbx", "action": "create", '
        '"status": "failed", "id": null, "message": "pbx: 500", "hint": "try again", "at": "2030-01-02T03:04:05Z"}'
    )


@pytest.mark.parametrize("kind", Kind)
def test_every_kind_of_event_has_the_same_members(kind: Kind) -> None:
    """What does not apply is null, not missing."""
    shown = json.loads(event_json(Event(kind), AT))

    assert list(shown) == MEMBERS
    assert shown["type"] == kind
    assert shown["key"] is shown["action"] is shown["status"] is shown["id"] is shown["hint"] is None


def test_the_last_line_says_how_it_ended() -> None:
    """A pipeline reads one line, and the exit code is no riddle."""
    report = a_report(
        Ended("agents.a@pbx", Status.DONE, "1"),
        Ended("agents.b@pbx", Status.FAILED, None, "pbx: 500", "try again"),
        resumed=1,
        restored=(Address("agents", "b", "pbx"),),
        left_parked=(Address("agents", "a", "pbx"),),
    )

    shown = json.loads(run_json(report))

    assert "\n" not in run_json(report)
    assert shown == {
        "format_version": "1",
        "type": "report",
        "completed": False,
        "failed": True,
        "interrupted": False,
        "resumed": 1,
        "restored": ["agents.b@pbx"],
        "left_parked": ["agents.a@pbx"],
        "counts": {"done": 1, "failed": 1, "stale": 0, "held": 0, "skipped": 0, "waiting": 0, "manual": 0},
        "changes": [
            {"key": "agents.a@pbx", "status": "done", "id": "1", "message": "", "hint": None},
            {"key": "agents.b@pbx", "status": "failed", "id": None, "message": "pbx: 500", "hint": "try again"},
        ],
    }


def test_the_last_line_is_no_event() -> None:
    """Nobody mistakes it for one of the stream."""
    assert json.loads(run_json(a_report()))["type"] not in set(Kind)


def test_hostile_text_is_spelt_out() -> None:
    """No control character, line break or reordering mark leaves, and nothing is lost on the way."""
    lines = [
        event_json(Event(Kind.NOTICE, text=HOSTILE, hint=HOSTILE), AT),
        run_json(a_report(Ended("agents.a@pbx", Status.FAILED, HOSTILE, HOSTILE, HOSTILE))),
    ]

    assert all(line.isascii() and line.isprintable() for line in lines)
    assert json.loads(lines[0])["message"] == HOSTILE
    assert all(line.isascii() and line.isprintable() for line in plan_json(hostile_plan()).splitlines())


def test_the_same_plan_has_the_same_bytes() -> None:
    """Two plans of the same input can be compared with ``diff``."""
    assert plan_json(a_plan(accounts={"b": "2", "a": "1"})) == plan_json(a_plan(accounts={"a": "1", "b": "2"}))
