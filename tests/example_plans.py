"""What ``plan`` says of each example, from an empty account and from one that somebody has touched.

The real command against the simulator. The simulator's port differs from run to run, and with it the digest of the
manifests. The plan as a value is therefore put back to the address that the example names; its JSON is a plan that
``provisioner show`` reads, with a digest that holds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

from provisioner.cli.saved import load_plan
from provisioner.plan.desired import check
from provisioner.report.json import plan_json
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from provisioner.vendors.loading import find_vendor

ROOT = Path(__file__).parent.parent
EXAMPLES, PLANS = ROOT / "examples", ROOT / "plans"
WRITTEN = "http://127.0.0.1:8080"
"""Where the examples say that the simulator is."""

FIXED = {"SOURCE_DATE_EPOCH": "1893456000", "PROVISIONER_LINEAGE": "00000000-0000-4000-8000-000000000000"}
SECRETS = {
    "EQ_API_KEY": "sim-eq-key",
    "SAM_PASSWORD": "harbour-42",
    "INES_PASSWORD": "harbour-43",
    "JANE_PIN": "4711",
    "LUIS_PIN": "4712",
    "NOOR_PIN": "4713",
    "DESK_1_SECRET": "rehearsal-1",
    "DESK_2_SECRET": "rehearsal-2",
    "OFFICE_SECRET": "rehearsal-3",
    "OFFICE_MAILBOX": "4714",
    "FIRST_PASSWORD": "harbour-44",
    "FIRST_PIN": "4715",
    "MAILBOX_3150": "4716",
    "MAILBOX_3151": "4717",
    **{f"SIP_{number}": f"rehearsal-{number}" for number in (*range(3101, 3200), *range(3201, 3400))},
}


@dataclass(frozen=True)
class Example:
    """A tenant in ``examples/`` on a simulator of its own."""

    name: str
    folder: Path
    simulator: Running
    control: Control

    def run(self, *arguments: str) -> str:
        """What a command says; asserts that it succeeds."""
        done = subprocess.run(
            [sys.executable, "-m", "provisioner.cli.main", *arguments],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout.replace(self.simulator.url, WRITTEN)

    def planned(self) -> tuple[str, str]:
        """What ``plan`` says, as text and as JSON."""
        text = self.run("plan", "--out", "now.plan")
        plan = load_plan(self.folder / "now.plan")
        desired = check(EXAMPLES / self.name, find_vendor)
        accounts = {name: connected.account for name, connected in desired.connections.items()}
        return text, plan_json(replace(plan, accounts=accounts, config_digest=desired.config_digest)) + "\n"


def environment() -> dict[str, str]:
    """That of the commands: fixed where it would show, with invented secrets, and no ``CI``."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
    return kept | FIXED | SECRETS


def touched_quickstart(control: Control) -> None:
    """What somebody did by hand: another wrap-up, an agent deleted, a colleague added whom no manifest knows."""
    control.change("call_queue", "500", {"wrapUpTime": 60})
    control.delete("agent", _id(control, "agent", "number", "1002"))
    control.create("agent", {"number": "1900", "firstName": "Temp", "password": "1900"})


def touched_support_desk(control: Control) -> None:
    """A day of somebody in the PBX's administration."""
    control.change("call_queue", "500", {"maxWaitTime": 900, "announcePosition": "no"})
    control.change("call_queue", "502", {"ringStrategy": "linear"})  # ignored from now on
    control.delete("call_queue", "501")
    control.change("agent", _id(control, "agent", "number", "1001"), {"emailAddress": "jane@old.example.com"})
    control.delete("agent", _id(control, "agent", "number", "1003"))
    control.change("supervisor", _id(control, "supervisor", "username", "inesgil"), {"type": "full"})
    control.change("extension", "110", {"recording": {**_recording(control, "110"), "outboundExternal": "always"}})


def touched_call_centre(control: Control) -> None:
    """A storm on the quay, as it looks the next morning: what was done in a hurry, and what a season brings anyway."""
    for queue in ("600", "601"):
        control.change("call_queue", queue, {"maxWaitTime": 3600, "weight": 0})
    control.change("call_queue", "629", {"ringStrategy": "ringall"})  # ignored from now on
    control.change("call_queue", "609", {"maxCallers": 300})  # nobody declares it
    first, second = (_id(control, "agent", "number", number) for number in ("2001", "2027"))
    control.change("agent", first, {"number": "2099"})
    control.change("agent", second, {"number": "2001"})
    control.change("agent", first, {"number": "2027"})
    for number in ("2115", "2308"):
        control.delete("agent", _id(control, "agent", "number", number))
    control.create("agent", {"number": "2098", "firstName": "Stand-in", "password": "2098"})
    control.delete("pause_code", _id(control, "pause_code", "name", "Training"))
    control.change("extension", "3199", {"name": "Storm desk", "callWaiting": False})
    control.delete("extension", "3312")
    control.change("supervisor", _id(control, "supervisor", "username", "colinbarr"), {"type": "full"})


def _recording(control: Control, extension: str) -> dict[str, Any]:
    return dict(control.content()["extension"][extension]["recording"])


TOUCHED: dict[str, Callable[[Control], None]] = {
    "quickstart": touched_quickstart,
    "support-desk": touched_support_desk,
    "call-centre-200": touched_call_centre,
}

DRIFTED_ONLY = frozenset({"call-centre-200"})
"""Examples of which a plan of the empty account is nobody's reading: hundreds of creates, all alike."""


def files_of(name: str) -> frozenset[str]:
    """The files in ``plans/`` that are of an example."""
    accounts = ("drifted",) if name in DRIFTED_ONLY else ("empty", "drifted")
    return frozenset(f"{name}-{account}.{form}" for account in accounts for form in ("txt", "json"))


def _id(control: Control, kind: str, attribute: str, value: str) -> str:
    return next(key for key, entity in control.content()[kind].items() if entity[attribute] == value)


@contextmanager
def rehearsed(name: str) -> Iterator[Example]:
    """A copy of an example that leads to a simulator of its own, empty."""
    with (
        tempfile.TemporaryDirectory() as temporary,
        running(find("eq")) as simulator,
        Control(simulator.url) as control,
    ):
        folder = Path(temporary) / name
        copytree(EXAMPLES / name, folder, ignore=ignore_patterns(".*"))
        tenant = folder / "tenant.yaml"
        tenant.write_text(tenant.read_text("utf-8").replace(WRITTEN, simulator.url), "utf-8")
        yield Example(name, folder, simulator, control)


def plans_of(name: str) -> dict[str, str]:
    """The files of one example, by name."""
    with rehearsed(name) as example:
        empty = example.planned()
        # One change at a time: ids count up in the order in which creates arrive.
        example.run("apply", "now.plan", "--parallelism", "1")
        TOUCHED[name](example.control)
        drifted = example.planned()
    said = {"empty": empty, "drifted": drifted}
    made = {
        f"{name}-{account}.{form}": text
        for account, forms in said.items()
        for form, text in zip(("txt", "json"), forms, strict=True)
    }
    return {file: text for file, text in made.items() if file in files_of(name)}


def expected_plans() -> dict[str, str]:
    """Every file of ``plans/`` by name, but for its README."""
    with ThreadPoolExecutor() as pool:
        return {file: text for found in pool.map(plans_of, sorted(TOUCHED)) for file, text in found.items()}
