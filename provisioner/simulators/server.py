"""How is a vendor's simulator run? On loopback, in a thread (`running`) or until Ctrl-C (`serve_forever`).

Running one needs the optional extra ``simulators``.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from provisioner.errors import ProvisionerError
from provisioner.simulators.base import Simulator
from provisioner.simulators.finding import find, names

if TYPE_CHECKING:
    from provisioner.simulators.serving.application import Application

__all__ = ["LOOPBACK", "Running", "find", "names", "running", "serve_forever"]

LOOPBACK = "127.0.0.1"
_PATIENCE = 10.0  # seconds for the thread to start; it takes milliseconds


@dataclass(frozen=True, slots=True)
class Running:
    """A simulator that serves. ``url`` is its root, ``base_url`` what a tenant's connection writes."""

    url: str
    application: Application

    @property
    def base_url(self) -> str:
        """The URL of the vendor's API."""
        return self.url + self.application.simulator.base_path

    @property
    def credentials(self) -> Mapping[str, str]:
        """What a client must know, by the names that a tenant's connection uses."""
        return self.application.account.credentials()


@contextmanager
def running(
    simulator: Simulator, *, port: int = 0, host: str = LOOPBACK, credentials: Mapping[str, str] | None = None
) -> Iterator[Running]:
    """Serve in a thread as long as the context is open; port 0 takes a free one."""
    listener, application = _machinery(simulator, credentials)
    with closing(listener.bound(host, port)) as socket:
        ready = threading.Event()
        server = listener.Server(application, ready.set)
        thread = threading.Thread(target=server.run, args=([socket],), name=f"simulator {simulator.name}")
        url = listener.url_of(socket)
        thread.start()
        try:
            if not ready.wait(_PATIENCE):
                raise ProvisionerError(f"the simulator for `{simulator.name}` did not start")
            yield Running(url, application)
        finally:
            server.should_exit = True
            thread.join()


def serve_forever(
    simulator: Simulator,
    host: str,
    port: int,
    on_ready: Callable[[Running], None],
    credentials: Mapping[str, str] | None = None,
) -> None:
    """Serve until SIGINT or SIGTERM, then return; ``on_ready`` is called when it accepts connections."""
    listener, application = _machinery(simulator, credentials)
    with closing(listener.bound(host, port)) as socket:
        simulated = Running(listener.url_of(socket), application)
        listener.Server(application, lambda: on_ready(simulated)).run([socket])


def _machinery(simulator: Simulator, credentials: Mapping[str, str] | None) -> tuple[Any, Application]:
    """The listener module, and the application to put behind it; both need what only the extra installs."""
    try:
        from provisioner.simulators.serving import listener
        from provisioner.simulators.serving.application import Application
    except ImportError as error:
        if (error.name or "").startswith("provisioner"):
            raise
        raise ProvisionerError(
            f"running a simulator needs `{error.name}`", hint="`pip install httptools starlette uvicorn`"
        ) from error
    return listener, Application(simulator, credentials or {})
