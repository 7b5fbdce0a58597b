"""What an answer says, whichever vendor's it is; and what it is taken for where it says nothing that makes sense.

How a vendor wraps its answers is in its own folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from provisioner.errors import OutcomeUnknown, VendorFailed
from provisioner.vendors.requests import Answer, Effect, Request

T = TypeVar("T")

EXCERPT = 200
"""How many characters of a vendor's own words an error shows."""


def one_line(text: str) -> str:
    """The text without line breaks, and without a full stop at its end."""
    return " ".join(text.split()).removesuffix(".")


def shortened(text: str) -> str:
    """At most EXCERPT characters, without the word at the cut.

    It may be half a secret of which only the engine knows (another request's), and which it would not find any more.
    """
    return text if len(text) <= EXCERPT else text[: EXCERPT + 1].rpartition(" ")[0]


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
        words=shortened(one_line(answer.body)),
    )


def check_change(request: Request, answer: Answer, connection: str, vendor: str, read: Callable[[Answer], Any]) -> None:
    """Raises OutcomeUnknown for a success of a change in words that are not the vendor's: somebody else has answered.

    An empty one is fine. ``read`` raises ValueError for what is not the vendor's. What a create or a read is answered
    with, its adapter looks at.
    """
    if request.effect in (Effect.READ, Effect.CREATE) or not answer.body.strip():
        return
    try:
        read(answer)
    except ValueError as error:
        raise OutcomeUnknown(
            f"{request.call} was answered with {answer.status} and something that is not {vendor}'s",
            connection=connection,
            call=request.call,
            status=answer.status,
            words=shortened(one_line(answer.body)),
        ) from error


def without_id(call: str, answer: Answer, connection: str, hint: str | None = None) -> OutcomeUnknown:
    """A success of a create that does not say what was made: something was."""
    return OutcomeUnknown(
        f"{call} succeeded, but its answer holds no id",
        connection=connection,
        call=call,
        status=answer.status,
        words=shortened(one_line(answer.body)),
        hint=hint,
    )


def about(request: Request, by_path: Iterable[tuple[str, T]]) -> T | None:
    """What lies at the first of the paths that the request is at or below."""
    return next((one for path, one in by_path if request.path == path or request.path.startswith(f"{path}/")), None)
