"""EQ, the call-centre layer that Equeues puts on FreePBX and Asterisk. What its API says: specs/eq.yaml."""

from __future__ import annotations

from provisioner.vendors.base import Vendor
from provisioner.vendors.eq.catalogue import KINDS
from provisioner.vendors.eq.session import connect
from provisioner.vendors.eq.settings import EqSettings, account

VENDOR = Vendor(
    "eq",
    title="EQ 2.0 (Equeues on FreePBX)",
    called="EQ",
    kinds={kind.name: kind.offer for kind in KINDS},
    settings=EqSettings,
    account=account,
    connect=connect,
)
