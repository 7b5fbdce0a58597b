"""Taking over what is there, and renaming what is managed, by blocks in the manifests: nothing is made twice."""

from __future__ import annotations

import json

import pytest

from provisioner.simulators.control import Control
from provisioner.state.backends.local import LocalBackend
from tests.cli.conftest import Ran, Tenant

MUTATING = {"POST", "PUT", "DELETE"}


def bound(tenant: Tenant) -> dict[str, str]:
    document = LocalBackend(tenant.folder / ".provisioner").load()
    return {str(address): found.id for address, found in document.bound.items()}


def mutations(control: Control) -> list[str]:
    return [f"{entry['method']} {entry['path']}" for entry in control.log() if entry["method"] in MUTATING]


def blocks(tenant: Tenant, text: str) -> None:
    with tenant.manifest.open("a") as file:
        file.write(text)


def changes(ran: Ran) -> dict[str, tuple[str, list[str]]]:
    """Address → action and codes of the reasons, in a plan as JSON."""
    return {
        change["address"]: (change["action"], [reason["code"] for reason in change["reasons"]])
        for change in json.loads(ran.out)["changes"]
    }


def test_a_key_renamed_without_a_block_is_bound_again(tenant: Tenant, control: Control) -> None:
    """The same entity, told by its natural key; nothing is deleted, nothing is sent."""
    tenant.applied()
    before = bound(tenant)
    tenant.edit("  jane:", "  janet:")
    control.reset_log()

    planned = tenant.run("plan", "--format", "json")
    applied = tenant.run("apply", "--auto-approve")

    assert changes(planned) == {"agents.janet@pbx": ("adopt", ["moved"])}
    assert applied.code == 0, applied.err
    assert mutations(control) == []
    assert bound(tenant) == {
        **{address: found for address, found in before.items() if address != "agents.jane@pbx"},
        "agents.janet@pbx": before["agents.jane@pbx"],
    }


def test_moves_may_chain(tenant: Tenant, control: Control) -> None:
    """A state that missed the first move follows both, in whatever order they are written; then they are spent."""
    tenant.applied()
    vendor_id = bound(tenant)["agents.jane@pbx"]
    tenant.edit("  jane:", "  j-roe:")
    blocks(tenant, "moved:\n- {from: agents.janet, to: agents.j-roe}\n- {from: agents.jane, to: agents.janet}\n")
    control.reset_log()

    planned = tenant.run("plan", "--format", "json")
    applied = tenant.run("apply", "--auto-approve")

    assert changes(planned) == {"agents.j-roe@pbx": ("adopt", ["moved"])}
    assert applied.code == 0, applied.err
    assert mutations(control) == []
    assert bound(tenant)["agents.j-roe@pbx"] == vendor_id
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def test_a_moved_entity_may_change_its_natural_key_too(tenant: Tenant, control: Control) -> None:
    """Which nothing but the block could tell."""
    tenant.applied()
    vendor_id = bound(tenant)["agents.jane@pbx"]
    tenant.edit('  jane: {number: "1001"', '  janet: {number: "1009"')
    blocks(tenant, "moved: [{from: agents.jane, to: agents.janet}]\n")
    control.reset_log()

    applied = tenant.run("apply", "--auto-approve")

    assert applied.code == 0, applied.err
    assert mutations(control) == [f"PUT /agent/{vendor_id}"]
    assert bound(tenant)["agents.janet@pbx"] == vendor_id


def test_what_is_removed_without_destroying_stays(tenant: Tenant, control: Control) -> None:
    """It is only no longer managed."""
    tenant.applied()
    vendor_id = bound(tenant)["agents.jane@pbx"]
    tenant.without("jane:")
    blocks(tenant, "removed: [{address: agents.jane, destroy: false}]\n")
    control.reset_log()

    planned = tenant.run("plan", "--format", "json")
    applied = tenant.run("apply", "--auto-approve")

    assert changes(planned) == {"agents.jane@pbx": ("forget", ["removed"])}
    assert applied.code == 0, applied.err
    assert mutations(control) == []
    assert "agents.jane@pbx" not in bound(tenant)
    assert control.content()["agent"][vendor_id]["deleted"] is False
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def test_an_imports_block_binds_whoever_it_names(tenant: Tenant, control: Control) -> None:
    """Also one with another name and number, which is then made as declared; afterwards the block is spent."""
    vendor_id = control.create("agent", {"number": "2001", "firstName": "J", "password": "0042"})
    blocks(tenant, f"imports: [{{address: agents.jane@pbx, id: {vendor_id}}}]\n")

    planned = tenant.run("plan", "--format", "json")
    applied = tenant.run("apply", "--auto-approve")

    assert changes(planned)["agents.jane@pbx"][0] == "adopt"
    assert applied.code == 0, applied.err
    assert bound(tenant)["agents.jane@pbx"] == vendor_id
    assert control.content()["agent"][vendor_id]["number"] == "1001"
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def test_an_imports_block_undeletes(tenant: Tenant, control: Control) -> None:
    """It is evidence of identity."""
    vendor_id = control.create("agent", {"number": "1001", "firstName": "Jane", "password": "0042"})
    control.delete("agent", vendor_id)
    blocks(tenant, f"imports: [{{address: agents.jane@pbx, id: {vendor_id}}}]\n")

    applied = tenant.run("apply", "--auto-approve")

    assert applied.code == 0, applied.err
    assert control.content()["agent"][vendor_id]["deleted"] is False
    assert bound(tenant)["agents.jane@pbx"] == vendor_id


def test_an_imports_block_of_what_is_not_there_is_a_conflict(tenant: Tenant) -> None:
    blocks(tenant, "imports: [{address: agents.jane@pbx, id: 99}]\n")

    planned = tenant.run("plan", "--format", "json")

    assert planned.code == 1
    assert changes(planned)["agents.jane@pbx"] == ("conflict", ["import"])


def test_an_imports_block_of_what_is_bound_already_is_a_conflict(tenant: Tenant, control: Control) -> None:
    """To another address; the plan names it."""
    tenant.applied()
    vendor_id = bound(tenant)["agents.jane@pbx"]
    tenant.edit("queues:", '  kim: {number: "1003", first_name: Kim, password: {from_env: PIN}}\nqueues:')
    blocks(tenant, f"imports: [{{address: agents.kim@pbx, id: {vendor_id}}}]\n")

    planned = tenant.run("plan")

    assert planned.code == 1
    assert f"`imports` wants id {vendor_id}, which is bound to `agents.jane@pbx`" in " ".join(planned.out.split())


def test_an_import_of_another_kinds_id(tenant: Tenant) -> None:
    """Says what ids are, as the command does."""
    tenant.applied()
    tenant.edit("queues:", '  kim: {number: "1003", first_name: Kim, password: {from_env: PIN}}\nqueues:')
    blocks(tenant, "imports: [{address: agents.kim@pbx, id: 500}]\n")

    planned = tenant.run("plan")

    assert planned.code == 1
    assert "there is no such entity; look the id up in the vendor's portal; ids count within their kind" in " ".join(
        planned.out.split()
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "moved:\n- {from: agents.a, to: agents.b}\n- {from: agents.b, to: agents.a}\n",
            "these moves lead in a ring: `agents.a` → `agents.b` → `agents.a`",
        ),
        ("moved: [{from: agents.a, to: agents.a}]\n", "`agents.a` is moved to itself"),
        ("moved: [{from: agents.jane, to: agents.b}]\n", "`agents.jane@pbx` is moved away and is still declared"),
        ("moved: [{from: agents.a, to: queues.a}]\n", "a move stays within a kind"),
        ("removed: [{address: agents.jane, destroy: false}]\n", "is listed as removed and is still declared"),
        (
            "imports:\n- {address: agents.jane@pbx, id: 1}\n- {address: agents.bob@pbx, id: 1}\n",
            "`1` is already bound to `agents.jane@pbx`",
        ),
        (
            "moved:\n- {from: agents.a, to: agents.b}\n- {from: agents.a, to: agents.c}\n",
            "`agents.a` is already the `from` of the move at acme.yaml:",
        ),
        (
            "moved: [{from: agents.a, to: agents.b}]\nremoved: [{address: agents.a@pbx, destroy: false}]\n",
            "hint: write `agents.b@pbx`, which it is called by then",
        ),
        ("moved: [{from: agent.a, to: agent.b}]\n", "hint: did you mean `agents.a`?"),
        ("removed: [{address: agent.a, destroy: false}]\n", "`agent.a`: there is no kind `agent`"),
        ("imports: [{address: agent.jane@pbx, id: 1}]\n", "hint: did you mean `agents.jane@pbx`?"),
        ("imports: [{address: agents.jane@pbx, id: abc}]\n", "`abc` cannot be an id of agents"),
        ("imports: [{address: agents.jane@pbx, id: '007'}]\n", "expected: a whole number, 1 or more"),
        ("imports: [{address: agents.jane@pbx, id: -1}]\n", "`-1` cannot be an id of agents"),
        ("imports: [{address: alerts.backlog@pbx, id: 1.5}]\n", "`id` must be what the vendor calls the entity"),
    ],
)
def test_contradictions_are_errors_with_a_place(tenant: Tenant, text: str, said: str) -> None:
    """Before anything is read."""
    blocks(tenant, text)

    ran = tenant.run("plan")

    assert ran.code == 1
    assert said in ran.err
    assert "acme.yaml:" in ran.err


@pytest.mark.parametrize(
    ("to", "why"),
    [
        ("agents.bob", "which is bound already, to id"),
        ("agents.jane@voice", "and there is no connection `voice`"),
        ("agents.jane@other", "and `other` is another account: a move stays within one"),
    ],
)
def test_a_move_that_cannot_be_followed_deletes_nobody(tenant: Tenant, control: Control, to: str, why: str) -> None:
    """The old one is in conflict until the block is taken out; then it is no longer declared, and goes."""
    tenant.applied()
    tenant.without("jane:")
    tenant.edit(
        "supervisors:",
        "  other: {vendor: eq, url: 'http://nowhere.invalid/eq', api_key: {from_env: K}}\n"
        "defaults: {on: pbx}\nsupervisors:",
    )
    block = f"moved: [{{from: {'agents.jane@pbx' if '@' in to else 'agents.jane'}, to: '{to}'}}]\n"
    blocks(tenant, block)
    control.reset_log()

    planned = tenant.run("plan", "--format", "json")
    applied = tenant.run("apply", "--auto-approve")

    assert (planned.code, applied.code) == (1, 1)
    assert changes(planned) == {"agents.jane@pbx": ("conflict", ["moved"])}
    assert f"`moved` wants it to be `{to.partition('@')[0]}@" in " ".join(applied.out.split())
    assert why in " ".join(applied.out.split())
    assert mutations(control) == []
    tenant.edit(block, "")
    assert changes(tenant.run("plan", "--format", "json")) == {"agents.jane@pbx": ("delete", ["undeclared"])}


@pytest.mark.parametrize("address", ["agents.jan@pbx", "agents.jane@pbs"])
def test_an_imports_block_of_nothing_declared_is_warned_of(tenant: Tenant, address: str) -> None:
    """It may be a spent one, so that nothing is refused; a plan says it too, since it is what people read."""
    blocks(tenant, f"imports: [{{address: {address}, id: 1}}]\n")

    planned = tenant.run("plan", "--target", "agents.jane")

    assert planned.code == 0
    assert f"`{address}` is imported and not declared" in " ".join(planned.out.split())
    assert "hint: did you mean `agents.jane@pbx`?" in planned.out


@pytest.mark.parametrize("command", ["plan", "import", "export"])
def test_two_entities_of_one_natural_key(tenant: Tenant, control: Control, command: str) -> None:
    """Nobody guesses: a plan is in conflict with both ids, an import decides, an export leaves both out."""
    twin = {"number": "1001", "firstName": "Jane", "lastName": "Roe", "password": "0042"}
    ids = [control.create("agent", twin, force=True) for _ in range(2)]
    out = tenant.folder.parent / f"{tenant.folder.name}-out"

    match command:
        case "plan":
            ran = tenant.run("plan", "--target", "agents.jane")
            assert (
                ran.code,
                f"ids {', '.join(ids)}; say which one with an `imports`" in " ".join(ran.out.split()),
            ) == (
                1,
                True,
            ), ran.out
        case "import":
            ran = tenant.run("import", "agents.jane@pbx", ids[1])
            assert ran.code == 0, ran.err
            assert bound(tenant) == {"agents.jane@pbx": ids[1]}
            assert tenant.run("plan", "--target", "agents.jane").code == 0
        case _:
            ran = tenant.run("export", "--connection", "pbx", "--out", str(out))
            assert ran.code == 1
            assert f"agent 1001 (Jane Roe), ids {', '.join(ids)}: several active entities" in ran.out


@pytest.mark.parametrize(
    ("effect", "status", "said"),
    [
        ("status", 500, "answered 500"),
        ("status", 401, "EQ refuses the API key"),
        ("garbage", 200, "it is not JSON"),
        ("drop_before", 200, "without an answer"),
    ],
)
def test_a_scan_that_breaks_off_is_never_absence(
    tenant: Tenant, control: Control, effect: str, status: int, said: str
) -> None:
    """Who was not seen is not made a second time, and who is no longer declared is not taken for gone."""
    tenant.applied()
    tenant.edit("queues:", '  kim: {number: "1003", first_name: Kim, password: {from_env: PIN}}\nqueues:')
    control.fault(effect, method="GET", path="/agent/12", status=status, times=None)
    control.reset_log()

    planned = tenant.run("plan", "--format", "json", "--target", "agents.*")
    applied = tenant.run("apply", "--auto-approve", "--target", "agents.*")

    assert (planned.code, applied.code) == (1, 1)
    assert changes(planned)["agents.kim@pbx"][0] == "unknown"
    assert {action for action, _ in changes(planned).values()} == {"unknown"}
    assert said in " ".join(applied.out.split())
    assert mutations(control) == []


RENAMED = "moved: [{from: agents.jane@pbx, to: agents.janet@pbx}]\n"


def renamed(tenant: Tenant) -> None:
    """Jane's declaration has another key, and a block says so."""
    tenant.edit("  jane: {number", "  janet: {number")
    tenant.manifest.write_text(tenant.manifest.read_text(encoding="utf-8") + RENAMED, encoding="utf-8")


def test_a_moved_one_that_was_deleted_is_undeleted_under_its_new_name(tenant: Tenant, control: Control) -> None:
    """The record follows whatever is done with it, not only an adoption."""
    tenant.applied()
    jane = next(key for key, agent in control.content()["agent"].items() if agent["number"] == "1001")
    control.delete("agent", jane)
    renamed(tenant)

    ran = tenant.run("apply", "--auto-approve")

    assert ran.code == 0, ran.err + ran.out
    assert control.content()["agent"][jane]["deleted"] is False
    listed = tenant.run("state", "list").out
    assert f"agents.janet@pbx\t{jane}" in listed
    assert "agents.jane@pbx" not in listed
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def test_a_moved_one_that_is_replaced(tenant: Tenant, control: Control) -> None:
    """Both halves of the replace are under the new name."""
    tenant.applied()
    renamed(tenant)

    ran = tenant.run("apply", "--auto-approve", "--replace", "agents.janet@pbx")

    assert ran.code == 0, ran.err + ran.out
    assert "agents.jane@pbx" not in tenant.run("state", "list").out
    assert tenant.run("plan", "--detailed-exitcode").code == 0
