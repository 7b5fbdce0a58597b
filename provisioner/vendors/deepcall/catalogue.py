"""The kinds that DeepCall has. Supervisors, pause codes, extensions and alerts have no counterpart (D-18)."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.vendors.base import Adapter, Offer
from provisioner.vendors.deepcall.agent_records import AgentRecords
from provisioner.vendors.deepcall.agents import AGENTS, LAG
from provisioner.vendors.deepcall.group_records import GroupRecords
from provisioner.vendors.deepcall.queues import QUEUES
from provisioner.vendors.deepcall.roles import ROLES, RoleRecords
from provisioner.vendors.deepcall.settings import DeepcallSettings

OFFERS: Mapping[str, Offer] = {"roles": ROLES, "agents": AGENTS, "queues": QUEUES}


def adapter(kind: str, settings: DeepcallSettings, connection: str) -> Adapter:
    """Whoever reads and writes that kind on a connection."""
    match kind:
        case "roles":
            return RoleRecords(settings, connection)
        case "agents":
            return AgentRecords(settings, connection)
        case "queues":
            return GroupRecords(settings, connection, LAG if settings.lag is None else settings.lag)
        case _:
            raise AssertionError(kind)
