"""A small HTTP server of routes, for playing a host's REST API."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Asked:
    """A request as a route sees it; ``parts`` are what its pattern took out of the path."""

    method: str
    path: str
    parts: tuple[str, ...]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass(frozen=True)
class Answer:
    status: int
    content: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)


Route = tuple[str, str, Callable[[Asked], Answer]]
"""Method, pattern of the whole path, what answers."""


def page(items: list[dict[str, Any]], query: Mapping[str, str], usual: int) -> list[dict[str, Any]]:
    """One page of a list, as ``page`` and ``per_page`` ask."""
    size = min(int(query.get("per_page", usual)), 100)
    start = (int(query.get("page", "1")) - 1) * size
    return items[start : start + size]


@contextmanager
def serving(answer: Callable[[Asked], Answer]) -> Iterator[str]:
    """Serves on loopback as long as the context is open; gives the base URL."""

    class Handler(BaseHTTPRequestHandler):
        def handle_any(self) -> None:
            length = int(self.headers.get("content-length", 0))
            raw = self.rfile.read(length)
            url = urlsplit(self.path)
            asked = Asked(
                self.command,
                url.path,
                (),
                dict(parse_qsl(url.query)),
                {name.lower(): value for name, value in self.headers.items()},
                json.loads(raw) if raw else None,
            )
            given = answer(asked)
            content = given.content if isinstance(given.content, bytes) else json.dumps(given.content).encode()
            self.send_response(given.status)
            for name, value in given.headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = handle_any

        def log_message(self, format: str, *args: Any) -> None:
            """Tests show what they need."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def routed(routes: list[Route], asked: Asked) -> Answer:
    """What the first route that fits answers; 404 where none does."""
    for method, pattern, handler in routes:
        match = re.fullmatch(pattern, asked.path)
        if match and method == asked.method:
            return handler(Asked(asked.method, asked.path, match.groups(), asked.query, asked.headers, asked.body))
    return Answer(404, {"message": "Not Found"})
