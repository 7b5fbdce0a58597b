"""Where a command's words go, and what happens where they cannot."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

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
