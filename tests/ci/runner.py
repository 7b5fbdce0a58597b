"""Runs a job of a workflow as GitHub's runner does: the steps of ``action.yml``, in a fresh clone.

It knows the few expressions that stand there, and stands in for three things that need GitHub or a registry: the
checkout, the installation (the tool of this tree is there already), and the upload of the artefact.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from tests.ci.github_api import REPOSITORY, TOKEN, WORKFLOW, FakeGitHub

ROOT = Path(__file__).parents[2]
INSTALL = "Install provisioner"
EXPRESSION = re.compile(r"\$\{\{ *(.+?) *\}\}")


@dataclass(frozen=True)
class Event:
    """Why a workflow runs, and on which commit."""

    name: str
    commit: str
    payload: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class JobRan:
    """How a job ended: its exit code, its log, its summary, and the number of its run."""

    code: int
    log: str
    summary: str
    run: int


@dataclass
class Runner:
    """A repository's jobs. ``secrets`` are what GitHub would hand out, by name."""

    repository: Path
    work: Path
    api: FakeGitHub
    secrets: Mapping[str, str]
    _jobs: int = 0

    def run(self, name: str, event: Event, *, run: int | None = None) -> JobRan:
        """Runs one job of the workflow as it stands at the event's commit; ``run`` is that of an earlier job."""
        self._jobs += 1
        folder = self.work / str(self._jobs)
        clone = folder / "clone"
        git(self.work, "clone", "--quiet", str(self.repository), str(clone))
        git(clone, "checkout", "--quiet", event.commit)
        job = _yaml(clone / ".github" / "workflows" / WORKFLOW)["jobs"][name]
        step = job["steps"][-1]
        head = event.payload.get("pull_request", {}).get("head", {}).get("sha", event.commit)
        number = self.api.ran(head, event=event.name, status="in_progress") if run is None else run
        action = _Action(self, folder, clone, self._given(folder, event, number), number)
        code = action.run(step.get("with", {}), {key: self._secret(value) for key, value in step["env"].items()})
        next(item for item in self.api.runs if item["id"] == number)["status"] = "completed"
        summary = folder / "summary.md"
        return JobRan(code, action.log, summary.read_text() if summary.exists() else "", number)

    def _secret(self, written: str) -> str:
        match = EXPRESSION.fullmatch(written)
        assert match
        assert match[1].startswith("secrets.")
        return self.secrets[match[1].removeprefix("secrets.")]

    def _given(self, folder: Path, event: Event, number: int) -> dict[str, str]:
        told = folder / "event.json"
        told.write_text(json.dumps(event.payload))
        (folder / "temp").mkdir()
        kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
        coverage = {name: value for name, value in os.environ.items() if name.startswith("COVERAGE")}
        return {
            **kept,
            **coverage,
            "PYTHONPATH": str(ROOT),
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "GITHUB_ACTION_PATH": str(ROOT),
            "GITHUB_API_URL": self.api.url,
            "GITHUB_EVENT_NAME": event.name,
            "GITHUB_EVENT_PATH": str(told),
            "GITHUB_OUTPUT": str(folder / "output"),
            "GITHUB_REF_NAME": "main",
            "GITHUB_REPOSITORY": REPOSITORY,
            "GITHUB_RUN_ID": str(number),
            "GITHUB_SHA": event.commit,
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
            "GITHUB_WORKFLOW_REF": f"{REPOSITORY}/.github/workflows/{WORKFLOW}@refs/heads/main",
            "RUNNER_TEMP": str(folder / "temp"),
        }


@dataclass
class _Action:
    """One use of ``action.yml``."""

    runner: Runner
    folder: Path
    clone: Path
    environ: dict[str, str]
    number: int
    log: str = ""

    def run(self, given: Mapping[str, Any], env: Mapping[str, str]) -> int:
        action = _yaml(ROOT / "action.yml")
        words = {"runner.temp": str(self.folder / "temp"), "github.token": TOKEN}
        for name, declared in action["inputs"].items():
            words[f"inputs.{name}"] = str(given.get(name, self._filled(str(declared.get("default", "")), words)))
        code = 0
        for step in action["runs"]["steps"]:
            if "uses" in step:
                self._upload(step, words)
            elif step["name"] == INSTALL:
                self._installed()
            else:
                filled = {key: self._filled(value, words) for key, value in step["env"].items()}
                code = self._script(step["run"], {**env, **filled})
                words |= {f"steps.{step['id']}.outputs.{key}": value for key, value in self._outputs().items()}
        return code

    def _filled(self, text: str, words: Mapping[str, str]) -> str:
        return EXPRESSION.sub(lambda match: words.get(match[1], ""), text)

    def _script(self, script: str, env: Mapping[str, str]) -> int:
        """As ``shell: bash`` runs it."""
        ran = subprocess.run(
            [shutil.which("bash") or "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", script],
            cwd=self.clone,
            env={**self.environ, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.log += ran.stdout
        assert "Traceback" not in ran.stdout, ran.stdout
        return ran.returncode

    def _outputs(self) -> dict[str, str]:
        path = Path(self.environ["GITHUB_OUTPUT"])
        return dict(line.split("=", 1) for line in path.read_text().splitlines()) if path.exists() else {}

    def _installed(self) -> None:
        """The tool of this tree, where the installation would have put it."""
        python = self.folder / "temp" / "provisioner" / "bin" / "python"
        python.parent.mkdir(parents=True)
        python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "$@"\n')
        python.chmod(0o755)

    def _upload(self, step: Mapping[str, Any], words: Mapping[str, str]) -> None:
        assert step["if"] == "${{ always() && steps.job.outputs.plan != '' }}"
        file = Path(self._filled(step["with"]["path"], words))
        if file != Path():
            artifact = self._filled(step["with"]["name"], words)
            self.runner.api.keeps(self.number, artifact, file.name, file.read_bytes())


def git(folder: Path, *arguments: str) -> str:
    """Runs git as somebody, whatever is configured here."""
    who = {f"GIT_{role}_{what}": value for role in ("AUTHOR", "COMMITTER") for what, value in _WHO.items()}
    environ = {**os.environ, **who, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = [shutil.which("git") or "git", "-c", "protocol.file.allow=always", *arguments]
    ran = subprocess.run(command, cwd=folder, env=environ, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.strip()


_WHO = {"NAME": "Sam", "EMAIL": "sam@acme.example"}


def _yaml(path: Path) -> Any:
    return YAML(typ="safe").load(path)
