"""The JSON Schema of the state's snapshot, as ``provisioner schema state`` prints it."""

from __future__ import annotations

import json
from importlib.resources import files
from typing import Any


def schema() -> dict[str, Any]:
    """The schema (2020-12); ``specs/state.schema.json`` is the same text."""
    text = files("provisioner.state").joinpath("state.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded
