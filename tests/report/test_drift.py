"""What is said of drift, to people and to programs."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest
from jsonschema import Draft202012Validator

from provisioner.plan.document import Plan
from provisioner.plan.document_json import from_json, to_json
from provisioner.plan.drift_schema import schema
from provisioner.plan.drifted import Compared, Drift, Moving, Unseen
from provisioner.plan.leaf import FieldChange
from provisioner.plan.schema import schema as plan_schema
from provisioner.report.drift import DriftReport, drift_json, drift_text
from tests.report import drifting, golden
from tests.report.drifting import a_drifted, an_untold
from tests.report.strategies import HARMFUL

REPORTS = {
    "everything": drifting.everything(),
    "only-unknown": drifting.only_unknown(),
    "none": DriftReport("acme", Compared(unchanged=14, unseen=(Unseen("pbx", "alerts", 3),))),
    "nothing-managed": DriftReport("acme", Compared()),
}


def hostile() -> DriftReport:
    """Whatever somebody else can write, written by somebody who means ill."""
    field = FieldChange(golden.HOSTILE, golden.HOSTILE, [golden.HOSTILE])
    drift = a_drifted("agents.ann@pbx", Drift.CHANGED, field, id=golden.HOSTILE, applied={"name": golden.HOSTILE})
    found = Compared(
        (drift,),
        (an_untold("agents.bob@pbx", golden.HOSTILE, golden.HOSTILE),),
        (Moving(drift.address, drift.id, (field,)),),
    )
    return DriftReport(golden.HOSTILE, found, targets=(golden.HOSTILE,))


@pytest.mark.parametrize("name", [name for name in golden.GOLDEN if name.startswith("drift-")])
def test_drift_reads_as_agreed(name: str) -> None:
    """The texts in ``golden/`` are what reviewers have read; ``python -m tests.report.golden`` writes them anew."""
    assert golden.GOLDEN[name]() + "\n" == golden.stored(name)


@pytest.mark.parametrize("name", REPORTS)
def test_a_report_fits_its_schema(name: str) -> None:
    """With every key that there is, and nothing else."""
    document = json.loads(drift_json(REPORTS[name]))

    assert list(Draft202012Validator(schema()).iter_errors(document)) == []
    assert document.keys() == set(schema()["required"])


def test_the_summary_counts_what_is_listed() -> None:
    """Each way of drifting by itself; what cannot be read by entities."""
    document = json.loads(drift_json(REPORTS["everything"]))

    assert document["summary"] == {
        **dict.fromkeys(map(str, Drift), 1),
        "unknown": 13,
        "unchanged": 14,
        "not_compared": 4,
    }


def test_a_side_without_a_value_has_no_key() -> None:
    """And one that is empty is null."""
    fields = json.loads(drift_json(REPORTS["everything"]))["drift"][0]["fields"]

    assert fields[0] == {"path": "email", "before": "ann@acme.example", "after": None}
    assert fields[3] == {"path": "note", "before": "x"}


@pytest.mark.parametrize("report", [*REPORTS.values(), hostile()], ids=[*REPORTS, "hostile"])
def test_nobody_elses_text_steers_the_terminal(report: DriftReport) -> None:
    """Nothing that a terminal obeys comes through, and a long value is cut."""
    text = drift_text(report, color=False)

    assert HARMFUL.search(text) is None
    assert len(text) < 20_000


@pytest.mark.parametrize("name", REPORTS)
def test_colour_adds_nothing_but_colour(name: str) -> None:
    """The same words with and without; ASCII where the content is."""
    coloured = drift_text(REPORTS[name], color=True)

    assert re.sub("\x1b\\[[0-9;]*m", "", coloured) == drift_text(REPORTS[name], color=False)
    assert coloured.isascii()


@pytest.mark.parametrize("width", [40, 60, 100])
def test_lines_fit(width: int) -> None:
    """Only commands to copy are longer than the terminal is wide."""
    lines = drift_text(REPORTS["everything"], color=False, width=width).splitlines()

    assert [line for line in lines if len(line) > width and "provisioner" not in line and "keep it" not in line] == []


def test_the_ways_out_say_what_was_looked_at() -> None:
    """A partial report proposes a partial apply."""
    report = replace(REPORTS["everything"], targets=("agents.*",))

    text = drift_text(report, color=False, tool="provisioner -C acme")

    assert "provisioner -C acme apply --refresh-only --target 'agents.*'\n" in f"{text}\n"


def test_a_refresh_is_saved_whole() -> None:
    """It fits the schema of plans, and reads back as it was."""
    plan: Plan = drifting.a_refresh()

    document = json.loads(json.dumps(to_json(plan)))

    assert list(Draft202012Validator(plan_schema()).iter_errors(document)) == []
    assert from_json(document) == plan
