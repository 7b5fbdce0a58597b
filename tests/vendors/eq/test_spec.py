"""Every request of the adapter, as it goes out, against the document that the simulator is held against too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort

from provisioner.values import VendorId
from provisioner.vendors.base import Call, Request
from provisioner.vendors.eq import VENDOR
from provisioner.vendors.sealing import seal
from tests.specs import check_request, load
from tests.vendors.eq.playing import SECRETS, VALUES, adapter, session
from tests.vendors.eq.test_round_trips import AGENTS, QUEUES, SUPERVISORS, alerts

BASE = "http://pbx.example.com/eq/api/2.0"

IDS = {"queues": "500", "extensions": "1001"}


def hold(request: Request, **settings: Any) -> None:
    """Raises AssertionError where the request, signed and encoded, is not one that the document describes."""
    sealed = seal(BASE, session(**settings).sign(request), connection="pbx")
    parts = urlsplit(sealed.url)
    headers: Mapping[str, str] = dict(sealed.headers)
    check_request(
        load("eq"),
        sealed.method,
        parts.path.removeprefix("/eq/api/2.0"),
        dict(parse_qsl(parts.query, keep_blank_values=True)),
        sealed.content,
        headers.get("content-type", "application/x-www-form-urlencoded"),
    )


def requests(kind: str, values: Mapping[str, Any], **settings: Any) -> list[Request]:
    """One request of each call that the kind offers."""
    records, offer = adapter(kind, **settings), VENDOR.kinds[kind]
    vendor_id = VendorId(IDS.get(kind, "12"))
    whole = {**values, **SECRETS.get(kind, {})}
    found = [
        next(records.create(whole)),
        next(records.update(vendor_id, whole, frozenset())),
        next(records.delete(vendor_id)),
    ]
    if offer.can(Call.READ):
        found += next(records.read(vendor_id))
    if offer.can(Call.UNDELETE):
        found.append(next(records.undelete(vendor_id)))
    return found


@pytest.mark.parametrize("encoding", ["form", "json"])
@pytest.mark.parametrize("kind", VENDOR.kinds)
def test_every_call_is_as_described(kind: str, encoding: str) -> None:
    """Every kind, every call, both encodings."""
    for request in requests(kind, VALUES[kind], body_encoding=encoding):
        hold(request)


@pytest.mark.parametrize("kind", ["supervisors", "agents"])
def test_an_update_without_a_password_is_as_described(kind: str) -> None:
    hold(next(adapter(kind).update(VendorId("12"), VALUES[kind], frozenset())))


def test_a_bare_create_is_as_described() -> None:
    """All that is not said is sent as its default, and every default is allowed."""
    required = {
        "supervisors": ("username", "first_name", "email", "type"),
        "agents": ("number", "first_name"),
        "queues": ("extension", "name", "type"),
        "extensions": ("extension", "name"),
    }
    for kind, paths in required.items():
        password = {path: value for path, value in SECRETS.get(kind, {}).items() if path == "password"}
        hold(next(adapter(kind).create({**{path: VALUES[kind][path] for path in paths}, **password})))


def test_a_scan_asks_as_described() -> None:
    reading = adapter("agents").find_all(start=7)
    for request in next(reading):
        hold(request)
    hold(adapter("agents").usage())


@pytest.mark.parametrize("kind", ["agents", "supervisors", "queues", "extensions"])
def test_who_uses_it_is_asked_as_described(kind: str) -> None:
    for request in next(adapter(kind).in_use([VendorId(IDS.get(kind, "12"))])):
        hold(request)


def test_the_licence_is_asked_as_described() -> None:
    for request in next(session().licences()):
        hold(request)


@effort(max_examples=30, suppress_health_check=[HealthCheck.too_slow])
@given(AGENTS, SUPERVISORS, QUEUES, alerts())
def test_whatever_can_be_declared_is_as_described(
    agent: dict[str, Any], supervisor: dict[str, Any], queue: dict[str, Any], alert: dict[str, Any]
) -> None:
    for kind, values in (("agents", agent), ("supervisors", supervisor), ("queues", queue), ("alerts", alert)):
        for request in requests(kind, values)[:2]:
            hold(request)
