"""What ``story.json`` says: whatever the demo tells of one vendor or the other, as data."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files
from typing import Any

from pydantic import BaseModel, ConfigDict, Field


def data(name: str) -> str:
    """A file of the demo's folder."""
    return (files("provisioner.cli") / "demo_tenant" / name).read_text("utf-8")


class _Told(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Found(_Told):
    """An entity, by what a person knows it by, and what the story says of it."""

    kind: str
    known_by: Mapping[str, str]
    has: Mapping[str, Any] = {}


class ByHand(_Told):
    """A change that somebody makes at the vendor, and what the manifests say of it. Attributes are the vendor's."""

    told: str
    address: str
    kind: str
    id: str
    changed: Mapping[str, Any]
    declared: Mapping[str, Any]


class Leaver(_Told):
    """Somebody whose one line in a manifest goes and comes back."""

    file: str
    key: str
    address: str
    kind: str
    known_by: Mapping[str, str]


class Recruits(_Told):
    """Many new people. ``create`` is the path of the vendor's call; after ``answered`` of them the answers stop, and
    ``in_flight`` more are under way when the run is killed."""

    file: str
    kind: str
    create: str
    unique: str
    count: int
    answered: int
    in_flight: int


class Edit(_Told):
    """A piece of a manifest and what it becomes."""

    file: str
    before: str = Field(alias="from")
    after: str = Field(alias="to")


class Review(_Told):
    """A plan that is reviewed while somebody changes one of its entities."""

    edits: tuple[Edit, ...]
    applied: tuple[Found, ...]
    moved: ByHand


class Look(_Told):
    """What somebody looks up in a vendor's portal: the attributes named by ``shows``, of whom ``known_by`` finds."""

    at: str
    kind: str
    known_by: Mapping[str, str]
    shows: tuple[str, ...]
    has: Mapping[str, Any]


class Invited(_Told):
    """The people whom only the vendor's portal can let in, by our key; ``ID_OF_key`` stands for the id it gives."""

    kind: str
    people: Mapping[str, Mapping[str, str]]


class Second(_Told):
    """A second vendor. ``file`` is the manifest that brings its connection, in which the words of ``settings`` stand
    for what its simulator wants; ``joins`` are the addresses that are new then."""

    vendor: str
    credentials: Mapping[str, str]
    settings: Mapping[str, str]
    file: str
    invited: Invited
    edits: tuple[Edit, ...]
    joins: tuple[str, ...]
    joined: tuple[Look, ...]


class Move(_Told):
    """Somebody who leaves one vendor for the other by an edit of ``on``."""

    edits: tuple[Edit, ...]
    join: str
    leave: str
    moved: tuple[Look, ...]


class Story(_Told):
    """``story.json``: ``environment`` are invented secrets, ``credentials`` variables for what the simulator wants,
    ``kinds`` our kinds in the simulator's words."""

    vendor: str
    credentials: Mapping[str, str]
    environment: Mapping[str, str]
    kinds: Mapping[str, str]
    drift: ByHand
    leaver: Leaver
    recruits: Recruits
    review: Review
    second: Second
    move: Move
