"""Text from manifests and vendors, made safe to show: nothing in it can move a cursor, ring, reorder a line or hide."""

from __future__ import annotations

import re
from typing import Final

_STEERS: Final = "\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff"
"""Control characters, line ends of other alphabets, halves of a character."""

_UNSEEN: Final = (
    "\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufeff\uffa0"
    "\ufff0-\ufffb\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What reorders a line, and what shows nothing at all: with it, one name can be made to look like another.

These are the code points of Unicode's property Default_Ignorable_Code_Point (DerivedCoreProperties.txt, Unicode 15)
but for U+FE00 to U+FE0F, and the annotation marks U+FFF9 to U+FFFB.
"""

_PICTURES: Final = "\xa9\xae\u203c-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
_VARIANTS: Final = f"(?<![{_PICTURES}])[\ufe00-\ufe0f](?!\u20e3)"
"""Variation selectors, but for those that choose how a picture looks or make a keycap of a digit."""

_HARMFUL: Final = re.compile(f"[{_STEERS}{_UNSEEN}]|{_VARIANTS}")

_SHORT: Final = {"\t": r"\t", "\n": r"\n", "\r": r"\r"}


def harmless(text: str) -> str:
    """The text on one line, with everything spelt out (``\\x1b``, ``\\u202e``) that steers, reorders or hides.

    Letters of every script stay, those that run from right to left and those with combining marks included.
    """
    return _HARMFUL.sub(_spelt, text)


def _spelt(match: re.Match[str]) -> str:
    character = match[0]
    if character in _SHORT:
        return _SHORT[character]
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
