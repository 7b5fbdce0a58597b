"""FonoUC's queues API v2 on loopback. Written from the fact sheet alone; wire form: specs/fonouc.yaml. Assumptions (F…)
and sections (§…) in this package's docstrings are the FonoUC fact sheet's.

Users and queues are read only and made through the control interface; the one documented write logs an agent in to a
queue and out. Call records (§5.3) are left out: no provisioning tool has a reason to ask for them.
"""

from __future__ import annotations

from provisioner.simulators.base import Simulator
from provisioner.simulators.fonouc.account import FonoucAccount

SIMULATOR = Simulator(
    name="fonouc",
    summary="FonoUC queues API v2: users and queues, read only; logging agents in and out",
    base_path="/api/v2",
    start=FonoucAccount,
)
