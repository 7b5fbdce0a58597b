"""The three jobs: plan and show it, apply what was reviewed, watch for drift. Each gives the job's exit code.

A job is as red as the command line in it: its exit code is the command's, and the comment only tells it to people. A
plan that could not be shown to its reviewers is a failure; an apply or a drift that was told in the log only is not,
since what matters about it was done.
"""

from __future__ import annotations

import os

from provisioner.ci.bodies import APPLIED, plan_body, text_body
from provisioner.ci.host import Host, HostFailed, Request
from provisioner.ci.job import Job
from provisioner.ci.tool import Said, run
from provisioner.cli.saved import load_plan
from provisioner.errors import PlanRefused, ProvisionerError, UsageError

FAILED = 1
DRIFT = 2


def plan(job: Job, host: Host) -> int:
    """Validates, plans, keeps the plan, and shows it in the comment."""
    job.plan.unlink(missing_ok=True)  # whatever the branch has brought along is no plan of this job
    checked = run(job, "validate", *host.validation)
    why = host.untrusted()
    if why is not None:
        host.show(f"### {'Valid' if checked.code == 0 else 'Not valid'}\n\nNo plan was made: {why}.\n")
        return checked.code
    if checked.code != 0:
        with host.quoting():
            told = run(job, "validate")
        return _tell_plan(job, host, _text(job, host, "plan", "No plan: the manifests have problems", told), told.code)
    job.plan.parent.mkdir(parents=True, exist_ok=True)
    with host.quoting():
        planned = run(job, "plan", "--out", str(job.plan), *job.waiting(), *job.arguments)
    if not job.plan.exists():
        body = _text(job, host, "plan", "No plan could be made", Said(planned.code, "", planned.err))
        return _tell_plan(job, host, body, planned.code or FAILED)
    host.kept(job)
    made = load_plan(job.plan)
    body = plan_body(
        job.marker("plan"), made, file=job.plan.name, tool=job.typed, foot=_foot(job, host), limit=host.limit
    )
    return _tell_plan(job, host, body, planned.code)


def apply(job: Job, host: Host) -> int:
    """Applies the plan that was reviewed and no other, and comments on the outcome."""
    request: Request | None = None
    try:
        request = host.request()
        content = host.reviewed(job)
    except (PlanRefused, HostFailed) as error:
        host.failed(error.message, error.hint)
        said = Said(FAILED, "", "\n".join(filter(None, (error.message, error.hint and f"hint: {error.hint}"))))
        _tell(job, host, request, _text(job, host, "apply", "Nothing was applied", said))
        return FAILED
    _keep(job, content)
    with host.quoting():
        said = run(job, "apply", str(job.plan), *job.waiting(), *job.arguments)
    title = APPLIED[said.code] if said.out.strip() else "Nothing was applied"
    _tell(job, host, request, _text(job, host, "apply", title, said))
    return said.code


def drift(job: Job, host: Host) -> int:
    """Keeps one issue open as long as there is drift. What could not be told changes nothing about it."""
    with host.quoting():
        said = run(job, "drift", *job.waiting(), *job.arguments)
    body = _text(job, host, "drift", f"Drift in `{job.called}`", said)
    host.show(body)
    if job.comments and said.code != FAILED:
        try:
            host.issue(job.marker("drift"), f"Drift in {job.called}", body if said.code == DRIFT else None)
        except HostFailed as error:
            host.warn(error.message, error.hint)
    return said.code


def _keep(job: Job, content: bytes) -> None:
    """Writes the plan for nobody but this job's user."""
    try:
        job.plan.parent.mkdir(parents=True, exist_ok=True)
        job.plan.unlink(missing_ok=True)
        descriptor = os.open(job.plan, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
    except OSError as error:
        raise UsageError(f"cannot write `{job.plan}`: {error.strerror}") from error


def _text(job: Job, host: Host, what: str, title: str, said: Said) -> str:
    return text_body(job.marker(what), title, said.report, foot=_foot(job, host), limit=host.limit)


def _foot(job: Job, host: Host) -> str:
    return " · ".join(part for part in (f"`{job.called}`", host.run) if part)


def _tell_plan(job: Job, host: Host, body: str, code: int) -> int:
    """Shows it; 1 where the reviewers would not see it."""
    host.show(body)
    if not job.comments:
        return code
    try:
        request = host.request()
        if request is not None:
            host.comment(request, job.marker("plan"), body)
    except ProvisionerError as error:
        host.failed(f"the plan is not in a comment: {error.message}", error.hint)
        return FAILED
    return code


def _tell(job: Job, host: Host, request: Request | None, body: str) -> None:
    """Shows how an apply ended; what cannot be shown is a warning."""
    host.show(body)
    if not job.comments or request is None:
        return
    try:
        host.comment(request, job.marker("apply"), body)
    except HostFailed as error:
        host.warn(f"how it ended is not in a comment: {error.message}", error.hint)
