"""`-f` on the command line: staging and production from one folder, through every command that reads manifests."""

from __future__ import annotations

from tests.cli.conftest import Tenant

PRODUCTION = """\
tenant: acme-production
state: {backend: local, path: .production}
queues: {support: {name: Production desk}}
"""


def with_overlay(tenant: Tenant) -> tuple[str, ...]:
    (tenant.folder / "overlays").mkdir()
    (tenant.folder / "overlays" / "production.yaml").write_text(PRODUCTION)
    return ("-f", "overlays/production.yaml")


def test_the_same_folder_is_two_tenants(tenant: Tenant) -> None:
    """Each with its record: what one applied, the other does not know."""
    option = with_overlay(tenant)
    tenant.applied()

    assert tenant.run("validate").out.startswith("acme: ")
    assert tenant.run(*option, "validate").out.startswith("acme-production: ")
    assert len(tenant.run("state", "list").out.splitlines()) == 5
    assert tenant.run(*option, "state", "list").out == ""


def test_plan_and_apply_of_an_overlay(tenant: Tenant) -> None:
    """The plan is of the overlay's values, and so is what is applied; a saved plan wants the same `-f` again."""
    option = with_overlay(tenant)
    file = tenant.folder / "production.plan"

    planned = tenant.run(*option, "plan", "--out", str(file))
    without = tenant.run("apply", str(file))
    applied = tenant.run(*option, "apply", str(file))

    assert (planned.code, without.code, applied.code) == (0, 1, 0), planned.err + applied.err
    assert "Production desk" in planned.out
    assert len(tenant.run(*option, "state", "list").out.splitlines()) == 5
    assert tenant.run("state", "list").out == ""


def test_a_mistake_in_an_overlay(tenant: Tenant) -> None:
    """With the overlay's line, and the exit code of any mistake."""
    option = with_overlay(tenant)
    (tenant.folder / "overlays" / "production.yaml").write_text("queues:\n  support:\n    wieght: 1\n")

    ran = tenant.run(*option, "validate")

    assert ran.code == 1
    assert ran.err.startswith("overlays/production.yaml:3:5: error: there is no field `wieght`\n  3 |     wieght: 1\n")


def test_the_record_of_an_overlay_that_cannot_be_read(tenant: Tenant) -> None:
    """No other record takes its place: a mended state would be the wrong one."""
    option = with_overlay(tenant)
    tenant.applied()
    (tenant.folder / "overlays" / "production.yaml").write_text("state: {backend: local, path: .production\n")

    ran = tenant.run(*option, "state", "rm", "agents.jane@pbx")

    assert ran.code == 1
    assert ran.err.startswith("overlays/production.yaml:1:")
    assert len(tenant.run("state", "list").out.splitlines()) == 5


def test_an_overlay_that_is_not_there(tenant: Tenant) -> None:
    """Named, whichever command is told of it."""
    for command in (("validate",), ("plan",), ("state", "list")):
        ran = tenant.run("-f", "nope.yaml", *command)

        assert ran.code == 1
        assert "there is no file `nope.yaml`, which `-f` names" in ran.err
