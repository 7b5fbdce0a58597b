"""The browser for the tests of this folder: they are skipped where there is none, unless that is forbidden."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from playwright.sync_api import Browser

from tests.report.browser import chromium
from tests.report.browser.chromium import Opened

Open: TypeAlias = Callable[..., Opened]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One for a module: Playwright keeps an event loop running, which tests elsewhere do not expect."""
    executable = chromium.program()
    if executable is None:
        (pytest.fail if chromium.required() else pytest.skip)(chromium.HOW_TO_GET_IT)
    with chromium.running(executable) as found:
        yield found


@pytest.fixture
def show(browser: Browser, tmp_path: Path) -> Iterator[Open]:
    """Opens a page's text; at the test's end it must have asked for nothing and complained of nothing."""
    pages: list[Opened] = []
    with ExitStack() as stack:

        def show(html: str, fragment: str = "", **options: Any) -> Opened:
            file = tmp_path / "plan.html"
            pages.append(stack.enter_context(chromium.opened(browser, html, file, fragment, **options)))
            return pages[-1]

        yield show

        for opened in pages:
            assert opened.complaints == []
            assert [url.partition("#")[0] for url in opened.requests] == [opened.file.as_uri()]
