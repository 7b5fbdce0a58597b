"""What an export wrote and what it could not, for people: first what is missing as a whole kind."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from provisioner.plan.exporting import Loss
from provisioner.report.escape import harmless


@dataclass(frozen=True)
class Exported:
    """How an export ended.

    ``counts`` are, by kind, how many were declared and how many deleted records were left out; ``absent`` kinds that
    the vendor cannot be asked for; ``missing`` why what was found is not all; ``partial`` why it may not be;
    ``variables`` how many secrets are named; ``files`` what the connection names and the new folder does not have.
    """

    connection: str
    folder: str
    counts: Mapping[str, tuple[int, int]]
    absent: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    variables: int = 0
    adopted: bool = False
    files: tuple[str, ...] = ()


def export_text(exported: Exported) -> str:
    """The report, in plain text, ending in a line break."""
    return "".join(f"{harmless(line)}\n" for line in _lines(exported))


def _lines(exported: Exported) -> Iterator[str]:
    for kind in exported.absent:
        yield f"Not exported: {kind}. The vendor has no call that reads them; declare each, then bind it:"
        yield f"  provisioner import {kind}.KEY@{exported.connection} ID"
    for why in exported.missing:
        yield f"Not all, which is why this ends with exit code 1: {why}"
    for why in exported.partial:
        yield f"Perhaps not all: {why}"
    nothing = not any(declared or deleted for declared, deleted in exported.counts.values())
    if nothing:
        yield "Nothing was found at all: the account is empty, or the connection's `url` leads somewhere else"
    if exported.absent or exported.missing or exported.partial or nothing:
        yield ""
    yield f"Exported `{exported.connection}` to {exported.folder}:"
    for kind, (declared, deleted) in exported.counts.items():
        left = f" ({deleted} deleted left out)" if deleted else ""
        yield f"  {kind}: {declared}{left}"
    yield from _losses(exported.losses)
    yield ""
    if exported.variables:
        plural = "s are" if exported.variables != 1 else " is"
        yield f"{exported.variables} secret{plural} named by variables; none is sent until it has to be."
    if exported.files:
        named = ", ".join(f"`{file}`" for file in exported.files)
        yield f"The connection names {named}, beside its manifests: put the same into {exported.folder}."
    done = "Adopted: bound in the new folder's state." if exported.adopted else "Nothing is bound yet."
    yield f"{done} Next: provisioner -C {exported.folder} plan"


def _losses(losses: tuple[Loss, ...]) -> Iterator[str]:
    if losses:
        yield ""
        yield f"Left out ({len(losses)}), which is why this ends with exit code 1:"
    for loss in losses:
        yield f"  {loss.kind}: {loss.what}: {loss.why}"
