"""What a user is told when a run ends in an exception. It is imported only then, so that ``--help`` starts quickly."""

from __future__ import annotations

import traceback
from collections.abc import Sequence

import click

from provisioner.diagnostics import Diagnostic
from provisioner.errors import ManifestError, ProvisionerError, SecretMissing
from provisioner.report import diagnostics
from provisioner.report.escape import harmless


def tell(error: Exception, arguments: Sequence[str]) -> None:
    """Says on stderr what went wrong and what to do; ``arguments`` are the command line."""
    match error:
        case ManifestError() | SecretMissing():
            _diagnostics(error.diagnostics)
            _failed(error.message, error.hint)
        case ProvisionerError():
            _failed(error.message, error.hint)
        case OSError():
            _failed(f"the operating system refuses: {error.strerror or error}")
        case _:
            _fault(error, arguments)


def _diagnostics(found: Sequence[Diagnostic]) -> None:
    """Every problem with its place, whichever command came upon them."""
    if found:
        click.echo(diagnostics.text(found, color=False), err=True)


def _failed(message: str, hint: str | None = None) -> None:
    click.echo(f"error: {harmless(message)}", err=True)
    if hint:
        click.echo(f"hint: {harmless(hint)}", err=True)


def _fault(error: Exception, arguments: Sequence[str]) -> None:
    """A bug: its kind, and the traceback for who asks. Its text may repeat values, so it is shown only then."""
    if "debug" in arguments:
        traceback.print_exception(error)
    _failed(
        f"a fault in provisioner itself: {type(error).__name__}",
        "run it again with `--log-level debug` and report what it prints, after a look for secrets in it",
    )
