"""Clients that hold every answer of a simulator against its vendor's document in ``specs/``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Self

import httpx

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests import specs


class Client:
    """A client of one running simulator, and the control interface beside it."""

    vendor: str

    def __init__(self, simulator: Running, control: Control, http: httpx.Client) -> None:
        self.simulator, self.control = simulator, control
        self.known = simulator.credentials
        self._http = http
        self._spec = specs.load(self.vendor)

    @classmethod
    @contextmanager
    def of_new_simulator(cls) -> Iterator[Self]:
        with (
            running(find(cls.vendor)) as simulator,
            Control(simulator.url) as control,
            httpx.Client(trust_env=False) as http,
        ):
            yield cls(simulator, control, http)

    def headers(self) -> dict[str, str]:
        """The credentials as headers."""
        raise AssertionError("a vendor's")

    def raw(self, method: str, path: str, **request: Any) -> httpx.Response:
        """As httpx does it; nothing is added and nothing is checked."""
        return self._http.request(method, self.simulator.base_url + path, **request)

    def call(
        self, method: str, path: str, *, headers: Mapping[str, str] | None = None, **request: Any
    ) -> httpx.Response:
        """With credentials, unless others are given; the answer is checked."""
        response = self.raw(method, path, headers=self.headers() if headers is None else headers, **request)
        content_type = response.headers.get("content-type")
        described = response.request.url.path.removeprefix(self.simulator.application.simulator.base_path)
        specs.check_response(self._spec, method, described, response.status_code, response.content, content_type)
        return response


class MaqsamClient(Client):
    vendor = "maqsam"

    def headers(self) -> dict[str, str]:
        return basic(self.known["access_key_id"], self.known["access_secret"])

    def page(self, number: int | None = None) -> list[dict[str, Any]]:
        """The agents on a page; without a number those of the path without one."""
        response = self.call("GET", "/v1/agents" if number is None else f"/v1/agents/page/{number}")
        assert response.status_code == 200, response.text
        assert response.json()["result"] == "success"
        return list(response.json()["message"])


class FonoucClient(Client):
    vendor = "fonouc"
    token = ""

    def log_in(self, **changes: Any) -> httpx.Response:
        """With the right names and password but for ``changes``."""
        given = {name: self.known[name] for name in ("username", "password", "domain")} | changes
        return self.call("POST", "/login", headers={}, json=given)

    def renew(self) -> None:
        """Have a token that is good."""
        self.token = self.log_in().json()["access_token"]

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", "X-Account-ID": self.known["account_id"]}

    def get(self, path: str) -> Any:
        response = self.call("GET", path)
        assert response.status_code == 200, response.text
        return response.json()

    def switch(self, user: str, action: str, queue: str | None) -> httpx.Response:
        """Log that user in to the queue, or out."""
        query = {} if queue is None else {"queueID": queue}
        return self.call("PUT", f"/callcenter/admin/agent/{user}/{action}", params=query)


class DeepcallClient(Client):
    vendor = "deepcall"

    def headers(self) -> dict[str, str]:
        """None: the credentials are in the body."""
        return {}

    def way_in(self) -> dict[str, str]:
        """The credentials as members of a body."""
        return {"userId": self.known["user_id"], "token": self.known["token"]}

    def ask(self, action: str, **members: Any) -> dict[str, Any]:
        """What is answered to that action, success or not."""
        response = self.call("POST", f"/api/v2/{action}", json={**self.way_in(), **members})
        return dict(response.json())

    def do(self, action: str, **members: Any) -> dict[str, Any]:
        """What is answered to an action that succeeds."""
        answer = self.ask(action, **members)
        assert (answer["status"], answer["code"]) == ("success", 200), answer
        return answer

    def code(self, action: str, **members: Any) -> int:
        """200, or why the action is refused."""
        return int(self.ask(action, **members)["code"])

    def listed(self, action: str, **members: Any) -> list[dict[str, Any]]:
        """What a listing in the form of an array holds; an empty one is an empty object."""
        return list(self.do(action, **members)["response"] or [])


class BirdClient(Client):
    vendor = "bird"

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"AccessKey {self.known['access_key']}"}

    def ask(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """A call below the workspace."""
        return self.call(method, f"/workspaces/{self.known['workspace_id']}{path}", json=body, params=query or None)

    def get(self, path: str, **query: Any) -> dict[str, Any]:
        response = self.ask("GET", path, **query)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def create(self, path: str, **fields: Any) -> dict[str, Any]:
        response = self.ask("POST", path, fields)
        assert response.status_code == 201, response.text
        return dict(response.json())

    def update(self, path: str, **fields: Any) -> dict[str, Any]:
        response = self.ask("PATCH", path, fields)
        assert response.status_code == 200, response.text
        return dict(response.json())

    def user(self, name: str = "Ana Example", **fields: Any) -> str:
        """The id of a new user of the organisation."""
        address = f"{name.lower().replace(' ', '.')}@example.com"
        return self.control.create("user", {"name": name, "defaultEmail": address, **fields})

    def agent(self, user: str = "Ana Example", /, **fields: Any) -> dict[str, Any]:
        """A new agent for a new user of that name."""
        return self.create("/agents", type="user", userId=self.user(user), **fields)


def basic(user: str, password: str) -> dict[str, str]:
    """The header of Basic authentication, as httpx writes it."""
    request = next(httpx.BasicAuth(user, password).auth_flow(httpx.Request("GET", "http://127.0.0.1/")))
    return {"Authorization": request.headers["Authorization"]}
