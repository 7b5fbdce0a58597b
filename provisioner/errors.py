"""What can go wrong, sorted by what can be done about it.

::

    ProvisionerError
    ├── ManifestError            diagnostics: every problem that was found, located
    ├── UsageError               the command line asked for something that cannot be
    ├── PlanRefused              a guard, a stale plan, a plan of another tenant or state
    ├── SecretMissing            references that did not resolve, all of them
    ├── StateError               the record cannot be read or written
    │   └── LockHeld             somebody else is writing: who, host, since, command
    └── VendorError              connection, call, status, the vendor's own words (redacted)
        ├── Unreachable          no connection, time-out before anything was sent: worth another try
        ├── RateLimited          429 beyond our patience; ``retry_after`` in seconds: worth another try
        ├── NotNow               the vendor is at something else and did nothing: worth another try
        ├── VendorFailed         5xx or an answer that makes no sense to a read: worth another try
        ├── Rejected             4xx: the same request will fail again
        ├── Unauthorized         401, 403: the same request will fail again
        ├── NotFound             404 or what the vendor says instead
        └── OutcomeUnknown       a change was sent and nobody can tell its effect: ask before trying again

``ci`` has one of its own, HostFailed: the repository's host could not be asked. Only ``cli`` and ``ci`` catch the whole
tree. Foreign exceptions are translated where they enter, with ``raise … from error``.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from provisioner.diagnostics import Diagnostic


class ProvisionerError(Exception):
    """A failure that a person can act on: a one-line message without a full stop, and maybe a hint."""

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint


_NOT_THERE = frozenset({"no_folder", "no_overlay"})
"""The problems of what the command line names and nobody finds: they say nothing of the manifests."""


class ManifestError(ProvisionerError):
    """The manifests cannot be used; ``diagnostics`` holds every problem found in one run."""

    def __init__(self, diagnostics: Sequence[Diagnostic]) -> None:
        count = sum(diagnostic.severity == "error" for diagnostic in diagnostics)
        unread = all(diagnostic.code in _NOT_THERE for diagnostic in diagnostics)
        found = f"{count} problem{'' if count == 1 else 's'} in the manifests"
        super().__init__("the manifests cannot be read" if unread and count else found)
        self.diagnostics = tuple(diagnostics)


class UsageError(ProvisionerError):
    """The command line asked for something that cannot be done."""


class PlanRefused(ProvisionerError):
    """A plan that must not be applied: a guard, a stale plan, another tenant's or state's plan."""


class SecretMissing(ProvisionerError):
    """Secret references that did not resolve; the message lists all of them, and no value.

    ``missing`` says for each reason (a variable that is not set, say) who wants it, by the names that the caller gave;
    ``diagnostics`` are the same with their places in the manifests, where they are known.
    """

    def __init__(
        self,
        message: str,
        *,
        hint: str | None = None,
        missing: Mapping[str, Sequence[str]] | None = None,
        diagnostics: Sequence[Diagnostic] = (),
    ) -> None:
        super().__init__(message, hint=hint)
        self.missing, self.diagnostics = dict(missing or {}), tuple(diagnostics)


class StateError(ProvisionerError):
    """The record of what is managed cannot be read or written."""


class LockHeld(StateError):
    """Somebody else is writing this state. ``tool`` is how a command line begins that means the same state."""

    def __init__(
        self, *, who: str, host: str, since: str, command: str, pid: int | None = None, tool: str = "provisioner"
    ) -> None:
        process = f", process {pid}" if pid is not None else ""
        super().__init__(
            f"the state is locked by {who} on {host}{process} since {since}: `{command}`",
            hint=f"wait for it with `--lock-timeout SECONDS`; if that process is gone, `{tool} state unlock`",
        )
        self.who, self.host, self.since, self.command, self.pid = who, host, since, command, pid


class VendorError(ProvisionerError):
    """A vendor's API did not do what was asked.

    ``connection`` is the manifest's name for the account, ``call`` what was attempted (``POST /agent``, no
    query), ``status`` the HTTP status if there was one, ``words`` the vendor's own words. Nothing in it is secret:
    whoever builds one redacts first.
    """

    def __init__(
        self,
        message: str,
        *,
        connection: str,
        call: str,
        status: int | None = None,
        words: str = "",
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.connection, self.call, self.status, self.words = connection, call, status, words


class Unreachable(VendorError):
    """Nothing was sent: refused, unknown host, TLS failure, time-out while connecting."""


class RateLimited(VendorError):
    """The vendor answered 429 and did nothing; it goes on doing so beyond our patience."""

    def __init__(self, message: str, *, retry_after: float | None = None, connection: str, call: str) -> None:
        super().__init__(message, connection=connection, call=call, status=429)
        self.retry_after = retry_after


class NotNow(VendorError):
    """The vendor is at something else, says so, and did nothing.

    ``pauses`` are the seconds to wait before each repetition, as many as the vendor's document advises.
    """

    def __init__(
        self,
        message: str,
        *,
        pauses: Sequence[float],
        connection: str,
        call: str,
        status: int | None = None,
        words: str = "",
        hint: str | None = None,
    ) -> None:
        super().__init__(message, connection=connection, call=call, status=status, words=words, hint=hint)
        self.pauses = tuple(pauses)


class VendorFailed(VendorError):
    """A read failed: 5xx, time-out, a cut or nonsensical answer. It proves neither presence nor absence."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One complaint of a vendor: our field's dotted path (or the vendor's word, or None), its type, its words."""

    path: str | None
    type: str
    description: str = ""


class Rejected(VendorError):
    """The vendor refused the request as it stands; ``faults`` are its complaints.

    ``taken`` names the fields whose unique value another entity holds.
    """

    def __init__(
        self,
        message: str,
        *,
        connection: str,
        call: str,
        status: int | None = None,
        words: str = "",
        hint: str | None = None,
        faults: Sequence[Fault] = (),
        taken: Sequence[str] = (),
    ) -> None:
        super().__init__(message, connection=connection, call=call, status=status, words=words, hint=hint)
        self.faults, self.taken = tuple(faults), tuple(taken)


class Unauthorized(VendorError):
    """401 or 403: the credentials are wrong or do not suffice."""


class NotFound(VendorError):
    """The vendor says that the item of a write does not exist."""


class OutcomeUnknown(VendorError):
    """A change was sent and its answer was lost or made no sense: it may have happened."""
