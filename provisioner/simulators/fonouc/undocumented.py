"""How do the user writes behave that clients have seen and no document knows? Off unless a person turns them on (F12).

Observed are the bodies, 201, 200, and 400 for an empty e-mail address (§5.4). That a created user is no agent yet, what
is missing from a body, and what deleting nobody answers are this simulator's own choices.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.simulators.base import Checks, Refused
from provisioner.simulators.fonouc.directory import Directory
from provisioner.simulators.fonouc.errors import Failure
from provisioner.simulators.fonouc.kinds import USER
from provisioner.simulators.lag import Lag

_STORED_AS = {
    "first_name": "first_name",
    "last_name": "last_name",
    "email": "email",
    "level": "level",
    "password": "password",
    "extension": "presence_id",
    "role_id": "role",
}
"""Of the members that were seen those that ``/config/users`` shows again, and the password."""


class UserWrites:
    """Creating and deleting users."""

    def __init__(self, directory: Directory, lag: Lag) -> None:
        self._users, self._lag = directory.kinds[USER.name], lag

    def create(self, body: Mapping[str, Any]) -> None:
        """Make a user. Raises Failure."""
        if not body.get("email"):
            raise Failure(400, "Email can't be empty\n")
        attributes = {_STORED_AS[name]: value for name, value in body.items() if name in _STORED_AS}
        try:
            user = self._users.create({**attributes, "isAgent": False}, Checks.ALL)
        except Refused as refused:
            raise Failure(400, refused.message) from refused
        self._lag.wrote((USER.name, user.id), None)

    def delete(self, email: str) -> None:
        """Remove the first user of that address. Raises Failure."""
        wanted = email.strip().casefold()
        user = next((each for each in self._users.table if each.attributes["email"].casefold() == wanted), None)
        if user is None:
            raise Failure(404, "User not found")
        self._lag.wrote((USER.name, user.id), self._users.wire(user))
        self._users.table.remove(user.id)
