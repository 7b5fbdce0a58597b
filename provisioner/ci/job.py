"""Which tenant is a job about, and how does it call the tool?"""

from __future__ import annotations

import hashlib
import re
import shlex
from dataclasses import dataclass
from pathlib import Path

from provisioner.errors import UsageError

COMMANDS_OPTION = "--allow-commands"


@dataclass(frozen=True)
class Job:
    """One run of a job. ``folder`` and ``overlays`` are as ``-C`` and ``-f`` take them.

    ``arguments`` go to the command, ``plan`` is where its plan lies, ``lock_timeout`` is in seconds.
    """

    folder: str
    overlays: tuple[str, ...]
    arguments: tuple[str, ...]
    plan: Path
    lock_timeout: float
    comments: bool

    def __post_init__(self) -> None:
        if any(word.partition("=")[0] == COMMANDS_OPTION for word in self.arguments):
            raise UsageError(
                f"`{COMMANDS_OPTION}` is off in CI: a pull request could have any command run",
                hint="hand the secret to the job as a variable, and write `{from_env: NAME}`",
            )

    @property
    def name(self) -> str:
        """Tells this tenant and these overlays from others in the repository; fit for a file's name."""
        spelled = "\n".join([self.folder, *self.overlays])
        word = re.sub(r"[^a-z0-9]+", "-", spelled.lower()).strip("-")[-40:].strip("-") or "tenant"
        return f"{word}-{hashlib.sha256(spelled.encode()).hexdigest()[:8]}"

    @property
    def called(self) -> str:
        """The tenant's folder and the overlays, for people."""
        return " ".join([self.folder, *self.overlays]).replace("`", "'")

    @property
    def artifact(self) -> str:
        """What the host calls the plan that a job keeps."""
        return f"provisioner-plan-{self.name}"

    def marker(self, what: str) -> str:
        """The hidden line by which the next run finds its comment again.

        Not the tool's own marker: one tenant with two overlays has two comments, and a comment is also brought up to
        date where there is no plan to name a tenant.
        """
        return f"<!-- provisioner ci: {what} {self.name} -->"

    @property
    def typed(self) -> str:
        """How a command line begins that means the same tenant."""
        return shlex.join(["provisioner", *self.before()])

    def before(self) -> list[str]:
        """What stands before a command's name."""
        return ["-C", self.folder, *(word for overlay in self.overlays for word in ("-f", overlay))]

    def waiting(self) -> list[str]:
        """The option of every command that may have to wait for another run."""
        return ["--lock-timeout", f"{self.lock_timeout:g}"]
