"""What an answer says, whichever vendor's it is; and what it is taken for where it says nothing that makes sense.

How a vendor wraps its answers is in its own folder.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.errors import OutcomeUnknown, VendorFailed
from provisioner.vendors.requests import Answer, Request

EXCERPT = 200
"""How many characters of a vendor's own words an error shows.

Cut only what is redacted: of a secret that stands at the cut, half would stay.
"""


def one_line(text: str) -> str:
    """The text without line breaks, and without a full stop at its end."""
    return " ".join(text.split()).removesuffix(".")


def words_of(answer: Answer, *names: str) -> str:
    """What the answer says under the first of these members that is text, or else all of it, on one line."""
    try:
        data = answer.data()
    except ValueError:
        data = None
    said = [data.get(name) for name in names] if isinstance(data, dict) else []
    return one_line(next((text for text in said if isinstance(text, str) and text), answer.body))


def dig(data: Any, name: str) -> Any:
    """What stands at a dotted name, None where nothing does."""
    for part in name.split("."):
        if not isinstance(data, Mapping):
            return None
        data = data.get(part)
    return data


def unusable(request: Request, answer: Answer, connection: str, why: ValueError) -> VendorFailed:
    """A success of a read that holds something else than what was asked for: it proves nothing."""
    return VendorFailed(
        f"the answer to {request.call} cannot be used: {why}",
        connection=connection,
        call=request.call,
        status=answer.status,
        words=one_line(answer.body)[:EXCERPT],
    )


def without_id(call: str, answer: Answer, connection: str, hint: str | None = None) -> OutcomeUnknown:
    """A success of a create that does not say what was made: something was."""
    return OutcomeUnknown(
        f"{call} succeeded, but its answer holds no id",
        connection=connection,
        call=call,
        status=answer.status,
        words=one_line(answer.body)[:EXCERPT],
        hint=hint,
    )
