"""The kinds that EQ has."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.vendors.eq.agents import AGENTS
from provisioner.vendors.eq.alerts import ALERTS
from provisioner.vendors.eq.extensions import EXTENSIONS
from provisioner.vendors.eq.pause_codes import PAUSE_CODES
from provisioner.vendors.eq.queues import QUEUES
from provisioner.vendors.eq.supervisors import SUPERVISORS
from provisioner.vendors.eq.wire import Kind

KINDS = (SUPERVISORS, AGENTS, QUEUES, PAUSE_CODES, EXTENSIONS, ALERTS)

BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
