"""What is told offline of a tenant with several vendors: the place, what is wrong, and what to do about it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Tenant

PBX = "{vendor: eq, url: 'http://pbx.example/eq/api/2.0', api_key: {from_env: KEY}}"
INBOX = "{vendor: bird, workspace_id: abc, access_key: {from_env: KEY}}"
VOICE = "{vendor: maqsam, access_key_id: id, access_secret: {from_env: KEY}}"
DESK = "{vendor: fonouc, url: 'http://desk.example/api', account_id: id, api_key: {from_env: KEY}}"
FOUR = f"tenant: acme\nconnections:\n  pbx: {PBX}\n  inbox: {INBOX}\n  voice: {VOICE}\n  desk: {DESK}\n"
"""Six lines; what a case adds begins in the seventh."""

JANE = "agents:\n  jane:\n    first_name: Jane\n    "
ON_BOTH = "\n    on: {pbx: {number: '1', password: {from_env: PIN}}, inbox: {name: J}}\n"

Case = tuple[str, str, str, str]

FIELDS: dict[str, Case] = {
    "a shared field that nobody has": (
        f"{JANE}colour: red{ON_BOTH}",
        "10:5",
        "there is no field `colour`",
        "",
    ),
    "a shared field that is misspelt, among those of all its vendors": (
        f"{JANE}langage: en{ON_BOTH}",
        "10:5",
        "there is no field `langage`",
        "did you mean `language`?",
    ),
    "a shared field of a vendor where it does not live": (
        f"{JANE}outgoing_enabled: true{ON_BOTH}",
        "10:5",
        "there is no field `outgoing_enabled`",
        "the vendor of `voice` has it: to let this live there too, write it under `on.voice`",
    ),
    "a field under on.X of another vendor where it lives": (
        "agents: {j: {on: {pbx: {number: '1', timezone: UTC}, inbox: {name: J}}}}",
        "7:38",
        "there is no field `timezone`",
        "the vendor of `inbox` has it: write it under `on.inbox`",
    ),
    "such a field, although another one is spelt nearly so": (
        "agents: {j: {on: {pbx: {number: '1'}, inbox: {name: J, number: '1'}}}}",
        "7:56",
        "there is no field `number`",
        "the vendor of `pbx` has it: write it under `on.pbx`",
    ),
    "a field of a map under on.X": (
        "agents: {j: {on: {pbx: {number: '1'}, inbox: {name: J, forward_number: {enabld: true}}}}}",
        "7:73",
        "there is no field `enabld` in `forward_number`",
        "did you mean `enabled`?",
    ),
    "a shared value that one vendor of two refuses": (
        f"{JANE}email: null{ON_BOTH}",
        "10:12",
        "`email` cannot be cleared, so it cannot be null (on `inbox`)",
        "leave the line out",
    ),
    "a key that one vendor of two needs": (
        "agents: {j: {on: [pbx, inbox], name: J}}",
        "7:10",
        "`number` is missing (on `pbx`)",
        "",
    ),
}

PLACES: dict[str, Case] = {
    "a kind that the named vendor lacks": (
        "alerts: {a: {on: inbox, name: A}}",
        "7:18",
        "`bird`, the vendor of `inbox`, has no alerts",
        "alerts can live on `pbx`",
    ),
    "a kind that a vendor of a map lacks": (
        "teams: {front: {on: {inbox: , pbx: }, name: Front line}}",
        "7:31",
        "`eq`, the vendor of `pbx`, has no teams",
        "teams can live on `inbox`",
    ),
    "a kind that no vendor of defaults.on has": (
        "defaults: {on: [pbx, voice]}\nteams: {front: {name: Front line}}",
        "8:9",
        "no connection of `defaults.on` can hold teams",
        "say with `on:` where it lives, as in `on: inbox`",
    ),
    "a connection that is not there": (
        "agents: {j: {on: mars, number: '1'}}",
        "7:18",
        "there is no connection `mars`",
        "connections: `desk`, `inbox`, `pbx`, `voice`",
    ),
    "nowhere": (
        "agents: {j: {number: '1'}}",
        "7:10",
        "`agents.j` does not say on which connection it lives",
        "add `on: desk` here",
    ),
    "`On` for `on`": (
        "agents: {j: {On: pbx, number: '1'}}",
        "7:14",
        "`agents.j` does not say on which connection it lives",
        "write `on` for `On`",
    ),
    "an empty list": (
        "agents: {j: {on: [], number: '1'}}",
        "7:18",
        "`on` is an empty list, so that this would live nowhere",
        "name a connection, or leave `on` out where",
    ),
    "a reference to what lives elsewhere": (
        "queues: {q: {on: desk, name: Q, agents: [{agent: jane, delay: 3}]}}\nagents: {jane: {on: pbx, number: '1'}}",
        "7:50",
        "`agents.jane` does not live on `desk`, where this refers to it",
        "it lives on `pbx`: add `desk` to its `on`, or write `{id: …}`",
    ),
    "a shared reference that leads nowhere on one of two": (
        "queues:\n  q: {name: Q, teams: [front, back], on: {pbx: {extension: '5'}, inbox: }}\n"
        "teams: {front: {on: inbox, name: Front line}}",
        "8:31",
        "there is no `teams.back`",
        "declare it, or write `{id: …}`",
    ),
}

DEFAULTS: dict[str, Case] = {
    "a default that the named connection lacks": (
        "defaults: {agents@pbx: {timezone: UTC}}",
        "7:25",
        "there is no field `timezone`",
        "the vendor of `inbox` has it: write it under `agents@inbox`",
    ),
    "a default that nobody has": (
        "defaults: {agents: {langage: en}}",
        "7:21",
        "there is no field `langage`",
        "did you mean `language`?",
    ),
    "defaults of a kind that the named connection lacks": (
        "defaults: {teams@pbx: {name: Front line}}",
        "7:12",
        "`eq`, the vendor of `pbx`, has no teams",
        "teams can live on `inbox`",
    ),
    "defaults of a misspelt kind": (
        "defaults: {alrts: {name: A}}",
        "7:12",
        "no connection of the tenant has alrts",
        "did you mean `alerts`?",
    ),
    "defaults for a misspelt connection": (
        "defaults: {agents@inbx: {bio: X}}",
        "7:12",
        "there is no connection `inbx`",
        "did you mean `inbox`?",
    ),
}

WRITTEN = {**FIELDS, **PLACES, **DEFAULTS}

CONNECTIONS: dict[str, Case] = {
    "another vendor's credential": (
        "{vendor: bird, workspace_id: abc, access_key: {from_env: K}, api_key: {from_env: K}}",
        "3:67",
        "there is no field `api_key`",
        "it is a setting of vendor `eq`, `fonouc`; `bird` needs `workspace_id`, `access_key`",
    ),
    "another vendor's account": (
        "{vendor: eq, url: 'http://x.example', api_key: {from_env: K}, workspace_id: abc}",
        "3:68",
        "there is no field `workspace_id`",
        "it is a setting of vendor `bird`; `eq` needs `url`, `api_key`",
    ),
    "a vendor in capitals": ("{vendor: EQ}", "3:15", "there is no vendor `EQ`", "did you mean `eq`?"),
    "a vendor that is misspelt": ("{vendor: brid}", "3:15", "there is no vendor `brid`", "did you mean `bird`?"),
    "no vendor": ("{url: x}", "3:3", "the connection `x` must name its vendor", "with one of `bird`"),
    "the word misspelt": ("{vender: eq}", "3:7", "must name its vendor", "write `vendor` for `vender`"),
    "a path of nothing": (
        "{vendor: eq, url: 'http://x.example', api_key: {from_env: K}, paths: {agents: /agent}}",
        "3:76",
        "`paths` has no `agents`",
        "did you mean `agent`?",
    ),
    "a secret without a name": (
        "{vendor: eq, url: 'http://x.example', api_key: {from_env: ''}}",
        "3:64",
        "`api_key`: `from_env` takes the name of an environment variable",
        "",
    ),
}


@pytest.fixture
def acme(tmp_path: Path, outside: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Tenant:
    """A folder with nothing in it; nothing is asked of any vendor."""
    return Tenant(tmp_path, "", capsys, outside)


def told(acme: Tenant, text: str, *options: str) -> list[tuple[str, str, str]]:
    """Place, message and hint of every problem; a plan asks nobody either, and says the same."""
    acme.manifest.write_text(text + "\n", encoding="utf-8")
    ran = acme.run(*options, "validate", "--format", "json")
    assert ran.code == 1
    found = json.loads(ran.out)["diagnostics"]
    return [(_place(item), item["message"], item.get("hint") or "") for item in found]


def _place(problem: dict[str, object]) -> str:
    return f"{problem['file']}:{problem['line']}:{problem['column']}" if problem.get("file") else ""


@pytest.mark.parametrize("name", WRITTEN)
def test_one_mistake_is_told_once_where_it_stands(acme: Tenant, name: str) -> None:
    """A field, a kind, a reference or a default that is not where it was written."""
    text, place, message, hint = WRITTEN[name]

    found = told(acme, FOUR + text)

    assert [where for where, _, _ in found] == [f"acme.yaml:{place}"]
    assert message in found[0][1]
    assert hint in found[0][2]


@pytest.mark.parametrize("name", CONNECTIONS)
def test_a_connection_of_another_vendors_kind(acme: Tenant, name: str) -> None:
    """The hint says whose the setting is, and what this vendor wants."""
    settings, place, message, hint = CONNECTIONS[name]

    found = told(acme, f"tenant: acme\nconnections:\n  x: {settings}")

    assert [where for where, _, _ in found] == [f"acme.yaml:{place}"]
    assert message in found[0][1]
    assert hint in found[0][2]


def test_two_connections_to_one_account(acme: Tenant) -> None:
    """However its address is spelt."""
    again = "{vendor: bird, url: 'https://API.bird.com:443/', workspace_id: abc, access_key: {from_env: OTHER}}"

    found = told(acme, FOUR + f"  second: {again}")

    assert found == [
        (
            "acme.yaml:7:3",
            "the connections `inbox` and `second` lead to one account",
            "keep one of them; `inbox` stands at acme.yaml:4:3",
        )
    ]


@pytest.mark.parametrize(
    ("misspelt", "meant"), [("tennant", "tenant"), ("conections", "connections"), ("default", "defaults")]
)
def test_a_misspelt_section_is_all_that_is_told(acme: Tenant, misspelt: str, meant: str) -> None:
    """Not that every declaration lacks what stands there."""
    whole = f"{FOUR}defaults: {{on: [pbx]}}\nagents: {{j: {{number: '1'}}, k: {{on: pbx, number: '2'}}}}"

    found = told(acme, whole.replace(f"{meant}:", f"{misspelt}:"))

    assert [(message, hint) for _, message, hint in found] == [
        (f"`{misspelt}` is neither a section nor a kind", f"did you mean `{meant}`?")
    ]


def test_a_misspelt_kind_is_all_that_is_told(acme: Tenant) -> None:
    """Not that what refers to its declarations leads nowhere."""
    text = "teems: {front: {on: inbox, name: Front line}}\nqueues: {q: {on: inbox, name: Q, teams: [front]}}"

    found = told(acme, FOUR + text)

    assert [(place, hint) for place, _, hint in found] == [("acme.yaml:7:1", "did you mean `teams`?")]


@pytest.mark.parametrize("name", ["", "''", "' '"])
def test_a_tenant_without_a_name(acme: Tenant, name: str) -> None:
    """It is the empty name that is told, and what to write."""
    found = told(acme, FOUR.replace("tenant: acme", f"tenant: {name}"))

    assert [message for _, message, _ in found] == ["`tenant` has no name in it"]
    assert "as in `tenant: acme`" in found[0][2]


OVERLAYS = [
    ("connections: {pbxx: {url: x}}", "1:15", "must name its vendor", "did you mean `connections.pbx`?"),
    ("agents: {janee: {last_name: X}}", "1:10", "does not say on which", "did you mean `agents.jane`?"),
    ("agents: {janee: {on: pbx}}", "1:10", "`number` is missing", "did you mean `agents.jane`?"),
    ("queues: {support: {name: X}}", "1:10", "does not say on which", "all that it needs must stand here"),
    ("conections: {pbx: {url: x}}", "1:1", "neither a section nor a kind", "did you mean `connections`?"),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), OVERLAYS)
def test_a_key_that_is_misspelt_in_an_overlay(acme: Tenant, text: str, place: str, message: str, hint: str) -> None:
    """It would merge with nothing, and be half a declaration: the hint says which one was meant."""
    (acme.folder / "overlays").mkdir()
    (acme.folder / "overlays" / "production.yaml").write_text(text + "\n", encoding="utf-8")

    found = told(acme, FOUR + "agents: {jane: {on: pbx, number: '1'}}", "-f", "overlays/production.yaml")

    assert [where for where, _, _ in found] == [f"overlays/production.yaml:{place}"]
    assert message in found[0][1]
    assert hint in found[0][2]


@pytest.mark.parametrize(
    ("declared", "message", "expected", "hint"),
    [
        (
            "supervisors: {sam: {username: s}, ines: {username: i}}",
            "`supervisors.sam` and 1 more do not say on which connection they live",
            "`on:` with one or more of `pbx`",
            "add `on: pbx` here, or `defaults: {on: [pbx]}` for all",
        ),
        (
            "agents: {j: {number: '1'}}\nsupervisors: {sam: {username: s}}",
            "`agents.j` and 1 more do not say on which connection they live",
            "`on:` with one or more of `desk`, `inbox`, `pbx`, `voice`",
            "add `on: desk` here, or `defaults: {on: [pbx]}` for all",
        ),
        (
            "queues: {q: {name: Q}, r: {on: pbx, extension: '5', name: R, type: inbound}}",
            "`queues.q` does not say on which connection it lives",
            "`on:` with one or more of `desk`, `inbox`, `pbx`",
            "add `on: desk` here, or `defaults: {on: [desk]}` for all, or the same with `inbox` or `pbx`: "
            "where they live already, if they do",
        ),
    ],
)
def test_declarations_that_say_nothing_of_where_they_live(
    acme: Tenant, declared: str, message: str, expected: str, hint: str
) -> None:
    """One cause is told once, and only connections are named whose vendor has the kind."""
    acme.manifest.write_text(FOUR + declared + "\n", encoding="utf-8")

    found = json.loads(acme.run("validate", "--format", "json").out)["diagnostics"]

    assert [(item["line"], item["message"], item["expected"], item["hint"]) for item in found] == [
        (7, message, expected, hint)
    ]


def test_a_folder_in_the_place_of_an_overlay(acme: Tenant) -> None:
    """The hint names the files in it."""
    (acme.folder / "overlays").mkdir()
    (acme.folder / "overlays" / "production.yaml").write_text("{}\n", encoding="utf-8")

    found = told(acme, FOUR, "-f", "overlays")

    assert found == [("", "`overlays` is a folder, and `-f` names a file", "write `-f overlays/production.yaml`")]
