"""A real browser for the tests: Chromium as the system has it, without a network, and with an eye on what it is asked.

``PROVISIONER_BROWSER=required`` makes a test fail that would be skipped for want of it; CI sets that.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Browser, Page, expect, sync_playwright

PROGRAMS: Final = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS: Final = (
    "--headless=new",
    "--no-sandbox",  # the tests may run as root, as in a container; they open nothing but their own files
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)
PATIENCE: Final = 60_000
"""Milliseconds until a page counts as stuck: a machine may be busy."""

REQUIRED: Final = "PROVISIONER_BROWSER"
HOW_TO_GET_IT: Final = "no Chromium here: `apt-get install chromium` (Debian), or whatever your system calls it"


def program() -> str | None:
    """The browser's program, None where there is none."""
    return next((found for name in PROGRAMS if (found := shutil.which(name))), None)


def required() -> bool:
    """True where a test must not be skipped for want of a browser."""
    return os.environ.get(REQUIRED) == "required"


@contextmanager
def running(executable: str) -> Iterator[Browser]:
    """The browser, with nothing in its profile."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=list(ARGUMENTS))
        try:
            yield browser
        finally:
            browser.close()


@dataclass
class Opened:
    """A page that is open: what it asked for, why that was refused, and what it complained of."""

    page: Page
    file: Path
    requests: list[str] = field(default_factory=list)
    refused: list[str | None] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def ids_shown(self) -> list[str]:
        """The addresses of the changes that no filter hides, in the page's order."""
        found: list[str] = self.page.evaluate(
            "Array.from(document.querySelectorAll('details[data-action]'))"
            ".filter(fold => fold.checkVisibility()).map(fold => fold.querySelector('.body').id)"
        )
        return found

    def says(self) -> str:
        """What the live region says."""
        return self.page.locator("#shown").inner_text()


@contextmanager
def opened(browser: Browser, html: str, file: Path, fragment: str = "", **options: Any) -> Iterator[Opened]:
    """The page in a context of its own that is offline."""
    file.write_text(html, "utf-8")
    context = browser.new_context(offline=True, **options)
    try:
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        found = Opened(page, file)
        page.on("request", lambda request: found.requests.append(request.url))
        page.on("requestfailed", lambda request: found.refused.append(request.failure))
        page.on("console", lambda message: found.complaints.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: found.complaints.append(f"error: {error}"))
        page.on("dialog", lambda dialog: (found.complaints.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        page.goto(f"{file.as_uri()}{fragment}")
        yield found
    finally:
        context.close()
