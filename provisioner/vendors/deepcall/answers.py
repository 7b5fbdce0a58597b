"""What an answer of DeepCall holds: success is in the body, not in the status (specs/deepcall.yaml).

No text of an answer is ever quoted but the vendor's message about an error: listings hold passwords in plain text.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.errors import OutcomeUnknown, VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.answers import one_line
from provisioner.vendors.base import Answer, Request
from provisioner.vendors.deepcall.codes import Meaning, meaning

PREFIX = "/api/v2/"
"""What comes before module and action in every path."""


class Unreadable(ValueError):
    """What an answer holds instead of what it should; says what, and never quotes it."""


@dataclass(frozen=True, slots=True)
class Failure:
    """What DeepCall says in place of success, all of its message; ``code`` is None where it gives none."""

    code: int | None
    message: str


def module(request: Request) -> str:
    """``Agent``, ``Group`` or ``role``: error codes mean something else in each."""
    return request.path.removeprefix(PREFIX).partition("/")[0]


def envelope(answer: Answer) -> Mapping[str, Any] | None:
    """The object with a ``status`` that every answer is; None for anything else."""
    try:
        data = answer.data()
    except ValueError:
        return None  # the exception holds the whole text, and goes no further
    return data if isinstance(data, dict) and data.get("status") in ("success", "error") else None


def failure(answer: Answer) -> Failure | None:
    """What went wrong, as far as DeepCall says; None for a success and for what is not DeepCall's."""
    data = envelope(answer)
    if data is None or data["status"] == "success":
        return None
    code, message = data.get("code", data.get("errCode")), data.get("message")
    if isinstance(code, str) and code.isdecimal():
        code = int(code)
    words = one_line(message) if isinstance(message, str) else ""
    return Failure(code if type(code) is int else None, words)


def is_absent(request: Request, answer: Answer) -> bool:
    """True where DeepCall says that what the request is about is not there."""
    found = failure(answer)
    return found is not None and meaning(module(request), found.code) is Meaning.ABSENT


def members(answer: Answer) -> Mapping[str, Any]:
    """The members of a success; the session has seen to it that it is one."""
    data = envelope(answer)
    if data is None:
        raise Unreadable("it is not DeepCall's")
    return data


def records(answer: Answer) -> tuple[tuple[VendorId | None, Any], ...]:
    """The records of a listing with their keys, where it is an object by id; both shapes, and all spellings of none.

    Raises Unreadable for what is no listing (D-6, D-12).
    """
    response = members(answer).get("response")
    if isinstance(response, dict):
        return tuple((VendorId(key.strip()), record) for key, record in response.items())
    if isinstance(response, list):
        return tuple((None, record) for record in response)
    if response is None:
        return ()
    raise Unreadable("`response` is neither a list nor an object")


def id_in(record: Mapping[str, Any], *names: str) -> VendorId | None:
    """The first of these members that is an id, as decimal text (§5.9); None where none is."""
    return next((found for name in names if (found := as_id(record.get(name))) is not None), None)


def as_id(raw: Any) -> VendorId | None:
    """An id as decimal text, however DeepCall spells it; None for what is none."""
    text = str(raw) if type(raw) is int else raw
    is_one = isinstance(text, str) and text.strip().isascii() and text.strip().isdecimal()
    return VendorId(str(int(text))) if is_one else None


def unusable(request: Request, answer: Answer, connection: str, why: str) -> VendorFailed:
    """A success of a read that holds something else than what was asked for: it proves nothing."""
    return VendorFailed(
        f"the answer to {request.call} cannot be used: {why}",
        connection=connection,
        call=request.call,
        status=answer.status,
    )


def new_id(request: str, answer: Answer, connection: str, *names: str) -> VendorId:
    """The id in the answer to a create; OutcomeUnknown where there is none, since something was made."""
    found = id_in(envelope(answer) or {}, *names)
    if found is None:
        raise OutcomeUnknown(
            f"{request} succeeded, but its answer holds no id",
            connection=connection,
            call=request,
            status=answer.status,
        )
    return found


def texts_in(raw: Any) -> Iterator[str]:
    """The texts of a list; raises Unreadable for anything else."""
    if not isinstance(raw, list):
        raise Unreadable("it is no list")
    for item in raw:
        if not isinstance(item, str):
            raise Unreadable("it holds something that is no text")
        yield item
