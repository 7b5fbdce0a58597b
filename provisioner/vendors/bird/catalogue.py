"""The kinds that Bird has."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.vendors.bird.agents import AGENTS
from provisioner.vendors.bird.business_hours import BUSINESS_HOURS
from provisioner.vendors.bird.capacity_rules import CAPACITY_RULES
from provisioner.vendors.bird.queues import QUEUES
from provisioner.vendors.bird.skills import SKILLS
from provisioner.vendors.bird.teams import TEAMS
from provisioner.vendors.bird.wire import Kind

KINDS = (TEAMS, QUEUES, AGENTS, SKILLS, CAPACITY_RULES, BUSINESS_HOURS)

BY_NAME: Mapping[str, Kind] = {kind.name: kind for kind in KINDS}
