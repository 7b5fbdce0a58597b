"""The examples in docs/formats.md: what real commands say of a tenant of one queue, against a simulator.

The page names an example in a comment, ``<!-- example: drift -->``, and the fenced block below it is that command's
output. What differs from run to run (the simulator's port, the run's id, digests that depend on the port) is put to
what it would be with the page's own tenant.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from provisioner.cli.saved import load_plan
from provisioner.plan.desired import check
from provisioner.plan.document import Plan
from provisioner.report.json import plan_json
from provisioner.simulators.control import Control
from provisioner.simulators.server import find, running
from provisioner.vendors.loading import find_vendor
from tests.example_plans import environment

PAGE = Path(__file__).parent.parent / "docs" / "formats.md"
BLOCK = re.compile(r"(?P<head><!-- example: (?P<name>[a-z]+) -->\n```\w*\n)(?P<text>.*?)(?P<end>^```$)", re.M | re.S)
RUN = "00000000-0000-4000-8000-000000000001"
ORIGIN = "http://127.0.0.1:8080"

SCHEMAS = {"plan": "plan", "stream": "events", "error": "events", "drift": "drift", "problems": "diagnostics"}
"""The schema of each example that is JSON."""


def with_examples(page: str, said: Mapping[str, str]) -> str:
    """The page with every example as it was said."""
    return BLOCK.sub(lambda found: f"{found['head']}{said[found['name']]}{found['end']}", page)


def tenant_of(page: str) -> str:
    """The manifest that the page begins with."""
    return next(text for text in re.findall(r"^```yaml\n(.*?)^```$", page, re.M | re.S) if text.startswith("tenant:"))


@dataclass(frozen=True)
class Commands:
    """Commands in the tenant's folder, and what they say once the simulator's place is the one on the page."""

    folder: Path
    origin: str

    def run(self, *arguments: str, code: int = 0) -> str:
        command = [sys.executable, "-m", "provisioner.cli.main", *arguments]
        done = subprocess.run(command, cwd=self.folder, env=environment(), capture_output=True, text=True, check=False)
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout.replace(self.origin, ORIGIN).replace(self.origin.partition("//")[2], ORIGIN[7:])

    def write(self, manifest: str) -> None:
        (self.folder / "acme.yaml").write_text(manifest.replace(ORIGIN, self.origin), "utf-8")


def said_by_commands(page: str) -> dict[str, str]:
    """What stands in the page's examples, by name."""
    manifest = tenant_of(page)
    with TemporaryDirectory() as top, running(find("eq")) as simulator, Control(simulator.url) as control:
        commands = Commands(Path(top, "tenants", "acme"), simulator.url)
        commands.folder.mkdir(parents=True)
        Path(top, ".git").mkdir()
        commands.write(manifest)
        commands.run("plan", "--out", "first.plan")
        first = load_plan(commands.folder / "first.plan")
        stream = commands.run("apply", "first.plan", "--json")
        run = next(json.loads(line)["message"] for line in stream.splitlines() if '"run_started"' in line)
        stream = stream.replace(run, RUN).replace(first.digest, on_the_page(first, manifest).digest)
        error = commands.run("apply", "first.plan", "--json", code=1)
        control.change("call_queue", "500", {"wrapUpTime": 60})
        drift = commands.run("drift", "--format", "json", code=2)
        commands.run("plan", "--out", "second.plan")
        plan = plan_json(on_the_page(load_plan(commands.folder / "second.plan"), manifest)) + "\n"
        commands.write(manifest.replace("type: inbound", "type: inbund"))
        problems = commands.run("validate", "--format", "json", code=1)
        github = commands.run("validate", "--format", "github", code=1)
    return {
        "plan": plan,
        "stream": stream,
        "error": error,
        "drift": drift,
        "problems": problems,
        "github": github,
    }


def on_the_page(plan: Plan, manifest: str) -> Plan:
    """The plan as if it had been made where the page's manifest says."""
    with TemporaryDirectory() as folder:
        Path(folder, "acme.yaml").write_text(manifest, "utf-8")
        desired = check(Path(folder), find_vendor)
    accounts = {name: connected.account for name, connected in desired.connections.items()}
    return replace(plan, accounts=accounts, config_digest=desired.config_digest)
