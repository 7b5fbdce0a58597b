"""What may a connection's ``url`` be, and when do two spellings of one lead to the same place?"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import SplitResult, urlsplit

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

DEFAULT_PORTS = {"http": 80, "https": 443}


def _checked(url: str) -> str:
    """The URL as given, if it can be a base URL; credentials, query and fragment have no place in one."""
    parts = _split(url)
    if parts.scheme.lower() not in DEFAULT_PORTS or not parts.hostname:
        raise PydanticCustomError("url", "`url` must start with http:// or https:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise PydanticCustomError("url_credentials", "`url` must not hold a user or a password")
    if parts.query or parts.fragment:
        raise PydanticCustomError("url_query", "`url` must end with its path, without `?` or `#`")
    return url


def _split(url: str) -> SplitResult:
    """The URL's parts; raises PydanticCustomError for a port that is none, which urllib tells only on asking."""
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise PydanticCustomError("url", "`url` cannot be read: {why}", {"why": str(error)}) from error
    return parts


BaseUrl = Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_checked)]
"""A base URL; a vendor's settings say in words what it should be."""


def place_of(url: str) -> str:
    """Host, port and path, ``host:port/base/path``: the same text for every spelling of one URL."""
    parts = _split(url)
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    host = parts.hostname or ""
    shown = f"[{host}]" if ":" in host else host
    return f"{shown}:{port}{parts.path.rstrip('/')}"
