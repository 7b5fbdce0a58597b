"""Who and which queues are there, as a person keeps them and as ``/config`` lists them? §4."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from provisioner.simulators.collection import Collections
from provisioner.simulators.fonouc.kinds import QUEUE, USER
from provisioner.simulators.fonouc.settings import Settings
from provisioner.simulators.lag import Lag
from provisioner.simulators.store import Entity


class Directory:
    """Users and queues of one account. A roster names users; a person who checks can only name those that are there."""

    def __init__(self, settings: Settings, lag: Lag) -> None:
        self._settings, self._lag = settings, lag
        self.kinds = Collections(USER, replace(QUEUE, rule=self._nobody_unknown))

    def user(self, key: str) -> Entity | None:
        """The user of that id."""
        return self.kinds[USER.name].table.get(key)

    def queue(self, key: str) -> Entity | None:
        """The queue of that id."""
        return self.kinds[QUEUE.name].table.get(key)

    def queues(self) -> Iterator[Entity]:
        """All queues."""
        return iter(self.kinds[QUEUE.name].table)

    def list_users(self) -> list[dict[str, Any]]:
        """The answer of ``/config/users``, without what lags and with what is gone but still seen."""
        collection = self.kinds[USER.name]
        truth = {user.id: collection.wire(user) for user in collection.table}
        late = [key[1] for key in self._lag.late() if isinstance(key, tuple) and key[0] == USER.name]
        seen = {key: self._lag.seen((USER.name, key), truth.get(key)) for key in dict.fromkeys([*truth, *late])}
        return [self._without_omitted(user) for user in seen.values() if user is not None]

    def list_queues(self) -> list[dict[str, Any]]:
        """The answer of ``/config/queues``."""
        collection = self.kinds[QUEUE.name]
        return [
            self._without_omitted({**collection.wire(queue), "misconfigured_agents": self._misconfigured(queue)})
            for queue in self.queues()
        ]

    def _misconfigured(self, queue: Entity) -> int:
        """How the server computes it is not documented; here it counts what §5.2 says should be checked."""
        return sum(not self._can_serve(agent["id"]) for agent in queue.attributes["agents"])

    def _can_serve(self, key: str) -> bool:
        user = self.user(key)
        return user is not None and bool(user.attributes["enabled"] and user.attributes["isAgent"])

    def _without_omitted(self, shown: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in shown.items() if name not in self._settings.omitted_fields}

    def _nobody_unknown(self, queue: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
        for place, agent in enumerate(queue["agents"]):
            if self.user(agent.get("id", "")) is None:
                yield f"agents.{place}.id", "nonexistent"
