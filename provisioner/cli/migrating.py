"""What ``state migrate`` moves from where to where, and what it says at the end."""

from __future__ import annotations

from provisioner.cli.context import Cli
from provisioner.cli.tenant import DEFAULT_STATE, local_backend, open_place
from provisioner.errors import UsageError
from provisioner.state.backend import Backend
from provisioner.state.backends.local import LocalBackend
from provisioner.state.migrating import Migration, Moved


def ends(cli: Cli, from_path: str | None, to_path: str | None) -> tuple[Backend, Backend]:
    """The place that the record leaves, and where it goes; UsageError where they are one, or another tenant's."""
    if from_path is not None and to_path is not None:
        raise UsageError("say either `--from-path` or `--to-path`", hint="the other end is what `state:` names")
    place, tenant = open_place(cli)
    folder = local_backend(cli.folder, (to_path if to_path is not None else from_path) or DEFAULT_STATE)
    if isinstance(place, LocalBackend) and place.is_at(folder):
        raise UsageError(
            f"`{folder.location}` is the place that the manifests name",
            hint="name the new place under `state:` first, as in `state: {backend: postgres, …}`, and run it again",
        )
    source, target = (folder, place) if to_path is None else (place, folder)
    for backend in (source, target):
        other = backend.load().tenant
        if tenant and other and other != tenant:
            raise UsageError(
                f"the record in `{backend.location}` is that of tenant `{other}`, and the manifests are those of "
                f"`{tenant}`",
                hint="name the right folder with `-C` and `--from-path`",
            )
    return source, target


def told(ended: Migration, source: Backend, target: Backend) -> str:
    """Where the record is now, and what may be done with what is left."""
    count, serial = len(ended.document.bound), ended.document.serial
    history = f"{ended.lines} line{'' if ended.lines == 1 else 's'} of history"
    holds = f"{count} resource{'' if count == 1 else 's'}, serial {serial}, {history}"
    if ended.moved is Moved.BEFORE:
        return f"nothing to move: `{target.location}` holds the record already ({holds})"
    lines = [f"moved the record from `{source.location}` to `{target.location}`: {holds}"]
    if isinstance(target, LocalBackend):
        lines.append("the manifests must name it now: `state: {backend: local, path: …}`, or no `state:` at all")
    if isinstance(source, LocalBackend):
        lines.append(
            f"what is left in `{source.location}` is a copy that is used no more: delete it when you like "
            "(`schema.json`, which editors read, is written anew by `validate`)"
        )
    else:
        lines.append(f"what is left in `{source.location}` is a copy that is used no more")
    return "\n".join(lines)
