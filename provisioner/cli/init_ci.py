"""What does ``init --ci`` write? Where CI jobs share the state, and the jobs of the tenant's host.

The jobs are data: ``workflows/HOST.yml`` with words in capitals where the tenant's own go. A job is handed the secrets
that it needs and no other: who may only plan is not given anybody's PIN.
"""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from provisioner import __version__
from provisioner.cli.context import Cli
from provisioner.errors import UsageError
from provisioner.secrets import BadReference, SecretRef, SecretSource, reference
from provisioner.state.backends import LOCAL, POSTGRES

if TYPE_CHECKING:
    from provisioner.plan.desired import Desired

STATE_FILE = "state.yaml"
DSN_VARIABLE = "PROVISIONER_STATE_DSN"
SOURCE = f"OWNER/provisioner@v{__version__}"
"""Where an organisation keeps this tool is not known before somebody says it."""

_SOURCE = re.compile(r"[\w.-]+(?:/[\w.-]+)+@[\w./-]+")
_GITLAB = ".gitlab-ci.yml"
_INCLUDE = "include:\n  - local: /.gitlab/provisioner-*.yml\n"


class HostName(StrEnum):
    """Whose CI it is."""

    GITHUB = "github"
    GITLAB = "gitlab"


@dataclass(frozen=True)
class Asked:
    """What the command line says about CI; what it leaves out is asked for on a terminal."""

    host: HostName
    state: str | None
    dsn_env: str | None
    state_path: str | None
    source: str | None

    def __post_init__(self) -> None:
        if self.source is not None and not _SOURCE.fullmatch(self.source):
            raise UsageError(
                f"`{self.source}` does not say where this tool is kept", hint="write it as `OWNER/provisioner@v1.0.0`"
            )


@dataclass(frozen=True)
class Place:
    """A tenant folder in its repository: the repository's top, and the folder as seen from there."""

    top: Path
    folder: str

    @staticmethod
    def of(folder: Path) -> Place:
        """Raises UsageError where the folder is in no repository."""
        real = Path(os.path.realpath(folder))
        for top in (real, *real.parents):
            if (top / ".git").exists():
                return Place(top, real.relative_to(top).as_posix())
        raise UsageError(
            f"`{folder}` is in no git repository, and a CI workflow stands at the top of one",
            hint="`git init` there first",
        )

    @property
    def glob(self) -> str:
        return "**" if self.folder == "." else f"{self.folder}/**"


def state_block(asked: Asked, tenant: str) -> str:
    """The manifest with the ``state:`` that was asked for. Raises UsageError where nobody can be asked."""
    terminal = sys.stdin.isatty()
    backend = asked.state
    if backend is None and terminal:
        click.echo("Jobs keep nothing on their machines: the state has to be where each of them finds it.", err=True)
        backend = click.prompt("Where", type=click.Choice([POSTGRES, LOCAL]), default=POSTGRES, err=True)
    if backend is None:
        raise UsageError(
            "where CI jobs share the state is not said, and there is no terminal to ask on",
            hint="`--state postgres`, or `--state local --state-path DIR` where all jobs run on one machine",
        )
    lines = _postgres(asked, tenant, terminal=terminal) if backend == POSTGRES else _local(asked, terminal=terminal)
    head = "# Where the record lives that all jobs share; without it everything would be made a second time.\n"
    return f"{head}state:\n  backend: {backend}\n{lines}"


def _postgres(asked: Asked, tenant: str, *, terminal: bool) -> str:
    name = asked.dsn_env
    if name is None and terminal:
        name = click.prompt("Variable that holds the database's address (DSN)", default=DSN_VARIABLE, err=True)
    try:
        reference({"from_env": name or DSN_VARIABLE})
    except BadReference as error:
        raise UsageError(f"`{name}` cannot be the name of a variable", hint=error.hint) from error
    return f"  dsn: {{from_env: {name or DSN_VARIABLE}}}\n  name: {tenant}\n"


def _local(asked: Asked, *, terminal: bool) -> str:
    path = asked.state_path
    if path is None and terminal:
        path = click.prompt("Folder that every job finds (an absolute path)", err=True)
    if path is None or not os.path.isabs(path):
        raise UsageError(
            "a local state that jobs share lies in a folder with an absolute path",
            hint="as in `--state-path /var/lib/provisioner/acme`, on the one machine that runs the jobs",
        )
    return f"  path: {json.dumps(path)}\n"


def workflow_file(asked: Asked, place: Place, name: str) -> Path:
    """Where the host looks for the jobs."""
    folder = Path(".github") / "workflows" if asked.host is HostName.GITHUB else Path(".gitlab")
    return place.top / folder / f"provisioner-{name}.yml"


def name_of(tenant: str, overlays: Iterable[Path]) -> str:
    """What tells this tenant's jobs from others': its name, and the overlays' where there are any."""
    words = [tenant, *(overlay.stem for overlay in overlays)]
    return re.sub(r"[^a-z0-9_-]+", "-", "-".join(words).lower()).strip("-")


@dataclass(frozen=True)
class Variables:
    """The variables that a job takes secrets from: one that reads the accounts, and one that changes them."""

    reading: tuple[str, ...]
    writing: tuple[str, ...]
    commands: int
    """How many secrets come from commands, which do not run in CI."""

    @staticmethod
    def of(desired: Desired) -> Variables:
        accounts = [ref for connected in desired.connections.values() for ref in connected.secrets.values()]
        accounts += _dsn(desired.state)
        own = [ref for instance in desired.instances.values() for ref in instance.secrets.values()]
        commands = {str(ref) for ref in (*accounts, *own) if ref.source is SecretSource.COMMAND}
        return Variables(_named(accounts), _named([*accounts, *own]), len(commands))


def _dsn(state: Mapping[str, Any]) -> list[SecretRef]:
    try:
        return [reference(state["dsn"])] if "dsn" in state else []
    except BadReference:
        return []  # `validate` complains of it


def _named(refs: Iterable[SecretRef]) -> tuple[str, ...]:
    return tuple(sorted({str(ref.argument) for ref in refs if ref.source is SecretSource.ENV}))


def workflow(asked: Asked, cli: Cli, place: Place, name: str, variables: Variables) -> str:
    """The jobs, with this tenant's words in them."""
    text = (files("provisioner.cli") / "workflows" / f"{asked.host}.yml").read_text("utf-8")
    source = asked.source or SOURCE
    project, _, ref = source.partition("@")
    words = {
        '"GLOB"': json.dumps(place.glob),
        "FOLDER": json.dumps(place.folder),
        "PROJECT": project,
        "REF": ref,
        "ACTION": source,
        "NAME": name,
    }
    if asked.host is HostName.GITHUB:
        words |= {"READING": _handed(variables.reading), "WRITING": _handed(variables.writing)}
        words["OVERLAYS\n"] = _overlays("          overlays: |\n", cli.overlays)
    else:
        words |= {"READING": _listed(variables.reading), "WRITING": _listed(variables.writing)}
        words["OVERLAYS\n"] = _overlays("    PROVISIONER_OVERLAYS: |\n", cli.overlays)
    pattern = "|".join(rf"\b{re.escape(word)}" if word[0].isalpha() else re.escape(word) for word in words)
    return re.sub(pattern, lambda match: words[match[0]], text)


def _handed(names: Iterable[str]) -> str:
    lines = [f"          {name}: ${{{{ secrets.{name} }}}}" for name in names]
    return "\n".join(lines) or "          {}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"


def _overlays(head: str, overlays: Iterable[Path]) -> str:
    """One a line, deeper than what they belong to."""
    indent = " " * (len(head) - len(head.lstrip()) + 2)
    lines = [f"{indent}{overlay.as_posix()}\n" for overlay in overlays]
    return f"{head}{''.join(lines)}" if lines else ""


def included(asked: Asked, place: Place) -> tuple[Path, str] | None:
    """The file that has GitLab read ours, where there is none yet."""
    path = place.top / _GITLAB
    return None if asked.host is not HostName.GITLAB or os.path.lexists(path) else (path, _INCLUDE)


def to_migrate(cli: Cli, desired: Desired) -> Iterable[str]:
    """That a record which is in the folder has to be moved to where the jobs look for it."""
    from provisioner.cli.tenant import DEFAULT_STATE, local_backend

    left = local_backend(cli.folder).load()
    elsewhere = desired.state.get("path") != DEFAULT_STATE
    if elsewhere and not (left.empty or left.moved):
        held = f"{len(left.bound)} resources from `{DEFAULT_STATE}`"
        yield f"next: `{cli.typed} state migrate` moves the record of {held}"


def advice(asked: Asked, place: Place, name: str, variables: Variables, *, made_include: bool) -> Iterable[str]:
    """What is left for a person to do at the host."""
    more = [variable for variable in variables.writing if variable not in variables.reading]
    if asked.host is HostName.GITHUB:
        yield f"next: set the repository's secrets {_listed(variables.reading)}"
        yield f"next: make environment `{name}`, for the main branch alone, with its secrets {_listed(more)}"
    else:
        yield "next: set the project's variables PROVISIONER_CI_TOKEN (masked) and PROVISIONER_PACKAGE"
        yield f"next: set masked ones for environment `{name}/plan`: {_listed(variables.reading)}"
        yield f"next: set masked and protected ones for environment `{name}`: {_listed(variables.writing)}"
        if not made_include:
            yield f"next: add to {place.top / _GITLAB}: {' '.join(_INCLUDE.split())}"
    if asked.source is None:
        yield f"next: `{SOURCE}` stands for where your organisation keeps this tool: put the right place in"
    if variables.commands:
        yield f"note: {variables.commands} of the secrets come from commands, which do not run in CI: use `from_env`"
