"""What programs read of plans and runs: stable members, one line an event, nothing that steers a terminal."""

from __future__ import annotations

import json

import pytest
from jsonschema import Draft202012Validator

from provisioner.address import Address
from provisioner.apply.events import Ended, Event, Kind, Status
from provisioner.diagnostics import Diagnostic, Position
from provisioner.errors import LockHeld, ManifestError
from provisioner.plan.document_json import from_json, to_json
from provisioner.report.events_schema import schema
from provisioner.report.failure import codes, failure
from provisioner.report.json import error_json, event_json, plan_json, planned_json, run_json
from tests.report import factories
from tests.report.factories import a_plan, a_report
from tests.report.golden import HOSTILE, hostile_plan

AT = "2030-01-02T03:04:05Z"
HARD = Diagnostic("not_utf8", "the byte 0xFF is not UTF-8", Position("a\n.yaml", 1, 1), source="\x1b", width=0)
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

    line = run_json(report, AT)
    shown = json.loads(line)

    assert "\n" not in line
    assert shown == {
        "format_version": "1",
        "type": "report",
        "at": AT,
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


def test_an_error_ends_a_stream_in_place_of_a_report() -> None:
    """With what it consists of, each where it stands."""
    problem = Diagnostic("unknown_field", "there is no field `nmae`", Position("a.yaml", 3, 5))

    shown = json.loads(error_json(Diagnostic("manifest_error", "1 problem", hint="mend it"), [problem], AT))

    assert shown["diagnostics"].pop()["line"] == 3
    assert shown == {
        "format_version": "1",
        "type": "error",
        "at": AT,
        "code": "manifest_error",
        "message": "1 problem",
        "hint": "mend it",
        "diagnostics": [],
    }


def test_the_last_line_is_no_event() -> None:
    """Nobody mistakes it for one of the stream."""
    assert json.loads(run_json(a_report(), AT))["type"] not in set(Kind)


LINES = {
    **{str(kind): event_json(Event(kind), AT) for kind in Kind},
    **{str(status): event_json(Event(Kind.CHANGE_ENDED, "a.b@c", "none", status, "1"), AT) for status in Status},
    "planned": planned_json(factories.a_plan_of_everything(), AT),
    "refused": planned_json(factories.a_refused_plan(), AT),
    "report": run_json(factories.everything_done(factories.a_plan_of_everything()), AT),
    "error": error_json(failure(LockHeld(who="jo", host="ci", since=AT, command="apply")), [], AT),
    "fault": error_json(failure(RuntimeError("1234")), [], AT),
    "problems": error_json(failure(ManifestError([HARD])), [HARD], AT),
}


@pytest.mark.parametrize("name", LINES)
def test_every_line_fits_the_schema(name: str) -> None:
    """And one with a member that nobody has described does not."""
    document = json.loads(LINES[name])

    validator = Draft202012Validator(schema())

    assert [error.message for error in validator.iter_errors(document)] == []
    assert not validator.is_valid(document | {"surprise": True})


def test_a_bug_does_not_repeat_values() -> None:
    """Its text may hold a secret."""
    assert "1234" not in LINES["fault"]


def test_the_codes_of_failures_are_those_that_programs_know() -> None:
    """A class of error that is renamed changes a format: docs/formats.md has the same list."""
    assert codes() == {
        "fault",
        "interrupted",
        "lock_held",
        "manifest_error",
        "not_found",
        "not_now",
        "operating_system",
        "outcome_unknown",
        "plan_refused",
        "provisioner_error",
        "rate_limited",
        "rejected",
        "secret_missing",
        "state_error",
        "unauthorized",
        "unreachable",
        "usage_error",
        "vendor_error",
        "vendor_failed",
    }


def test_hostile_text_is_spelt_out() -> None:
    """No control character, line break or reordering mark leaves, and nothing is lost on the way."""
    lines = [
        event_json(Event(Kind.NOTICE, text=HOSTILE, hint=HOSTILE), AT),
        run_json(a_report(Ended("agents.a@pbx", Status.FAILED, HOSTILE, HOSTILE, HOSTILE)), AT),
        error_json(Diagnostic("x", HOSTILE, hint=HOSTILE), [Diagnostic("x", HOSTILE, source=HOSTILE)], AT),
    ]

    assert all(line.isascii() and line.isprintable() for line in lines)
    assert json.loads(lines[0])["message"] == HOSTILE
    assert all(line.isascii() and line.isprintable() for line in plan_json(hostile_plan()).splitlines())


def test_the_same_plan_has_the_same_bytes() -> None:
    """Two plans of the same input can be compared with ``diff``."""
    assert plan_json(a_plan(accounts={"b": "2", "a": "1"})) == plan_json(a_plan(accounts={"a": "1", "b": "2"}))
