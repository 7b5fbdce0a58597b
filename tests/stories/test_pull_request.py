"""A pull request, from the branch to the apply of the very plan that was reviewed, with the jobs of `init --ci`."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from provisioner.cli.main import main
from provisioner.simulators.control import Control
from provisioner.simulators.server import Running
from tests.ci.github_api import REPOSITORY, FakeGitHub, fake_github
from tests.ci.runner import Event, JobRan, Runner, git
from tests.state.database import Server

TENANT = """
tenant: acme
connections:
  pbx: {{vendor: eq, url: "{url}", api_key: {{from_env: EQ_KEY}}}}
"""

JANE = 'agents:\n  jane: {number: "1001", first_name: Jane, email: jane@acme.example, password: {from_env: PIN}}\n'
BOB = 'agents:\n  bob: {number: "1002", first_name: Bob, email: bob@acme.example, password: {from_env: PIN}}\n'

QUEUES = """
queues:
  support: {extension: "500", name: Support, type: inbound}
"""


@dataclass
class Story:
    """A repository at GitHub with its tenant, and the account that it is about."""

    repository: Path
    runner: Runner
    api: FakeGitHub
    control: Control

    @property
    def folder(self) -> Path:
        return self.repository / "tenants" / "acme"

    def edit(self, file: str, old: str, new: str) -> None:
        path = self.folder / f"{file}.yaml"
        path.write_text(path.read_text().replace(old, new))

    def commit(self, message: str) -> str:
        git(self.repository, "add", "--all")
        git(self.repository, "commit", "--quiet", "--message", message)
        return git(self.repository, "rev-parse", "HEAD")

    def pull_request(self, number: int, branch: str) -> JobRan:
        """The job that GitHub runs for it: on the branch merged into main."""
        head = git(self.repository, "rev-parse", branch)
        git(self.repository, "checkout", "--quiet", "-B", f"merge-{number}", "main")
        git(self.repository, "merge", "--quiet", "--no-ff", "--message", f"Merge {head} into main", branch)
        merge = git(self.repository, "rev-parse", "HEAD")
        git(self.repository, "checkout", "--quiet", branch)
        pull = {"number": number, "head": {"sha": head, "repo": {"full_name": REPOSITORY}}}
        return self.runner.run("plan", Event("pull_request", merge, {"pull_request": pull}))

    def merge(self, number: int, branch: str) -> JobRan:
        """Merges it, and gives the job of that push."""
        head = git(self.repository, "rev-parse", branch)
        git(self.repository, "checkout", "--quiet", "main")
        git(self.repository, "merge", "--quiet", "--no-ff", "--message", f"Merge pull request #{number}", branch)
        commit = git(self.repository, "rev-parse", "HEAD")
        self.api.merged(number, head, commit)
        return self.runner.run("apply", Event("push", commit))

    def by_hand(self) -> tuple[JobRan, JobRan]:
        """The workflow started on main: its plan, and the apply that somebody approved."""
        event = Event("workflow_dispatch", git(self.repository, "rev-parse", "main"))
        planned = self.runner.run("plan", event)
        return planned, self.runner.run("apply", event, run=planned.run)

    def drift(self) -> JobRan:
        return self.runner.run("drift", Event("schedule", git(self.repository, "rev-parse", "main")))

    def names(self) -> set[str]:
        content = self.control.content()
        return {item["firstName"] for item in content["agent"].values()} | {
            item["name"] for item in content["call_queue"].values()
        }

    def edit_at_the_vendor(self, number: str, name: str) -> None:
        """What a supervisor does in the portal."""
        key = next(key for key, item in self.control.content()["agent"].items() if item["number"] == number)
        self.control.change("agent", key, {"firstName": name})


@pytest.fixture
def story(
    tmp_path: Path,
    simulator: Running,
    database: Server,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Story]:
    """A tenant under version control, with CI set up and its state in a database; the first apply was made by hand."""
    repository = tmp_path / "repository"
    folder = repository / "tenants" / "acme"
    folder.mkdir(parents=True)
    git(repository, "init", "--quiet", "--initial-branch", "main")
    (folder / "tenant.yaml").write_text(TENANT.format(url=simulator.base_url))
    (folder / "jane.yaml").write_text(JANE)
    (folder / "bob.yaml").write_text(BOB)
    own = f"story_{uuid.uuid4().hex}"
    database.do(f"CREATE DATABASE {own}")
    secrets = {
        "EQ_KEY": simulator.credentials["api_key"],
        "PIN": "0042",
        "PROVISIONER_STATE_DSN": database.way(database=own),
    }
    for name, value in secrets.items():
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("CI", raising=False)
    with Control(simulator.url) as control, fake_github() as api:
        control.reset()
        assert main(["-C", str(folder), "init", "--ci", "github", "--state", "postgres"]) == 0, capsys.readouterr().err
        assert main(["-C", str(folder), "apply", "--auto-approve"]) == 0, capsys.readouterr().err
        work = tmp_path / "work"
        work.mkdir()
        story = Story(repository, Runner(repository, work, api, secrets), api, control)
        story.commit("A tenant")
        yield story
        control.reset()


def test_a_pull_request_to_its_end(story: Story) -> None:
    """Plan, comment, review, merge, apply of that plan; what somebody edited meanwhile is refused, and that alone."""
    git(story.repository, "checkout", "--quiet", "-b", "names-and-a-queue")
    story.edit("jane", "Jane", "Janet")
    story.edit("bob", "Bob", "Rob")
    (story.folder / "queues.yaml").write_text(QUEUES)
    story.commit("Two names, and a queue")

    planned = story.pull_request(7, "names-and-a-queue")

    (comment,) = story.api.bodies(7)
    assert planned.code == 0, planned.log
    assert all(word in comment for word in ("Janet", "Rob", "Support"))
    assert story.names() == {"Jane", "Bob"}

    story.edit_at_the_vendor("1001", "June")
    merged = story.merge(7, "names-and-a-queue")

    outcome = story.api.bodies(7)[1]
    assert merged.code == 1, merged.log
    assert story.names() == {"June", "Rob", "Support"}
    assert "agents.jane@pbx" in outcome
    assert "June" in outcome
    assert "agents.bob@pbx" not in outcome
    assert story.api.bodies(7)[0] == comment

    rest, done = story.by_hand()

    assert (rest.code, done.code) == (0, 0), rest.log + done.log
    assert "agents.jane@pbx" in rest.summary
    assert "agents.bob@pbx" not in rest.summary
    assert story.names() == {"Janet", "Rob", "Support"}
    assert (story.drift().code, story.api.issues) == (0, [])


def test_a_branch_that_is_brought_up_to_date(story: Story) -> None:
    """Two pull requests are open. The second's plan is of before the first: its branch gets main, and a new plan."""
    for branch, file, old, new in (("first", "jane", "Jane", "Janet"), ("second", "bob", "Bob", "Rob")):
        git(story.repository, "checkout", "--quiet", "-b", branch, "main")
        story.edit(file, old, new)
        story.commit(branch)
    planned = [story.pull_request(1, "first").code, story.pull_request(2, "second").code]

    first = story.merge(1, "first")
    git(story.repository, "checkout", "--quiet", "second")
    git(story.repository, "merge", "--quiet", "--no-ff", "--message", "Up to date", "main")
    again = story.pull_request(2, "second")
    second = story.merge(2, "second")

    (plan, outcome) = story.api.bodies(2)
    assert (planned, first.code, again.code, second.code) == ([0, 0], 0, 0, 0), second.log
    assert story.names() == {"Janet", "Rob"}
    assert "Janet" not in plan
    assert "Applied" in outcome


def test_a_branch_that_is_not_brought_up_to_date(story: Story) -> None:
    """The account and main are not what its plan was made from: nothing is sent, and the next plan shows it."""
    for branch, file, old, new in (("first", "jane", "Jane", "Janet"), ("second", "bob", "Bob", "Rob")):
        git(story.repository, "checkout", "--quiet", "-b", branch, "main")
        story.edit(file, old, new)
        story.commit(branch)
        assert story.pull_request(len(branch), branch).code == 0
    story.merge(len("first"), "first")

    merged = story.merge(len("second"), "second")

    assert merged.code == 1
    assert "the plan is stale" in story.api.bodies(len("second"))[1]
    assert story.names() == {"Janet", "Bob"}
    assert "agents.bob@pbx" in story.by_hand()[0].summary
    assert story.names() == {"Janet", "Rob"}
