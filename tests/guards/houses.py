"""The contact centres that the tables' edits are made in: their manifests, in four sizes.

A **centre** is one EQ account; **sites** are two, north and south; **dial** is an account of a vendor that lists, with
rosters. In every size the first agents are jane, luis and noor, and the first queue is `support`. Every declaration is
a line of its own, with its fields as JSON, so that an edit can take lines out and change single fields.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

SIZES = (5, 50, 500, 5000)

MAIN, OTHER = "<main>", "<other>"
"""What stands in the manifests for the addresses of the account that is worked with, and of another one."""

NAMES = ("Jane", "Luis", "Noor", "Ines", "Omar", "Petra", "Quinn", "Rosa", "Sven", "Tariq", "Uma", "Viktor", "Wanda")

Fields = dict[str, Any]


@dataclass(frozen=True)
class House:
    """One centre in one size. ``left`` are people who were deleted some time ago, and whom the record remembers.

    ``accounts`` are the vendors behind the addresses in the manifests, ``overlays`` the files that every command names.
    """

    name: str
    size: int
    files: Mapping[str, str]
    left: Mapping[str, Fields]
    accounts: Mapping[str, str]
    overlays: Sequence[str] = ()
    settings: Mapping[str, Any] = field(default_factory=dict)
    """What a person has set in the accounts."""

    @property
    def options(self) -> tuple[str, ...]:
        """What is typed before every command."""
        return tuple(word for overlay in self.overlays for word in ("-f", overlay))


@cache
def house(name: str, size: int) -> House:
    """The house of that name in that size."""
    return {"centre": _centre, "sites": _sites, "dial": _dial}[name](size)


# --- one EQ account -----------------------------------------------------------------------------------------------

CENTRE = {  # supervisors, agents, queues, pause codes, extensions, alerts
    5: (1, 3, 1, 0, 0, 0),
    50: (2, 24, 12, 4, 5, 3),
    500: (10, 380, 40, 8, 50, 12),
    5000: (40, 4600, 120, 16, 194, 30),
}
TEAM = {5: 3, 50: 8, 500: 38, 5000: 100}
"""How many agents share a file."""


def _centre(size: int) -> House:
    supervisors, agents, queues, codes, phones, alerts = CENTRE[size]
    trainees = 0 if size == 5 else 3
    files = {
        "tenant.yaml": _tenant({"pbx": _eq(OTHER, "STAGING_KEY")}),
        "overlays/production.yaml": f"connections: {json.dumps({'pbx': _eq(MAIN, 'MAIN_KEY')})}\n",
        "supervisors.yaml": written("supervisors", _supervisors(supervisors)),
        **_teams(_agents(range(agents - trainees)), TEAM[size]),
        **_teams(_agents(range(agents - trainees, agents)), TEAM[size], "trainees"),
        "queues.yaml": written("queues", _queues(range(queues))),
        "pause-codes.yaml": written("pause_codes", {f"pause-{n}": {"name": f"Pause {n}"} for n in range(1, codes + 1)}),
        "phones.yaml": written("extensions", {f"desk-{n}": _phone(n) for n in range(1, phones + 1)}),
        "alerts.yaml": written("alerts", {f"alert-{n}": _alert(n, min(queues, 8)) for n in range(1, alerts + 1)}),
    }
    left = {f"agents.left-{n}@pbx": _agent(89_000 + n) for n in range(1, 13)}
    return House("centre", size, files, left, {MAIN: "eq", OTHER: "eq"}, ("overlays/production.yaml",))


def _tenant(connections: Fields, **more: Any) -> str:
    # How long a queue's agents rest is left to the default by half of the queues, and said by the others.
    defaults = {"agents": {"language": "en"}, "queues": {"wrap_up_time": 15, "type": "inbound"}, **more}
    return f"tenant: harbour\nconnections: {json.dumps(connections)}\ndefaults: {json.dumps(defaults)}\n"


def _eq(url: str, key: str) -> Fields:
    return {"vendor": "eq", "url": url, "api_key": {"from_env": key}, "retries": 0, "timeout": 5.0}


def _supervisors(count: int, start: int = 0) -> dict[str, Fields]:
    people = {}
    for n in range(start, start + count):
        key = "sam" if n == 0 else f"lead-{n}"
        people[key] = {
            "username": f"{key.replace('-', '')}lead",
            "first_name": key.title(),
            "email": f"{key}@harbour.example",
            "type": "full",
            "password": {"from_env": "FIRST_PASSWORD"},
        }
    return people


def person(index: int) -> str:
    """The key of the agent of that index: jane, luis, noor, ines-4, …"""
    name = NAMES[index % len(NAMES)].lower()
    return name if index < 3 else f"{name}-{index + 1}"


def _agents(indexes: Iterable[int]) -> dict[str, Fields]:
    return {person(index): _agent(index) for index in indexes}


def _agent(index: int) -> Fields:
    first = NAMES[index % len(NAMES)]
    return {"number": str(10_000 + index), "first_name": f"{first} {index + 1}", "password": {"from_env": "FIRST_PIN"}}


def _queues(indexes: Iterable[int]) -> dict[str, Fields]:
    found: dict[str, Fields] = {}
    for index in indexes:
        key = "support" if index == 0 else f"queue-{index + 1}"
        found[key] = {"extension": str(500 + index), "name": key.replace("-", " ").title()}
        if index % 2:
            found[key]["wrap_up_time"] = 20
        if index == 0:
            found[key]["lifecycle"] = {"prevent_destroy": True}
    return found


def _phone(n: int) -> Fields:
    return {"extension": str(7000 + n), "name": f"Desk {n}", "sip": {"secret": {"from_env": "SIP_SECRET"}}}


def _alert(n: int, queues: int) -> Fields:
    queue = n % queues
    return {
        "supervisor": "sam",
        "queue": "support" if queue == 0 else f"queue-{queue + 1}",
        "name": f"Backlog {n}",
        "type": "call_queue_calls_high",
        "threshold": 10,
        "notification": "email",
        "interval": 15,
        "days": ["mon", "tue", "wed", "thu", "fri"],
        "from": "08:00",
        "to": "18:00",
    }


# --- two EQ accounts ----------------------------------------------------------------------------------------------


def _sites(size: int) -> House:
    """Half of the people work in the north, where a declaration lives if it does not say otherwise."""
    supervisors, agents, queues, *others = CENTRE[size]
    half = agents // 2
    connections = {"north": _eq(MAIN, "MAIN_KEY"), "south": _eq(OTHER, "OTHER_KEY")}
    files = {
        "tenant.yaml": _tenant(connections, on=["north"]),
        "supervisors.yaml": written("supervisors", _supervisors(supervisors)),
        **_teams(_agents(range(half)), TEAM[size], "north"),
        **_teams(_on(_agents(range(half, agents)), "south"), TEAM[size], "south"),
        "queues.yaml": written("queues", _queues(range(queues))),
        "south/queues.yaml": written("queues", _on(_queues(range(300, 300 + sum(others))), "south")),
    }
    return House("sites", size, files, {}, {MAIN: "eq", OTHER: "eq"})


def _on(declared: Mapping[str, Fields], connection: str) -> dict[str, Fields]:
    return {key: {**fields, "on": [connection]} for key, fields in declared.items()}


# --- a vendor that lists ------------------------------------------------------------------------------------------

DIAL = {5: (1, 3, 1), 50: (2, 38, 10), 500: (4, 456, 40), 5000: (5, 4895, 100)}  # roles, agents, queues
PAGE = {5: 1, 50: 10, 500: 100, 5000: 500}


def _dial(size: int) -> House:
    roles, agents, queues = DIAL[size]
    connection = {
        "vendor": "deepcall",
        "url": MAIN,
        "user_id": "10000001",
        "token": {"from_env": "TOKEN"},
        "retries": 0,
        "lag": 0,
        "busy_pauses": [],
        "page_size": PAGE[size],
    }
    defaults = {"agents": {"role": "agent", "dest_type": "SIP"}}
    files = {
        "tenant.yaml": f"tenant: harbour\nconnections: {json.dumps({'dial': connection})}\n"
        f"defaults: {json.dumps(defaults)}\n",
        "roles.yaml": written("roles", {"agent": {"name": "agent"}, **_roles(roles)}),
        **_teams({person(index): _member(index) for index in range(agents)}, TEAM[size]),
        "queues.yaml": written("queues", _groups(queues, agents)),
    }
    return House("dial", size, files, {}, {MAIN: "deepcall"}, settings={"agtLimit": 1_000_000})


def _roles(count: int) -> dict[str, Fields]:
    return {f"role-{n}": {"name": f"Role {n}"} for n in range(2, count + 1)}


def _member(index: int) -> Fields:
    key = person(index)
    return {
        "email": f"{key}@harbour.example",
        "name": NAMES[index % len(NAMES)] + f" {index + 1}",
        "phone": str(15_555_000_000 + index),
        "dest_value": key,
    }


def _groups(queues: int, agents: int) -> dict[str, Fields]:
    """The first agents are in `support`; the others are shared among the rest."""
    found: dict[str, Fields] = {}
    share = max(3, agents // queues)
    for index in range(queues):
        key = "support" if index == 0 else f"queue-{index + 1}"
        members = range(index * share, min(agents, (index + 1) * share))
        found[key] = {"name": key.replace("-", " ").title(), "agents": [person(member) for member in members]}
    return found


# --- text ---------------------------------------------------------------------------------------------------------


def _teams(agents: Mapping[str, Fields], share: int, folder: str = "people") -> dict[str, str]:
    keys = list(agents)
    return {
        f"{folder}/team-{number + 1}.yaml": written("agents", {key: agents[key] for key in keys[start : start + share]})
        for number, start in enumerate(range(0, len(keys), share))
    }


def written(kind: str, declared: Mapping[str, Fields]) -> str:
    """A manifest of one kind."""
    return "".join([f"{kind}:\n", *(line_of(key, fields) for key, fields in declared.items())])


def line_of(key: str, fields: Fields) -> str:
    """A declaration on a line of its own."""
    return f"  {key}: {json.dumps(fields)}\n"


def declarations(text: str) -> Iterator[tuple[str, str, str]]:
    """Kind, key and line of every declaration in a manifest that was written here."""
    kind = ""
    for line in text.splitlines(keepends=True):
        if line.startswith("  ") and kind:
            yield kind, line[2 : line.index(":")], line
        elif line.endswith(":\n"):
            kind = line[:-2]
