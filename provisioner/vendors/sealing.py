"""What exactly goes out for a request? The one place where secrets become text."""

from __future__ import annotations

import json
from dataclasses import dataclass
from urllib.parse import quote, urlencode

from provisioner import __version__
from provisioner.errors import UsageError
from provisioner.secrets import Secret
from provisioner.vendors.base import Request

_HEADERS = {
    "accept": "application/json",
    "accept-encoding": "gzip, deflate",
    "user-agent": f"provisioner/{__version__}",
}


@dataclass(frozen=True)
class Sealed:
    """A request as it goes out, credentials and secrets in it: never shown, never kept."""

    method: str
    url: str
    headers: tuple[tuple[str, str], ...]
    content: bytes | None

    def __repr__(self) -> str:
        return f"Sealed({self.method} …)"


def seal(base: str, signed: Request, *, connection: str) -> Sealed:
    """The request with everything encoded; ``base`` has no slash at its end.

    Raises UsageError for a credential that no header can carry, and TypeError for what no body can.
    """
    url = f"{base}{signed.path}"
    if signed.query:
        url += "?" + urlencode([(name, plain(value)) for name, value in signed.query], quote_via=quote)
    headers = dict(_HEADERS)
    content = None
    if signed.form is not None:
        headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
        content = urlencode([(name, _form_text(value)) for name, value in signed.form.items()]).encode()
    elif signed.json is not None:
        headers["content-type"] = "application/json"
        content = _json_text(signed.json).encode()
    for name, value in signed.headers:
        headers[name.lower()] = _header(name, plain(value), connection)
    return Sealed(signed.method, url, tuple(headers.items()), content)


def plain(value: object) -> str:
    """Text, or the text of a secret; anything else is the adapter's mistake."""
    if isinstance(value, Secret):
        return value.reveal()
    if isinstance(value, str):
        return value
    raise TypeError(f"{type(value).__name__} is neither text nor a secret")


def _header(name: str, value: str, connection: str) -> str:
    # The check is ours: the libraries' own exceptions would carry the value.
    if not (value.isascii() and value.isprintable()):
        raise UsageError(
            f"what connection `{connection}` sends as `{name}` holds a character that no header can carry",
            hint="is there a line break in the credential?",
        )
    return value


def _form_text(value: object) -> str:
    return plain(value) if isinstance(value, (str, Secret)) else _json_text(value)


def _json_text(value: object) -> str:
    return json.dumps(value, default=plain, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
