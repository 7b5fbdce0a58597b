"""Which parts of a manifest's line must not be shown: a secret that somebody wrote out.

A diagnostic quotes the line that it is about, and that line may hold a literal password: because that is the mistake,
or because the mistake is elsewhere on the line. Vendors say which of their fields are secret; a misspelt name, or a
file that cannot be parsed, is judged by how its keys sound. Hiding too much costs a little reading, showing too much
costs a secret.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Sequence
from functools import lru_cache

MASK = "***"

_SOUNDS_SECRET = re.compile(
    r"pass(word|wd|phrase|code)?|pwd|secret|token|credentials?|(^|[_-])(pin|dsn)$|((api|access|auth|private|secret)[_-]?key)",
    re.IGNORECASE,
)
_TYPICAL = ("password", "secret", "token", "api_key", "access_key")
_PAIR = re.compile(r"""(?P<quote>["']?)(?P<key>[A-Za-z][\w.-]*)(?P=quote)\s*:(?:\s+|$)""")
_FETCH = r"""(?:from_env\s*:\s*[A-Za-z_]\w*|from_file\s*:\s*[^\s{},"']+|from_command\s*:\s*\[[^\]{}]*\])"""
_VERSION = r"version\s*:\s*\d+"
_REFERENCE = re.compile(rf"\{{\s*(?:{_VERSION}\s*,\s*)?{_FETCH}\s*(?:,\s*{_VERSION}\s*)?\}}")
_REFERENCE_LINE = re.compile(rf"\s*(?:{_FETCH}|{_VERSION})\s*(?:#.*)?")
_USER_INFO = re.compile(r"(?<=://)[^/\s@]+@")
_ALIAS = re.compile(r"\*[\w-]+")


def is_secret_name(name: str, known: Collection[str] = ()) -> bool:
    """True when a field of that name may hold a secret: it is one, sounds like one, or misspells one."""
    return _is_secret_name(name, frozenset(known))


@lru_cache(maxsize=4096)
def _is_secret_name(name: str, known: frozenset[str]) -> bool:
    if name in known or _SOUNDS_SECRET.search(name):
        return True
    return bool(difflib.get_close_matches(name.lower(), (*_TYPICAL, *known), n=1, cutoff=0.75))


def masked(lines: Sequence[str], number: int, known: Collection[str] = ()) -> str:
    """Line ``number`` (counted from 1) as it may be shown; ``known`` are the vendors' own secret fields."""
    line = lines[number - 1]
    if _continues_secret(lines, number, known):
        indentation = len(line) - len(line.lstrip())
        return line[:indentation] + MASK
    start = _literal_start(line, known)
    shown = line if start is None else line[:start] + MASK
    return _USER_INFO.sub(f"{MASK}@", shown)


def _literal_start(line: str, known: Collection[str]) -> int | None:
    """Where the first literal of a secret field starts on the line; what follows cannot be told from it."""
    for pair in _PAIR.finditer(line):
        if not is_secret_name(pair["key"], known):
            continue
        rest = line[pair.end() :]
        if not rest.strip() or rest.lstrip().startswith("#"):
            continue
        if _REFERENCE.match(rest) or _ALIAS.match(rest):
            continue
        return pair.end()
    return None


def _continues_secret(lines: Sequence[str], number: int, known: Collection[str]) -> bool:
    """True when the line belongs to a secret field's value that started further up, and is no reference."""
    if _REFERENCE_LINE.fullmatch(lines[number - 1]):
        return False
    depth = _indentation(lines[number - 1])
    for above in reversed(lines[max(0, number - 200) : number - 1]):
        if not above.strip():
            continue
        if _indentation(above) < depth:
            depth = _indentation(above)
            if _ends_in_secret(above, known):
                return True
        if depth == 0:
            break
    return False


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip())


def _ends_in_secret(line: str, known: Collection[str]) -> bool:
    """True when the last key on the line is a secret's, and its value is not a finished reference."""
    pairs = list(_PAIR.finditer(line))
    if not pairs:
        return False
    last = pairs[-1]
    return is_secret_name(last["key"], known) and not _REFERENCE.match(line[last.end() :])
