"""GitLab as a job of its CI sees it.

Endpoints: docs.gitlab.com/api, pages "Notes", "Issues", "Commits" (merge requests of a commit), "Merge requests" (their
pipelines), "Jobs", "Job artifacts", "Users". Variables: docs.gitlab.com/ci/variables/predefined_variables.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any
from urllib.parse import quote

import click

from provisioner.ci.host import Request, variable
from provisioner.ci.job import Job
from provisioner.ci.rest import Rest
from provisioner.errors import PlanRefused

BY_HAND = "web"

_AGAIN = "open a merge request with the same content, or start a pipeline by hand and start its apply job"

_HINTS = {
    401: "`PROVISIONER_CI_TOKEN` takes a project access token: scope `api`, role Developer; a job's own will not do",
    403: "the token needs scope `api`, and role Developer or above",
    404: "the token may not see this project",
}


def gitlab_api(environ: Mapping[str, str], token: str) -> Rest:
    """The API of this job's GitLab."""
    headers = {"PRIVATE-TOKEN": token} if token else {}
    return Rest("GitLab", environ.get("CI_API_V4_URL", "https://gitlab.com/api/v4"), headers, _HINTS)


class GitLab:
    """One job there; ``plan_job`` is the name of the job that plans, in the same project."""

    limit = 1_000_000
    validation: tuple[str, ...] = ()

    def __init__(self, environ: Mapping[str, str], rest: Rest, *, plan_job: str) -> None:
        self.environ, self.rest, self.plan_job = environ, rest, plan_job
        self.project = f"/projects/{quote(self._variable('CI_PROJECT_ID'), safe='')}"
        self.found: Request | None = None
        self.us: int | None = None

    # --- what this job is about -------------------------------------------------------------------------------

    @property
    def run(self) -> str:
        url = self.environ.get("CI_JOB_URL")
        return f"[this job]({url})" if url else ""

    def untrusted(self) -> str | None:
        source = self.environ.get("CI_MERGE_REQUEST_SOURCE_PROJECT_ID")
        if source and source != self.environ.get("CI_MERGE_REQUEST_PROJECT_ID"):
            return "it comes from a fork, whose jobs hold no secrets of this project"
        return None

    def request(self) -> Request | None:
        if self.found is None:
            self.found = self._request()
        return self.found

    def _request(self) -> Request | None:
        commit, number = self._variable("CI_COMMIT_SHA"), self.environ.get("CI_MERGE_REQUEST_IID")
        if number:
            return Request(int(number), commit)
        if self.environ.get("CI_PIPELINE_SOURCE") != "push":
            return None
        merged = [
            item
            for item in self.rest.all(f"{self.project}/repository/commits/{commit}/merge_requests")
            if item.get("state") == "merged"
            and item.get("target_branch") == self._variable("CI_COMMIT_BRANCH")
            and commit in (item.get("merge_commit_sha"), item.get("squash_commit_sha"), item.get("sha"))
        ]
        if not merged:
            return None
        newest = max(merged, key=lambda item: int(item["iid"]))
        forked = str(newest.get("source_project_id")) != self._variable("CI_PROJECT_ID")
        return Request(int(newest["iid"]), str(newest["sha"]), forked)

    # --- the plan ---------------------------------------------------------------------------------------------

    def reviewed(self, job: Job) -> bytes:
        if self.environ.get("CI_PIPELINE_SOURCE") == BY_HAND:
            return self._plan_of(int(self._variable("CI_PIPELINE_ID")), job, "this pipeline")
        request = self.request()
        if request is None:
            raise PlanRefused(
                f"no merge request led to {self._variable('CI_COMMIT_SHA')}: nobody has reviewed a plan of it",
                hint=_AGAIN,
            )
        if request.forked:
            raise PlanRefused(
                f"merge request !{request.number} came from a fork, and its jobs may have kept anything as their plan",
                hint=_AGAIN,
            )
        return self._plan_of(self._last_pipeline(request), job, f"merge request !{request.number} at {request.head}")

    def _last_pipeline(self, request: Request) -> int:
        """The merge request's newest pipeline, which must be of what was merged and of this project."""
        merge = f"refs/merge-requests/{request.number}/merge"
        pipelines = [
            item
            for item in self.rest.all(f"{self.project}/merge_requests/{request.number}/pipelines")
            if str(item.get("project_id", "")) == self._variable("CI_PROJECT_ID")
            and item.get("source", "merge_request_event") == "merge_request_event"
        ]
        newest = max(pipelines, key=lambda item: int(item["id"]), default=None)
        # A pipeline for merged results has a commit of its own; being the newest, it is of the newest push.
        if newest is None or (newest.get("sha") != request.head and newest.get("ref") != merge):
            raise PlanRefused(f"no pipeline has planned merge request !{request.number} at {request.head}", hint=_AGAIN)
        return int(newest["id"])

    def _plan_of(self, pipeline: int, job: Job, whose: str) -> bytes:
        jobs = [
            item
            for item in self.rest.all(f"{self.project}/pipelines/{pipeline}/jobs")
            if item.get("name") == self.plan_job
        ]
        if not jobs:
            raise PlanRefused(f"there is no job `{self.plan_job}` in the pipeline of {whose}", hint=_AGAIN)
        newest = max(jobs, key=lambda item: int(item["id"]))
        self._check(newest, whose)
        return self.rest.file(f"{self.project}/jobs/{newest['id']}/artifacts/{quote(job.plan.as_posix())}")

    def _check(self, planned: Mapping[str, Any], whose: str) -> None:
        if planned.get("status") not in ("success", "failed"):
            raise PlanRefused(
                f"{whose}: `{self.plan_job}` is {planned.get('status')}, and has made no plan",
                hint="when that job has ended, look at its plan, and run this job again",
            )
        if not planned.get("artifacts_file"):
            raise PlanRefused(f"{whose}: `{self.plan_job}` kept no plan, or it has expired", hint=_AGAIN)

    # --- what people see --------------------------------------------------------------------------------------

    def comment(self, request: Request, marker: str, body: str) -> None:
        notes = f"{self.project}/merge_requests/{request.number}/notes"
        ours = next((item for item in self.rest.all(notes) if self._is_ours(item, "body", marker)), None)
        if ours is None:
            self.rest.ask("POST", notes, body={"body": body})
        else:
            self.rest.ask("PUT", f"{notes}/{ours['id']}", body={"body": body})

    def issue(self, marker: str, title: str, body: str | None) -> None:
        issues = self.rest.all(f"{self.project}/issues", query={"state": "opened"})
        ours = next((item for item in issues if self._is_ours(item, "description", marker)), None)
        if ours is not None:
            change = {"state_event": "close"} if body is None else {"description": body}
            self.rest.ask("PUT", f"{self.project}/issues/{ours['iid']}", body=change)
        elif body is not None:
            self.rest.ask("POST", f"{self.project}/issues", body={"title": title, "description": body})

    def _is_ours(self, item: Mapping[str, Any], field: str, marker: str) -> bool:
        if not str(item.get(field) or "").startswith(marker):
            return False
        if self.us is None:
            self.us = int(self.rest.ask("GET", "/user")["id"])
        return (item.get("author") or {}).get("id") == self.us

    def kept(self, job: Job) -> None:
        """Nothing to tell: the template names the file."""

    def show(self, markdown: str) -> None:
        """GitLab has no such place: the log shows what the tool says."""

    def failed(self, message: str, hint: str | None) -> None:
        _say("error", message, hint)

    def warn(self, message: str, hint: str | None) -> None:
        _say("warning", message, hint)

    def quoting(self) -> AbstractContextManager[None]:
        return nullcontext()

    def _variable(self, name: str) -> str:
        return variable(self.environ, name, "GitLab CI")


def _say(severity: str, message: str, hint: str | None) -> None:
    click.echo(f"{severity}: {message}", err=True)
    if hint:
        click.echo(f"hint: {hint}", err=True)
