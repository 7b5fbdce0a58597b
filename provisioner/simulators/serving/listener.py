"""Where does the simulator listen, and how does it stop?"""

from __future__ import annotations

import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, cast

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from provisioner.errors import ProvisionerError

if TYPE_CHECKING:
    from uvicorn._types import ASGIApplication

    from provisioner.simulators.serving.application import Application

_GRACE = 1  # seconds that requests in flight get when the server stops


class Protocol(HttpToolsProtocol):
    """HTTP/1.1 that hands its connection to the application: a fault may have to hang up."""

    def on_message_begin(self) -> None:
        """A request starts."""
        super().on_message_begin()
        self.scope["state"]["transport"] = self.transport


class Server(uvicorn.Server):
    """A server that calls ``on_ready`` when it accepts connections, and for which a signal is an ordinary end."""

    def __init__(self, application: Application, on_ready: Callable[[], None]) -> None:
        super().__init__(
            uvicorn.Config(
                cast("ASGIApplication", application),
                http=Protocol,
                loop="asyncio",
                ws="none",
                lifespan="off",
                interface="asgi3",
                log_config=None,
                access_log=False,
                proxy_headers=False,
                server_header=False,
                date_header=False,
                timeout_graceful_shutdown=_GRACE,
                timeout_keep_alive=60,
            )
        )
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to accept."""
        await super().startup(sockets=sockets)
        self._on_ready()

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Stop on SIGINT and SIGTERM; unlike uvicorn's own, do not raise them again afterwards."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        before = {each: signal.signal(each, self.handle_exit) for each in (signal.SIGINT, signal.SIGTERM)}
        try:
            yield
        finally:
            for each, handler in before.items():
                signal.signal(each, handler)


def bound(host: str, port: int) -> socket.socket:
    """A socket that holds the port; 0 takes a free one. Raises ProvisionerError if it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # asyncio turns Nagle's algorithm off only where the protocol is named; with it every answer takes 40 ms.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise ProvisionerError(
            f"cannot listen on {host} port {port}: {error.strerror}",
            hint="name another port, or 0 for one that is free",
        ) from error
    return listener


def url_of(listener: socket.socket) -> str:
    """The root URL that reaches the socket."""
    host, port = listener.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
