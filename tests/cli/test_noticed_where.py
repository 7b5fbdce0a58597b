"""Where a plan's notices point: whoever reads them in a pull request goes to the line."""

from __future__ import annotations

import json
from typing import Any

from tests.cli.conftest import ACME, Tenant


def noticed(tenant: Tenant, code: str) -> dict[str, Any]:
    """The one notice of that code in the plan for programs."""
    diagnostics = json.loads(tenant.run("plan", "--format", "json").out)["diagnostics"]
    (found,) = [item for item in diagnostics if item["code"] == code]
    return {name: found[name] for name in ("file", "line", "address")}


def line_of(tenant: Tenant, word: str) -> int:
    """Where the manifest says that first."""
    lines = tenant.manifest.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if word in line)


def test_a_field_that_is_no_longer_declared(tenant: Tenant) -> None:
    """The notice stands at the declaration that has it no more."""
    tenant.applied()
    tenant.edit(", last_name: Roe", "")

    assert noticed(tenant, "released") == {
        "file": "acme.yaml",
        "line": line_of(tenant, "jane:"),
        "address": "agents.jane@pbx",
    }
    assert f"notice: acme.yaml:{line_of(tenant, 'jane:')}:" in tenant.run("plan").out


def test_a_field_that_is_missing_for_a_create(tenant: Tenant) -> None:
    """The error says which resource it is about, as well as where."""
    tenant.write(ACME.replace(", password: {{from_env: SAM_PASSWORD}}", ""))

    assert noticed(tenant, "create_required") == {
        "file": "acme.yaml",
        "line": line_of(tenant, "sam:"),
        "address": "supervisors.sam@pbx",
    }
