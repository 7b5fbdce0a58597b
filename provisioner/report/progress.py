"""How far a plan's reading or an apply has come, while it runs: on stderr, never on stdout.

On a terminal one line is redrawn, with what is under way and how long it may still take; elsewhere each change gets a
line of its own when it has ended, so that a log tells the story. Both are context managers that give the function to
call: a ``Listener`` for an apply, ``(done, total or None)`` for a reading.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import TYPE_CHECKING, Final, TextIO, TypeAlias

from provisioner.apply.events import Event, Kind, Listener, Status
from provisioner.plan.document import Action, Plan
from provisioner.report.fields import plain

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

ReadListener: TypeAlias = Callable[[int, "int | None"], None]

MOST_UNDER_WAY: Final = 2

WORDS: Final = {
    Status.DONE: "done",
    Status.FAILED: "FAILED",
    Status.STALE: "STALE",
    Status.HELD: "HELD",
    Status.SKIPPED: "skipped",
    Status.WAITING: "waiting",
    Status.MANUAL: "by hand",
}


def apply_progress(
    plan: Plan,
    stream: TextIO,
    *,
    terminal: bool,
    color: bool = True,
    clock: Callable[[], float] = time.monotonic,
) -> AbstractContextManager[Listener]:
    """Shows an apply of the plan on ``stream``; ``clock`` is in seconds."""
    return _bar(plan, stream, color=color, clock=clock) if terminal else _lines(plan, stream)


def read_progress(
    stream: TextIO, *, terminal: bool, color: bool = True, clock: Callable[[], float] = time.monotonic
) -> AbstractContextManager[ReadListener]:
    """Shows how many look-ups are done on ``stream``; nothing where that is no terminal."""
    return _reading(stream, color=color, clock=clock) if terminal else _silence()


# --- a line for each change ---------------------------------------------------------------------------------------


def _ahead(plan: Plan) -> int:
    """How many changes an apply has to make: those of a person aside."""
    return sum(1 for change in plan.steps if change.action is not Action.MANUAL)


@contextmanager
def _lines(plan: Plan, stream: TextIO) -> Iterator[Listener]:
    total = _ahead(plan)
    ended = 0

    def tell(event: Event) -> None:
        nonlocal ended
        if event.kind is Kind.CHANGE_ENDED and event.status is not Status.MANUAL:
            ended += 1
        for line in event_lines(event, f"[{ended}/{total}] "):
            stream.write(f"{line}\n")
        stream.flush()

    yield tell


def event_lines(event: Event, count: str = "") -> Iterator[str]:
    """What a log says of an event: nothing of a change's start, one line of its end and one more for a hint."""
    text = f": {plain(event.text)}" if event.text else ""
    match event.kind:
        case Kind.CHANGE_ENDED if event.status is not None:
            yield f"{count}{WORDS[event.status]} {plain(event.key)}{text}"
        case Kind.SETTLED | Kind.NOTICE:
            yield f"notice {plain(event.key)}{text}" if event.key else f"notice{text}"
        case _:
            return
    if event.hint:
        yield f"    hint: {plain(event.hint)}"


# --- a line that is redrawn ---------------------------------------------------------------------------------------


def _console(stream: TextIO, *, color: bool) -> Console:
    from rich.console import Console  # only where something is shown: it takes long to import

    return Console(file=stream, force_terminal=True, no_color=not color, highlight=False, markup=False, emoji=False)


def _progress(console: Console, clock: Callable[[], float]) -> Progress:
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    return Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=24),
        MofNCompleteColumn(),
        TimeRemainingColumn(compact=True),
        TextColumn("{task.fields[under_way]}", markup=False),
        console=console,
        transient=True,
        get_time=clock,
        redirect_stdout=False,
        redirect_stderr=False,
    )


@contextmanager
def _bar(plan: Plan, stream: TextIO, *, color: bool, clock: Callable[[], float]) -> Iterator[Listener]:
    console = _console(stream, color=color)
    with _progress(console, clock) as progress:
        task = progress.add_task("Applying", total=_ahead(plan), under_way="")
        running: dict[str, None] = {}

        def tell(event: Event) -> None:
            if event.kind is Kind.CHANGE_STARTED:
                running[event.key] = None
            elif event.kind is Kind.CHANGE_ENDED:
                running.pop(event.key, None)
                if event.status is not Status.MANUAL:
                    progress.advance(task)
            progress.update(task, under_way=_under_way(running))
            if event.status not in (Status.DONE, Status.MANUAL):
                for line in event_lines(event):
                    console.print(line, soft_wrap=True)

        yield tell


def _under_way(running: dict[str, None]) -> str:
    keys = [plain(key) for key in list(running)[:MOST_UNDER_WAY]]
    more = len(running) - len(keys)
    return ", ".join(keys) + (f" and {more} more" if more else "")


@contextmanager
def _reading(stream: TextIO, *, color: bool, clock: Callable[[], float]) -> Iterator[ReadListener]:
    with _progress(_console(stream, color=color), clock) as progress:
        task = progress.add_task("Reading", total=None, under_way="")
        yield lambda done, total: progress.update(task, completed=done, total=total)


@contextmanager
def _silence() -> Iterator[ReadListener]:
    yield lambda _done, _total: None
