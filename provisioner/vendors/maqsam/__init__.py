"""Maqsam, a hosted call centre whose API lists agents and does nothing else. What it says: specs/maqsam.yaml."""

from __future__ import annotations

from provisioner.vendors.base import Vendor
from provisioner.vendors.maqsam.agents import AGENTS
from provisioner.vendors.maqsam.session import connect
from provisioner.vendors.maqsam.settings import MaqsamSettings, account

VENDOR = Vendor(
    "maqsam",
    title="Maqsam (agents, read only)",
    called="Maqsam",
    kinds={"agents": AGENTS},
    settings=MaqsamSettings,
    account=account,
    connect=connect,
)
