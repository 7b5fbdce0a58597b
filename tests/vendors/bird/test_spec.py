"""Every request of the adapter, as it goes out, against the document that the simulator is held against too."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as effort
from hypothesis import strategies as st

from provisioner.values import VendorId, flatten
from provisioner.vendors.base import Request
from provisioner.vendors.bird import VENDOR
from provisioner.vendors.fields import Mark
from provisioner.vendors.sealing import seal
from tests.specs import check_request, load
from tests.vendors.bird.playing import AGENT, USER_ID, adapter, ok, page, session
from tests.vendors.bird.test_round_trips import VALUES
from tests.vendors.playing import change

BASE = "https://api.bird.com"

OTHER_ID = "6f1f6f0e-0000-4000-8000-0000000000a1"

IDS = {"teams": [USER_ID, OTHER_ID], "agents": [OTHER_ID], "assigned_skills": [OTHER_ID], "default_sender_id": OTHER_ID}

THERE = {
    **AGENT,
    "weeklySchedule": {
        day: {"from": {"hour": 0, "minute": 0}, "to": {"hour": 23, "minute": 59}} for day in ("monday", "sunday")
    },
    "assignedSkills": [
        {
            "id": OTHER_ID,
            "name": "Spanish",
            "valueType": "single",
            "selectedValues": [{"id": USER_ID, "value": "fluent", "icon": ""}],
        }
    ],
    "forwardNumber": {"enabled": False, "number": "+34911234567", "maskCaller": True},
}
"""What an update finds there and carries on."""

NULLABLE = [
    (kind, path)
    for kind, offer in VENDOR.kinds.items()
    for path, spec in offer.specs.items()
    if spec.has(Mark.CLEARABLE)
]

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=5, max_size=20).map(str.strip).filter(bool)


def whole(kind: str) -> dict[str, Any]:
    """Every field that is sent, flat; ids as Bird gives them."""
    return dict(flatten({path: IDS.get(path, value) for path, value in VALUES[kind].items()}))


def hold(request: Request) -> None:
    """Raises AssertionError where the request, signed and encoded, is not one that the document describes."""
    sealed = seal(BASE, session().sign(request), connection="inbox")
    parts = urlsplit(sealed.url)
    headers: Mapping[str, str] = dict(sealed.headers)
    check_request(
        load("bird"),
        sealed.method,
        parts.path,
        dict(parse_qsl(parts.query, keep_blank_values=True)),
        sealed.content,
        headers.get("content-type", "application/json"),
        headers,
    )


def created(kind: str, values: dict[str, Any]) -> list[Request]:
    """The requests of a create: a second one where the kind takes some fields only then."""
    changing, made = adapter(kind).create(values), ok({**THERE, "id": OTHER_ID}, 201)
    asked = [next(changing)]
    try:
        asked.append(changing.send(made))
    except StopIteration:
        return asked
    with pytest.raises(StopIteration):
        changing.send(made)
    return asked


def updated(kind: str, values: dict[str, Any]) -> list[Request]:
    """The requests of an update: a read before it where something is carried on."""
    changing = adapter(kind).update(VendorId(OTHER_ID), values, frozenset(values))
    asked = [next(changing, None)]
    while asked[-1] is not None:
        try:
            asked.append(changing.send(ok({**THERE, "teams": []})))
        except StopIteration:
            break
    return [request for request in asked if request is not None]


@pytest.mark.parametrize("kind", VENDOR.kinds)
def test_every_call_is_as_described(kind: str) -> None:
    """Every kind, every call, with every field."""
    asked = [
        *created(kind, whole(kind)),
        *updated(kind, whole(kind)),
        *next(adapter(kind).read(VendorId(OTHER_ID))),
        next(adapter(kind).delete(VendorId(OTHER_ID))),
    ]

    assert {request.method for request in asked} == {"POST", "PATCH", "GET", "DELETE"}
    for request in asked:
        hold(request)


@pytest.mark.parametrize("kind", VENDOR.kinds)
def test_pages_are_asked_for_as_described(kind: str) -> None:
    """The first one, and one that a token leads to."""
    listing = adapter(kind).find_all()
    asked = [*next(listing), *listing.send((page(following="a/b+c==", total=1),))]

    assert [len(request.query) for request in asked] == [1, 2]
    for request in asked:
        hold(request)


@pytest.mark.parametrize(("kind", "path"), [(kind, path) for kind in VENDOR.kinds for path in whole(kind)])
def test_each_field_alone_is_as_described(kind: str, path: str) -> None:
    """An update carries what changes, and nothing has to go along."""
    marks = VENDOR.kinds[kind].specs[path.partition(".")[0]].marks
    asked = updated(kind, {path: whole(kind)[path]})

    assert bool(asked) is not bool(marks & {Mark.CREATE_ONLY, Mark.IMMUTABLE})
    for request in asked:
        hold(request)


@pytest.mark.parametrize(("kind", "path"), NULLABLE)
def test_clearing_is_as_described(kind: str, path: str) -> None:
    """Bird takes no null: text is cleared by a blank, a day by being left out."""
    *_, patch = updated(kind, {path: None})

    hold(patch)


@pytest.mark.parametrize("kind", VENDOR.kinds)
def test_a_bare_create_is_as_described(kind: str) -> None:
    """What a create needs is all that it must hold; one request is enough then."""
    needed = {
        path
        for path, spec in VENDOR.kinds[kind].specs.items()
        if spec.marks & {Mark.CREATE_REQUIRED, Mark.ASSIGNED} and "." not in path
    }
    (request,) = created(kind, {path: value for path, value in whole(kind).items() if path in needed})

    hold(request)


def test_an_empty_list_is_as_described() -> None:
    """Nobody is left in it."""
    for kind, path in (
        ("queues", "teams"),
        ("capacity_rules", "agents"),
        ("agents", "assigned_skills"),
        ("agents", "holidays"),
        ("skills", "values"),
    ):
        *_, patch = updated(kind, {path: []})
        hold(patch)


@effort(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.fixed_dictionaries({}, optional={"name": TEXT, "bio": TEXT, "out_of_office_response": TEXT}), TEXT)
def test_whatever_can_be_declared_is_as_described(texts: dict[str, Any], name: str) -> None:
    """Any text, in any combination."""
    for request in (*created("agents", {"user_id": USER_ID, **texts}), *updated("queues", {"name": name})):
        hold(request)


def test_a_description_that_is_not_kept_to_is_told() -> None:
    """So that the tests above can fail."""
    (request,), _ = change(adapter("teams").create({"name": "Tier one", "description": 7}), ok({"id": OTHER_ID}, 201))

    with pytest.raises(AssertionError, match="description"):
        hold(request)
