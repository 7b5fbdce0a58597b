"""Which files of a tenant folder are manifests, and their text.

Every ``*.yaml`` and ``*.yml`` below the folder, except hidden files and folders, a top-level ``overlays/``, what
``.provisionerignore`` names, and the files named by ``-f``. Links may lead to places inside the folder; each file is
read once, whatever leads to it.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from provisioner.diagnostics import Diagnostic, Position
from provisioner.manifest.ignoring import IGNORE_FILE, Ignored, ignored
from provisioner.manifest.source import Source, Span

SUFFIXES = (".yaml", ".yml")
OVERLAYS = "overlays"


@dataclass
class Found:
    """The manifests of a folder, sorted by path, the overlays as they were named, and what could not be used."""

    sources: list[Source] = field(default_factory=list)
    overlays: list[Source] = field(default_factory=list)
    problems: list[Diagnostic] = field(default_factory=list)


def find(
    folder: Path,
    secret_names: Callable[[], Collection[str]] = tuple,
    *,
    overlays: Sequence[Path] = (),
    everything: bool = False,
) -> Found:
    """Every manifest below ``folder``, read; paths are relative to it, with ``/``.

    So are those of ``overlays``, which may lie anywhere. With ``everything`` the folder ``overlays/`` is read like any
    other, as for a change of layout.
    """
    found = Found()
    root = Path(os.path.realpath(folder))
    if not root.is_dir():
        found.problems.append(
            Diagnostic(
                "no_folder",
                f"there is no folder `{folder}`",
                hint="name the tenant's folder with `-C FOLDER`, or make one with `provisioner init`",
            )
        )
        return found
    named = {os.path.realpath(root / path) for path in overlays}
    walk = _Walk(root, named, _ignored(root, found.problems), None if everything else OVERLAYS)
    paths = sorted(walk.manifests())
    found.problems += walk.problems
    _keep(found.sources, found.problems, (_read(root / path, path, secret_names) for path in paths))
    _keep(found.overlays, found.problems, (_overlay(root, path, secret_names) for path in overlays))
    if not paths and not walk.problems:
        found.problems.append(
            Diagnostic(
                "no_manifests",
                f"there is no `*.yaml` or `*.yml` file in `{folder}` or below it",
                hint="`provisioner init` makes a first one; `-C FOLDER` names another folder",
            )
        )
    return found


def _keep(good: list[Source], problems: list[Diagnostic], read: Iterator[Source | Diagnostic]) -> None:
    for item in read:
        if isinstance(item, Source):
            good.append(item)
        else:
            problems.append(item)


def _ignored(root: Path, problems: list[Diagnostic]) -> Ignored:
    """What ``.provisionerignore`` leaves out; nothing where there is none."""
    path = root / IGNORE_FILE
    if not path.exists():
        return Ignored()
    source = _read(path, IGNORE_FILE, tuple)
    if isinstance(source, Diagnostic):
        problems.append(source)
        return Ignored()
    return ignored(source, problems)


def is_ignored(folder: Path, path: str) -> bool:
    """True for a path below the folder, with ``/``, that ``.provisionerignore`` leaves out, or a folder above it."""
    rules = _ignored(folder, [])
    parts = path.split("/")
    above = ["/".join(parts[:length]) for length in range(1, len(parts))]
    return rules.matches(path, folder=False) or any(rules.matches(name, folder=True) for name in above)


def _overlay(root: Path, path: Path, secret_names: Callable[[], Collection[str]]) -> Source | Diagnostic:
    if (root / path).is_file():
        return _read(root / path, os.path.relpath(root / path, root).replace(os.sep, "/"), secret_names)
    if (root / path).is_dir():
        return _no_file(root, path)
    elsewhere = path.is_file()
    return Diagnostic(
        "no_overlay",
        f"there is no file `{path}`, which `-f` names",
        hint="`-f` is relative to the tenant's folder" + (", and there is one here" if elsewhere else ""),
    )


def _no_file(root: Path, path: Path) -> Diagnostic:
    """The complaint about a folder in the place of a file, with the files that are in it."""
    try:
        inside = sorted(name for name in os.listdir(root / path) if name.endswith(SUFFIXES))
    except OSError:
        inside = []
    some = " or ".join(f"`-f {path / name}`" for name in inside[:3])
    return Diagnostic(
        "no_overlay",
        f"`{path}` is a folder, and `-f` names a file",
        hint=f"write {some}" if some else "there is no `*.yaml` or `*.yml` file in it",
    )


class _Walk:
    """One walk through a folder. Links are followed last, and only to what was not found without them.

    ``seen`` are real paths that are not to be read again; ``unread`` is a folder at the top that is not read.
    """

    def __init__(self, root: Path, seen: Collection[str], ignored: Ignored, unread: str | None) -> None:
        self._root = root
        self._seen: set[str] = {str(root), *seen}
        self._ignored = ignored
        self._unread = unread
        self._links: list[str] = []
        self.problems: list[Diagnostic] = []

    def manifests(self) -> Iterator[str]:
        """Relative paths, in no order."""
        yield from self._folder("")
        while self._links:
            relative = self._links.pop(0)
            yield from self._link(relative)

    def _folder(self, relative: str) -> Iterator[str]:
        try:
            with os.scandir(self._root / relative) as listing:
                entries = sorted(listing, key=lambda entry: entry.name)
        except OSError as error:
            self._problem("unreadable", relative or ".", f"this folder cannot be read: {_reason(error)}")
            return
        for entry in entries:
            path = f"{relative}/{entry.name}" if relative else entry.name
            if entry.name.startswith(".") or path == self._unread or self._is_ignored(path, entry):
                continue
            if entry.is_symlink():
                self._links.append(path)
            elif entry.is_dir(follow_symlinks=False):
                if self._first_time(os.path.realpath(entry.path)):
                    yield from self._folder(path)
            elif entry.name.endswith(SUFFIXES) and self._first_time(os.path.realpath(entry.path)):
                yield path

    def _is_ignored(self, path: str, entry: os.DirEntry[str]) -> bool:
        return bool(self._ignored.rules) and self._ignored.matches(path, folder=os.path.isdir(entry.path))

    def _link(self, relative: str) -> Iterator[str]:
        target = os.path.realpath(self._root / relative)
        is_folder = os.path.isdir(target)
        if not is_folder and not relative.endswith(SUFFIXES):
            return
        if not is_inside(target, self._root):
            self._problem(
                "link_outside",
                relative,
                "this link leads out of the tenant's folder",
                hint="copy what it leads to into the folder: a tenant is what its folder holds",
            )
        elif not os.path.lexists(target) or os.path.islink(target):
            self._problem("unreadable", relative, "this link leads nowhere")
        elif self._first_time(target):
            yield from self._folder(relative) if is_folder else (relative,)

    def _first_time(self, real: str) -> bool:
        if real in self._seen:
            return False
        self._seen.add(real)
        return True

    def _problem(self, code: str, relative: str, message: str, hint: str | None = None) -> None:
        self.problems.append(Diagnostic(code, message, Position(relative, 1, 1), hint=hint))


def is_inside(path: str, folder: Path) -> bool:
    """True for a real path at or below a real folder."""
    return os.path.commonpath((path, folder)) == str(folder)


def _read(path: Path, relative: str, secret_names: Callable[[], Collection[str]]) -> Source | Diagnostic:
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return Diagnostic("unreadable", "this is no ordinary file", Position(relative, 1, 1))
        data = path.read_bytes()
    except OSError as error:
        return Diagnostic("unreadable", f"this file cannot be read: {_reason(error)}", Position(relative, 1, 1))
    return decode(data, relative, secret_names)


def decode(data: bytes, relative: str, secret_names: Callable[[], Collection[str]] = tuple) -> Source | Diagnostic:
    """The file's text without a byte order mark, or the place of the first byte that is not UTF-8."""
    try:
        return Source(relative, data.decode("utf-8-sig"), secret_names)
    except UnicodeDecodeError as error:
        start = error.start
    good = Source(relative, data[:start].decode("utf-8-sig") + "?", secret_names)
    utf16 = data.startswith((b"\xff\xfe", b"\xfe\xff"))
    return good.problem(
        "not_utf8",
        f"the byte 0x{data[start]:02X} is not UTF-8",
        Span(len(good.text) - 1, len(good.text)),
        hint="the file is UTF-16: save it as UTF-8" if utf16 else "save the file as UTF-8",
    )


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
