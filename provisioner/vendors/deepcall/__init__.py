"""DeepCall (Sarv) API 2.0: agents, groups and roles of a hosted telephone system. What it says: specs/deepcall.yaml."""

from __future__ import annotations

from provisioner.vendors.base import Vendor
from provisioner.vendors.deepcall.catalogue import OFFERS
from provisioner.vendors.deepcall.session import connect
from provisioner.vendors.deepcall.settings import DeepcallSettings, account

VENDOR = Vendor(
    "deepcall",
    title="DeepCall (Sarv) API 2.0",
    called="DeepCall",
    kinds=OFFERS,
    settings=DeepcallSettings,
    account=account,
    connect=connect,
)
