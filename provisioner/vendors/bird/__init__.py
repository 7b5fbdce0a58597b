"""Bird's Collaborations API: the inbox of bird.com, formerly MessageBird. What its API says: specs/bird.yaml."""

from __future__ import annotations

from provisioner.vendors.base import Vendor
from provisioner.vendors.bird.catalogue import KINDS
from provisioner.vendors.bird.session import connect
from provisioner.vendors.bird.settings import BirdSettings, account

VENDOR = Vendor(
    "bird",
    title="Bird Collaborations API v1",
    called="Bird",
    kinds={kind.name: kind.offer for kind in KINDS},
    settings=BirdSettings,
    account=account,
    connect=connect,
)
