"""Back-ends to test: each test that asks for one runs on all of them."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from provisioner.secrets import Secret
from provisioner.state.backend import Backend
from provisioner.state.backends.local import LocalBackend
from provisioner.state.backends.memory import MemoryBackend
from provisioner.state.backends.postgres import PostgresBackend
from tests.state.database import Server

NOON = "2026-03-01T12:00:00Z"


def a_local(folder: Path, _: pytest.FixtureRequest) -> Callable[..., Backend]:
    """Local back-ends in one place."""
    return lambda **options: LocalBackend(folder / ".provisioner", clock=lambda: NOON, **options)


def a_postgres(_: Path, request: pytest.FixtureRequest) -> Callable[..., Backend]:
    """Back-ends of one name in one database; the name is this test's own."""
    server: Server = request.getfixturevalue("database")
    name = uuid.uuid4().hex
    return lambda **options: PostgresBackend(lambda: Secret(server.dsn), name, clock=lambda: NOON, **options)


def a_memory(_: Path, __: pytest.FixtureRequest) -> Callable[..., Backend]:
    """Back-ends in memory: the first one made is every later one, as files would be."""
    made: list[Backend] = []

    def make(**options: str) -> Backend:
        if not made:
            made.append(MemoryBackend(clock=lambda: NOON, **options))
        return made[0]

    return make


BACKENDS = {"local": a_local, "memory": a_memory, "postgres": a_postgres}
"""A back-end joins the contract by a line here: from an empty folder, what opens the same state again and again."""


@pytest.fixture(params=BACKENDS)
def opens(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Backend]:
    """Opens the one state of this test, as each command does anew."""
    return BACKENDS[request.param](tmp_path, request)


@pytest.fixture
def backend(opens: Callable[..., Backend]) -> Backend:
    """A back-end on which nothing was ever written."""
    return opens(lineage="l-1")
