"""Text from manifests and vendors, made safe to show: nothing in it can move a cursor, ring, or reorder a line."""

from __future__ import annotations

import re

_HARMFUL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")

_SHORT = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def harmless(text: str) -> str:
    """The text on one line, with control characters, terminal escapes and reordering marks spelt out (``\\x1b``)."""
    return _HARMFUL.sub(_spelt, text)


def _spelt(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
