"""Applying a plan: start what is ready, until none is left.

There are no barriers: a change starts as soon as what it needs is done, as many at once as each connection allows. A
failed change stops only what needs it. The record knows of everything before it happens and after.
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from provisioner.apply.events import Ended, Event, Kind, Listener, Status
from provisioner.apply.link import Link
from provisioner.apply.stale import Stale
from provisioner.errors import ProvisionerError, StateError
from provisioner.plan.document import Action, Change, Plan
from provisioner.state.document import Run
from provisioner.state.entries import ChangeDone, Forgot, Put, RunFinished, RunStarted
from provisioner.state.writer import Writer

DoChange = Callable[[Change], Coroutine[Any, Any, "str | None"]]


@dataclass(frozen=True)
class Report:
    """How an apply ended: every change, in the plan's order."""

    ended: tuple[Ended, ...] = ()
    completed: bool = False
    interrupted: bool = False
    resumed: int = 0

    def count(self, status: Status) -> int:
        return sum(1 for item in self.ended if item.status is status)

    @property
    def failed(self) -> bool:
        """True where anything that should have been done was not."""
        return not self.completed or any(
            item.status in (Status.FAILED, Status.STALE, Status.SKIPPED) for item in self.ended
        )


@dataclass
class Schedule:
    """Which changes may start, which are under way, and how the others ended."""

    changes: Mapping[str, Change]
    limits: Mapping[str, int]
    parallelism: int
    waiting: dict[str, set[str]] = field(default_factory=dict)
    dependants: dict[str, list[str]] = field(default_factory=dict)
    ready: dict[str, list[tuple[int, str]]] = field(default_factory=dict)
    running: dict[str, int] = field(default_factory=dict)
    ended: dict[str, Ended] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.order = {key: number for number, key in enumerate(self.changes)}
        for key, change in self.changes.items():
            self.waiting[key] = {need for need in change.needs if need in self.changes}
            for need in self.waiting[key]:
                self.dependants.setdefault(need, []).append(key)
        for key in self.changes:
            if not self.waiting[key]:
                self._make_ready(key)

    def _make_ready(self, key: str) -> None:
        connection = self.changes[key].address.connection
        heapq.heappush(self.ready.setdefault(connection, []), (self.order[key], key))

    def take(self) -> Change | None:
        """A change that may start now, of a connection that has room; None where there is none."""
        if sum(self.running.values()) >= self.parallelism:
            return None
        for connection in sorted(self.ready):
            if self.ready[connection] and self.running.get(connection, 0) < self.limits.get(connection, 1):
                _, key = heapq.heappop(self.ready[connection])
                self.running[connection] = self.running.get(connection, 0) + 1
                return self.changes[key]
        return None

    def end(self, change: Change, ended: Ended, *, was_running: bool = True) -> list[Ended]:
        """Notes how a change ended; gives the dependants that are skipped because of it."""
        if was_running:
            self.running[change.address.connection] -= 1
        self.ended[change.key] = ended
        skipped: list[Ended] = []
        for key in self.dependants.get(change.key, ()):
            if key in self.ended:
                continue
            if ended.status is Status.DONE:
                self.waiting[key].discard(change.key)
                if not self.waiting[key]:
                    self._make_ready(key)
                continue
            skip = Ended(key, Status.SKIPPED, why=f"needs `{change.key}`, {_fate(ended.status)}")
            skipped.append(skip)
            skipped.extend(self.end(self.changes[key], skip, was_running=False))
        return skipped

    def left(self) -> list[str]:
        """The keys that have not ended, in order."""
        return [key for key in self.changes if key not in self.ended]


def _fate(status: Status) -> str:
    fates = {
        Status.FAILED: "which failed",
        Status.STALE: "which was refused as stale",
        Status.SKIPPED: "which was skipped",
        Status.MANUAL: "which a person must do",
    }
    return fates[status]


@dataclass
class Applier:
    """One run over a plan. ``done_before`` are the changes that an earlier run of this plan finished."""

    plan: Plan
    run: Run
    writer: Writer
    links: Mapping[str, Link]
    do: DoChange
    tell: Listener
    parallelism: int
    stop: asyncio.Event
    now: Callable[[], str]
    done_before: frozenset[str] = frozenset()

    async def apply(self) -> Report:
        """Makes the plan's changes and gives how each of them ended.

        When ``stop`` is set, nothing more is started; what is under way is finished and saved. A StateError ends the
        run: what cannot be recorded is not done.
        """
        await self._begin()
        schedule = Schedule(
            {change.key: change for change in self.plan.changes},
            {name: link.engine.concurrency for name, link in self.links.items()},
            self.parallelism,
        )
        self._skip_what_is_done(schedule)
        await self._work(schedule)
        return await self._finish(schedule)

    async def _begin(self) -> None:
        await self.writer.append(RunStarted(self.run, self.plan.tenant, dict(self.plan.accounts)))
        for address in list(self.writer.document.bound) if self.plan.reset_accounts else ():
            if address.connection in self.plan.reset_accounts:
                await self.writer.append(Forgot(address, everything=True))
        for record in self.plan.records:
            bound = self.writer.bound(record.address)
            if bound is not None:
                await self.writer.append(
                    Put(
                        replace(
                            bound,
                            prevent_destroy=record.prevent_destroy,
                            file=record.file,
                            attributes=_without(bound.attributes, record.released),
                            secrets=_without(bound.secrets, record.released),
                        )
                    ),
                    durable=False,
                )
        self.tell(Event(Kind.RUN_STARTED, text=self.run.id))

    def _skip_what_is_done(self, schedule: Schedule) -> None:
        """Ends the changes that an earlier run finished, and those that only a person can make."""
        for key, change in schedule.changes.items():
            if key in self.done_before:
                schedule.end(change, Ended(key, Status.DONE, change.id, "done by the run before"), was_running=False)
            elif change.action is Action.MANUAL and key not in schedule.ended:
                ended = Ended(key, Status.MANUAL, change.id)
                self._announce([ended, *schedule.end(change, ended, was_running=False)])
        for queue in schedule.ready.values():
            queue[:] = [item for item in queue if item[1] not in schedule.ended]
            heapq.heapify(queue)

    async def _work(self, schedule: Schedule) -> None:
        tasks: dict[asyncio.Task[Ended], Change] = {}
        interrupted = asyncio.create_task(self.stop.wait())
        try:
            while True:
                while not self.stop.is_set() and (change := schedule.take()) is not None:
                    tasks[asyncio.create_task(self._one(change))] = change
                if not tasks:
                    return
                wake = {*tasks} if self.stop.is_set() else {*tasks, interrupted}
                finished, _ = await asyncio.wait(wake, return_when=asyncio.FIRST_COMPLETED)
                for task in finished:
                    if task in tasks:
                        await self._ended(schedule, tasks.pop(task), task.result())  # type: ignore[arg-type, index]
        finally:
            interrupted.cancel()
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, interrupted, return_exceptions=True)

    async def _ended(self, schedule: Schedule, change: Change, ended: Ended) -> None:
        if ended.status is Status.DONE:
            await self.writer.append(ChangeDone(self.run.id, change.key), durable=False)
        self._announce([ended, *schedule.end(change, ended)])

    def _announce(self, many: list[Ended]) -> None:
        actions = {change.key: change for change in self.plan.changes} if len(many) > 1 else {}
        for ended in many:
            change = actions.get(ended.key)
            self.tell(
                Event(
                    Kind.CHANGE_ENDED,
                    ended.key,
                    str(change.action) if change else "",
                    ended.status,
                    ended.id,
                    ended.why,
                    ended.hint,
                )
            )

    async def _one(self, change: Change) -> Ended:
        """Does one change; whatever a vendor does becomes how it ended."""
        self.tell(Event(Kind.CHANGE_STARTED, change.key, str(change.action)))
        try:
            vendor_id = await self.do(change)
        except StateError:
            raise
        except Stale as error:
            return Ended(change.key, Status.STALE, change.id, error.message, error.hint)
        except ProvisionerError as error:
            return Ended(change.key, Status.FAILED, change.id, error.message, error.hint)
        return Ended(change.key, Status.DONE, vendor_id)

    async def _finish(self, schedule: Schedule) -> Report:
        for key in schedule.left():
            schedule.ended[key] = Ended(key, Status.SKIPPED, why="interrupted before it was begun")
        ended = tuple(schedule.ended[key] for key in schedule.changes)
        completed = all(item.status in (Status.DONE, Status.MANUAL) for item in ended)
        totals = {str(status): sum(1 for item in ended if item.status is status) for status in Status}
        await self.writer.append(RunFinished(self.run.id, completed, self.now(), totals))
        report = Report(ended, completed, self.stop.is_set(), len(self.done_before))
        self.tell(Event(Kind.RUN_ENDED, text="completed" if completed else "not completed"))
        return report


def _without(values: Mapping[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    return {path: value for path, value in values.items() if path not in paths}
