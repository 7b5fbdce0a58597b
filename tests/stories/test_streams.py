"""The stream of events to its last line: interrupted before it began, and with nobody to read it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from typing import IO

import pytest

from tests.console import read_from
from tests.stories.stage import Stage, until
from tests.stories.test_interrupted import AGENTS


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_while_it_still_reads(stage: Stage, number: signal.Signals) -> None:
    """Nothing was begun, and that is what the last line says."""
    stage.write(AGENTS)
    stage.hold(method="GET")
    begun = stage.start("apply", "--auto-approve", "--json")
    until(stage.held, "a read is held back")

    begun.signal(number)

    last = json.loads(begun.wait().failed("interrupted").out.splitlines()[-1])
    assert (last["type"], last["code"]) == ("error", "interrupted")
    assert stage.counted() == {}


def test_a_document_that_is_interrupted(stage: Stage) -> None:
    """A plan that did not come about is no plan."""
    stage.write(AGENTS)
    stage.hold(method="GET")
    begun = stage.start("plan", "--format", "json")
    until(stage.held, "a read is held back")

    begun.signal(signal.SIGINT)

    document = json.loads(begun.wait().failed("interrupted").out)
    assert (document["valid"], [item["code"] for item in document["diagnostics"]]) == (False, ["interrupted"])


@pytest.mark.parametrize("begun", [0, 3])
def test_a_reader_who_goes_away(stage: Stage, begun: int) -> None:
    """What is under way is finished and on record, nothing more is begun; the next run makes the rest."""
    stage.write(AGENTS)
    stage.hold(method="POST", skip=max(0, begun - 1), seconds=3)
    command = [sys.executable, "-m", "provisioner.cli.main", "apply", "--auto-approve", "--json", "--parallelism", "1"]

    with subprocess.Popen(
        command, cwd=stage.folder, env=stage.environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        read_until_begun(read_from(process), begun)
        read_from(process).close()
        assert process.stderr is not None
        err = process.stderr.read()

    assert process.returncode == 1
    assert "Traceback" not in err
    assert (stage.counted()["POST"], stage.state().pending, len(stage.ids())) == (begun, {}, begun)
    stage.control.clear_faults()
    stage.apply().ok()
    assert (stage.counted(), len(stage.ids())) == ({"POST": 12}, 12)


def read_until_begun(stream: IO[str], changes: int) -> None:
    """Returns when so many changes have begun."""
    while changes:
        changes -= json.loads(stream.readline())["type"] == "change_started"
