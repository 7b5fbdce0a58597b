"""Finding, starting and stopping simulators."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from urllib.parse import urlsplit

import httpx
import pytest

from provisioner.errors import ProvisionerError
from provisioner.simulators.control import Control
from provisioner.simulators.server import LOOPBACK, find, names, running
from tests.simulators.entities import an_agent

SERVE = """
import sys
from provisioner.simulators.server import find, serve_forever
serve_forever(find("eq"), "127.0.0.1", 0, lambda simulator: print(simulator.base_url, flush=True))
print("ended")
"""
WITHOUT = """
import sys
sys.modules["uvicorn"] = None
from provisioner.errors import ProvisionerError
from provisioner.simulators.server import find, names, running
assert "eq" in names()
try:
    with running(find("eq")):
        pass
except ProvisionerError as error:
    print(error.message, "/", error.hint)
"""


def test_simulators_are_found_by_their_folder() -> None:
    """Every name leads to a simulator of that name."""
    assert "eq" in names()
    assert all(find(name).name == name for name in names())


@pytest.mark.parametrize("name", ["acme", "server", "base", "../eq", ""])
def test_there_is_no_such_simulator(name: str) -> None:
    """Also not for a module that is none; the hint says which there are."""
    with pytest.raises(ProvisionerError, match="there is no simulator") as caught:
        find(name)

    assert "eq" in (caught.value.hint or "")


def test_two_simulators_know_nothing_of_each_other() -> None:
    """Each has its own content, and the credentials that it was given."""
    with running(find("eq")) as one, running(find("eq"), credentials={"api_key": "other"}) as two:
        with Control(one.url) as first, Control(two.url) as second:
            first.create("agent", an_agent())

            assert (len(first.content()["agent"]), len(second.content()["agent"])) == (1, 0)
        assert (one.credentials["api_key"], two.credentials["api_key"]) == ("sim-eq-key", "other")
        assert one.base_url == f"{one.url}/eq/api/2.0"


def test_an_unknown_credential_is_said() -> None:
    """A misspelt name must not leave the default in place."""
    with pytest.raises(ProvisionerError, match="no credential `key`"), running(find("eq"), credentials={"key": "x"}):
        pass


def test_it_ends_with_the_context() -> None:
    """Nobody answers afterwards, also when requests were kept waiting."""
    with running(find("eq")) as simulator, Control(simulator.url) as control:
        control.settings(latency=60)
        with pytest.raises(httpx.ReadTimeout):
            httpx.get(f"{simulator.base_url}/license", timeout=0.1, trust_env=False)

    with pytest.raises(httpx.ConnectError):
        httpx.get(simulator.url, trust_env=False)


def test_answers_do_not_wait_for_acknowledgements() -> None:
    """Nagle's algorithm would make each of these take 40 ms; they take less than one."""
    with running(find("eq")) as simulator, httpx.Client(trust_env=False) as client:
        start = time.monotonic()
        for _ in range(100):
            client.get(f"{simulator.base_url}/license")

        assert time.monotonic() - start < 3


def test_a_taken_port_is_said() -> None:
    """Instead of a traceback."""
    with socket.create_server((LOOPBACK, 0)) as taken:
        port = taken.getsockname()[1]

        with (
            pytest.raises(ProvisionerError, match=f"cannot listen on {LOOPBACK} port {port}") as refused,
            running(find("eq"), port=port),
        ):
            pass

    assert refused.value.hint == "name another port, or 0 for one that is free"


def test_loopback_is_the_default() -> None:
    """A simulator is nothing for a network."""
    with running(find("eq")) as simulator:
        assert urlsplit(simulator.url).hostname == LOOPBACK


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_is_an_ordinary_end(number: signal.Signals) -> None:
    """Exit code 0 on Ctrl-C and on SIGTERM, and it did serve before."""
    with subprocess.Popen([sys.executable, "-c", SERVE], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().strip()
        status = httpx.get(f"{url}/license", trust_env=False).status_code

        process.send_signal(number)
        rest = process.stdout.read()

    assert (status, rest, process.returncode) == (401, "ended\n", 0)


def test_without_the_extra() -> None:
    """The message says what to install."""
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True, check=False)

    assert done.stdout == "running a simulator needs `uvicorn` / `pip install httptools starlette uvicorn`\n", (
        done.stderr
    )
