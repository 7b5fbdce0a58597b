"""Words as HTML: whatever manifests and vendors say is made harmless and escaped here, once."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from provisioner.report.fields import MOST_OF_A_TEXT, plain

_IN_BACKTICKS: Final = re.compile(r"`([^`]+)`")


def words(text: str, most: int = MOST_OF_A_TEXT) -> str:
    """Somebody else's words: on one line, and at most about ``most`` characters."""
    return escape(plain(text, most))


def sentence(text: str) -> str:
    """A sentence of ours, in which somebody else's words are harmless already: what stands in back-ticks is code."""
    return _IN_BACKTICKS.sub(r"<code>\1</code>", escape(text))


def said(text: str) -> str:
    """A sentence that is kept in the plan, and may be anything by now."""
    return sentence(plain(text))


def items(found: list[str], kind: str = "") -> str:
    """A list of what is HTML already; nothing where there is nothing."""
    named = f' class="{kind}"' if kind else ""
    return f"<ul{named}>{''.join(f'<li>{item}</li>' for item in found)}</ul>" if found else ""
