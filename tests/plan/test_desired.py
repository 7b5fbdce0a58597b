"""Manifests become instances with checked fields, or problems at the very values that cause them."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.address import Address, Pattern
from provisioner.diagnostics import Severity
from provisioner.manifest.loading import load
from provisioner.plan.desired import GuardLimits, build
from provisioner.secrets import SecretRef, SecretSource
from tests.manifest.made_up import ONE, TWO, desired, find_vendor, problems, write

JANE = Address("agents", "jane", "pbx")


# --- Where things live --------------------------------------------------------------------------------------------


def test_one_connection_needs_no_on(tmp_path: Path) -> None:
    """With one connection everything lives there."""
    found = desired(tmp_path, a=ONE + "agents: {jane: {number: '1'}}\n")

    assert list(found.instances) == [JANE]
    assert found.tenant == "acme"
    assert found.connections["pbx"].account == "alpha https://pbx.example.com"
    assert found.connections["pbx"].secrets == {"api_key": SecretRef(SecretSource.ENV, "KEY")}


def test_one_declaration_on_two_connections(tmp_path: Path) -> None:
    """A field beside `on` goes to every vendor that has it; one under `on` wins."""
    text = "agents:\n  jane:\n    first_name: Jane\n    last_name: Roe\n    email: j@example.com\n"
    text += "    on:\n      pbx: {number: '1'}\n      inbox: {timezone: UTC, first_name: J}\n"

    found = desired(tmp_path, a=TWO + text)

    assert found.instances[JANE].attributes == {
        "number": "1",
        "first_name": "Jane",
        "last_name": "Roe",
        "email": "j@example.com",
    }
    beta = found.instances[Address("agents", "jane", "inbox")]
    assert beta.attributes == {"email": "j@example.com", "first_name": "J", "timezone": "UTC"}
    assert beta.paths["first_name"] == ("on", "inbox", "first_name")
    assert beta.paths["email"] == ("email",)
    assert beta.vendor == "beta"


def test_defaults_on_leaves_out_vendors_that_lack_the_kind(tmp_path: Path) -> None:
    """Rooms go to the one vendor that has them."""
    text = "defaults: {on: [pbx, inbox]}\nrooms: {r: {name: R}}\nqueues: {q: {name: Q}}\n"

    found = desired(tmp_path, a=TWO + text)

    assert [str(address) for address in found.instances] == ["queues.q@pbx", "rooms.r@inbox"]


# --- Defaults -----------------------------------------------------------------------------------------------------


def test_precedence_of_defaults(tmp_path: Path) -> None:
    """A declaration wins over `kind@connection`, which wins over `kind`; plans can name the line."""
    text = "defaults:\n  queues: {weight: 1, announce: true, share: 0.5}\n  queues@pbx: {weight: 2, announce: false}\n"
    text += "queues:\n  q: {name: Q, announce: true}\n"

    queue = desired(tmp_path, a=ONE + text).instances[Address("queues", "q", "pbx")]

    assert queue.attributes == {"name": "Q", "weight": 2, "announce": True, "share": 0.5}
    assert queue.default_from == {
        "weight": "defaults.queues@pbx (a.yaml:6:24)",
        "share": "defaults.queues (a.yaml:5:46)",
    }


def test_defaults_of_nested_maps_are_merged_leaf_by_leaf(tmp_path: Path) -> None:
    """A declared leaf does not hide its neighbour's default."""
    text = "defaults: {queues: {recording: {mode: always, keep: 3}}}\nqueues: {q: {name: Q, recording: {keep: 7}}}\n"

    queue = desired(tmp_path, a=ONE + text).instances[Address("queues", "q", "pbx")]

    assert queue.attributes == {"name": "Q", "recording.mode": "always", "recording.keep": 7}
    assert list(queue.default_from) == ["recording.mode"]
    assert queue.paths == {"name": ("name",), "recording.keep": ("recording", "keep")}


def test_a_declared_null_wins_over_a_default(tmp_path: Path) -> None:
    """Clearing is saying something."""
    text = "defaults: {agents: {last_name: Roe}}\nagents: {jane: {number: '1', last_name: null}}\n"

    jane = desired(tmp_path, a=ONE + text).instances[JANE]

    assert jane.attributes == {"number": "1", "last_name": None}
    assert jane.default_from == {}


def test_a_default_is_left_out_where_the_vendor_lacks_it(tmp_path: Path) -> None:
    """Beta has no language, and that is no error as long as somebody has."""
    text = "defaults: {agents: {language: en}}\nagents:\n"
    text += "  jane: {on: pbx, number: '1'}\n  joe: {on: inbox, email: x@example.com}\n"

    found = desired(tmp_path, a=TWO + text)

    assert found.instances[JANE].attributes == {"number": "1", "language": "en"}
    assert found.instances[Address("agents", "joe", "inbox")].attributes == {"email": "x@example.com"}


# --- Values -------------------------------------------------------------------------------------------------------


def test_values_are_flat_and_normalised(tmp_path: Path) -> None:
    """Nested maps by dotted path, secrets by version, an alias by its manifest name, lists as lists."""
    text = (
        "queues:\n  q:\n    name: Q\n    recording: {mode: no, key: {from_file: k, version: 3}}\n    days: [mon, tue]\n"
    )
    text += "alerts: {a: {name: A, from: '08:00'}}\n"

    found = desired(tmp_path, a=ONE + text)

    queue = found.instances[Address("queues", "q", "pbx")]
    assert queue.attributes == {
        "name": "Q",
        "recording.mode": "no",
        "recording.key": {"secret": True, "version": 3},
        "days": ["mon", "tue"],
    }
    assert queue.secrets == {"recording.key": SecretRef(SecretSource.FILE, "k", 3)}
    alert = found.instances[Address("alerts", "a", "pbx")]
    assert alert.attributes == {"name": "A", "from": "08:00", "supervisor": None}


def test_a_part_of_the_key_that_may_be_null_is_null_when_unsaid(tmp_path: Path) -> None:
    """So that the natural key is whole."""
    alert = desired(tmp_path, a=ONE + "alerts: {a: {name: A}}\n").instances[Address("alerts", "a", "pbx")]

    assert alert.offer.natural_key(alert.attributes) == (None, "a")


def test_lifecycle_guards_and_state(tmp_path: Path) -> None:
    """What is said beside the fields arrives too."""
    text = "guards: {deletes: {percent: 5, count: 1}}\nstate: {backend: local, path: here}\n"
    text += "queues: {q: {name: Q, lifecycle: {prevent_destroy: true, ignore_changes: [weight, recording]}}}\n"

    found = desired(tmp_path, a=ONE + text)

    queue = found.instances[Address("queues", "q", "pbx")]
    assert queue.prevent_destroy is True
    assert queue.ignore == {"weight", "recording", "recording.mode", "recording.keep", "recording.key"}
    assert found.guards == {"deletes": GuardLimits(5, 1)}
    assert found.state == {"backend": "local", "path": "here"}


def test_moved_removed_imports(tmp_path: Path) -> None:
    """The lists arrive parsed; an import of nothing is a warning."""
    text = "agents: {jane: {number: '1'}}\nmoved: [{from: agents.old, to: agents.jane}]\n"
    text += "removed: [{address: agents.gone, destroy: false}]\n"
    text += "imports: [{address: agents.jane@pbx, id: 17}, {address: agents.other@pbx, id: 18}]\n"

    found = desired(tmp_path, a=ONE + text)

    assert found.moved == ((Pattern.parse("agents.old"), Pattern.parse("agents.jane")),)
    assert found.removed == ((Pattern.parse("agents.gone"), False),)
    assert found.imports == {JANE: "17"}
    assert [(item.code, item.severity) for item in found.notices] == [("import_of_nothing", Severity.WARNING)]


# --- The digest ---------------------------------------------------------------------------------------------------

WRITTEN = "agents:\n  jane: {number: '1', last_name: Roe, password: {from_env: PIN}}\n  joe: {number: '2'}\n"


def test_the_digest_is_about_meaning(tmp_path: Path) -> None:
    """Comments, order, files and layout do not change it."""
    first = desired(tmp_path / "one", a=ONE + WRITTEN)

    agents = {
        "y": "# hello\nagents:\n  joe:\n    number: '2'\n",
        "z": "agents:\n  jane: {password: {from_env: PIN}, last_name: Roe, number: '1'}\n",
    }
    second = desired(tmp_path / "two", x=ONE, **agents)

    assert first.config_digest == second.config_digest
    assert len(first.config_digest) == 64


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Roe", "Doe"),
        ("from_env: PIN", "from_env: OTHER"),
        ("from_env: PIN", "from_env: PIN, version: 2"),
        ("last_name: Roe", "last_name: null"),
        ("joe:", "jim:"),
        ("pbx.example.com", "pbx2.example.com"),
        ("tenant: acme", "tenant: other"),
        ("{number: '2'}", "{number: '2', lifecycle: {prevent_destroy: true}}"),
    ],
)
def test_the_digest_tells_changes(tmp_path: Path, old: str, new: str) -> None:
    """Anything that a plan depends on changes it."""
    before = desired(tmp_path / "one", a=ONE + WRITTEN)

    after = desired(tmp_path / "two", a=(ONE + WRITTEN).replace(old, new))

    assert before.config_digest != after.config_digest


# --- Problems -----------------------------------------------------------------------------------------------------

PROBLEMS = [
    # top level
    ("agnets: {jane: {number: '1'}}", "5:1", "unknown_kind", "`agnets` is neither", "`agents`"),
    ("tenants: acme", "5:1", "unknown_kind", "`tenants` is neither", "`tenant`"),
    # where it lives
    ("agents: {j: {number: '1'}}", "5:10", "no_on", "`agents.j` does not say", "`on: inbox`"),
    ("agents: {j: {on: pxb, number: '1'}}", "5:18", "unknown_connection", "no connection `pxb`", "`pbx`"),
    ("agents: {j: {on: {pxb: {number: '1'}}}}", "5:19", "unknown_connection", "no connection `pxb`", "`pbx`"),
    ("queues: {q: {on: inbox, name: Q}}", "5:18", "no_such_kind", "has no queues", "`pbx`"),
    ("defaults: {on: [nope]}\nagents: {j: {number: '1'}}", "5:17", "unknown_connection", "`nope`", ""),
    ("defaults: {on: inbox}\nqueues: {q: {name: Q}}", "6:10", "no_such_kind", "can hold queues", "`on:`"),
    # fields
    ("queues: {q: {on: pbx, nmae: Q, name: Q}}", "5:23", "unknown_field", "no field `nmae`", "`name`"),
    ("queues: {q: {on: {pbx: {name: Q, wieght: 1}}}}", "5:34", "unknown_field", "`wieght`", "`weight`"),
    ("queues: {q: {on: pbx, name: Q, recording: {mod: no}}}", "5:44", "unknown_field", "in `recording`", "`mode`"),
    ("agents: {j: {on: pbx, number: '1', timezone: UTC}}", "5:36", "unknown_field", "`timezone`", "`inbox`"),
    ("agents: {j: {on: pbx}}", "5:10", "missing", "`number` is missing", ""),
    ("queues: {q: {on: pbx, name: 5}}", "5:29", "unquoted", "`name` must be text", '`name: "5"`'),
    ("agents: {j: {on: pbx, number: 0100}}", "5:31", "unquoted", "a number", '`number: "0100"`'),
    ("agents: {j: {on: pbx, number: 1.50}}", "5:31", "unquoted", "a number", '`number: "1.50"`'),
    ("agents: {j: {on: pbx, number: 0o14}}", "5:31", "unquoted", "a number", '`number: "0o14"`'),
    ("agents: {j: {on: pbx, number: true}}", "5:31", "unquoted", "true or false", '`number: "true"`'),
    ("agents: {j: {on: pbx, number: '01'}}", "5:31", "pattern", "`01` does not fit `number`", ""),
    ("agents: {j: {on: pbx, number: [1]}}", "5:31", "wrong_type", "and this is a list", ""),
    ("agents: {j: {on: pbx, number: null}}", "5:31", "not_clearable", "cannot be cleared", "leave the line out"),
    ("agents: {j: {on: pbx, number: }}", "5:31", "not_clearable", "cannot be cleared", ""),
    ("agents: {j: {on: pbx, number: '1', language: no}}", "5:46", "not_one_of", "`no` is not one of", "YAML 1.2"),
    ("agents: {j: {on: pbx, number: '1', language: EN}}", "5:46", "not_one_of", "`EN` is not one of", "`en`"),
    ("agents: {j: {on: pbx, number: '1', language: true}}", "5:46", "not_one_of", "`true` is not one", "quotes"),
    ("agents: {j: {on: pbx, number: '1', first_name: Bartholomew}}", "5:48", "out_of_range", "11 characters", ""),
    ("queues: {q: {on: pbx, name: Q, weight: 11}}", "5:40", "out_of_range", "`weight` must be at most 10", ""),
    ("queues: {q: {on: pbx, name: Q, weight: '3'}}", "5:40", "wrong_type", "a whole number", "`weight: 3`"),
    ("queues: {q: {on: pbx, name: Q, weight: 1.5}}", "5:40", "wrong_type", "has a fraction", ""),
    ("queues: {q: {on: pbx, name: Q, announce: yes}}", "5:42", "wrong_type", "true or false", "`announce: true`"),
    ("queues: {q: {on: pbx, name: Q, recording: x}}", "5:43", "wrong_type", "`recording` must be a map", ""),
    ("queues: {q: {on: pbx, name: Q, days: mon}}", "5:38", "wrong_type", "`days` must be a list", ""),
    ("queues: {q: {on: pbx, name: Q, days: [mon, wed]}}", "5:44", "not_one_of", "`wed` is not one of", ""),
    ("queues: {q: {on: pbx, name: Q, agents: jane}}", "5:40", "wrong_type", "`agents` must be", ""),
    ("queues: {q: {on: pbx, name: Q, weight: 5}}", "5:40", "rule", "no weight 5", ""),
    # on
    ("queues: {q: {on: [{pbx: {weight: 1}}], name: Q}}", "5:19", "wrong_form", "", "`on: {pbx: {…}}`"),
    ("queues: {q: {on: [], name: Q}}", "5:18", "empty_on", "live nowhere", "name a connection"),
    # defaults
    ("defaults: {agents: {colour: x}}", "5:21", "unknown_field", "no field `colour`", ""),
    ("defaults: {agent: {x: 1}}", "5:12", "unknown_kind", "no connection of the tenant has agent", ""),
    ("defaults: {agents@nope: {}}", "5:12", "unknown_connection", "`nope`", ""),
    (
        "defaults: {queues: {weight: 99}}\nqueues: {q: {on: pbx, name: Q}, r: {on: pbx, name: R}}",
        "5:29",
        "out_of_range",
        "",
        "",
    ),
    # secrets
    (
        "agents: {j: {on: pbx, number: '1', password: x}}",
        "5:46",
        "literal_secret",
        "`password`: a secret is never",
        "from_env",
    ),
    ("agents: {j: {on: pbx, number: '1', password: {env: X}}}", "5:46", "secret_form", "no reference", "from_env"),
    (
        "agents: {j: {on: pbx, number: '1', password: {from_env: X, version: 0}}}",
        "5:69",
        "secret_form",
        "from 1 up",
        "",
    ),
    # uniqueness
    (
        "agents: {a: {on: pbx, number: '1'}, b: {on: pbx, number: '1'}}",
        "5:58",
        "declared_twice",
        "`agents.a@pbx`, at a.yaml:5:31",
        "",
    ),
    (
        "queues: {a: {on: pbx, name: Sales}, b: {on: pbx, name: ' sALES '}}",
        "5:56",
        "declared_twice",
        "`queues.a@pbx`",
        "capitals",
    ),
    ("agents: {j: {on: pbx, number: '1', password: {from_environment: X}}}", "5:46", "secret_form", "", "`from_env`?"),
    # guards, state, lifecycle
    ("guards: {delets: {count: 1}}", "5:10", "unknown_key", "`guards` has no `delets`", "`deletes`"),
    ("guards: {deletes: {percent: 101}}", "5:29", "guards", "from 0 to 100", ""),
    ("guards: {deletes: 5}", "5:19", "wrong_form", "must be a map", ""),
    ("state: {path: x}", "5:1", "state", "must name its back-end", ""),
    ("state: {backend: redis}", "5:18", "state", "there is no state back-end `redis`", ""),
    ("state: {backend: local, pth: x}", "5:25", "unknown_key", "`state` has no `pth`", "`path`"),
    ("state: {backend: local, path: 5}", "5:31", "state", "`state.path` must be a folder's name", ""),
    ("state: {backend: local, path: s, name: x}", "5:34", "unknown_key", "`state` has no `name`", ""),
    ("state: {backend: postgress}", "5:18", "state", "no state back-end `postgress`", "did you mean `postgres`?"),
    (
        "state: {backend: postgres, dsn: {from_env: DSN}}",
        "5:18",
        "state",
        "`state` must say its `name` for back-end `postgres`",
        "state: {backend: postgres, dsn: {from_env: STATE_DSN}, name: acme}",
    ),
    ("state: {backend: postgres, name: acme}", "5:18", "state", "must say its `dsn`", "{from_env: STATE_DSN}"),
    ("state: {backend: postgres, dsn: {from_env: DSN}, name: 5}", "5:56", "state", "`state.name` must be", ""),
    ("state: {backend: postgres, dsn: {from_env: DSN}, name: ' '}", "5:56", "state", "`state.name` must be", ""),
    ('state: {backend: postgres, dsn: {from_env: DSN}, name: "a\\nb"}', "5:56", "state", "on one line", ""),
    (
        "state: {backend: postgres, dsn: {from_environ: DSN}, name: a}",
        "5:33",
        "secret_form",
        "`state.dsn`",
        "`from_env`?",
    ),
    ("state: {backend: postgres, dsn: {from_env: DSN}, name: a, nam: b}", "5:59", "unknown_key", "`nam`", "`name`"),
    (
        "queues: {q: {on: pbx, name: Q, lifecycle: {ignore_changes: [wieght]}}}",
        "5:61",
        "unknown_field",
        "`wieght`",
        "`weight`",
    ),
]


@pytest.mark.parametrize(("text", "place", "code", "message", "hint"), PROBLEMS)
def test_problems(tmp_path: Path, text: str, place: str, code: str, message: str, hint: str) -> None:
    """One mistake, one problem, at the value that causes it."""
    found = problems(tmp_path, {"a.yaml": TWO + text + "\n"})

    assert [(str(item.position), item.code) for item in found] == [(f"a.yaml:{place}", code)]
    assert message in found[0].message
    assert hint in (found[0].hint or "")
    assert not found[0].message.endswith(".")


CONNECTIONS = [
    ("{vendor: alpa}", "3:17", "unknown_vendor", "no vendor `alpa`", "`alpha`"),
    ("{url: x}", "3:3", "vendor", "must name its vendor", "vendor: NAME"),
    ("{vendor: 5}", "3:17", "vendor", "must name its vendor", ""),
    ("{vendor: alpha, url: x}", "3:3", "missing", "`api_key` is missing", ""),
    ("{vendor: alpha, url: x, api_key: k}", "3:41", "literal_secret", "`api_key`", "from_env"),
    ("{vendor: alpha, ulr: y, url: x, api_key: {from_env: K}}", "3:24", "unknown_field", "`ulr`", "`url`"),
    ("{vendor: beta, workspace: xy}", "3:34", "out_of_range", "`workspace` is too short", ""),
    ("{vendor: beta, workspace: xyz, limits: {concurrency: x}}", "3:61", "wrong_type", "`limits.concurrency`", ""),
    ("{vendor: beta, workspace: xyz, timeout: fast}", "3:48", "wrong_type", "`timeout` must be a number", ""),
]


@pytest.mark.parametrize(("settings", "place", "code", "message", "hint"), CONNECTIONS)
def test_connections(tmp_path: Path, settings: str, place: str, code: str, message: str, hint: str) -> None:
    """A bad connection is one problem, and nothing that lives there is another."""
    text = f"tenant: acme\nconnections:\n  pbx: {settings}\n"
    text += "agents: {j: {on: pbx, number: '1', email: e@example.com}}\n"
    if "beta" in settings:
        text = text.replace("number: '1', ", "")

    found = problems(tmp_path, {"a.yaml": text})

    assert [(str(item.position), item.code) for item in found] == [(f"a.yaml:{place}", code)]
    assert message in found[0].message
    assert hint in (found[0].hint or "")


def test_two_connections_to_one_account(tmp_path: Path) -> None:
    """Nobody could say whose an entity is."""
    text = ONE + "  second: {vendor: alpha, url: 'https://pbx.example.com', api_key: {from_env: K2}}\n"

    found = problems(tmp_path, {"a.yaml": text})

    assert [(str(item.position), item.code) for item in found] == [("a.yaml:4:3", "one_account")]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("connections: {pbx: {vendor: beta, workspace: abc}}\n", ["no_tenant"]),
        ("tenant: acme\n", ["no_connections"]),
        ("tenant: acme\nagents: {j: {number: '1'}}\n", ["no_connections"]),
        ("tenant: acme\nconnections: {}\nagents: {j: {number: '1'}}\n", ["no_connections"]),
        ("tenant: acme\nconnections: {}\nagents: {}\n", []),
        ("tenant: acme\nconnections:\n", []),
        ("tenant: acme\nconnections: {pbx: {vendor: beta, workspace: abc}}\n", []),
    ],
)
def test_what_a_tenant_needs(tmp_path: Path, text: str, codes: list[str]) -> None:
    """A name and a connection; an empty list of those is said on purpose, by whom nothing lives any more."""
    assert [item.code for item in problems(tmp_path, {"a.yaml": text})] == codes


BLOCKS = [
    ("moved: [{from: agents.j, to: agents.k}]", "6:16", "`agents.j@pbx` is moved away and is still declared"),
    ("moved: [{from: agents.a, to: agents.a}]", "6:30", "moved to itself"),
    ("moved: [{from: agents.a, to: queues.a}]", "6:30", "stays within a kind"),
    ("moved: [{from: agents.a, to: agents.a@pbx}]", "6:30", "`*` for the same parts"),
    ("moved: [{from: agents.a*, to: agents.b}]", "6:16", "within a part"),
    ("moved: [{from: agents.a, to: agents.b}, {from: agents.a, to: agents.c}]", "6:48", "already the `from`"),
    ("moved: [{from: agents.a, to: agents.c}, {from: agents.b, to: agents.c}]", "6:62", "already the `to`"),
    ("moved: [{from: agents.a, to: agents.b}, {from: agents.b, to: agents.a}]", "6:16", "in a ring"),
    ("moved: [{from: agents.*@pbx, to: agents.*@old}]", "6:16", "`agents.j@pbx` is moved away and is still declared"),
    ("removed: [{address: agents.j}]", "6:21", "`agents.j@pbx` is listed as removed"),
    ("removed: [{address: 'agents.?@p*'}]", "6:21", "`agents.j@pbx` is listed as removed"),
    ("removed: [{address: '*@pbx'}]", "6:21", "`agents.j@pbx` is listed as removed"),
    (
        "removed: [{address: agents.a}, {address: agents.a, destroy: false}]",
        "6:42",
        "to be kept here and destroyed at a.yaml:6:21",
    ),
    (
        "moved: [{from: agents.a, to: agents.bb}]\nremoved: [{address: 'agents.?@old', destroy: false}]",
        "7:21",
        "the move at a.yaml:6:16 takes `agents.a` away first",
    ),
    ("imports: [{address: agents.j@pbx, id: 1}, {address: agents.j@pbx, id: 2}]", "6:53", "already bound to `1`"),
    (
        "agents: {j: {number: '1'}, k: {number: '2'}}\n"
        "imports: [{address: agents.j@pbx, id: 1}, {address: agents.k@pbx, id: 1}]",
        "5:53",
        "`1` is already bound to `agents.j@pbx`",
    ),
]


@pytest.mark.parametrize(("text", "place", "message"), BLOCKS)
def test_contradictions(tmp_path: Path, text: str, place: str, message: str) -> None:
    """What two blocks say against each other, or against a declaration."""
    agents = "" if text.startswith("agents") else "agents: {j: {number: '1'}}\n# a line\n"

    found = problems(tmp_path, {"a.yaml": ONE + agents + text + "\n"})

    assert [str(item.position) for item in found] == [f"a.yaml:{place}"]
    assert message in found[0].message


REMOVED_AND_MOVED = [
    ("{from: agents.a, to: agents.b}", "agents.a", "agents.b"),
    ("{from: agents.a, to: agents.b}", "agents.a@pbx", "agents.b@pbx"),
    ("{from: agents.a, to: agents.b}, {from: agents.b, to: agents.c}", "agents.a@pbx", "agents.c@pbx"),
    ("{from: '*@old', to: '*@pbx'}", "agents.a@old", "agents.a@pbx"),
    ("{from: '*@old', to: '*@pbx'}", "*@ol?", "*@pbx"),
    ("{from: agents.a, to: agents.b}", "agents.b@old", None),
    ("{from: agents.a, to: agents.b}", "agents.?@old", None),
    ("{from: agents.a, to: agents.b}", "queues.a", None),
    ("{from: agents.a@old, to: agents.b@old}", "agents.a@pbx", None),
]


@pytest.mark.parametrize(("moved", "removed", "now"), REMOVED_AND_MOVED)
def test_what_is_moved_first(tmp_path: Path, moved: str, removed: str, now: str | None) -> None:
    """A removed entry that names a moved source would be of no effect; the hint has the address that it has by then."""
    text = f"moved: [{moved}]\nremoved: [{{address: '{removed}', destroy: false}}]\n"

    found = problems(tmp_path, {"a.yaml": ONE + text})

    assert [item.hint for item in found] == ([] if now is None else [f"write `{now}`, which it is called by then"])


def test_chained_moves_are_good(tmp_path: Path) -> None:
    """A rename after a rename, and a connection that was renamed."""
    text = "moved:\n  - {from: agents.a, to: agents.b}\n  - {from: agents.b, to: agents.c}\n"
    text += "  - {from: '*@old', to: '*@pbx'}\n"

    assert problems(tmp_path, {"a.yaml": ONE + text}) == ()


def test_two_without_a_key_are_not_twice_the_same(tmp_path: Path) -> None:
    """Each is told what is missing or wrong, and nothing of the other."""
    found = problems(tmp_path, {"a.yaml": TWO + "agents: {a: {on: pbx, first_name: A}, b: {on: pbx, number: []}}\n"})

    assert [item.code for item in found] == ["missing", "wrong_type"]


def test_many_problems_in_one_run(tmp_path: Path) -> None:
    """All files, all stages, sorted by place; each once."""
    found = problems(
        tmp_path,
        {
            "a.yaml": TWO,
            "b.yaml": "queues:\n  Q: {name: x}\n  r: {name: R, weight: 99, on: pbx, colour: red}\n  r: {}\n",
            "c/d.yaml": "agents:\n\tjane: 1\n",
            "e.yaml": "queues: {s: {name: R, on: pbx, weight: x}}\nagents: {j: {on: inbox}}\nmoved: 5\n",
        },
    )

    assert [(str(item.position), item.code) for item in found] == [
        ("b.yaml:2:3", "key"),
        ("b.yaml:3:24", "out_of_range"),
        ("b.yaml:3:37", "unknown_field"),
        ("b.yaml:4:3", "duplicate_key"),
        ("c/d.yaml:2:1", "tab"),
        ("e.yaml:1:20", "declared_twice"),
        ("e.yaml:1:40", "wrong_type"),
        ("e.yaml:2:10", "missing"),
        ("e.yaml:3:8", "wrong_form"),
    ]


def test_building_says_what_it_could_not_use(tmp_path: Path) -> None:
    """`build` gives problems rather than raising, and nothing to plan from."""
    manifests, _ = load(write(tmp_path, {"a.yaml": ONE + "queues: {q: {}}\n"}))
    assert manifests is not None

    found, told = build(manifests, find_vendor)

    assert found is None
    assert [item.code for item in told] == ["missing"]


def test_a_literal_in_the_state_section(tmp_path: Path) -> None:
    """A data source's address holds a password: it is asked for by reference, whatever else is wrong."""
    found = problems(tmp_path, {"a.yaml": TWO + "state: {backend: postgres, dsn: 'postgres://x'}\n"})

    assert [(item.code, str(item.position)) for item in found] == [
        ("state", "a.yaml:5:18"),
        ("literal_secret", "a.yaml:5:33"),
    ]
    assert not any("postgres://x" in (item.source or "") for item in found)


def test_a_field_that_one_of_the_connections_lacks(tmp_path: Path) -> None:
    """Moved from one to both: who lacks it is named, and whether to keep the line is left open."""
    text = "agents: {j: {on: {pbx: {number: '1', email: e@x.org}, inbox: {email: e@x.org, number: '1'}}}}\n"

    (found,) = problems(tmp_path, {"a.yaml": TWO + text})

    assert found.message == "there is no field `number` at beta (`inbox`)"
    assert found.hint == "the vendor of `pbx` has it: write it under `on.pbx`, or take the line out"


def test_an_empty_on_where_there_is_a_default(tmp_path: Path) -> None:
    """Leaving it out is a way only where that says something."""
    text = "defaults: {on: pbx}\nqueues: {q: {on: [], name: Q}, r: {on: {}, name: R}}\n"

    found = problems(tmp_path, {"a.yaml": TWO + text})

    hint = "name a connection, or leave `on` out where `defaults.on` or the only connection says where it lives"
    assert [item.hint for item in found] == [hint] * 2


def test_a_connection_that_was_renamed(tmp_path: Path) -> None:
    """Where one connection is named by nobody, whoever names one that is not there may have meant it."""
    text = TWO.replace("inbox:", "mail:") + "agents: {j: {on: inbox, email: e@x.org}, k: {on: pbx, number: '1'}}\n"

    (found,) = problems(tmp_path, {"a.yaml": text})

    assert found.message == "there is no connection `inbox`"
    assert found.hint == (
        "connections: `mail`, `pbx`; if `inbox` is called `mail` now, write that here, and once "
        "`moved: [{from: '*@inbox', to: '*@mail'}]`"
    )
