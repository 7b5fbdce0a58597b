"""What a plan says beside its changes: notices, problems found only now, and what state learns without a call."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan.desired import Instance
from provisioner.plan.document import Action, Change, Record, Step
from provisioner.plan.group import LeftOut
from provisioner.plan.scope import Scope
from provisioner.state.document import Bound
from provisioner.vendors.base import Mark


def diagnostics(
    scope: Scope,
    changes: Iterable[Change],
    recorded: Sequence[Record],
    left_out: Mapping[Address, LeftOut],
    notices: Iterable[Diagnostic],
) -> Iterable[Diagnostic]:
    """Everything to say, in order: what lacks a field to be created first, by place."""
    missing = [item for change in changes for item in _missing_for_create(scope, change)]
    yield from sorted(
        missing, key=lambda item: (item.position is None, item.position, item.address or "", item.message)
    )
    yield from sorted(notices, key=lambda item: item.message)
    dropped = {address: f"it refers to `{needs}`" for address, needs in scope.dropped.items()}
    dropped |= {address: left.why for address, left in left_out.items()}
    for address in sorted(dropped):
        yield _notice("left_out", f"`{address}` is left out too: {dropped[address]}, which is left out", address)
    yield from _altered(scope, changes)
    for record in recorded:
        if record.released:
            names = ", ".join(f"`{path}`" for path in record.released)
            yield _notice(
                "released", f"`{record.address}`: {names} no longer declared; left as it stands", record.address
            )


def _altered(scope: Scope, changes: Iterable[Change]) -> Iterable[Diagnostic]:
    """What a vendor made of a value when it was sent: not applied for ever, and never called equal."""
    written = {(change.address, item.path) for change in changes for item in change.fields}
    for address in sorted(scope.desired.keys() & scope.prior.bound.keys()):
        if not scope.includes(address):
            continue
        for path, (sent, kept) in sorted(scope.prior.bound[address].learned.items()):
            if (address, path) not in written and scope.desired[address].attributes.get(path) == sent:
                text = f"`{address}`: `{path}` is declared as {sent!r}; when it was sent, the vendor kept {kept!r}"
                yield _notice("altered", text, address)


def _notice(code: str, message: str, address: Address) -> Diagnostic:
    return Diagnostic(code, message, severity=Severity.NOTICE, address=str(address))


def _missing_for_create(scope: Scope, change: Change) -> Iterable[Diagnostic]:
    """What the vendor needs to create it and nobody declared; checked for the new half of a replace too."""
    creates = change.action is Action.CREATE or (change.action is Action.REPLACE and change.step is Step.CREATE)
    instance = scope.desired.get(change.address)
    if not creates or instance is None:
        return
    for path, spec in instance.offer.specs.items():
        if spec.has(Mark.CREATE_REQUIRED) and instance.attributes.get(path) is None:
            yield instance.problem(
                "create_required",
                f"`{change.address}` must be created, and `{path}` is not declared",
                hint=f"declare `{path}`; {change.vendor} refuses to create it without",
            )


def records(scope: Scope) -> Iterable[Record]:
    """What state must learn of unchanged or changed addresses without a call; the account of a moved one included."""
    for address in sorted(scope.desired.keys() & scope.prior.bound.keys()):
        if not scope.includes(address):
            continue
        instance, bound = scope.desired[address], scope.prior.bound[address]
        released = tuple(sorted(_released(instance, bound)))
        protected = bound.prevent_destroy if instance.prevent_destroy is None else instance.prevent_destroy
        moved = scope.wanted.connections[address.connection].account != bound.account
        if released or moved or protected != bound.prevent_destroy or instance.file != bound.file:
            yield Record(address, released, protected, instance.file)


def _released(instance: Instance, bound: Bound) -> Iterable[str]:
    """The fields that were applied and are no longer declared, neither themselves nor within or around another."""
    if not instance.offer.readable:
        return
    for path in (bound.attributes.keys() | bound.secrets.keys()) - instance.attributes.keys() - instance.ignore:
        related = any(other.startswith(f"{path}.") or path.startswith(f"{other}.") for other in instance.attributes)
        if path in instance.offer.specs and not related:
            yield path
