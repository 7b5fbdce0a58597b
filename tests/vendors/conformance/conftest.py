"""The simulators of all vendors, and a stage for one vendor's one kind."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import lru_cache
from itertools import count
from pathlib import Path

import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests.vendors.conformance.life import Life, live
from tests.vendors.conformance.stage import Stage

Simulators = Callable[[str], tuple[Running, Control]]
Staging = Callable[[str, str], Stage]


@pytest.fixture(scope="session")
def simulators() -> Iterator[Simulators]:
    """The running simulator of a vendor; each is started when it is first asked for."""
    with ExitStack() as stack:

        @lru_cache
        def simulator(vendor: str) -> tuple[Running, Control]:
            served = stack.enter_context(running(find(vendor)))
            return served, stack.enter_context(Control(served.url))

        yield simulator


@pytest.fixture
def staging(simulators: Simulators, tmp_path: Path) -> Staging:
    """A folder of its own each time, and an account in which a person has set up what the samples say."""
    number = count(1)

    def stage(vendor: str, kind: str) -> Stage:
        made = Stage(vendor, kind, tmp_path / f"acme-{next(number)}", *simulators(vendor))
        made.open()
        return made

    return stage


@pytest.fixture(scope="session")
def life(simulators: Simulators, tmp_path_factory: pytest.TempPathFactory) -> Callable[[str, str], Life]:
    """The life of a vendor's kind, lived once for all tests of a worker that look at it."""

    @lru_cache
    def lived(vendor: str, kind: str) -> Life:
        folder = tmp_path_factory.mktemp(f"{vendor}-{kind}") / "acme"
        return live(Stage(vendor, kind, folder, *simulators(vendor)))

    return lived
