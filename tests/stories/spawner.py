"""Starts command lines, each in a process of its own that can be signalled and killed: ``python -m …spawner``.

Python and the tool's modules are loaded once, here; every command line is a fork of this process, with its own
arguments, environment, folder and output. So a hundred runs cost a hundred runs, and not a hundred starts. It reads one
JSON object a line and answers with one: ``{"start": …}`` with ``{"pid": …}``, ``{"wait": PID}`` with ``{"code": …}``.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import provisioner.cli.apply
import provisioner.cli.applying
import provisioner.cli.destroy
import provisioner.cli.plan
import provisioner.cli.state
import provisioner.cli.tenant
import provisioner.plan.desired
import provisioner.state.backends.local
import provisioner.vendors.eq
import provisioner.vendors.http  # noqa: F401 (all of these only to have them loaded)
from provisioner.cli.main import main


def child(told: dict[str, Any]) -> int:
    """What the forked process is: one command line, from its environment to its exit code."""
    for stream, path in ((1, told["out"]), (2, told["err"])):
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(descriptor, stream)
        os.close(descriptor)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.environ.clear()
    os.environ.update(told["environ"])
    os.chdir(told["folder"])
    sys.argv = ["provisioner", *told["arguments"]]
    return main()


def serve() -> int | None:
    """Answers until standard input ends; in a forked child, gives its exit code."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    for line in iter(sys.stdin.readline, ""):
        told = json.loads(line)
        if "wait" in told:
            _, status = os.waitpid(told["wait"], 0)
            answers.write(json.dumps({"code": os.waitstatus_to_exitcode(status)}) + "\n")
            continue
        pid = os.fork()
        if pid == 0:
            answers.close()
            return child(told["start"])
        answers.write(json.dumps({"pid": pid}) + "\n")
    return None


if __name__ == "__main__":
    sys.exit(serve())
