"""How the whole record is spelled in one file: JSON that a person can read, a line for each resource."""

from __future__ import annotations

import json
from typing import Any

from provisioner.errors import StateError
from provisioner.state.document import Document
from provisioner.state.form import COUNT, Malformed, from_json, to_json
from provisioner.state.upgrade import upgraded

_TEXT = json.JSONEncoder(ensure_ascii=False, separators=(", ", ": ")).encode


def text_of(document: Document, *, generation: int | None = None) -> bytes:
    """The record as JSON text; ``generation`` says which journal goes on from it."""
    raw = to_json(document)
    if generation is not None:
        raw["generation"] = generation
    members = ",\n".join(f"  {_TEXT(name)}: {_laid_out(member)}" for name, member in raw.items())
    return f"{{\n{members}\n}}\n".encode("utf-8", "surrogatepass")


def _laid_out(member: Any) -> str:
    """Maps of maps and lists of maps, an entry a line; all else on one line."""
    if isinstance(member, dict) and member and all(isinstance(inner, dict) for inner in member.values()):
        return "{\n" + ",\n".join(f"    {_TEXT(name)}: {_TEXT(inner)}" for name, inner in member.items()) + "\n  }"
    if isinstance(member, list) and member:
        return "[\n" + ",\n".join(f"    {_TEXT(inner)}" for inner in member) + "\n  ]"
    return _TEXT(member)


def read(data: bytes, where: str) -> tuple[Document, int]:
    """The record in this text, and the generation of its journal (0 where it names none).

    Raises StateError where it is damaged, or of a format that this version does not read.
    """
    try:
        raw = json.loads(data)
        if not isinstance(raw, dict):
            raise Malformed("a map expected")
        raw = upgraded(raw, where)
        generation = COUNT.read(raw.pop("generation", 0))
        return from_json(raw), generation
    except (ValueError, RecursionError) as error:  # Malformed, JSON's own, and bytes that are no UTF-8
        raise StateError(
            f"the state `{where}` is damaged: {error}",
            hint="restore the whole folder from a backup, or the last version that `provisioner state pull` saved "
            "with `provisioner state push`",
        ) from error
