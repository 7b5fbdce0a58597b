"""Who is signed in to EQ, where, and what does a session token still open? The EQ fact sheet, §5."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from provisioner.simulators.base import Refused
from provisioner.simulators.eq.attributes import Problem
from provisioner.simulators.eq.content import Content, Invalid

ROLES = ("supervisor", "agent")


@dataclass(slots=True)
class Session:
    """A sign-in. A timed-out one is not ``active``, and wakes up again with the next request that carries it."""

    token: str
    role: str
    user: int
    extension: str | None
    active: bool = True


class Sessions:
    """All sessions of one account, by token. Signing out destroys a session; timing out only lets it sleep."""

    def __init__(self, content: Content) -> None:
        self._content = content
        self._sessions: dict[str, Session] = {}
        self._made = 0

    def sign_in(self, role: str, user: int, extension: str | None, *, force: bool) -> str:
        """The token of a new session, 64 bytes. Raises Invalid."""
        problems = []
        if self._content.tables[role].live(str(user)) is None:
            problems.append(Problem("user", "nonexistent"))
        problems += self._extension_problems(role, user, extension)
        if not force and self.active(role, user):
            problems.append(Problem(None, "already_signed_in"))
        if problems:
            raise Invalid(problems)
        for other in self._of(role, user):
            del self._sessions[other.token]
        return self._add(role, user, extension)

    def sign_out(self, role: str, token: str) -> bool:
        """Destroy the session; False if there is none."""
        session = self._sessions.get(token)
        if session is None or session.role != role:
            return False
        del self._sessions[token]
        return True

    def refresh(self, role: str, token: str) -> bool:
        """Keep the session alive, or wake it up; False if the token opens nothing any more."""
        session = self._sessions.get(token)
        if session is None or session.role != role or not self._content.tables[role].live(str(session.user)):
            return False
        if not session.active:
            session.active = not (self.active(role, session.user) or self._elsewhere(session))
        return session.active

    def active(self, role: str, user: int | None = None) -> list[Session]:
        """The active sessions of that role, or only that user's."""
        return [each for each in self._of(role, user) if each.active]

    def shown(self) -> list[dict[str, Any]]:
        """All sessions as JSON."""
        return [asdict(session) for session in self._sessions.values()]

    def set(self, sessions: Any) -> None:
        """Have exactly these sessions; one without a token gets one. Raises Refused, and then changes nothing."""
        if not isinstance(sessions, list):
            raise Refused("sessions are a list")
        wanted = [_session(each) for each in sessions]
        self._sessions.clear()
        for session in wanted:
            session.token = session.token or self._new_token()
            self._sessions[session.token] = session

    def clear(self) -> None:
        """Nobody is signed in."""
        self._sessions.clear()

    def _add(self, role: str, user: int, extension: str | None) -> str:
        token = self._new_token()
        self._sessions[token] = Session(token, role, user, extension)
        return token

    def _new_token(self) -> str:
        """64 characters, the same in every run: rehearsals should repeat."""
        while True:
            self._made += 1
            token = hashlib.sha256(f"session {self._made}".encode()).hexdigest()
            if token not in self._sessions:
                return token

    def _of(self, role: str, user: int | None) -> list[Session]:
        return [each for each in self._sessions.values() if each.role == role and user in (None, each.user)]

    def _extension_problems(self, role: str, user: int, extension: str | None) -> Iterable[Problem]:
        if extension is None:
            return
        if self._content.tables["extension"].live(extension) is None:
            yield Problem("extension", "nonexistent")
        elif self._elsewhere(Session("", role, user, extension)):
            yield Problem("extension", "in_use")

    def _elsewhere(self, session: Session) -> bool:
        """Whether another user sits at the session's extension."""
        return any(
            other.active and (other.role, other.user) != (session.role, session.user)
            for other in self._sessions.values()
            if session.extension is not None and other.extension == session.extension
        )


def _session(shown: Mapping[str, Any]) -> Session:
    try:
        session = Session(**{"token": "", "extension": None, **shown})
    except TypeError as error:
        raise Refused("a session is {role, user, extension?, active?, token?}") from error
    if session.role not in ROLES or type(session.user) is not int:
        raise Refused("a session's role is `supervisor` or `agent`, its user an id")
    return session
