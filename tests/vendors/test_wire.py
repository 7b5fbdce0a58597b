"""What can break between two sockets, and whether it is told truly that something may have been sent."""

from __future__ import annotations

import asyncio
import gzip
import logging
import socket
import ssl
import subprocess
import sys
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import pytest
from aiohttp.client_reqrep import ConnectionKey

from provisioner.errors import OutcomeUnknown, Unreachable, UsageError, VendorError, VendorFailed
from provisioner.vendors.base import Answer, Effect, Request
from provisioner.vendors.wire import BODY_LIMIT, Broken, only_once, proxy_for
from tests.vendors.peer import CERTIFICATE, Peer, Play, a_peer, reply, unsized
from tests.vendors.shop import GET, KEY, POST, Shop, an_engine

PUT = replace(POST, method="PUT", path="/agent/12", effect=Effect.UPDATE)

Result = Answer | BaseException


def exchange(
    *plays: bytes | Play,
    requests: tuple[Request, ...] = (GET,),
    tls: bool = False,
    base: str | None = None,
    **limits: Any,
) -> tuple[Peer, list[Result]]:
    """The requests, one after the other over one engine, and what came of each."""

    async def run() -> tuple[Peer, list[Result]]:
        async with a_peer(*plays, tls=tls) as peer:
            session = Shop(peer.base if base is None else base.format(port=peer.port))
            async with an_engine(None, session=session, **limits) as engine:
                results: list[Result] = []
                for request in requests:
                    results += await asyncio.gather(engine.send(request), return_exceptions=True)
                return peer, results

    return asyncio.run(run())


def error_of(*plays: bytes | Play, request: Request = GET, **how: Any) -> VendorError:
    _, (result,) = exchange(*plays, requests=(request,), **{"retries": 0, **how})
    assert isinstance(result, VendorError)
    return result


# --- What goes right -----------------------------------------------------------------------------------------------


def test_a_request_and_its_answer_cross_the_wire_whole() -> None:
    """Method, path, query with every odd character, body, credentials; status, headers, text."""
    request = replace(POST, json=None, form={"data": {"name": "Zoë & co"}}, query=(("q", "a/b+c d%2F"),))

    peer, (answer,) = exchange(reply('{"name": "Zoë"}'.encode(), "X-Odd: 1"), requests=(request,))

    head, _, body = peer.requests[0].partition(b"\r\n\r\n")
    url = httpx.URL("http://x" + head.split(b" ")[1].decode())
    assert head.startswith(b"POST /api/agent?auth_key=")
    assert dict(url.params) == {"auth_key": KEY, "q": "a/b+c d%2F"}
    assert body == b"data=%7B%22name%22%3A%22Zo%C3%AB+%26+co%22%7D"
    assert isinstance(answer, Answer)
    assert (answer.status, answer.data(), answer.headers["x-odd"]) == (200, {"name": "Zoë"}, "1")


def test_connections_are_kept() -> None:
    """Several requests, one connection."""
    peer, results = exchange(reply(), requests=(GET, POST, GET))

    assert [getattr(result, "status", result) for result in results] == [200, 200, 200]
    assert peer.connections == 1


def test_no_cookie_is_kept() -> None:
    """A vendor's session of one request is nothing to the next."""
    peer, _ = exchange(reply(b"{}", "Set-Cookie: sid=1; Path=/"), requests=(GET, GET), base="http://localhost:{port}")

    assert b"cookie" not in peer.requests[1].lower()


@pytest.mark.parametrize(
    ("play", "text"),
    [
        (reply(gzip.compress(b'{"a": 1}'), "Content-Encoding: gzip"), '{"a": 1}'),
        (reply("\ufeff{}".encode()), "{}"),
        (reply("ü".encode("latin-1"), "Content-Type: text/plain; charset=iso-8859-1"), "ü"),
        (Play(unsized(b'{"a": 1}', "Connection: close"), "close"), '{"a": 1}'),
        (unsized(b"2\r\n{}\r\n0\r\n\r\n", "Transfer-Encoding: chunked"), "{}"),
        (reply(b""), ""),
        (Play(unsized(b"", "Connection: close"), "close"), ""),
    ],
)
def test_every_form_of_a_body_is_read(play: bytes | Play, text: str) -> None:
    """Compressed, chunked, marked, ended by the connection, empty."""

    _, (answer,) = exchange(play)

    assert isinstance(answer, Answer), answer
    assert answer.body == text


# --- What breaks after something was sent --------------------------------------------------------------------------

LATIN = "ü".encode("latin-1")

BREAKS: list[tuple[bytes | Play, str]] = [
    (Play(b"", "close"), "the connection was closed without an answer"),
    (Play(b"", "reset"), "the connection"),
    (Play(b"HTTP/1.1 200 OK\r\nContent-", "close"), "the connection"),
    (b"\x16\x03\x01 what is this\r\n\r\n", "the answer is not HTTP"),
    (Play(reply(b'{"a": ', length=100), "close"), "the answer was cut short"),
    (Play(reply(b'{"a": ', length=100), "reset"), "the answer was cut short"),
    (Play(unsized(b"5\r\n{", "Transfer-Encoding: chunked"), "close"), "the answer was cut short"),
    (Play(unsized(b"zz\r\n{}\r\n", "Transfer-Encoding: chunked"), "close"), "the answer"),
    (Play(unsized(b'{"a": ', "Connection: close"), "close"), "the answer was cut short"),
    (reply(b"not gzip at all", "Content-Encoding: gzip"), "the answer is compressed, and damaged"),
    (reply(LATIN), "the answer is not text in the encoding that it claims"),
    (
        reply(b"{}", "Content-Type: application/json; charset=klingon"),
        "the answer is not text in the encoding that it claims",
    ),
    (Play(b"", "hang"), "no full answer within 0.3 s"),
    (Play(reply(b"{", length=100), "hang"), "no full answer within 0.3 s"),
]


@pytest.mark.parametrize(("play", "words"), BREAKS)
def test_a_read_whose_answer_is_lost_has_failed_and_is_repeated(play: bytes | Play, words: str) -> None:
    """Neither presence nor absence is proven; the next answer is as good as the first would have been."""
    error = error_of(play, timeout=0.3)
    peer, (again,) = exchange(play, reply(b"[]"), retries=1, timeout=0.3)

    assert type(error) is VendorFailed
    assert words in error.message
    assert isinstance(again, Answer)
    assert again.body == "[]"
    assert len(peer.requests) == 2


@pytest.mark.parametrize("request_", [POST, PUT, replace(PUT, method="DELETE", json=None, effect=Effect.DELETE)])
@pytest.mark.parametrize(("play", "words"), BREAKS)
def test_a_change_whose_answer_is_lost_is_sent_once(play: bytes | Play, words: str, request_: Request) -> None:
    """Its outcome is unknown, whichever method it has and however the answer was lost."""
    peer, (error,) = exchange(play, requests=(request_,), retries=3, timeout=0.3)

    assert type(error) is OutcomeUnknown
    assert words in error.message
    assert len(peer.requests) == 1


def test_a_change_into_a_connection_that_the_server_closes_is_sent_once() -> None:
    """aiohttp by itself would send a PUT again over a fresh connection."""
    peer, results = exchange(reply(), Play(b"", "close"), reply(), requests=(GET, PUT))

    assert type(results[1]) is OutcomeUnknown
    assert len(peer.requests) == 2


def test_a_connection_that_was_closed_while_idle_is_not_used() -> None:
    """Once the close has arrived, nothing is sent into it: the change has a clear outcome."""

    async def run() -> tuple[Answer, int]:
        async with (
            a_peer(Play(reply(), "close"), reply()) as peer,
            an_engine(None, session=Shop(peer.base)) as engine,
        ):
            await engine.send(GET)
            for _ in range(10):
                await asyncio.sleep(0)  # the loop takes in the close
            return await engine.send(PUT), peer.connections

    answer, connections = asyncio.run(run())

    assert answer.status == 200
    assert connections == 2


def test_undecodable_words_of_an_error_are_shown_as_far_as_they_go() -> None:
    """A refusal stays one."""
    error = error_of(reply(b"na\xefve", status="500 Oops"))

    assert error.status == 500
    assert error.words == "na\ufffdve"


# --- Size ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "play",
    [
        Play(reply(b"", length=BODY_LIMIT + 1), "hang"),
        Play(unsized(b"%x\r\n" % (BODY_LIMIT + 2) + b" " * (BODY_LIMIT + 2), "Transfer-Encoding: chunked"), "hang"),
        reply(zlib.compress(b" " * (BODY_LIMIT + 1)), "Content-Encoding: deflate"),
    ],
    ids=["announced", "endless", "compressed"],
)
def test_an_answer_beyond_the_limit_is_refused_and_not_asked_for_again(play: bytes | Play) -> None:
    """Announced, endless or unpacked."""
    peer, (error,) = exchange(play, retries=3)

    assert type(error) is VendorFailed
    assert "larger than 32 MiB" in error.message
    assert len(peer.requests) == 1


# --- What breaks before anything is sent ---------------------------------------------------------------------------


@contextmanager
def a_closed_port() -> Iterator[int]:
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))  # bound and not listening: nobody else gets it, and it refuses
        yield held.getsockname()[1]


def test_a_refused_connection_says_where() -> None:
    """Repeated for a change, too; then it is known that nothing happened."""
    with a_closed_port() as port:
        error = error_of(reply(), request=POST, base=f"http://127.0.0.1:{port}", retries=1)

    assert type(error) is Unreachable
    assert error.message == f"`POST /agent` on `pbx`: `127.0.0.1:{port}` refuses the connection, 2 times"
    assert "`url`" in str(error.hint)


def test_a_server_that_does_not_take_the_connection_in_time_got_nothing() -> None:
    """The time to connect is limited by itself, so that this can be told from a slow answer."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as full:
        crowd = [socket.socket() for _ in range(3)]
        for one in crowd:
            one.settimeout(0)
            one.connect_ex(full.getsockname())

        error = error_of(reply(), request=PUT, base=f"http://127.0.0.1:{full.getsockname()[1]}", timeout=0.2)

        for one in crowd:
            one.close()
    assert type(error) is Unreachable
    assert "no connection in time" in error.message


def test_an_untrusted_certificate_is_refused_at_once() -> None:
    """The hint names the setting; nothing is sent, and nothing is tried again."""
    peer, (error,) = exchange(reply(), requests=(POST,), tls=True, base="https://localhost:{port}", retries=3)

    assert type(error) is Unreachable
    assert "the certificate of `localhost` is not trusted (" in error.message
    assert "`ca_file`" in str(error.hint)
    assert peer.requests == []


def test_a_certificate_of_the_named_authority_is_trusted(tmp_path: Path) -> None:
    """``ca_file`` is honoured."""
    authority = tmp_path / "ca.pem"
    authority.write_text(CERTIFICATE)

    _, (answer,) = exchange(reply(), tls=True, base="https://localhost:{port}", ca=str(authority))

    assert isinstance(answer, Answer), answer


def test_a_certificate_for_another_host_is_refused(tmp_path: Path) -> None:
    """The authority is right, the name is not."""
    authority = tmp_path / "ca.pem"
    authority.write_text(CERTIFICATE)

    error = error_of(reply(), tls=True, base="https://127.0.0.2:{port}", ca=str(authority))

    assert type(error) is Unreachable


def test_https_to_a_server_that_speaks_http_is_said() -> None:
    """The likely cause is in the hint."""
    error = error_of(b"HTTP/1.1 400 Bad Request\r\n\r\n", base="https://localhost:{port}")

    assert type(error) is Unreachable


@pytest.mark.parametrize(("content", "words"), [(None, "No such file"), ("no certificate", "`ca_file`")])
def test_a_ca_file_that_cannot_be_used_is_said_before_the_first_request(
    tmp_path: Path, content: str | None, words: str
) -> None:
    """Missing, or without a certificate in it."""
    authority = tmp_path / "ca.pem"
    if content is not None:
        authority.write_text(content)

    with pytest.raises(UsageError, match=words):
        an_engine(None, session=Shop("https://localhost"), ca=str(authority))


PLACE = ConnectionKey(
    host="pbx.example", port=443, is_ssl=True, ssl=True, proxy=None, proxy_auth=None, proxy_headers_hash=None
)
UNKNOWN, UNANSWERED = OSError(socket.EAI_NONAME, "?"), OSError(socket.EAI_AGAIN, "?")
UNTRUSTED = ssl.SSLCertVerificationError()
UNTRUSTED.verify_message = "it has expired"


@pytest.mark.parametrize(
    ("raised", "verdict", "words"),
    [
        (aiohttp.ClientConnectorDNSError(PLACE, UNKNOWN), (False, False), "the host `pbx.example` is not known"),
        (aiohttp.ClientConnectorDNSError(PLACE, UNANSWERED), (False, True), "the host `pbx.example` is not known"),
        (aiohttp.ClientConnectorCertificateError(PLACE, UNTRUSTED), (False, False), "(it has expired)"),
        (aiohttp.ClientConnectorCertificateError(PLACE, Exception()), (False, False), "is not trusted (Exception)"),
        (aiohttp.ClientConnectorSSLError(PLACE, OSError(1, "?")), (False, False), "TLS with `pbx.example:443` failed"),
        (aiohttp.ClientProxyConnectionError(PLACE, OSError(111, "?")), (False, True), "the proxy does not connect"),
        (aiohttp.ClientConnectorError(PLACE, OSError(113, "No route")), (False, True), "`pbx.example:443` (No route)"),
        (aiohttp.ClientConnectorError(PLACE, OSError()), (False, True), "(no reason given)"),
        (aiohttp.ConnectionTimeoutError(KEY), (False, True), "no connection in time"),
        (aiohttp.ServerDisconnectedError(KEY), (True, True), "closed without an answer"),
        (aiohttp.SocketTimeoutError(KEY), (True, True), "(SocketTimeoutError)"),
        (aiohttp.ClientOSError(104, KEY), (True, True), "(ClientOSError)"),
        (aiohttp.InvalidURL(KEY), (True, True), "(InvalidURL)"),
        (ConnectionResetError(104, KEY), (True, True), "(ConnectionResetError)"),
    ],
)
def test_each_of_aiohttp_s_exceptions_says_whether_something_was_sent(
    raised: Exception, verdict: tuple[bool, bool], words: str
) -> None:
    """In doubt it was; and nothing of the original, which may hold the URL, stays attached."""

    async def handler(_: Any) -> Any:
        raise raised

    async def run() -> None:
        await only_once(None, handler)  # type: ignore[arg-type]  # the request is only handed on

    with pytest.raises(Broken) as caught:
        asyncio.run(run())

    broken = caught.value
    assert (broken.sent, broken.again) == verdict
    assert words in broken.words
    assert KEY not in broken.words
    assert broken.__context__ is None


# --- Proxies -------------------------------------------------------------------------------------------------------


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of whoever runs the tests does not count."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.mark.parametrize(
    ("environment", "url", "proxy"),
    [
        ({}, "http://pbx.example", None),
        ({"http_proxy": "http://proxy:1"}, "http://pbx.example", "http://proxy:1"),
        ({"http_proxy": "proxy:1"}, "http://pbx.example", "http://proxy:1"),
        ({"http_proxy": "http://proxy:1"}, "https://pbx.example", None),
        ({"all_proxy": "http://proxy:1"}, "https://pbx.example", "http://proxy:1"),
        ({"http_proxy": "http://proxy:1", "no_proxy": ".example"}, "http://pbx.example", None),
        ({"http_proxy": "http://proxy:1"}, "http://localhost:8080", None),
        ({"http_proxy": "http://proxy:1"}, "http://pbx.localhost:8080", None),
        ({"http_proxy": "http://proxy:1"}, "http://127.0.0.1:8080", None),
        ({"http_proxy": "http://proxy:1"}, "http://[::1]:8080", None),
    ],
)
def test_a_proxy_is_taken_from_the_environment_but_never_for_loopback(
    monkeypatch: pytest.MonkeyPatch, environment: dict[str, str], url: str, proxy: str | None
) -> None:
    """A simulator on this machine is reached whatever the environment says."""
    for name, value in environment.items():
        monkeypatch.setenv(name, value)

    assert proxy_for(httpx.URL(url)) == proxy


def test_a_request_goes_through_the_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """With the whole URL, as a proxy needs it, and its own credentials."""

    async def run() -> list[bytes]:
        async with a_peer(reply()) as proxy:
            monkeypatch.setenv("http_proxy", f"http://me:hunter2@127.0.0.1:{proxy.port}")
            async with an_engine(None, session=Shop("http://pbx.invalid/api")) as engine:
                await engine.send(GET)
                await engine.send(GET)
            return proxy.requests

    requests = asyncio.run(run())

    assert len(requests) == 2
    for request in requests:
        assert request.startswith(b"GET http://pbx.invalid/api/agent/12?auth_key=")
        assert b"Proxy-Authorization: Basic bWU6aHVudGVyMg==\r\n" in request


def test_a_proxy_that_opens_no_tunnel_has_let_nothing_through(monkeypatch: pytest.MonkeyPatch) -> None:
    """For https the proxy is asked first; the credential is not part of that."""

    async def run() -> tuple[object, list[bytes]]:
        async with a_peer(Play(reply(status="407 Proxy Authentication Required"), "close")) as proxy:
            monkeypatch.setenv("https_proxy", f"http://127.0.0.1:{proxy.port}")
            async with an_engine(None, session=Shop("https://pbx.invalid/api"), retries=0) as engine:
                (result,) = await asyncio.gather(engine.send(POST), return_exceptions=True)
            return result, proxy.requests

    error, requests = asyncio.run(run())

    assert type(error) is Unreachable
    assert "the proxy does not connect" in error.message
    assert [request.split(b" ")[:2] for request in requests] == [[b"CONNECT", b"pbx.invalid:443"]]


def test_a_proxy_that_refuses_is_named_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing was sent."""
    with a_closed_port() as port:
        monkeypatch.setenv("http_proxy", f"http://me:hunter2@127.0.0.1:{port}")
        error = error_of(reply(), request=POST, base="http://pbx.invalid/api")

    assert type(error) is Unreachable
    assert "hunter2" not in f"{error} {error.hint}"


# --- Secrets -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("play", [BREAKS[0][0], BREAKS[3][0], BREAKS[4][0], reply(status="500 Oops")])
def test_no_library_shows_the_credential(play: bytes | Play, caplog: pytest.LogCaptureFixture) -> None:
    """At the most talkative level, over a real connection: no log and no chained exception has the URL."""
    caplog.set_level(logging.DEBUG)

    error = error_of(play, timeout=0.3)

    assert error.__cause__ is None
    assert error.__context__ is None
    assert "k3y" not in caplog.text + repr(error.args)


def test_reading_values_needs_no_network_library() -> None:
    """The planner and every command that stays offline start without httpx and aiohttp."""
    code = (
        "import sys, provisioner.vendors.read, provisioner.vendors.loading as loading;"
        "loading.vendor_names();"
        "assert not {'httpx', 'aiohttp', 'httpx_aiohttp'} & set(sys.modules)"
    )

    subprocess.run([sys.executable, "-c", code], check=True)
