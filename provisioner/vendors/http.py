"""How does a connection's request get its answer: limits, retries, time-outs and redaction, the same for every vendor.

A read is repeated while it may end better. A change is sent once: as soon as it may have reached the vendor, anything
but a clear answer is OutcomeUnknown. Import this only where something is about to talk to a network.
"""

from __future__ import annotations

import asyncio
import logging
import random as randomness
import re
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from types import TracebackType
from typing import Self, TypeVar

import httpx

from provisioner.errors import (
    NotNow,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unreachable,
    UsageError,
    VendorError,
    VendorFailed,
)
from provisioner.secrets import Secret
from provisioner.vendors.base import Answer, Effect, Quotes, Reading, Request, Session, Settings
from provisioner.vendors.concurrently import each
from provisioner.vendors.entrance import Entrance
from provisioner.vendors.limits import Impatient, Pace
from provisioner.vendors.redaction import excerpt, held_in, redact_error, redacted, secrets_in
from provisioner.vendors.sealing import Sealed, plain, seal
from provisioner.vendors.wire import Broken, exchange, open_transport

T = TypeVar("T")

PATIENCE = 120.0
"""Seconds that one request sits out a vendor's 429 before it gives up."""

FIRST_DELAY, LONGEST_DELAY = 0.5, 30.0
"""Seconds before the first repetition, doubled for each further one up to the longest."""

_ID_SEGMENT = re.compile(r"(?<=/)(?:\d+|[0-9a-fA-F-]{16,})(?=/|$)")
_CREDENTIAL_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})
_log = logging.getLogger("provisioner.http")


@dataclass
class Traffic:
    """What a connection has sent so far: for reports and benches."""

    requests: Counter[str] = field(default_factory=Counter)
    """Requests that left, by method and path template: ``GET /agent/{id}``."""
    retries: int = 0
    rate_limited: int = 0


class Engine:
    """Sends one connection's requests; everybody who uses the connection shares it, and with it the limits.

    ``clock`` gives seconds that only rise, ``now`` seconds since 1970, ``random`` a number in [0, 1) for the jitter.
    ``transport`` replaces the network in tests. ``hidden`` are secrets that no message may show, whichever request they
    go with: a vendor may repeat one in the answer to another; it may grow. An async context manager; ``aclose`` ends
    the connections.
    """

    def __init__(
        self,
        session: Session,
        settings: Settings,
        *,
        connection: str,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float] = randomness.random,
        now: Callable[[], float] = time.time,
        transport: httpx.AsyncBaseTransport | None = None,
        hidden: Sequence[Secret] = (),
    ) -> None:
        self._hidden = hidden
        self.session, self.settings, self.connection = session, settings, connection
        self.traffic = Traffic()
        self._base = session.base_url.rstrip("/")
        url = _usable(self._base, connection)
        self._transport = transport or open_transport(url, settings, connection=connection)
        self._pace = Pace(settings.limits, clock=clock, sleep=sleep)
        self._clock, self._sleep, self._random, self._now = clock, sleep, random, now
        self._entrance = Entrance(session, lambda request: self._deliver(request, request))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Ends all connections; the engine is not used afterwards."""
        await self._transport.aclose()

    @property
    def concurrency(self) -> int:
        """How many requests may be under way at once."""
        return self.settings.limits.concurrency

    # --- Reading -----------------------------------------------------------------------------------------------

    async def read(self, reading: Reading[T]) -> T:
        """Drives a read to its end and gives its result.

        Each batch is sent concurrently. The first VendorError in it cancels the rest of the batch and is thrown into
        the generator, which may go on without those answers; one that does not care lets it pass.
        """
        try:
            batch = next(reading)
            while True:
                try:
                    answers = await self.send_all(batch)
                except VendorError as error:
                    batch = reading.throw(error)
                else:
                    batch = reading.send(answers)
        except StopIteration as end:
            result: T = end.value
            return result
        except VendorError as error:
            redact_error(error, self.session.redactions, self._hidden)
            raise
        finally:
            reading.close()

    async def send_all(self, batch: Sequence[Request]) -> Sequence[Answer]:
        """The answers to the requests, in their order; the first error cancels the rest and is raised."""
        if len(batch) == 1:
            return (await self.send(batch[0]),)
        answers: dict[int, Answer] = {}

        async def one(place: int) -> None:
            answers[place] = await self.send(batch[place])

        await each(range(len(batch)), one, at_once=min(len(batch), self.concurrency))
        return [answers[place] for place in range(len(batch))]

    # --- Sending -----------------------------------------------------------------------------------------------

    async def send(self, request: Request) -> Answer:
        """The vendor's answer, after the session's check.

        Raises Unreachable when nothing was sent; RateLimited when the vendor's 429 outlasts our patience and NotNow
        when it stays busy, which both mean that nothing was done; VendorFailed for a read and OutcomeUnknown for a
        change that got no clear answer; and what the session's check raises. A change that is cancelled while under way
        may have been done, too: CancelledError passes through, and it is for the caller to say so. Where a session logs
        in, that comes first (entrance.py).
        """
        if request.after:
            await self._sleep(request.after)
        ticket = await self._entrance.ticket()
        try:
            answer = await self._deliver(request, self.session.sign(request))
        except Unauthorized as error:
            refused = error
        else:
            self._entrance.let_in()
            return answer
        if not await self._entrance.renew(ticket, refused):
            raise refused
        answer = await self._deliver(request, self.session.sign(request))
        self._entrance.let_in()
        return answer

    async def _deliver(self, request: Request, signed: Request) -> Answer:
        """The answer to the request in its signed form, repeated as long as that may help."""
        flight = _Flight(request, signed)
        sealed = seal(self._base, flight.signed, connection=self.connection)
        while True:
            async with self._pace.slots:
                await self._turn(flight)
                outcome = await self._attempt(flight, sealed)
            if isinstance(outcome, Answer):
                return outcome
            await self._before_the_next(flight, outcome)

    def redact(self, text: str, *values: object) -> str:
        """The text without the connection's credentials and without any Secret within ``values``."""
        return redacted(text, [*self.session.redactions, *secrets_in(values), *held_in(text, self._hidden)])

    async def _turn(self, flight: _Flight) -> None:
        try:
            flight.waited += await self._pace.turn(PATIENCE - flight.waited)
            return
        except Impatient as pause:
            left = pause.seconds
        raise self._rate_limited(flight, left)

    async def _attempt(self, flight: _Flight, sealed: Sealed) -> Answer | Broken:
        """One exchange; gives back what may be repeated, and raises what may not."""
        flight.attempts += 1
        self.traffic.requests[f"{sealed.method} {_ID_SEGMENT.sub('{id}', flight.request.path)}"] += 1
        began = self._clock()
        outcome = await exchange(self._transport, sealed, timeout=self.settings.timeout)
        if _log.isEnabledFor(logging.DEBUG):
            self._note(flight, outcome, self._clock() - began)
        return self._judged(flight, outcome) if isinstance(outcome, Answer) else outcome

    def _judged(self, flight: _Flight, answer: Answer) -> Answer | Broken:
        """The answer if it is one; Broken for what may be repeated."""
        status = answer.status
        if status == 429:
            return Broken("the vendor refuses more requests for now", sent=False, status=status, answer=answer)
        if status >= 500:
            return Broken(f"answered {status} (server error)", sent=True, status=status, answer=answer)
        if 300 <= status < 400:
            raise self._redirected(flight, answer)
        return self._checked(flight, answer)

    def _checked(self, flight: _Flight, answer: Answer) -> Answer | Broken:
        try:
            self.session.check(flight.request, answer)
            return answer
        except VendorError as raised:
            error = raised
        redact_error(error, self._secrets(flight), self._hidden)
        if isinstance(error, (VendorFailed, NotNow)):
            sent = isinstance(error, VendorFailed)
            return Broken(error.message, sent=sent, status=answer.status, answer=answer, error=error)
        raise error

    async def _before_the_next(self, flight: _Flight, broken: Broken) -> None:
        """Waits until the request may be repeated; raises what it comes to when it may not."""
        if broken.status == 429:
            self._pause(flight, broken)
            return
        if isinstance(broken.error, NotNow):
            await self._wait_out(flight, broken.error)
            return
        repeatable = broken.again and (flight.reads or not broken.sent)
        if not repeatable or flight.failures >= self.settings.retries:
            raise self._failure(flight, broken)
        delay = max(self._backoff(flight.failures), min(self._retry_after(broken.answer), LONGEST_DELAY))
        flight.failures += 1
        self.traffic.retries += 1
        await self._sleep(delay)

    def _pause(self, flight: _Flight, broken: Broken) -> None:
        """Holds back the whole connection; raises RateLimited when it would be for too long."""
        self.traffic.rate_limited += 1
        seconds = self._retry_after(broken.answer) or self._backoff(flight.refusals)
        flight.refusals += 1
        self._pace.pause(seconds)
        if flight.waited + seconds > PATIENCE:
            raise self._rate_limited(flight, seconds)

    async def _wait_out(self, flight: _Flight, busy: NotNow) -> None:
        """Waits as the vendor's document advises; raises ``busy`` when it has been waited for often enough."""
        if flight.refusals >= len(busy.pauses):
            busy.message += _times(flight.attempts)
            busy.args = (busy.message,)
            raise busy
        pause = busy.pauses[flight.refusals]
        flight.refusals += 1
        self.traffic.retries += 1
        await self._sleep(pause)

    def _backoff(self, failures: int) -> float:
        """Seconds, half of them certain and half by chance, so that many clients do not come back at once."""
        longest: float = min(LONGEST_DELAY, FIRST_DELAY * 2**failures)
        return longest * (1 + self._random()) / 2

    def _retry_after(self, answer: Answer | None) -> float:
        """Seconds that the vendor asks for, 0 where it asks for none or makes no sense."""
        text = "" if answer is None else answer.headers.get("retry-after", "").strip()
        if text.isdecimal():
            return float(text)
        try:
            when = parsedate_to_datetime(text)
        except ValueError:
            return 0.0
        return max(0.0, when.timestamp() - self._now())

    # --- Saying what went wrong --------------------------------------------------------------------------------

    def _failure(self, flight: _Flight, broken: Broken) -> VendorError:
        if broken.error is not None and flight.reads:
            return broken.error
        secrets = self._secrets(flight)
        words = excerpt(self._quotable(broken.answer), secrets, self._hidden)
        message = f"{self._place(flight)}: {broken.words}{_times(flight.attempts)}"
        if not broken.sent:
            kind: type[VendorError] = Unreachable
        elif flight.reads:
            kind = VendorFailed
        else:
            kind = OutcomeUnknown
            message += "; it may have been done"
        error = kind(
            message,
            connection=self.connection,
            call=flight.request.call,
            status=broken.status,
            words=words,
            hint=broken.hint,
        )
        redact_error(error, secrets, self._hidden)
        return error

    def _quotable(self, answer: Answer | None) -> str:
        """What may be shown of an answer at all, secrets that we know of aside."""
        if answer is None:
            return ""
        return self.session.quotable(answer) if isinstance(self.session, Quotes) else answer.body

    def _rate_limited(self, flight: _Flight, seconds: float) -> RateLimited:
        error = RateLimited(
            f"{self._place(flight)}: the vendor refuses more requests for another {seconds:.0f} s",
            retry_after=seconds,
            connection=self.connection,
            call=flight.request.call,
        )
        error.hint = "try again later, or lower the connection's `limits`"
        redact_error(error, self._secrets(flight), self._hidden)
        return error

    def _redirected(self, flight: _Flight, answer: Answer) -> Rejected:
        error = Rejected(
            f"{self._place(flight)}: answered {answer.status}, a redirect to"
            f" {_target(self._base + flight.request.path, answer)}, which is not followed",
            connection=self.connection,
            call=flight.request.call,
            status=answer.status,
            hint="is it `https`, or another path? If you trust that address, make it the connection's `url`",
        )
        redact_error(error, self._secrets(flight), self._hidden)
        return error

    def _place(self, flight: _Flight) -> str:
        return f"`{flight.request.call}` on `{self.connection}`"

    def _secrets(self, flight: _Flight) -> list[Secret]:
        """Whatever travels with the request and must not be shown."""
        signed = flight.signed
        given = [value for name, value in signed.headers if name.lower() in _CREDENTIAL_HEADERS]
        tokens = [Secret(part) for value in given for part in plain(value).split()[-1:]]
        return [
            *self.session.redactions,
            *secrets_in((signed.form, signed.json, signed.query, signed.headers)),
            *tokens,
        ]

    def _note(self, flight: _Flight, outcome: Answer | Broken, seconds: float) -> None:
        said = str(outcome.status) if isinstance(outcome, Answer) else outcome.words
        line = f"{flight.request.call} -> {said} in {seconds * 1000:.0f} ms"
        _log.debug("%s: %s", self.connection, redacted(line, self._secrets(flight)))


@dataclass(slots=True)
class _Flight:
    """One request on its way, and what it went through."""

    request: Request
    signed: Request = field(repr=False)
    attempts: int = 0
    failures: int = 0
    refusals: int = 0
    waited: float = 0.0

    @property
    def reads(self) -> bool:
        return self.request.effect is Effect.READ


def _usable(base: str, connection: str) -> httpx.URL:
    """The base URL, parsed; raises UsageError for one that nothing can be sent to."""
    try:
        url = httpx.URL(base)
        url.raw_host.decode("ascii").encode("idna")  # what the resolver does, where its exception would be a stray one
    except (httpx.InvalidURL, UnicodeError):
        url = httpx.URL()
    if url.scheme not in ("http", "https") or not url.host:
        raise UsageError(f"`url` of connection `{connection}` is not an http or https address")
    if url.userinfo:
        raise UsageError(f"`url` of connection `{connection}` holds a password", hint="write credentials as secrets")
    return url


def _times(attempts: int) -> str:
    return f", {attempts} times" if attempts > 1 else ""


def _target(asked: str, answer: Answer) -> str:
    """The origin that a redirect leads to, and the path where the origin is our own; never its query."""
    here = httpx.URL(asked)
    try:
        there = here.join(answer.headers.get("location", ""))
    except httpx.InvalidURL:
        return "an address that makes no sense"
    if (there.scheme, there.netloc) == (here.scheme, here.netloc):
        return f"`{there.path}` on the same host"
    return f"`{there.scheme}://{there.netloc.decode('ascii', 'replace')}`"
