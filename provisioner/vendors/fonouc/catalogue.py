"""The kinds that FonoUC has."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.vendors.fonouc.agents import AGENTS
from provisioner.vendors.fonouc.queues import QUEUES
from provisioner.vendors.fonouc.wire import Kind

KINDS = (AGENTS, QUEUES)

BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
