"""How is a secret kept out of whatever is shown: every spelling in which it may travel is replaced by ``…``."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from urllib.parse import unquote, unquote_plus

from provisioner.errors import Fault, ProvisionerError, Rejected, VendorError
from provisioner.secrets import Secret
from provisioner.vendors.answers import EXCERPT

SHOWN = "…"

_WINDOW, _MARGIN = 5000, 1000
"""Characters of an answer that are searched for secrets at all, and how long a secret may be there in any spelling."""


def secrets_in(value: object) -> Iterator[Secret]:
    """Every ``Secret`` within maps, lists and tuples, at any depth."""
    if isinstance(value, Secret):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from secrets_in(item)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from secrets_in(item)


def redacted(text: str, secrets: Iterable[Secret]) -> str:
    """The text with every secret replaced, however it is spelt.

    Found are the plain form and any mixture of percent-encoding, form-encoding, JSON, HTML and Python escapes,
    character by character: libraries disagree about which characters they encode. An empty secret hides nothing.
    """
    pattern = _pattern(frozenset(secret.reveal() for secret in secrets))
    return pattern.sub(SHOWN, text) if pattern is not None else text


def held_in(text: str, many: Iterable[Secret]) -> list[Secret]:
    """Those of thousands of secrets that the text holds in any spelling, so that only these need a pattern.

    A pattern of all of them would take seconds to make; here each is looked for in the text and in what it spells.
    """
    forms = _unescaped(text)
    return [secret for secret in many if any(secret.reveal() in form for form in forms)]


def excerpt(body: str, secrets: Iterable[Secret], many: Iterable[Secret] = ()) -> str:
    """The beginning of an answer of any length, on one line, as an error shows it; ``many`` as in ``held_in``."""
    seen = body[:_WINDOW]
    text = redacted(seen, [*secrets, *held_in(seen, many)])
    if len(body) > _WINDOW:
        text = text[:-_MARGIN]  # half a secret may stand at the cut
    return " ".join(text.split())[:EXCERPT]


def redact_error(error: VendorError, secrets: Iterable[Secret], many: Iterable[Secret] = ()) -> None:
    """Takes the secrets out of everything that ``error`` says, and cuts the chain of what led to it.

    The chain goes because foreign exceptions keep URLs, bodies and headers in places that nobody looks through.
    ``many`` are more secrets, as many as there may be (``held_in``).
    """
    faults = error.faults if isinstance(error, Rejected) else ()
    said = (error.message, error.hint or "", error.call, error.words, *(fault.description for fault in faults))
    hidden = (*secrets, *held_in("\n".join(said), many))
    _redact_message(error, hidden)
    error.call = redacted(error.call, hidden)
    error.words = redacted(error.words, hidden)
    if isinstance(error, Rejected):
        error.faults = tuple(Fault(fault.path, fault.type, redacted(fault.description, hidden)) for fault in faults)
    error.__cause__ = error.__context__ = None


def _redact_message(error: ProvisionerError, hidden: tuple[Secret, ...]) -> None:
    error.message = redacted(error.message, hidden)
    error.args = (error.message,)
    error.hint = None if error.hint is None else redacted(error.hint, hidden)


@lru_cache(maxsize=64)
def _pattern(values: frozenset[str]) -> re.Pattern[str] | None:
    # The longest first: where one secret begins with another, the rest of it must not stay behind.
    spelt = ["".join(_spellings(char) for char in value) for value in sorted(values, key=len, reverse=True) if value]
    return re.compile("|".join(spelt)) if spelt else None


@lru_cache(maxsize=512)
def _spellings(char: str) -> str:
    """A regular expression for one character in all its spellings."""
    if char.isascii() and char.isalnum():
        return f"(?:{char}|{_bytes(char)})"  # nobody escapes these in any other way, and most of a secret is of them
    utf16 = char.encode("utf-16-be", "surrogatepass").hex()
    units = "".join(f"\\u{utf16[place : place + 4]}" for place in range(0, len(utf16), 4))
    escapes = {json.dumps(char)[1:-1], units, repr(char)[1:-1], "\\" + char, html.escape(char)}
    escapes |= {f"&#{ord(char)};", f"&#x{ord(char):x};"}
    forms = [f"(?i:{_percent(escape)})" for escape in sorted(escapes - {char}, key=len, reverse=True)]
    forms.append(_percent(char))
    if char == " ":
        forms.append(r"\+")
    return f"(?:{'|'.join(forms)})"


def _percent(text: str) -> str:
    """A regular expression for text of which any character may be percent-encoded, hex digits in either case."""
    return "".join(f"(?:{_bytes(char)}|{re.escape(char)})" for char in text)


def _bytes(char: str) -> str:
    """Percent-encoded, perhaps several times over: a URL may be within a URL."""
    return "".join(f"%(?:25)*(?i:{byte:02x})" for byte in char.encode("utf-8", "surrogatepass"))


_ROUNDS = 3
"""How often escapes may lie within escapes where one of many secrets is looked for."""

_ESCAPE = re.compile(r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|(.))", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "f": "\f"}


def _unescaped(text: str) -> frozenset[str]:
    """The text, and what is left of it once escapes of any kind are undone."""
    undo = (unquote, unquote_plus, html.unescape, _without_backslashes)
    forms = {text}
    for _ in range(_ROUNDS):
        more = {one(form) for form in forms for one in undo} - forms
        if not more:
            break
        forms |= more
    return frozenset(forms)


def _without_backslashes(text: str) -> str:
    plain = _ESCAPE.sub(_character, text) if "\\" in text else text
    return plain.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # two escapes may be one character


def _character(found: re.Match[str]) -> str:
    four, two, one = found.groups()
    return chr(int(four or two, 16)) if four or two else _CONTROLS.get(one, one)
