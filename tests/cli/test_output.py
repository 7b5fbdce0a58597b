"""Where a command's words go, and what happens where they cannot."""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout

import pytest

from provisioner.cli.main import main
from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant

COMMAND = [sys.executable, "-m", "provisioner.cli.main"]


@pytest.mark.parametrize(
    ("redirection", "said"), [(">&-", "stdout is closed"), (">/dev/full", "No space left on device")]
)
def test_stdout_that_takes_nothing(tenant: Tenant, redirection: str, said: str) -> None:
    """One line says why, and the exit code is 1."""
    line = f'"$@" {redirection}'
    command = ["sh", "-c", line, "sh", *COMMAND, "-C", str(tenant.folder), "plan"]

    ran = subprocess.run(command, capture_output=True, text=True, env=dict(os.environ), check=False)

    assert ran.returncode == 1
    assert said in ran.stderr
    assert "fault in provisioner" not in ran.stderr


def test_missing_secrets_are_located(tenant: Tenant) -> None:
    """Each at its reference, all of them in one run, and nothing is sent."""
    tenant.environment.delenv("PIN")
    tenant.environment.delenv("SAM_PASSWORD")

    ran = tenant.run("apply", "--auto-approve")

    assert ran.code == 1
    assert "`PIN` is not set" in ran.err
    assert "`SAM_PASSWORD` is not set" in ran.err
    assert ran.err.count("acme.yaml:") == 3
    assert "nothing was sent" in ran.err


def test_what_a_vendor_altered_is_never_called_equal(tenant: Tenant, control: Control) -> None:
    """A write that changed nothing is remembered, and every plan says so."""
    tenant.applied()
    tenant.edit("last_name: Roe", "last_name: Doe")
    control.fault("status", method="PUT", status=200, times=1)
    assert tenant.run("apply", "--auto-approve").code == 0

    ran = tenant.run("plan")

    assert "`last_name` is declared as 'Doe'" in ran.out
    assert "The vendors show what is declared\n" not in ran.out


def test_an_empty_file_is_located(tenant: Tenant) -> None:
    """A tenant of which nothing is written yet: both things that are missing are said, at the file."""
    tenant.manifest.write_text("# nothing yet\n", encoding="utf-8")

    ran = tenant.run("validate")

    assert ran.code == 1
    assert "acme.yaml:1:1: error: no manifest says which tenant this is" in ran.err
    assert "acme.yaml:1:1: error: no connection is declared" in ran.err


STRANGE = ("Zoë", "مرحبا", "客服", "☎🎧", "e\u0301")


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "cp1252", "utf-8"])
def test_names_that_a_terminal_cannot_show(tenant: Tenant, encoding: str) -> None:
    """They are spelt out where the encoding lacks them; what a program or a web page reads is the same everywhere."""
    people = [f'  a{at}: {{number: "{2001 + at}", first_name: {name}}}\n' for at, name in enumerate(STRANGE)]
    tenant.edit("agents:\n", "agents:\n" + "".join(people).replace("}", ", password: {from_env: PIN}}"))
    file = str(tenant.folder / "today.plan")

    said = {words[0]: in_bytes(tenant, encoding, *words) for words in (["plan", "--out", file], ["apply", file])}
    shown = {form: in_bytes(tenant, encoding, "show", file, "--format", form) for form in ("json", "markdown", "html")}

    text = said["plan"].decode(encoding)
    for name in STRANGE:
        assert name.encode(encoding, "backslashreplace").decode(encoding) in text
    assert "Apply complete" in said["apply"].decode(encoding)
    assert shown["json"].isascii()
    assert all(name in shown[form].decode("utf-8") for form in ("markdown", "html") for name in STRANGE)


def in_bytes(tenant: Tenant, encoding: str, *arguments: str) -> bytes:
    """What a command that succeeds writes to a stdout of that encoding, where a stderr of the same is."""
    out, err = io.BytesIO(), io.BytesIO()
    streams = [io.TextIOWrapper(kept, encoding, "strict") for kept in (out, err)]
    with redirect_stdout(streams[0]), redirect_stderr(streams[1]):
        code = main(["-C", str(tenant.folder), *arguments])
    assert code == 0, err.getvalue()
    return out.getvalue()


def test_a_manifest_that_a_terminal_cannot_show(tenant: Tenant) -> None:
    """The line of a problem is spelt out as well."""
    tenant.edit("first_name: Jane", "first_nam: Зоя")
    out, err = io.BytesIO(), io.BytesIO()

    with redirect_stdout(io.TextIOWrapper(out, "ascii")), redirect_stderr(io.TextIOWrapper(err, "ascii")):
        code = main(["-C", str(tenant.folder), "validate"])

    assert code == 1
    assert b"\\u0417\\u043e\\u044f" in err.getvalue()


COLUMNS = [(10, "utf-8"), (40, "utf-8"), (40, "ascii")]


@pytest.mark.parametrize(("columns", "encoding"), COLUMNS)
def test_a_narrow_terminal(tenant: Tenant, columns: int, encoding: str) -> None:
    """Nothing is cut off and nothing fails; no line is longer than it must be to be copied, whatever the alphabet."""
    with_pty = [sys.executable, "-c", ON_A_TERMINAL, str(columns), *COMMAND, "-C", str(tenant.folder)]
    environ = {name: value for name, value in os.environ.items() if name not in ("CI", "COLUMNS", "NO_COLOR")}
    environ |= {"TERM": "xterm", "PYTHONIOENCODING": encoding}

    ran = subprocess.run([*with_pty, "plan"], capture_output=True, text=True, env=environ, check=False)

    assert ran.returncode == 0, ran.stdout
    assert "\x1b[32m" in ran.stdout
    lines = STEERING.sub("", ran.stdout).replace("\r", "").splitlines()
    plan = lines[next(at for at, line in enumerate(lines) if "Plan for" in line) :]
    assert [line for line in plan if len(line) > max(columns, 40) and "Apply it: " not in line] == []
    assert "".join("".join(plan).split()).count("Support") >= 2


ON_A_TERMINAL = """
import fcntl, os, pty, struct, sys, termios
pid, there = pty.fork()
if pid == 0:
    fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", 24, int(sys.argv[1]), 0, 0))
    os.execv(sys.argv[2], sys.argv[2:])
try:
    while chunk := os.read(there, 65536):
        os.write(1, chunk)
except OSError:
    pass
sys.exit(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
"""
STEERING = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|[^\n]*\r(?!\n)")


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"CI": "true"}, {"TERM": "dumb"}], ids=str)
def test_a_terminal_without_colour(tenant: Tenant, environment: dict[str, str]) -> None:
    """Nothing is sent to it but text: no colour, and no line that is drawn again."""
    with_pty = [sys.executable, "-c", ON_A_TERMINAL, "80", *COMMAND, "-C", str(tenant.folder)]
    environ = {name: value for name, value in os.environ.items() if name not in ("CI", "NO_COLOR")}

    ran = subprocess.run(
        [*with_pty, "plan", "--allow", "fresh_state"],
        capture_output=True,
        text=True,
        env={**environ, "TERM": "xterm", **environment},
        check=False,
    )

    assert ran.returncode == 0, ran.stdout
    assert "\x1b[3" not in ran.stdout
    assert "NO_COLOR" in environment or "\x1b" not in ran.stdout
