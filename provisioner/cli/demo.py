"""``provisioner demo``: the whole story, told with the real commands against the simulators of two vendors.

What is told of a vendor (its tenant, its words, its numbers) is data: the folder ``demo_tenant``. After every step the
simulators' content, the exit code and the saved plan are held against the story, so the demo is a test, too.
"""

from __future__ import annotations

import logging
import os
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import click

from provisioner.cli.context import Cli
from provisioner.cli.demo_second import SecondVendor
from provisioner.cli.demo_story import Found, Story, data
from provisioner.cli.saved import load_plan
from provisioner.cli.stage import Stage
from provisioner.plan.document import Action
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running

HELD = 600.0  # seconds that the simulator would keep an answer back; the kill comes first
AT_LEAST = 20  # resources that the example tenant has
ENOUGH = 14  # lines shown of a long output


@click.command(epilog="Example: provisioner demo")
@click.pass_obj
def demo(cli: Cli) -> None:
    """Tell the whole story: plan, apply, drift, undelete, a killed run, a stale plan, a second vendor.

    Runs the real commands on an invented tenant in a temporary folder, against simulators on this machine; nothing
    else is touched. Exits 1, naming the step, if anything is not what the story says.
    """
    story = Story.model_validate_json(data("story.json"))
    # Requests that the simulator still holds when it is stopped are cut off; its server would log that as an error.
    logging.getLogger("uvicorn").setLevel(logging.CRITICAL)
    with (
        tempfile.TemporaryDirectory(prefix="provisioner-demo-") as folder,
        running(find(story.vendor)) as simulator,
        running(find(story.second.vendor)) as other,
        Control(simulator.url) as control,
        Control(other.url) as control_of_other,
    ):
        stage = Stage(Path(folder), environ_for(story, simulator, other), cli.colored(sys.stdout))
        write_tenant(stage.folder, simulator)
        controls = {story.vendor: control, story.second.vendor: control_of_other}
        Performance(stage, control, story, SecondVendor(stage, controls, story, other)).play()


def environ_for(story: Story, simulator: Running, other: Running) -> dict[str, str]:
    """The environment without ``CI``, in which an empty local state would be refused, and with the invented secrets."""
    environ = {name: value for name, value in os.environ.items() if name != "CI"}
    given = {variable: simulator.credentials[name] for variable, name in story.credentials.items()}
    given |= {variable: other.credentials[name] for variable, name in story.second.credentials.items()}
    return {**environ, "PYTHONIOENCODING": "utf-8", **story.environment, **given}


def write_tenant(folder: Path, simulator: Running) -> None:
    """Writes the example tenant, with a connection that leads to the simulator."""
    for item in (files("provisioner.cli") / "demo_tenant" / "tenant").iterdir():
        text = item.read_text("utf-8").replace("SIMULATOR", simulator.base_url)
        (folder / item.name).write_text(text, "utf-8")


class Performance:
    """The steps in order. Each runs commands on the stage and checks what came of them."""

    def __init__(self, stage: Stage, control: Control, story: Story, second: SecondVendor) -> None:
        self.stage, self.control, self.story, self.second = stage, control, story, second

    def play(self) -> None:
        """Tells everything. Raises NotAsTold at the first step that goes otherwise."""
        self.stage.tell(
            f"Simulators of the vendors `{self.story.vendor}` and `{self.story.second.vendor}` run on this machine, "
            "empty; the second one's turn comes at the end. A tenant was written to "
            f"{self.stage.folder}: {', '.join(sorted(path.name for path in self.stage.folder.iterdir()))}. Every "
            "command below is the real one; what stands in parentheses is what somebody does in between. Long output "
            "is shortened, and says so."
        )
        steps: tuple[tuple[str, Callable[[], None]], ...] = (
            ("Check the manifests", self.validate),
            ("Plan, and save the plan", self.plan),
            ("Apply exactly that plan", self.apply),
            ("Plan again: nothing to do", self.plan_again),
            ("An edit behind the tool's back", self.drift),
            ("An agent leaves", self.leave),
            ("The agent comes back, with the same id", self.come_back),
            ("Fifty agents, and a run killed midway", self.kill),
            ("Run it again: fifty agents, none twice", self.resume),
            ("A reviewed plan, and one entity that moved since", self.moved),
            ("Settle what is left", self.settle),
            ("A second vendor for some of the same people", self.join),
            ("An agent moves from one vendor to the other", self.move),
        )
        for number, (title, step) in enumerate(steps, start=1):
            self.stage.headline(number, len(steps), title)
            step()
        self.stage.tell(f"That was all: {len(steps)} steps, each of them checked.")

    # --- the steps --------------------------------------------------------------------------------------------

    def validate(self) -> None:
        self.stage.run("validate")

    def plan(self) -> None:
        self.stage.tell("The plan is read from the live account. It is shown shortened here, and saved whole.")
        self.stage.run("plan", "--out", "today.plan", most=2 * ENOUGH)
        summary = self._summary("today.plan")
        changes = load_plan(self.stage.folder / "today.plan").changes
        kinds = {change.address.kind for change in changes}
        self.stage.expect(summary == {"create": len(changes)}, f"everything is to be created; the plan has {summary}")
        self.stage.expect(
            len(changes) >= AT_LEAST and kinds == set(self.story.kinds),
            f"there are at least {AT_LEAST} resources, of every kind; there are {len(changes)} of {sorted(kinds)}",
        )

    def apply(self) -> None:
        self.stage.run("apply", "today.plan", most=ENOUGH)
        wanted = Counter(change.address.kind for change in load_plan(self.stage.folder / "today.plan").changes)
        there = {kind: len(self._live(word)) for kind, word in self.story.kinds.items()}
        self.stage.expect(there == wanted, f"the simulator holds {dict(wanted)}; it holds {there}")

    def plan_again(self) -> None:
        self._nothing_to_do()

    def drift(self) -> None:
        drift = self.story.drift
        self.stage.tell(f"({drift.told})")
        self.control.change(drift.kind, drift.id, drift.changed)
        self.stage.run("plan", "--out", "repair.plan")
        self._only("repair.plan", Action.UPDATE, drift.address)
        self.stage.run("apply", "repair.plan")
        self._holds(
            Found(kind=drift.kind, known_by={}, has=drift.declared), self.control.content()[drift.kind][drift.id]
        )
        self._nothing_to_do()

    def leave(self) -> None:
        leaver = self.story.leaver
        lines = self.stage.read(leaver.file).splitlines(keepends=True)
        self.stage.edit(leaver.file, "".join(line for line in lines if not line.startswith(f"  {leaver.key}:")))
        self.stage.run("plan", "--out", "leave.plan")
        self._only("leave.plan", Action.DELETE, leaver.address)
        self.stage.run("apply", "leave.plan")
        record = self._find(Found(kind=leaver.kind, known_by=leaver.known_by))
        self.stage.expect(bool(record["deleted"]), "the vendor has flagged the agent as deleted")

    def come_back(self) -> None:
        leaver = self.story.leaver
        was = self._find(Found(kind=leaver.kind, known_by=leaver.known_by))
        self.stage.tell("The vendor keeps a deleted agent's record. A second record would split the person's history.")
        self.stage.edit(leaver.file, _original(leaver.file))
        self.stage.run("plan", "--out", "return.plan")
        self._only("return.plan", Action.UNDELETE, leaver.address)
        self.stage.run("apply", "return.plan")
        record = self._find(Found(kind=leaver.kind, known_by=leaver.known_by))
        self.stage.expect(not record["deleted"] and record["id"] == was["id"], "the same record is active again")

    def kill(self) -> None:
        new = self.story.recruits
        self.stage.edit(new.file, data(new.file), most=4)
        self.stage.run("plan", "--out", "monday.plan", most=ENOUGH)
        summary = self._summary("monday.plan")
        self.stage.expect(summary == {"create": new.count}, f"{new.count} are to be created; the plan has {summary}")
        self.stage.tell(
            f"(The simulator answers {new.answered} creates. The next {new.in_flight} it carries out and keeps the "
            "answers to itself. Then the run is killed, with no chance to tidy up.)"
        )
        self.control.reset_log()
        self.control.fault("slow", method="POST", path=new.create, skip=new.answered, times=None, seconds=HELD)
        self.stage.kill_when("apply", "monday.plan", ready=lambda: self._creates() >= new.answered + new.in_flight)
        self.control.clear_faults()
        there = self._recruited()
        self.stage.expect(
            len(there) == new.answered + new.in_flight, f"{new.answered + new.in_flight} were made; it is {len(there)}"
        )
        self.stage.tell(
            f"{len(there)} of {new.count} agents exist by now, and of {new.in_flight} of them nobody here knows more "
            "than that they were asked for."
        )

    def resume(self) -> None:
        new = self.story.recruits
        self.stage.run("apply", "monday.plan", most=ENOUGH)
        there = self._recruited()
        self.stage.expect(len(there) == new.count, f"there are {new.count} agents; there are {len(there)}")
        self.stage.expect(len(set(there)) == new.count, "none of them is there twice")
        self.stage.expect(
            self._creates() == new.count, f"each was asked for once; there were {self._creates()} creates"
        )
        self._nothing_to_do()

    def moved(self) -> None:
        review = self.story.review
        for file in dict.fromkeys(edit.file for edit in review.edits):
            self.stage.replace(file, [(edit.before, edit.after) for edit in review.edits if edit.file == file])
        self.stage.run("plan", "--out", "review.plan")
        summary = self._summary("review.plan")
        self.stage.expect(summary == {"update": len(review.edits)}, f"each edit is an update; the plan has {summary}")
        self.stage.tell(f"(Somebody reviews the plan. {review.moved.told})")
        self.control.change(review.moved.kind, review.moved.id, review.moved.changed)
        self.stage.run("apply", "review.plan", code=1)
        for found in review.applied:
            self._holds(found, self._find(found))
        untouched = Found(kind=review.moved.kind, known_by={}, has=review.moved.changed)
        self._holds(untouched, self.control.content()[review.moved.kind][review.moved.id])
        self.stage.tell(
            "What had moved was left alone, and the rest was done. Exit code 1 says that somebody must look."
        )

    def settle(self) -> None:
        moved = self.story.review.moved
        self.stage.run("plan", "--out", "settle.plan")
        self._only("settle.plan", Action.UPDATE, moved.address)
        self.stage.run("apply", "settle.plan")
        content = self.control.content()[moved.kind][moved.id]
        self._holds(Found(kind=moved.kind, known_by={}, has=moved.declared), content)
        self._nothing_to_do()

    def join(self) -> None:
        self.second.join()

    def move(self) -> None:
        self.second.move()
        self._nothing_to_do()

    # --- what is checked --------------------------------------------------------------------------------------

    def _nothing_to_do(self) -> None:
        """With ``--detailed-exitcode``, 0 is no changes and 2 is changes."""
        self.stage.run("plan", "--detailed-exitcode", "--out", "nothing.plan")
        summary = self._summary("nothing.plan")
        self.stage.expect(not summary, f"there is nothing to do; the plan has {summary}")

    def _summary(self, file: str) -> dict[str, int]:
        """What a saved plan will do: how many of each action that it has."""
        plan = load_plan(self.stage.folder / file)
        return {
            action: count
            for action, count in plan.summary.items()
            if count and action not in (Action.NONE, "unmanaged")
        }

    def _only(self, file: str, action: Action, address: str) -> None:
        changes = [(change.action, str(change.address)) for change in load_plan(self.stage.folder / file).changes]
        self.stage.expect(changes == [(action, address)], f"the plan is to {action} {address} alone; it has {changes}")

    def _live(self, kind: str) -> list[dict[str, Any]]:
        return [entity for entity in self.control.content()[kind].values() if not entity.get("deleted")]

    def _find(self, found: Found) -> dict[str, Any]:
        """The one record that is known by these values, deleted or not."""
        records = [
            entity
            for entity in self.control.content()[found.kind].values()
            if all(entity[name] == value for name, value in found.known_by.items())
        ]
        self.stage.expect(len(records) == 1, f"there is one {found.kind} with {dict(found.known_by)}")
        return records[0]

    def _holds(self, found: Found, entity: Mapping[str, Any]) -> None:
        for name, value in found.has.items():
            self.stage.expect(entity[name] == value, f"{name} is {value} at the vendor; it is {entity[name]}")

    def _recruited(self) -> list[str]:
        """What identifies the new people among those who are there: once for every record."""
        new = self.story.recruits
        wanted = data(new.file)
        values = [str(entity[new.unique]) for entity in self._live(new.kind)]
        return [value for value in values if f'"{value}"' in wanted]

    def _creates(self) -> int:
        new = self.story.recruits
        return sum(1 for entry in self.control.log() if (entry["method"], entry["path"]) == ("POST", new.create))


def _original(file: str) -> str:
    return (files("provisioner.cli") / "demo_tenant" / "tenant" / file).read_text("utf-8")
