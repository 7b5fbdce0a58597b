"""What validating a large tenant costs, against nothing but parsing the same files.

10,000 agents in 20 files, as a contact centre would write them, one in a hundred renamed. The yardstick is
ruamel.yaml's safe loader on its C parser, which gives plain dictionaries and checks nothing. Twice: whole processes, as
a user starts them, and the bare work within a process that has imported what it needs.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from benchmarks.harness import MB, Cost, Figure, console_script, in_turns, of_process

AGENTS = 10_000
FILES = 20
ROUNDS = 5

_FIRST = ("Ana", "Ben", "Chloé", "Dmitri", "Elif", "Farid", "Grace", "Hana", "Igor", "Jana", "Kofi", "Lena", "Mia")
_LAST = ("Adams", "Berg", "Castro", "Dvořák", "Evans", "Fischer", "García", "Huber", "Ito", "Jansen", "Kaya")

# What a user's own script would do: the import and nothing but the parse.
_LOAD_ALONE = """
import pathlib, sys
from ruamel.yaml import YAML
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.yaml")):
    YAML(typ="safe", pure=False).load(path.read_text())
"""

# In one process and in turns, which has imported everything before it is measured.
_BARE_WORK = """
import json, pathlib, sys
from ruamel.yaml import YAML
from ruamel.yaml.cyaml import CParser
from benchmarks.harness import in_process, in_turns
from provisioner.plan.desired import check
from provisioner.vendors.loading import find_vendor, vendor_names
assert YAML(typ="safe", pure=False).Parser is CParser, "the yardstick is the C parser"
once, twice, rounds = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3])
def load():
    for path in sorted(once.glob("*.yaml")):
        YAML(typ="safe", pure=False).load(path.read_text())
def validate(folder):
    check(folder, find_vendor, vendor_names=vendor_names)
work = {"load": load, "validate": lambda: validate(once), "double": lambda: validate(twice)}
costs = in_turns({name: lambda run=run: in_process(run) for name, run in work.items()}, rounds)
print(json.dumps({name: [cost.wall, cost.cpu] for name, cost in costs.items()}))
"""


def figures() -> Iterator[Figure]:
    """Whole processes against whole processes, then the bare work against the bare work."""
    with tempfile.TemporaryDirectory() as scratch:
        once = agents_folder(Path(scratch, "once"), AGENTS)
        twice = agents_folder(Path(scratch, "twice"), 2 * AGENTS)
        whole = in_turns(
            {
                "load": lambda: of_process([sys.executable, "-c", _LOAD_ALONE, once]),
                "validate": lambda: _validate(once),
                "double": lambda: _validate(twice),
            },
            ROUNDS,
        )
        bare = _bare_work(once, twice)
    yield from _ratios("processes", whole)
    yield from _ratios("bare work", bare)
    memory = whole["validate"].memory / MB
    yield Figure("peak memory", memory, 300, "MB", detail=f"of the whole process, {AGENTS:,} agents")
    yield Figure("validate", whole["validate"].wall, None, "s", detail="whole process; says as much about the machine")
    yield Figure("load alone", whole["load"].wall, None, "s", detail="the same")


def _ratios(what: str, costs: Mapping[str, Cost]) -> Iterator[Figure]:
    load, validate, double = costs["load"], costs["validate"], costs["double"]
    against = f"{AGENTS:,} agents in {FILES} files, against the parse alone"
    doubled = f"{2 * AGENTS:,} agents against {AGENTS:,}"
    yield Figure(f"validate / load, {what}", validate.wall / load.wall, 3.0, detail=against)
    yield Figure(f"validate / load, {what}, CPU", validate.cpu / load.cpu, 3.0, detail="the same in processor time")
    yield Figure(f"twice the agents, {what}", double.wall / validate.wall, 2.2, detail=doubled)
    yield Figure(f"twice the agents, {what}, CPU", double.cpu / validate.cpu, 2.2, detail="the same in processor time")


def _validate(folder: Path) -> Cost:
    return of_process([console_script(), "-C", folder, "validate"])


def _bare_work(once: Path, twice: Path) -> dict[str, Cost]:
    """In a process of its own, so that what it imports and keeps weighs on nothing else."""
    done = subprocess.run(  # noqa: S603 (our own words)
        [sys.executable, "-c", _BARE_WORK, once, twice, str(ROUNDS)],
        cwd=Path(__file__).parent.parent,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    return {name: Cost(wall, cpu) for name, (wall, cpu) in json.loads(done.stdout).items()}


# --- The tenant ----------------------------------------------------------------------------------------------------


def agents_folder(folder: Path, count: int, files: int = FILES) -> Path:
    """A tenant of one connection with that many agents, spread over that many files beside the one with the rest.

    One agent in a hundred was renamed once. Another count gives the same agents, more or fewer of them.
    """
    folder.mkdir(parents=True)
    (folder / "acme.yaml").write_text(_TENANT + "moved:\n" + "".join(map(_moved, range(0, count, 100))))
    for number in range(files):
        share = range(number * count // files, (number + 1) * count // files)
        (folder / f"agents_{number:02}.yaml").write_text("agents:\n" + "".join(map(_agent, share)))
    return folder


_TENANT = """\
tenant: acme

connections:
  pbx:
    vendor: eq
    url: https://eq.example.com/eq/api/2.0
    api_key: {from_env: EQ_KEY}

defaults:
  on: pbx
  agents:
    language: en

"""


def _moved(index: int) -> str:
    return f"  - {{from: agents.former_{index:05}, to: agents.agent_{index:05}}}\n"


def _agent(index: int) -> str:
    first, last = _FIRST[index % len(_FIRST)], _LAST[index % len(_LAST)]
    email = f"agent.{index}@acme.example"
    shown = f"""\
  agent_{index:05}:
    number: "{10000 + index}"
    first_name: {first}
    last_name: {last}
    email: {email}
    password: {{from_env: PIN_{index:05}}}
"""
    return shown if index % 3 else f"{shown}    language: es\n"
