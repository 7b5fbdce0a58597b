"""What a host makes of a comment: Markdown rendered as GitHub renders it, and as another renderer does, taken apart."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Final

import cmarkgfm
from cmarkgfm.cmark import Options
from markdown_it import MarkdownIt

VOID: Final = {"br", "hr", "img", "input"}

_COMMON: Final = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])

RENDERERS: Final[Mapping[str, Callable[[str], str]]] = {
    "cmark-gfm": lambda text: str(cmarkgfm.github_flavored_markdown_to_html(text, Options.CMARK_OPT_UNSAFE)),
    "markdown-it": _COMMON.render,
}
"""GitHub's own, with its extensions (tables, autolinks, tasks, strikethrough), and one that shares no code with it."""


@dataclass
class Page(HTMLParser):
    """A rendered comment: its tags in order but for code, which can do nothing, and the text in code and outside."""

    tags: list[str] = field(default_factory=list)
    spans: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    comments: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        super().__init__(convert_charrefs=True)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in VOID:
            self.open.append(tag)
        if tag == "code":
            self.spans.append("")
        if tag != "code" or attrs:
            self.tags.append(" ".join((tag, *(f"{name}={value}" for name, value in attrs))))

    def handle_endtag(self, tag: str) -> None:
        assert self.open, f"</{tag}> ends nothing"
        assert self.open.pop() == tag
        if tag != "code":
            self.tags.append(f"/{tag}")

    def handle_data(self, data: str) -> None:
        if "code" in self.open:
            self.spans[-1] += data
        else:
            self.texts.append(data)

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    @property
    def text(self) -> str:
        """All that is seen outside of code."""
        return "".join(self.texts)

    @property
    def said(self) -> str:
        """All that is seen outside of code, with a mark where code stands, as the hosts' filters take it."""
        return "\n".join(self.texts)


def rendered(text: str, renderer: str = "cmark-gfm") -> Page:
    """The comment as that renderer shows it; raises AssertionError where its tags do not match."""
    page = Page()
    page.feed(RENDERERS[renderer](text))
    page.close()
    assert not page.open, page.open
    return page
