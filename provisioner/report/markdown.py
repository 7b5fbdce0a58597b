"""A plan as Markdown, for the comment of a pull request on GitHub or GitLab.

Somebody else's words stand in ``<code>``, with everything escaped that either host or Markdown could obey.
"""

from __future__ import annotations

from html import escape
from typing import Final

from provisioner.plan.document import Plan
from provisioner.report.text import plan_text

LIMIT: Final = 65_536
"""As many characters as GitHub takes in one comment."""


def marker(tenant: str) -> str:
    """The hidden first line by which the next run finds the comment that it brings up to date."""
    return f"<!-- provisioner plan: {''.join(letter for letter in tenant if letter.isalnum() or letter in '-_')} -->"


def plan_markdown(plan: Plan, *, limit: int = LIMIT, file: str | None = None, tool: str = "provisioner") -> str:
    """The plan in at most ``limit`` characters, without a line end at the end."""
    text = plan_text(plan, color=False, file=file, tool=tool)
    return f"{marker(plan.tenant)}\n<pre>{escape(text)}</pre>"[:limit]
