"""What ``apply`` and ``destroy`` do: lock, plan or take the saved plan, ask, apply, report."""

from __future__ import annotations

import asyncio
import getpass
import signal
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import click

from provisioner.apply.ask import Asker
from provisioner.apply.events import Event, Kind, Listener
from provisioner.apply.observe import settle_pending
from provisioner.apply.run import Applier, Report
from provisioner.apply.sending import Courier
from provisioner.apply.step import Stepper
from provisioner.apply.values import Composer
from provisioner.cli.context import Cli
from provisioner.cli.planning import check_capacity, plan_tenant, reader
from provisioner.cli.saved import check_applicable, check_standing, load_plan, resumes
from provisioner.cli.show import shown, width
from provisioner.cli.tenant import Connections, Secrets, Tenant, connections, now, open_tenant
from provisioner.errors import UsageError
from provisioner.plan.document import Plan
from provisioner.plan.make import Options
from provisioner.report.json import event_json, planned_json, run_json
from provisioner.report.progress import apply_progress, read_progress
from provisioner.report.run import run_text
from provisioner.state.document import Document, Run
from provisioner.state.writer import Writer
from provisioner.vendors.live import Live

OPEN_MANUAL = 2


@dataclass(frozen=True)
class Apply:
    """One ``apply`` or ``destroy``, as the command line asked for it."""

    cli: Cli
    options: Options
    plan_file: Path | None
    auto_approve: bool
    parallelism: int | None
    lock_timeout: float
    allow_commands: bool
    events: bool
    detailed_exitcode: bool
    command: str

    def run(self) -> int:
        """Does it and gives the exit code."""
        saved = None if self.plan_file is None else load_plan(self.plan_file)
        if saved is not None and self.options != Options():
            raise UsageError(
                "a saved plan is applied as it is: planning options cannot be added",
                hint="give them to `provisioner plan --out`",
            )
        if saved is None and not self.auto_approve and not sys.stdin.isatty():
            raise UsageError(
                "there is no terminal to ask on",
                hint=f"`--auto-approve`, or `{self._planning()} --out FILE` and `{self.cli.typed} apply FILE`",
            )
        tenant = open_tenant(self.cli)
        try:
            return asyncio.run(self.on(tenant, saved))
        except asyncio.CancelledError as error:
            raise UsageError(
                "stopped at once; what was under way is unknown",
                hint="run it again: it asks the vendors first what became of it",
            ) from error

    def _planning(self) -> str:
        """The `plan` that would show the same."""
        return f"{self.cli.typed} plan{' --destroy' if self.options.destroy else ''}"

    async def on(self, tenant: Tenant, saved: Plan | None = None) -> int:
        """Does it on an opened tenant, whatever its back-end, with the lock held."""
        secrets = Secrets(self.cli.folder, self.allow_commands)
        lock = tenant.backend.writer(who=who(), command=command_line(), timeout=self.lock_timeout)
        async with lock as writer, connections(tenant.desired, secrets) as links:
            if saved is not None:
                return await self._apply_saved(tenant, writer, links, saved)
            return await self._plan_and_apply(tenant, writer, links)

    async def _plan_and_apply(self, tenant: Tenant, writer: Writer, links: Connections) -> int:
        with read_progress(sys.stderr, terminal=self.cli.redraws(sys.stderr), color=self.cli.color) as progress:
            planned = await plan_tenant(tenant, writer.document, self.options, links, progress)
        for _, settled in planned.observed.settled:
            await writer.append(settled)
        plan = planned.plan
        self._show(plan)
        if plan.refused or not (plan.has_changes or plan.records):
            self._say_end(completed=not plan.refused)
            return 1 if plan.refused else self._code(plan)
        if plan.has_changes and not self.auto_approve and not self._approved():
            click.echo("Nothing was done.", err=True)
            self._say_end(completed=False)
            return 1
        run = Run(id=str(uuid.uuid4()), plan=plan.digest, started=now(), who=who(), command=command_line())
        listing = None if plan.no_refresh else planned.observed.live
        return await self._execute(tenant, writer, links, plan, run, listing)

    def _show(self, plan: Plan) -> None:
        if self.events:
            click.echo(planned_json(plan, now()))
        else:
            click.echo(shown(plan, "text", self.cli, asked=True), nl=False)

    def _say_end(self, *, completed: bool) -> None:
        """The last line of a stream in which nothing was done."""
        if self.events:
            click.echo(run_json(Report(completed=completed), now()))

    def _approved(self) -> bool:
        try:
            answer: str = click.prompt("Do it? Only `yes` is a yes", default="no", show_default=False, err=True)
        except click.Abort:
            return False
        return answer.strip() == "yes"

    async def _apply_saved(self, tenant: Tenant, writer: Writer, links: Connections, plan: Plan) -> int:
        document = writer.document
        check_applicable(plan, document, tenant.desired)
        if self.events:
            self._show(plan)
        for _, settled in await settle_pending(tenant.desired, document, reader(links, None)):
            await writer.append(settled)
        document = writer.document
        last = document.last_run
        if resumes(plan, document) and last is not None:
            again = replace(last, started=now(), who=who(), command=command_line())
            return await self._execute(tenant, writer, links, plan, again, None, resumed=True)
        check_standing(plan, document, tenant.desired, fresh_state=tenant.fresh_in_ci(document))
        run = Run(id=str(uuid.uuid4()), plan=plan.digest, started=now(), who=who(), command=command_line())
        return await self._execute(tenant, writer, links, plan, run, None)

    async def _execute(
        self,
        tenant: Tenant,
        writer: Writer,
        links: Connections,
        plan: Plan,
        run: Run,
        listing: Live | None,
        *,
        resumed: bool = False,
    ) -> int:
        await check_capacity(plan, run.done if resumed else frozenset(), tenant.desired, links)
        secrets = links.secrets.for_plan(plan, tenant.desired, writer.document.credentials)
        opened = await links.open(_concerned(plan) & set(plan.accounts))
        document = writer.document
        begun = frozenset(change.key for change in plan.steps) - run.done if resumed else frozenset[str]()
        notices: list[Event] = []
        with _interruptible() as stop, self._listener(plan, notices, stop) as tell:
            stepper = Stepper(
                plan=plan,
                start=document,
                writer=writer,
                links=opened,
                courier=Courier(run.id, writer, _highest(document, listing)),
                composer=Composer(writer, secrets),
                asker=Asker(writer, listing),
                tell=tell,
                begun=begun,
            )
            applier = Applier(
                plan=plan,
                credentials=links.credentials,
                run=run,
                writer=writer,
                links=opened,
                steps=stepper,
                tell=tell,
                parallelism=self.parallelism,
                stop=stop,
                now=now,
                done_before=run.done if resumed else frozenset(),
            )
            report = await applier.apply()
        return self._end(plan, report, notices)

    def _end(self, plan: Plan, report: Report, notices: Sequence[Event]) -> int:
        if self.events:
            click.echo(run_json(report, now()))
        else:
            color = self.cli.colored(sys.stdout)
            click.echo(run_text(plan, report, color=color, width=width(), notices=notices))
        return 1 if report.failed or report.interrupted else self._code(plan)

    def _code(self, plan: Plan) -> int:
        return OPEN_MANUAL if self.detailed_exitcode and plan.open_manual else 0

    @contextmanager
    def _listener(self, plan: Plan, notices: list[Event], stop: asyncio.Event) -> Iterator[Listener]:
        """Shows the run as it goes, and keeps what its summary has to say beside how the changes ended.

        Where nobody can be told any more (a reader who has gone, a full disk), that is an interrupt: what is under way
        is finished, nothing more is begun.
        """

        def streamed(event: Event) -> None:
            click.echo(event_json(event, now()))

        def keeping(tell: Listener) -> Listener:
            def both(event: Event) -> None:
                if event.kind in (Kind.NOTICE, Kind.SETTLED):
                    notices.append(event)
                try:
                    tell(event)
                except OSError:
                    stop.set()

            return both

        if self.events:
            yield keeping(streamed)
            return
        with apply_progress(plan, sys.stderr, terminal=self.cli.redraws(sys.stderr), color=self.cli.color) as tell:
            yield keeping(tell)


@contextmanager
def _interruptible() -> Iterator[asyncio.Event]:
    """An event that the first SIGINT or SIGTERM sets; the second cancels what is under way."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    task = asyncio.current_task()

    def interrupted() -> None:
        if stop.is_set() and task is not None:
            task.cancel()
            return
        stop.set()
        click.echo("Interrupted: finishing the calls under way. Once more stops at once.", err=True)

    signals = (signal.SIGINT, signal.SIGTERM)
    for number in signals:
        loop.add_signal_handler(number, interrupted)
    try:
        yield stop
    finally:
        for number in signals:
            loop.remove_signal_handler(number)


def _concerned(plan: Plan) -> set[str]:
    """The connections about which the plan says anything."""
    return {change.address.connection for change in plan.steps}


def _highest(document: Document, listing: Live | None) -> dict[tuple[str, str], int]:
    """The greatest numeric id known of each kind on each connection."""
    highest: dict[tuple[str, str], int] = {}
    known = [(address, bound.id) for address, bound in document.bound.items()]
    known += [(address, stone.id) for address, stone in document.tombstones.items()]
    for address, vendor_id in known:
        if vendor_id.isdecimal():
            place = (address.connection, address.kind)
            highest[place] = max(highest.get(place, 0), int(vendor_id))
    for place, seen in listing.kinds.items() if listing else ():
        highest[place] = max(highest.get(place, 0), seen.highest)
    return highest


def who() -> str:
    """The user who runs this command."""
    with suppress(OSError, KeyError):
        return getpass.getuser()
    return "somebody"


def command_line() -> str:
    """What was typed; secrets are never arguments of this tool."""
    return " ".join(["provisioner", *sys.argv[1:]])
