"""Which requests shall go wrong, how, and how often? The rules; what they do is in ``effects``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from fnmatch import fnmatchcase
from typing import Any

from provisioner.simulators.base import Refused

EFFECTS = {
    "status": ("status",),
    "status_after": ("status",),
    "drop_before": (),
    "drop_after": (),
    "rate_limit": (),
    "garbage": (),
    "truncate": (),
    "redirect": ("location",),
    "slow": ("seconds",),
    "big": ("bytes",),
    "meanwhile": ("changes",),
}
"""Every effect, with what its rule must say."""


@dataclass(slots=True)
class Rule:
    """Spoil requests that match, from the one after ``skip`` on, ``times`` times (None: for ever).

    ``changes`` is what a person does right after the request had its effect: ``verb`` (create, change, delete,
    undelete), ``kind``, and as it needs them ``id``, ``attributes``, ``force``.
    """

    effect: str
    method: str | None = None
    path: str = "*"
    query: str = ""
    skip: int = 0
    times: int | None = 1
    status: int = 500
    body: Any = ""
    headers: Mapping[str, str] | None = None
    content_type: str | None = None
    retry_after: int | float | str | None = None
    location: str = ""
    seconds: float = 0.0
    bytes: int = 0
    changes: Sequence[Mapping[str, Any]] = ()
    seen: int = 0
    fired: int = 0

    def takes(self, method: str, path: str, query: str) -> bool:
        """Whether this rule spoils that request; counts it if it matches."""
        if self.times is not None and self.fired >= self.times:
            return False
        if self.method not in (None, method) or self.query not in query or not fnmatchcase(path, self.path):
            return False
        self.seen += 1
        if self.seen <= self.skip:
            return False
        self.fired += 1
        return True


class Faults:
    """All rules in order; the first live one that matches is applied."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def add(self, rules: Iterable[Mapping[str, Any]]) -> None:
        """Add rules behind those that are there. Raises Refused, and then adds none."""
        self._rules += [_rule(each) for each in rules]

    def clear(self) -> None:
        """Spoil nothing any more."""
        self._rules.clear()

    def shown(self) -> list[dict[str, Any]]:
        """All rules as JSON, with how many requests they ``seen`` and how often they ``fired``."""
        return [asdict(rule) for rule in self._rules]

    def match(self, method: str, path: str, query: str) -> Rule | None:
        """The rule to apply to that request."""
        for rule in self._rules:
            if rule.takes(method, path, query):
                return rule
        return None


_TYPES: dict[str, tuple[type, ...]] = {
    "effect": (str,),
    "method": (str, type(None)),
    "path": (str,),
    "query": (str,),
    "skip": (int,),
    "times": (int, type(None)),
    "status": (int,),
    "headers": (dict,),
    "content_type": (str,),
    "retry_after": (int, float, str, type(None)),
    "location": (str,),
    "seconds": (int, float),
    "bytes": (int,),
    "changes": (list,),
}
_MEMBERS = {"verb": str, "kind": str, "id": str, "attributes": dict, "force": bool}
_VERBS = ("create", "change", "delete", "undelete")


def _rule(shown: Mapping[str, Any]) -> Rule:
    settable = {each.name for each in fields(Rule)} - {"seen", "fired"}
    unknown = sorted(set(shown) - settable)
    if unknown:
        raise Refused(f"a fault has no `{unknown[0]}`; it has: {', '.join(sorted(settable))}")
    for name, value in shown.items():
        if name in _TYPES and not isinstance(value, _TYPES[name]):
            raise Refused(f"`{name}` of a fault cannot be {value!r}")
    effect = shown.get("effect", "")
    if effect not in EFFECTS:
        raise Refused(f"unknown effect `{effect}`; there is: {', '.join(EFFECTS)}")
    for name in EFFECTS[effect]:
        if name not in shown:
            raise Refused(f"effect `{effect}` needs `{name}`")
    for change in shown.get("changes", ()):
        _check_change(change)
    return Rule(**shown)


def _check_change(change: Any) -> None:
    if not isinstance(change, dict) or change.get("verb") not in _VERBS or "kind" not in change:
        raise Refused(f"a change is an object with `kind` and `verb`: {', '.join(_VERBS)}")
    for name, value in change.items():
        if type(value) is not _MEMBERS.get(name):
            raise Refused(f"`{name}` of a change cannot be {value!r}; it has: {', '.join(_MEMBERS)}")
