"""What ``plan`` says of each example, from an empty account and from one that somebody has touched.

The real command against a simulator for each connection that the example's manifests declare. The simulators' ports
differ from run to run, and with them the digest of the manifests. The plan as a value is therefore put back to the
addresses that the example names; its JSON is a plan that ``provisioner show`` reads, with a digest that holds.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any, TypeAlias
from urllib.parse import urlsplit

from provisioner.cli.saved import load_plan
from provisioner.plan.desired import check
from provisioner.report.json import plan_json
from provisioner.simulators.control import Control
from provisioner.simulators.server import find, running
from provisioner.vendors.loading import find_vendor

ROOT = Path(__file__).parent.parent
EXAMPLES, PLANS = ROOT / "examples", ROOT / "plans"

FORMS = ("txt", "json", "md")
"""As a terminal, a program, and the comment of a pull request show a plan."""

Controls: TypeAlias = Mapping[str, Control]
"""What a person does at each connection's vendor."""

FIXED = {"SOURCE_DATE_EPOCH": "1893456000", "PROVISIONER_LINEAGE": "00000000-0000-4000-8000-000000000000"}
SECRETS = {
    "EQ_API_KEY": "sim-eq-key",
    "HALYARD_EQ_KEY": "sim-eq-key",
    "HALYARD_BIRD_KEY": "sim-bird-key",
    "BRAMBLE_EQ_KEY": "sim-eq-key",
    "BRAMBLE_BIRD_KEY": "sim-bird-key",
    "BRAMBLE_DEEPCALL_TOKEN": "sim-deepcall-token",
    "BRAMBLE_MAQSAM_SECRET": "sim-maqsam-secret",
    "BRAMBLE_FONOUC_PASSWORD": "sim-fonouc-password",
    "CARA_PIN": "4720",
    "FINN_PIN": "4721",
    **{f"{name}_PIN": "4718" for name in ("MARA", "TOMAS", "IVY", "SVEN", "PIA", "LUCA", "ZOE", "EMRE", "ANA")},
    **{f"{name}_PIN": "4719" for name in ("OTTO", "ROSA")},
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
    """A tenant in ``examples/`` on simulators of its own; ``moved`` leads from their addresses to those it names."""

    name: str
    folder: Path
    controls: Controls
    moved: Mapping[str, str]

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command says; asserts that it ends with that exit code."""
        done = subprocess.run(
            [sys.executable, "-m", "provisioner.cli.main", *arguments],
            cwd=self.folder,
            env=environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        said = done.stdout
        for url, written in self.moved.items():
            said = said.replace(url, written)
        return said

    def planned(self) -> tuple[str, ...]:
        """What ``plan`` says, in the forms of ``FORMS``."""
        text = self.run("plan", "--out", "now.plan")
        comment = self.run("show", "now.plan", "--format", "markdown")
        plan = load_plan(self.folder / "now.plan")
        desired = check(EXAMPLES / self.name, find_vendor)
        accounts = {name: connected.account for name, connected in desired.connections.items()}
        return text, plan_json(replace(plan, accounts=accounts, config_digest=desired.config_digest)) + "\n", comment


def environment() -> dict[str, str]:
    """That of the commands: fixed where it would show, with invented secrets, and no ``CI``."""
    kept = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}
    return kept | FIXED | SECRETS


def touched_quickstart(at: Controls) -> None:
    """What somebody did by hand: another wrap-up, an agent deleted, a colleague added whom no manifest knows."""
    control = at["pbx"]
    control.change("call_queue", "500", {"wrapUpTime": 60})
    control.delete("agent", _id(control, "agent", "number", "1002"))
    control.create("agent", {"number": "1900", "firstName": "Temp", "password": "1900"})


def touched_support_desk(at: Controls) -> None:
    """A day of somebody in the PBX's administration."""
    control = at["pbx"]
    control.change("call_queue", "500", {"maxWaitTime": 900, "announcePosition": "no"})
    control.change("call_queue", "502", {"ringStrategy": "linear"})  # ignored from now on
    control.delete("call_queue", "501")
    control.change("agent", _id(control, "agent", "number", "1001"), {"emailAddress": "jane@old.example.com"})
    control.delete("agent", _id(control, "agent", "number", "1003"))
    control.change("supervisor", _id(control, "supervisor", "username", "inesgil"), {"type": "full"})
    control.change("extension", "110", {"recording": {**_recording(control, "110"), "outboundExternal": "always"}})


def touched_call_centre(at: Controls) -> None:
    """A storm on the quay, as it looks the next morning: what was done in a hurry, and what a season brings anyway."""
    control = at["pbx"]
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


INVITED = {
    "mara": "Mara Linde",
    "tomas": "Tomás Rey",
    "ivy": "Ivy Clarke",
    "sven": "Sven Aas",
    "noor": "Noor Aziz",
    "pia": "Pia Wolf",
    "luca": "Luca Neri",
    "zoe": "Zoe Hart",
    "emre": "Emre Kaya",
    "ana": "Ana Sousa",
}
"""Who is invited to the inbox, in this order: the simulator gives the same ids each time."""


def prepared_two_vendors(at: Controls) -> None:
    """Invites the people to the inbox, which only its portal can; that is where their user ids are from."""
    for key, name in INVITED.items():
        at["inbox"].create("user", {"name": name, "defaultEmail": f"{key}@halyard.example"})


def touched_two_vendors(at: Controls) -> None:
    """A week in two portals: each is looked at for itself, and one person is gone from one of them."""
    pbx, inbox = at["pbx"], at["inbox"]
    pbx.change("call_queue", "601", {"maxWaitTime": 300})
    pbx.change("agent", _id(pbx, "agent", "number", "2004"), {"lastName": "Aas-Holm"})
    pbx.delete("agent", _id(pbx, "agent", "number", "2009"))
    inbox.delete("agent", _id(inbox, "agent", "name", "Zoe Hart"))
    inbox.change("agent", _id(inbox, "agent", "name", "Mara Linde"), {"wrapUpTime": 120})
    inbox.change("routing_queue", _id(inbox, "routing_queue", "name", "Orders"), {"priority": 90})


def prepared_all_vendors(at: Controls) -> None:
    """What only a portal can do: invitations, the office in Muscat, the emergency line and who belongs to it."""
    for name in ("Cara Doyle", "Finn Ward", "Lena Kraus"):
        at["inbox"].create("user", {"name": name, "defaultEmail": f"{name.split()[0].lower()}@bramble.example"})
    omar = {"name": "Omar Said", "email": "omar@bramble.example", "groups": ["Arabic"], "whatsappEnabled": True}
    huda = {"name": "Huda Nasser", "email": "huda@bramble.example", "groups": ["Arabic"], "whatsappEnabled": False}
    for person in (omar, huda):
        at["gulf"].create("agent", person)
    cara = {"first_name": "Cara", "last_name": "Doyle", "email": "cara@bramble.example", "presence_id": "701"}
    piet = {"first_name": "Piet", "last_name": "Vos", "email": "piet@bramble.example", "presence_id": "702"}
    roster = [{"type": "user", "id": at["night"].create("user", {**each, "isAgent": True})} for each in (cara, piet)]
    at["night"].create("queue", {"name": "emergency", "agents": [{**each, "delay": 0} for each in roster]})


def touched_all_vendors(at: Controls) -> None:
    """In every portal somebody did something: at last what the plan had asked for by hand, and then some more."""
    pbx, inbox, dial, gulf, night = (at[name] for name in ("pbx", "inbox", "dial", "gulf", "night"))
    gulf.change("agent", _id(gulf, "agent", "name", "Huda Nasser"), {"groups": ["Arabic", "Groups and tours"]})
    gulf.change("agent", _id(gulf, "agent", "name", "Omar Said"), {"active": False})
    pbx.change("call_queue", "700", {"maxWaitTime": 120, "wrapUpTime": 60})
    inbox.change("agent", _id(inbox, "agent", "name", "Finn Ward"), {"wrapUpTime": 300})
    dial.change("agent", _id(dial, "agent", "name", "Omar Said"), {"phone": "96855550199", "status": 0})
    night.settings(logged_in={})


def _recording(control: Control, extension: str) -> dict[str, Any]:
    return dict(control.content()["extension"][extension]["recording"])


TOUCHED: dict[str, Callable[[Controls], None]] = {
    "quickstart": touched_quickstart,
    "support-desk": touched_support_desk,
    "call-centre-200": touched_call_centre,
    "two-vendors": touched_two_vendors,
    "all-vendors": touched_all_vendors,
}

PREPARED: dict[str, Callable[[Controls], None]] = {
    "two-vendors": prepared_two_vendors,
    "all-vendors": prepared_all_vendors,
}
"""What a person must have done at the vendors before the first plan."""

DRIFTED_ONLY = frozenset({"call-centre-200"})
"""Examples of which a plan of the empty account is nobody's reading: hundreds of creates, all alike."""


def files_of(name: str) -> frozenset[str]:
    """The files in ``plans/`` that are of an example."""
    accounts = ("drifted",) if name in DRIFTED_ONLY else ("empty", "drifted")
    return frozenset(f"{name}-{account}.{form}" for account in accounts for form in FORMS)


def _id(control: Control, kind: str, attribute: str, value: str) -> str:
    return next(key for key, entity in control.content()[kind].items() if entity[attribute] == value)


@contextmanager
def rehearsed(name: str) -> Iterator[Example]:
    """A copy of an example, each connection of which leads to a simulator of its own, empty but for what it needs."""
    with tempfile.TemporaryDirectory() as temporary, ExitStack() as stack:
        folder = Path(temporary) / name
        copytree(EXAMPLES / name, folder, ignore=ignore_patterns(".*"))
        controls: dict[str, Control] = {}
        moved: dict[str, str] = {}
        for connection, connected in check(EXAMPLES / name, find_vendor).connections.items():
            simulator = stack.enter_context(running(find(connected.vendor.name)))
            controls[connection] = stack.enter_context(Control(simulator.url))
            moved[simulator.url] = _origin(connected.settings.model_dump()["url"])
        tenant = folder / "tenant.yaml"
        text = tenant.read_text("utf-8")
        for url, written in moved.items():
            assert written in text, "each connection names a simulator's address of its own"
            text = text.replace(written, url)
        tenant.write_text(text, "utf-8")
        PREPARED.get(name, lambda _: None)(controls)
        yield Example(name, folder, controls, moved)


def _origin(url: str) -> str:
    """Scheme, host and port: where the example says that the simulator is."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


@dataclass(frozen=True)
class Said:
    """What commands say of an example: the files of ``plans/`` by name; as JSON the apply's stream, then its drift."""

    files: Mapping[str, str]
    stream: str
    drift: str


def said_of(name: str) -> Said:
    """Plan and apply from an empty account; somebody touches it; drift and plan."""
    with rehearsed(name) as example:
        empty = example.planned()
        # One change at a time: ids count up in the order in which creates arrive.
        stream = example.run("apply", "now.plan", "--parallelism", "1", "--json")
        TOUCHED[name](example.controls)
        drift = example.run("drift", "--format", "json", code=2)
        drifted = example.planned()
    said = {"empty": empty, "drifted": drifted}
    made = {
        f"{name}-{account}.{form}": text
        for account, forms in said.items()
        for form, text in zip(FORMS, forms, strict=True)
    }
    return Said({file: text for file, text in made.items() if file in files_of(name)}, stream, drift)


def expected_plans() -> dict[str, str]:
    """Every file of ``plans/`` by name, but for its README."""
    with ThreadPoolExecutor() as pool:
        return {file: text for said in pool.map(said_of, sorted(TOUCHED)) for file, text in said.files.items()}
