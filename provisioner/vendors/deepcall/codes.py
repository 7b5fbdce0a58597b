"""What does each of DeepCall's error codes mean? They differ from module to module.

Source: specs/deepcall.yaml, schemas ``AgentFailure``, ``GroupFailure`` and ``RoleFailure``.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum, auto

AGENT, GROUP = "Agent", "Group"


class Meaning(Enum):
    """What can be done about an error."""

    NO_ENTRY = auto()
    """The credentials are wrong, expired or suspended."""
    DENIED = auto()
    """The user may not make this call, and perhaps others."""
    BUSY = auto()
    """Nothing was done; later it will be."""
    FAILED = auto()
    """Something broke: a change may have been made."""
    TAKEN = auto()
    """Another agent has that e-mail."""
    ABSENT = auto()
    """What the request is about is not there."""
    FULL = auto()
    """The account may have no more agents, as far as anybody can tell."""
    REFUSED = auto()
    """The request as it stands."""


_COMMON: Mapping[int, Meaning] = {
    **dict.fromkeys((1002, 1014, 1020, 1039), Meaning.NO_ENTRY),
    **dict.fromkeys((1009, 1010, 1032), Meaning.FAILED),
    **dict.fromkeys((1003, 1006), Meaning.ABSENT),
    1015: Meaning.DENIED,
}

_OF_MODULE: Mapping[tuple[str, int], Meaning] = {
    (AGENT, 1501): Meaning.BUSY,
    **dict.fromkeys(((AGENT, 1512), (AGENT, 1523)), Meaning.TAKEN),
    **dict.fromkeys(((AGENT, 1507), (AGENT, 1509), (AGENT, 1526), (GROUP, 1503)), Meaning.ABSENT),
    (AGENT, 1522): Meaning.FULL,
}

FIELDS: Mapping[tuple[str, int], str] = {
    (AGENT, 1503): "role",
    (AGENT, 1504): "parent",
    (AGENT, 1506): "parent",
    (AGENT, 1508): "status",
    (AGENT, 1510): "dest_value",
    (AGENT, 1511): "working",
    (AGENT, 1512): "email",
    (AGENT, 1513): "dest_type",
    (AGENT, 1514): "phone",
    (AGENT, 1515): "name",
    (AGENT, 1516): "allow_did",
    (AGENT, 1519): "call_pass",
    (AGENT, 1523): "email",
    (AGENT, 1527): "dest_type",
    (AGENT, 1530): "working",
    (GROUP, 1501): "name",
}
"""The field that a code is about, in our words."""


def meaning(module: str, code: int | None) -> Meaning:
    """What a code means in a module; a refusal where nothing else is known of it."""
    if code is None:
        return Meaning.REFUSED
    return _OF_MODULE.get((module, code)) or _COMMON.get(code, Meaning.REFUSED)
