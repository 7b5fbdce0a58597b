"""The JSON Schema of manifests takes what `validate` takes, and refuses what an editor should underline."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import jsonschema
import pytest

from provisioner.manifest.reader import read
from provisioner.manifest.source import Source
from provisioner.plan.desired import check
from provisioner.plan.manifest_schema import MOST_KEYS, Known, manifest_schema
from provisioner.vendors.base import Vendor
from provisioner.vendors.loading import find_vendor, vendor_names
from tests.manifest.made_up import ALPHA, BETA, VENDORS
from tests.manifest.test_any_input import TENANT
from tests.refresh import published_schema

ROOT = Path(__file__).parent.parent.parent
FOLDERS = sorted(
    {
        *(path.parent for path in ROOT.glob("examples/*/tenant.yaml")),
        *(path.parent for path in ROOT.glob("provisioner/cli/blueprints/*/tenant.yaml")),
        ROOT / "provisioner" / "cli" / "demo_tenant" / "tenant",
    }
)
MADE_UP = Known((ALPHA, BETA), {"pbx": ALPHA, "inbox": BETA}, {"agents": ["jane", "joe"]})
INSTALLED = Known(tuple(find_vendor(name) for name in vendor_names()))


def complaints(known: Known, text: str) -> list[list[Any]]:
    """The paths of what the schema refuses in a file."""
    validator = jsonschema.Draft202012Validator(manifest_schema(known))
    return [list(error.absolute_path) for error in validator.iter_errors(read(Source("", text)).value)]


def vendors_of(folder: Path) -> Known:
    """A tenant as `validate` knows it."""
    if "examples" not in folder.parts:
        return INSTALLED  # it has placeholders in it
    found = check(folder, find_vendor)
    connections = {name: connected.vendor for name, connected in found.connections.items()}
    return Known(tuple({vendor.name: vendor for vendor in connections.values()}.values()), connections)


@pytest.mark.parametrize("known", [MADE_UP, INSTALLED, Known(())])
def test_it_is_a_schema(known: Known) -> None:
    """By the standard's own measure, whatever it is made of."""
    jsonschema.Draft202012Validator.check_schema(manifest_schema(known))


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: str(folder.relative_to(ROOT)))
def test_good_tenants(folder: Path) -> None:
    """Every file of every tenant in the repository, by the tenant's schema and by that of all vendors."""
    for path in sorted(folder.rglob("*.yaml")):
        text = path.read_text("utf-8")

        assert complaints(vendors_of(folder), text) == []
        assert complaints(INSTALLED, text) == []


@pytest.mark.parametrize(
    "text",
    [
        TENANT,
        "",
        "agents:\n",
        "agents:\n  jane:\n",
        "connections: {pbx: {url: 'https://staging.example.com'}}",
        "agents: {jane: {on: {pbx: {number: '1'}, inbox: }}}",
        "agents: {jane: {on: inbox, timezone: UTC}, joe: {on: [pbx], number: '2'}}",
        "agents: {jane: {password: {from_command: [pass, jane], version: 2}, mentor: joe}}",
        "agents: {jane: {mentor: {id: 17}}, new: {mentor: brand-new}}",
        "queues: {q: {agents: {add: [jane, {id: 17}]}}, r: {agents: [jane]}, s: {agents: {add: []}}}",
        "defaults: {agents@pbx: {language: en}, rooms: {name: R}}",
        "moved: [{from: '*@pbx', to: '*@voice'}]\nremoved: [{address: agents.x, destroy: false}]",
    ],
)
def test_what_is_right(text: str) -> None:
    """Overlays and single files among it: nothing at the top is required."""
    assert complaints(MADE_UP, text) == []


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("agnets: {}", []),
        ("agents: {jane: {nmber: '1'}}", ["agents", "jane"]),
        ("agents: {jane: {number: 1}}", ["agents", "jane", "number"]),
        ("agents: {jane: {number: '0100'}}", ["agents", "jane", "number"]),
        ("agents: {jane: {language: xx}}", ["agents", "jane", "language"]),
        ("agents: {jane: {password: hunter2}}", ["agents", "jane", "password"]),
        ("agents: {jane: {password: {from_env: A, from_file: b}}}", ["agents", "jane", "password"]),
        ("agents: {jane: {mentor: 17}}", ["agents", "jane", "mentor"]),
        ("agents: {jane: {on: {pbx: {timezone: UTC}}}}", ["agents", "jane", "on"]),
        ("agents: {jane: {on: []}}", ["agents", "jane", "on"]),
        ("agents: {Jane: {}}", ["agents"]),
        ("agents: {jane: {lifecycle: {prevent: true}}}", ["agents", "jane", "lifecycle"]),
        ("queues: {q: {weight: 11}}", ["queues", "q", "weight"]),
        ("queues: {q: {agents: {add: jane}}}", ["queues", "q", "agents"]),
        ("queues: {q: {agents: {add: [], remove: [jane]}}}", ["queues", "q", "agents"]),
        ("queues: {q: {recording: {keep: 0}}}", ["queues", "q", "recording"]),
        ("connections: {pbx: {ulr: x}}", ["connections", "pbx"]),
        ("connections: {pbx: {api_key: secret}}", ["connections", "pbx", "api_key"]),
        ("connections: {new: {vendor: gamma}}", ["connections", "new"]),
        ("defaults: {agents: {nmber: '1'}}", ["defaults", "agents"]),
        ("moved: [{from: agents.a}]", ["moved", 0]),
        ("imports: [{address: agents.a, id: 1}]", ["imports", 0, "address"]),
        ("guards: {deletes: {percent: 101}}", ["guards", "deletes", "percent"]),
        ("tenant: 5", ["tenant"]),
        ("- a", []),
    ],
)
def test_what_is_wrong(text: str, path: list[Any]) -> None:
    """Underlined where it stands, or at the map that holds it."""
    assert path in complaints(MADE_UP, text)


def test_fields_come_with_words() -> None:
    """What each means, its unit, and what is special about it."""
    schema = manifest_schema(INSTALLED)

    for vendor in INSTALLED.vendors:
        for kind, offer in vendor.kinds.items():
            fields = schema["$defs"][f"{kind}_at_{vendor.name}"]["properties"]
            for path, spec in offer.specs.items():
                if spec.description and "." not in path:
                    assert spec.description[1:].rstrip(".") in fields[path]["description"]


def test_keys_are_offered_up_to_a_number() -> None:
    """An editor's list of ten thousand helps nobody."""
    many = Known((ALPHA,), {"pbx": ALPHA}, {"agents": [f"a{number}" for number in range(3 * MOST_KEYS)]})

    assert len(manifest_schema(many)["$defs"]["key_agents"]["anyOf"][0]["enum"]) == MOST_KEYS


def test_no_vendor_is_left_out() -> None:
    """A connection of any of them may be written where nothing else is known."""
    known: tuple[Vendor, ...] = tuple(VENDORS.values())

    assert (
        complaints(Known(known), "connections: {a: {vendor: alpha, url: x}, b: {vendor: beta, workspace: abc}}") == []
    )


def test_the_published_schema_is_what_the_tool_prints() -> None:
    """``specs/manifest.schema.json`` is the one for no tenant in particular; ``python -m tests.refresh`` renews it."""
    assert (ROOT / "specs" / "manifest.schema.json").read_text(encoding="utf-8") == published_schema()
