"""Secrets: references in manifests, values that never show themselves, and how the one becomes the other.

No message of this file repeats a value, what a command printed, or what stood where a reference belongs.
"""

from __future__ import annotations

import os
import re
import stat
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from provisioner.diagnostics import did_you_mean
from provisioner.errors import SecretMissing

HOW_TO_WRITE = "{from_env: NAME}, {from_file: path} or {from_command: [program, argument]}"
"""The forms of a reference, for messages."""


class Secret:
    """A secret value: neither ``str`` nor ``repr`` nor a traceback's locals show it; ``reveal()`` gives it."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """The value itself, for the one place that sends it."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(…)"

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash(Secret)


class SecretSource(StrEnum):
    """Where a secret is fetched from; the words that manifests use."""

    ENV = "from_env"
    FILE = "from_file"
    COMMAND = "from_command"


@dataclass(frozen=True, slots=True)
class SecretRef:
    """How to get a secret, and which version of it is meant.

    ``argument`` is the variable's name, the path as written, or the command's words. Raising ``version`` is how a
    manifest says that the secret was rotated.
    """

    source: SecretSource
    argument: str | tuple[str, ...]
    version: int = 1

    def __str__(self) -> str:
        shown = self.argument if isinstance(self.argument, str) else " ".join(self.argument)
        return f"{self.source} {shown}"


class BadReference(ValueError):
    """What stands where a secret reference belongs is none; the message never repeats what stands there."""

    def __init__(self, code: str, message: str, *, at: str | None = None, hint: str | None = None) -> None:
        super().__init__(message)
        self.code, self.message, self.at, self.hint = code, message, at, hint


_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SOURCES = tuple(source.value for source in SecretSource)


def reference(written: object) -> SecretRef:
    """The reference that a manifest writes; raises BadReference for a literal and for a malformed one."""
    if not isinstance(written, Mapping):
        raise BadReference(
            "literal_secret",
            "a secret is never written into a manifest",
            hint="write where to get it, as in `{from_env: NAME}`; if this one was real, change it: it was in a file",
        )
    sources = [key for key in written if key in _SOURCES]
    if any(key not in _SOURCES and key != "version" for key in written) or not sources:
        raise BadReference("secret_form", "this is no reference to a secret", hint=_meant(written))
    if len(sources) > 1:
        raise BadReference(
            "secret_form", "a secret comes from one place, and this names several", hint="keep one of them"
        )
    version = written.get("version", 1)
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        raise BadReference("secret_form", "the version of a secret is a number from 1 up", at="version")
    source = SecretSource(sources[0])
    return SecretRef(source, _argument(source, written[source.value]), version)


def _meant(written: Mapping[object, object]) -> str:
    """What to write for a map that names no source, or something beside it."""
    strange = [key for key in written if isinstance(key, str) and key not in (*_SOURCES, "version")]
    guess = did_you_mean(strange[0], _SOURCES) if len(strange) == 1 else None
    return guess or "write `{from_env: NAME}`, with the name of a variable"


def _argument(source: SecretSource, written: object) -> str | tuple[str, ...]:
    match source:
        case SecretSource.ENV if isinstance(written, str) and _VARIABLE.fullmatch(written):
            return written
        case SecretSource.FILE if isinstance(written, str) and written.strip() and "\0" not in written:
            return written
        case SecretSource.COMMAND if isinstance(written, list) and written and _are_words(written):
            return tuple(written)
    forms = {
        SecretSource.ENV: "the name of an environment variable: letters, digits and `_`, as in `JANE_PIN`",
        SecretSource.FILE: "a path, from the tenant's folder on",
        SecretSource.COMMAND: "a list of a program and its arguments, each of them text: `[pass, show, jane]`",
    }
    raise BadReference("secret_form", f"`{source}` takes {forms[source]}", at=source.value)


def _are_words(written: list[object]) -> bool:
    return all(isinstance(word, str) and "\0" not in word for word in written) and bool(written[0])


# --- From references to values ------------------------------------------------------------------------------------

FOLDERS_VARIABLE = "PROVISIONER_SECRET_DIRS"
"""Folders outside the tenant's from which ``from_file`` may read, separated as in ``PATH``."""

COMMANDS_VARIABLE = "PROVISIONER_ALLOW_COMMANDS"
"""``1`` lets ``from_command`` run, as ``--allow-commands`` does."""

MOST_BYTES = 65_536
"""What a secret may measure; anything longer is the wrong file."""


class _Missing(Exception):
    """Why one reference gave nothing."""


def resolve(
    refs: Mapping[str, SecretRef],
    *,
    folder: Path,
    environ: Mapping[str, str],
    allow_commands: bool = False,
    timeout: float = 30.0,
) -> dict[str, Secret]:
    """The value behind each reference, by the same names.

    One trailing line end is taken off what a file or a command gives. A reference that several names share is fetched
    once. ``timeout`` is how many seconds a command may take; commands run in ``folder``, without a shell, with
    ``environ`` and no input. Raises SecretMissing with every reference that gave nothing.
    """
    fetcher = _Fetcher(folder, environ, allow_commands or environ.get(COMMANDS_VARIABLE) == "1", timeout)
    fetched: dict[tuple[SecretSource, str | tuple[str, ...]], Secret] = {}
    missing: dict[str, list[str]] = {}
    for name in sorted(refs):
        ref = refs[name]
        try:
            if (ref.source, ref.argument) not in fetched:
                fetched[ref.source, ref.argument] = fetcher.fetch(ref)
        except _Missing as error:
            missing.setdefault(str(error), []).append(name)
    if missing:
        raise _all_missing(missing)
    return {name: fetched[ref.source, ref.argument] for name, ref in refs.items()}


def _all_missing(missing: Mapping[str, list[str]]) -> SecretMissing:
    told = [f"{why} (for {', '.join(f'`{name}`' for name in names)})" for why, names in missing.items()]
    count = len(told)
    return SecretMissing(
        f"{count} secret{'' if count == 1 else 's'} missing: " + "; ".join(told),
        hint="set what is missing and run again; nothing was sent",
        missing=missing,
    )


@dataclass(frozen=True)
class _Fetcher:
    folder: Path
    environ: Mapping[str, str]
    commands_allowed: bool
    timeout: float

    def fetch(self, ref: SecretRef) -> Secret:
        """The value; raises _Missing with the reason."""
        match ref.source, ref.argument:
            case SecretSource.ENV, str() as name:
                return self._variable(name)
            case SecretSource.FILE, str() as path:
                return self._file(path)
            case SecretSource.COMMAND, tuple() as words:
                return self._command(words)
        raise AssertionError(f"{ref.source} with {type(ref.argument).__name__}")

    def _variable(self, name: str) -> Secret:
        value = self.environ.get(name)
        if value is None:
            raise _Missing(f"the variable `{name}` is not set")
        if not value:
            raise _Missing(f"the variable `{name}` is empty")
        return Secret(value)

    def _file(self, written: str) -> Secret:
        real = os.path.realpath(self.folder / written)
        if not self._may_read(real):
            raise _Missing(
                f"the file `{written}` lies outside the tenant's folder and outside the folders in `{FOLDERS_VARIABLE}`"
            )
        try:
            if not stat.S_ISREG(os.stat(real).st_mode):
                raise _Missing(f"`{written}` is no ordinary file")
            with open(real, "rb") as file:
                data = file.read(MOST_BYTES + 1)
        except OSError as error:
            raise _Missing(f"the file `{written}` cannot be read: {(error.strerror or 'error').lower()}") from None
        return _text(data, f"the file `{written}`")

    def _may_read(self, real: str) -> bool:
        listed = self.environ.get(FOLDERS_VARIABLE, "").split(os.pathsep)
        folders = [self.folder, *(Path(folder) for folder in listed if os.path.isabs(folder))]
        roots = [os.path.realpath(folder) for folder in folders]
        return any(os.path.commonpath((real, root)) == root for root in roots)

    def _command(self, words: tuple[str, ...]) -> Secret:
        shown = f"the command `{words[0]}`"
        if not self.commands_allowed:
            raise _Missing(f"{shown} may not run without `--allow-commands` or `{COMMANDS_VARIABLE}=1`")
        try:
            done = subprocess.run(  # noqa: S603 (no shell, and the user has allowed the manifest's commands)
                words,
                cwd=self.folder,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.timeout,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise _Missing(f"{shown} took longer than {self.timeout:g} seconds") from None
        except (OSError, ValueError) as error:
            reason = getattr(error, "strerror", None) or "it cannot be started"
            raise _Missing(f"{shown} could not run: {reason.lower()}") from None
        if done.returncode != 0:
            raise _Missing(f"{shown} failed with status {done.returncode}")
        return _text(done.stdout, f"what {shown} printed")


def _text(data: bytes, what: str) -> Secret:
    """The text without one trailing line end; ``what`` names the place, never the content."""
    if len(data) > MOST_BYTES:
        raise _Missing(f"{what} is longer than {MOST_BYTES} bytes")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise _Missing(f"{what} is not UTF-8 text") from None
    text = text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
    if not text:
        raise _Missing(f"{what} is empty")
    return Secret(text)
