"""A pull request must not be able to send a key elsewhere."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from provisioner.simulators.control import Control
from provisioner.simulators.server import Running, find, running
from tests.cli.conftest import Tenant


@pytest.fixture
def elsewhere() -> Iterator[Running]:
    """Another account, which a changed manifest leads to."""
    with running(find("eq")) as served:
        yield served


def test_a_repointed_connection_is_asked_nothing(tenant: Tenant, control: Control, elsewhere: Running) -> None:
    """The key that state ties to one account is not sent to the new address, not even to read."""
    tenant.applied()
    tenant.edit(tenant.url, elsewhere.base_url)

    ran = tenant.run("plan")

    assert ran.code == 1
    assert "--allow account=pbx" in ran.out
    with Control(elsewhere.url) as other:
        assert other.log() == []


def test_also_where_nothing_is_managed_there_any_more(tenant: Tenant, control: Control, elsewhere: Running) -> None:
    """The tie outlives the last resource."""
    tenant.applied()
    assert tenant.run("destroy", "--auto-approve").code == 0
    tenant.edit(tenant.url, elsewhere.base_url)

    ran = tenant.run("apply", "--auto-approve")

    assert ran.code == 1
    with Control(elsewhere.url) as other:
        assert other.log() == []


def test_also_under_another_connection_name(tenant: Tenant, control: Control, elsewhere: Running) -> None:
    """A new connection with the old key is the same attempt."""
    tenant.applied()
    text = tenant.manifest.read_text(encoding="utf-8")
    tenant.manifest.write_text(text.replace("  pbx:", "  backup:").replace(tenant.url, elsewhere.base_url))

    ran = tenant.run("plan")

    assert ran.code == 1
    with Control(elsewhere.url) as other:
        assert other.log() == []


def test_a_new_connection_with_another_accounts_key(tenant: Tenant, control: Control, elsewhere: Running) -> None:
    """It never led anywhere else, so there is nothing to change back: it wants a key of its own."""
    tenant.applied()
    other = f"  backup: {{vendor: eq, url: '{elsewhere.base_url}', api_key: {{from_env: ACME_KEY}}}}\n"
    tenant.edit("supervisors:\n", f"{other}defaults: {{on: [pbx]}}\nsupervisors:\n")
    tenant.edit("  bob: {", "  bob: {on: [backup], ")

    ran = tenant.run("plan")

    said = " ".join(ran.out.split())
    assert ran.code == 1
    assert "connection `backup` would be given `from_env ACME_KEY`, which was only ever sent to another account" in said
    assert "give `backup` a key of its own; if that account has the same one: `--allow account=backup`" in said
    assert "leads to another account" not in said
    assert "change it back" not in said


def test_also_as_somebodys_password(tenant: Tenant, control: Control, elsewhere: Running) -> None:
    """A key does not travel in a field either."""
    tenant.applied()
    text = tenant.manifest.read_text(encoding="utf-8")
    other = f"  other:\n    vendor: eq\n    url: {elsewhere.base_url}\n    api_key: {{from_env: OTHER_KEY}}\n"
    text = text.replace("supervisors:\n", f"{other}defaults: {{on: [pbx]}}\nsupervisors:\n", 1)
    thief = "  eve: {on: [other], username: evelee, first_name: Eve, email: eve@acme.example, type: full, "
    text = text.replace("agents:\n", f"{thief}password: {{from_env: ACME_KEY}}}}\nagents:\n", 1)
    tenant.manifest.write_text(text)
    tenant.setenv("OTHER_KEY", elsewhere.credentials["api_key"])

    ran = tenant.run("apply", "--auto-approve")

    assert ran.code == 1
    assert "ACME_KEY" in ran.err
    with Control(elsewhere.url) as there:
        assert there.counts().get("POST", 0) == 0


def test_an_allowed_account_is_started_anew(tenant: Tenant, control: Control, elsewhere: Running) -> None:
    """With the allowance the old bindings are dropped, nothing is deleted, and all is made at the new account."""
    tenant.applied()
    tenant.edit(tenant.url, elsewhere.base_url)

    ran = tenant.run("apply", "--auto-approve", "--allow", "account=pbx")

    assert ran.code == 0, ran.err + ran.out
    with Control(elsewhere.url) as other:
        assert len(other.content()["agent"]) == 2
    assert not any(agent["deleted"] for agent in control.content()["agent"].values())
    assert tenant.run("plan", "--detailed-exitcode").code == 0
