"""Bird's Collaborations API v1 on loopback. Written from the fact sheet alone; wire form: specs/bird.yaml. Assumptions
(A-…) and sections (§…) in this package's docstrings are the Bird fact sheet's.

One workspace, reached with an access key. The organisation's users come from another of Bird's APIs, so that a person
makes them. Automation rules (§4.9), uploads and downloads (§4.1.7) and what needs a user's token are left out: they are
404, as any method that the sheet does not have (A-22).
"""

from __future__ import annotations

from provisioner.simulators.base import Simulator
from provisioner.simulators.bird.account import BirdAccount
from provisioner.simulators.bird.errors import TOO_MANY

SIMULATOR = Simulator(
    name="bird",
    summary="Bird Collaborations API v1: agents, teams, routing queues, skills, capacity rules, business hours",
    base_path="",
    start=BirdAccount,
    too_many=TOO_MANY,
)
