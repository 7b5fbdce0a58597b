"""The words of JSON Schema in which plans and drift are described."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

Schema = dict[str, Any]

NAME: Final = "[a-z0-9][a-z0-9_-]{0,62}"
ADDRESS: Final = rf"{NAME}\.{NAME}@{NAME}"

CLOSED: Final = (
    " These are the members that this version writes, and no others: later ones may add some without another "
    "`format_version`, so read on where you meet one that you do not know."
)
"""How the end of a format's description tells readers what they may rely on."""


def described(description: str, of: Schema) -> Schema:
    return {"description": description, **of}


def record(properties: Mapping[str, Schema], *, optional: tuple[str, ...] = ()) -> Schema:
    """A map with exactly these keys, all of them required but the optional ones."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": [name for name in properties if name not in optional],
        "additionalProperties": False,
    }


def text(description: str, *, pattern: str | None = None) -> Schema:
    return described(description, {"type": "string", **({"pattern": pattern} if pattern else {})})


def texts(description: str) -> Schema:
    return described(description, {"type": "array", "items": {"type": "string"}})


def flag(description: str) -> Schema:
    return described(description, {"type": "boolean"})


def word(description: str, words: Iterable[str]) -> Schema:
    return described(description, {"enum": [str(word) for word in words]})


def many(name: str, description: str) -> Schema:
    return described(description, {"type": "array", "items": {"$ref": f"#/$defs/{name}"}})


def or_null(of: Schema) -> Schema:
    return {"anyOf": [of, {"type": "null"}]}


def whole(pattern: str) -> str:
    return f"^{pattern}$"


# --- what both speak of ---------------------------------------------------------------------------------------------


def definitions() -> dict[str, Schema]:
    """Addresses and values, for ``$defs``."""
    return {
        "address": text("KIND.KEY@CONNECTION", pattern=whole(ADDRESS)),
        "value": _value(),
        "secret": described(
            "A secret: never its value, only the version that the manifest gives it",
            record(
                {
                    "secret": described("What makes this map a secret", {"const": True}),
                    "version": described("Rises when the secret is another one", {"type": "integer"}),
                }
            ),
        ),
    }


def _value() -> Schema:
    return described(
        'What JSON can say. Two maps are values of their own: a secret, and `{"id": "17"}`, which refers to an '
        "entity that is not managed",
        {
            "anyOf": [
                {"type": ["null", "boolean", "number", "string"]},
                {"type": "array", "items": {"$ref": "#/$defs/value"}},
                {"$ref": "#/$defs/secret"},
                {"type": "object", "additionalProperties": {"$ref": "#/$defs/value"}},
            ]
        },
    )
