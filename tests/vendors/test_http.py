"""The engine: what is repeated, what is not, how hard a vendor is driven, and what an error says."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, quote

import httpx
import pytest

from provisioner.errors import (
    NotFound,
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
from provisioner.vendors.base import Answer, Effect, Reading, Request
from provisioner.vendors.http import PATIENCE, Engine
from tests.vendors.shop import BASE, GET, KEY, POST, Network, Play, Shop, Time, an_engine, answering


def send(engine: Engine, request: Request = GET) -> Answer:
    async def run() -> Answer:
        async with engine:
            return await engine.send(request)

    return asyncio.run(run())


def failure(engine: Engine, request: Request = GET) -> VendorError:
    with pytest.raises(VendorError) as caught:
        send(engine, request)
    return caught.value


# --- What goes out -------------------------------------------------------------------------------------------------


def test_a_request_goes_to_its_path_below_the_base_with_the_session_s_credential() -> None:
    """The base URL's own path is kept, and the query is percent-encoded."""
    network = Network(answering(body='{"id": 12}'))

    answer = send(an_engine(network), replace(GET, query=(("q", "a b&c"),)))

    assert answer.data() == {"id": 12}
    assert network.requests[0].url.path == "/api/agent/12"
    assert dict(network.requests[0].url.params) == {"auth_key": KEY, "q": "a b&c"}


def test_a_form_sends_text_as_it_is_and_anything_else_as_json_with_its_secrets() -> None:
    """An entity is one parameter whose value is JSON text."""
    network = Network(answering())
    form = {"key": Secret("a&b"), "text": "ü", "data": {"password": Secret("00 42"), "list": [1, None, Secret("x")]}}

    send(an_engine(network), replace(POST, json=None, form=form))

    request = network.requests[0]
    sent = parse_qs(request.content.decode(), strict_parsing=True)
    assert request.headers["content-type"] == "application/x-www-form-urlencoded; charset=utf-8"
    assert sent["key"] == ["a&b"]
    assert sent["text"] == ["ü"]
    assert json.loads(sent["data"][0]) == {"password": "00 42", "list": [1, None, "x"]}


def test_a_json_body_is_sent_with_its_secrets() -> None:
    """What the vendor gets is the plain value."""
    network = Network(answering())

    send(an_engine(network), replace(POST, json={"pin": Secret("0042"), "name": "Zoë"}))

    assert network.requests[0].headers["content-type"] == "application/json"
    assert json.loads(network.requests[0].content) == {"pin": "0042", "name": "Zoë"}


def test_headers_of_the_request_win_and_may_be_secrets() -> None:
    """A session signs with a header as well as with a parameter."""
    network = Network(answering())

    send(an_engine(network), replace(GET, headers=(("Authorization", Secret("Key abc")), ("Accept", "text/plain"))))

    assert network.requests[0].headers["authorization"] == "Key abc"
    assert network.requests[0].headers["accept"] == "text/plain"


@pytest.mark.parametrize("value", ["a\nb", "schlüssel"])
def test_a_credential_that_no_header_can_carry_is_said_without_showing_it(value: str) -> None:
    """The usual cause is a line break at the end of a file."""
    with pytest.raises(UsageError, match="`X-Key` holds a character") as caught:
        send(an_engine(Network(answering())), replace(GET, headers=(("X-Key", Secret(value)),)))

    assert value not in str(caught.value)


@pytest.mark.parametrize("body", [{"json": {"a": object()}}, {"json": {"a": float("nan")}}])
def test_what_no_body_can_hold_is_a_mistake_of_the_adapter(body: dict[str, Any]) -> None:
    """It is no vendor's failure, and nothing is sent."""
    network = Network(answering())

    with pytest.raises((TypeError, ValueError)):
        send(an_engine(network), replace(POST, **body))

    assert network.requests == []


@pytest.mark.parametrize(
    "url", ["ftp://shop.example", "shop.example/api", "http://", "http://[::", "http://shop:x", "http://a..b"]
)
def test_a_base_url_that_nothing_can_be_sent_to_is_refused_at_once(url: str) -> None:
    """Before the first request, and naming the connection."""
    with pytest.raises(UsageError, match="`url` of connection `pbx`"):
        an_engine(Network(answering()), session=Shop(url))


def test_a_base_url_with_a_password_is_refused_without_showing_it() -> None:
    """Credentials are references, never text in a manifest."""
    with pytest.raises(UsageError) as caught:
        an_engine(Network(answering()), session=Shop("http://me:hunter2@shop.example"))

    assert "hunter2" not in str(caught.value)


# --- Retries -------------------------------------------------------------------------------------------------------

LOST = httpx.ReadError("reset")
UNCONNECTED = httpx.ConnectError("refused")


@pytest.mark.parametrize("trouble", [answering(500), answering(503), LOST, UNCONNECTED, answering(body="<html>")])
def test_a_read_is_repeated_until_it_succeeds(trouble: Play) -> None:
    """Server errors, lost and refused connections, and answers that make no sense are worth another try."""
    network = Network(trouble, trouble, answering(body='{"id": 1}'))
    engine = an_engine(network, retries=2)

    answer = send(engine)

    assert answer.data() == {"id": 1}
    assert len(network.requests) == 3
    assert engine.traffic.retries == 2


@pytest.mark.parametrize(
    ("trouble", "kind", "words"),
    [
        (answering(502, "bad gateway"), VendorFailed, "`GET /agent/12` on `pbx`: answered 502 (server error), 3 times"),
        (LOST, VendorFailed, "`GET /agent/12` on `pbx`: the connection broke before the answer (ReadError), 3 times"),
        (UNCONNECTED, Unreachable, "`GET /agent/12` on `pbx`: cannot connect, 3 times"),
        (answering(body="<html>"), VendorFailed, "not JSON"),
    ],
)
def test_a_read_that_never_succeeds_says_what_happened(trouble: Play, kind: type[VendorError], words: str) -> None:
    """Connection, call, what and how often; never absence."""
    network = Network(trouble)

    error = failure(an_engine(network, retries=2))

    assert type(error) is kind
    assert (error.message, error.connection, error.call) == (words, "pbx", "GET /agent/12")
    assert len(network.requests) == 3


@pytest.mark.parametrize("trouble", [answering(500), answering(503, retry_after="1"), LOST, httpx.WriteError("")])
@pytest.mark.parametrize("effect", [Effect.CREATE, Effect.UPDATE, Effect.DELETE, Effect.UNDELETE])
def test_a_change_that_may_have_been_sent_is_never_repeated(trouble: Play, effect: Effect) -> None:
    """Nobody can tell whether it was done, so nobody does it again."""
    network = Network(trouble)

    error = failure(an_engine(network), replace(POST, effect=effect))

    assert type(error) is OutcomeUnknown
    assert "it may have been done" in error.message
    assert len(network.requests) == 1


def test_a_change_whose_answer_makes_no_sense_has_an_unknown_outcome() -> None:
    """Also when the session calls it a failure."""

    class Blunt(Shop):
        def check(self, request: Request, answer: Answer) -> None:
            raise VendorFailed("no sense", connection="pbx", call=request.call)

    network = Network(answering(body="<html>"))

    assert type(failure(an_engine(network), POST)) is OutcomeUnknown
    assert type(failure(an_engine(network, session=Blunt()), POST)) is OutcomeUnknown
    assert len(network.requests) == 2


def test_a_change_is_repeated_while_nothing_can_have_been_sent() -> None:
    """Without a connection there is nothing that the vendor could have done."""
    network = Network(UNCONNECTED, httpx.ConnectTimeout("slow"), answering(body="12"))

    answer = send(an_engine(network), POST)

    assert answer.data() == 12
    assert len(network.requests) == 3


def test_a_change_that_finds_no_connection_is_unreachable() -> None:
    """The journal may record that it had no effect."""
    network = Network(UNCONNECTED)

    error = failure(an_engine(network, retries=1), POST)

    assert type(error) is Unreachable
    assert "check `url`" in str(error.hint)
    assert len(network.requests) == 2


def test_delays_double_up_to_a_limit_and_half_of_each_is_chance() -> None:
    """Many clients do not come back at the same moment."""
    certain, longest = Time(), Time()

    failure(an_engine(Network(answering(500)), time=certain, chance=0.0, retries=8))
    failure(an_engine(Network(answering(500)), time=longest, chance=1.0, retries=8))

    assert longest.naps == [0.5, 1, 2, 4, 8, 16, 30, 30]
    assert certain.naps == [nap / 2 for nap in longest.naps]


def test_a_server_error_may_ask_for_a_longer_delay() -> None:
    """503 with Retry-After, up to our own longest delay."""
    time = Time()

    failure(an_engine(Network(answering(503, retry_after="7"), answering(503, retry_after="900")), time=time))

    assert time.naps == [7, 30]


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Rejected), (401, Unauthorized), (403, Unauthorized), (404, NotFound), (409, Rejected)]
)
@pytest.mark.parametrize("request_", [GET, POST])
def test_what_the_session_refuses_is_raised_at_once(status: int, kind: type[VendorError], request_: Request) -> None:
    """The same request would fail again; an empty body is no hindrance."""
    network = Network(answering(status, ""))

    error = failure(an_engine(network), request_)

    assert type(error) is kind
    assert len(network.requests) == 1


def test_absence_may_be_an_answer() -> None:
    """Reads and deletes ask for it."""
    assert send(an_engine(Network(answering(404))), replace(GET, absent_ok=True)).absent


# --- Rate limits ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("request_", [GET, POST])
@pytest.mark.parametrize(
    ("said", "seconds"),
    [
        ({"retry_after": "7"}, 7),
        ({"retry_after": "Thu, 01 Jan 1970 00:16:50 GMT"}, 10),
        ({"retry_after": "Thu, 01 Jan 1970 00:00:00 GMT"}, 0.5),
        ({"retry_after": "soon"}, 0.5),
        ({"retry_after": "0"}, 0.5),
        ({}, 0.5),
    ],
)
def test_429_is_sat_out_and_repeated(request_: Request, said: dict[str, str], seconds: float) -> None:
    """Nothing was done, so a change may be repeated, too; a vendor that does not say how long gets our own delay."""
    time = Time()
    network = Network(answering(429, **said), answering(body="12"))
    engine = an_engine(network, time=time, retries=0)

    answer = send(engine, request_)

    assert answer.data() == 12
    assert time.naps == [seconds]
    assert engine.traffic.rate_limited == 1


def test_a_429_that_outlasts_our_patience_is_raised_at_once() -> None:
    """Waiting would not help, and a person learns how long it takes."""
    time = Time()
    network = Network(answering(429, retry_after="3600"))
    engine = an_engine(network, time=time)

    async def run() -> list[object]:
        return list(await asyncio.gather(engine.send(GET), engine.send(POST), return_exceptions=True))

    errors = asyncio.run(run())

    assert [type(error) for error in errors] == [RateLimited, RateLimited]
    assert errors[0].retry_after == 3600  # type: ignore[attr-defined]
    assert "`limits`" in str(errors[0].hint)  # type: ignore[attr-defined]
    assert time.naps == []
    assert 1 <= len(network.requests) <= 2


def test_a_connection_that_is_paused_for_too_long_refuses_without_sending() -> None:
    """The second request is not even tried."""
    network = Network(answering(429, retry_after="3600"))
    engine = an_engine(network, concurrency=1)

    async def run() -> list[object]:
        return list(await asyncio.gather(engine.send(GET), engine.send(GET), return_exceptions=True))

    errors = asyncio.run(run())

    assert [type(error) for error in errors] == [RateLimited, RateLimited]
    assert len(network.requests) == 1


def test_repeated_429_ends_when_patience_does() -> None:
    """A vendor that never gives in does not hold up the run for ever."""
    time = Time()

    error = failure(an_engine(Network(answering(429, retry_after="25")), time=time))

    assert type(error) is RateLimited
    assert sum(time.naps) == 100 <= PATIENCE


def test_429_holds_back_the_whole_connection() -> None:
    """Other requests wait as long as the one that was told."""
    time = Time()
    sent: list[tuple[str, float]] = []

    def network(request: httpx.Request) -> httpx.Response:
        sent.append((request.url.path, time.now))
        return answering(429, retry_after="5")(request) if len(sent) == 1 else answering()(request)

    engine = an_engine(network, time=time, concurrency=1)

    async def run() -> None:
        await asyncio.gather(*(engine.send(Request("GET", f"/{name}")) for name in "abc"))

    asyncio.run(run())

    assert [at for _, at in sent] == [1000, 1005, 1005, 1005]


def test_requests_leave_evenly_under_a_rate_limit() -> None:
    """No burst, whoever sends: the limit belongs to the connection."""
    time = Time()
    sent: list[float] = []

    def network(request: httpx.Request) -> httpx.Response:
        sent.append(time.now)
        return httpx.Response(200)

    engine = an_engine(network, time=time, per_second=4, concurrency=1)

    async def run() -> None:
        await asyncio.gather(*(engine.send(GET) for _ in range(5)))

    asyncio.run(run())

    assert sent == [1000, 1000.25, 1000.5, 1000.75, 1001]


class Gate:
    """A network that lets nothing out until it is opened, and counts who waits in it."""

    def __init__(self) -> None:
        self.open = asyncio.Event()
        self.inside = self.most = 0

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.inside += 1
        self.most = max(self.most, self.inside)
        try:
            await self.open.wait()
        finally:
            self.inside -= 1
        return httpx.Response(200)


def test_no_more_requests_are_under_way_than_the_limit_allows() -> None:
    """Whether they are sent one by one or as batches, by one reader or by several."""

    async def run() -> int:
        gate = Gate()
        engine = an_engine(gate, concurrency=3)
        jobs = [asyncio.ensure_future(engine.send(GET)) for _ in range(5)]
        batches = [asyncio.ensure_future(engine.send_all([GET] * 7)) for _ in range(2)]
        while gate.inside < 3:
            await asyncio.sleep(0)
        gate.open.set()
        await asyncio.gather(*jobs, *batches)
        return gate.most

    assert asyncio.run(run()) == 3


# --- Reading -------------------------------------------------------------------------------------------------------


def reading(*batches: list[Request]) -> Reading[list[list[str]]]:
    bodies = []
    for batch in batches:
        answers = yield batch
        bodies.append([answer.body for answer in answers])
    return bodies


def echo(request: httpx.Request) -> httpx.Response:
    return httpx.Response(200, text=request.url.path)


def read(engine: Engine, what: Reading[Any]) -> Any:
    async def run() -> Any:
        async with engine:
            return await engine.read(what)

    return asyncio.run(run())


def test_a_reading_gets_the_answers_of_each_batch_in_order() -> None:
    """However many are sent at once."""
    batch = [Request("GET", f"/{number}") for number in range(9)]

    bodies = read(an_engine(echo), reading(batch, [GET], []))

    assert bodies == [[f"/api/{number}" for number in range(9)], ["/api/agent/12"], []]


def test_a_reading_that_asks_nothing_is_sent_nothing() -> None:
    """Its result is given all the same."""
    assert read(an_engine(echo), reading()) == []


def test_the_first_error_ends_a_batch_and_is_raised_by_itself() -> None:
    """The rest is not sent, and no exception group shows."""
    network = Network(answering(401))

    with pytest.raises(Unauthorized) as caught:
        read(an_engine(network, concurrency=1), reading([GET] * 9))

    assert caught.value.__context__ is None
    assert len(network.requests) == 1


def test_a_reading_may_go_on_without_an_answer() -> None:
    """A probe that fails need not end the search that it belongs to."""

    def careless() -> Reading[str]:
        try:
            yield [GET]
        except Rejected:
            (answer,) = yield [GET]
        return answer.body

    assert read(an_engine(Network(answering(400), answering(body="2"))), careless()) == "2"


def test_an_error_of_the_reading_itself_is_redacted_and_stands_alone() -> None:
    """Adapters quote what vendors say, and vendors quote what they were sent."""

    def quoting() -> Reading[None]:
        yield [GET]
        try:
            json.loads("{" + KEY)
        except ValueError as error:
            raise VendorFailed(f"no sense: {KEY}", connection="pbx", call="GET /", words=KEY) from error

    with pytest.raises(VendorFailed) as caught:
        read(an_engine(echo), quoting())

    assert (caught.value.message, caught.value.words) == ("no sense: …", "…")
    assert caught.value.__cause__ is None


def test_a_mistake_in_a_reading_is_no_failure_of_the_vendor() -> None:
    """It passes through, and the generator is closed."""
    closed = []

    def wrong() -> Reading[None]:
        try:
            yield [GET]
            raise KeyError("typo")
        finally:
            closed.append(True)

    with pytest.raises(KeyError):
        read(an_engine(echo), wrong())

    assert closed == [True]


# --- Cancellation --------------------------------------------------------------------------------------------------


def test_cancelling_passes_through_and_frees_the_slot() -> None:
    """The caller decides what a cancelled change means; the next request finds room."""

    async def run() -> tuple[bool, int]:
        gate = Gate()
        engine = an_engine(gate, concurrency=1)
        job = asyncio.ensure_future(engine.send(POST))
        while not gate.inside:
            await asyncio.sleep(0)
        job.cancel()
        cancelled = isinstance((await asyncio.gather(job, return_exceptions=True))[0], asyncio.CancelledError)
        gate.open.set()
        return cancelled, (await engine.send(GET)).status

    assert asyncio.run(run()) == (True, 200)


def test_a_time_out_of_a_change_has_an_unknown_outcome_and_of_a_read_is_repeated() -> None:
    """The limit covers the whole exchange."""

    async def run() -> list[object]:
        gate = Gate()
        engine = an_engine(gate, timeout=0.02, retries=1)
        errors = await asyncio.gather(engine.send(POST), engine.send(GET), return_exceptions=True)
        return [*errors, engine.traffic.requests]

    change, get, requests = asyncio.run(run())

    assert isinstance(change, OutcomeUnknown)
    assert "no full answer within 0.02 s" in change.message
    assert isinstance(get, VendorFailed)
    assert requests == {"POST /agent": 1, "GET /agent/{id}": 2}


# --- Redirects -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("request_", [GET, POST])
@pytest.mark.parametrize(
    ("location", "shown"),
    [
        ("https://evil.example:8443/steal?auth_key=CANARY", "`https://evil.example:8443`"),
        ("https://shop.example/api/agent/12", "`https://shop.example`"),
        ("/login?auth_key=CANARY", "`/login` on the same host"),
        ("http://x:port", "an address that makes no sense"),
        ("", "`/api/agent"),
    ],
)
def test_no_redirect_is_followed(request_: Request, location: str, shown: str) -> None:
    """The error names where it leads to, without the query that repeats our credential."""
    network = Network(answering(302, location=location))

    error = failure(an_engine(network, session=Shop(key="CANARY")), request_)

    assert type(error) is Rejected
    assert error.status == 302
    assert shown in error.message
    assert "CANARY" not in f"{error.message} {error.hint} {error.words}"
    assert "`url`" in str(error.hint)
    assert len(network.requests) == 1


# --- What an error and a log may show ------------------------------------------------------------------------------

PIN = 'p"1 n/ü'


@pytest.mark.parametrize(
    "trouble",
    [
        answering(400, f"no: {KEY} {PIN}"),
        answering(500, f"crashed on {json.dumps(KEY)} {json.dumps(PIN)}"),
        httpx.ReadError(f"{BASE}?auth_key={KEY}"),
        httpx.ConnectError(f"{BASE}?auth_key={KEY}"),
        httpx.RemoteProtocolError(KEY),
        answering(302, location=f"/{quote(KEY)}?{quote(KEY)}"),
        answering(429, retry_after="999"),
        lambda request: httpx.Response(500, text=str(request.url) + request.content.decode()),
        lambda request: httpx.Response(400, content=request.content + str(request.headers.raw).encode()),
    ],
)
@pytest.mark.parametrize("effect", [Effect.READ, Effect.UPDATE])
def test_no_secret_shows_in_an_error_or_a_log(
    trouble: Play, effect: Effect, caplog: pytest.LogCaptureFixture, shown: Callable[[BaseException], str]
) -> None:
    """Whatever the vendor or a library repeats, in whatever spelling, at the most talkative log level."""
    caplog.set_level(logging.DEBUG)
    request = replace(
        POST,
        json=None,
        form={"data": {"pin": Secret(PIN)}},
        effect=effect,
        headers=(("Authorization", "Bearer t0ken"),),
    )

    error = failure(an_engine(Network(trouble), retries=1), request)

    text = shown(error) + caplog.text
    for canary in (KEY, "k3y", "t0ken", PIN, 'p\\\\"1', "ümlaut", "%C3%BCmlaut"):
        assert canary not in text
    assert "provisioner.http" in caplog.text


def test_each_request_is_logged_in_one_line_without_its_query(caplog: pytest.LogCaptureFixture) -> None:
    """Connection, method, path, what came of it, how long it took; a path that holds a secret does not show it."""
    caplog.set_level(logging.DEBUG, "provisioner.http")
    network = Network(answering(), httpx.ReadError("reset"))

    send(an_engine(network))
    failure(an_engine(network), replace(POST, path="/token/abc", form={"token": Secret("abc")}, json=None))

    assert caplog.messages == [
        "pbx: GET /agent/12 -> 200 in 0 ms",
        "pbx: POST /token/… -> the connection broke before the answer (ReadError) in 0 ms",
    ]


def test_an_error_shows_a_short_piece_of_what_the_vendor_said() -> None:
    """On one line; a secret at the place of the cut does not leave half of itself."""
    body = "<html>\n" + "x " * 95 + KEY + " rest " * 100

    error = failure(an_engine(Network(answering(500, body)), retries=0))

    assert len(error.words) <= 200
    assert "\n" not in error.words
    assert "k3y" not in error.words


@pytest.mark.parametrize("before", range(4990, 5001))
def test_a_long_answer_does_not_end_in_half_a_secret(before: int) -> None:
    """Wherever the search for secrets stops."""
    error = failure(an_engine(Network(answering(500, " " * before + KEY + " " * 5000)), retries=0))

    assert error.words in ("", "…")


def test_traffic_is_counted_by_path_template() -> None:
    """Ids of any common form are one line in a report."""
    engine = an_engine(Network(answering()))
    paths = ["/agent/1", "/agent/22", "/agent", "/v2/5f0c7a3e-8d2b-4c57-9f4e-0b1d5a9c7e21/x", "/agent/1/queues/500"]

    async def run() -> None:
        for path in paths:
            await engine.send(Request("GET", path))

    asyncio.run(run())

    assert engine.traffic.requests == {
        "GET /agent/{id}": 2,
        "GET /agent": 1,
        "GET /v2/{id}/x": 1,
        "GET /agent/{id}/queues/{id}": 1,
    }


def test_text_of_others_can_be_redacted_with_the_connection_s_secrets() -> None:
    """For errors that are raised outside of the engine, from what a change was answered."""
    engine = an_engine(Network(answering()))

    assert engine.redact(f"{KEY} and 0042", {"pin": [Secret("0042")]}) == "… and …"


@pytest.fixture
def shown() -> Callable[[BaseException], str]:
    """Everything that a careless handler might print of an error: traceback, arguments, attributes, the chain."""
    import traceback

    def everything(error: BaseException | None) -> str:
        if error is None:
            return ""
        text = "".join(traceback.format_exception(error)) + repr(error) + repr(error.args) + repr(vars(error))
        return text + everything(error.__cause__) + everything(error.__context__)

    return everything
