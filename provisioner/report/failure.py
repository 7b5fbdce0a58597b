"""Why a command has no result, as diagnostics: the same for who reads text and for a program.

``code`` is the name of the error's class in ``errors.py``, in lower case (``lock_held``, ``plan_refused``, …), or
one of three words for what is none of those.
"""

from __future__ import annotations

import re
from typing import Final

from provisioner import errors
from provisioner.diagnostics import Diagnostic
from provisioner.errors import ManifestError, ProvisionerError, SecretMissing

SYSTEM: Final = "operating_system"
INTERRUPTED: Final = "interrupted"
FAULT: Final = "fault"


def failure(error: BaseException) -> Diagnostic:
    """The failure as a whole, without a place. The text of a bug is left out, since it may repeat values."""
    match error:
        case ProvisionerError():
            return Diagnostic(_code(type(error)), error.message, hint=error.hint)
        case OSError():
            return Diagnostic(SYSTEM, f"the operating system refuses: {error.strerror or error}")
        case KeyboardInterrupt():
            return Diagnostic(INTERRUPTED, "interrupted")
        case _:
            return Diagnostic(
                FAULT,
                f"a fault in provisioner itself: {type(error).__name__}",
                hint="run it again with `--log-level debug` and report what it prints, after a look for secrets in it",
            )


def problems(error: BaseException) -> tuple[Diagnostic, ...]:
    """What the failure consists of, each with its place; nothing where it is one thing."""
    return error.diagnostics if isinstance(error, ManifestError | SecretMissing) else ()


def codes() -> frozenset[str]:
    """Every code that a failure can have."""
    known = (kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, ProvisionerError))
    return frozenset({SYSTEM, INTERRUPTED, FAULT, *map(_code, known)})


def _code(kind: type[ProvisionerError]) -> str:
    """That of the nearest class which stands in ``errors.py``: what others derive from it is the same to a program."""
    name = next(one.__name__ for one in kind.__mro__ if one.__module__ == errors.__name__)
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower()
