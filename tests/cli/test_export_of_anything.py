"""Whatever an account holds: exported, planned, adopted, and nothing in it has changed."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.cli.test_export import account, exported

__all__ = ["account"]

NAMES = (
    "Jane",
    "no",
    "Ömer Ünal",
    "明",
    "a: b # c",
    "- x",
    '"quoted" \\ back',
    "0100",
    "1e3",
    "null",
    "tab\tin it",
    "{x}",
    "~",
    "\u202eleft",
    "12:30",
    "*star",
    "x" * 60,
    " spaced ",
    "bell\x07",
)
EMAILS = (None, None, "a@x.example", "b@x.example", "not an address", "É@x.example")


def fill(control: Control, dice: random.Random) -> None:
    """Some of each kind, past all checks; what is required is there, so that the vendor can show it."""
    for number in range(dice.choice([0, 1, 9, 9, 9])):
        kind, attributes = dice.choice(MAKERS)(dice, number)
        key = control.create(kind, attributes, force=True)
        if kind != "extension" and dice.random() < 0.2:
            control.delete(kind, key)


def _agent(dice: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    return "agent", {
        "number": dice.choice([str(1000 + number), "1001", "007"]),
        "firstName": dice.choice(NAMES),
        "lastName": dice.choice([None, *NAMES]),
        "emailAddress": dice.choice(EMAILS),
        "language": dice.choice([None, "en", "no"]),
        "password": "0042",
    }


def _supervisor(dice: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    return "supervisor", {
        "username": dice.choice([f"user{number}", "samlee", "SAMLEE", "no"]),
        "firstName": dice.choice(NAMES),
        "emailAddress": dice.choice([f"s{number}@x.example", "s@x.example"]),
        "type": dice.choice(["full", "monitorOnly"]),
        "password": "secret1",
    }


def _pause_code(dice: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    return "pause_code", {"name": dice.choice(NAMES)}


def _queue(dice: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    return "call_queue", {
        "extension": str(500 + number),
        "name": dice.choice(NAMES),
        "type": dice.choice([0, 1]),
        "wrapUpTime": dice.choice([None, 0, 30]),
        "agentRetryTime": dice.choice([None, 0, 5]),
        "ringStrategy": dice.choice(["ringall", "linear", "unheard-of"]),
        "cidNamePrefix": dice.choice([None, *NAMES]),
        "announcePosition": dice.choice(["yes", "no"]),
    }


def _extension(dice: random.Random, number: int) -> tuple[str, dict[str, Any]]:
    mailbox = {"emailAddress": dice.choice(EMAILS), "options": {"attach": dice.choice(["yes", "no"])}}
    return "extension", {
        "extension": str(1000 + number),
        "name": dice.choice(NAMES),
        "cidMasquerade": dice.choice([None, str(1000 + number), "15550100"]),
        "callWaiting": dice.choice([True, False]),
        "recording": {"onDemand": dice.choice([True, False])},
        "sip": {"secret": dice.choice([None, "s3cr3t"]), "context": dice.choice([None, "from-internal", "sales"])},
        "voicemail": dice.choice([None, {}, mailbox]),
    }


MAKERS = (_agent, _supervisor, _pause_code, _queue, _extension)


@pytest.mark.parametrize("seed", range(25))
def test_any_account_is_taken_over_without_a_change(account: Tenant, control: Control, seed: int) -> None:
    """A plan of the export has adoptions only, without fields; after them there is nothing to do."""
    fill(control, random.Random(seed))  # noqa: S311 (test material, no secret)
    before = control.content(reveal=True)
    out = exported(account)

    ran = account.run("export", "--connection", "pbx", "--out", str(out.folder))
    planned = out.run("plan", "--format", "json")

    assert "Traceback" not in ran.err
    assert (ran.code, ran.err) in ((0, ""), (1, "")), ran.err
    assert ("Left out" in ran.out) == (ran.code == 1)
    assert planned.code == 0, planned.err + planned.out
    found = json.loads(planned.out)["changes"]
    assert {(change["action"], len(change["fields"])) for change in found} <= {("adopt", 0)}
    assert out.run("apply", "--auto-approve").code == 0
    assert out.run("plan", "--detailed-exitcode").code == 0
    assert control.content(reveal=True) == before
    assert _nobody_forgotten(before, found, ran.out, out.folder)


def _nobody_forgotten(content: dict[str, Any], found: list[Any], report: str, folder: Path) -> bool:
    """Every active entity is either adopted or named in the report."""
    adopted = {(change["kind"], change["id"]) for change in found}
    kinds = {"agent": "agents", "supervisor": "supervisors", "pause_code": "pause_codes"}
    return all(
        entity["deleted"] or (kinds[kind], key) in adopted or _named(report, kinds[kind], key)
        for kind, entities in content.items()
        if kind in kinds
        for key, entity in entities.items()
    )


def _named(report: str, kind: str, key: str) -> bool:
    return any(
        line.strip().startswith(f"{kind}: ")
        and any(f"{mark}{key}{end}" in line for mark in ("id ", "ids ", ", ") for end in (",", ":"))
        for line in report.splitlines()
    )
