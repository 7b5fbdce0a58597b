"""The jobs at GitHub: what a reviewer sees, what is applied, and what colour the job has."""

from __future__ import annotations

import signal

import pytest

from tests.ci.conftest import COMMIT, HEAD, AtGitHub
from tests.ci.github_api import LONGEST
from tests.stories.stage import PATIENCE, until

EVIL = "someone-else/centre"


def test_one_comment_is_kept_up_to_date(github: AtGitHub) -> None:
    """However often the job runs; other people's comments are left alone, whatever they begin with."""
    forged = github.api.wrote(7, f"{github.workspace.job.marker('plan')}\nNothing to see here", "mallory")
    for number in range(150):
        github.api.wrote(7, f"Comment {number}", "somebody")
    github.workspace.edit("first_name: Jane", "first_name: Janet")
    github.planned()
    github.workspace.edit("first_name: Janet", "first_name: June")

    ended = github.planned()

    bodies = github.api.bodies(7)
    assert (ended.code, len(bodies)) == (0, 1)
    assert "June" in bodies[0]
    assert "Janet" not in bodies[0]
    assert bodies[0].startswith(github.workspace.job.marker("plan"))
    assert forged["body"].endswith("Nothing to see here")


def test_a_plan_is_shown_and_kept(github: AtGitHub) -> None:
    """In the comment, beside the log and as an artefact; what is printed in between cannot steer the runner."""
    github.workspace.edit("first_name: Jane", "first_name: Janet")

    ended = github.planned()

    assert ended.code == 0
    assert "Janet" in github.summary.read_text()
    assert github.output.read_text().splitlines() == [
        f"plan={github.workspace.plan}",
        f"artifact={github.workspace.job.artifact}",
    ]
    before, stopped, after = ended.text.partition("::stop-commands::")
    word, _, rest = after.partition("\n")
    assert stopped
    assert "Plan for" not in before
    assert "Plan for" in rest.partition(f"::{word}::")[0]
    assert "Plan for" not in rest.partition(f"::{word}::")[2]


def test_a_refused_plan_is_red_and_says_why(github: AtGitHub) -> None:
    """A guard holds it: the comment has the plan with the guard; merged all the same, it is not applied."""
    github.workspace.edit("first_name: Jane", "first_name: Janet")
    kept = [line for line in github.workspace.manifest.read_text().splitlines() if "  bob:" not in line]
    github.workspace.manifest.write_text("\n".join([*kept, "guards: {deletes: {percent: 0, count: 0}}", ""]))

    planned = github.planned()
    github.api.merged(7, HEAD, COMMIT)
    applied = github.applied()

    plan, outcome = github.api.bodies(7)
    assert (planned.code, applied.code) == (1, 1)
    assert "deletes" in plan
    assert "the plan is marked refused" in outcome
    assert names(github) == {"Jane", "Bob"}


def test_bad_manifests_are_marked_and_told(github: AtGitHub) -> None:
    """Annotations at the lines, and in the comment that there is no plan."""
    github.workspace.edit("first_name: Jane", "frist_name: Jane")

    ended = github.planned()

    assert ended.code == 1
    assert "::error file=tenants/acme/acme.yaml,line=7," in ended.text
    assert "No plan: the manifests have problems" in github.api.bodies(7)[0]
    assert not github.output.exists()


def test_a_vendor_that_is_down_is_red_and_told(github: AtGitHub) -> None:
    """The old plan does not stay in the comment as if it were of this commit."""
    github.workspace.edit("first_name: Jane", "first_name: Janet")
    github.planned()
    github.workspace.control.fault("status", method="GET", status=500, times=None)

    ended = github.planned()

    assert ended.code == 1
    assert "500" in github.api.bodies(7)[0]


def test_a_fork_is_only_validated(github: AtGitHub) -> None:
    """No vendor is asked, nobody comments, and the job is green where the manifests are good."""
    del github.workspace.environ["ACME_KEY"]
    github.workspace.control.reset_log()

    ended = github.planned(repository=EVIL)

    assert (ended.code, github.api.calls, github.workspace.control.log()) == (0, [], [])
    assert "it comes from a fork" in github.summary.read_text()


def test_a_plan_that_cannot_be_shown_is_red(github: AtGitHub) -> None:
    """Nobody could review it: the job says which permission is missing."""
    github.api.forbidden.add(("POST", "/comments"))

    ended = github.planned()

    assert ended.code == 1
    assert "::error::the plan is not in a comment: GitHub answered 403" in ended.text
    assert "`pull-requests: write`" in ended.text


def test_comments_can_be_left_out(github: AtGitHub) -> None:
    """The summary has the plan, and GitHub is not asked."""
    ended = github.planned(PROVISIONER_COMMENT="false")

    assert (ended.code, github.api.calls) == (0, [])
    assert "acme" in github.summary.read_text()


def test_a_long_plan_fits(github: AtGitHub) -> None:
    """GitHub refuses a comment of more than 65,536 characters."""
    many = "".join(
        f'  p{number}: {{number: "{number}", first_name: "{"Long" * 8}", email: p{number}@acme.example, '
        "password: {from_env: PIN}}\n"
        for number in range(2000, 2700)
    )
    github.workspace.manifest.write_text(github.workspace.manifest.read_text() + many)

    ended = github.planned()

    assert ended.code == 0
    assert len(ended.text) > LONGEST
    assert len(github.api.bodies(7)[0]) <= LONGEST


# --- apply --------------------------------------------------------------------------------------------------------


def reviewed(github: AtGitHub) -> None:
    """A plan was made for a pull request that is merged now."""
    github.workspace.edit("first_name: Jane", "first_name: Janet")
    assert github.planned().code == 0
    github.api.merged(7, HEAD, COMMIT)
    github.workspace.plan.unlink()


def names(github: AtGitHub) -> set[str]:
    return {item["firstName"] for item in github.workspace.control.content()["agent"].values()}


def test_the_reviewed_plan_is_applied_once(github: AtGitHub) -> None:
    """That very file, told in a comment of its own; the job run again finds it spent, and sends nothing."""
    reviewed(github)

    first = github.applied()
    after_first = names(github)
    github.workspace.control.reset_log()
    second = github.applied()

    assert (first.code, second.code) == (0, 1)
    assert after_first == {"Janet", "Bob"}
    assert "it is spent" in github.api.bodies(7)[1]
    assert [entry for entry in github.workspace.control.log() if entry["method"] != "GET"] == []
    assert len(github.api.bodies(7)) == 2
    assert github.api.strangers == []


@pytest.mark.parametrize("what", ["none", "of another commit", "into another branch"])
def test_without_a_pull_request_nothing_is_applied(github: AtGitHub, what: str) -> None:
    """A push to the branch was reviewed by nobody; nor was what a pull request brought elsewhere."""
    github.workspace.edit("first_name: Jane", "first_name: Janet")
    if what != "none":
        github.planned()
        github.api.merged(7, HEAD, COMMIT, branch="staging" if what == "into another branch" else "main")
    if what == "of another commit":
        github.api.pulls[COMMIT][0]["merge_commit_sha"] = "d" * 40

    ended = github.applied()

    assert ended.code == 1
    assert f"no merged pull request led to {COMMIT}" in ended.text
    assert names(github) == {"Jane", "Bob"}


@pytest.mark.parametrize(
    ("what", "words"),
    [
        ("none", "kept no plan"),
        ("expired", "has expired"),
        ("fork", "no job of `provisioner-acme.yml` has planned pull request #7"),
        ("other head", "no job of `provisioner-acme.yml` has planned pull request #7"),
        ("running", "was merged before its plan was made"),
        ("another file", "the artefact holds something else"),
    ],
)
def test_without_the_plan_of_what_was_merged_nothing_is_applied(github: AtGitHub, what: str, words: str) -> None:
    """An older plan, a fork's, an expired or an unfinished one is not what was reviewed; the comment says so."""
    artifact, file = github.workspace.job.artifact, github.workspace.plan.name
    github.api.merged(7, HEAD, COMMIT)
    match what:
        case "none":
            github.api.keeps(github.api.ran(HEAD), artifact, file, b"{}")
            github.api.ran(HEAD)
        case "expired":
            github.api.keeps(github.api.ran(HEAD), artifact, file, b"{}", expired=True)
        case "fork":
            github.api.keeps(github.api.ran(HEAD, repository=EVIL), artifact, file, b"{}")
        case "other head":
            github.api.keeps(github.api.ran("b" * 40), artifact, file, b"{}")
        case "running":
            github.api.keeps(github.api.ran(HEAD, status="in_progress"), artifact, file, b"{}")
        case "another file":
            github.api.keeps(github.api.ran(HEAD), artifact, "../evil", b"{}")

    ended = github.applied()

    assert ended.code == 1
    assert words in ended.text
    assert "Nothing was applied" in github.api.bodies(7)[0]


def test_main_that_moved_is_refused(github: AtGitHub) -> None:
    """Other manifests than the reviewed ones: nothing is sent, and the comment says what to do."""
    reviewed(github)
    github.workspace.edit("first_name: Bob", "first_name: Rob")

    ended = github.applied()

    assert ended.code == 1
    assert "the manifests have changed since the plan was made" in github.api.bodies(7)[1]
    assert names(github) == {"Jane", "Bob"}


def test_what_cannot_be_commented_on_is_a_warning(github: AtGitHub) -> None:
    """The changes were made: the job is as green as they are."""
    reviewed(github)
    github.api.forbidden.add(("POST", "/comments"))

    ended = github.applied()

    assert ended.code == 0
    assert "::warning::how it ended is not in a comment" in ended.text


def test_a_plan_started_by_hand_is_applied_by_the_same_run(github: AtGitHub) -> None:
    """After a refusal: the plan of what is in main now, that somebody approved in this run's environment."""
    github.workspace.edit("first_name: Jane", "first_name: Janet")
    planned = github.job("plan", "workflow_dispatch", {}, GITHUB_RUN_ID="55")
    github.api.keeps(55, github.workspace.job.artifact, github.workspace.plan.name, github.workspace.plan.read_bytes())

    applied = github.job("apply", "workflow_dispatch", {}, GITHUB_RUN_ID="55")

    assert (planned.code, applied.code) == (0, 0)
    assert names(github) == {"Janet", "Bob"}
    assert github.api.comments == {}


def test_an_interrupted_job_finishes_what_is_under_way(github: AtGitHub) -> None:
    """The host stops it in the middle of a request: that change is done and recorded, and the job run again goes on."""
    control = github.workspace.control
    github.workspace.edit("first_name: Jane", "first_name: Janet")
    github.workspace.edit("first_name: Bob", "first_name: Rob")
    github.planned()
    github.api.merged(7, HEAD, COMMIT)
    one_by_one = "--parallelism\n1"
    control.fault("slow", method="PUT", seconds=3.0)

    with github.started("apply", "push", {}, PROVISIONER_ARGUMENTS=one_by_one) as job:
        until(lambda: any(rule["fired"] for rule in control.faults()), "the first request is held back")
        job.send_signal(signal.SIGINT)
        said, _ = job.communicate(timeout=PATIENCE)
    after_first = names(github)
    again = github.applied()

    assert (job.returncode, len(after_first & {"Janet", "Rob"})) == (1, 1), said
    assert "Interrupted" in said
    assert (again.code, names(github)) == (0, {"Janet", "Rob"})


# --- drift --------------------------------------------------------------------------------------------------------


def test_drift_has_one_issue(github: AtGitHub) -> None:
    """Opened, kept up to date, closed when it is gone; red as long as there is any."""
    jane = next(key for key, item in github.workspace.control.content()["agent"].items() if item["number"] == "1001")
    codes = [github.job("drift", "schedule", {}).code]
    for name in ("June", "Joan", "Jane"):
        github.workspace.control.change("agent", jane, {"firstName": name})
        codes.append(github.job("drift", "schedule", {}).code)

    (issue,) = github.api.issues
    assert codes == [0, 2, 2, 0]
    assert issue["state"] == "closed"
    assert "Joan" in issue["body"]


def test_what_could_not_be_told_leaves_the_issue_alone(github: AtGitHub) -> None:
    """A vendor that is down is neither drift nor the end of it."""
    jane = next(key for key, item in github.workspace.control.content()["agent"].items() if item["number"] == "1001")
    github.workspace.control.change("agent", jane, {"firstName": "June"})
    github.job("drift", "schedule", {})
    before = [dict(issue) for issue in github.api.issues]
    github.workspace.control.fault("status", method="GET", status=500, times=None)

    ended = github.job("drift", "schedule", {})

    assert (ended.code, github.api.issues) == (1, before)
    assert before[0]["state"] == "open"


# --- secrets ------------------------------------------------------------------------------------------------------


def test_no_command_runs_in_ci(github: AtGitHub) -> None:
    """Whatever the job's variables say: a pull request could name any command."""
    ran = github.workspace.folder / "it-ran"
    github.workspace.edit("{from_env: ACME_KEY}", f"{{from_command: [touch, {ran}]}}")

    ended = github.planned(PROVISIONER_ALLOW_COMMANDS="1")
    asked = github.planned(PROVISIONER_ARGUMENTS="--allow-commands")

    assert (ended.code, asked.code, ran.exists()) == (1, 1, False)
    assert "`--allow-commands` is off in CI" in asked.text


def test_what_lies_in_the_repository_is_not_imported(github: AtGitHub) -> None:
    """Neither by the job nor by the tool: a pull request could bring its own code, and a folder may have any name."""
    for name in ("httpx.py", "json.py", "provisioner/__init__.py", "tenants/__init__.py"):
        (github.workspace.folder / name).parent.mkdir(exist_ok=True)
        (github.workspace.folder / name).write_text("raise SystemExit('it ran')\n")

    ended = github.planned()

    assert ended.code == 0
    assert "it ran" not in ended.text


def test_the_token_is_not_the_tools(github: AtGitHub) -> None:
    """A manifest cannot have the token sent anywhere."""
    github.workspace.edit("{from_env: ACME_KEY}", "{from_env: PROVISIONER_CI_TOKEN}")

    ended = github.planned()

    assert ended.code == 1
    assert "PROVISIONER_CI_TOKEN" in ended.text
