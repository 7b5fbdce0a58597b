"""``provisioner init``: a first tenant folder that validates, from a blueprint.

Blueprints are data: a folder of manifests for each vendor that has one, and ``gitignore`` beside them.
"""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Mapping
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from provisioner.address import is_name
from provisioner.cli.context import Cli, pass_cli
from provisioner.cli.init_ci import (
    DSN_VARIABLE,
    STATE_FILE,
    Asked,
    HostName,
    Place,
    Variables,
    advice,
    included,
    name_of,
    state_block,
    to_migrate,
    workflow,
    workflow_file,
)
from provisioner.diagnostics import did_you_mean
from provisioner.errors import ManifestError, UsageError
from provisioner.state.backends import LOCAL, POSTGRES

if TYPE_CHECKING:
    from provisioner.plan.desired import Desired

_PLACEHOLDER = "TENANT"
_IGNORE = ".gitignore"


@click.command(epilog="Example: provisioner -C tenants/acme init --ci github --state postgres")
@click.option(
    "--vendor", metavar="NAME", help="Whose blueprint (manifests to start with) to copy; default: the first by name."
)
@click.option("--tenant", metavar="NAME", help="The tenant's name; default: that of the folder.")
@click.option(
    "--ci",
    type=click.Choice([host.value for host in HostName]),
    help="Also write the host's CI jobs: plan, apply what was reviewed, drift.",
)
@click.option(
    "--state",
    type=click.Choice([POSTGRES, LOCAL]),
    help="With --ci: where its jobs share the state; asked for on a terminal.",
)
@click.option("--dsn-env", metavar="NAME", help=f"With --state postgres: the variable of its DSN [{DSN_VARIABLE}].")
@click.option("--state-path", metavar="DIR", help="With --state local: the folder that every job finds.")
@click.option("--source", metavar="OWNER/REPO@REF", help="With --ci: where the host keeps this tool.")
@pass_cli
def init(
    settings: Cli,
    vendor: str | None,
    tenant: str | None,
    ci: str | None,
    state: str | None,
    dsn_env: str | None,
    state_path: str | None,
    source: str | None,
) -> None:
    """Start a tenant folder: manifests to edit, and a .gitignore.

    The folder is made if there is none. Nothing that exists is overwritten. With `--ci` in a folder that has manifests
    only what CI needs is added.
    """
    if ci is None:
        if any((state, dsn_env, state_path, source)):
            raise UsageError("`--state` and what goes with it say something about CI", hint="name its host: `--ci`")
        _write_all(settings.folder, _first_manifests(settings, vendor, tenant))
        _finish(settings.folder)
        click.echo("next: put in your own names and numbers, then run `provisioner validate`")
        return
    _with_ci(settings, vendor, tenant, Asked(HostName(ci), state, dsn_env, state_path, source))


def _first_manifests(settings: Cli, vendor: str | None, tenant: str | None) -> dict[Path, str]:
    """The blueprint's files with the tenant's name in them."""
    blueprint = _blueprint(vendor)
    name = _tenant_name(settings, tenant)
    texts = {item.name: item.read_text("utf-8").replace(_PLACEHOLDER, name) for item in _manifests(blueprint)}
    _refuse_to_overwrite(settings.folder, [*texts])
    return {settings.folder / file: text for file, text in texts.items()}


def _tenant_name(settings: Cli, tenant: str | None) -> str:
    name = tenant if tenant is not None else _name_of(settings.folder)
    if not is_name(name):
        raise UsageError(
            f"`{name}` cannot be a tenant's name", hint="small letters, digits, `-` and `_`, as in `acme`, up to 63"
        )
    return name


def _with_ci(settings: Cli, vendor: str | None, tenant: str | None, asked: Asked) -> None:
    """The state first, then the manifests where there are none, then the jobs; all refusals before the first file."""
    from provisioner.plan.desired import check
    from provisioner.vendors.loading import find_vendor, vendor_names

    folder = settings.folder
    there = _desired(settings)
    name = there.tenant if there else _tenant_name(settings, tenant)
    texts = {} if there else _first_manifests(settings, vendor, tenant)
    place = Place.of(folder)
    if there is None or not there.state:
        texts[folder / STATE_FILE] = state_block(asked, name)
        _refuse_to_overwrite(folder, [STATE_FILE])
    elif asked.state is not None:
        raise UsageError("the manifests say already where the state lives", hint="leave `--state` out, or edit that")
    jobs = name_of(name, settings.overlays)
    target = workflow_file(asked, place, jobs)
    _refuse_to_overwrite(place.top, [target.relative_to(place.top).as_posix()])
    _write_all(folder, texts)
    if there is None:
        _finish(folder)
    desired = check(folder, find_vendor, vendor_names=vendor_names, overlays=settings.overlays)
    variables = Variables.of(desired)
    include = included(asked, place)
    more = {target: workflow(asked, settings, place, jobs, variables), **(dict([include]) if include else {})}
    _write_all(place.top, more)
    for line in (
        *to_migrate(settings, desired),
        *advice(asked, place, jobs, variables, made_include=include is not None),
    ):
        click.echo(line)


def _desired(settings: Cli) -> Desired | None:
    """What the manifests in the folder want; None where it has none."""
    from provisioner.manifest.files import find
    from provisioner.plan.desired import check
    from provisioner.vendors.loading import find_vendor, vendor_names

    if not settings.folder.is_dir() or not find(settings.folder).sources:
        return None
    return check(settings.folder, find_vendor, vendor_names=vendor_names, overlays=settings.overlays)


def _write_all(folder: Path, texts: Mapping[Path, str]) -> None:
    _make(folder)
    for path, text in sorted(texts.items()):
        _make(path.parent)
        _write(path, text)
        click.echo(f"wrote {path}")


def _finish(folder: Path) -> None:
    _ignore(folder)
    _keep_schema(folder)


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
