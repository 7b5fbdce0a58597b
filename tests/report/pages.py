"""HTML pages as tests look at them: which elements there are, and what a reader reads."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Final

VOID: Final = frozenset({"meta", "input"})
LINES: Final = frozenset({"h1", "h2", "h3", "p", "li", "summary", "tr", "caption", "pre", "label", "button", "title"})
"""What begins on a line of its own."""

CELLS: Final = frozenset({"th", "td", "text", "option"})
"""What stands apart from what is beside it."""


class Skeleton(HTMLParser):
    """The tags of a page with their attributes' names; what is not nested as it should be is a fault."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.open: list[str] = []
        self.faults: list[str] = []
        self.attributes: set[str] = set()
        self.ids: list[str] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(f"{tag} {' '.join(name for name, _ in attrs)}")
        self.attributes |= {name for name, _ in attrs}
        self.ids += [value or "" for name, value in attrs if name == "id"]
        self.links += [value or "" for name, value in attrs if name == "href"]
        self.words += ["\n"] if tag in LINES else [" | "] if tag in CELLS else []
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_data(self, data: str) -> None:
        if self.open and self.open[-1] not in ("script", "style"):
            self.words.append(data)

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(data)

    @property
    def names(self) -> set[str]:
        return {tag.partition(" ")[0] for tag in self.tags}


def text_of(page: str) -> str:
    """What a reader sees, on one line."""
    return " ".join("".join(Skeleton(page).words).split())


def lines_of(page: str) -> str:
    """What a reader sees: a line for each headline, paragraph, item and row."""
    lines = (" ".join(line.split()) for line in "".join(Skeleton(page).words).split("\n"))
    return "\n".join(line for line in lines if line)
