"""How does Bird show an entity? What is stored, and what is derived from others (§4.1.8, §5.4 to §5.6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from provisioner.simulators.bird.content import Content
from provisioner.simulators.bird.ids import id_of
from provisioner.simulators.bird.kinds import AGENT, CAPACITY_RULE, KINDS, SKILL, TEAM, Kind
from provisioner.simulators.bird.settings import Settings
from provisioner.simulators.store import Entity

_FEATURED = 5
_ACTIVITY = "available"
_MAY_BE_UNSET = ("timezone", "defaultCountryCode", "defaultCallerId", "outOfOfficeResponse")
_KEY_OWNER = id_of("user", 0)  # who made a skill: the user of the access key, who is not among the others
_RESTLESS_WORKLOAD = 5


class Wire:
    """Entities as answers hold them."""

    def __init__(self, content: Content, settings: Settings) -> None:
        self._content, self._settings = content, settings
        self._rules: dict[str, Entity] = {}
        self._default_rule: Entity | None = None
        self._rules_of = -1
        self._moved = 0
        self._special: dict[str, Callable[[Entity], dict[str, Any]]] = {
            "agent": self._agent,
            "team": self._team,
            "routing_queue": self._routing_queue,
            "skill": self._skill,
            "capacity_rule": self._capacity_rule,
            "business_hours": self._business_hours,
            "sender_profile": self._sender_profile,
        }

    def shown(self, kind: Kind, entity: Entity) -> dict[str, Any]:
        """The whole entity, as a list, a read and a write answer it."""
        special = self._special.get(kind.name)
        own = {} if kind.name in ("business_hours", "sender_profile") else {"workspaceId": self._settings.workspace_id}
        return {"id": entity.id, **own, **(special(entity) if special else entity.attributes)}

    def minimal(self, agent: Entity) -> dict[str, Any]:
        """An entry of ``all-agents`` (§4.1.2)."""
        shown = self.shown(AGENT, agent)
        names = ("id", "status", "name", "avatarUrl", "createdAt")
        return {**{name: shown[name] for name in names}, "activity": _ACTIVITY}

    def for_person(self, kind: str, entity: Entity) -> dict[str, Any]:
        """What is stored, and the memberships by the names that a person writes them by."""
        shown = {"id": entity.id, **entity.attributes}
        if kind == AGENT.name:
            shown["teamIds"] = list(self._content.memberships.of_user(entity.attributes.get("userId", "")))
        elif kind == TEAM.name:
            shown["members"] = _members(self._content.memberships.of_team(entity.id))
        return shown

    def availability(self, agent: Entity) -> dict[str, Any]:
        """§4.1.7; what was never set has the time of the agent's creation."""
        created = agent.attributes["createdAt"]
        times = {"lastStatusSet": created, "lastActivitySet": created, "updatedAt": created}
        status = {"status": agent.attributes["status"], "activity": _ACTIVITY}
        return {**times, **agent.attributes.get("availability", {}), **status}

    def workload(self, agent: Entity) -> dict[str, Any]:
        """§4.1.7; the rule is one that names the agent, or else the default, or else absent."""
        shown = {"id": agent.id, "workload": agent.attributes["workload"], "updatedAt": agent.attributes["createdAt"]}
        rule = self._rule_of(agent.id)
        return shown if rule is None else {**shown, "rule": self.shown(CAPACITY_RULE, rule), "ruleId": rule.id}

    def name_of(self, agent: Entity) -> str:
        """The agent's own name, or the user's (A-5)."""
        return str(agent.attributes.get("name") or (self._user_of(agent) or {}).get("name", ""))

    def emails_of(self, agent: Entity) -> list[str]:
        """All addresses of the user, the default first."""
        user = self._user_of(agent)
        return [] if user is None else list(dict.fromkeys([user["defaultEmail"], *user["emails"]]))

    def roles_of(self, agent: Entity) -> set[str]:
        """The ids of the user's roles."""
        return {each.get("id", "") for each in (self._user_of(agent) or {}).get("roles") or []}

    def _user_of(self, agent: Entity) -> Mapping[str, Any] | None:
        return self._content.user(agent.attributes.get("userId", ""))

    def _agent(self, agent: Entity) -> dict[str, Any]:
        shown = dict(agent.attributes)
        user_id = shown.pop("userId", None)
        user = self._user_of(agent)
        shown |= {
            "name": self.name_of(agent),
            "overrideName": "name" in agent.attributes,
            "userEmails": self.emails_of(agent),
            "roles": (user or {}).get("roles") or [],
            "teams": [self._team_of(*each) for each in self._content.memberships.of_user(user_id or "").items()],
            "availability": self.availability(agent),
            "workload": self.workload(agent),
        }
        if user is not None:
            names = ("name", "avatarUrl", "defaultEmail", "phoneNumber")
            shown["user"] = {"id": user_id, **{name: user[name] for name in names}}
        if "assignedSkills" in shown:
            shown["assignedSkills"] = [self._assigned(each) for each in shown["assignedSkills"]]
        return self._restless_agent(self._with_unset(shown))

    def _with_unset(self, agent: dict[str, Any]) -> dict[str, Any]:
        if self._settings.unset_as == "absent":
            return agent
        value = None if self._settings.unset_as == "null" else ""
        return {**dict.fromkeys(_MAY_BE_UNSET, value), **agent}

    def _restless_agent(self, agent: dict[str, Any]) -> dict[str, Any]:
        """What changes by itself (§5.4), if a person wants it to change with every answer."""
        if not self._settings.restless:
            return agent
        now = self._content.ticks.stamp()
        self._moved += 1
        status = ("active", "away", "offline")[self._moved % 3]
        workload = {"messaging": self._moved % _RESTLESS_WORKLOAD, "email": self._moved % 2}
        return {
            **agent,
            "status": status,
            "availability": {**agent["availability"], "status": status, "lastStatusSet": now, "updatedAt": now},
            "workload": {**agent["workload"], "workload": workload, "updatedAt": now},
            "tagCount": self._moved,
            "lastAssignedAt": now,
            "updatedAt": now,
        }

    def _team_of(self, key: str, since: str) -> dict[str, Any]:
        """A team as an agent shows it."""
        team = self._content.tables[TEAM.name].get(key)
        attributes = {} if team is None else team.attributes
        return {
            "id": key,
            "name": attributes.get("name", ""),
            "memberSince": since,
            "activeMemberCount": len(self._content.memberships.of_team(key)),
            "pendingMemberCount": attributes.get("pendingMemberCount", 0),
        }

    def _assigned(self, assigned: Mapping[str, Any]) -> dict[str, Any]:
        """A skill as an agent shows it: by the skill as it is now."""
        skill = self._content.tables[SKILL.name].get(assigned["id"])
        if skill is None:
            return dict(assigned)
        chosen = {each["id"] for each in assigned.get("selectedValues", ())}
        values = [each for each in skill.attributes["values"] if each["id"] in chosen]
        return {
            "id": skill.id,
            "name": skill.attributes["name"],
            "valueType": skill.attributes["valueType"],
            "selectedValues": [{name: v for name, v in each.items() if name != "createdAt"} for each in values],
        }

    def _team(self, team: Entity) -> dict[str, Any]:
        users = self._content.memberships.of_team(team.id)
        return {**team.attributes, "activeMemberCount": len(users), "featuredMembers": _members(users)[:_FEATURED]}

    def _routing_queue(self, queue: Entity) -> dict[str, Any]:
        if not self._settings.restless:
            return queue.attributes
        self._moved += 1
        now = self._content.ticks.stamp()
        item = {"rootItemId": id_of("item", self._moved), "capacityType": "messaging", "QueuedAt": now}
        items = {**queue.attributes["queuedItems"], "messaging": [item] * (self._moved % 2)}
        return {**queue.attributes, "queuedItems": items, "updatedAt": now}

    def _skill(self, skill: Entity) -> dict[str, Any]:
        return {**skill.attributes, "createdBy": _KEY_OWNER, "updatedBy": _KEY_OWNER}

    def _capacity_rule(self, rule: Entity) -> dict[str, Any]:
        """Read and written by different names (§4.5)."""
        shown = dict(rule.attributes)
        agents = shown.pop("agents")
        is_null = not agents and self._settings.no_agents_as == "null"
        return {**shown, "assignedAgentIds": None if is_null else agents}

    def _business_hours(self, hours: Entity) -> dict[str, Any]:
        if not self._settings.restless:
            return hours.attributes
        self._moved += 1
        return {**hours.attributes, "currentStatus": ("open", "closed")[self._moved % 2]}

    def _sender_profile(self, profile: Entity) -> dict[str, Any]:
        """Written as ``username``, read as a part of ``email`` (§5.6)."""
        shown = dict(profile.attributes)
        return {**shown, "email": {"username": shown.pop("username"), "domain": self._settings.sender_domain}}

    def _rule_of(self, agent: str) -> Entity | None:
        if self._rules_of != self._content.version:
            rules = list(self._content.tables[CAPACITY_RULE.name])
            self._rules = {key: rule for rule in reversed(rules) for key in rule.attributes["agents"]}
            self._default_rule = next((rule for rule in rules if rule.attributes["default"]), None)
            self._rules_of = self._content.version
        return self._rules.get(agent, self._default_rule)


def _members(users: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"id": user, "type": "user"} for user in users]


def content_for_person(content: Content, wire: Wire) -> dict[str, dict[str, dict[str, Any]]]:
    """Kind to id to entity."""
    return {name: {entity.id: wire.for_person(name, entity) for entity in content.tables[name]} for name in KINDS}
