"""What a plan's file may be and who may have written it: apply makes what the manifests say of whom the state knows."""

from __future__ import annotations

import json
import os
import shutil
import stat
from pathlib import Path
from typing import Any

import pytest

from provisioner.values import digest
from tests.stories.everything import agent
from tests.stories.stage import Stage
from tests.stories.test_saved_plans import EDITED, PLAN, TWO, planned

MANY = "agents:\n" + "".join(agent(f"a{number}", str(1001 + number), f"A{number}") for number in range(6))


def forged(stage: Stage, **members: Any) -> None:
    """Writes members over a saved plan's, and seals it: a consistent plan that this tool never made."""
    path = stage.folder / PLAN
    data = {**json.loads(path.read_text()), **members}
    del data["digest"]
    path.write_text(json.dumps({**data, "digest": digest(data)}))


def changes(stage: Stage) -> list[dict[str, Any]]:
    """The changes in the saved plan, to be forged."""
    found: list[dict[str, Any]] = json.loads((stage.folder / PLAN).read_text())["changes"]
    return found


def refused(stage: Stage, *words: str) -> None:
    """Apply says so in one line with a hint, and sends nothing."""
    ran = stage.run("apply", PLAN).failed(*words)

    assert "a fault in provisioner" not in ran.err
    assert [line.split(":")[0] for line in ran.err.splitlines()] == ["error", "hint"]
    assert stage.mutations() == []


# --- forged plans -------------------------------------------------------------------------------------------------


def test_what_nobody_declares_is_not_sent(stage: Stage) -> None:
    """A plan sealed anew by whoever changed it sets a field to another value: refused."""
    planned(stage, TWO, EDITED)
    found = changes(stage)
    found[0]["after"]["email"] = "eve@evil.example"
    forged(stage, changes=found)

    refused(stage, "the plan was not made from these manifests", "sets `email` to something else than is declared")


def test_what_is_declared_is_not_deleted(stage: Stage) -> None:
    """An update that was made a delete."""
    planned(stage, TWO, EDITED)
    found = changes(stage)
    found[0] |= {"action": "delete", "after": None, "fields": []}
    counts = json.loads((stage.folder / PLAN).read_text())["summary"]
    forged(stage, changes=found, summary={**counts, "update": 1, "delete": 1})

    refused(stage, "deletes what is declared")


def test_nobody_is_touched_whom_the_state_does_not_know_there(stage: Stage) -> None:
    """The id of an entity that nobody manages stands in a change."""
    planned(stage, TWO, EDITED)
    stage.control.create("agent", {"number": "1077", "firstName": "Eve", "password": "1234"})
    eve = next(key for key, item in stage.control.content()["agent"].items() if item["number"] == "1077")
    found = changes(stage)
    found[0]["id"] = eve
    forged(stage, changes=found)

    refused(stage, f"is about id {eve}, which is not bound there")


@pytest.mark.parametrize("missing", ["id", "connection", "kind", "vendor"])
def test_what_cannot_be_done_is_no_fault(stage: Stage, missing: str) -> None:
    """A change without an id, on a connection or of a kind that there is not, of another vendor."""
    planned(stage, TWO, EDITED)
    found = changes(stage)
    match missing:
        case "id":
            found[0]["id"] = None
        case "connection":
            found[0] |= {"address": "agents.bob@nowhere", "key": "agents.bob@nowhere", "connection": "nowhere"}
        case "kind":
            found[0] |= {"address": "ghosts.bob@pbx", "key": "ghosts.bob@pbx", "kind": "ghosts"}
        case _:
            found[0]["vendor"] = "other"
    forged(stage, changes=found)

    refused(stage, "the plan was not made from these manifests")


def test_a_secret_goes_where_it_is_declared_or_nowhere(stage: Stage) -> None:
    """Another field is made to carry a secret."""
    planned(stage, TWO, EDITED)
    found = changes(stage)
    found[0]["after"]["first_name"] = {"secret": True, "version": 1}
    found[0]["fields"][0] |= {"after": {"secret": True, "version": 1}, "secret": True}
    forged(stage, changes=found)

    refused(stage, "sets `first_name` to something else than is declared")


def test_guards_that_were_taken_out_hold_all_the_same(stage: Stage) -> None:
    """Without what the guards said, apply finds it again; what lifts them stands in every report."""
    stage.write(MANY)
    stage.apply().ok()
    stage.write("agents:\n" + agent("a0", "1001", "A0"))
    stage.run("plan", "--out", PLAN).failed("guard deletes")
    stage.control.reset_log()
    forged(stage, guards=[], refused=False)

    refused(stage, "guard `deletes`: 5 agents on `pbx` would be deleted or replaced")

    forged(stage, allowed=["deletes"])
    assert "--allow deletes" in stage.run("show", PLAN).ok().out


def test_an_empty_state_in_ci_holds_a_saved_plan_as_well(stage: Stage) -> None:
    """Made where nobody knew of CI, it would make everything a second time in a job that lost the state."""
    stage.write(TWO)
    stage.run("plan", "--out", PLAN).ok()
    stage.environ["CI"] = "true"

    refused(stage, "guard `fresh_state`")

    stage.run("plan", "--out", PLAN, "--allow", "fresh_state").ok()
    stage.run("apply", PLAN).ok()


# --- what it was made from ----------------------------------------------------------------------------------------


def test_of_another_tenant(stage: Stage) -> None:
    """The same people under another tenant's name."""
    planned(stage, TWO, EDITED)
    manifest = stage.folder / "acme.yaml"
    manifest.write_text(manifest.read_text().replace("tenant: acme", "tenant: other"))

    refused(stage, "the plan is of tenant `acme`, the manifests are of `other`")


def test_of_another_account(stage: Stage) -> None:
    """The connection leads elsewhere by now."""
    planned(stage, TWO, EDITED)
    manifest = stage.folder / "acme.yaml"
    manifest.write_text(manifest.read_text().replace("127.0.0.1", "127.0.0.2"))

    refused(stage, "the manifests have changed since the plan was made")


def test_layout_does_not_count(stage: Stage) -> None:
    """Comments, quotes, the order of keys and the files that all of it stands in may change."""
    planned(stage, TWO, EDITED)
    manifest = stage.folder / "acme.yaml"
    head, _, agents = manifest.read_text().partition("agents:\n")
    manifest.write_text(f"# as before\n{head}")
    lines = agents.replace("first_name: Janet", "first_name: 'Janet'").splitlines(keepends=True)
    (stage.folder / "people").mkdir()
    (stage.folder / "people" / "a.yaml").write_text(f"agents:\n{lines[1]}  # bob\n")
    (stage.folder / "people" / "b.yml").write_text(f"agents:\n{lines[0]}")

    stage.run("apply", PLAN).ok()

    assert {item["firstName"] for item in stage.live("agent")} == {"Janet", "Rob"}


def test_an_overlay_counts(stage: Stage) -> None:
    """A plan made with ``-f`` is applied with it, and not without."""
    (stage.folder / "overlays").mkdir()
    (stage.folder / "overlays" / "more.yaml").write_text("agents:\n" + agent("pat", "1003", "Pat"))
    stage.write(TWO)
    stage.run("-f", "overlays/more.yaml", "plan", "--out", PLAN).ok()

    refused(stage, "the manifests have changed since the plan was made")

    stage.run("-f", "overlays/more.yaml", "apply", PLAN).ok()
    assert len(stage.live("agent")) == 3


def test_a_state_that_is_gone(stage: Stage) -> None:
    """The plan knows of a record, and there is none."""
    planned(stage, TWO, EDITED)
    shutil.rmtree(stage.folder / ".provisioner")

    refused(stage, "there is no state here, and the plan was made from one")


@pytest.mark.parametrize(
    "command",
    [("state", "rm", "agents.bob@pbx"), ("state", "mv", "agents.bob@pbx", "agents.rob@pbx")],
    ids=["rm", "mv"],
)
def test_another_command_in_between_makes_it_stale(stage: Stage, command: tuple[str, ...]) -> None:
    """Whether the plan was begun already or not: the state is not the one that it was made from."""
    planned(stage, TWO, EDITED)
    stage.run(*command).ok()
    refused(stage, "the plan is stale: it was made from serial")


@pytest.mark.parametrize(
    "command",
    [("state", "rm", "agents.jane@pbx"), ("state", "mv", "agents.bob@pbx", "agents.rob@pbx")],
    ids=["rm", "mv"],
)
def test_what_was_begun_and_overtaken_is_not_gone_on_with(stage: Stage, command: tuple[str, ...]) -> None:
    """It failed, and before it was applied again somebody changed the state by hand."""
    planned(stage, TWO, EDITED)
    stage.control.fault("status", method="PUT", status=400, body='{"errors": []}', times=2)
    stage.run("apply", PLAN).failed("400")
    stage.run(*command).ok()
    stage.control.reset_log()

    refused(stage, "the plan is stale: the state was changed since it was begun")


def test_somebody_else_at_an_address_is_not_gone_on_with(stage: Stage) -> None:
    """Both creates failed, and another entity is bound to one of the addresses by now: nobody reviewed its change."""
    planned(stage, "", TWO)
    stage.control.fault("status", method="POST", status=400, body='{"errors": []}', times=2)
    stage.run("apply", PLAN).failed("400")
    stage.control.create("agent", {"number": "1077", "firstName": "Eve", "password": "1234"})
    (eve,) = stage.control.content()["agent"]
    stage.run("import", "agents.bob@pbx", eve).ok()
    stage.control.reset_log()

    refused(stage, "the plan is stale")

    assert stage.live("agent")[0]["firstName"] == "Eve"


def test_a_plan_that_was_held_is_gone_on_with(stage: Stage) -> None:
    """Reading the state, and planning, are no other run."""
    planned(stage, TWO, EDITED)
    stage.control.fault("status", method="PUT", status=400, body='{"errors": []}')
    stage.run("apply", PLAN).failed("400")
    stage.run("state", "list").ok()
    stage.run("plan").ok()

    stage.run("apply", PLAN).ok()


# --- its file -----------------------------------------------------------------------------------------------------


def test_a_plan_is_for_its_owner_to_read(stage: Stage) -> None:
    """Names, numbers and addresses of people are in it; a file that others could read is closed to them."""
    path = stage.folder / PLAN
    path.write_text("older")
    path.chmod(0o644)
    stage.write(TWO)

    stage.run("plan", "--out", PLAN).ok()

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in stage.folder.iterdir() if "plan" in item.name] == [PLAN]


def test_a_link_stays_one(stage: Stage) -> None:
    """The plan is written where it leads."""
    stage.write(TWO)
    (stage.folder / "kept").mkdir()
    (stage.folder / PLAN).symlink_to(Path("kept") / "real.plan")

    stage.run("plan", "--out", PLAN).ok()

    assert (stage.folder / PLAN).is_symlink()
    stage.run("apply", PLAN).ok()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("folder", "`folder` is no file to save a plan in"),
        ("pipe", "`pipe` is no file to save a plan in"),
        ("-", "`-` is no file to save a plan in"),
        ("", "`.` is no file to save a plan in"),
        ("missing/today.plan", "cannot write `missing/today.plan`: there is no folder"),
        ("x" * 300, "File name too long"),
    ],
)
def test_where_no_plan_can_be_saved(stage: Stage, name: str, said: str) -> None:
    """Said before any vendor is asked; devices and pipes are not replaced."""
    stage.write(TWO)
    (stage.folder / "folder").mkdir()
    os.mkfifo(stage.folder / "pipe")

    stage.run("plan", "--out", name).failed(said)

    assert stage.control.log() == []
    assert stat.S_ISFIFO((stage.folder / "pipe").stat().st_mode)


@pytest.mark.parametrize("form", ["text", "json", "markdown", "html"])
def test_a_saved_plan_is_shown_anywhere(stage: Stage, tmp_path: Path, form: str) -> None:
    """Without manifests, credentials, state and vendors: as ``plan`` showed it; what is lifted is in every format."""
    stage.write(MANY)
    stage.apply().ok()
    stage.write("agents:\n" + agent("a0", "1001", "A0"))
    told = stage.run("plan", "--out", PLAN, "--format", form, "--allow", "deletes").ok().out
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    shutil.move(stage.folder / PLAN, elsewhere / PLAN)
    shutil.rmtree(stage.folder)
    stage.folder = elsewhere
    stage.environ = {name: value for name, value in stage.environ.items() if "KEY" not in name}
    stage.control.reset_log()

    shown = stage.run("show", PLAN, "--format", form).ok().out

    assert shown == told
    assert "deletes" in shown
    assert stage.control.log() == []
    assert [item.name for item in elsewhere.iterdir()] == [PLAN]
