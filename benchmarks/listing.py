"""What a refresh of 10,000 agents asks of a vendor that lists them, whatever is declared, and what changes add.

Only requests are counted, of whole commands: nothing is timed. The agents are exported and adopted first, as somebody
would who takes a live account over; then nothing differs, one agent does, and every tenth.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, get_args

from benchmarks.harness import Figure
from benchmarks.vendor import Vendor, a_vendor, told
from provisioner.secrets import SecretRef
from provisioner.vendors.loading import find_vendor

AGENTS = 10_000

Attributes = Mapping[str, Any]


@dataclass(frozen=True)
class Account:
    """A vendor whose agents are listed.

    ``make`` puts one agent into its simulator, and gives the id; ``change`` is what somebody does to one in the portal.
    ``refresh`` is how many requests it takes to read all, ``each`` how many more an apply takes for each that differs:
    none where only a person can set them right. ``unused`` are credentials of another way in, ``room`` settings of the
    simulator without which so many do not fit.
    """

    vendor: str
    kind: str
    make: Callable[[Vendor, int], str]
    change: Attributes
    refresh: int
    each: int
    unused: frozenset[str] = frozenset()
    room: Attributes = field(default_factory=dict)


def _bird(vendor: Vendor, index: int) -> str:
    user = vendor.control.create("user", {"name": f"Agent {index}", "defaultEmail": _email(index)})
    return vendor.control.create("agent", {"type": "user", "userId": user, "bio": "A word"})


def _maqsam(vendor: Vendor, index: int) -> str:
    return vendor.control.create("agent", {"name": f"Agent {index}", "email": _email(index)})


def _fonouc(vendor: Vendor, index: int) -> str:
    person = {"first_name": "Agent", "last_name": str(index), "email": _email(index), "isAgent": True}
    return vendor.control.create("user", person)


def _deepcall(vendor: Vendor, index: int) -> str:
    way = {
        "phone": f"1555{index:07}",
        "dest_type": "SIP",
        "dest_value": f"agent.{index}",
        "role": "1",
        "address": "Here",
    }
    return vendor.control.create("agent", {"name": f"Agent {index}", "email": _email(index), **way})


def _email(index: int) -> str:
    return f"agent.{index}@acme.example"


ACCOUNTS = (
    Account("bird", "agent", _bird, {"bio": "Another word"}, refresh=100, each=3),
    Account("deepcall", "agent", _deepcall, {"address": "There"}, refresh=21, each=3, room={"agtLimit": AGENTS}),
    Account("maqsam", "agent", _maqsam, {"outgoingEnabled": False}, refresh=101, each=0),
    Account("fonouc", "user", _fonouc, {"enabled": False}, refresh=2, each=0, unused=frozenset({"api_key"})),
)


def figures() -> Iterator[Figure]:
    """Requests by vendor: nothing to change, one agent, every tenth; planned, and applied."""
    for account in ACCOUNTS:
        with a_vendor(account.vendor) as vendor:
            yield from _of(account, vendor)


def _of(account: Account, vendor: Vendor) -> Iterator[Figure]:
    vendor.control.settings(**account.room)
    ids = [account.make(vendor, index) for index in range(AGENTS)]
    folder = _taken_over(account, vendor)
    vendor.asked()
    yield from _round(account, vendor, folder, "nothing to change", [])
    yield from _round(account, vendor, folder, "one agent changed", ids[:1])
    yield from _round(account, vendor, folder, f"{AGENTS // 10:,} agents changed", ids[5::10])


def _round(account: Account, vendor: Vendor, folder: Path, name: str, ids: list[str]) -> Iterator[Figure]:
    for key in ids:
        vendor.control.change(account.kind, key, account.change)
    saved = folder / "saved.plan"
    allowing = ("--allow", "updates")
    vendor.run(folder, "plan", "--out", saved, *allowing)
    yield _count(f"{account.vendor}: plan, {name}", vendor.asked(), account.refresh, f"{AGENTS:,} agents are read")
    vendor.run(folder, "apply", saved)
    why = "is it still as planned; the change; read back" if account.each else "nothing can be sent"
    yield _count(f"{account.vendor}: apply, {name}", vendor.asked(), account.each * len(ids), why)


def _taken_over(account: Account, vendor: Vendor) -> Path:
    """A folder whose manifests declare every agent of the account, each of them bound."""
    start, folder = vendor.scratch / "start", vendor.scratch / "acme"
    start.mkdir()
    (start / "acme.yaml").write_text(f"tenant: acme\nconnections:\n  there: {_connection(account, vendor)}\n")
    vendor.run(start, "export", "--connection", "there", "--out", folder, "--adopt")
    return folder


def _connection(account: Account, vendor: Vendor) -> str:
    """The connection to the simulator, its secrets in the environment."""
    fields = find_vendor(account.vendor).settings.model_fields
    told_settings = [f"vendor: {account.vendor}", f'url: "{vendor.base_url}"']
    for name, value in vendor.control.about()["credentials"].items():
        if name in account.unused or name not in fields:
            continue
        annotation = fields[name].annotation
        if annotation is SecretRef or SecretRef in get_args(annotation):
            os.environ[f"BENCH_{name.upper()}"] = value
            told_settings.append(f"{name}: {{from_env: BENCH_{name.upper()}}}")
        else:
            told_settings.append(f'{name}: "{value}"')
    return "{" + ", ".join(told_settings) + "}"


def _count(name: str, asked: dict[str, int], expected: int, why: str) -> Figure:
    detail = f"{why}: {told(asked)}" if asked else why
    return Figure(f"requests: {name}", sum(asked.values()), expected, "requests", exact=True, detail=detail)
