"""The part of GitHub's REST API that jobs use, played after docs.github.com/en/rest."""

from __future__ import annotations

import io
import itertools
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.ci.serving import Answer, Asked, Route, page, routed, serving

REPOSITORY = "acme/centre"
TOKEN = "ghs-job-token"
BOT = "github-actions[bot]"
WORKFLOW = "provisioner-acme.yml"
LONGEST = 65_536


@dataclass
class FakeGitHub:
    """One repository. ``forbidden`` are methods and parts of paths that the token may not use."""

    url: str = ""
    comments: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    pulls: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    runs: list[dict[str, Any]] = field(default_factory=list)
    artifacts: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    packed: dict[int, bytes] = field(default_factory=dict)
    forbidden: set[tuple[str, str]] = field(default_factory=set)
    calls: list[tuple[str, str]] = field(default_factory=list)
    strangers: list[str] = field(default_factory=list)
    """What the place that keeps files was shown of our token."""
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(100))

    # --- what happened there ----------------------------------------------------------------------------------

    def wrote(self, number: int, body: str, login: str) -> dict[str, Any]:
        comment = {"id": next(self._ids), "body": body, "user": {"login": login}}
        self.comments.setdefault(number, []).append(comment)
        return comment

    def bodies(self, number: int, login: str = BOT) -> list[str]:
        return [item["body"] for item in self.comments.get(number, []) if item["user"]["login"] == login]

    def ran(
        self, head: str, *, event: str = "pull_request", repository: str = REPOSITORY, status: str = "completed"
    ) -> int:
        number = next(self._ids)
        self.runs.append(
            {
                "id": number,
                "head_sha": head,
                "event": event,
                "status": status,
                "path": f".github/workflows/{WORKFLOW}",
                "head_repository": {"full_name": repository},
            }
        )
        return number

    def keeps(self, run: int, name: str, file: str, content: bytes, *, expired: bool = False) -> None:
        """As ``actions/upload-artifact`` does with ``overwrite``: one file, zipped."""
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(file, content)
        number = next(self._ids)
        self.artifacts[run] = [item for item in self.artifacts.get(run, []) if item["name"] != name]
        self.artifacts[run].append({"id": number, "name": name, "expired": expired})
        self.packed[number] = packed.getvalue()

    def merged(self, number: int, head: str, commit: str, branch: str = "main") -> None:
        self.pulls[commit] = [
            {
                "number": number,
                "merged_at": "2026-01-05T10:00:00Z",
                "merge_commit_sha": commit,
                "head": {"sha": head},
                "base": {"ref": branch},
            }
        ]

    # --- what it answers --------------------------------------------------------------------------------------

    def answer(self, asked: Asked) -> Answer:
        if asked.path.startswith("/kept/"):
            self.strangers += [value for name, value in asked.headers.items() if name == "authorization"]
            return Answer(200, self.packed[int(asked.path.rpartition("/")[2])])
        self.calls.append((asked.method, asked.path))
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            return Answer(401, {"message": "Bad credentials"})
        if any(method == asked.method and part in asked.path for method, part in self.forbidden):
            return Answer(403, {"message": "Resource not accessible by integration"})
        return routed(self._routes(), asked)

    def _routes(self) -> list[Route]:
        base = f"/repos/{REPOSITORY}"
        return [
            ("GET", rf"{base}/issues/(\d+)/comments", self._list_comments),
            ("POST", rf"{base}/issues/(\d+)/comments", self._create_comment),
            ("PATCH", rf"{base}/issues/comments/(\d+)", self._update_comment),
            ("GET", rf"{base}/issues", self._list_issues),
            ("POST", rf"{base}/issues", self._create_issue),
            ("PATCH", rf"{base}/issues/(\d+)", self._update_issue),
            ("GET", rf"{base}/commits/(\w+)/pulls", lambda asked: Answer(200, self.pulls.get(asked.parts[0], []))),
            ("GET", rf"{base}/actions/workflows/{WORKFLOW}/runs", self._list_runs),
            ("GET", rf"{base}/actions/runs/(\d+)/artifacts", self._list_artifacts),
            ("GET", rf"{base}/actions/artifacts/(\d+)/zip", self._redirect),
        ]

    def _list_comments(self, asked: Asked) -> Answer:
        return Answer(200, page(self.comments.get(int(asked.parts[0]), []), asked.query, 30))

    def _create_comment(self, asked: Asked) -> Answer:
        if len(asked.body["body"]) > LONGEST:
            return Answer(422, {"message": "Validation Failed"})
        return Answer(201, self.wrote(int(asked.parts[0]), asked.body["body"], BOT))

    def _update_comment(self, asked: Asked) -> Answer:
        found = [item for listed in self.comments.values() for item in listed if item["id"] == int(asked.parts[0])]
        if not found:
            return Answer(404, {"message": "Not Found"})
        found[0]["body"] = asked.body["body"]
        return Answer(200, found[0])

    def _list_issues(self, asked: Asked) -> Answer:
        return Answer(
            200, page([item for item in self.issues if item["state"] == asked.query["state"]], asked.query, 30)
        )

    def _create_issue(self, asked: Asked) -> Answer:
        issue = {"number": len(self.issues) + 1, "state": "open", "user": {"login": BOT}, **asked.body}
        self.issues.append(issue)
        return Answer(201, issue)

    def _update_issue(self, asked: Asked) -> Answer:
        issue = self.issues[int(asked.parts[0]) - 1]
        issue.update(asked.body)
        return Answer(200, issue)

    def _list_runs(self, asked: Asked) -> Answer:
        fit = [
            run
            for run in reversed(self.runs)
            if run["head_sha"] == asked.query["head_sha"] and run["event"] == asked.query["event"]
        ]
        return Answer(200, {"total_count": len(fit), "workflow_runs": page(fit, asked.query, 30)})

    def _list_artifacts(self, asked: Asked) -> Answer:
        fit = [item for item in self.artifacts.get(int(asked.parts[0]), []) if item["name"] == asked.query["name"]]
        return Answer(200, {"total_count": len(fit), "artifacts": page(fit, asked.query, 30)})

    def _redirect(self, asked: Asked) -> Answer:
        return Answer(302, b"", {"location": f"{self.url}/kept/{asked.parts[0]}"})


@contextmanager
def fake_github() -> Iterator[FakeGitHub]:
    """GitHub as long as the context is open."""
    github = FakeGitHub()
    with serving(github.answer) as url:
        github.url = url
        yield github
