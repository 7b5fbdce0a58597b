"""What value does a cell of a table mean, for the field that its column gives?

A cell is text. What becomes of it is said by the field's own schema: a number, a truth value, a word of an
enumeration, a list. What fits nothing stays text, and the vendor's model says what it expects. Text is helped only
where the field's pattern refuses it as it stands and takes it in another spelling of the same (`+34 911 23 45 67`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.plan.columns import plain
from provisioner.plan.complaints import Complaint

NULL = "null"
"""The word that clears a field; an empty cell says nothing."""

EMPTY_LIST = "[]"

AS_TEXT = "give the column the format Text in the spreadsheet, type the value again and save"

_TRUTHS = {
    **dict.fromkeys(("true", "yes", "y", "on", "1"), True),
    **dict.fromkeys(("false", "no", "n", "off", "0"), False),
}
_WHOLE = re.compile(r"[+-]?[0-9]+(?:[.,]0+)?")
_FRACTION = re.compile(r"[+-]?[0-9]+[.,][0-9]+")
_SCIENTIFIC = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")
_FLOAT = re.compile(r"([0-9]+)[.,]0+")
_DATE = re.compile(
    r"[0-9]{1,2}-[A-Z][a-z]{2}(?:-[0-9]+)?|[A-Z][a-z]{2}-[0-9]{2}"
    r"|(?:0?[1-9]|[12][0-9]|3[01])[/.-](?:0?[1-9]|1[0-2])[/.-](?:[0-9]{2}){1,2}|(?:19|20)[0-9]{2}-[0-9]{2}-[0-9]{2}"
)
_HOUR = re.compile(r"([0-9]{1,2}):([0-9]{2})(?::00)?(?:\s*([aApP])\.?[mM]\.?)?")
_BY_ID = re.compile(r"id:\s*(\S.*)")
_NUMBERS = ("1001", "+34911234567", "34911234567", "101", "5")

KeyOf = Callable[[str, str], str]
"""From a kind and what a cell says to the key that is meant, or the same text where there is none."""


class Damaged(Exception):
    """A cell that a spreadsheet changed, or that holds what no cell can say; ``complaint`` tells."""

    def __init__(self, complaint: Complaint) -> None:
        super().__init__(complaint.message)
        self.complaint = complaint


@dataclass(frozen=True)
class CellReader:
    """Reads the cells of one field; ``form`` is its JSON Schema, ``find`` knows the declarations."""

    path: str
    form: Mapping[str, Any]
    find: KeyOf

    def value(self, text: str) -> Any:
        """What the text means; raises Damaged."""
        if text == NULL:
            return None
        return self._value(text, self.form)

    def _value(self, text: str, form: Mapping[str, Any]) -> Any:
        options = [option for option in form.get("anyOf", (form,)) if option.get("type") != NULL]
        words = [
            word for option in options for word in option.get("enum", [option["const"]] if "const" in option else [])
        ]
        if words:
            return _word(text, words, options)
        kinds = {str(option.get("type", option.get("$ref", ""))): option for option in options}
        for kind, option in kinds.items():
            match kind:
                case "boolean" if text.lower() in _TRUTHS:
                    return _TRUTHS[text.lower()]
                case "integer" | "number" if _WHOLE.fullmatch(text):
                    return int(re.split("[.,]", text)[0])
                case "integer" | "number" if _FRACTION.fullmatch(text):
                    return float(text.replace(",", "."))
                case "array":
                    return self._list(text, option.get("items", {}))
                case "object":
                    raise Damaged(self._no_cell())
                case "string" if "pattern" in option:
                    return self._spelt(text, option["pattern"])
                case _ if kind.startswith("#/$defs/key_"):
                    return self._reference(text, kind.removeprefix("#/$defs/key_"))
        return text

    def _list(self, text: str, form: Mapping[str, Any]) -> list[Any]:
        if text == EMPTY_LIST:
            return []
        return [self._value(item.strip(), form) for item in re.split(r"[;,\n]", text) if item.strip()]

    def _reference(self, text: str, kind: str) -> Any:
        by_id = _BY_ID.fullmatch(text)
        return {"id": by_id[1]} if by_id else self.find(kind, text)

    def _spelt(self, text: str, pattern: str) -> str:
        """The text, or another spelling of it that the pattern takes where it refuses this one."""
        if re.search(pattern, text):
            return text
        if _SCIENTIFIC.fullmatch(text) or _FLOAT.fullmatch(text) or _DATE.fullmatch(text):
            numbers = [number for number in _NUMBERS if re.search(pattern, number)]
            if numbers and not re.search(pattern, "a"):
                raise Damaged(self._damaged(text))
        return next((other for other in _spellings(text) if re.search(pattern, other)), text)

    def _damaged(self, text: str) -> Complaint:
        whole = _FLOAT.fullmatch(text)
        return Complaint(
            "spreadsheet",
            (self.path,),
            f"`{text}` is what a spreadsheet makes of a `{self.path}` that it takes for a number or a date",
            hint=f"`{whole[1]}` was probably meant: {AS_TEXT}" if whole else AS_TEXT,
        )

    def _no_cell(self) -> Complaint:
        message = f"`{self.path}` holds several fields each time, which no cell can say"
        return Complaint("no_cell", (self.path,), message, hint="leave the column out, and declare it in the manifest")


def _word(text: str, words: list[Any], options: list[Mapping[str, Any]]) -> Any:
    """The word of an enumeration in whatever case; where a truth value may stand beside it, that too."""
    found = [word for word in words if isinstance(word, str) and plain(word) == plain(text)]
    if len(found) == 1:
        return found[0]
    if any(option.get("type") == "boolean" for option in options) and text.lower() in _TRUTHS:
        return _TRUTHS[text.lower()]
    return int(text) if text.isdecimal() and int(text) in words else text


def _spellings(text: str) -> Iterator[str]:
    """The same in other spellings: of a telephone number, of a number kept as text, of a time of day."""
    formula = re.fullmatch(r'="(.*)"', text)
    bare = formula[1] if formula else text.removeprefix("'")
    yield bare
    yield re.sub(r"[\s().\-/]", "", bare)
    yield "+" + re.sub(r"[\s().\-/]", "", bare).removeprefix("00") if bare.startswith("00") else bare
    time = _HOUR.fullmatch(bare)
    if time and time[3]:
        yield f"{int(time[1]) % 12 + (12 if time[3] in 'pP' else 0):02}:{time[2]}"
    elif time:
        yield f"{time[1]}:{time[2]}"
