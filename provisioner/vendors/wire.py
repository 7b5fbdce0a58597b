"""How does one request go over the wire and its answer come back, and what can break on the way?

httpx is the seam (``httpx.MockTransport`` plays a vendor in tests), aiohttp carries the bytes: docs/http.md has the
figures. The transport is called without ``httpx.AsyncClient``, which would log every URL, credentials included, and
takes as long again as the exchange.
"""

from __future__ import annotations

import asyncio
import errno
import json
import re
import socket
import ssl
import urllib.request
from base64 import b64encode
from collections.abc import AsyncIterable, Mapping

import aiohttp
import httpx
from aiohttp.client_middlewares import ClientHandlerType
from httpx_aiohttp import AiohttpTransport

from provisioner.errors import NotNow, UsageError, VendorFailed
from provisioner.vendors.base import Answer, Settings
from provisioner.vendors.sealing import Sealed

BODY_LIMIT = 32 * 1024 * 1024
"""Bytes of an answer, decoded, beyond which it is refused."""

CONNECT_LIMIT = 10.0
"""Seconds for name, connection and TLS together."""

KEEP_ALIVE = 3.0
"""Seconds after which an idle connection is not used again; servers commonly close theirs after five, and a change
sent into a closing connection has an unknown outcome."""

CHECK_URL = "check `url` of the connection"

_CHARSET = re.compile(r'charset="?([A-Za-z0-9._-]+)')


class Broken(Exception):
    """An exchange that gave no answer: what happened in plain words, free of foreign text that may hold a URL.

    ``sent`` is False only where nothing can have reached the vendor. ``again`` says whether the same request may end
    better next time. ``answer`` is what the vendor said all the same, ``error`` what the session made of it.
    """

    def __init__(
        self,
        words: str,
        *,
        sent: bool,
        again: bool = True,
        status: int | None = None,
        hint: str | None = None,
        answer: Answer | None = None,
        error: VendorFailed | NotNow | None = None,
    ) -> None:
        super().__init__(words)
        self.words, self.sent, self.again, self.status, self.hint = words, sent, again, status, hint
        self.answer, self.error = answer, error


# --- Opening -------------------------------------------------------------------------------------------------------


def open_transport(base: httpx.URL, settings: Settings, *, connection: str) -> httpx.AsyncBaseTransport:
    """A pool of connections to one vendor account, as large as the concurrency limit.

    Certificates are verified, against ``ca_file`` alone where it is set. A proxy is taken from the environment, never
    for loopback. Nothing is opened before the first request. Raises UsageError where ``ca_file`` cannot be used.
    """
    context = _tls(base, settings, connection)
    limit = settings.limits.concurrency

    def session() -> aiohttp.ClientSession:
        connector = aiohttp.TCPConnector(limit=limit, keepalive_timeout=KEEP_ALIVE, ssl=context)
        return aiohttp.ClientSession(
            connector=connector,
            cookie_jar=aiohttp.DummyCookieJar(),
            middlewares=(only_once,),
        )

    return AiohttpTransport(verify=context, client=session, proxy=_proxy(base))


def _tls(base: httpx.URL, settings: Settings, connection: str) -> ssl.SSLContext:
    if base.scheme != "https":
        # Never used, and cheap: reading the usual authorities takes longer than a request.
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    if settings.ca_file is None:
        return httpx.create_ssl_context()
    try:
        return ssl.create_default_context(cafile=settings.ca_file)
    except OSError as error:  # ssl.SSLError, for a file without certificates, is one
        raise UsageError(
            f"`ca_file` of connection `{connection}` cannot be used: {error.strerror or 'no certificate in it'}",
            hint="it names a PEM file with the certificate of the authority that signed the server's",
        ) from error


def _proxy(base: httpx.URL) -> httpx.Proxy | None:
    named = proxy_for(base)
    if named is None:
        return None
    proxy = httpx.Proxy(named)
    if proxy.auth is None:
        return proxy
    # httpx-aiohttp would hand them on in a form that aiohttp warns about; this header aiohttp renames itself.
    credentials = b64encode(":".join(proxy.auth).encode()).decode()
    return httpx.Proxy(proxy.url, headers={"Authorization": f"Basic {credentials}"})


def proxy_for(base: httpx.URL) -> str | None:
    """The proxy that the environment names for this address, or None; loopback never goes through one."""
    if is_loopback(base.host) or urllib.request.proxy_bypass(base.host):
        return None
    proxies = urllib.request.getproxies()
    named = proxies.get(base.scheme) or proxies.get("all")
    if named is None:
        return None
    return named if "://" in named else f"http://{named}"


def is_loopback(host: str) -> bool:
    """True for this machine, by name or by number."""
    return host in ("localhost", "::1") or host.endswith(".localhost") or host.startswith("127.")


async def only_once(request: aiohttp.ClientRequest, handler: ClientHandlerType) -> aiohttp.ClientResponse:
    """Sends a request once, and says truly whether it may have left.

    aiohttp by itself sends a PUT or DELETE a second time when a kept connection turns out to be closed, and
    httpx-aiohttp calls every lost connection a connect time-out: a change would be repeated, or be taken for unsent.
    """
    try:
        return await handler(request)
    except (aiohttp.ClientError, OSError) as error:  # TimeoutError is an OSError
        broken = _in_words(error)
    raise broken  # outside of the block: the foreign error, which may hold the URL, is not chained


# --- Exchanging ----------------------------------------------------------------------------------------------------


async def exchange(transport: httpx.AsyncBaseTransport, sealed: Sealed, *, timeout: float) -> Answer | Broken:
    """Sends once and reads the whole answer within ``timeout`` seconds; what breaks is given back, not raised."""
    request = httpx.Request(
        sealed.method,
        sealed.url,
        headers=sealed.headers,
        content=sealed.content,
        extensions={"timeout": _timeouts(timeout)},
    )
    try:
        async with asyncio.timeout(timeout):
            response = await _sent(transport, request)
            return await _received(response) if isinstance(response, httpx.Response) else response
    except TimeoutError:
        # The time to connect is limited to half of this: whatever lasts so long has been sent.
        return Broken(f"no full answer within {timeout:g} s", sent=True, hint="raise the connection's `timeout`?")


def _timeouts(timeout: float) -> dict[str, float | None]:
    # httpx-aiohttp hands "pool" on as the limit for name, connection and TLS together.
    connecting = min(CONNECT_LIMIT, timeout / 2)
    return {"connect": connecting, "pool": connecting, "read": None, "write": None}


async def _sent(transport: httpx.AsyncBaseTransport, request: httpx.Request) -> httpx.Response | Broken:
    """The head of the answer."""
    try:
        return await transport.handle_async_request(request)
    except Broken as broken:
        return broken
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.UnsupportedProtocol):
        return Broken("cannot connect", sent=False, hint=CHECK_URL)
    except (httpx.HTTPError, OSError) as error:
        return Broken(f"the connection broke before the answer ({type(error).__name__})", sent=True)


async def _received(response: httpx.Response) -> Answer | Broken:
    """The whole answer, as text."""
    headers = {name.decode("latin-1").lower(): value.decode("utf-8", "replace") for name, value in response.headers.raw}
    try:
        body = await _body(response, headers)
    except httpx.DecodingError:
        return Broken("the answer is compressed, and damaged", sent=True, status=response.status_code)
    except (httpx.HTTPError, aiohttp.ClientError, OSError):
        return Broken("the answer was cut short", sent=True, status=response.status_code)
    finally:
        await response.aclose()
    if isinstance(body, Broken):
        return body
    return _decoded(response.status_code, headers, body)


async def _body(response: httpx.Response, headers: Mapping[str, str]) -> bytes | Broken:
    if int(headers.get("content-length") or 0) > BODY_LIMIT:
        return _too_large(response.status_code)
    chunks: AsyncIterable[bytes] = response.aiter_bytes() if "content-encoding" in headers else response.stream  # type: ignore[assignment]
    body = bytearray()
    async for chunk in chunks:
        body += chunk
        if len(body) > BODY_LIMIT:
            return _too_large(response.status_code)
    return bytes(body)


def _too_large(status: int) -> Broken:
    return Broken(f"the answer is larger than {BODY_LIMIT // 2**20} MiB", sent=True, again=False, status=status)


def _decoded(status: int, headers: Mapping[str, str], body: bytes) -> Answer | Broken:
    """The answer with its body as text. Undecodable words of an error are shown as far as they go; anything else that
    cannot be read is no answer, lest a damaged name be taken for the real one and written back."""
    kind = headers.get("content-type", "")
    named = _CHARSET.search(kind)
    try:
        text = body.decode(named[1] if named else "utf-8-sig")
    except (UnicodeDecodeError, LookupError):
        if status < 400:
            return Broken("the answer is not text in the encoding that it claims", sent=True, status=status)
        text = body.decode("utf-8", "replace")
    if _may_be_cut(headers) and "json" in kind and not _is_json(text):
        return Broken("the answer was cut short", sent=True, status=status)
    return Answer(status, text, headers)


def _may_be_cut(headers: Mapping[str, str]) -> bool:
    """True for a body that ends where the connection does, so that nobody can tell a cut from an end."""
    return "content-length" not in headers and "transfer-encoding" not in headers


def _is_json(text: str) -> bool:
    try:
        json.loads(text or "null")
    except ValueError:
        return False
    return True


# --- What a failure to connect means -------------------------------------------------------------------------------


def _in_words(error: aiohttp.ClientError | OSError) -> Broken:
    """What aiohttp's exception says, and whether the request may have left."""
    match error:
        case aiohttp.ClientConnectorDNSError():
            final = error.os_error.errno == socket.EAI_NONAME
            return Broken(f"the host `{error.host}` is not known", sent=False, again=not final, hint=CHECK_URL)
        case aiohttp.ClientConnectorCertificateError():
            return Broken(
                f"the certificate of `{error.host}` is not trusted ({_verdict(error.certificate_error)})",
                sent=False,
                again=False,
                hint="for a private authority, name its certificate with `ca_file`",
            )
        case aiohttp.ClientConnectorSSLError():
            return Broken(
                f"TLS with `{error.host}:{error.port}` failed",
                sent=False,
                again=False,
                hint=f"{CHECK_URL}: is it http?",
            )
        case aiohttp.ClientProxyConnectionError() | aiohttp.ClientHttpProxyError():
            return Broken("the proxy does not connect", sent=False, hint="check the environment's `https_proxy`")
        case aiohttp.ClientConnectorError():
            return _unconnected(error)
        case aiohttp.ConnectionTimeoutError():
            return Broken("no connection in time", sent=False, hint=f"{CHECK_URL}, and that no firewall is in the way")
        case aiohttp.ServerDisconnectedError():
            return Broken("the connection was closed without an answer", sent=True)
        case aiohttp.ClientResponseError():
            return Broken("the answer is not HTTP", sent=True)
        case _:
            return Broken(f"the connection broke before the answer ({type(error).__name__})", sent=True)


def _unconnected(error: aiohttp.ClientConnectorError) -> Broken:
    place = f"`{error.host}:{error.port}`"
    if error.os_error.errno == errno.ECONNREFUSED:
        return Broken(f"{place} refuses the connection", sent=False, hint=f"is the server running? {CHECK_URL}")
    return Broken(f"cannot connect to {place} ({error.strerror or 'no reason given'})", sent=False, hint=CHECK_URL)


def _verdict(error: Exception) -> str:
    return error.verify_message if isinstance(error, ssl.SSLCertVerificationError) else type(error).__name__
