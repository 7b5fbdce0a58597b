"""The part of GitLab's REST API that jobs use, played after docs.gitlab.com/api."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from tests.ci.serving import Answer, Asked, Route, page, routed, serving

PROJECT = "17"
TOKEN = "glpat-project-token"
US, SOMEBODY = 5, 8


@dataclass
class FakeGitLab:
    """One project."""

    url: str = ""
    notes: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    issues: list[dict[str, Any]] = field(default_factory=list)
    merged: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    pipelines: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    jobs: dict[int, list[dict[str, Any]]] = field(default_factory=dict)
    kept: dict[int, dict[str, bytes]] = field(default_factory=dict)
    _ids: Iterator[int] = field(default_factory=lambda: itertools.count(100))

    def wrote(self, number: int, body: str, author: int) -> dict[str, Any]:
        note = {"id": next(self._ids), "body": body, "author": {"id": author}}
        self.notes.setdefault(number, []).insert(0, note)
        return note

    def bodies(self, number: int) -> list[str]:
        return [note["body"] for note in self.notes.get(number, []) if note["author"]["id"] == US]

    def planned(self, number: int, head: str, job: str, file: str, content: bytes | None) -> None:
        """A pipeline of the merge request whose plan job kept a file, or none."""
        pipeline, run = next(self._ids), next(self._ids)
        self.pipelines.setdefault(number, []).insert(
            0,
            {"id": pipeline, "sha": head, "ref": f"refs/merge-requests/{number}/head", "project_id": int(PROJECT),
             "source": "merge_request_event", "status": "success"},
        )  # fmt: skip
        archive = None if content is None else {"filename": "artifacts.zip", "size": len(content)}
        self.jobs[pipeline] = [{"id": run, "name": job, "status": "success", "artifacts_file": archive}]
        self.kept[run] = {} if content is None else {file: content}

    def answer(self, asked: Asked) -> Answer:
        if asked.headers.get("private-token") != TOKEN:
            return Answer(401, {"message": "401 Unauthorized"})
        return routed(self._routes(), asked)

    def _routes(self) -> list[Route]:
        base = f"/projects/{PROJECT}"
        listed = Answer
        return [
            ("GET", "/user", lambda _: Answer(200, {"id": US, "username": "project_17_bot"})),
            ("GET", rf"{base}/merge_requests/(\d+)/notes", lambda a: listed(200, self._page(self.notes, a))),
            ("POST", rf"{base}/merge_requests/(\d+)/notes", self._create_note),
            ("PUT", rf"{base}/merge_requests/(\d+)/notes/(\d+)", self._update_note),
            ("GET", rf"{base}/merge_requests/(\d+)/pipelines", lambda a: listed(200, self._page(self.pipelines, a))),
            ("GET", rf"{base}/pipelines/(\d+)/jobs", lambda a: listed(200, self._page(self.jobs, a))),
            ("GET", rf"{base}/jobs/(\d+)/artifacts/(.+)", self._file),
            ("GET", rf"{base}/repository/commits/(\w+)/merge_requests", self._of_commit),
            ("GET", rf"{base}/issues", self._list_issues),
            ("POST", rf"{base}/issues", self._create_issue),
            ("PUT", rf"{base}/issues/(\d+)", self._update_issue),
        ]

    def _page(self, listed: dict[int, list[dict[str, Any]]], asked: Asked) -> list[dict[str, Any]]:
        return page(listed.get(int(asked.parts[0]), []), asked.query, 20)

    def _create_note(self, asked: Asked) -> Answer:
        return Answer(201, self.wrote(int(asked.parts[0]), asked.body["body"], US))

    def _update_note(self, asked: Asked) -> Answer:
        note = next(item for item in self.notes[int(asked.parts[0])] if item["id"] == int(asked.parts[1]))
        note["body"] = asked.body["body"]
        return Answer(200, note)

    def _file(self, asked: Asked) -> Answer:
        content = self.kept.get(int(asked.parts[0]), {}).get(unquote(asked.parts[1]))
        return Answer(404, {"message": "404 Not Found"}) if content is None else Answer(200, content)

    def _of_commit(self, asked: Asked) -> Answer:
        return Answer(200, self.merged.get(asked.parts[0], []))

    def _list_issues(self, asked: Asked) -> Answer:
        return Answer(200, [item for item in self.issues if item["state"] == asked.query["state"]])

    def _create_issue(self, asked: Asked) -> Answer:
        issue = {"iid": len(self.issues) + 1, "state": "opened", "author": {"id": US}, **asked.body}
        self.issues.append(issue)
        return Answer(201, issue)

    def _update_issue(self, asked: Asked) -> Answer:
        issue = self.issues[int(asked.parts[0]) - 1]
        change = dict(asked.body)
        if change.pop("state_event", None) == "close":
            issue["state"] = "closed"
        issue.update(change)
        return Answer(200, issue)


@contextmanager
def fake_gitlab() -> Iterator[FakeGitLab]:
    """GitLab as long as the context is open."""
    gitlab = FakeGitLab()
    with serving(gitlab.answer) as url:
        gitlab.url = url
        yield gitlab
