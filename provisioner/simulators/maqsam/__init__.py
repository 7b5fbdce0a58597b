"""Maqsam's agents API v1 on loopback. Written from the fact sheet alone; wire form: specs/maqsam.yaml. Assumptions
(M…) and sections (§…) in this package's docstrings are the Maqsam fact sheet's.

The API only reads; what it reads is made through the control interface. A manifest's URL ends before the version (M7a).
"""

from __future__ import annotations

from provisioner.simulators.base import Simulator
from provisioner.simulators.maqsam.account import MaqsamAccount

SIMULATOR = Simulator(
    name="maqsam",
    summary="Maqsam agents API v1: agents, read only",
    base_path="",
    start=MaqsamAccount,
)
