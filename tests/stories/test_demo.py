"""``provisioner demo`` tells the truth, wherever it is told, and says so when it cannot."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from provisioner.cli.demo import Performance, environ_for, write_tenant
from provisioner.cli.demo_second import SecondVendor
from provisioner.cli.demo_story import Story, data
from provisioner.cli.stage import NotAsTold, Stage
from provisioner.simulators.control import Control
from provisioner.simulators.server import find, running

STORY = Story.model_validate_json(data("story.json"))

Play = Callable[[Story], Performance]


@pytest.fixture
def play(tmp_path: Path) -> Iterator[Play]:
    """Makes a performance of a story, which may be a spoilt one, on empty simulators."""
    with (
        running(find(STORY.vendor)) as simulator,
        running(find(STORY.second.vendor)) as other,
        Control(simulator.url) as control,
        Control(other.url) as control_of_other,
    ):
        write_tenant(tmp_path, simulator)
        stage = Stage(tmp_path, environ_for(STORY, simulator, other), color=False, step="step 0, a test")
        controls = {STORY.vendor: control, STORY.second.vendor: control_of_other}
        yield lambda story: Performance(stage, control, story, SecondVendor(stage, controls, story, other))


@pytest.fixture
def stage(tmp_path: Path) -> Stage:
    """An empty folder, in which commands see our environment."""
    return Stage(tmp_path, dict(os.environ), color=False, step="step 0, a test")


def test_the_whole_story_comes_true_in_ci_on_a_narrow_page() -> None:
    """In 40 columns, without a terminal or colour, with CI set, and without a word of a secret."""
    environ = {**os.environ, "CI": "true", "NO_COLOR": "1", "COLUMNS": "40"}

    told = subprocess.run(
        [sys.executable, "-m", "provisioner.cli.main", "demo"],
        env=environ,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )

    assert told.returncode == 0, told.stdout[-3000:] + told.stderr
    assert re.findall(r"^(\d+)/13 ", told.stdout, re.MULTILINE) == [str(number) for number in range(1, 14)]
    assert "Killed (signal 9)" in told.stdout
    assert told.stderr == ""
    assert not any(
        secret in told.stdout for secret in ("\x1b", "sim-eq-key", "sim-bird-key", *STORY.environment.values())
    )


def test_a_step_that_goes_otherwise_ends_the_demo_and_is_named(play: Play) -> None:
    """Here the story expects a plan to change something else than it does."""
    drift = STORY.drift.model_copy(update={"address": "queues.sales@pbx"})
    performance = play(STORY.model_copy(update={"drift": drift}))
    performance.stage.run("apply", "--auto-approve")

    with pytest.raises(NotAsTold, match=r"step 0, a test: .*queues\.sales@pbx"):
        performance.drift()


def test_a_vendor_that_holds_something_else_ends_the_demo(play: Play) -> None:
    """The exit codes are right, and the content is not what the story says."""
    drift = STORY.drift.model_copy(update={"declared": {"wrapUpTime": 16}})
    performance = play(STORY.model_copy(update={"drift": drift}))
    performance.stage.run("apply", "--auto-approve")

    with pytest.raises(NotAsTold, match="wrapUpTime is 16 at the vendor; it is 15"):
        performance.drift()


def test_a_second_vendor_that_holds_something_else_ends_the_demo(play: Play) -> None:
    """What is looked up at either vendor is held against the story, as the first one's content is."""
    looks = tuple(look.model_copy(update={"has": {"priority": 11}}) for look in STORY.second.joined[-1:])
    performance = play(STORY.model_copy(update={"second": STORY.second.model_copy(update={"joined": looks})}))
    performance.stage.run("apply", "--auto-approve")

    with pytest.raises(NotAsTold, match=r"priority is 11 at \w+; it is 10"):
        performance.join()


def test_an_edit_of_what_is_not_there_ends_the_demo(stage: Stage) -> None:
    """The story's manifests and its edits belong together."""
    stage.edit("a.yaml", "tenant: acme\n")

    with pytest.raises(NotAsTold, match=r"a\.yaml says `tenant: other`"):
        stage.replace("a.yaml", [("tenant: other", "tenant: acme")])


def test_a_command_that_ends_otherwise_is_shown_and_named(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """Its own message stands above the demo's."""
    with pytest.raises(NotAsTold, match="exit code 0; it was 1"):
        stage.run("validate")

    assert "$ provisioner validate\nerror: there is no `*.yaml`" in capsys.readouterr().out


def test_long_output_is_shortened_and_says_so(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """The beginning and the end are there."""
    whole = stage.run("--help")
    capsys.readouterr()

    stage.run("--help", most=6)

    first, *_, last = whole.splitlines()
    shown = capsys.readouterr().out.splitlines()[2:]
    assert len(shown) == 7
    assert (shown[0], shown[-1]) == (first, last)
    assert shown[3] == f"... ({len(whole.splitlines()) - 6} lines more)"


def test_an_edit_shows_what_it_changes(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """And only that."""
    stage.edit("a.yaml", "tenant: acme\nguards: {}\n")
    capsys.readouterr()

    stage.edit("a.yaml", "tenant: other\nguards: {}\n")

    assert capsys.readouterr().out == "\n(edit a.yaml)\n-tenant: acme\n+tenant: other\n"


def test_a_command_that_ends_before_it_is_to_be_killed_ends_the_demo(stage: Stage) -> None:
    """Nobody waits for what cannot come any more."""
    with pytest.raises(NotAsTold, match="it ended with exit code 0"):
        stage.kill_when("--version", ready=lambda: False)


def test_a_command_is_killed_when_the_moment_has_come(stage: Stage) -> None:
    """Killed means without any chance to tidy up."""
    looks = iter([False, True])

    stage.kill_when("simulate", STORY.vendor, ready=lambda: next(looks))

    assert next(looks, None) is None


def test_what_is_told_fits_the_page(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """No line of the story is wider than it may be."""
    stage.tell("word " * 60)

    assert max(map(len, capsys.readouterr().out.splitlines())) <= 100


def test_a_headline_is_bold_only_where_colour_is_wanted(stage: Stage, capsys: pytest.CaptureFixture[str]) -> None:
    """Its words are the same."""
    stage.headline(1, 2, "Plan")
    plain = capsys.readouterr().out

    replace(stage, color=True).headline(1, 2, "Plan")

    assert plain == "\n1/2  Plan\n"
    assert "1/2  Plan" in capsys.readouterr().out
