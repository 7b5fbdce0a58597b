"""The vendor answers what it should not: an error that names connection, operation and resource, and exit code 1."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.stories.everything import agent
from tests.stories.stage import Stage, until

JANE = "agents:\n" + agent("jane", "1001", "Jane")
BODY = '{"errors": [{"parameter": "number", "type": "invalid", "description": "No such plan"}]}'

TO_A_CREATE: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "400 with a body": ({"effect": "status", "status": 400, "body": BODY}, ("POST /agent", "`number`", "No such plan")),
    "400 without a body": ({"effect": "status", "status": 400}, ("POST /agent", "400")),
    "401": ({"effect": "status", "status": 401}, ("refuses the API key", "connections.pbx.api_key")),
    "404": ({"effect": "status", "status": 404}, ("POST /agent", "404")),
    "a redirect": ({"effect": "redirect", "location": "http://other.example/x"}, ("POST /agent", "other.example")),
}

TO_A_READ: dict[str, tuple[dict[str, Any], tuple[str, ...]]] = {
    "400 with a body": ({"effect": "status", "status": 400, "body": BODY}, ("GET /agent/", "No such plan")),
    "401": ({"effect": "status", "status": 401}, ("refuses the API key",)),
    "500": ({"effect": "status", "status": 500}, ("GET /agent/", "500")),
    "HTML": ({"effect": "garbage"}, ("GET /agent/", "pbx")),
    "truncated": ({"effect": "truncate"}, ("GET /agent/", "pbx")),
    "dropped": ({"effect": "drop_before"}, ("GET /agent/", "pbx")),
    "a redirect": ({"effect": "redirect", "location": "http://other.example/x"}, ("GET /agent/", "other.example")),
}


@pytest.mark.parametrize("case", TO_A_CREATE)
def test_to_a_create(stage: Stage, case: str) -> None:
    """The change fails, nothing is bound, and nothing is sent twice."""
    fault, words = TO_A_CREATE[case]
    stage.write(JANE, retries=0)
    stage.control.fault(**fault, method="POST", times=None)

    stage.apply().failed("agents.jane@pbx", *words)

    assert (stage.ids(), stage.counted()) == ({}, {"POST": 1})


@pytest.mark.parametrize("case", TO_A_READ)
def test_to_a_read(stage: Stage, case: str) -> None:
    """Nobody can tell what is there: the plan is refused, and nothing is sent."""
    fault, words = TO_A_READ[case]
    stage.write(JANE)
    stage.apply().ok()
    stage.control.reset_log()
    stage.write(JANE.replace("first_name: Jane", "first_name: June"), retries=0)
    stage.control.fault(**fault, method="GET", times=None)

    stage.apply().failed("agents.jane@pbx", *words)

    assert stage.mutations() == []


@contextmanager
def silent() -> Iterator[int]:
    """The port of a server that accepts and never answers."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_nobody_answers(stage: Stage) -> None:
    """Refused, unknown and silent hosts: told apart, each in one line."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        stage.write(JANE, retries=0)
        manifest = stage.folder / "acme.yaml"
        text = manifest.read_text()
        manifest.write_text(text.replace(stage.simulator.url, f"http://127.0.0.1:{unused.getsockname()[1]}"))
        stage.apply().failed("agents.jane@pbx", "pbx", "refused")
    manifest.write_text(text.replace(stage.simulator.url, "http://pbx.invalid"))
    stage.apply().failed("agents.jane@pbx", "pbx.invalid")
    with silent() as port:
        patient = text.replace(stage.simulator.url, f"http://127.0.0.1:{port}")
        manifest.write_text(patient.replace("    retries: 0\n", "    retries: 0\n    timeout: 0.2\n"))
        stage.apply().failed("agents.jane@pbx", "pbx")


CANARIES = {
    "EQ_KEY": "canary-key-55d1c7",
    "PIN": "8402917365",
    "SAM_PASSWORD": "CanaryPass77aXq",
}

EVERYBODY = (
    JANE
    + "supervisors:\n  sam: {username: samlee, first_name: Sam, email: sam@acme.example, "
    + "password: {from_env: SAM_PASSWORD}, type: full}\n"
)

FAULTS: tuple[dict[str, Any], ...] = (
    {"effect": "status", "method": "POST", "status": 400, "body": BODY},
    {"effect": "status", "method": "POST", "status": 500, "body": "${echo}"},
    {"effect": "garbage", "method": "POST"},
    {"effect": "drop_after", "method": "POST"},
    {"effect": "redirect", "method": "POST", "location": "http://other.example/?auth_key=${key}"},
    {"effect": "status", "method": "GET", "status": 401, "body": "bad key ${key}"},
    {"effect": "truncate", "method": "GET"},
)


def test_no_secret_is_ever_told(stage: Stage) -> None:
    """With every kind of failure, with everything logged: not on a stream, not in a file, not among the arguments."""
    stage.environ |= CANARIES
    stage.control.settings(api_key=CANARIES["EQ_KEY"])
    stage.write(EVERYBODY, retries=0)
    told = ""
    echo = " ".join(CANARIES.values())

    for fault in FAULTS:
        stage.control.clear_faults()
        filled = {
            name: value.replace("${key}", CANARIES["EQ_KEY"]).replace("${echo}", echo)
            if isinstance(value, str)
            else value
            for name, value in fault.items()
        }
        stage.control.fault(**filled, times=2)
        stage.run("plan", "--out", "it.plan", "--format", "json")
        told += stage.run("--log-level", "debug", "apply", "it.plan").text
        told += stage.run("--log-level", "debug", "apply", "--auto-approve").text
    stage.control.clear_faults()
    told += stage.run("--log-level", "debug", "apply", "--auto-approve", "--json").ok().text
    told += stage.run("state", "show", "agents.jane@pbx").ok().text

    files = [path for path in stage.folder.parent.rglob("*") if path.is_file()]
    told += "".join(path.read_text(errors="replace") for path in files)
    assert "POST /agent" in told
    assert [name for name, value in CANARIES.items() if value in told] == []
    sent = stage.control.content(reveal=True)["agent"].values()
    assert {item["password"] for item in sent} == {CANARIES["PIN"]}


def test_no_secret_among_the_arguments(stage: Stage) -> None:
    """Seen while it runs, by whoever may list processes: the console command's own arguments and no more."""
    stage.write(JANE)
    stage.hold(method="POST", seconds=2)
    program = Path(sys.executable).parent / "provisioner"
    with subprocess.Popen(
        [program, "apply", "--auto-approve"],
        cwd=stage.folder,
        env=stage.environ,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    ) as process:
        until(stage.held, "the create is held back")
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes().decode().split("\0")
        out, _ = process.communicate()

    assert process.returncode == 0, out
    assert [Path(text).name for text in arguments[1:] if text] == ["provisioner", "apply", "--auto-approve"]
