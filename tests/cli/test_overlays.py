"""`-f` on the command line: staging and production from one folder, through every command that reads manifests."""

from __future__ import annotations

import pytest

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


def overlays(tenant: Tenant, *texts: str) -> tuple[str, ...]:
    """The options that lay these over the manifests, one after the other."""
    (tenant.folder / "overlays").mkdir()
    for number, text in enumerate(texts):
        (tenant.folder / "overlays" / f"{number}.yaml").write_text(text)
    return tuple(word for number in range(len(texts)) for word in ("-f", f"overlays/{number}.yaml"))


def test_of_two_that_contradict_each_other_the_later_wins(tenant: Tenant) -> None:
    """In the order of the command line, whatever they are called; each alone has its say on the rest."""
    one, other = "queues: {support: {name: One, weight: 1}}\n", "queues: {support: {name: Other}}\n"
    options = overlays(tenant, one, other)

    forwards = tenant.run(*options, "plan", "--format", "json").out
    backwards = tenant.run(*options[2:], *options[:2], "plan", "--format", "json").out

    assert [text in forwards for text in ('"name": "Other"', '"weight": 1', '"name": "One"')] == [True, True, False]
    assert [text in backwards for text in ('"name": "One"', '"weight": 1', '"name": "Other"')] == [True, True, False]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("tenant: [acme]", "0.yaml:1:9: error: "),
        ("connections: {pbx: {vendor: nope}}", "0.yaml:1:29: error: there is no vendor `nope`"),
        ("connections: {pbx: [1]}", "the connection `pbx` must be a map with its `vendor`, and this is a list"),
        ("agents: []", "`agents` must be a map from keys to declarations, and this is a list"),
        ("agents: {jane: [1]}", "`agents.jane` must be a map of fields, and this is a list"),
        ("agents: {jane: {first_name: {a: 1}}}", "0.yaml:1:29: error: "),
        ("agents: {jan: {last_name: Poe}}", "0.yaml:1:10: error: `number` is missing"),
        ("agentz: {jane: {last_name: Poe}}", "did you mean `agents`?"),
        ("defaults: {on: [nope]}", "there is no connection `nope`"),
        ("- agents", "a manifest must be a map, and this is a list"),
    ],
)
def test_what_cannot_be_merged_is_located_in_the_overlay(tenant: Tenant, text: str, said: str) -> None:
    """By every command that reads manifests, before anything is asked."""
    options = overlays(tenant, text + "\n")

    for command in ("validate", "plan"):
        ran = tenant.run(*options, command)

        assert ran.code == 1
        assert said in ran.err
        assert "overlays/0.yaml:" in ran.err


def test_an_ignored_file_is_no_manifest(tenant: Tenant) -> None:
    """What is in it is not read, unless `-f` names it."""
    (tenant.folder / "drafts").mkdir()
    (tenant.folder / "drafts" / "people.yaml").write_text("agents: {draft: {number: 1}}\n")
    (tenant.folder / ".provisionerignore").write_text("# nobody of these is hired yet\ndrafts/\n")

    assert tenant.run("validate").code == 0
    assert "`number` must be text" in tenant.run("-f", "drafts/people.yaml", "validate").err
