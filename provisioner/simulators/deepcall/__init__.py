"""DeepCall's API v2.0 on loopback: agents, groups, roles. Written from the fact sheet alone; wire form:
specs/deepcall.yaml. Assumptions (D-…) and sections (§…) in this package's docstrings are the DeepCall fact sheet's.

What the sheet knows by name only (`updateAgentGroupMapping`) and what is of run time (§4.4, §4.5) is left out: 404.
"""

from __future__ import annotations

from provisioner.simulators.base import Simulator
from provisioner.simulators.deepcall.account import DeepcallAccount

SIMULATOR = Simulator(
    name="deepcall",
    summary="DeepCall API v2.0: agents, groups with their members, roles",
    base_path="",
    start=DeepcallAccount,
)
