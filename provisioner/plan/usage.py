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
from provisioner.plan.document import ABSENT, Action, Change, FieldChange, Plan, Seats, Step, Trip
from provisioner.plan.guards import Allowance, judged
from provisioner.plan.members import beside, members, target_of
from provisioner.values import VendorId, id_in
from provisioner.vendors.base import Offer
from provisioner.vendors.usage import Licence, Usage, UsageWant

OfferOf = Callable[[str, str], "Offer | None"]
"""What the connection's vendor offers for a kind; None where there is none."""


IdOf = Callable[[str], "VendorId | None"]
"""The id of the entity at an address; None where it is not known."""


@dataclass(frozen=True, slots=True)
class User:
    """Whom a change may disturb: an entity of some kind; ``name`` is what it is called if it is not the changed one."""

    kind: str
    id: VendorId
    name: str = ""


def disturbed(change: Change, offer: Offer, id_of: IdOf) -> tuple[User, ...]:
    """Who is to be asked about before the change: the entity, and the members whom it takes away."""
    if change.id is None or not disturbs(change, offer):
        return ()
    return (User(change.address.kind, change.id), *_leaving(change, offer, id_of))


def _leaving(change: Change, offer: Offer, id_of: IdOf) -> Iterator[User]:
    for path in sorted(_taking_away(change, offer)):
        kind = _kind(path, offer)
        for member in members((change.after or {}).get(path)):
            target = target_of(member, kind)
            vendor_id = id_in(target) or (id_of(target) if isinstance(target, str) else None)
            if vendor_id is not None and False in beside(member, kind).values():
                yield User(kind, vendor_id, target if isinstance(target, str) else f"id {vendor_id}")


def _taking_away(change: Change, offer: Offer) -> frozenset[str]:
    """The fields with which the change takes a member away who is there."""
    leaves = offer.use.leaves if offer.use is not None else frozenset()
    return frozenset(item.path for item in change.writable if item.path in leaves and _takes_away(item, offer))


def _takes_away(item: FieldChange, offer: Offer) -> bool:
    kind = _kind(item.path, offer)
    here = members(None if item.before is ABSENT else item.before)
    out = [one for one in here if False in beside(one, kind).values()]
    asked = members(None if item.after is ABSENT else item.after)
    return any(False in beside(one, kind).values() and one not in out for one in asked)


def _kind(path: str, offer: Offer) -> str:
    """What a list's members are."""
    ref = offer.specs[path].ref
    return ref.kind if ref is not None else ""


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
            minds = offer.use.minds([item.path for item in change.writable if item.before != item.after])
            return minds or bool(_taking_away(change, offer))
        case _:
            return False


def usage_wanted(
    changes: Iterable[Change], offer_of: OfferOf, id_of: IdOf = lambda _: None, *, leavers: bool = False
) -> Mapping[str, UsageWant]:
    """What must be asked before the guards can be evaluated, by connection; empty for most plans.

    ``leavers``: the licence of those who only leave is asked for as well. No guard minds it; a reader is told how many
    seats remain.
    """
    changes = tuple(changes)
    found = demands(changes, offer_of)
    licensed = {demand.connection for demand in found if demand.taking or (leavers and demand.deleted)}
    ids: dict[str, dict[str, set[VendorId]]] = {}
    for change, users in _disturbing(changes, offer_of, id_of):
        for user in users:
            ids.setdefault(change.address.connection, {}).setdefault(user.kind, set()).add(user.id)
    return {
        connection: UsageWant(
            connection in licensed, {kind: frozenset(found) for kind, found in sorted(ids.get(connection, {}).items())}
        )
        for connection in sorted(licensed | ids.keys())
    }


def guarded(
    plan: Plan,
    offer_of: OfferOf,
    usage: Mapping[str, Usage],
    allowances: Collection[Allowance],
    id_of: IdOf = lambda _: None,
) -> Plan:
    """The plan with what its guards say of the accounts' use, and notices of what they could not see."""
    found = [demand for demand in demands(plan.changes, offer_of) if demand.grows and demand.connection in usage]
    trips = [trip for demand in found for trip in _capacity(demand, usage)]
    trips += _busy(_disturbing(plan.changes, offer_of, id_of), usage)
    notices = [item for demand in found for item in _unchecked(demand, usage[demand.connection])]
    return replace(
        plan,
        seats=tuple(_seats(plan, offer_of, usage)),
        guards=judged([*plan.guards, *trips], allowances),
        diagnostics=(*plan.diagnostics, *sorted(set(notices), key=lambda item: item.message)),
    )


def _seats(plan: Plan, offer_of: OfferOf, usage: Mapping[str, Usage]) -> Iterator[Seats]:
    """What is left of the licences that were asked about, as far as the vendor says it."""
    for demand in demands(plan.changes, offer_of):
        counted, kinds = demand.counted_in(usage), {address.kind for address in (*demand.taking, *demand.deleted)}
        if counted is not None and kinds:
            limit, used = counted
            yield Seats(demand.connection, " and ".join(sorted(kinds)), limit, used, demand.after(used))


def unasked(plan: Plan, wants: Mapping[str, UsageWant]) -> Plan:
    """The plan with the notice that nobody was asked how the accounts are used."""
    names = ", ".join(f"`{connection}`" for connection in sorted(wants))
    text = (
        f"guards `capacity` and `busy` saw nothing of {names}: with `--no-refresh` nobody is asked; apply asks for the "
        "licence before it begins, and who is in use right before each change"
    )
    said = (Diagnostic("unasked", text, severity=Severity.NOTICE),) if wants else ()
    return replace(plan, diagnostics=(*plan.diagnostics, *said))


def _disturbing(changes: Iterable[Change], offer_of: OfferOf, id_of: IdOf) -> Iterator[tuple[Change, tuple[User, ...]]]:
    for change in changes:
        offer = offer_of(change.address.connection, change.address.kind)
        users = disturbed(change, offer, id_of) if offer is not None else ()
        if users:
            yield change, users


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

    def counted_in(self, usage: Mapping[str, Usage]) -> tuple[int, int] | None:
        """How many the licence allows and how many are in use; None where either is not said."""
        licence = usage[self.connection].licences.get(self.licence) if self.connection in usage else None
        if licence is None or licence.limit is None or licence.used is None:
            return None
        return licence.limit, licence.used

    def after(self, used: int) -> int:
        """How many are in use after the plan."""
        return used + len(self.taking) - len(self.deleted)

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


def _capacity(demand: Demand, usage: Mapping[str, Usage]) -> Iterator[Trip]:
    counted = demand.counted_in(usage)
    if counted is None or demand.after(counted[1]) <= counted[0]:
        return
    limit, used = counted
    kind = demand.kinds[0] if len(demand.kinds) == 1 else None
    glob = f"{kind}.*@{demand.connection}" if kind else f"*@{demand.connection}"
    yield Trip(
        "capacity",
        f"{demand.what} on `{demand.connection}`: {limit} licensed, {used} in use; "
        f"this plan {_sum(demand)}: {demand.after(used)}",
        f"have the licence extended, make fewer, or if that is meant: `--allow capacity` or `--allow capacity={glob}`",
        demand.connection,
        kind,
        tuple(str(address) for address in demand.taking),
        holds=len(demand.deleted) + max(0, limit - used),
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


def told(user: User, doing: str) -> str:
    """What is going on, with the name of whoever is not the changed entity itself."""
    return f"`{user.name}` is {doing}" if user.name else doing


def _busy(changes: Iterable[tuple[Change, tuple[User, ...]]], usage: Mapping[str, Usage]) -> Iterator[Trip]:
    """A trip for each entity in use; one for each kind that could not be asked about."""
    unasked: dict[tuple[str, str, str], set[Address]] = {}
    said: set[Address] = set()
    for change, users in changes:
        address = change.address
        answered = usage.get(address.connection)
        if answered is None or address in said:
            continue  # the parking step and the update of an exchange are about one entity
        said.add(address)
        doing = [told(user, answered.in_use[user.kind][user.id]) for user in users if _is_used(user, answered)]
        failed = [answered.failures[user.kind] for user in users if user.kind in answered.failures]
        if failed:
            unasked.setdefault((address.connection, address.kind, failed[0]), set()).add(address)
        elif doing:
            yield Trip(
                "busy",
                f"`{address}` {what_would_happen(change)} and is in use: {'; '.join(doing)}",
                f"wait until it is free, or `--allow busy={address}`",
                address.connection,
                address.kind,
                (str(address),),
            )
    for (connection, kind, why), addresses in unasked.items():
        yield _unasked(connection, kind, sorted(addresses), why)


def _is_used(user: User, usage: Usage) -> bool:
    return user.id in usage.in_use.get(user.kind, {})


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
