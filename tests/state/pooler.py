"""A connection pooler in transaction mode, as small as one can be: all clients share one session of the server."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

STARTUP = struct.pack("!i", 196608) + b"user\0postgres\0database\0postgres\0\0"
SECURITY = (80877103, 80877104)
"""What a client asks for first: TLS, or the same by Kerberos; it is refused."""

KEY = b"K" + struct.pack("!iii", 12, 4711, 4711)
"""A pooler gives out numbers of its own for sessions, since it has to take cancellations itself."""


class Pooler:
    """Between any number of clients and the server's socket; a client has the session for a transaction."""

    def __init__(self, server: Path) -> None:
        self._session = socket.socket(socket.AF_UNIX)
        self._session.connect(str(server / ".s.PGSQL.5432"))
        self._session.sendall(struct.pack("!i", len(STARTUP) + 4) + STARTUP)
        self._greeting = b"".join(b"" if kind == b"K" else whole for kind, whole in _until_ready(self._session))
        self._turn = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._clients: list[socket.socket] = []
        self.port = self._listener.getsockname()[1]

    def serve(self) -> None:
        """Takes clients until closed."""
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._clients.append(client)
                threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for one in (self._listener, self._session, *self._clients):
            one.close()

    def _talk(self, client: socket.socket) -> None:
        with suppress(OSError, EOFError):
            while struct.unpack("!i", _startup(client)[:4])[0] in SECURITY:
                client.sendall(b"N")
            client.sendall(self._greeting[:-6] + KEY + self._greeting[-6:])
            while True:
                said = _until_turn(client)
                with self._turn:
                    state = b"T"
                    while state != b"I":
                        self._session.sendall(said)
                        answer = b"".join(whole for _, whole in _until_ready(self._session))
                        state = answer[-1:]
                        client.sendall(answer)
                        said = b"" if state == b"I" else _until_turn(client)


def _startup(client: socket.socket) -> bytes:
    return _exactly(client, struct.unpack("!i", _exactly(client, 4))[0] - 4)


def _until_turn(client: socket.socket) -> bytes:
    """What a client says until it waits for an answer: a query, or a Sync."""
    said = b""
    while True:
        kind, whole = _message(client)
        if kind == b"X":
            raise EOFError
        said += whole
        if kind in (b"Q", b"S"):
            return said


def _until_ready(session: socket.socket) -> Iterator[tuple[bytes, bytes]]:
    while True:
        kind, whole = _message(session)
        yield kind, whole
        if kind == b"Z":
            return


def _message(end: socket.socket) -> tuple[bytes, bytes]:
    head = _exactly(end, 5)
    return head[:1], head + _exactly(end, struct.unpack("!i", head[1:])[0] - 4)


def _exactly(end: socket.socket, count: int) -> bytes:
    found = b""
    while len(found) < count:
        more = end.recv(count - len(found))
        if not more:
            raise EOFError
        found += more
    return found


@contextmanager
def pooled(server: Path) -> Iterator[str]:
    """The way through a pooler to the server with its socket in this folder."""
    pooler = Pooler(server)
    thread = threading.Thread(target=pooler.serve, daemon=True)
    thread.start()
    try:
        yield f"postgresql://postgres@127.0.0.1:{pooler.port}/postgres"
    finally:
        pooler.close()
        thread.join(10)
