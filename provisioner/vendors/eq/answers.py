"""What an answer of EQ holds: the bare value, or what lies in the envelope that the settings name."""

from __future__ import annotations

from typing import Any

from provisioner.vendors.base import Answer
from provisioner.vendors.eq.settings import EqSettings
from provisioner.vendors.eq.wire import Unreadable


def value_in(answer: Answer, settings: EqSettings) -> Any:
    """The value in an answer; raises Unreadable where there is none."""
    try:
        data = answer.data()
    except ValueError as error:
        raise Unreadable("it is not JSON") from error
    envelope = settings.response_envelope
    if envelope is None:
        return data
    if not isinstance(data, dict) or envelope not in data:
        raise Unreadable(f"it has no `{envelope}`")
    return data[envelope]
