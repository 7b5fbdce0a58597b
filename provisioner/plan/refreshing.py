"""The plan of ``--refresh-only``: the record brought up to date with the vendors, and nothing sent to them.

What changed there becomes what was last acknowledged, what is gone or deleted is forgotten. Manifests play no part.
What nobody can tell, and an id that names somebody else by now, a person must settle first.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from provisioner.diagnostics import Diagnostic, Severity
from provisioner.plan import accounts
from provisioner.plan.beginning import beginning
from provisioner.plan.document import GONE, Action, Change, Plan, Reason, Trip, sorted_changes
from provisioner.plan.drift import compare
from provisioner.plan.drifted import FORGOTTEN, Compared, Drift, Drifted, Untold
from provisioner.plan.guards import evaluate_refresh
from provisioner.plan.options import Options, Stamp
from provisioner.plan.scope import Scope
from provisioner.plan.wording import worded
from provisioner.vendors.live import Live


def refreshing(scope: Scope, live: Live, options: Options, stamp: Stamp) -> Plan:
    """The plan that only the record learns from; ``scope`` is what ``recorded_scope`` gives."""
    found = compare(scope, live)
    changes = sorted_changes(_changes(scope, found))
    outsiders = accounts.strangers(scope.wanted, scope.prior, scope.connections)
    held = {str(change.address) for change in changes}
    plan = replace(
        beginning(scope, options, stamp),
        changes=changes,
        none=found.unchanged,
        guards=evaluate_refresh(
            changes,
            scope.wanted,
            scope.prior,
            options.allowances,
            fresh_state=options.fresh_state,
            strangers=[_not_looked_at(trip) for trip in outsiders.trips if held & set(trip.addresses)],
        ),
        diagnostics=tuple(_notices(found)),
        drift=found.drift,
    )
    return worded(plan, scope, live)


def _not_looked_at(trip: Trip) -> Trip:
    """Guard ``account`` with what helps here: no allowance and no block in a manifest makes a refresh look there."""
    hint = (
        f"correct the connection's settings; or leave it out, `--exclude '*@{trip.connection}'`; "
        "or follow it: `provisioner plan` without `--refresh-only` says how"
    )
    return replace(trip, hint=hint)


def _changes(scope: Scope, found: Compared) -> Iterator[Change]:
    """What the record forgets, and what stands in the way; values that changed are the plan's ``drift`` alone."""
    for untold in found.unknown:
        yield _unknown(scope, untold)
    for item in found.drift:
        if item.drift in FORGOTTEN:
            yield _forget(scope, item)
        elif item.drift is Drift.SOMEBODY_ELSE:
            reason = Reason(
                "somebody_else",
                f"id {item.id} names somebody else by now; `provisioner state rm {item.address}`, then bind the right "
                "one with `imports`",
            )
            yield Change(item.address, item.vendor, Action.CONFLICT, id=item.id, reasons=(reason,), file=item.file)


def _unknown(scope: Scope, untold: Untold) -> Change:
    connected = scope.wanted.connections.get(untold.address.connection)
    text = untold.why if untold.hint is None else f"{untold.why}; {untold.hint}"
    vendor = connected.vendor.name if connected else ""
    return Change(untold.address, vendor, Action.UNKNOWN, id=untold.id, reasons=(Reason("evidence", text),))


def _forget(scope: Scope, item: Drifted) -> Change:
    deleted = item.drift is Drift.DELETED
    gone = Reason(GONE, "the vendor does not have it any more")
    return Change(
        item.address,
        item.vendor,
        Action.FORGET,
        id=item.id,
        reasons=(Reason("deleted", "it was deleted at the vendor") if deleted else gone,),
        before={} if deleted else None,
        deleted=deleted,
        file=item.file,
        prevent_destroy=scope.prior.bound[item.address].prevent_destroy,
    )


def _notices(found: Compared) -> Iterator[Diagnostic]:
    for unseen in found.unseen:
        yield Diagnostic("not_compared", unseen.text, severity=Severity.NOTICE)
