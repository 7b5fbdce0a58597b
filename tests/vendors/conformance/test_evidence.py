"""Never on incomplete evidence: what could not be read, or not be read whole, is unknown, and nothing is written.

One entity is bound and declared, one is bound and no longer declared, one is declared and was never there. Whatever is
wrong with what the vendor says of the kind, nobody may create, delete, undelete, forget or adopt upon it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import pytest

from provisioner.plan.document import GONE
from provisioner.vendors.base import Call, Find
from tests.vendors.conformance.conftest import Simulators
from tests.vendors.conformance.samples import offer_of, told_kinds
from tests.vendors.conformance.stage import KEY, SECOND, THIRD, Moment, Stage, calls_in, filled

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "500": {"effect": "status", "status": 500},
    "503": {"effect": "status", "status": 503},
    "401": {"effect": "status", "status": 401},
    "403": {"effect": "status", "status": 403},
    "html": {"effect": "garbage"},
    "truncated": {"effect": "truncate"},
    "no answer": {"effect": "drop_after"},
    "no entity": {"effect": "status", "status": 200, "body": {"unheard": "of"}},
}
"""What may become of every answer to a read."""

MANY = 250
"""More requests than a plan and an apply need for an account with a handful of entities."""

READABLE = [(vendor, kind, samples) for vendor, kind, samples in told_kinds() if offer_of(vendor, kind).readable]

FAULTY = [(vendor, kind, name) for vendor, kind, _ in READABLE for name in FAULTS]

UNCOUNTED = [
    (vendor, kind)
    for vendor, kind, _ in READABLE
    if offer_of(vendor, kind).find is Find.LIST and not offer_of(vendor, kind).counted
]

ENDS = ("delete", "forget")

DOUBTFUL = [(vendor, kind, name) for vendor, kind, samples in READABLE for name in samples.evidence]


Moments = Callable[[str, str], Stage]


@pytest.fixture(scope="session")
def moment(simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Moments:
    """The stage when two entities are bound; it is set up once for all tests of a worker."""

    @lru_cache
    def made(vendor: str, kind: str) -> Moment:
        stage = Stage(vendor, kind, tmp_path_factory.mktemp(f"{vendor}-{kind}") / "acme", *simulators(vendor))
        stage.open()
        return Moment.of(filled(stage))

    return lambda vendor, kind: made(vendor, kind).again()


def doubtful(stage: Stage, **connection: Any) -> dict[str, str]:
    """What a plan says of each of the three; it is refused, and nothing is sent to change anything.

    What is no longer declared may go all the same where it was met or can be read by itself, and the plan shows it.
    """
    samples = stage.samples
    stage.write({KEY: samples.declare, THIRD: stage.another(samples.third)}, **connection)
    before = stage.content()

    planned, applied = stage.plan(), stage.apply()

    assert (planned.code, applied.code) == (1, 1), planned.text + applied.text
    assert stage.writes() == {}
    assert stage.requests().total() < MANY, "a listing that has no end is asked for all the same"
    assert stage.content() == before
    changes = {change["address"]: change for change in planned.changes.values()}
    return {key: said(changes.get(stage.address(key))) for key in (KEY, SECOND, THIRD)}


def said(change: Mapping[str, Any] | None) -> str:
    """The action, and of one that ends something whether that was seen."""
    if change is None:
        return "none"
    gone = {reason["code"] for reason in change["reasons"]} & {GONE}
    return (
        f"{change['action']} of what was {'not ' if gone else ''}seen" if change["action"] in ENDS else change["action"]
    )


@pytest.mark.parametrize(("vendor", "kind", "fault"), FAULTY)
def test_a_read_that_fails_is_no_evidence(moment: Moments, vendor: str, kind: str, fault: str) -> None:
    """Every answer about the kind is spoilt: nobody knows of any of the three."""
    stage = moment(vendor, kind)
    for method, path in reads(stage):
        stage.control.fault(**FAULTS[fault], method=method, path=path, times=None)

    assert doubtful(stage) == {KEY: "unknown", SECOND: "unknown", THIRD: "unknown"}


@pytest.mark.parametrize(("vendor", "kind"), UNCOUNTED)
def test_an_empty_listing_without_a_counter_is_not_believed(moment: Moments, vendor: str, kind: str) -> None:
    """State binds two entities there."""
    stage = moment(vendor, kind)
    for entity in stage.control.content()[stage.samples.entity]:
        stage.control.delete(stage.samples.entity, entity)

    assert doubtful(stage) == {KEY: "unknown", SECOND: "unknown", THIRD: "unknown"}


@pytest.mark.parametrize(("vendor", "kind", "name"), DOUBTFUL)
def test_a_listing_that_cannot_be_right_is_no_evidence(moment: Moments, vendor: str, kind: str, name: str) -> None:
    """Who was not met may be there all the same; who can be read alone is no evidence for anybody else."""
    stage = moment(vendor, kind)
    evidence = stage.samples.evidence[name]
    stage.control.settings(**evidence.settings)
    for fault in evidence.faults:
        stage.control.fault(**{"times": None, **fault})

    found = doubtful(stage, **evidence.connection)

    assert found[THIRD] == "unknown"
    assert found[KEY] in ("none", "unknown")
    assert found[SECOND] in ("unknown", "delete of what was seen", "forget of what was seen")


def reads(stage: Stage) -> list[tuple[str, str]]:
    """Method and glob of every call by which entities of the kind are read."""
    sources = [stage.offer.sources.get(call, "") for call in (Call.LIST, Call.READ)]
    return [
        (method, path.replace("{}", "*")) for source in sources for method, path in map(str.split, calls_in(source))
    ]
