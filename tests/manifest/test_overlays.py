"""Files named by `-f` are merged over the rest, and a complaint points at the file whose value is meant."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from provisioner.address import Address
from provisioner.errors import ManifestError
from provisioner.manifest.files import find
from provisioner.manifest.overlays import merged
from provisioner.plan.desired import Desired
from provisioner.secrets import SecretRef, SecretSource
from provisioner.values import Attributes
from tests.manifest.made_up import ONE, desired, problems, write

BASE = (
    ONE
    + """\
agents:
  jane: {number: "1", first_name: Jane, password: {from_env: PIN, version: 2}}
queues:
  support: {name: Support, weight: 3, recording: {mode: always, keep: 7}, days: [mon, tue]}
"""
)


def over(folder: Path, *overlays: str) -> Desired:
    """What the base wants with these texts over it, the last on top."""
    names = [f"overlays/o{number}.yaml" for number in range(len(overlays))]
    write(folder, dict(zip(names, overlays, strict=True)))
    return desired(folder, overlays=names, base=BASE)


def fields(found: Desired, kind: str, key: str) -> Attributes:
    return found.instances[Address(kind, key, "pbx")].attributes


def told(folder: Path, *overlays: str) -> list[tuple[str, str]]:
    """Place and code of everything that is wrong with these texts over the base."""
    names = [f"overlays/o{number}.yaml" for number in range(len(overlays))]
    found = problems(folder, {"base.yaml": BASE, **dict(zip(names, overlays, strict=True))}, overlays=names)
    return [(str(item.position), item.code) for item in found]


def test_nothing_is_read_unless_it_is_named(tmp_path: Path) -> None:
    """`overlays/` may hold what fits no other file."""
    write(tmp_path, {"overlays/broken.yaml": "]"})

    assert desired(tmp_path, base=BASE).tenant == "acme"


def test_maps_merge_and_all_else_replaces(tmp_path: Path) -> None:
    """A map keeps what the overlay does not name; a list is as the overlay has it."""
    found = over(tmp_path, "queues: {support: {weight: 4, recording: {keep: 9}, days: [tue]}}\n")

    assert fields(found, "queues", "support") == {
        "name": "Support",
        "weight": 4,
        "recording.mode": "always",
        "recording.keep": 9,
        "days": ["tue"],
    }


def test_null_clears_a_field(tmp_path: Path) -> None:
    """It does not take the field out: null is a value."""
    found = over(tmp_path, "agents: {jane: {last_name: null}}\nqueues: {support: {recording: null}}\n")

    assert fields(found, "agents", "jane")["last_name"] is None
    assert fields(found, "queues", "support")["recording"] is None


@pytest.mark.parametrize("text", ["agents:\n", "agents:\n  jane:\n", "guards:\nmoved:\ndefaults:\n", "# nothing\n"])
def test_where_nothing_follows_a_name_nothing_is_said(tmp_path: Path, text: str) -> None:
    """Somebody who comments a section's lines out does not take the section away."""
    assert over(tmp_path, text).config_digest == desired(tmp_path, base=BASE).config_digest


def test_tenant_connections_and_state(tmp_path: Path) -> None:
    """Staging and production from one folder."""
    text = """\
tenant: acme-staging
connections: {pbx: {url: "https://staging.example.com"}}
state: {backend: local, path: s}
"""

    found = over(tmp_path, text)

    assert found.tenant == "acme-staging"
    assert found.connections["pbx"].account == "alpha https://staging.example.com"
    assert found.state == {"backend": "local", "path": "s"}


def test_a_state_of_another_back_end(tmp_path: Path) -> None:
    """It replaces the former one; of the same back-end, it merges by key. Its problems are told where it stands."""
    shared = "state: {backend: postgres, dsn: {from_env: DSN}, name: acme}\n"
    local = "state: {backend: local, path: s}\n"

    assert over(tmp_path, local, shared).state == {"backend": "postgres", "dsn": {"from_env": "DSN"}, "name": "acme"}
    assert over(tmp_path, shared, local).state == {"backend": "local", "path": "s"}
    assert over(tmp_path, shared, "state: {name: two}\n").state == {
        "backend": "postgres",
        "dsn": {"from_env": "DSN"},
        "name": "two",
    }
    with pytest.raises(ManifestError) as caught:
        over(tmp_path, local, "state: {backend: postgres, name: acme}\n")
    assert [str(item.position) for item in caught.value.diagnostics] == ["overlays/o1.yaml:1:18"]


def test_what_only_an_overlay_declares(tmp_path: Path) -> None:
    """It comes from that file."""
    found = over(tmp_path, "agents: {joe: {number: '2'}}\n")

    assert found.instances[Address("agents", "joe", "pbx")].file == "overlays/o0.yaml"
    assert found.instances[Address("agents", "jane", "pbx")].file == "base.yaml"


def test_the_last_one_named_wins(tmp_path: Path) -> None:
    """As every tool that takes `-f` more than once has it."""
    found = over(tmp_path, "queues: {support: {weight: 4}}", "queues: {support: {weight: 6, share: 0.5}}")

    assert fields(found, "queues", "support")["weight"] == 6


def test_a_secrets_source_is_one(tmp_path: Path) -> None:
    """Another source takes the first one's place; the version stays, since it is a key of its own."""
    found = over(tmp_path, "agents: {jane: {password: {from_file: pins/jane}}}")

    secret = found.instances[Address("agents", "jane", "pbx")].secrets["password"]
    assert secret == SecretRef(SecretSource.FILE, "pins/jane", 2)


def test_lists_of_blocks_are_replaced(tmp_path: Path) -> None:
    """Those of all files: what is taken over in production is not in staging."""
    write(tmp_path, {"o.yaml": "imports: [{address: agents.jane@pbx, id: 9}]\n"})

    found = desired(tmp_path, overlays=["o.yaml"], base=BASE, more="imports: [{address: agents.jane@pbx, id: 8}]\n")

    assert found.imports == {Address("agents", "jane", "pbx"): "9"}


def test_a_file_that_is_named_is_no_ordinary_manifest(tmp_path: Path) -> None:
    """Wherever it lies; else everything in it would be declared twice."""
    write(tmp_path, {"production.yaml": "agents: {jane: {number: '7'}}\n"})

    assert fields(desired(tmp_path, overlays=["production.yaml"], base=BASE), "agents", "jane")["number"] == "7"


@pytest.mark.parametrize(
    ("text", "place", "code"),
    [
        ("queues: {support: {wieght: 4}}", "overlays/o0.yaml:1:20", "unknown_field"),
        ("queues: {support: {weight: 40}}", "overlays/o0.yaml:1:28", "out_of_range"),
        ("queues: {support: {recording: {keep: 0}}}", "overlays/o0.yaml:1:38", "out_of_range"),
        ("queues: {support: 5}", "overlays/o0.yaml:1:19", "wrong_form"),
        ("queues: 5", "overlays/o0.yaml:1:9", "wrong_form"),
        ("qeues: {support: {weight: 4}}", "overlays/o0.yaml:1:1", "unknown_kind"),
        ("tenant:", "overlays/o0.yaml:1:8", "wrong_form"),
        ("connections: {pbx: {ulr: x}}", "overlays/o0.yaml:1:21", "unknown_field"),
        ("agents: {joe: {first_name: Joe}}", "overlays/o0.yaml:1:10", "missing"),
        ("agents: {jane: {on: [nowhere]}}", "overlays/o0.yaml:1:22", "unknown_connection"),
        ("agents: {jane: {password: hunter2}}", "overlays/o0.yaml:1:27", "literal_secret"),
        ("guards: {deletes: {percent: 200}}", "overlays/o0.yaml:1:29", "guards"),
        ("- a list", "overlays/o0.yaml:1:1", "wrong_form"),
        ("a: [", "overlays/o0.yaml:1:4", "syntax"),
    ],
)
def test_what_is_wrong_in_an_overlay_is_told_there(tmp_path: Path, text: str, place: str, code: str) -> None:
    """With the overlay's own line."""
    found = [item for item in told(tmp_path, text) if item[0].startswith("overlays")]

    assert [item[0] for item in found] == [place]
    assert found[0][1] == code


def test_what_is_wrong_in_the_base_is_told_there(tmp_path: Path) -> None:
    """Although the declaration has an overlay; and a value that is replaced is nobody's problem."""
    base = BASE.replace("weight: 3", "weight: 30, share: x")
    write(tmp_path, {"overlays/o.yaml": "queues: {support: {weight: 4}}\n"})

    found = problems(tmp_path, {"base.yaml": base}, overlays=["overlays/o.yaml"])

    assert [str(item.position) for item in found] == ["base.yaml:7:47"]


def test_the_upper_of_two_overlays_is_told(tmp_path: Path) -> None:
    """Each problem where the value stands that counts."""
    found = told(tmp_path, "queues: {support: {weight: 40, share: x}}", "queues: {support: {weight: 50}}")

    assert [place for place, _ in found] == ["overlays/o0.yaml:1:39", "overlays/o1.yaml:1:28"]


def test_an_overlay_that_is_not_there(tmp_path: Path) -> None:
    """Told once, with what `-f` is relative to."""
    found = problems(tmp_path, {"base.yaml": BASE}, overlays=["overlays/nope.yaml"])

    assert [(item.code, item.hint) for item in found] == [("no_overlay", "`-f` is relative to the tenant's folder")]


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("drafts", ["a.yaml", "b/a.yaml"]),
        ("/drafts", ["a.yaml", "b/a.yaml", "b/drafts/c.yaml"]),
        ("b/", ["a.yaml", "drafts/c.yaml"]),
        ("a.yaml/", ["a.yaml", "b/a.yaml", "b/drafts/c.yaml", "drafts/c.yaml"]),
        ("a.*", ["b/drafts/c.yaml", "drafts/c.yaml"]),
        ("b/*.yaml", ["a.yaml", "b/drafts/c.yaml", "drafts/c.yaml"]),
        ("**/c.yaml", ["a.yaml", "b/a.yaml"]),
        ("b/**", ["a.yaml", "drafts/c.yaml"]),
        ("b/**/c.yaml", ["a.yaml", "b/a.yaml", "drafts/c.yaml"]),
        ("?.yaml", []),
        ("# drafts\n\n  b  ", ["a.yaml", "drafts/c.yaml"]),
        ("[ab].yaml", ["a.yaml", "b/a.yaml", "b/drafts/c.yaml", "drafts/c.yaml"]),
    ],
)
def test_provisionerignore(tmp_path: Path, pattern: str, left: list[str]) -> None:
    """One pattern a line; with a `/` in it, from the top."""
    files = dict.fromkeys(["a.yaml", "b/a.yaml", "b/drafts/c.yaml", "drafts/c.yaml"], "")
    write(tmp_path, {**files, ".provisionerignore": pattern})

    assert [source.file for source in find(tmp_path).sources] == left


def test_provisionerignore_knows_no_exceptions(tmp_path: Path) -> None:
    """What would be read by mistake is told, with its line."""
    found = problems(tmp_path, {"base.yaml": BASE, ".provisionerignore": "b\n  !b/c\n"})

    assert [(str(item.position), item.code) for item in found] == [(".provisionerignore:2:3", "ignore_pattern")]


def test_merging_leaves_its_arguments_alone() -> None:
    """Two runs over one value say the same."""
    lower: dict[str, Any] = {"queues": {"q": {"a": {"b": 1}}}}

    assert merged(lower, {"queues": {"q": {"a": {"c": 2}}}}) == {"queues": {"q": {"a": {"b": 1, "c": 2}}}}
    assert lower == {"queues": {"q": {"a": {"b": 1}}}}
