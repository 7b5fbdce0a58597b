"""``import`` through the command line: what is there is bound now, and declared where nobody has."""

from __future__ import annotations

import pytest

from provisioner.simulators.control import Control
from provisioner.state.backends.local import LocalBackend
from provisioner.state.document import Document
from tests.cli.conftest import Tenant
from tests.cli.test_state_by_hand import locked

JANE = {"number": "1001", "firstName": "Jane", "lastName": "Roe", "emailAddress": "jane@acme.example"}


def made(control: Control, **more: str) -> str:
    """An agent that somebody made by hand."""
    return control.create("agent", {**JANE, "password": "0042", **more})


def state(tenant: Tenant) -> Document:
    return LocalBackend(tenant.folder / ".provisioner").load()


def bound(tenant: Tenant) -> dict[str, str]:
    return {str(address): found.id for address, found in state(tenant).bound.items()}


def undeclared(tenant: Tenant) -> None:
    """The manifest without agents."""
    tenant.without("agents:")
    tenant.without("jane:")
    tenant.without("bob:")


def test_what_is_declared_is_bound_now(tenant: Tenant, control: Control) -> None:
    """One read, no change at the vendor, the serial up by one; a plan has nothing left to do with it."""
    vendor_id = made(control)
    control.reset_log()

    ran = tenant.run("import", "agents.jane@pbx", vendor_id)

    assert ran.code == 0, ran.err
    assert ran.out == f"bound `agents.jane@pbx` to id {vendor_id}: agent 1001 (Jane Roe)\n"
    assert "`password` cannot be read" in ran.err
    assert [(entry["method"], entry["path"]) for entry in control.log()] == [("GET", f"/agent/{vendor_id}")]
    assert (state(tenant).serial, bound(tenant)) == (1, {"agents.jane@pbx": vendor_id})
    assert tenant.run("plan", "--target", "agents.jane@pbx", "--detailed-exitcode").code == 0


def test_what_differs_is_said_and_changed_by_the_next_apply(tenant: Tenant, control: Control) -> None:
    """Whoever it is: naming the id says that it is this one."""
    vendor_id = made(control, firstName="Janet")

    ran = tenant.run("import", "agents.jane@pbx", vendor_id)
    applied = tenant.run("apply", "--auto-approve", "--target", "agents.jane@pbx")

    assert ran.code == 0
    assert "the next apply changes `first_name`" in ran.err
    assert applied.code == 0, applied.err
    assert control.content()["agent"][vendor_id]["firstName"] == "Jane"


def test_what_is_not_declared_is_added_to_the_kinds_file(tenant: Tenant, control: Control) -> None:
    """As it is there, without defaults, with a variable for the secret."""
    undeclared(tenant)
    vendor_id = made(control)

    ran = tenant.run("import", "agents.jane@pbx", vendor_id)

    assert ran.code == 0, ran.err
    assert "declared `agents.jane` in agents.yaml" in ran.out
    assert (tenant.folder / "agents.yaml").read_text() == (
        "agents:\n"
        "  jane:\n"
        "    # Secrets cannot be read: set the variable named here before its secret is to be sent.\n"
        '    number: "1001"\n'
        "    first_name: Jane\n"
        "    last_name: Roe\n"
        "    password: {from_env: PBX_JANE_PASSWORD}\n"
        "    email: jane@acme.example\n"
    )
    assert tenant.run("plan", "--target", "agents.*", "--detailed-exitcode").code == 0


def test_a_declaration_is_added_behind_the_others(tenant: Tenant, control: Control) -> None:
    """Not a character of what is there changes, comments included."""
    undeclared(tenant)
    before = '# our people\nagents:\n    kim:   # from May\n        number: "1009"\n        first_name: Kim\n\n# end\n'
    (tenant.folder / "agents.yaml").write_text(before)

    assert tenant.run("import", "agents.jane@pbx", made(control)).code == 0

    text = (tenant.folder / "agents.yaml").read_text()
    head, _, tail = before.partition("\n\n")
    assert text.startswith(head + "\n    jane:\n")
    assert text.endswith("\n\n" + tail)


def test_a_default_of_the_tenant_is_declared_against(tenant: Tenant, control: Control) -> None:
    """What ``defaults`` would impose on it is not what it has."""
    undeclared(tenant)
    with tenant.manifest.open("a") as file:
        file.write("defaults:\n  agents: {language: en}\n")

    assert tenant.run("import", "agents.jane@pbx", made(control)).code == 0

    assert "    language: null\n" in (tenant.folder / "agents.yaml").read_text()
    assert tenant.run("plan", "--target", "agents.*", "--detailed-exitcode").code == 0


def test_an_alert_is_bound_without_a_check(tenant: Tenant, control: Control) -> None:
    """And that is said; the next apply makes it as declared."""
    tenant.applied()
    (alert,) = control.content()["alert"]
    assert tenant.run("state", "rm", "alerts.backlog@pbx").code == 0

    ran = tenant.run("import", "alerts.backlog@pbx", alert)

    assert ran.code == 0, ran.err
    assert "nothing was checked" in ran.err
    assert tenant.run("plan", "--detailed-exitcode").code == 2
    tenant.applied()
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def test_an_alert_that_is_not_declared_is_refused(tenant: Tenant) -> None:
    """Nobody could say what is in it."""
    ran = tenant.run("import", "alerts.other@pbx", "7")

    assert ran.code == 1
    assert "`alerts.other@pbx` is not declared, and the vendor cannot show alerts" in ran.err
    assert "declare it first, with all its fields" in ran.err


@pytest.mark.parametrize("declared", [True, False])
def test_an_id_that_does_not_exist_is_refused(tenant: Tenant, control: Control, declared: bool) -> None:  # noqa: FBT001 (pytest passes it)
    """Nothing is bound and nothing is written; of other kinds nothing can be said."""
    if not declared:
        undeclared(tenant)

    ran = tenant.run("import", "agents.jane@pbx", "99")

    assert ran.code == 1
    assert "there is no agent with id 99 on `pbx`" in ran.err
    assert "ids count within their kind" in ran.err
    assert (bound(tenant), (tenant.folder / "agents.yaml").exists()) == ({}, False)


@pytest.mark.parametrize("malformed", ["abc", "007", "-1", "1/../2", "1?undelete=1", "1.0", "", " ", "١"])
@pytest.mark.parametrize("address", ["agents.jane@pbx", "alerts.backlog@pbx"])
def test_what_can_be_no_id_is_refused(tenant: Tenant, control: Control, address: str, malformed: str) -> None:
    """Before anybody is asked; an alert, which cannot be looked at, would be bound to it."""
    control.reset_log()

    ran = tenant.run("import", address, "--", malformed)

    assert ran.code == 1
    assert f"`{malformed}` cannot be an id of" in ran.err
    assert "hint: it is a whole number, 1 or more" in ran.err
    assert (bound(tenant), control.log()) == ({}, [])


def test_an_id_of_another_kind_is_refused(tenant: Tenant, control: Control) -> None:
    """A queue's number is nobody's id among the agents."""
    control.create("call_queue", {"extension": "500", "name": "Support", "type": 0})

    ran = tenant.run("import", "agents.jane@pbx", "500")

    assert ran.code == 1
    assert "there is no agent with id 500 on `pbx`" in ran.err
    assert bound(tenant) == {}


def test_an_entity_that_cannot_be_read_is_not_bound(tenant: Tenant, control: Control) -> None:
    """Nothing is known of it then."""
    undeclared(tenant)
    vendor_id = made(control)
    control.fault("status", method="GET", path=f"/agent/{vendor_id}", status=500, times=None)

    ran = tenant.run("import", "agents.jane@pbx", vendor_id)

    assert ran.code == 1
    assert "answered 500" in ran.err
    assert (bound(tenant), (tenant.folder / "agents.yaml").exists()) == ({}, False)


def test_a_deleted_one_is_not_bound(tenant: Tenant, control: Control) -> None:
    """The hint leads to an undelete, and that works."""
    vendor_id = made(control)
    control.delete("agent", vendor_id)

    ran = tenant.run("import", "agents.jane@pbx", vendor_id)
    with tenant.manifest.open("a") as file:
        file.write(f"imports: [{{address: agents.jane@pbx, id: {vendor_id}}}]\n")
    planned = tenant.run("plan", "--target", "agents.jane@pbx")

    assert ran.code == 1
    assert f"the agent with id {vendor_id} on `pbx` is deleted" in ran.err
    assert f"imports: [{{address: agents.jane@pbx, id: {vendor_id}}}]" in ran.err
    assert "undelete" in planned.out


def test_what_is_bound_already_is_refused(tenant: Tenant, control: Control) -> None:
    """By the same address, by another id, by another address."""
    tenant.applied()
    jane, bob = bound(tenant)["agents.jane@pbx"], bound(tenant)["agents.bob@pbx"]
    tenant.run("state", "rm", "agents.bob@pbx")

    again = tenant.run("import", "agents.jane@pbx", jane)
    other = tenant.run("import", "agents.jane@pbx", bob)
    taken = tenant.run("import", "agents.bob@pbx", jane)

    assert [ran.code for ran in (again, other, taken)] == [1, 1, 1]
    assert "is bound already, to that very id" in again.err
    assert f"is bound already, to id {jane}" in other.err
    assert f"id {jane} is bound already, to `agents.jane@pbx`" in taken.err


def test_what_cannot_become_as_declared_is_not_bound(tenant: Tenant, control: Control) -> None:
    """A queue's number is its id."""
    control.create("call_queue", {"extension": "501", "name": "Other", "type": 0})

    ran = tenant.run("import", "queues.support@pbx", "501")

    assert ran.code == 1
    assert "differs in `extension`, which cannot be changed" in ran.err
    assert bound(tenant) == {}


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("agents.jane", "is not an address"),
        ("agents.jane@pbs", "did you mean `pbx`?"),
        ("agent.jane@pbx", "did you mean `agents`?"),
    ],
)
def test_a_wrong_address_is_refused(tenant: Tenant, address: str, said: str) -> None:
    ran = tenant.run("import", address, "1")

    assert ran.code == 1
    assert said in ran.err


def test_a_failure_leaves_the_file_as_it_was(tenant: Tenant, control: Control) -> None:
    """The number is declared already, so that the manifests would not be valid with it."""
    vendor_id = made(control)
    before = "# empty so far\nagents:\n"
    (tenant.folder / "agents.yaml").write_text(before)

    ran = tenant.run("import", "agents.jane-again@pbx", vendor_id)

    assert ran.code == 1
    assert "no declaration can be added to `agents.yaml`" in ran.err
    assert (tenant.folder / "agents.yaml").read_text() == before
    assert bound(tenant) == {}


def test_nothing_is_bound_while_somebody_else_writes(tenant: Tenant, control: Control) -> None:
    """Neither import nor export; the holder is named."""
    tenant.applied()
    out = tenant.folder.parent / f"{tenant.folder.name}-out"

    with locked(tenant):
        imported = tenant.run("import", "agents.kim@pbx", "1")
        exported = tenant.run("export", "--connection", "pbx", "--out", str(out))

    assert (imported.code, exported.code) == (1, 1)
    assert "locked by ann" in imported.err
    assert "locked by ann" in exported.err
    assert not out.exists()


@pytest.mark.parametrize("command", ["import", "export"])
def test_another_account_is_not_asked_anything(tenant: Tenant, control: Control, command: str) -> None:
    """A key does not travel on a manifest's word."""
    tenant.applied()
    tenant.edit(tenant.url, tenant.url.replace("127.0.0.1", "localhost"))
    control.reset_log()
    out = tenant.folder.parent / f"{tenant.folder.name}-out"
    arguments = ("agents.kim@pbx", "1") if command == "import" else ("--connection", "pbx", "--out", str(out))

    ran = tenant.run(command, *arguments)

    assert ran.code == 1
    assert "connection `pbx` leads to another account than the state knows" in ran.err
    assert control.log() == []


def test_with_several_connections_the_declaration_says_where(tenant: Tenant, control: Control) -> None:
    """And declares nothing anywhere else."""
    undeclared(tenant)
    tenant.edit(
        "supervisors:",
        "  other:\n    vendor: eq\n    url: http://nowhere.invalid/eq\n    api_key: {from_env: K}\n"
        "defaults: {on: [pbx]}\nsupervisors:",
    )

    ran = tenant.run("import", "agents.jane@pbx", made(control))

    assert ran.code == 0, ran.err
    assert "  jane:\n" in (tenant.folder / "agents.yaml").read_text()
    assert "    on: [pbx]\n" in (tenant.folder / "agents.yaml").read_text()
