"""``provisioner init``: a first tenant folder that validates, from a blueprint.

Blueprints are data: a folder of manifests for each vendor that has one, and ``gitignore`` beside them.
"""

from __future__ import annotations

import contextlib
import os
import re
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

import click

from provisioner.address import is_name
from provisioner.cli.context import Cli, pass_cli
from provisioner.diagnostics import did_you_mean
from provisioner.errors import ManifestError, UsageError

_PLACEHOLDER = "TENANT"
_IGNORE = ".gitignore"


@click.command(epilog="Example: provisioner -C tenants/acme init")
@click.option(
    "--vendor", metavar="NAME", help="Whose blueprint (manifests to start with) to copy; default: the first by name."
)
@click.option("--tenant", metavar="NAME", help="The tenant's name; default: that of the folder.")
@pass_cli
def init(settings: Cli, vendor: str | None, tenant: str | None) -> None:
    """Start a tenant folder: manifests to edit, and a .gitignore.

    The folder is made if there is none. Nothing that exists is overwritten.
    """
    blueprint = _blueprint(vendor)
    name = tenant if tenant is not None else _name_of(settings.folder)
    if not is_name(name):
        raise UsageError(
            f"`{name}` cannot be a tenant's name", hint="small letters, digits, `-` and `_`, as in `acme`, up to 63"
        )
    texts = {item.name: item.read_text("utf-8").replace(_PLACEHOLDER, name) for item in _manifests(blueprint)}
    _refuse_to_overwrite(settings.folder, [*texts])
    _make(settings.folder)
    for file, text in sorted(texts.items()):
        _write(settings.folder / file, text)
        click.echo(f"wrote {settings.folder / file}")
    _ignore(settings.folder)
    _keep_schema(settings.folder)
    click.echo("next: put in your own names and numbers, then run `provisioner validate`")


def _make(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"`{folder}` cannot be made: {(error.strerror or 'error').lower()}") from error


def _keep_schema(folder: Path) -> None:
    """The schema that the manifests' first line names, for editors."""
    from provisioner.cli.manifest_schema import keep
    from provisioner.plan.desired import check
    from provisioner.vendors.loading import find_vendor

    with contextlib.suppress(ManifestError):  # other manifests in the folder may have problems: `validate` tells them
        keep(folder, check(folder, find_vendor))


def _blueprints() -> dict[str, Traversable]:
    folder = files("provisioner.cli") / "blueprints"
    return {item.name: item for item in sorted(folder.iterdir(), key=lambda item: item.name) if item.is_dir()}


def _blueprint(vendor: str | None) -> Traversable:
    known = _blueprints()
    name = vendor or next(iter(known))
    if name not in known:
        listed = ", ".join(f"`{other}`" for other in known)
        raise UsageError(
            f"there is no blueprint for a vendor `{name}`",
            hint=did_you_mean(name, known)
            or f"a blueprint is a first set of manifests, and there is one for {listed}; `provisioner export` writes "
            "those of an account that is there",
        )
    return known[name]


def _manifests(blueprint: Traversable) -> list[Traversable]:
    return [item for item in blueprint.iterdir() if item.name.endswith(".yaml")]


def _name_of(folder: Path) -> str:
    """A name made of the folder's own; ``tenant`` where that gives none."""
    word = re.sub(r"[^a-z0-9_-]+", "-", Path(os.path.abspath(folder)).name.lower()).strip("-_")[:63]
    return word or "tenant"


def _refuse_to_overwrite(folder: Path, names: list[str]) -> None:
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"`{folder}` is a file, and a tenant is a folder")
    there = sorted(name for name in names if os.path.lexists(folder / name))
    if there:
        raise UsageError(
            f"these files exist already and would be overwritten: {', '.join(f'`{name}`' for name in there)}",
            hint="name an empty folder with `-C FOLDER`, or move them away",
        )


def _write(path: Path, text: str) -> None:
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {(error.strerror or 'error').lower()}") from error


def _ignore(folder: Path) -> None:
    """A .gitignore, or advice on the one that is there."""
    wanted = (files("provisioner.cli") / "blueprints" / "gitignore").read_text("utf-8")
    path = folder / _IGNORE
    if not os.path.lexists(path):
        _write(path, wanted)
        click.echo(f"wrote {path}")
        return
    there = path.read_text("utf-8", errors="replace").splitlines()
    missing = [line for line in wanted.splitlines() if line not in there]
    if missing:
        click.echo(f"kept {path}; add to it: {' '.join(missing)}")
