"""An apply in a process of its own, killed while a vendor holds an answer back."""

from __future__ import annotations

import os
import signal

from provisioner.simulators.control import Control
from tests.cli.conftest import Tenant
from tests.stories.stage import Begun, Spawner, until


def killed(tenant: Tenant, portal: Control, spawner: Spawner) -> None:
    """Starts an apply, and kills it once an answer is held back; there are no faults afterwards.

    A fault that holds one back (``slow``) must be there already.
    """
    out, err = (tenant.folder.parent / name for name in ("out.txt", "err.txt"))
    told = {
        "arguments": ["apply", "--auto-approve"],
        "folder": str(tenant.folder),
        "environ": dict(os.environ),
        "out": str(out),
        "err": str(err),
    }
    begun = Begun(spawner, spawner.ask({"start": told})["pid"], out, err)
    until(lambda: any(rule["effect"] == "slow" and rule["fired"] for rule in portal.faults()), "an answer is held back")
    begun.signal(signal.SIGKILL)
    begun.wait()
    portal.clear_faults()
