"""What tests of several folders share."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.state.database import Server, a_server


@pytest.fixture(scope="session")
def database() -> Iterator[Server]:
    """A real PostgreSQL server, one for all tests of this process; it starts with the first that asks for it."""
    with a_server() as server:
        yield server
