"""What a job's comment says, as Markdown of bounded length."""

from __future__ import annotations

from html import escape
from typing import Final

from provisioner.plan.document import Plan
from provisioner.report.escape import harmless
from provisioner.report.markdown import plan_markdown
from provisioner.report.markdown_words import size

SHORTENED: Final = "… the rest is in the job's log"

APPLIED: Final = {
    0: "Applied",
    1: "Not everything was applied",
    2: "Applied; something is left for a person",
}


def plan_body(marker: str, plan: Plan, *, file: str, tool: str, foot: str, limit: int) -> str:
    """The comment that shows a plan; ``file`` is what it is kept as, ``tool`` how a command line begins."""
    room = limit - len(marker) - len(foot) - len("\n\n\n")
    return f"{marker}\n{plan_markdown(plan, limit=room, file=file, tool=tool)}\n\n{foot}"


def text_body(marker: str, title: str, text: str, *, foot: str, limit: int) -> str:
    """The comment that shows what a command said, its first lines where not all of it has room."""
    head, tail = f"{marker}\n### {title}\n\n<pre>\n", f"</pre>\n\n{foot}"
    return f"{head}{_fitting(text, limit - len(head) - len(tail))}{tail}"


def _fitting(text: str, room: int) -> str:
    """The text's lines, escaped, as many as have room; a note in the place of what has none."""
    lines = [f"{escape(harmless(line))}\n" for line in text.strip("\n").splitlines()]
    if sum(map(size, lines)) <= room:
        return "".join(lines)
    kept: list[str] = []
    left = room - len(SHORTENED) - 1
    for line in lines:
        left -= size(line)
        if left < 0:
            break
        kept.append(line)
    return "".join([*kept, f"{SHORTENED}\n"])
