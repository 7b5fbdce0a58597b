"""Playing a vendor, whichever it is: driving an adapter's generators by hand, to their end."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TypeVar

from provisioner.vendors.base import Answer, Request

T = TypeVar("T")


def read(
    reading: Generator[Sequence[Request], Sequence[Answer], T], *batches: Sequence[Answer]
) -> tuple[list[Request], T]:
    """The requests of a read, answered batch after batch, and its result."""
    asked = list(next(reading))
    for place, answers in enumerate(batches, start=1):
        try:
            asked += reading.send(answers)
        except StopIteration as end:
            assert place == len(batches), "the read ended early"
            return asked, end.value
    raise AssertionError("the read goes on")


def change(changing: Generator[Request, Answer, T], *answers: Answer) -> tuple[list[Request], T]:
    """The requests of a change, answered one after the other, and its result."""
    asked = [next(changing)]
    for place, answer in enumerate(answers, start=1):
        try:
            asked.append(changing.send(answer))
        except StopIteration as end:
            assert place == len(answers), "the change ended early"
            return asked, end.value
    raise AssertionError("the change goes on")
