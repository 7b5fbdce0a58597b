"""What a job needs of whoever hosts the repository: a place to comment, and the plan that was reviewed."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from provisioner.ci.job import Job
from provisioner.errors import ProvisionerError, UsageError


class HostFailed(ProvisionerError):
    """The host of the repository could not be asked, or refused."""


@dataclass(frozen=True)
class Request:
    """A pull request (GitLab: merge request): its number, and the commit that was reviewed.

    ``forked``: it came from another repository, and the host may have run what that describes as jobs of this one.
    """

    number: int
    head: str
    forked: bool = False


class Host(Protocol):
    """GitHub or GitLab, as one job sees it."""

    limit: int
    """As many characters as a comment may have."""

    validation: tuple[str, ...]
    """What has ``validate`` mark the wrong lines where the host can show them."""

    @property
    def run(self) -> str:
        """This run, as Markdown: a link, or nothing where the host does not say."""
        ...

    def untrusted(self) -> str | None:
        """Why this job was given no secrets; None where it has them."""
        ...

    def request(self) -> Request | None:
        """The pull request that this job is about: open on a plan, merged on an apply; None where there is none.

        Raises HostFailed.
        """
        ...

    def reviewed(self, job: Job) -> bytes:
        """The plan that the last plan job kept for what was merged. Raises PlanRefused where there is none."""
        ...

    def comment(self, request: Request, marker: str, body: str) -> None:
        """Puts ``body``, which begins with ``marker``, in the place of our comment with that marker, or adds it.

        Somebody else's comment is never taken for ours, whatever it begins with. Raises HostFailed.
        """
        ...

    def issue(self, marker: str, title: str, body: str | None) -> None:
        """Keeps one open issue with the marker; a body of None closes it. Raises HostFailed."""
        ...

    def kept(self, job: Job) -> None:
        """Tells the host which plan to keep as the job's artefact."""
        ...

    def show(self, markdown: str) -> None:
        """Shows Markdown beside the job's log, where the host has such a place."""
        ...

    def failed(self, message: str, hint: str | None) -> None:
        """Tells what made the job fail."""
        ...

    def warn(self, message: str, hint: str | None) -> None:
        """Tells what went wrong beside it."""
        ...

    def quoting(self) -> AbstractContextManager[None]:
        """As long as it is open, nothing that is printed is a command to the host."""
        ...


def variable(environ: Mapping[str, str], name: str, sets_it: str) -> str:
    """A variable that every job of the host has; raises UsageError where it is not set. ``sets_it`` is who does."""
    value = environ.get(name, "")
    if not value:
        raise UsageError(f"`{name}` is not set", hint=f"{sets_it} sets it: is this a job of it?")
    return value
