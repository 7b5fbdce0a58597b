"""Whatever the files hold, the outcome is a Desired or located problems, and no literal secret is shown."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from provisioner.diagnostics import Diagnostic
from provisioner.report import diagnostics as report
from tests.manifest.made_up import TWO, desired, problems

TENANT = (
    TWO
    + """\
defaults:
  on: [pbx]
  queues: {weight: 3}
supervisors: {sam: {name: Sam}}
agents:
  jane: {first_name: Jane, email: j@example.com, on: {pbx: {number: "1", password: {from_env: PIN}}, inbox: }}
  joe: &joe {number: "2", last_name: null, lifecycle: {prevent_destroy: true}}
queues:
  support: {name: Support, agents: [jane, joe, {id: 4}], recording: {mode: yes, key: {from_file: k}}, days: [mon]}
alerts: {busy: {name: Busy, supervisor: sam, queue: support, from: "08:00"}}
guards: {deletes: {percent: 20}}
state: {backend: local}
moved: [{from: agents.old, to: agents.jane}]
removed: [{address: agents.gone, destroy: false}]
imports: [{address: agents.joe@pbx, id: 17}]
"""
)

PIECES = [
    *"{}[]:,&*!|>%@`'\"#-?\n\t \\~",
    "  ",
    ": ",
    "- ",
    "*joe",
    "&a ",
    "<<: ",
    "!!str ",
    "---\n",
    "%YAML 1.1\n",
    "0100",
    "1e999",
    ".nan",
    "null",
    "no",
    "true",
    "-1",
    "99999999999999999999",
    "on: ",
    "on: []",
    "pbx",
    "inbox",
    "{from_env: X}",
    "{id: 5}",
    "{add: [jane]}",
    "password: ",
    "vendor: ",
    "number: ",
    "agents:\n",
    "lifecycle: ",
    "agents.jane@pbx",
    "*@pbx",
    "\x00",
    "\x1b[31m",
    "\x85",
    "\u2028",
    "\ufeff",
    "\U0001f600",
    "\\x1b",
]

WORDS = st.lists(st.sampled_from(PIECES), max_size=6).map("".join)


@st.composite
def spoilt(draw: st.DrawFn) -> str:
    """A good tenant with a few stretches replaced."""
    text = TENANT
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(text)))
        length = draw(st.integers(0, 12))
        text = text[:start] + draw(WORDS) + text[start + length :]
    return text


def outcome(*files: bytes | str) -> tuple[Diagnostic, ...]:
    """The problems of a folder with these files."""
    with tempfile.TemporaryDirectory() as folder:
        return problems(Path(folder), {f"f{number}.yaml": text for number, text in enumerate(files)})


def test_the_tenant_is_good(tmp_path: Path) -> None:
    """Else spoiling it would prove little."""
    assert len(desired(tmp_path, a=TENANT).instances) == 6


ANY = settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])


@ANY
@given(spoilt())
def test_a_spoilt_tenant(text: str) -> None:
    """Nothing but problems with places that exist, which every report can show."""
    found = outcome(text)

    lines = text.encode().decode("utf-8-sig").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for item in found:
        assert item.position is not None
        assert 1 <= item.position.line <= len(lines)
        assert 1 <= item.position.column <= len(lines[item.position.line - 1]) + 1
        assert "\n" not in item.message
    report.text(found).encode()
    report.json(found)
    report.github(found)


@ANY
@given(st.binary(max_size=60))
@example(b"\xff\xfe")
@example(b"a: \xed\xa0\x80")
@example(b"? ? ? a")
@example(b"- - - - a")
@example(b"&a *a : b")
@example(b"{? a, b}")
@example(b"a: !<tag:x> &b *b")
def test_any_bytes(data: bytes) -> None:
    """Beside a good file, so that all stages run."""
    outcome(data, TENANT)


@ANY
@given(WORDS)
@example("&a b: 1\n&a c: 2\n")
def test_yaml_like_text(text: str) -> None:
    """Alone, as the whole tenant."""
    outcome(text)


SECRET = "hunter2"

LEAKS = [
    "agents: {j: {number: '1', password: hunter2}}",
    "agents: {j: {number: '1', password: 'hunter2', language: xx}}",
    "agents:\n  j:\n    number: '1'\n    password: hunter2",
    "agents:\n  j:\n    number: '1'\n    password: |\n      hunter2",
    "agents:\n  j:\n    number: '1'\n    password:\n      value: hunter2",
    "agents:\n  j:\n    number: '1'\n    password: [hunter2]",
    "agents:\n  j:\n    number: '1'\n    password:\n      - hunter2\n      - !tag hunter2",
    "agents: {j: {number: '1', password: {hunter2: x, hunter2: y}}}",
    "agents: {j: {number: '1', password: {hunter2}}}",
    "agents: {j: {number: '1', password: {from_env: hunter2 x}}}",
    "agents: {j: {number: '1', password: {from_env: X, hunter2: 1}}}",
    "agents: {j: {number: '1', pasword: hunter2}}",
    "agents: {j: {number: 0100, password: hunter2}}",
    "agents: {j: {number: '1', password: !vault hunter2}}",
    "agents: {j: {number: '1', password: hunter2, password: hunter2}}",
    'agents: {j: {number: "1", password: "hunter2}}',
    'agents:\n  j:\n    password: "hunter2\n    number: 5',
    "agents:\n  j:\n    password: hunter2: x",
    "agents:\n  j:\n    password: hunter2\n\tnumber: 5",
    "agents:\n  j: {password: @hunter2}",
    "agents: {j: {number: '1', password: &p hunter2, first_name: *q}}",
    "agents: {j: {number: '1', 'password': hunter2}}",
    "agents: {j: {number: '1', password: hunter2",
    "agents:\n  j:\n    number: '1'\n    password:\n      from_env: hunter2 x",
    "agents:\n  j:\n    number: '1'\n    password:\n      from_env: X\n      version: hunter2",
    "agents:\n  j:\n    number: '1'\n    password:\n      from_command: hunter2",
    "queues: {q: {name: Q, recording: {key: hunter2}}}",
    "queues: {q: {name: Q, recording: {mode: maybe, key: hunter2}}}",
    "queues:\n  q:\n    name: Q\n    recording:\n      key: hunter2",
    "connections: {two: {vendor: alpha, url: x, api_key: hunter2}}",
    "connections: {two: {vendor: alhpa, url: x, api_key: hunter2}}",
    "connections: {two: {vendor: beta, workspace: x, token: hunter2}}",
    "connections: {two: {vendor: alpha, ulr: 'https://me:hunter2@example.com', api_key: {from_env: X}}}",
    "defaults: {agents: {password: hunter2}}\nagents: {j: {number: '1'}, k: {number: '2'}}",
    "state: {backend: postgres, dsn: 'postgres://me:hunter2@db/x'}",
    "state: {backend: postgres, dsn: hunter2}",
]


@pytest.mark.parametrize("text", LEAKS)
def test_a_literal_secret_is_never_shown(tmp_path: Path, text: str) -> None:
    """Neither in a message or a hint, nor in the quoted line, in any format."""
    base = "tenant: acme\nconnections:\n  pbx: {vendor: alpha, url: u, api_key: {from_env: KEY}}\n"
    files = {"a.yaml": base, "b.yaml": text + "\n"}

    found = problems(tmp_path, files)

    assert found
    for shown in (report.text(found), report.json(found), report.github(found), repr(found)):
        assert SECRET not in shown


def test_numbers_are_secrets_too(tmp_path: Path) -> None:
    """An unquoted PIN with leading zeros is told of without its digits."""
    found = problems(tmp_path, {"a.yaml": TWO + "agents: {j: {on: pbx, number: '1', password: 04711}}\n"})

    assert [item.code for item in found] == ["literal_secret"]
    assert "4711" not in report.text(found) + repr(found)


def test_what_is_no_secret_is_shown(tmp_path: Path) -> None:
    """References may be seen, and so may the rest of the line before a literal."""
    text = "agents: {j: {on: pbx, number: 5, password: {from_env: JANE_PIN}}}\n"

    found = problems(tmp_path, {"a.yaml": TWO + text})

    assert found[0].source == text.rstrip()
