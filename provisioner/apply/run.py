"""Applying a plan: start what is ready, until none is left.

There are no barriers: a change starts as soon as what it needs is done, as many at once as each connection allows. A
failed change stops only what needs it. The record knows of everything before it happens and after.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from provisioner.address import Address
from provisioner.apply.events import Ended, Event, Kind, Listener, Status
from provisioner.apply.link import Link
from provisioner.apply.schedule import AHEAD, FOR_A_PERSON, Schedule
from provisioner.apply.stale import Stale
from provisioner.apply.usage import Busy
from provisioner.errors import ProvisionerError, StateError
from provisioner.plan.document import Action, Agreed, Change, Plan, Record, Step
from provisioner.state.document import Bound, Run
from provisioner.state.entries import ChangeDone, Forgot, Put, RunFinished, RunStarted
from provisioner.state.writer import Writer
from provisioner.values import folded, overlaid

NOT_BEGUN = "interrupted before it was begun"
CUT_SHORT = "stopped while it was under way: nobody can tell yet what became of it"
AGAIN = "run `provisioner apply` again: it asks the vendor first what became of it"


class Steps(Protocol):
    """What applying needs of whoever makes the changes (``step.Stepper`` is one)."""

    async def do(self, change: Change) -> str | None:
        """Makes the change and gives the entity's id; raises Stale, or what the vendor said."""
        ...

    async def give_back(self, park: Change) -> None:
        """Gives a parked entity its old value back; raises what stands in the way."""
        ...

    @property
    def parked(self) -> Collection[Address]:
        """Whoever is on a temporary value now."""
        ...


@dataclass(frozen=True)
class Report:
    """How an apply ended: every change, in the plan's order.

    ``resumed`` counts the changes that the run before had done. ``restored`` were given their old value back because
    an exchange could not be completed; ``left_parked`` still have a temporary one.
    """

    ended: tuple[Ended, ...] = ()
    completed: bool = False
    interrupted: bool = False
    resumed: int = 0
    restored: tuple[Address, ...] = ()
    left_parked: tuple[Address, ...] = ()

    def count(self, status: Status) -> int:
        return sum(1 for item in self.ended if item.status is status)

    @property
    def failed(self) -> bool:
        """True where anything that should have been done was not; what waits for a person is not due yet."""
        statuses = {item.status for item in self.ended}
        return bool(statuses - {Status.DONE, *FOR_A_PERSON}) or not (self.completed or Status.WAITING in statuses)


@dataclass
class Applier:
    """One run over a plan. ``done_before`` are the changes that an earlier run of this plan finished.

    ``parallelism`` is how many changes may be under way at once in all; None leaves it to the connections' limits.
    ``credentials`` are the references (as spelled) that the run's connections are opened with → their accounts.
    """

    plan: Plan
    run: Run
    writer: Writer
    links: Mapping[str, Link]
    steps: Steps
    tell: Listener
    parallelism: int | None
    stop: asyncio.Event
    now: Callable[[], str]
    done_before: frozenset[str] = frozenset()
    credentials: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    async def apply(self) -> Report:
        """Makes the plan's changes and gives how each of them ended.

        When ``stop`` is set, nothing more is started; what is under way is finished and saved. Cancelled after that,
        it gives up what is under way, and still says how everything ended. A StateError ends the run: what cannot be
        recorded is not done.
        """
        schedule = Schedule(
            {change.key: change for change in self.plan.steps},
            {name: AHEAD * link.engine.concurrency for name, link in self.links.items()},
            self.parallelism,
        )
        try:
            await self._begin()
            await self._end_what_is_not_ours(schedule)
            restored: list[Address] = []
            await self._work(schedule, restored)
            return await self._finish(schedule, restored)
        except StateError as error:
            self.tell(Event(Kind.RUN_ENDED, text=f"not completed: {error.message}"))
            raise

    # --- before -----------------------------------------------------------------------------------------------

    async def _begin(self) -> None:
        """Drops what another account's entities were bound as before the new account is written down."""
        for address in sorted(self._strangers()):
            await self.writer.append(Forgot(address, everything=True), durable=False)
        await self.writer.append(RunStarted(self.run, self.plan.tenant, self._accounts(), dict(self.credentials)))
        for moved in self._moved_accounts():
            await self.writer.append(Put(moved), durable=False)
        for record in self.plan.records:
            bound = self.writer.bound(record.address)
            if bound is not None:
                await self.writer.append(Put(_told(bound, record)), durable=False)
        self.tell(Event(Kind.RUN_STARTED, text=self.run.id))

    def _accounts(self) -> dict[str, str]:
        """The account of each connection; one that changed without this plan having looked at it stays as it was.

        An excluded connection is such a one: guard ``account`` asks about it as long as nobody has answered.
        """
        document, accounts = self.writer.document, self.plan.accounts
        known = [(address.connection, bound.account) for address, bound in document.bound.items()]
        changed = {name for name, account in (*known, *document.accounts.items()) if accounts.get(name) != account}
        unseen = changed - {*self.plan.kept_accounts, *self.plan.reset_accounts}
        return {name: account for name, account in accounts.items() if name not in unseen}

    def _moved_accounts(self) -> list[Bound]:
        """Bindings of an account that moved with all that is in it: the same entities, at its new place."""
        accounts = {name: self.plan.accounts[name] for name in self.plan.kept_accounts}
        return [
            replace(bound, account=accounts[address.connection])
            for address, bound in sorted(self.writer.document.bound.items())
            if bound.account != accounts.get(address.connection, bound.account)
        ]

    def _strangers(self) -> set[Address]:
        """The addresses of which the record knows something at an account that the plan drops."""
        if not self.plan.reset_accounts:
            return set()
        document = self.writer.document
        known = [
            *((address, bound.account) for address, bound in document.bound.items()),
            *((address, stone.account) for address, stone in document.tombstones.items()),
            *((address, unknown.account) for address, unknown in document.unknown.items()),
            *((intent.address, intent.account) for intent in document.pending.values()),
        ]
        dropped = {name: self.plan.accounts.get(name) for name in self.plan.reset_accounts}
        return {
            address
            for address, account in known
            if address.connection in dropped and account != dropped[address.connection]
        }

    async def _end_what_is_not_ours(self, schedule: Schedule) -> None:
        """Ends the changes that an earlier run finished, and those that only a person can make."""
        for key, change in schedule.changes.items():
            if key in self.done_before:
                await self._settle(schedule, Ended(key, Status.DONE, change.id, "done by the run before"))
            elif change.action is Action.MANUAL and key not in schedule.ended:
                await self._settle(schedule, Ended(key, Status.MANUAL, change.id))

    async def _settle(self, schedule: Schedule, ended: Ended) -> None:
        self._announce(schedule, [ended, *schedule.settle(ended)])

    # --- during -----------------------------------------------------------------------------------------------

    async def _work(self, schedule: Schedule, restored: list[Address]) -> None:
        """Everything that can be started; ``restored`` collects whom it had to give an old value back."""
        task = asyncio.current_task()
        under_way: dict[asyncio.Task[Ended], Change] = {}
        try:
            await self._start_and_wait(schedule, under_way)
            await self._give_back(schedule, restored)
        except asyncio.CancelledError:
            if not self.stop.is_set() or task is None:
                raise
            task.uncancel()
            await self._cut_short(schedule, under_way)
        finally:
            await _cancelled(under_way)

    async def _cut_short(self, schedule: Schedule, under_way: dict[asyncio.Task[Ended], Change]) -> None:
        """Gives up what is under way; its intents stay open, and the next run settles them."""
        tasks = dict(under_way)
        await _cancelled(under_way)
        for task, change in sorted(tasks.items(), key=lambda item: schedule.number(item[1])):
            given_up = task.cancelled() or task.exception() is not None
            ended = Ended(change.key, Status.FAILED, change.id, CUT_SHORT, AGAIN) if given_up else task.result()
            await self._ended(schedule, change, ended)

    async def _start_and_wait(self, schedule: Schedule, under_way: dict[asyncio.Task[Ended], Change]) -> None:
        ready: asyncio.Queue[asyncio.Task[Any]] = asyncio.Queue()
        interrupted: asyncio.Task[Any] = asyncio.create_task(self.stop.wait())
        interrupted.add_done_callback(ready.put_nowait)
        try:
            while True:
                while not self.stop.is_set() and (change := schedule.take()) is not None:
                    task = asyncio.create_task(self._one(change))
                    under_way[task] = change
                    task.add_done_callback(ready.put_nowait)
                if not under_way:
                    return
                task = await ready.get()
                if task is not interrupted:
                    await self._ended(schedule, under_way.pop(task), task.result())
        finally:
            interrupted.cancel()

    async def _ended(self, schedule: Schedule, change: Change, ended: Ended) -> None:
        if ended.status is Status.DONE:
            for key in self._done_with(schedule, change):
                await self.writer.append(ChangeDone(self.run.id, key), durable=False)
        self._announce(schedule, [ended, *schedule.finish(change, ended)])

    @staticmethod
    def _done_with(schedule: Schedule, change: Change) -> tuple[str, ...]:
        """A parking step is done for good only with the change that ends it: until then it may be given back."""
        if change.step is Step.PARK:
            return ()
        park = f"{change.address}#{Step.PARK}"
        return (park, change.key) if park in schedule.changes else (change.key,)

    async def _one(self, change: Change) -> Ended:
        """Does one change; whatever a vendor does becomes how it ended."""
        self.tell(Event(Kind.CHANGE_STARTED, change.key, str(change.action)))
        try:
            vendor_id = await self.steps.do(change)
        except StateError:
            raise
        except Stale as error:
            return Ended(change.key, Status.STALE, change.id, error.message, error.hint)
        except Busy as error:
            return Ended(change.key, Status.HELD, change.id, error.message, error.hint)
        except ProvisionerError as error:
            return Ended(change.key, Status.FAILED, change.id, error.message, error.hint)
        return Ended(change.key, Status.DONE, vendor_id)

    # --- after ------------------------------------------------------------------------------------------------

    async def _give_back(self, schedule: Schedule, restored: list[Address]) -> None:
        """Gives whoever was parked in vain the old value back, where nobody has it by now."""
        for change in schedule.changes.values():
            if change.step is not Step.PARK or not self._parked_in_vain(schedule, change):
                continue
            taker = self._taker(schedule, change)
            why = f"`{taker}` has its old value by now" if taker else await self._not_given_back(change)
            if why is None:
                restored.append(change.address)
                text = "its old value was given back, since the exchange could not be completed"
                if _done(schedule, change.key):
                    schedule.ended[change.key] = Ended(change.key, Status.SKIPPED, change.id, text)
            else:
                text = f"is left parked on a temporary value: {why}"
            self.tell(Event(Kind.NOTICE, change.key, str(change.action), id=change.id, text=text))

    def _parked_in_vain(self, schedule: Schedule, park: Change) -> bool:
        """Also by an earlier run of this plan, or by a request of which nobody knows what became of it."""
        return park.address in self.steps.parked and not _done(schedule, str(park.address))

    @staticmethod
    def _taker(schedule: Schedule, park: Change) -> str | None:
        """The change that has put the parked entity's old value on another one."""
        for key, ended in schedule.ended.items():
            change = schedule.changes[key]
            if ended.status is not Status.DONE or park.key not in change.needs or change.address == park.address:
                continue
            after, before = change.after or {}, park.before or {}
            if any(folded(after.get(item.path)) == folded(before.get(item.path)) for item in park.parked):
                return key
        return None

    async def _not_given_back(self, change: Change) -> str | None:
        """Why a parked entity could not have its old value back; None where it has it."""
        try:
            await self.steps.give_back(change)
        except StateError:
            raise
        except ProvisionerError as error:
            return error.message
        return None

    async def _finish(self, schedule: Schedule, restored: list[Address]) -> Report:
        for key in schedule.left():
            left = Ended(key, Status.SKIPPED, schedule.changes[key].id, NOT_BEGUN)
            schedule.ended[key] = left
            self._announce(schedule, [left])
        ended = tuple(schedule.ended[key] for key in schedule.changes)
        completed = all(item.status in (Status.DONE, Status.MANUAL) for item in ended)
        concerned = {change.address for change in self.plan.changes}
        report = Report(
            ended,
            completed,
            self.stop.is_set(),
            len(self.done_before),
            tuple(sorted(restored)),
            tuple(sorted(address for address in self.steps.parked if address in concerned)),
        )
        totals = {str(status): report.count(status) for status in Status}
        await self.writer.append(RunFinished(self.run.id, completed, self.now(), totals))
        self.tell(Event(Kind.RUN_ENDED, text="completed" if completed else "not completed"))
        return report

    def _announce(self, schedule: Schedule, many: list[Ended]) -> None:
        for ended in many:
            action = str(schedule.changes[ended.key].action)
            self.tell(Event(Kind.CHANGE_ENDED, ended.key, action, ended.status, ended.id, ended.why, ended.hint))


def _done(schedule: Schedule, key: str) -> bool:
    ended = schedule.ended.get(key)
    return ended is not None and ended.status is Status.DONE


async def _cancelled(tasks: dict[asyncio.Task[Ended], Change]) -> None:
    """Returns when none of the tasks runs any more."""
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    tasks.clear()


def _told(bound: Bound, record: Record) -> Bound:
    """The binding with what state learns of it without a call."""
    told = replace(
        bound,
        prevent_destroy=record.prevent_destroy,
        file=record.file,
        attributes=_without(bound.attributes, record.released),
        secrets={path: 0 if path in record.released else old for path, old in bound.secrets.items()},
    )
    return told if record.agreed is None else _as_agreed(told, record.agreed)


def _as_agreed(bound: Bound, agreed: Agreed) -> Bound:
    """The binding as if somebody had applied what vendor and manifest say alike."""
    return replace(
        bound,
        natural_key=agreed.natural_key,
        attributes=overlaid(bound.attributes, agreed.attributes),
        references={**bound.references, **agreed.references},
        learned={path: pair for path, pair in bound.learned.items() if path not in agreed.attributes},
    )


def _without(values: Mapping[str, Any], paths: tuple[str, ...]) -> dict[str, Any]:
    return {path: value for path, value in values.items() if path not in paths}
