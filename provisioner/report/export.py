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
    the vendor cannot be asked for; ``partial`` why what was found may not be all; ``variables`` how many secrets are
    named. ``has_files``: the connection names files that the new folder does not have.
    """

    connection: str
    folder: str
    counts: Mapping[str, tuple[int, int]]
    absent: tuple[str, ...] = ()
    partial: tuple[str, ...] = ()
    losses: tuple[Loss, ...] = ()
    variables: int = 0
    adopted: bool = False
    has_files: bool = False


def export_text(exported: Exported) -> str:
    """The report, in plain text, ending in a line break."""
    return "".join(f"{harmless(line)}\n" for line in _lines(exported))


def _lines(exported: Exported) -> Iterator[str]:
    for kind in exported.absent:
        yield f"Not exported: {kind}. The vendor has no call that reads them; declare each, then bind it:"
        yield f"  provisioner import {kind}.KEY@{exported.connection} ID"
    for why in exported.partial:
        yield f"Perhaps not all: {why}"
    if exported.absent or exported.partial:
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
    if exported.has_files:
        yield "The connection names a file (`from_file`, `ca_file`): put it into the new folder, too."
    done = "Adopted: bound in the new folder's state." if exported.adopted else "Nothing is bound yet."
    yield f"{done} Next: provisioner -C {exported.folder} plan"


def _losses(losses: tuple[Loss, ...]) -> Iterator[str]:
    if losses:
        yield ""
        yield f"Left out ({len(losses)}), which is why this ends with exit code 1:"
    for loss in losses:
        yield f"  {loss.kind}: {loss.what}: {loss.why}"
