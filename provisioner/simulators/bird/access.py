"""Who may ask, and for what? The access key (401) and the policies of its roles (403): §1, A-2."""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping, Sequence

from provisioner.simulators.base import Refused, Request
from provisioner.simulators.bird.errors import Failure
from provisioner.simulators.bird.settings import Settings

_ACTIONS = {
    "POST": "create",
    "GET": "view",
    "HEAD": "view",
    "OPTIONS": "view",
    "DELETE": "delete",
    "PUT": "update",
    "PATCH": "update",
}
_KNOWN = frozenset({"any", *_ACTIONS.values()})


def admit(request: Request, settings: Settings) -> None:
    """Raises Failure: 401 without the key, 403 for what no policy allows. A user's token is none that we know."""
    given = request.headers.get("authorization", "")
    if not hmac.compare_digest(given.encode(), f"AccessKey {settings.access_key}".encode()):
        raise Failure(401, "The request is not authenticated")
    if not any(_allows(policy, request.method, request.path) for policy in settings.policies):
        raise Failure(403, f"No access policy allows {request.method} {request.path}")


def check_policies(policies: Iterable[Mapping[str, Sequence[str]]]) -> None:
    """Raises Refused for a policy that could never be meant."""
    for policy in policies:
        if policy.keys() != {"actions", "resources"}:
            raise Refused("a policy has `actions` and `resources`")
        for action in policy["actions"]:
            if action not in _KNOWN:
                raise Refused(f"unknown action `{action}`; there is: {', '.join(sorted(_KNOWN))}")


def _allows(policy: Mapping[str, Sequence[str]], method: str, path: str) -> bool:
    if not {"any", _ACTIONS.get(method)} & set(policy["actions"]):
        return False
    return any(_covers(resource.split("/"), path.split("/")) for resource in policy["resources"])


def _covers(pattern: Sequence[str], path: Sequence[str]) -> bool:
    """Segment by segment; ``**`` at the end also stands for nothing: a key for ``agents/**`` lists agents (§1)."""
    if pattern[-1] == "**":
        pattern = pattern[:-1]
        path = path[: len(pattern)]
    if len(pattern) != len(path):
        return False
    return all(wanted in ("*", segment) for wanted, segment in zip(pattern, path, strict=True))
