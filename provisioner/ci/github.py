"""GitHub as a job of GitHub Actions sees it.

Endpoints: docs.github.com/en/rest, pages "Issue comments", "Issues", "Commits" (pull requests of a commit), "Workflow
runs", "Artifacts". Variables and commands: docs.github.com/en/actions, pages "Variables" and "Workflow commands".
"""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from provisioner.ci.host import HostFailed, Request, variable
from provisioner.ci.job import Job
from provisioner.ci.rest import Rest
from provisioner.cli.saved import LARGEST
from provisioner.errors import PlanRefused, UsageError
from provisioner.report.diagnostics import escaped

AUTHOR = "github-actions[bot]"
"""Whose comments are ours: what is written with a job's own token is written by this user."""

DEPENDABOT = "dependabot[bot]"
BY_HAND = "workflow_dispatch"

_AGAIN = "open a pull request with the same content, or start the workflow by hand and approve its plan"

_HINTS = {
    401: "the token is not known: hand on `github.token`",
    403: "the job's `permissions`: `pull-requests: write`; for apply also `actions: read`; for drift `issues: write`",
    404: "the token may not read it: `permissions` of the job",
}


def github_api(environ: Mapping[str, str], token: str) -> Rest:
    """The API of this job's GitHub."""
    headers = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return Rest("GitHub", environ.get("GITHUB_API_URL", "https://api.github.com"), headers, _HINTS)


class GitHub:
    """One job there; ``author`` is the user whose token this is."""

    limit = 65_536
    validation: tuple[str, ...] = ("--format", "github")

    def __init__(self, environ: Mapping[str, str], rest: Rest, *, author: str = AUTHOR) -> None:
        self.environ, self.rest, self.author = environ, rest, author
        self.repository = self._variable("GITHUB_REPOSITORY")
        self.event = self._event()
        self.found: Request | None = None

    # --- what this job is about -------------------------------------------------------------------------------

    @property
    def run(self) -> str:
        server, number = self.environ.get("GITHUB_SERVER_URL", "https://github.com"), self.environ.get("GITHUB_RUN_ID")
        return f"[this run]({server}/{self.repository}/actions/runs/{number})" if number else ""

    def untrusted(self) -> str | None:
        pull = self.event.get("pull_request")
        if not isinstance(pull, dict):
            return None
        whose = (pull.get("head", {}).get("repo") or {}).get("full_name")
        if whose != self.repository:
            return "it comes from a fork, and such a job is given no secrets"
        if self.environ.get("GITHUB_ACTOR") == DEPENDABOT:
            return "Dependabot's jobs are given no secrets"
        return None

    def request(self) -> Request | None:
        if self.found is None:
            self.found = self._request()
        return self.found

    def _request(self) -> Request | None:
        pull = self.event.get("pull_request")
        if isinstance(pull, dict):
            return Request(int(pull["number"]), str(pull["head"]["sha"]))
        if self._event_name() != "push":
            return None
        commit, branch = self._variable("GITHUB_SHA"), self._variable("GITHUB_REF_NAME")
        merged = [
            pull
            for pull in self.rest.all(f"/repos/{self.repository}/commits/{commit}/pulls")
            if pull.get("merged_at") and pull.get("merge_commit_sha") == commit and pull["base"]["ref"] == branch
        ]
        if not merged:
            return None
        newest = max(merged, key=lambda pull: int(pull["number"]))
        return Request(int(newest["number"]), str(newest["head"]["sha"]))

    # --- the plan ---------------------------------------------------------------------------------------------

    def reviewed(self, job: Job) -> bytes:
        if self._event_name() == BY_HAND:
            return self._plan_of(int(self._variable("GITHUB_RUN_ID")), job, "this run")
        request = self.request()
        if request is None:
            raise PlanRefused(
                f"no merged pull request led to {self._variable('GITHUB_SHA')}: nobody has reviewed a plan of it",
                hint=_AGAIN,
            )
        run = self._last_run(request)
        return self._plan_of(int(run["id"]), job, f"pull request #{request.number} at {request.head}")

    def _last_run(self, request: Request) -> dict[str, Any]:
        """The newest run of this workflow for what was merged, of this repository's own branch and of no fork's."""
        file = self._workflow()
        runs = [
            run
            for run in self.rest.all(
                f"/repos/{self.repository}/actions/workflows/{file}/runs",
                query={"event": "pull_request", "head_sha": request.head},
                under="workflow_runs",
            )
            if run.get("head_sha") == request.head
            and run.get("event") == "pull_request"
            and (run.get("head_repository") or {}).get("full_name") == self.repository
        ]
        if not runs:
            raise PlanRefused(
                f"no job of `{file}` has planned pull request #{request.number} at {request.head}", hint=_AGAIN
            )
        last = max(runs, key=lambda run: int(run["id"]))
        if last.get("status") != "completed":
            raise PlanRefused(
                f"pull request #{request.number} was merged before its plan was made",
                hint="when that job has ended, look at its plan, and run this job again",
            )
        return last

    def _plan_of(self, run: int, job: Job, whose: str) -> bytes:
        kept = [
            item
            for item in self.rest.all(
                f"/repos/{self.repository}/actions/runs/{run}/artifacts",
                query={"name": job.artifact},
                under="artifacts",
            )
            if item.get("name") == job.artifact
        ]
        if not kept:
            raise PlanRefused(f"the last job for {whose} kept no plan `{job.artifact}`", hint=_AGAIN)
        newest = max(kept, key=lambda item: int(item["id"]))
        if newest.get("expired"):
            raise PlanRefused(f"the plan of {whose} has expired", hint=_AGAIN)
        packed = self.rest.file(f"/repos/{self.repository}/actions/artifacts/{newest['id']}/zip")
        return _unpacked(packed, job.plan.name)

    def _workflow(self) -> str:
        """This workflow's file: ``owner/name/.github/workflows/FILE@ref`` is what GitHub calls it."""
        return self._variable("GITHUB_WORKFLOW_REF").partition("@")[0].rpartition("/")[2]

    # --- what people see --------------------------------------------------------------------------------------

    def comment(self, request: Request, marker: str, body: str) -> None:
        comments = self.rest.all(f"/repos/{self.repository}/issues/{request.number}/comments")
        ours = next((item for item in comments if self._is_ours(item, marker)), None)
        if ours is None:
            self.rest.ask("POST", f"/repos/{self.repository}/issues/{request.number}/comments", body={"body": body})
        else:
            self.rest.ask("PATCH", f"/repos/{self.repository}/issues/comments/{ours['id']}", body={"body": body})

    def issue(self, marker: str, title: str, body: str | None) -> None:
        issues = self.rest.all(f"/repos/{self.repository}/issues", query={"state": "open"})
        ours = next((item for item in issues if "pull_request" not in item and self._is_ours(item, marker)), None)
        if ours is not None:
            change = {"state": "closed", "state_reason": "completed"} if body is None else {"body": body}
            self.rest.ask("PATCH", f"/repos/{self.repository}/issues/{ours['number']}", body=change)
        elif body is not None:
            self.rest.ask("POST", f"/repos/{self.repository}/issues", body={"title": title, "body": body})

    def _is_ours(self, item: Mapping[str, Any], marker: str) -> bool:
        author = (item.get("user") or {}).get("login")
        return author == self.author and str(item.get("body") or "").startswith(marker)

    def kept(self, job: Job) -> None:
        _append(self.environ.get("GITHUB_OUTPUT"), f"plan={job.plan}\nartifact={job.artifact}\n")

    def show(self, markdown: str) -> None:
        _append(self.environ.get("GITHUB_STEP_SUMMARY"), f"{markdown}\n")

    def failed(self, message: str, hint: str | None) -> None:
        _command("error", message, hint)

    def warn(self, message: str, hint: str | None) -> None:
        _command("warning", message, hint)

    @contextmanager
    def quoting(self) -> Iterator[None]:
        word = uuid.uuid4().hex
        _print(f"::stop-commands::{word}")
        try:
            yield
        finally:
            _print(f"::{word}::")

    # --- the job's variables ----------------------------------------------------------------------------------

    def _event_name(self) -> str:
        return self.environ.get("GITHUB_EVENT_NAME", "")

    def _variable(self, name: str) -> str:
        return variable(self.environ, name, "GitHub Actions")

    def _event(self) -> dict[str, Any]:
        try:
            event = json.loads(Path(self._variable("GITHUB_EVENT_PATH")).read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise UsageError("what GitHub says of the event cannot be read (`GITHUB_EVENT_PATH`)") from error
        return event if isinstance(event, dict) else {}


def _unpacked(packed: bytes, name: str) -> bytes:
    """The one file of an artefact."""
    try:
        with zipfile.ZipFile(io.BytesIO(packed)) as archive:
            if [item.filename for item in archive.infolist()] != [name] or archive.getinfo(name).file_size > LARGEST:
                raise HostFailed(f"the artefact holds something else than `{name}`")
            return archive.read(name)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError) as error:
        raise HostFailed("the artefact cannot be unpacked") from error


def _append(path: str | None, text: str) -> None:
    if path:
        with Path(path).open("a", encoding="utf-8") as file:
            file.write(text)


def _command(severity: str, message: str, hint: str | None) -> None:
    text = "\n".join(filter(None, (message, hint and f"hint: {hint}")))
    _print(f"::{severity}::{escaped(text)}")


def _print(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (to whoever reads the job's output for commands)
