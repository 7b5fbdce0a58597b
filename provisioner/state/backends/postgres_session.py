"""A session with the database that keeps records: how one is begun, and what is told where that fails.

The way to the database (``dsn``) is a credential. libpq quotes parts of one that is written wrongly, so nothing that
it says of those is repeated.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

import psycopg
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from provisioner.errors import StateError
from provisioner.secrets import Secret

Session: TypeAlias = "psycopg.Connection[tuple[object, ...]]"

OURS = {
    "application_name": "provisioner",
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",
}
"""What is asked of a connection where the ``dsn`` does not say it: a server that is gone is noticed within a minute."""

MANNERS = """
select set_config(name, wanted, false) from pg_settings join (values
    ('synchronous_commit', 'on'), ('idle_session_timeout', '0'),
    ('tcp_keepalives_idle', '30'), ('tcp_keepalives_interval', '10'), ('tcp_keepalives_count', '3')
) as ours (name, wanted) using (name)
where name <> 'synchronous_commit' or setting = 'off'
"""
"""What a session must be whatever the server's own settings are.

An intent counts as stored once it is on the server's disk; a run may be quiet for long; and the server must notice
within a minute that a machine is gone, since that frees its lock. Servers lack some of these before their time.
"""

MARK = "provisioner.writer"
"""A setting of a session: which writer it belongs to."""

_MALFORMED = "write it as in `postgresql://USER:PASSWORD@HOST:5432/DATABASE`; in a password `@` is `%40`, `/` is `%2F`"
_UP = "look whether the database is up and the `dsn` leads to it; nothing that was stored is lost"

_HINTS = {
    "password authentication failed": "the `dsn` must hold the right user and password; a password's `@` is `%40`",
    "no password supplied": "the `dsn` must hold a password: `postgresql://USER:PASSWORD@HOST/DATABASE`",
    "role .* does not exist": "the `dsn` must name a user that the server knows: `create role …`",
    "database .* does not exist": "make it once: `createdb NAME`; the tables are then made on first use",
    "pg_hba.conf": "the server does not let this user in from here, or not without TLS: `?sslmode=require`",
    "ssl|certificate|tls": "in the `dsn`: `sslmode=verify-full` with `sslrootcert=FILE` is safe; does the server have "
    "TLS, and is FILE the authority that signed its certificate?",
    "failed to resolve host": "the name of the host in the `dsn` must be right",
    "too many clients|connection slots": "a run needs one session, and a moment later two; see `max_connections`",
    "permission denied|no schema has been selected": "the role must be allowed to make its tables once, and then to "
    "read and write them: `grant usage, create on schema public to ROLE`",
    "server closed|connection is (closed|lost)|consuming input|could not receive|timeout": "its lock ended with the "
    "session; once the database is up, run again: what was sent is journalled, and the next apply settles it",
    "read-only": "this is a standby, or set to be read only: name the server that takes writes in the `dsn`",
}
"""From what a server or libpq says, in lower case, to what can be done; the first that is found."""


@dataclass(frozen=True)
class Database:
    """Where sessions are begun; ``dsn`` is asked for when the first one is. ``name`` is the record's, for messages."""

    dsn: Callable[[], Secret]
    name: str

    @contextmanager
    def session(self, verb: str) -> Iterator[Session]:
        """A session as long as the context is open; ``verb`` says what it is for."""
        session = self.begun(verb)
        with self.translated(verb), session:
            yield session

    def begun(self, verb: str) -> Session:
        """A session, every statement of which is a transaction unless it says otherwise. Raises StateError."""
        with self.translated(verb):
            session = self._connected()
            try:
                session.execute(MANNERS)
            except psycopg.Error:
                session.close()
                raise
            return session

    def _connected(self) -> Session:
        way = make_conninfo(**{**OURS, **_parsed(self.dsn(), self.name), "client_encoding": "utf8"})
        return psycopg.connect(way, autocommit=True)

    def mark(self, session: Session) -> str:
        """A word that this session and no other knows, to tell by it later that it is still the same one.

        Raises StateError where the session is shared: a pooler in transaction mode hands the server's sessions round,
        so that nobody's lock is worth anything.
        """
        word = str(uuid.uuid4())
        with self.translated("lock"):
            session.execute("select set_config(%s, %s, false)", (MARK, word))
            if session.info.backend_pid != one(session, "select pg_backend_pid()") and self._others_see(word):
                raise StateError(
                    f"the `dsn` of the state `{self.name}` leads to a connection pooler that shares sessions",
                    hint="a lock lives in a session: name the server itself, or a pooler's port in session mode",
                )
        return word

    def _others_see(self, word: str) -> bool:
        with self._connected() as other:
            return one(other, "select current_setting(%s, true)", MARK) == word

    @contextmanager
    def translated(self, verb: str) -> Iterator[None]:
        """Errors of the database as StateError, without what is secret."""
        try:
            yield
        except psycopg.errors.AdminShutdown as error:
            raise self.lost() from error
        except (psycopg.Error, UnicodeError) as error:
            raise self._failed(verb, error) from None

    def lost(self) -> StateError:
        """What is said once the session is not there any more, and its lock with it."""
        return StateError(
            f"the lock on the state `{self.name}` was taken away from this process (`provisioner state unlock`), "
            "or its database was shut down",
            hint="what was sent since is journalled as an intent, and the next apply settles it",
        )

    def _failed(self, verb: str, error: Exception) -> StateError:
        said = _essence(error)
        for secret in (self.dsn().reveal(), _parsed(self.dsn(), self.name).get("password")):
            said = said.replace(secret, "***") if secret else said
        hint = next((hint for words, hint in _HINTS.items() if re.search(words, said.lower())), _UP)
        return StateError(f"cannot {verb} the state `{self.name}`: {said}", hint=hint)


def one(session: Session, query: str, *values: object) -> object:
    """The only value that the query gives; None where it gives no row."""
    row = session.execute(query, values).fetchone()
    return None if row is None else row[0]


def _parsed(dsn: Secret, name: str) -> Mapping[str, str]:
    """The connection string's members; raises StateError, without a word of it, where it cannot be meant."""
    text = dsn.reveal()
    try:
        members = {key: str(value) for key, value in conninfo_to_dict(text).items() if value is not None}
    except (psycopg.Error, UnicodeError):
        members = {}
    if not members or _is_cut_by_its_password(text):
        raise StateError(
            f"the state `{name}` cannot be reached: its `dsn` is no PostgreSQL connection string", hint=_MALFORMED
        ) from None
    return members


def _is_cut_by_its_password(text: str) -> bool:
    """True for an address in which a bare ``@`` or ``/`` of the password would be taken for the end of it."""
    _, is_address, rest = text.partition("://")
    authority, _, path = rest.partition("/")
    return bool(is_address) and (authority.count("@") > 1 or "@" in path.partition("?")[0])


def _essence(error: Exception) -> str:
    """The one line of what was said that says most."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = next((line for line in lines if "FATAL:" in line), lines[0] if lines else type(error).__name__)
    return re.sub(r"^(- host: .*?: )?(connection failed: |connection is bad: )+", "", told).replace("FATAL:  ", "")
