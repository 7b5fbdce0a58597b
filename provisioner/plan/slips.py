"""Whether a ``removed`` or ``moved`` block names nothing, beside a deletion that it was probably meant to prevent.

Blocks that have done their work name nothing any more, so that this alone is no mistake.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Guesses, Severity
from provisioner.plan.desired import Named
from provisioner.plan.document import Action, Change
from provisioner.plan.scope import Scope


def slips(scope: Scope, changes: Iterable[Change]) -> Iterator[Diagnostic]:
    """A warning for each block that nothing matches while something with nearly its key is to be deleted."""
    going = sorted({change.address for change in changes if _deletes(change)})
    if not going or scope.destroy:
        return
    prior, guesses = scope.prior, Guesses()
    known = {*scope.wanted.instances, *prior.bound, *prior.unknown, *scope.moved.values()}
    for block in scope.wanted.named:
        if "*" in block.pattern.text or "?" in block.pattern.text or any(map(block.pattern.matches, known)):
            continue
        meant = _meant(block, going, guesses)
        if meant is not None:
            yield block.origin.problem(
                "names_nothing",
                f"`{block.section}` names `{block.pattern.text}`, which nothing has",
                (block.member,),
                hint=f"did you mean `{meant}`, which this plan deletes?",
                severity=Severity.WARNING,
            )


def _deletes(change: Change) -> bool:
    return Action.DELETE in (change.action, change.intent)


def _meant(block: Named, going: Iterable[Address], guesses: Guesses) -> Address | None:
    """Who is deleted and has nearly the key; the kinds that all begin alike would make any two addresses close."""
    pattern = block.pattern
    near = {
        address.key: address
        for address in going
        if address.kind == pattern.kind and pattern.connection in ("*", address.connection)
    }
    close = guesses.nearest(pattern.key, near)
    return near[close] if close is not None else None
