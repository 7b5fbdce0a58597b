"""How are all users, or all queues, read: one request each, since no pages are documented (F4).

FonoUC does not say how many there are. What cannot be read of an answer makes the evidence incomplete.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from provisioner.errors import VendorFailed
from provisioner.values import VendorId
from provisioner.vendors.base import Entity, Listing
from provisioner.vendors.fonouc.settings import FonoucSettings
from provisioner.vendors.fonouc.wire import Kind, Unreadable
from provisioner.vendors.requests import Answer, Reading, Request


def listed(kind: Kind, settings: FonoucSettings, connection: str) -> Reading[Listing]:
    """Every entity of the kind. Raises VendorFailed where the answer is no list."""
    request = Request("GET", kind.path)
    (answer,) = yield (request,)
    found: dict[VendorId, Entity] = {}
    doubt: str | None = None
    for place, item in enumerate(items_in(request, answer, connection, envelope=settings.envelope), 1):
        try:
            entity = kind.entity(item)
        except Unreadable as error:
            doubt = doubt or f"the answer to {request.call} holds {error}, at place {place}"
            continue
        if entity.id in found:
            doubt = doubt or f"the answer to {request.call} has id {entity.id} twice"
            continue
        found[entity.id] = entity
        nameless = entity.unseen & set(kind.offer.key_paths)
        if nameless:
            doubt = doubt or f"id {entity.id} has no `{min(nameless)}`: nobody can tell what it is"
    return Listing(tuple(found.values()), incomplete=doubt)


def items_in(
    request: Request, answer: Answer, connection: str, *, envelope: str | None = None, alone: bool = False
) -> Sequence[Any]:
    """The list that is the answer, or lies in its member ``envelope``; ``alone``: one object stands for a list of it.

    Raises VendorFailed where there is none.
    """
    try:
        data = answer.data()
    except ValueError:
        data = None
    if envelope:
        data = data.get(envelope) if isinstance(data, dict) else None
    if alone and isinstance(data, dict):
        return [data]
    if isinstance(data, list):
        return data
    raise VendorFailed(
        f"the answer to {request.call} is not a list",
        connection=connection,
        call=request.call,
        status=answer.status,
        hint="where this FonoUC wraps its lists, name the member with `envelope`",
    )
