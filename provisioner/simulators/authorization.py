"""Which credentials does a request carry in its ``Authorization`` header (RFC 9110, 7617, 6750)?"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping


def basic(headers: Mapping[str, str]) -> tuple[str, str] | None:
    """User name and password; None if there are none, or none that can be read."""
    encoded = _of_scheme("basic", headers)
    if encoded is None:
        return None
    try:
        user, colon, password = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return (user, password) if colon else None


def bearer(headers: Mapping[str, str]) -> str | None:
    """The token; None if there is none."""
    return _of_scheme("bearer", headers)


def _of_scheme(scheme: str, headers: Mapping[str, str]) -> str | None:
    name, _, value = headers.get("authorization", "").strip().partition(" ")
    return value.strip() or None if name.lower() == scheme else None
