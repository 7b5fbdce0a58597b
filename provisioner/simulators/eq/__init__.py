"""EQ API 2.0 on loopback. Written from the fact sheet alone; wire form: specs/eq.yaml. Assumptions (A…) and
sections (§…) in this package's docstrings are the EQ fact sheet's.
"""

from __future__ import annotations

from provisioner.simulators.base import Simulator
from provisioner.simulators.eq.account import EqAccount

SIMULATOR = Simulator(
    name="eq",
    summary="EQ API 2.0: supervisors, agents, call queues, pause codes, extensions, alerts",
    base_path="/eq/api/2.0",
    start=EqAccount,
)
