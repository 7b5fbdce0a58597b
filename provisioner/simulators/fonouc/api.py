"""What does FonoUC answer to a request? Paths and methods (F12), then who asks (F9), then what is asked."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from urllib.parse import unquote

from provisioner.simulators.base import Answer, Request
from provisioner.simulators.fonouc.directory import Directory
from provisioner.simulators.fonouc.errors import Failure, failed, json_answer, json_body
from provisioner.simulators.fonouc.runtime import Runtime
from provisioner.simulators.fonouc.sessions import Sessions
from provisioner.simulators.fonouc.settings import Settings
from provisioner.simulators.fonouc.undocumented import UserWrites

_SWITCH = re.compile(r"/callcenter/admin/agent/([^/]+)/([^/]+)")
_BY_USERNAME = re.compile(r"/config/users/by_username/([^/]+)")


class Api:
    """The vendor's side of one account's HTTP interface."""

    def __init__(
        self, directory: Directory, sessions: Sessions, runtime: Runtime, writes: UserWrites, settings: Settings
    ) -> None:
        self._directory, self._sessions, self._runtime = directory, sessions, runtime
        self._writes, self._settings = writes, settings

    def answer(self, request: Request) -> Answer:
        """The answer, after the effect."""
        try:
            call = self._call(request)
            if call is None:
                raise Failure(404, "Not found")
            return call()
        except Failure as failure:
            return failed(failure, self._settings)

    def _call(self, request: Request) -> Callable[[], Answer] | None:
        """What the method and path ask for; None if there is no such call."""
        match request.method, request.path:
            case "POST", "/login":
                return lambda: self._sessions.log_in(request)
            case "GET", "/config/users":
                return self._read(request, lambda: self._enveloped(self._directory.list_users()))
            case "GET", "/config/queues":
                return self._read(request, lambda: self._enveloped(self._directory.list_queues()))
            case "GET", "/callcenter/queues/status":
                return self._read(request, self._runtime.status)
            case "GET", "/callcenter/queues/calls":
                return self._read(request, self._runtime.calls)
            case "PUT", path if match := _SWITCH.fullmatch(path):
                user, action = match.groups()
                return lambda: self._switch(request, user, action)
        return self._undocumented(request) if self._settings.undocumented else None

    def _undocumented(self, request: Request) -> Callable[[], Answer] | None:
        match request.method, request.path:
            case "POST", "/config/users":
                return lambda: self._create_user(request)
            case "DELETE", path if match := _BY_USERNAME.fullmatch(path):
                email = match[1]
                return lambda: self._delete_user(request, email)
        return None

    def _read(self, request: Request, listing: Callable[[], Any]) -> Callable[[], Answer]:
        def call() -> Answer:
            self._check(request)
            return json_answer(200, listing())

        return call

    def _check(self, request: Request) -> None:
        self._sessions.check_token(request)
        self._sessions.check_account(request.headers)

    def _enveloped(self, entries: list[dict[str, Any]]) -> Any:
        return {self._settings.envelope: entries} if self._settings.envelope else entries

    def _switch(self, request: Request, user: str, action: str) -> Answer:
        self._check(request)
        self._runtime.switch(user, action, request.query.get("queueID"))
        return Answer(204)

    def _create_user(self, request: Request) -> Answer:
        """Clients sent no account id here (§5.4)."""
        self._sessions.check_token(request)
        self._writes.create(json_body(request))
        return Answer(201)

    def _delete_user(self, request: Request, email: str) -> Answer:
        self._sessions.check_token(request)
        self._writes.delete(unquote(email))
        return Answer(200)


def template(path: str) -> str:
    """``path`` with its variable parts named."""
    if match := _SWITCH.fullmatch(path):
        return f"/callcenter/admin/agent/{{user_id}}/{match[2]}"
    return "/config/users/by_username/{email}" if _BY_USERNAME.fullmatch(path) else path
