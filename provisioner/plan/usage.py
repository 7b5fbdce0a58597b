"""The guards that look at how the vendors' accounts are used right now: ``capacity`` and ``busy``.

They need answers that most plans do not: a plan is made first, ``usage_wanted`` says what it wants to know, and
``guarded`` holds it against what was answered. Only what disturbs somebody is asked about, and only where a licence
could be passed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan.document import Action, Change, Plan, Step, Trip
from provisioner.plan.guards import Allowance, judged
from provisioner.values import VendorId
from provisioner.vendors.base import Offer
from provisioner.vendors.usage import Licence, Usage, UsageWant

OfferOf = Callable[[str, str], "Offer | None"]
"""What the connection's vendor offers for a kind; None where there is none."""


def disturbs(change: Change, offer: Offer) -> bool:
    """True where whoever uses the entity would notice, and the vendor can tell whether somebody does.

    A secret that is only sent again, because the vendor would blank it, changes nothing.
    """
    if offer.use is None or change.id is None:
        return False
    match change.action:
        case Action.DELETE:
            return True
        case Action.REPLACE:
            return change.step is not Step.CREATE
        case Action.UPDATE | Action.ADOPT:
            return offer.use.minds([item.path for item in change.writable if item.before != item.after])
        case _:
            return False


def usage_wanted(changes: Iterable[Change], offer_of: OfferOf) -> Mapping[str, UsageWant]:
    """What must be asked before the guards can be evaluated, by connection; empty for most plans."""
    changes = tuple(changes)
    licensed = {demand.connection for demand in demands(changes, offer_of) if demand.taking}
    ids: dict[str, dict[str, set[VendorId]]] = {}
    for change in _disturbing(changes, offer_of):
        if change.id is not None:
            ids.setdefault(change.address.connection, {}).setdefault(change.address.kind, set()).add(change.id)
    return {
        connection: UsageWant(
            connection in licensed, {kind: frozenset(found) for kind, found in sorted(ids.get(connection, {}).items())}
        )
        for connection in sorted(licensed | ids.keys())
    }


def guarded(plan: Plan, offer_of: OfferOf, usage: Mapping[str, Usage], allowances: Collection[Allowance]) -> Plan:
    """The plan with what its guards say of the accounts' use, and notices of what they could not see."""
    found = [demand for demand in demands(plan.changes, offer_of) if demand.grows and demand.connection in usage]
    trips = [trip for demand in found for trip in _capacity(demand, usage[demand.connection])]
    trips += _busy(_disturbing(plan.changes, offer_of), usage)
    notices = [item for demand in found for item in _unchecked(demand, usage[demand.connection])]
    return replace(
        plan,
        guards=judged([*plan.guards, *trips], allowances),
        diagnostics=(*plan.diagnostics, *sorted(set(notices), key=lambda item: item.message)),
    )


def unasked(plan: Plan, wants: Mapping[str, UsageWant]) -> Plan:
    """The plan with the notice that nobody was asked how the accounts are used."""
    names = ", ".join(f"`{connection}`" for connection in sorted(wants))
    text = (
        f"guards `capacity` and `busy` saw nothing of {names}: with `--no-refresh` nobody is asked; apply asks for the "
        "licence before it begins, and who is in use right before each change"
    )
    said = (Diagnostic("unasked", text, severity=Severity.NOTICE),) if wants else ()
    return replace(plan, diagnostics=(*plan.diagnostics, *said))


def _disturbing(changes: Iterable[Change], offer_of: OfferOf) -> Iterator[Change]:
    for change in changes:
        offer = offer_of(change.address.connection, change.address.kind)
        if offer is not None and disturbs(change, offer):
            yield change


# --- capacity -----------------------------------------------------------------------------------------------------


@dataclass
class Demand:
    """What a plan does to the seats of one licence: who takes one, who leaves one."""

    connection: str
    licence: str
    created: set[Address] = field(default_factory=set)
    undeleted: set[Address] = field(default_factory=set)
    deleted: set[Address] = field(default_factory=set)

    @property
    def taking(self) -> Sequence[Address]:
        return sorted(self.created | self.undeleted)

    @property
    def grows(self) -> bool:
        """A plan that leaves as many seats as it takes makes nothing worse, whatever the licence says."""
        return len(self.taking) > len(self.deleted)

    @property
    def kinds(self) -> Sequence[str]:
        return sorted({address.kind for address in self.taking})

    @property
    def what(self) -> str:
        return " and ".join(self.kinds)


def demands(changes: Iterable[Change], offer_of: OfferOf) -> Sequence[Demand]:
    """By licence; a replace gives its own seat back, and what a person must do is not done by this plan."""
    found: dict[tuple[str, str], Demand] = {}
    for change in changes:
        connection = change.address.connection
        offer = offer_of(connection, change.address.kind)
        if offer is None or offer.licence is None:
            continue
        demand = found.setdefault((connection, offer.licence), Demand(connection, offer.licence))
        match change.action:
            case Action.CREATE:
                demand.created.add(change.address)
            case Action.UNDELETE:
                demand.undeleted.add(change.address)
            case Action.DELETE:
                demand.deleted.add(change.address)
    return [found[place] for place in sorted(found)]


def _capacity(demand: Demand, usage: Usage) -> Iterator[Trip]:
    licence = usage.licences.get(demand.licence)
    if licence is None or licence.limit is None or licence.used is None:
        return
    after = licence.used + len(demand.taking) - len(demand.deleted)
    if after <= licence.limit:
        return
    kind = demand.kinds[0] if len(demand.kinds) == 1 else None
    glob = f"{kind}.*@{demand.connection}" if kind else f"*@{demand.connection}"
    yield Trip(
        "capacity",
        f"{demand.what} on `{demand.connection}`: {licence.limit} licensed, {licence.used} in use; "
        f"this plan {_sum(demand)}: {after}",
        f"have the licence extended, make fewer, or if that is meant: `--allow capacity` or `--allow capacity={glob}`",
        demand.connection,
        kind,
        tuple(str(address) for address in demand.taking),
        holds=len(demand.deleted) + max(0, licence.limit - licence.used),
    )


def _sum(demand: Demand) -> str:
    counts = (("makes", demand.created), ("undeletes", demand.undeleted), ("deletes", demand.deleted))
    *others, last = [f"{verb} {len(addresses)}" for verb, addresses in counts if addresses]
    return f"{', '.join(others)} and {last}" if others else last


def _unchecked(demand: Demand, usage: Usage) -> Iterator[Diagnostic]:
    """That a licence may be passed without anybody saying so: a reading that failed, or nothing reported."""
    more = f"whether {len(demand.taking) - len(demand.deleted)} more fit was not checked"
    if usage.licence_failure is not None:
        text = f"{demand.what} on `{demand.connection}`: {more}, since the licence could not be read"
        yield Diagnostic("capacity", f"{text}: {usage.licence_failure}", severity=Severity.WARNING)
        return
    why = _unsaid(usage.licences.get(demand.licence))
    if why is not None:
        text = f"{demand.what} on `{demand.connection}`: {more}, since the vendor does not report {why}"
        yield Diagnostic("capacity", text, severity=Severity.NOTICE)


def _unsaid(licence: Licence | None) -> str | None:
    if licence is None:
        return "how many are licensed"
    return "how many are in use" if licence.used is None and licence.limit is not None else None


# --- busy ---------------------------------------------------------------------------------------------------------


def what_would_happen(change: Change) -> str:
    """What the change does to whoever uses the entity: "would be deleted"."""
    match change.action:
        case Action.DELETE:
            return "would be deleted"
        case Action.REPLACE:
            return "would be replaced"
        case _:
            return f"would be changed ({', '.join(f'`{item.path}`' for item in change.writable)})"


def _busy(changes: Iterable[Change], usage: Mapping[str, Usage]) -> Iterator[Trip]:
    """A trip for each entity in use; one for each kind that could not be asked about."""
    unasked: dict[tuple[str, str], dict[Address, Change]] = {}
    said: set[Address] = set()
    for change in changes:
        address = change.address
        answered = usage.get(address.connection)
        if answered is None or address in said:
            continue  # the parking step and the update of an exchange are about one entity
        said.add(address)
        doing = answered.in_use.get(address.kind, {}).get(change.id) if change.id is not None else None
        if address.kind in answered.failures:
            unasked.setdefault((address.connection, address.kind), {})[address] = change
        elif doing is not None:
            yield Trip(
                "busy",
                f"`{address}` {what_would_happen(change)} and is in use: {doing}",
                f"wait until it is free, or `--allow busy={address}`",
                address.connection,
                address.kind,
                (str(address),),
            )
    for (connection, kind), addresses in unasked.items():
        yield _unasked(connection, kind, sorted(addresses), usage[connection].failures[kind])


def _unasked(connection: str, kind: str, addresses: Sequence[Address], why: str) -> Trip:
    one = len(addresses) == 1
    who = f"`{addresses[0]}` is" if one else f"{len(addresses)} {kind} on `{connection}` are"
    glob = addresses[0] if one else f"{kind}.*@{connection}"
    return Trip(
        "busy",
        f"whether {who} in use could not be asked: {why}",
        f"plan again when the vendor answers, or `--allow busy={glob}`",
        connection,
        kind,
        tuple(str(address) for address in addresses),
    )
