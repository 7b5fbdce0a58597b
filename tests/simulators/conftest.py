"""One simulator of each vendor for all tests of a worker, as freshly started for each of them."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx
import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests import specs
from tests.simulators.clients import BirdClient, DeepcallClient, FonoucClient, MaqsamClient


class EqClient:
    """Speaks to the simulator, and holds every answer against specs/eq.yaml."""

    def __init__(self, simulator: Running) -> None:
        self._base_url = simulator.base_url
        self.key = simulator.credentials["api_key"]
        self._http = httpx.Client(trust_env=False)
        self._spec = specs.load("eq")

    def close(self) -> None:
        self._http.close()

    def raw(self, method: str, path: str, **request: Any) -> httpx.Response:
        """As httpx does it; nothing is added and nothing is checked."""
        return self._http.request(method, self._base_url + path, **request)

    def call(self, method: str, path: str, body: Mapping[str, Any] | None = None, **query: Any) -> httpx.Response:
        """With the key, and with a form-encoded body in which whatever is no string is JSON text."""
        form = None
        if body is not None:
            form = {name: value if isinstance(value, str) else json.dumps(value) for name, value in body.items()}
        response = self.raw(method, path, params={"auth_key": self.key, **query}, data=form)
        self.check(response, path)
        return response

    def check(self, response: httpx.Response, path: str) -> None:
        specs.check_response(
            self._spec,
            response.request.method,
            path,
            response.status_code,
            response.content,
            response.headers.get("content-type"),
        )

    def create(self, kind: str, data: Mapping[str, Any]) -> str:
        """The id or extension, as it stands in a path."""
        response = self.call("POST", f"/{kind}", {"data": data})
        assert response.status_code == 200, response.text
        return str(response.json())

    def replace(self, kind: str, key: str, data: Mapping[str, Any]) -> httpx.Response:
        return self.call("PUT", f"/{kind}/{key}", {"data": data})

    def get(self, kind: str, key: str) -> dict[str, Any]:
        response = self.call("GET", f"/{kind}/{key}")
        assert response.status_code == 200, response.text
        return dict(response.json())


def complaints(response: httpx.Response) -> list[tuple[str | None, str]]:
    """What an error answer says: parameter and type, in its order."""
    return [(each["parameter"], each["type"]) for each in response.json()["errors"]]


@pytest.fixture(scope="session")
def simulator() -> Iterator[Running]:
    with running(find("eq")) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def _control(simulator: Running) -> Iterator[Control]:
    with Control(simulator.url) as control:
        yield control


@pytest.fixture
def control(_control: Control) -> Control:
    """The simulator as freshly started."""
    _control.reset()
    return _control


@pytest.fixture(scope="session")
def client(simulator: Running) -> Iterator[EqClient]:
    client = EqClient(simulator)
    yield client
    client.close()


@pytest.fixture
def eq(client: EqClient, control: Control) -> EqClient:
    """The client of a simulator that ``control`` has just emptied."""
    return client


@pytest.fixture(scope="session")
def _maqsam() -> Iterator[MaqsamClient]:
    with MaqsamClient.of_new_simulator() as client:
        yield client


@pytest.fixture
def maqsam(_maqsam: MaqsamClient) -> MaqsamClient:
    """The client of a Maqsam simulator in which there is nobody."""
    _maqsam.control.reset()
    return _maqsam


@pytest.fixture(scope="session")
def _fonouc() -> Iterator[FonoucClient]:
    with FonoucClient.of_new_simulator() as client:
        yield client


@pytest.fixture
def fonouc(_fonouc: FonoucClient) -> FonoucClient:
    """The client of a FonoUC simulator in which there is nothing; it has logged in, and nothing is in the log."""
    _fonouc.control.reset()
    _fonouc.renew()
    _fonouc.control.reset_log()
    return _fonouc


@pytest.fixture(scope="session")
def _deepcall() -> Iterator[DeepcallClient]:
    with DeepcallClient.of_new_simulator() as client:
        yield client


@pytest.fixture
def deepcall(_deepcall: DeepcallClient) -> DeepcallClient:
    """The client of a DeepCall simulator in which there is role 1 and nothing else."""
    _deepcall.control.reset()
    return _deepcall


@pytest.fixture(scope="session")
def _bird() -> Iterator[BirdClient]:
    with BirdClient.of_new_simulator() as client:
        yield client


@pytest.fixture
def bird(_bird: BirdClient) -> BirdClient:
    """The client of a Bird simulator in which there is nothing."""
    _bird.control.reset()
    return _bird
