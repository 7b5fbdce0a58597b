"""The demo's chapter about a second vendor: some of the same people join there, and one leaves the first for it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from provisioner.cli.demo_story import Edit, Look, Story, data
from provisioner.cli.saved import load_plan
from provisioner.cli.stage import Stage
from provisioner.plan.document import Action
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running


class SecondVendor:
    """The chapter's two steps; ``controls`` are the simulators by vendor, ``other`` is the second one."""

    def __init__(self, stage: Stage, controls: Mapping[str, Control], story: Story, other: Running) -> None:
        self.stage, self.controls, self.second, self.last = stage, controls, story.second, story.move
        self.words = {word: other.credentials[name] for word, name in self.second.settings.items()}
        self.words["SIMULATOR"] = other.base_url

    def join(self) -> None:
        """A connection more, and `on` for a few; the rest stays where it is."""
        second, control = self.second, self.controls[self.second.vendor]
        self.stage.tell(
            f"The company answers messages, too, with vendor `{second.vendor}`. Nobody is declared twice: `on` says "
            f"where somebody lives, and what stands beside it is shared. ({len(second.invited.people)} people were "
            "invited in the vendor's portal, which gives each of them an id.)"
        )
        for key, attributes in second.invited.people.items():
            self.words[f"ID_OF_{key}"] = control.create(second.invited.kind, attributes)
        self.stage.edit(second.file, self._worded(data(second.file)))
        self._edit(second.edits)
        self.stage.run("plan", "--out", "join.plan")
        self._plans("join.plan", {(Action.CREATE, address) for address in second.joins})
        self.stage.run("apply", "join.plan")
        self._look(second.joined)

    def move(self) -> None:
        """An edit of `on`: made at the one first, deleted at the other only then."""
        move = self.last
        self._edit(move.edits)
        self.stage.run("plan", "--out", "move.plan")
        self._plans("move.plan", {(Action.CREATE, move.join), (Action.DELETE, move.leave)})
        needs = {str(change.address): change.needs for change in load_plan(self.stage.folder / "move.plan").changes}
        self.stage.expect(move.join in needs[move.leave], f"the delete waits for {move.join}")
        self.stage.run("apply", "move.plan")
        self._look(move.moved)

    def _worded(self, text: str) -> str:
        for word, meant in self.words.items():
            text = text.replace(word, meant)
        return text

    def _edit(self, edits: Iterable[Edit]) -> None:
        for file in dict.fromkeys(edit.file for edit in edits):
            pairs = [(edit.before, self._worded(edit.after)) for edit in edits if edit.file == file]
            self.stage.replace(file, pairs)

    def _plans(self, file: str, wanted: set[tuple[Action, str]]) -> None:
        found = {(change.action, str(change.address)) for change in load_plan(self.stage.folder / file).changes}
        self.stage.expect(found == wanted, f"the plan is to {sorted(wanted)}; it has {sorted(found)}")

    def _look(self, looks: Iterable[Look]) -> None:
        """What both vendors hold now, as their own portals would show it."""
        lines = []
        for look in looks:
            records = [
                entity
                for entity in self.controls[look.at].content()[look.kind].values()
                if all(entity[name] == self._worded(value) for name, value in look.known_by.items())
            ]
            self.stage.expect(len(records) == 1, f"{look.at} has one {look.kind} with {dict(look.known_by)}")
            record = records[0]
            for name, value in look.has.items():
                self.stage.expect(record[name] == value, f"{name} is {value} at {look.at}; it is {record[name]}")
            shown = {name: record[name] for name in look.shows}
            lines.append(f"{look.at:<6}{look.kind:<16}{json.dumps(shown, ensure_ascii=False)}")
        self.stage.show("look into both simulators", lines)
