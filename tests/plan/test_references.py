"""Keys become addresses on the referrer's own connection; what leads nowhere is told where it stands."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.address import Address
from tests.manifest.made_up import ONE, TWO, desired, problems

PEOPLE = (
    "supervisors: {sam: {name: Sam, on: pbx}}\nagents:\n  al: {number: '1', on: pbx}\n  bo: {number: '2', on: pbx}\n"
)


def test_keys_become_addresses(tmp_path: Path) -> None:
    """Alone and in lists; a reference by id stays one, its id as text."""
    text = PEOPLE + "queues: {q: {name: Q, agents: [bo, {id: 17}, al], on: pbx}}\n"
    text += "alerts: {a: {name: A, supervisor: sam, queue: {id: x9}, on: pbx}}\n"

    found = desired(tmp_path, a=TWO + text).instances

    queue = found[Address("queues", "q", "pbx")]
    assert queue.attributes["agents"] == ["agents.bo@pbx", {"id": "17"}, "agents.al@pbx"]
    assert queue.references == {"agents": (Address("agents", "bo", "pbx"), Address("agents", "al", "pbx"))}
    alert = found[Address("alerts", "a", "pbx")]
    assert alert.attributes["supervisor"] == "supervisors.sam@pbx"
    assert alert.attributes["queue"] == {"id": "x9"}


def test_null_is_no_reference(tmp_path: Path) -> None:
    """A cleared reference names nobody."""
    alert = desired(tmp_path, a=ONE + "alerts: {a: {name: A, supervisor: null}}\n").instances[
        Address("alerts", "a", "pbx")
    ]

    assert alert.attributes["supervisor"] is None
    assert alert.references == {"supervisor": ()}


MISSING = [
    (
        "alerts: {a: {name: A, supervisor: smm, on: pbx}}",
        "10:35",
        "there is no `supervisors.smm`",
        "did you mean `sam`?",
    ),
    ("alerts: {a: {name: A, supervisor: zzz, on: pbx}}", "10:35", "there is no `supervisors.zzz`", "`{id: …}`"),
    ("queues: {q: {name: Q, agents: [al, boo], on: pbx}}", "10:36", "there is no `agents.boo`", "did you mean `bo`?"),
    (
        "queues: {q: {name: Q, agents: [eve], on: pbx}}",
        "10:32",
        "`agents.eve` does not live on `pbx`",
        "it lives on `inbox`",
    ),
    ("queues: {q: {name: Q, on: {pbx: {agents: [eve]}}}}", "10:43", "does not live on `pbx`", "add `pbx` to its `on`"),
]


@pytest.mark.parametrize(("text", "place", "message", "hint"), MISSING)
def test_what_leads_nowhere(tmp_path: Path, text: str, place: str, message: str, hint: str) -> None:
    """At the very item, with what was meant or where it lives."""
    eve = "  eve: {email: e@example.com, on: inbox}\n"

    found = problems(tmp_path, {"a.yaml": TWO + PEOPLE + eve + text + "\n"})

    assert [(str(item.position), item.code) for item in found] == [(f"a.yaml:{place}", "unknown_reference")]
    assert message in found[0].message
    assert hint in (found[0].hint or "")


@pytest.mark.parametrize(("key", "hint"), [("hana-sato", "declare it"), ("ana-suosa", "did you mean `ana-sousa`?")])
def test_another_person_is_not_who_was_meant(tmp_path: Path, key: str, hint: str) -> None:
    """Names of people are alike: whoever is gone is no slip for somebody who stays."""
    text = f"agents: {{ana-sousa: {{number: '1'}}}}\nqueues: {{q: {{name: Q, agents: [{key}]}}}}\n"

    found = problems(tmp_path, {"a.yaml": ONE + text})

    assert [item.message for item in found] == [f"there is no `agents.{key}`"]
    assert hint in (found[0].hint or "")


def test_a_target_with_problems_of_its_own_is_there(tmp_path: Path) -> None:
    """One mistake is told once, at the target, whatever refers to it."""
    text = "supervisors: {sam: {nmae: Sam}, Max: {name: M}}\n"
    text += "alerts: {a: {name: A, supervisor: sam}, b: {name: B, supervisor: Max}}\n"

    found = problems(tmp_path, {"a.yaml": ONE + text})

    assert [(str(item.position), item.code) for item in found] == [
        ("a.yaml:4:15", "missing"),
        ("a.yaml:4:21", "unknown_field"),
        ("a.yaml:4:33", "key"),
    ]


def test_a_ring_of_references(tmp_path: Path) -> None:
    """Spelt out once, at its first declaration; a second ring is told too."""
    agents = "".join(
        f"  {key}: {{number: '{number}', mentor: {mentor}}}\n"
        for number, (key, mentor) in enumerate([("a", "b"), ("b", "c"), ("c", "a"), ("d", "d"), ("e", "a")], start=1)
    )

    found = problems(tmp_path, {"a.yaml": ONE + "agents:\n" + agents})

    assert [(str(item.position), item.code) for item in found] == [
        ("a.yaml:5:3", "reference_cycle"),
        ("a.yaml:8:3", "reference_cycle"),
    ]
    assert "`agents.a@pbx` → `agents.b@pbx` → `agents.c@pbx` → `agents.a@pbx`" in found[0].message


def test_a_defaulted_reference_names_its_default(tmp_path: Path) -> None:
    """The value stands in `defaults`, and the message says where."""
    text = "defaults: {alerts: {supervisor: sam}}\nalerts: {a: {name: A}}\n"

    found = problems(tmp_path, {"a.yaml": ONE + text})

    assert [item.code for item in found] == ["unknown_reference"]
    assert "defaults.alerts (a.yaml:4:33)" in found[0].message


def test_names_within_a_scope(tmp_path: Path) -> None:
    """Two supervisors may have alerts of one name; one supervisor may not."""
    text = "supervisors: {sam: {name: Sam}, kim: {name: Kim}}\n"
    text += (
        "alerts:\n  a: {name: X, supervisor: sam}\n  b: {name: X, supervisor: kim}\n  c: {name: x, supervisor: sam}\n"
    )

    found = problems(tmp_path, {"a.yaml": ONE + text})

    assert [(str(item.position), item.code) for item in found] == [("a.yaml:8:13", "declared_twice")]
    assert "`alerts.a@pbx`" in found[0].message


def test_the_key_of_another_kind(tmp_path: Path) -> None:
    """Jane is an agent: who refers to her as a supervisor is told that there is one, and no other."""
    text = PEOPLE + "alerts: {a: {name: A, supervisor: al, on: pbx}}\n"

    (found,) = problems(tmp_path, {"a.yaml": TWO + text})

    assert found.message == "there is no `supervisors.al`"
    assert (found.hint or "").startswith("there is `agents.al`, and this refers to one of supervisors")


AT_ONCE = [
    ("queus: {q: {name: Q, on: pbx}}", "5:44 unknown_reference 6:1 unknown_kind", "a heading that is no kind"),
    ("supervisrs: {ghost: {name: Q, on: pbx}}", "6:1 unknown_kind", "it may be just what is referred to"),
    ("supervisrs: [ghost]", "6:1 unknown_kind", "nobody can tell what stands under it"),
    ("supervisors: [ghost]", "6:14 wrong_form", "nor under a kind that is no map"),
    ("queues: {q: {name: Q, on: pbxx}}", "5:44 unknown_reference 6:27 unknown_connection", "a wrong connection"),
    ("agents: {cy: {number: x, on: pbx}}", "5:44 unknown_reference 6:23 pattern", "a wrong value"),
]


@pytest.mark.parametrize(("text", "places", "why"), AT_ONCE)
def test_what_else_is_wrong_hides_no_reference(tmp_path: Path, text: str, places: str, why: str) -> None:
    """A reference that leads nowhere is told in the same run, unless it may lead to just what is wrong."""
    alert = "alerts: {a: {name: A, on: pbx, supervisor: ghost}}\n"

    found = problems(tmp_path, {"a.yaml": TWO + alert + text + "\n"})

    assert " ".join(f"{str(item.position).removeprefix('a.yaml:')} {item.code}" for item in found) == places, why


def test_what_lives_also_on_a_wrong_connection_is_not_complained_of_twice(tmp_path: Path) -> None:
    """Neither that a reference does not reach it there, nor a field that the connection's vendor may have."""
    text = "supervisors: {sam: {name: Sam, on: inbx}}\nagents: {al: {number: '1', timezone: UTC, on: [pbx, inbx]}}\n"
    text += "alerts: {a: {name: A, supervisor: sam, on: pbx}}\n"

    found = problems(tmp_path, {"a.yaml": TWO + text})

    assert [item.code for item in found] == ["unknown_connection", "unknown_connection"]
