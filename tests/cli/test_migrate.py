"""``state migrate`` through the command line: from a folder into a real database, and back."""

from __future__ import annotations

import uuid
from pathlib import Path

import pytest

from provisioner.secrets import Secret
from provisioner.state.backends.local import LocalBackend
from provisioner.state.backends.postgres import PostgresBackend
from tests.cli.conftest import Tenant
from tests.state.database import Server

LOCAL = "{backend: local, path: elsewhere}"


def name_shared(tenant: Tenant, server: Server) -> PostgresBackend:
    """The manifests say from now on that the record is in a database; the place."""
    name = f"acme {uuid.uuid4().hex}"
    tenant.setenv("STATE_DSN", server.dsn)
    tenant.edit(
        "tenant: acme\n", f"tenant: acme\nstate: {{backend: postgres, dsn: {{from_env: STATE_DSN}}, name: {name}}}\n"
    )
    return PostgresBackend(lambda: Secret(server.dsn), name)


def name_local(tenant: Tenant, state: str = LOCAL) -> None:
    """The manifests say from now on that the record is in a folder."""
    lines = tenant.manifest.read_text().splitlines(keepends=True)
    tenant.manifest.write_text("".join(line for line in lines if not line.startswith("state:")))
    tenant.edit("tenant: acme\n", f"tenant: acme\nstate: {state}\n")


def test_all_of_it_goes_into_the_database(tenant: Tenant, database: Server) -> None:
    """Lineage, serial, bindings and a history whose chain holds; a plan has nothing to do, and applies go on."""
    tenant.applied()
    before = LocalBackend(tenant.folder / ".provisioner")
    record, history = before.load(), before.history()
    place = name_shared(tenant, database)

    ran = tenant.run("state", "migrate")

    assert ran.code == 0, ran.err
    assert (
        f"moved the record from `{before.location}` to `{place.location}`: 5 resources, serial 1, 1 line of history"
        in ran.out
    )
    assert "is a copy that is used no more: delete it when you like" in ran.out
    assert "`schema.json`, which editors read, is written anew by `validate`" in ran.out
    assert (place.load(), place.history().lines) == (record, history.lines)
    assert tenant.run("plan", "--detailed-exitcode").code == 0
    tenant.edit("Jane", "Janet")
    tenant.applied()
    assert (place.load().lineage, place.load().serial, place.history().verify()) == (record.lineage, 2, 2)


def test_the_place_that_it_left_is_not_used_any_more(tenant: Tenant, database: Server) -> None:
    """By no command: each says where the record is, and changes nothing."""
    tenant.applied()
    place = name_shared(tenant, database)
    assert tenant.run("state", "migrate").code == 0
    name_local(tenant, "{backend: local}")

    for command in (
        ["plan"], ["apply", "--auto-approve"], ["drift"], ["history"], ["state", "list"], ["state", "pull"],
        ["state", "rm", "agents.jane@pbx"],
    ):  # fmt: skip
        ran = tenant.run(*command)
        assert ran.code == 1
        assert f"was moved to `{place.location}`" in ran.err
        assert "name that place under `state:`" in ran.err


def test_there_and_back(tenant: Tenant, database: Server) -> None:
    """Into the very folder it came from, with what was applied in between."""
    tenant.applied()
    place = name_shared(tenant, database)
    assert tenant.run("state", "migrate").code == 0
    tenant.edit("Jane", "Janet")
    tenant.applied()
    record = place.load()

    back = tenant.run("state", "migrate", "--to-path", ".provisioner")
    gone = tenant.run("plan")
    name_local(tenant, "{backend: local}")

    assert back.code == 0, back.err
    assert "the manifests must name it now" in back.out
    assert f"the record in `{place.location}` was moved to" in gone.err
    folder = LocalBackend(tenant.folder / ".provisioner")
    assert (folder.load(), folder.history().verify()) == (record, 2)
    assert tenant.run("plan", "--detailed-exitcode").code == 0


def test_again_is_no_harm(tenant: Tenant, database: Server) -> None:
    """Nor is it once the former place was deleted, or somebody has applied since."""
    tenant.applied()
    place = name_shared(tenant, database)
    assert tenant.run("state", "migrate").code == 0
    tenant.edit("Jane", "Janet")
    tenant.applied()
    record = place.load()

    again = tenant.run("state", "migrate", "--from-path", ".provisioner")
    (tenant.folder / ".provisioner" / "state.json").unlink()
    for journal in (tenant.folder / ".provisioner").glob("journal-*"):
        journal.unlink()
    deleted = tenant.run("state", "migrate")

    for ran in (again, deleted):
        assert (ran.code, "nothing to move" in ran.out) == (0, True), ran.err
    assert place.load() == record


def test_a_record_that_was_left_behind_is_noticed(tenant: Tenant, database: Server) -> None:
    """Manifests that name an empty database beside a full folder: nobody plans to make everything again."""
    tenant.applied()
    name_shared(tenant, database)

    ran = tenant.run("plan")

    assert ran.code == 1
    assert "is empty, and `.provisioner` holds one of 5 resources" in ran.err
    assert f"hint: `provisioner -C {tenant.folder} state migrate` moves it there" in ran.err


def test_another_record_is_not_overwritten(tenant: Tenant, database: Server) -> None:
    """One of another lineage in the same place stays, and so does the one that was to be moved."""
    tenant.applied()
    here = LocalBackend(tenant.folder / ".provisioner").load()
    (tenant.folder / ".provisioner").rename(tenant.folder / "kept")
    place = name_shared(tenant, database)
    tenant.run("apply", "--auto-approve", "--target", "agents.*")
    there = place.load()

    ran = tenant.run("state", "migrate", "--from-path", "kept")

    assert ran.code == 1
    assert f"`{place.location}` holds another record: its lineage is `{there.lineage}`" in ran.err
    assert (place.load(), LocalBackend(tenant.folder / "kept").load()) == (there, here)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--from-path", "nowhere"], "there is no record in"),
        (["--from-path", "a", "--to-path", "b"], "either `--from-path` or `--to-path`"),
        (["--from-path", "elsewhere/../elsewhere"], "is the place that the manifests name"),
    ],
)
def test_what_cannot_be_moved(tenant: Tenant, arguments: list[str], said: str) -> None:
    """Nothing there, two ends of one's own, both ends in one place; no folder is made for it."""
    name_local(tenant)

    ran = tenant.run("state", "migrate", *arguments)

    assert (ran.code, said in ran.err) == (1, True), ran.err
    assert not (tenant.folder / "nowhere").exists()


def test_another_tenants_record_is_not_moved(tenant: Tenant, tmp_path: Path) -> None:
    """A path that was typed wrongly must not take another tenant's record away."""
    tenant.applied()
    name_local(tenant)
    tenant.edit("tenant: acme", "tenant: globex")

    ran = tenant.run("state", "migrate")

    assert ran.code == 1
    assert "is that of tenant `acme`, and the manifests are those of `globex`" in ran.err
    assert LocalBackend(tmp_path / ".provisioner").load().moved == ""


def test_between_two_folders(tenant: Tenant) -> None:
    """The same for a record that only changes its folder."""
    tenant.applied()
    record = LocalBackend(tenant.folder / ".provisioner").load()
    name_local(tenant)

    ran = tenant.run("state", "migrate", "--from-path", ".provisioner")

    assert ran.code == 0, ran.err
    assert LocalBackend(tenant.folder / "elsewhere").load() == record
    assert tenant.run("plan", "--detailed-exitcode").code == 0
