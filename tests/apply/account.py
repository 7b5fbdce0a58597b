"""A simulated account that real plans are applied to in this process, over HTTP, with a record on a disk that may die.

What is there and what state knows of it are put in place by hand; everything after that is what ``provisioner apply``
does: manifests, reading, planning, the journal, the requests.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from provisioner.address import Address
from provisioner.apply.ask import Asker
from provisioner.apply.run import Applier, Report
from provisioner.apply.sending import Courier
from provisioner.apply.step import Stepper
from provisioner.apply.values import Composer
from provisioner.cli.context import Cli
from provisioner.cli.planning import plan_tenant
from provisioner.cli.tenant import Secrets, Tenant, connections, open_tenant
from provisioner.errors import StateError
from provisioner.plan.document import Plan
from provisioner.plan.make import Options
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Bound, Document, Run
from provisioner.state.entries import Put
from provisioner.state.files import Files
from tests.state.faults import Died, Unsynced

NOON = "2030-01-01T12:00:00Z"
WHATEVER = Options(allow=("deletes", "updates", "undeletes", "capacity"))
STATE = ".provisioner"
SECRETS = {"EQ_KEY": "", "PIN": "0042", "PASSWORD": "password1", "SIP": "sip-secret"}


@dataclass(frozen=True)
class Moment:
    """What an account holds, in the simulator's own form, and what state knows of it."""

    there: Mapping[str, Any]
    known: Document

    def with_only(
        self, table: str, entities: Mapping[str, Mapping[str, Any]], bound: Mapping[Address, Bound]
    ) -> Moment:
        """The same with fewer entities of a kind, by id with what is other of each, and with these bindings."""
        kept = [
            {**entity, "attributes": {**entity["attributes"], **entities[entity["id"]]}}
            for entity in self.there["tables"][table]["entities"]
            if entity["id"] in entities
        ]
        tables = {**self.there["tables"], table: {**self.there["tables"][table], "entities": kept}}
        return Moment({**self.there, "tables": tables}, replace(self.known, bound=bound))


@dataclass
class Account:
    """A tenant folder, the simulator behind it, and both in this process."""

    folder: Path
    simulator: Running
    control: Control

    def declare(self, kinds: Mapping[str, Mapping[str, Mapping[str, Any]]]) -> None:
        """Makes this the whole tenant: kind → key → fields."""
        connection = {"vendor": "eq", "url": self.simulator.base_url, "api_key": {"from_env": "EQ_KEY"}}
        tenant = {"tenant": "acme", "connections": {"pbx": connection}, **kinds}
        (self.folder / "acme.yaml").write_text(json.dumps(tenant, indent=1))

    def moment(self) -> Moment:
        """What is there and what is known now, to go back to."""
        return Moment(self.control.snapshot(), self.state())

    def start_anew(self) -> None:
        """Nothing is there, nothing is known."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        self.control.reset()

    def restore(self, moment: Moment) -> None:
        """Exactly that is there and known again; nothing was asked."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir()
        asyncio.run(self._remember(moment.known))
        self.control.restore(moment.there)
        self.control.clear_faults()
        self.control.reset_log()

    async def _remember(self, known: Document) -> None:
        backend = LocalBackend(self.folder / STATE, files=Unsynced())
        async with backend.writer(who="somebody", command="a test") as writer:
            for bound in known.bound.values():
                await writer.append(Put(bound), durable=False)

    def active(self, table: str) -> dict[str, dict[str, Any]]:
        """The active entities of a kind by id, in the vendor's names."""
        return {key: item for key, item in self.control.content()[table].items() if not item.get("deleted")}

    def sent(self) -> list[tuple[str, str, int]]:
        """The changes that the vendor was asked for: method, path, status."""
        return [
            (entry["method"], entry["path"], entry["status"])
            for entry in self.control.log()
            if entry["method"] != "GET"
        ]

    def state(self) -> Document:
        """The record as of now."""
        return LocalBackend(self.folder / STATE).load()

    # --- runs -------------------------------------------------------------------------------------------------

    def plan(self, options: Options = WHATEVER) -> Plan:
        """What ``provisioner plan`` would show."""
        tenant = self._tenant(Unsynced())

        async def planned() -> Plan:
            async with connections(tenant.desired, Secrets(self.folder)) as links:
                return (await plan_tenant(tenant, tenant.backend.load(), options, links, None)).plan

        with self._environment():
            return asyncio.run(planned())

    def apply(self, disk: Files | None = None, *, parallelism: int = 8, options: Options = WHATEVER) -> Report | None:
        """Plans and applies; None where the disk died on the way."""
        tenant = self._tenant(disk or Unsynced())
        with self._environment():
            try:
                return asyncio.run(self._applied(tenant, parallelism, options))
            except (Died, StateError):
                return None

    async def _applied(self, tenant: Tenant, parallelism: int, options: Options) -> Report:
        lock = tenant.backend.writer(who="somebody", command="provisioner apply")
        async with lock as writer, connections(tenant.desired, Secrets(tenant.folder)) as links:
            planned = await plan_tenant(tenant, writer.document, options, links, None)
            for _, settled in planned.observed.settled:
                await writer.append(settled)
            plan = planned.plan
            assert not plan.refused, [(change.key, change.reasons) for change in plan.blocked]
            start = writer.document
            secrets = links.secrets.for_plan(plan, tenant.desired, {})
            opened = await links.open({"pbx"})
            run = Run(id=f"run-{start.serial}", plan=plan.digest, started=NOON)
            stepper = Stepper(
                plan=plan,
                start=start,
                writer=writer,
                links=opened,
                courier=Courier(run.id, writer, {}),
                composer=Composer(writer, secrets),
                asker=Asker(writer, planned.observed.live),
                tell=lambda _: None,
            )
            applier = Applier(
                plan=plan,
                run=run,
                writer=writer,
                links=opened,
                steps=stepper,
                tell=lambda _: None,
                parallelism=parallelism,
                stop=asyncio.Event(),
                now=lambda: NOON,
            )
            return await applier.apply()

    def _tenant(self, disk: Files) -> Tenant:
        tenant = open_tenant(Cli(self.folder, color=False, log_level="warning"))
        return replace(tenant, backend=LocalBackend(self.folder / STATE, files=disk))

    @contextmanager
    def _environment(self) -> Iterator[None]:
        before = dict(os.environ)
        os.environ.update({**SECRETS, "EQ_KEY": self.simulator.credentials["api_key"]})
        os.environ.pop("CI", None)
        try:
            yield
        finally:
            os.environ.clear()
            os.environ.update(before)


@contextmanager
def an_account(folder: Path) -> Iterator[Account]:
    """An empty account, as long as the context is open."""
    with running(find("eq")) as simulator, Control(simulator.url) as control:
        yield Account(folder, simulator, control)
