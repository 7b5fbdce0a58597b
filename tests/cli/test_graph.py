"""``graph`` through the command line."""

from __future__ import annotations

from tests.cli.conftest import Tenant


def test_declarations_with_what_they_refer_to(tenant: Tenant) -> None:
    """Sorted, without a network."""
    tenant.edit(tenant.url, "http://nowhere.invalid/eq/api/2.0")

    ran = tenant.run("graph")

    assert ran.code == 0, ran.err
    assert ran.out == (
        "agents.bob@pbx\n"
        "agents.jane@pbx\n"
        "alerts.backlog@pbx\n"
        "  queues.support@pbx\n"
        "  supervisors.sam@pbx\n"
        "queues.support@pbx\n"
        "supervisors.sam@pbx\n"
    )


def test_a_plans_changes_with_what_comes_first(tenant: Tenant) -> None:
    """As DOT, with the actions; manifests are not looked at."""
    plan = str(tenant.folder / "today.plan")
    assert tenant.run("plan", "--out", plan).code == 0
    tenant.manifest.unlink()

    ran = tenant.run("graph", "--format", "dot", plan)

    assert ran.code == 0, ran.err
    assert '  "alerts.backlog@pbx" [label = "alerts.backlog@pbx (create)"];\n' in ran.out
    assert '  "alerts.backlog@pbx" -> "queues.support@pbx";\n' in ran.out


def test_a_ring_of_numbers_has_an_end(tenant: Tenant) -> None:
    """Two agents exchange theirs: the parking comes first, and nothing needs itself."""
    tenant.applied()
    tenant.edit('"1001"', '"swap"')
    tenant.edit('"1002"', '"1001"')
    tenant.edit('"swap"', '"1002"')
    plan = str(tenant.folder / "today.plan")
    assert tenant.run("plan", "--out", plan).code == 0

    ran = tenant.run("graph", plan)

    assert ran.code == 0, ran.err
    assert ran.out == (
        "agents.bob@pbx#park (update)\n"
        "agents.jane@pbx (update)\n"
        "  agents.bob@pbx#park (update)\n"
        "agents.bob@pbx (update)\n"
        "  agents.bob@pbx#park (update)\n"
        "  agents.jane@pbx (update)\n"
    )


def test_declarations_with_problems_have_no_graph(tenant: Tenant) -> None:
    """What refers to nothing is told, as by `validate`."""
    tenant.edit("supervisor: sam", "supervisor: sma")

    ran = tenant.run("graph")

    assert (ran.code, ran.out) == (1, "")
    assert "there is no `supervisors.sma`" in ran.err
    assert "did you mean `sam`?" in ran.err


def test_what_is_no_plan_is_refused(tenant: Tenant) -> None:
    ran = tenant.run("graph", str(tenant.manifest))

    assert ran.code == 1
    assert "is not a plan" in ran.err
