"""Takes the pictures in ``docs/pictures/``: the HTML report of the examples, and the comment on a pull request.

Run it after a change to what they show, and look at them (needs Chromium; fonts differ, so no test compares them)::

    .venv/bin/python -m tests.pictures
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

import cmarkgfm
from cmarkgfm.cmark import Options
from playwright.sync_api import Browser

from benchmarks.large_plan import large_plan
from provisioner.cli.saved import load_plan
from provisioner.plan.document import Plan
from provisioner.report.html import plan_html
from provisioner.report.markdown import plan_markdown
from tests.example_plans import PLANS
from tests.report.browser import chromium

FOLDER: Final = Path(__file__).parent.parent / "docs" / "pictures"
MOST_BYTES: Final = 200_000
FILE: Final = "now.plan"
WIDTH: Final = 1200
SCALE: Final = 0.75


@dataclass(frozen=True)
class Picture:
    """A page, and what of it is shown: a screen of that height, from the anchor on."""

    page: Callable[[], str]
    scheme: Literal["light", "dark"] = "light"
    height: int = 1400
    fragment: str = ""


def _example(name: str) -> Plan:
    return load_plan(PLANS / f"{name}.json")


COMMENT_STYLE: Final = """
body { margin: 0; padding: 24px; background: #fff; color: #1f2328; font: 16px/1.5 system-ui, sans-serif }
.comment { border: 1px solid #d1d9e0; border-radius: 6px }
.by { background: #f6f8fa; border-bottom: 1px solid #d1d9e0; padding: 8px 16px; color: #59636e }
.text { padding: 16px; overflow-wrap: anywhere }
table { border-collapse: collapse } th, td { border: 1px solid #d1d9e0; padding: 6px 13px; text-align: left }
code, pre { font: 14px ui-monospace, monospace; background: #eff1f3; border-radius: 6px; padding: .2em .4em }
pre { padding: 16px } pre code { background: none; padding: 0 } h1, h2 { border-bottom: 1px solid #d1d9e0 }
summary { cursor: pointer }
"""
"""Ours, after how GitHub lays a comment out."""


def _comment() -> str:
    """The comment as GitHub's own Markdown renders it."""
    text = plan_markdown(_example("support-desk-drifted"), file=FILE)
    html = cmarkgfm.github_flavored_markdown_to_html(text, options=Options.CMARK_OPT_UNSAFE)
    by = '<div class="by"><b>ci</b> commented</div>'
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Comment</title><style>{COMMENT_STYLE}</style>'
        f'<div class="comment">{by}<div class="text">{html}</div></div></html>'
    )


PICTURES: Final[Mapping[str, Picture]] = {
    "report-light": Picture(lambda: plan_html(_example("support-desk-drifted"), file=FILE)),
    "report-dark": Picture(lambda: plan_html(_example("two-vendors-drifted"), file=FILE), scheme="dark"),
    "report-1000": Picture(lambda: plan_html(large_plan(1000), file=FILE), fragment="#counts"),
    "comment": Picture(_comment, height=1320),
}


@contextmanager
def _browser() -> Iterator[Browser]:
    executable = chromium.program()
    if executable is None:
        sys.exit(chromium.HOW_TO_GET_IT)
    with chromium.running(executable) as browser:
        yield browser


def main() -> None:
    """Writes every picture; asserts that none is too large for a repository."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with _browser() as browser, tempfile.TemporaryDirectory() as temporary:
        for name, picture in PICTURES.items():
            with chromium.opened(
                browser,
                picture.page(),
                Path(temporary) / f"{name}.html",
                picture.fragment,
                viewport={"width": WIDTH, "height": picture.height},
                device_scale_factor=SCALE,
                color_scheme=picture.scheme,
            ) as opened:
                image = opened.page.screenshot(path=FOLDER / f"{name}.png")
            assert len(image) < MOST_BYTES, name


if __name__ == "__main__":
    main()
