"""What is shown while an apply runs: how far it is, on the stream that it was given and on no other."""

from __future__ import annotations

import io
import subprocess
import sys

import pytest

from provisioner.apply.events import Event, Kind, Status
from provisioner.plan.document import Action, Plan
from provisioner.report.progress import apply_progress, event_lines, read_progress
from tests.report.factories import a_change, a_plan
from tests.report.golden import HOSTILE


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def three_changes() -> Plan:
    return a_plan(
        a_change("agents.a@pbx", Action.CREATE),
        a_change("agents.b@pbx", Action.CREATE),
        a_change("agents.c@pbx", Action.MANUAL, intent=Action.CREATE),
    )


EVENTS = (
    Event(Kind.RUN_STARTED, text="run-1"),
    Event(Kind.CHANGE_ENDED, "agents.c@pbx", "manual", Status.MANUAL),
    Event(Kind.CHANGE_STARTED, "agents.a@pbx", "create"),
    Event(Kind.SETTLED, "agents.a@pbx", text="an answer was lost; asked the vendor: found"),
    Event(Kind.CHANGE_ENDED, "agents.a@pbx", "create", Status.DONE, "1"),
    Event(Kind.CHANGE_STARTED, "agents.b@pbx", "create"),
    Event(Kind.CHANGE_ENDED, "agents.b@pbx", "create", Status.FAILED, None, "pbx: 500", "try again"),
    Event(Kind.RUN_ENDED, text="not completed"),
)


def test_a_log_gets_a_line_for_each_change() -> None:
    """A CI log tells the story, with how far it is; a person's work is not counted."""
    stream = io.StringIO()

    with apply_progress(three_changes(), stream, terminal=False) as tell:
        for event in EVENTS:
            tell(event)

    assert stream.getvalue().splitlines() == [
        "[0/2] by hand agents.c@pbx",
        "notice agents.a@pbx: an answer was lost; asked the vendor: found",
        "[1/2] done agents.a@pbx",
        "[2/2] FAILED agents.b@pbx: pbx: 500",
        "    hint: try again",
    ]


def test_a_terminal_shows_how_far_it_is_and_what_is_under_way() -> None:
    """One line is redrawn: done of total, what is under way, and how long it may still take."""
    stream, clock = io.StringIO(), Clock()
    plan = a_plan(*(a_change(f"agents.a{number}@pbx", Action.CREATE) for number in range(4)))

    with apply_progress(plan, stream, terminal=True, color=False, clock=clock) as tell:
        for number in range(3):
            tell(Event(Kind.CHANGE_STARTED, f"agents.a{number}@pbx", "create"))
        for number in range(2):
            clock.now += 10
            tell(Event(Kind.CHANGE_ENDED, f"agents.a{number}@pbx", "create", Status.DONE))

    last = stream.getvalue()
    assert "Applying" in last
    assert "2/4" in last
    assert "agents.a2@pbx" in last


def test_a_terminal_keeps_what_went_wrong() -> None:
    """The bar goes, a failure and its hint stay."""
    stream = io.StringIO()

    with apply_progress(three_changes(), stream, terminal=True, color=False, clock=Clock()) as tell:
        for event in EVENTS:
            tell(event)

    shown = stream.getvalue()
    assert "FAILED agents.b@pbx: pbx: 500\n" in shown
    assert "hint: try again\n" in shown
    assert "done agents.a@pbx" not in shown


@pytest.mark.parametrize("terminal", [True, False])
def test_nothing_goes_to_standard_output(terminal: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001 - a table's column
    """A program that reads the output is not disturbed."""
    with apply_progress(three_changes(), io.StringIO(), terminal=terminal, clock=Clock()) as tell:
        for event in EVENTS:
            tell(event)
    with read_progress(io.StringIO(), terminal=terminal, clock=Clock()) as read:
        read(1, None)

    assert capsys.readouterr().out == ""


def test_a_reading_shows_how_many_answers_are_in() -> None:
    """A large account's plan does not look like a hang."""
    stream = io.StringIO()

    with read_progress(stream, terminal=True, color=False, clock=Clock()) as read:
        read(1, None)
        read(3, 12)

    assert "Reading" in stream.getvalue()
    assert "3/12" in stream.getvalue()


def test_a_reading_says_nothing_to_a_log() -> None:
    """Nobody wants a line for every page."""
    stream = io.StringIO()

    with read_progress(stream, terminal=False) as read:
        read(1, 2)

    assert stream.getvalue() == ""


@pytest.mark.parametrize("terminal", [True, False])
def test_hostile_text_does_not_steer_the_terminal(terminal: bool) -> None:  # noqa: FBT001 - a table's column
    """A vendor's error cannot clear the screen or ring."""
    stream = io.StringIO()

    with apply_progress(a_plan(), stream, terminal=terminal, color=False, clock=Clock()) as tell:
        tell(Event(Kind.NOTICE, HOSTILE, text=HOSTILE, hint=HOSTILE))

    shown = stream.getvalue()
    assert "\x07" not in shown
    assert "\x1b[2J" not in shown
    assert "\u202e" not in shown
    assert len(shown) < 5_000


def test_markup_is_plain_text() -> None:
    """A name in square brackets is a name, not a style."""
    stream = io.StringIO()

    with apply_progress(a_plan(), stream, terminal=True, color=False, clock=Clock()) as tell:
        tell(Event(Kind.NOTICE, text="[red]agents[/red] :smile:"))

    assert "notice: [red]agents[/red] :smile:" in stream.getvalue()


def test_a_start_is_no_line() -> None:
    """A log is half as long without."""
    assert list(event_lines(Event(Kind.CHANGE_STARTED, "agents.a@pbx", "create"))) == []


def test_what_draws_is_imported_only_where_something_is_drawn() -> None:
    """A CI job does not pay for a terminal's bar at every start."""
    program = "import sys, provisioner.report.progress; print('rich' in sys.modules)"

    found = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)

    assert found.stdout.strip() == "False"
