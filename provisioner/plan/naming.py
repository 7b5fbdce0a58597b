"""What are entities and their secrets called that no manifest has named yet? Keys and variables made from names."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field

from provisioner.values import Attributes
from provisioner.vendors.base import Offer

LONGEST = 63
"""Characters of a key; ``address.NAME`` says so."""

YAML_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "none"})
"""What some reader of YAML takes for something else than text."""


_LETTERS = str.maketrans(
    {"ß": "ss", "æ": "ae", "Æ": "ae", "œ": "oe", "Œ": "oe", "ø": "o", "Ø": "o", "ł": "l", "Ł": "l", "đ": "d", "Đ": "d"}
)
"""Latin letters that are not a plain letter with a mark on it."""


def slug(text: str) -> str:
    """The text as a key: small letters, digits, ``-`` and ``_``; empty where nothing of it can stand in one."""
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_]+", "-", plain).strip("-_")[:LONGEST].rstrip("-_")


def key_for(kind: str, offer: Offer, attributes: Attributes, vendor_id: str) -> str:
    """A legal key for an entity, from its name, else its natural key, else its id; not unique yet.

    A key that starts with a digit, or that YAML might take for a number or a truth, has the kind's name before it.
    """
    for words in (_name(attributes), [attributes.get(path) for path in offer.key_paths], [vendor_id]):
        made = slug(" ".join(str(word) for word in words if isinstance(word, str)))
        if made:
            return made if made[0].isalpha() and made not in YAML_WORDS else f"{singular(kind)}-{made}"[:LONGEST]
    return singular(kind)


def singular(kind: str) -> str:
    """One of a kind, as a word: ``agents`` → ``agent``."""
    return kind.removesuffix("s")


def _name(attributes: Attributes) -> list[object]:
    if attributes.get("name"):
        return [attributes["name"]]
    return [attributes.get("first_name"), attributes.get("last_name")]


@dataclass
class Taken:
    """Names that are given out once each."""

    names: set[str] = field(default_factory=set)

    def key(self, wanted: str) -> str:
        """``jane-roe``, or ``jane-roe-2`` and so on where that is taken."""
        return self._first(wanted, "-")

    def variable(self, connection: str, kind: str, key: str, path: str) -> str:
        """``PBX_JANE_ROE_PASSWORD``; where that is taken with the kind in it, then with a number behind it."""
        plain = _variable(connection, key, path)
        if plain not in self.names:
            return self._first(plain, "_")
        return self._first(_variable(connection, singular(kind), key, path), "_")

    def _first(self, wanted: str, joint: str) -> str:
        name, number = wanted, 1
        while name in self.names:
            number += 1
            end = f"{joint}{number}"
            name = wanted[: LONGEST - len(end)] + end if joint == "-" else wanted + end
        self.names.add(name)
        return name


def _variable(*parts: str) -> str:
    return slug_of_variable("_".join(parts))


def slug_of_variable(text: str) -> str:
    """The text as the name of an environment variable."""
    made = re.sub(r"[^A-Z0-9]+", "_", text.upper()).strip("_")
    return made if made[:1].isalpha() else f"_{made}"
