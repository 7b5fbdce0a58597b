"""The same scenes with the real command line against real simulators: what is said, and what was sent."""

from __future__ import annotations

import asyncio
import io
import json
import os
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from provisioner.cli.main import main
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Document
from provisioner.vendors.base import Call
from provisioner.vendors.loading import find_vendor
from tests.guards.houses import MAIN, OTHER, House, written
from tests.guards.rehearsal import SECRETS, addressed
from tests.guards.scene import Scene, scene
from tests.vendors.conformance.stage import calls_in, is_one

STATE = ".provisioner"
BLOCKING = {"unknown", "conflict"}


@dataclass(frozen=True)
class Ran:
    """How a command line ended."""

    code: int
    out: str
    err: str

    @property
    def stopped_by(self) -> frozenset[str]:
        """What a plan in JSON is refused for; where there is none, the manifests are wrong."""
        plan = json.loads(self.out) if self.out.startswith("{") else {}
        if "guards" not in plan:
            return frozenset({"invalid"})
        trips = {trip["name"] for trip in plan["guards"] if not trip["allowed"]}
        return frozenset(trips | ({change["action"] for change in plan["changes"]} & BLOCKING))


@dataclass
class Servers:
    """The simulators, each started when it is first needed; of a vendor there may be two."""

    stack: ExitStack
    known: dict[tuple[str, str], tuple[Running, Control]] = field(default_factory=dict)

    def of(self, vendor: str, url: str) -> tuple[Running, Control]:
        """The server behind an address of the manifests."""
        if (vendor, url) not in self.known:
            served = self.stack.enter_context(running(find(vendor)))
            self.known[vendor, url] = served, self.stack.enter_context(Control(served.url))
        return self.known[vendor, url]


@dataclass
class Applied:
    """A house after a real apply: its folder, and its vendors as they were then."""

    house: House
    folder: Path
    servers: Mapping[str, tuple[Running, Control]]
    snapshots: dict[str, Any] = field(default_factory=dict)
    document: Document = field(default_factory=lambda: Document(""))

    @property
    def _kept(self) -> Path:
        return self.folder.parent / f"{self.folder.name}-kept"

    @staticmethod
    def of(house: House, folder: Path, servers: Servers) -> Applied:
        """Applied one by one, so that ids are given in order; who has left since is deleted by a second apply."""
        made = Applied(house, folder, {url: servers.of(vendor, url) for url, vendor in house.accounts.items()})
        for _, control in made.servers.values():
            control.reset()
            if house.settings:
                control.settings(**house.settings)
        left = {text.split(".")[1].split("@")[0]: fields for text, fields in house.left.items()}
        made._write(house.files)
        if left:
            (folder / "left.yaml").write_text(written("agents", left), encoding="utf-8")
            made._must("apply", "--auto-approve", "--parallelism", "1")
            (folder / "left.yaml").unlink()
        made._must("apply", "--auto-approve", "--allow", "deletes", "--parallelism", "1")
        made.snapshots = {url: control.snapshot() for url, (_, control) in made.servers.items()}
        made.document = LocalBackend(folder / STATE).load()
        shutil.copytree(folder, made._kept)
        return made

    def after(self, steps: Iterable[Mapping[str, Any]]) -> Scene:
        """The house as it was applied, and then edited; nothing is in the vendors' logs."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._kept, self.folder)
        for url, (_, control) in self.servers.items():
            control.clear_faults()
            control.restore(self.snapshots[url])
        there = scene(self.house, self.document, lambda url: self.servers[url][1])
        there.edit(steps)
        self._write({file: text for file, text in there.files.items() if self.house.files.get(file) != text})
        for file in self.house.files.keys() - there.files.keys():
            (self.folder / file).unlink()
        if there.state is not self.document:
            asyncio.run(self._put(there.state))
        for _, control in self.servers.values():
            control.reset_log()
        return there

    async def _put(self, document: Document) -> None:
        """Another record in the place of this one."""
        if document.empty:
            shutil.rmtree(self.folder / STATE)
            return
        async with LocalBackend(self.folder / STATE).writer(who="somebody", command="a test") as writer:
            await writer.push(document)

    def run(self, there: Scene, *arguments: str) -> Ran:
        """A command line in the folder."""
        return self._run(there.overlays, arguments, there.environ)

    def contents(self) -> Any:
        """All that the vendors hold."""
        return [control.content(reveal=True) for _, control in self.servers.values()]

    def writes(self) -> list[str]:
        """The calls that the vendors were asked for and that the Offers name for a change."""
        return [call for url, vendor in self.house.accounts.items() for call in self._writes(vendor, url)]

    def _writes(self, vendor: str, url: str) -> Iterator[str]:
        changing = {
            call
            for offer in find_vendor(vendor).kinds.values()
            for one in (Call.CREATE, Call.UPDATE, Call.DELETE, Call.UNDELETE)
            for call in calls_in(offer.sources.get(one, ""))
        }
        for asked in self.servers[url][1].counts()["paths"]:
            if any(is_one(asked, call) for call in changing):
                yield asked

    def _must(self, *arguments: str) -> None:
        ran = self._run(tuple(self.house.overlays), arguments, {})
        assert ran.code == 0, ran.err + ran.out

    def _write(self, files: Mapping[str, str]) -> None:
        urls = {url: served.base_url for url, (served, _) in self.servers.items()}
        for file, text in files.items():
            path = self.folder / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(addressed(text, urls), encoding="utf-8")

    def _run(self, overlays: Sequence[str], arguments: Sequence[str], environ: Mapping[str, str]) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        options = [word for overlay in overlays for word in ("-f", overlay)]
        with self._environment(environ), redirect_stdout(out), redirect_stderr(err):
            try:
                code: Any = main(["-C", str(self.folder), *options, *arguments])
            except SystemExit as end:
                code = end.code if isinstance(end.code, int) else 1
        return Ran(code, out.getvalue(), err.getvalue())

    @contextmanager
    def _environment(self, more: Mapping[str, str]) -> Iterator[None]:
        """The secrets; neither ``CI`` nor anything of this tool, unless the scene has it."""
        keys = {"MAIN_KEY": MAIN, "OTHER_KEY": OTHER, "STAGING_KEY": OTHER, "TOKEN": MAIN}
        with pytest.MonkeyPatch.context() as environment:
            for name in [name for name in os.environ if name == "CI" or name.startswith("PROVISIONER_")]:
                environment.delenv(name)
            for name, url in keys.items():
                if url in self.servers:
                    known = dict(self.servers[url][0].credentials)
                    environment.setenv(name, known.get("api_key") or known["token"])
            for name, value in {**SECRETS, **more}.items():
                environment.setenv(name, value)
            yield
