"""The jobs at GitLab, where the notes of a merge request and the files of a job are what comments and artefacts are."""

from __future__ import annotations

import pytest

from tests.ci.conftest import COMMIT, HEAD, AtGitLab
from tests.ci.gitlab_api import PROJECT, SOMEBODY


def names(gitlab: AtGitLab) -> set[str]:
    return {item["firstName"] for item in gitlab.workspace.control.content()["agent"].values()}


def test_from_a_merge_request_to_its_apply(gitlab: AtGitLab) -> None:
    """One note for the plan, kept up to date, and one for the outcome; nobody else's note is touched."""
    marker = gitlab.workspace.job.marker("plan")
    forged = gitlab.api.wrote(7, f"{marker}\nNothing to see here", SOMEBODY)
    gitlab.workspace.edit("first_name: Jane", "first_name: Janet")
    planned = [gitlab.planned().code, gitlab.planned().code]
    gitlab.merged()

    applied = gitlab.applied()

    outcome, plan = gitlab.api.bodies(7)
    assert (planned, applied.code, names(gitlab)) == ([0, 0], 0, {"Janet", "Bob"})
    assert plan.startswith(marker)
    assert "Janet" in plan
    assert "Applied" in outcome
    assert forged["body"].endswith("Nothing to see here")


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("no request", f"no merge request led to {COMMIT}"),
        ("newer head", f"no pipeline has planned merge request !7 at {'b' * 40}"),
        ("no file", "`plan acme` kept no plan, or it has expired"),
        ("other job", "there is no job `plan acme` in the pipeline of merge request !7"),
    ],
)
def test_without_the_plan_of_what_was_merged_nothing_is_applied(gitlab: AtGitLab, what: str, words: str) -> None:
    """Told in the log, and the job is red."""
    match what:
        case "newer head":
            gitlab.api.planned(7, HEAD, "plan acme", "provisioner.plan", b"{}")
            gitlab.merged(head="b" * 40)
        case "no file":
            gitlab.api.planned(7, HEAD, "plan acme", "provisioner.plan", None)
            gitlab.merged()
        case "other job":
            gitlab.api.planned(7, HEAD, "evil", "provisioner.plan", b"{}")
            gitlab.merged()

    ended = gitlab.applied()

    assert ended.code == 1
    assert words in ended.text
    assert len(gitlab.api.bodies(7)) == (0 if what == "no request" else 1)


def test_a_fork_is_only_validated(gitlab: AtGitLab) -> None:
    """Its jobs run in a project of its own, without these secrets."""
    del gitlab.workspace.environ["ACME_KEY"]

    ended = gitlab.planned(CI_MERGE_REQUEST_SOURCE_PROJECT_ID="99", PROVISIONER_CI_TOKEN="")

    assert (ended.code, gitlab.api.notes) == (0, {})
    assert "no problems" in ended.text


@pytest.mark.parametrize(("source", "text"), [("99", ""), (PROJECT, "queues: 7\n")])
def test_a_file_in_the_branch_is_no_plan(gitlab: AtGitLab, source: str, text: str) -> None:
    """A job that makes no plan keeps none: not the one that a fork, or a branch with mistakes, has brought along."""
    workspace = gitlab.workspace
    (workspace.folder / "provisioner.plan").write_text("{}")
    (workspace.folder / workspace.name / "more.yaml").write_text(text or "# nothing\n")

    gitlab.planned(CI_MERGE_REQUEST_SOURCE_PROJECT_ID=source)

    assert list(gitlab.api.kept.values()) == [{}]


def test_a_fork_s_plan_is_not_applied(gitlab: AtGitLab) -> None:
    """A member may have its pipeline run in this project, with the jobs that the fork describes."""
    gitlab.workspace.edit("first_name: Jane", "first_name: Janet")
    gitlab.planned()
    gitlab.merged(project="99")

    ended = gitlab.applied()

    assert (ended.code, names(gitlab)) == (1, {"Jane", "Bob"})
    assert "merge request !7 came from a fork, and its jobs may have kept anything as their plan" in ended.text


def test_a_plan_that_cannot_be_shown_is_red(gitlab: AtGitLab) -> None:
    """The usual reason is a token that is not set: the hint names it."""
    ended = gitlab.planned(PROVISIONER_CI_TOKEN="")

    assert ended.code == 1
    assert "the plan is not in a comment: GitLab answered 401" in ended.text
    assert "`PROVISIONER_CI_TOKEN`" in ended.text


def test_a_pipeline_started_by_hand_applies_its_own_plan(gitlab: AtGitLab) -> None:
    """Once somebody has started its apply job."""
    gitlab.workspace.edit("first_name: Jane", "first_name: Janet")
    planned = gitlab.job("plan", CI_PIPELINE_SOURCE="web", CI_COMMIT_SHA=COMMIT)
    file = gitlab.workspace.folder / "provisioner.plan"
    gitlab.api.planned(0, COMMIT, "plan acme", file.name, file.read_bytes())
    pipeline = next(iter(gitlab.api.jobs))

    applied = gitlab.job("apply", CI_PIPELINE_SOURCE="web", CI_COMMIT_SHA=COMMIT, CI_PIPELINE_ID=str(pipeline))

    assert (planned.code, applied.code, names(gitlab)) == (0, 0, {"Janet", "Bob"})


def test_drift_has_one_issue(gitlab: AtGitLab) -> None:
    """Opened, and closed when it is gone."""
    jane = next(key for key, item in gitlab.workspace.control.content()["agent"].items() if item["number"] == "1001")
    codes = []
    for name in ("June", "Jane"):
        gitlab.workspace.control.change("agent", jane, {"firstName": name})
        codes.append(gitlab.job("drift", CI_PIPELINE_SOURCE="schedule").code)

    (issue,) = gitlab.api.issues
    assert (codes, issue["state"]) == ([2, 0], "closed")
    assert "June" in issue["description"]
