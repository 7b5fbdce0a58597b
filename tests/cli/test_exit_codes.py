"""Exit codes: 0 done, 1 anything failed or was refused, 2 only where it was asked for; the same in every format."""

from __future__ import annotations

import asyncio
import re
import shutil
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

import click
import pytest

from provisioner.cli.main import cli
from provisioner.simulators.control import Control
from provisioner.state.lock import Holder, Lock
from tests.cli.conftest import Ran, Tenant

Situation: TypeAlias = Callable[[Tenant, Control], None]


def new(tenant: Tenant, control: Control) -> None:
    """Nothing is applied yet."""


def applied(tenant: Tenant, control: Control) -> None:
    """Everything is as declared."""
    tenant.applied()


def edited(tenant: Tenant, control: Control) -> None:
    """Somebody changed an entity at the vendor."""
    tenant.applied()
    control.change("agent", "1", {"firstName": "Somebody"})


def guarded(tenant: Tenant, control: Control) -> None:
    """More deletes than guard `deletes` lets through."""
    tenant.applied()
    for name in ("jane:", "bob:", "sam:"):
        tenant.without(name)
    text = tenant.manifest.read_text(encoding="utf-8")
    tenant.manifest.write_text(text[: text.index("alerts:")].replace("supervisors:\n", "").replace("agents:\n", ""))


def in_conflict(tenant: Tenant, control: Control) -> None:
    """A wanted e-mail address is held by an agent whom nobody manages."""
    control.create(
        "agent", {"number": "77", "firstName": "Eve", "password": "12345", "emailAddress": "jane@acme.example"}
    )


def failing(tenant: Tenant, control: Control) -> None:
    """The vendor answers 500 to every read."""
    tenant.applied()
    control.fault("status", method="GET", status=500, times=None)


def down(tenant: Tenant, control: Control) -> None:
    """Nobody listens at the vendor's address."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    tenant.edit(tenant.url, f"http://127.0.0.1:{port}/eq/api/2.0")


def malformed(tenant: Tenant, control: Control) -> None:
    """A manifest with an unknown field."""
    tenant.edit("last_name: Roe", "surname: Roe")


def refusing(tenant: Tenant, control: Control) -> None:
    """The vendor refuses one of the creates."""
    control.fault("status", method="POST", path="/agent", status=400)


def protected(tenant: Tenant, control: Control) -> None:
    """What is declared to stay is declared no more."""
    tenant.edit("last_name: Poe,", "last_name: Poe, lifecycle: {prevent_destroy: true},")
    tenant.applied()
    tenant.without("bob:")


def for_a_person(tenant: Tenant, control: Control) -> None:
    """An extension that was made by hand is to be changed, and EQ would blank its secrets."""
    control.create("extension", {"extension": "101", "name": "Desk", "sip": {"secret": "by-hand"}})
    text = tenant.manifest.read_text(encoding="utf-8")
    tenant.manifest.write_text(
        text[: text.index("supervisors:")] + 'extensions:\n  desk: {extension: "101", name: Front desk}\n'
    )
    assert tenant.run("apply", "--auto-approve").code == 0


def unwilling(tenant: Tenant, control: Control) -> None:
    """Somebody changed an entity, and the vendor refuses every change."""
    edited(tenant, control)
    for method in ("POST", "PUT", "DELETE"):
        control.fault("status", method=method, status=400, times=None)


def unreadable(tenant: Tenant, control: Control) -> None:
    """A manifest that is no YAML."""
    tenant.applied()
    tenant.edit("agents:", "agents: [")


def without_credentials(tenant: Tenant, control: Control) -> None:
    """The key of the connection is not set."""
    tenant.applied()
    tenant.environment.delenv("ACME_KEY")


def without_passwords(tenant: Tenant, control: Control) -> None:
    """What would be sent is not set."""
    tenant.environment.delenv("PIN")


def busy(tenant: Tenant, control: Control) -> None:
    """Somebody else writes the state, for as long as the test lasts."""
    tenant.applied()
    lock = Lock(tenant.folder / ".provisioner" / "lock")
    asyncio.run(lock.acquire(Holder("ann", "elsewhere", "2026-01-01T00:00:00Z", "provisioner apply", 1), 0))
    HELD.append(lock)


def mistyped(tenant: Tenant, control: Control) -> None:
    """A flag that there is not."""
    tenant.applied()


SITUATIONS: dict[str, Situation] = {
    "changes": new,
    "nothing to do": applied,
    "changed by hand": edited,
    "for a person": for_a_person,
    "guard": protected,
    "conflict": in_conflict,
    "partial failure": unwilling,
    "reads fail": failing,
    "vendor down": down,
    "bad manifest": malformed,
    "no YAML": unreadable,
    "no credential": without_credentials,
    "no secret": without_passwords,
    "lock held": busy,
    "wrong flag": mistyped,
}

COMMANDS: dict[str, list[str]] = {
    "validate": ["validate"],
    "fmt": ["fmt", "--check"],
    "plan": ["plan"],
    "drift": ["drift"],
    "graph": ["graph"],
    "list": ["state", "list"],
    "history": ["history"],
    "verify": ["history", "verify"],
    "export": ["export", "--connection", "pbx", "--out", "OUT"],
    "apply": ["apply", "--auto-approve"],
    "destroy": ["destroy", "--auto-approve"],
    "import": ["import", "agents.eve@pbx", "EVE"],
    "csv": ["import-csv", "CSV", "--kind", "agents"],
    "rm": ["state", "rm", "agents.jane@pbx"],
}

TABLE = """
                 validate fmt plan drift graph list history verify export apply destroy import csv rm
changes          0        0   0/2  0     0     0    0       0      0      0/0   0       0      0   1
nothing to do    0        0   0/0  0     0     0    0       0      0      0/0   0       0      0   0
changed by hand  0        0   0/2  2     0     0    0       0      0      0/0   0       0      0   0
for a person     0        0   0/2  0     0     0    0       0      0      0/2   0       0      0   1
guard            0        0   1/1  0     0     0    0       0      0      1/1   1       0      0   0
conflict         0        0   1/1  0     0     0    0       0      0      1/1   0       0      0   1
partial failure  0        0   0/2  2     0     0    0       0      0      1/1   1       0      0   0
reads fail       0        0   1/1  1     0     0    0       0      1      1/1   1       1      0   0
vendor down      0        0   1/1  0     0     0    0       0      1      1/1   0       1      0   1
bad manifest     1        0   1/1  1     1     0    0       0      1      1/1   1       1      1   1
no YAML          1        1   1/1  1     1     0    0       0      1      1/1   1       1      1   0
no credential    0        0   1/1  1     0     0    0       0      1      1/1   1       1      0   0
no secret        0        0   0/2  0     0     0    0       0      0      1/1   0       0      0   1
lock held        0        0   1/1  1     0     0    0       0      1      1/1   1       1      0   1
wrong flag       1        1   1/1  1     1     1    1       1      1      1/1   1       1      1   1
"""
"""What each command ends with in each situation; behind the stroke, with ``--detailed-exitcode``."""

HELD: list[Lock] = []


@pytest.fixture
def released() -> Iterator[None]:
    """Lets go of a lock that a situation has taken."""
    yield
    while HELD:
        HELD.pop().release()


def rows() -> dict[str, dict[str, str]]:
    """The table: situation → command → the codes."""
    head, *lines = TABLE.strip().splitlines()
    found = {}
    for line in lines:
        *name, codes = re.split(r"\s{2,}", line, maxsplit=1)
        found[" ".join(name)] = dict(zip(head.split(), codes.split(), strict=True))
    return found


def ways(words: Sequence[str]) -> Iterator[list[str]]:
    """Every form that a command's own options give its answer."""
    found: click.Command = cli
    context = click.Context(cli)
    for word in words:
        inner = found.get_command(context, word) if isinstance(found, click.Group) else None
        found = inner or found
    forms: list[list[str]] = [[]]
    for option in found.params:
        if "--format" in option.opts and isinstance(option.type, click.Choice):
            forms += [["--format", str(choice)] for choice in option.type.choices]
        if "--json" in option.opts:
            forms.append(["--json"])
    detailed = any("--detailed-exitcode" in option.opts for option in found.params)
    for form in forms:
        yield form
        if detailed:
            yield [*form, "--detailed-exitcode"]


@dataclass
class Scene:
    """A situation that commands are run in, and that is put back after each that changes anything."""

    tenant: Tenant
    control: Control
    kept: Path
    account: Mapping[str, Any]
    eve: str

    def run(self, words: Sequence[str], *more: str) -> Ran:
        """How the command line ended, with the situation as it was before."""
        beside = {"OUT": self.kept.parent / "exported", "CSV": self.kept.parent / "people.csv", "EVE": self.eve}
        try:
            return self.tenant.run(*(str(beside.get(word, word)) for word in words), *more)
        finally:
            shutil.rmtree(self.kept.parent / "exported", ignore_errors=True)
            if words[0] not in ("validate", "fmt", "plan", "drift", "graph", "history", "export"):
                self.restore()

    def restore(self) -> None:
        self.control.restore(self.account)
        for name in (".provisioner", "acme.yaml", "agents.yaml"):
            place, kept = self.tenant.folder / name, self.kept / name
            if name != ".provisioner":
                place.unlink(missing_ok=True)
            if kept.is_file():
                shutil.copy(kept, place)
            elif kept.is_dir():
                for one in (*place.iterdir(),):
                    if one.name != "lock":  # somebody may hold it
                        one.unlink()
                shutil.copytree(kept, place, dirs_exist_ok=True, ignore=shutil.ignore_patterns("lock"))
            elif place.is_dir():
                shutil.rmtree(place)


@pytest.fixture
def scene_of(
    tenant: Tenant, control: Control, released: None, tmp_path_factory: pytest.TempPathFactory
) -> Callable[[str], Scene]:
    """Makes a situation."""

    def made(name: str) -> Scene:
        tenant.edit("timeout: 5.0", 'timeout: 5.0\n    scan: {ranges: {queues: ["500-501"], extensions: ["101-102"]}}')
        SITUATIONS[name](tenant, control)
        tenant.run("fmt")
        control.create("agent", {"number": "1099", "firstName": "Eve", "password": "12345"})
        eve = next(key for key, agent in control.content()["agent"].items() if agent["number"] == "1099")
        beside = tmp_path_factory.mktemp("beside")
        (beside / "people.csv").write_text("number,first_name\n1077,Zoe\n", encoding="utf-8")
        shutil.copytree(tenant.folder, beside / "kept")
        return Scene(tenant, control, beside / "kept", control.snapshot(), eve)

    return made


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_situation_ends_every_command_alike(scene_of: Callable[[str], Scene], situation: str) -> None:
    """Every command ends as the table says, in every format that it has, and nothing is a traceback or a fault."""
    scene = scene_of(situation)
    wrong = []

    for name, words in COMMANDS.items():
        code, _, detailed = rows()[situation][name].partition("/")
        for way in ways(words):
            ran = scene.run(words, *way, *(["--no-such-flag"] if situation == "wrong flag" else []))
            expected = int(detailed if "--detailed-exitcode" in way else code)
            if ran.code != expected or "a fault in provisioner" in ran.err or "Traceback" in ran.err:
                wrong.append(f"{' '.join([*words, *way])}: {ran.code} and not {expected}: {ran.out}{ran.err}")

    assert not wrong, "\n".join(wrong)


def test_every_command_is_in_the_table() -> None:
    """Or is named here, with the reason why no situation changes how it ends."""
    by_itself = {"init", "schema", "vendors", "explain", "completion", "simulate", "demo"}  # of no tenant
    of_a_file = {"show"}  # see below

    assert {words[0] for words in COMMANDS.values()} | by_itself | of_a_file == set(
        cli.list_commands(click.Context(cli))
    )
    assert {name: set(row) for name, row in rows().items()} == {name: set(COMMANDS) for name in SITUATIONS}


def test_without_a_terminal_nothing_is_applied_unasked(tenant: Tenant, control: Control) -> None:
    """An apply that can ask nobody does nothing."""
    ran = tenant.run("apply")

    assert ran.code == 1
    assert "--auto-approve" in ran.err
    assert control.counts().get("POST", 0) == 0


OTHERS = [
    (["plan", "--target", "agents.nobody"], 1),
    (["plan", "--allow", "everything"], 1),
    (["plan", "--exclude", "agents.jane", "--detailed-exitcode"], 0),
    (["apply", "--parallelism", "0"], 1),
    (["destroy", "--target", "agents.nobody", "--auto-approve"], 1),
    (["drift", "--target", "agents.nobody"], 1),
    (["state", "show", "agents.jane@pbx"], 0),
    (["state", "show", "agents.nobody@pbx"], 1),
    (["state", "show", "no address"], 1),
    (["state", "mv", "agents.jane@pbx", "agents.janet@pbx"], 0),
    (["state", "mv", "agents.nobody@pbx", "agents.janet@pbx"], 1),
    (["state", "pull"], 0),
    (["state", "push", "acme.yaml"], 1),
    (["state", "settle", "agents.jane@pbx", "--absent"], 1),
    (["state", "settle", "agents.jane@pbx"], 1),
    (["state", "unlock"], 0),
    (["import", "agents.jane@pbx", "no such id"], 1),
    (["import-csv", "nothing.csv", "--kind", "agents"], 1),
    (["export", "--connection", "nobody", "--out", "out"], 1),
    (["graph", "nothing.plan"], 1),
    (["show", "nothing.plan"], 1),
    (["show", "acme.yaml"], 1),
    (["schema", "plan"], 0),
    (["schema", "state"], 0),
    (["schema", "nothing"], 1),
    (["vendors", "nobody"], 1),
    (["explain", "nothing"], 1),
    (["simulate", "nobody"], 1),
    (["no-such-command"], 1),
    ([], 1),
]


@pytest.mark.parametrize(("arguments", "code"), OTHERS, ids=[" ".join(row[0]) or "nothing" for row in OTHERS])
def test_other_command_lines(tenant: Tenant, arguments: list[str], code: int) -> None:
    """A command that did what it was told ends with 0, any other with 1, in every format that it has."""
    tenant.applied()

    for way in ways(arguments) if arguments else [[]]:
        if "--detailed-exitcode" in way:
            continue
        ran = tenant.run(*arguments, *way)

        assert ran.code == code, ran.err + ran.out
        assert "a fault in provisioner" not in ran.err
        if arguments[:2] == ["state", "mv"]:
            break  # it is moved


def test_an_empty_state_in_ci_is_held(tenant: Tenant, control: Control, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under CI a local back-end without a state would make everything again; nobody is asked, no key is sent."""
    monkeypatch.setenv("CI", "true")

    control.reset_log()
    held = tenant.run("plan", "--out", "held.plan")
    asked = control.log()
    allowed = tenant.run("plan", "--allow", "fresh_state")

    assert (held.code, asked) == (1, [])
    assert "fresh_state" in held.out
    assert "guard `fresh_state`" in tenant.run("apply", "held.plan").err
    assert allowed.code == 0
