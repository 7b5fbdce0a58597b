"""What a plan says beside its changes: notices and problems found only now."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan import member_fields
from provisioner.plan.desired import Instance
from provisioner.plan.document import Action, Change, Record, Step
from provisioner.plan.group import LeftOut
from provisioner.plan.identity import Names
from provisioner.plan.members import target_of
from provisioner.plan.options import Options
from provisioner.plan.scope import Scope
from provisioner.values import Value, VendorId
from provisioner.vendors.fields import Mark
from provisioner.vendors.live import Live


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
    yield from scope.wanted.notices
    yield from sorted(notices, key=lambda item: item.message)
    dropped = {address: f"it refers to `{needs}`" for address, needs in scope.dropped.items()}
    dropped |= {address: left.why for address, left in left_out.items()}
    for address in sorted(dropped):
        text = f"`{address}` is left out too: {dropped[address]}, which is left out"
        yield _notice(scope, address, "left_out", text)
    yield from _altered(scope, changes)
    for record in recorded:
        if record.released:
            names = ", ".join(f"`{path}`" for path in record.released)
            text = f"`{record.address}`: {names} no longer declared; left as it stands"
            yield _notice(scope, record.address, "released", text)
        yield from _agreed(scope, record)


def _agreed(scope: Scope, record: Record) -> Iterable[Diagnostic]:
    """What others changed and is declared by now: the drift ends with an apply, which has nothing to send for it."""
    agreed = record.agreed.attributes.keys() if record.agreed else frozenset[str]()
    names = ", ".join(f"`{path}`" for path in sorted(agreed & scope.prior.bound[record.address].attributes.keys()))
    if names:
        text = f"`{record.address}`: {names} at the vendor as declared, though not by the last apply; apply records it"
        yield _notice(scope, record.address, "agreed", text)


def _altered(scope: Scope, changes: Iterable[Change]) -> Iterable[Diagnostic]:
    """What a vendor made of a value when it was sent: not applied for ever, and never called equal."""
    written = {(change.address, item.path) for change in changes for item in change.fields}
    for address in sorted(scope.desired.keys() & scope.prior.bound.keys()):
        if not scope.includes(address):
            continue
        for path, (sent, kept) in sorted(scope.prior.bound[address].learned.items()):
            if (address, path) not in written and scope.desired[address].attributes.get(path) == sent:
                text = f"`{address}`: `{path}` is declared as {sent!r}; when it was sent, the vendor kept {kept!r}"
                yield _notice(scope, address, "altered", text, path)


def without_state(scope: Scope, options: Options, changes: Iterable[Change]) -> Iterable[Diagnostic]:
    """That there is no state although the account holds what is declared: taken over, or lost and begun anew.

    Nothing for a first plan that only creates, and nothing where guard ``fresh_state`` says more.
    """
    adopts = any(change.action is Action.ADOPT for change in changes)
    if adopts and scope.prior.empty and not options.fresh_state:
        yield Diagnostic(
            "no_state",
            "there is no state yet: whatever is declared and found is adopted, and nothing is known to be deleted",
            hint="if there has been one, bring it back first: the whole folder from a backup, or the right `state:`",
            severity=Severity.NOTICE,
        )


def left_parked(scope: Scope, live: Live, changes: Iterable[Change]) -> Iterable[Diagnostic]:
    """Who is still on a temporary value of an apply that did not complete, and that this plan does not end."""
    ended = {(change.address, item.path) for change in changes for item in change.fields}
    for address in sorted(scope.prior.parked.keys() & scope.desired.keys() & scope.prior.bound.keys()):
        seen = live.seen(address.connection, address.kind)
        entity = seen.entity(scope.prior.bound[address].id) if seen is not None else None
        if entity is None or not scope.includes(address):
            continue
        for path, value in sorted(scope.prior.parked[address].items()):
            if entity.attributes.get(path) == value and (address, path) not in ended:
                yield _left_parked(scope, address, path, value)


def unseen(scope: Scope, live: Live, changes: Iterable[Change]) -> Iterable[Diagnostic]:
    """The declared fields of which a vendor's answer says nothing: not compared, and not called equal."""
    ids = _ids(scope, changes)
    for address in sorted(scope.desired.keys() & ids.keys()):
        seen = live.seen(address.connection, address.kind)
        entity = seen.entity(ids[address]) if seen is not None else None
        if entity is None or not entity.unseen or not scope.includes(address):
            continue
        for path in sorted(entity.unseen & scope.desired[address].attributes.keys()):
            text = f"`{address}`: the vendor's answer does not say what `{path}` is; it was not compared"
            yield _notice(scope, address, "unseen", text, path)


def _ids(scope: Scope, changes: Iterable[Change]) -> dict[Address, VendorId]:
    """The entity of each address that has one, or is given one by this plan."""
    ids = {address: bound.id for address, bound in scope.prior.bound.items()}
    return ids | {change.address: change.id for change in changes if change.id is not None}


def awaited(scope: Scope, live: Live, changes: Iterable[Change], names: Callable[[str], Names]) -> Iterable[Diagnostic]:
    """What is asked of members who are not in the list yet, so that no change says anything of it: it waits."""
    ids = _ids(scope, changes)
    for address in sorted(scope.desired.keys() & ids.keys()):
        instance = scope.desired[address]
        seen = live.seen(address.connection, address.kind) if instance.offer.member_paths else None
        entity = seen.entity(ids[address]) if seen is not None else None
        if entity is None or not scope.includes(address):
            continue
        waiting: dict[str, list[Value]] = {}
        for path, item in member_fields.awaited(instance, entity.attributes, names(address.connection)):
            waiting.setdefault(path, []).append(item)
        for path, items in sorted(waiting.items()):
            yield _notice(scope, address, "awaited", _waits(instance, path, items))


def _waits(instance: Instance, path: str, items: Sequence[Value]) -> str:
    above, _, name = path.rpartition("[].")
    spec = instance.offer.specs[path]
    who = ", ".join(f"`{str(target_of(item, spec.ref.kind if spec.ref else '')).partition('@')[0]}`" for item in items)
    them = "is" if len(items) == 1 else "are"
    where = "in the vendor's portal" if instance.offer.specs[above].has(Mark.READ_ONLY) else "by an apply"
    waits = f"`{name}` of {who} waits until {who} {them} put into `{above}` {where}"
    return f"`{instance.address}`: {waits}; then plan again"


def _left_parked(scope: Scope, address: Address, path: str, value: Value) -> Diagnostic:
    shown = "nothing" if value is None else f'"{value}"'
    text = f"`{address}`: `{path}` is {shown} for the moment; an apply put that there which did not complete"
    notice = _notice(scope, address, "left_parked", text, path)
    return replace(notice, hint=f"declare `{path}` to give it a lasting value")


def _notice(scope: Scope, address: Address, code: str, message: str, path: str = "") -> Diagnostic:
    """A notice about an address, at its declaration (or at the field there) if it has one."""
    instance = scope.wanted.instances.get(address)
    if instance is None:
        return Diagnostic(code, message, severity=Severity.NOTICE, address=str(address))
    return instance.problem(code, message, path, severity=Severity.NOTICE)


def _missing_for_create(scope: Scope, change: Change) -> Iterable[Diagnostic]:
    """What the vendor needs to create it and nobody declared; checked for the new half of a replace too."""
    creates = change.action is Action.CREATE or (change.action is Action.REPLACE and change.step is Step.CREATE)
    instance = scope.desired.get(change.address)
    if not creates or instance is None:
        return
    said = {**instance.offer.derived(instance.attributes), **instance.attributes}
    for path, spec in instance.offer.specs.items():
        if spec.has(Mark.CREATE_REQUIRED) and said.get(path) is None:
            yield instance.problem(
                "create_required",
                f"`{change.address}` must be created, and `{path}` is not declared",
                hint=f"declare `{path}`; {change.vendor} refuses to create it without",
            )
