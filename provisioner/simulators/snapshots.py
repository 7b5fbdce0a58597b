"""An account becomes what a snapshot tells, or stays what it was."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provisioner.simulators.base import Account, Refused

Become = Callable[[Mapping[str, Any]], None]


def restore(account: Account, snapshot: Mapping[str, Any], become: Become, whose: str) -> None:
    """Has the account ``become`` the snapshot; for one that is not ``whose``, raises Refused and changes nothing."""
    before = account.snapshot()
    try:
        become(snapshot)
    except (KeyError, TypeError, AttributeError, Refused) as error:
        become(before)
        raise Refused(f"this is no snapshot of {whose}: {error!r}") from error
