"""What every plan says before anything is decided: whose it is, what it was made from, what it is about."""

from __future__ import annotations

from provisioner.plan.document import Plan
from provisioner.plan.options import Options, Stamp
from provisioner.plan.scope import Scope


def beginning(scope: Scope, options: Options, stamp: Stamp) -> Plan:
    """A plan without changes, for the scope."""
    connections = scope.wanted.connections
    return Plan(
        tenant=scope.wanted.tenant,
        changes=(),
        lineage=scope.prior.lineage,
        serial=scope.prior.serial,
        accounts={name: connections[name].account for name in sorted(connections)},
        targets=options.targets,
        excludes=options.excludes,
        allowed=tuple(sorted(options.allow)),
        config_digest=scope.wanted.config_digest,
        created_at=stamp.created_at,
        tool_version=stamp.tool_version,
        destroy=options.destroy,
        refresh_only=options.refresh_only,
        no_refresh=options.no_refresh,
    )
