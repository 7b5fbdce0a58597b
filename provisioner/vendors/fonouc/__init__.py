"""FonoUC, a hosted telephone system with queues, whose API shows users and queues. What it says: specs/fonouc.yaml."""

from __future__ import annotations

from provisioner.vendors.base import Vendor
from provisioner.vendors.fonouc.catalogue import KINDS
from provisioner.vendors.fonouc.session import connect
from provisioner.vendors.fonouc.settings import FonoucSettings, account

VENDOR = Vendor(
    "fonouc",
    title="FonoUC (users and queues, read only; members logged in and out)",
    called="FonoUC",
    kinds={kind.name: kind.offer for kind in KINDS},
    settings=FonoucSettings,
    account=account,
    connect=connect,
)
