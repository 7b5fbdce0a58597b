"""One simulator and one spawner for all stories of a worker; a fresh account and folder for each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests.stories.everything import ALLOWANCES, PLAN, REPLACED, apply_everything, set_up
from tests.stories.stage import SECRETS, Moment, Spawner, Stage, spawning

NOT_FOR_STORIES = ("CI", "PROVISIONER_ALLOW_COMMANDS", "PROVISIONER_LINEAGE", "SOURCE_DATE_EPOCH")


def environment(simulator: Running) -> dict[str, str]:
    """What command lines see: ours, without what would change their ways, and with the secrets."""
    environ = {name: value for name, value in os.environ.items() if name not in NOT_FOR_STORIES}
    return environ | {**SECRETS, "EQ_KEY": simulator.credentials["api_key"]}


@pytest.fixture(scope="session")
def simulator() -> Iterator[Running]:
    with running(find("eq")) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def spawner() -> Iterator[Spawner]:
    with spawning() as spawner:
        yield spawner


@pytest.fixture
def stage(tmp_path: Path, simulator: Running, spawner: Spawner) -> Iterator[Stage]:
    """An empty tenant folder and an empty account."""
    folder = tmp_path / "acme"
    folder.mkdir()
    with Control(simulator.url) as control:
        control.reset()
        yield Stage(folder, spawner, simulator, control, environment(simulator))
        control.reset()


@dataclass(frozen=True)
class Everything:
    """A stage at the moment before the plan with every action in it, and what comes of it uninterrupted."""

    stage: Stage
    before: Moment
    content: dict[str, list[tuple[Any, ...]]]
    mutations: list[tuple[str, str]]
    visits: int
    """How often an id from 10 to 19 is asked for before the first agent is made."""

    def again(self) -> Stage:
        """The stage, back at that moment."""
        self.before.restore(self.stage)
        return self.stage

    def check(self) -> None:
        """Everything is as if nothing had happened: no twin, no orphan, nothing open, nothing left to do."""
        state = self.stage.state()
        assert self.stage.content() == self.content
        assert (state.pending, state.unknown, state.parked) == ({}, {}, {})
        assert self.stage.run("plan", "--detailed-exitcode").ok().out.startswith("No changes")


@pytest.fixture(scope="session")
def _everything(tmp_path_factory: pytest.TempPathFactory, simulator: Running, spawner: Spawner) -> Iterator[Everything]:
    root = tmp_path_factory.mktemp("everything")
    folder = root / "acme"
    folder.mkdir()
    with Control(simulator.url) as control:
        control.reset()
        stage = Stage(folder, spawner, simulator, control, environment(simulator))
        set_up(stage)
        stage.run("plan", "--out", PLAN, *ALLOWANCES, *REPLACED).ok()
        before = Moment.of(stage, root / "before")
        control.reset_log()
        stage.run(*apply_everything("--parallelism", "1")).ok()
        paths = [(entry["method"], entry["path"]) for entry in control.log()]
        visits = sum(fnmatchcase(path, "/agent/1?") for _, path in paths[: paths.index(("POST", "/agent"))])
        yield Everything(stage, before, stage.content(), stage.mutations(), visits)


@pytest.fixture
def everything(_everything: Everything) -> Iterator[Everything]:
    """The plan with every action in it, about to be applied."""
    _everything.again()
    yield _everything
    _everything.stage.control.reset()
