"""Agents at Bird: users of the organization who answer conversations. Wire form: specs/bird.yaml, schema ``Agent``.

A person is invited in Bird's portal and gets a user id there; only then can an agent be made of the user. An agent's
e-mails, roles and presence are not configuration: they come from the user's account, or change by themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from provisioner.kinds import Switch
from provisioner.kinds.agents import EmailAddress, FirstName, LastName, full_name
from provisioner.units import Unit
from provisioner.values import Attributes, Value
from provisioner.vendors.base import Call, Find, Offer, Problem, Write
from provisioner.vendors.bird import hours
from provisioner.vendors.bird.hours import CLOSED, HOLIDAYS, SCHEDULE, Holidays, Timezone, WeeklySchedule
from provisioner.vendors.bird.locales import Locale
from provisioner.vendors.bird.settings import PAGE
from provisioner.vendors.bird.wire import (
    BOOLEAN,
    INTEGER,
    REFERENCES,
    TEXT,
    Attribute,
    Form,
    Kind,
    No,
    Sent,
    Unreadable,
    id_of,
    items,
    part_of,
    references,
)
from provisioner.vendors.fields import UNSAID, Fields, Mark, Ref, Reference, Unique

USER = "user"
"""The one type of agent that can be made; agents of another are left alone (assumption A-5)."""

LONGEST_NAME = 50

UserId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(
        description="The user of Bird's organization that the agent is; Bird gives it to whoever is invited there.",
        json_schema_extra={"expected": "an id such as 6f1f6f0e-0000-4000-8000-000000000001"},
    ),
]

Name = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=LONGEST_NAME),
    Field(
        description="What others see the agent called; a create takes first and last name where it is left out.",
        json_schema_extra={"expected": "1 to 50 characters"},
    ),
]

Bio = Annotated[
    str,
    StringConstraints(min_length=1, max_length=240),
    Field(description="A word about the agent.", json_schema_extra={"expected": "1 to 240 characters, or null"}),
]

CountryCode = Annotated[
    str,
    StringConstraints(strip_whitespace=True, to_upper=True, pattern=r"^[A-Za-z]{2}$"),
    Field(
        description="The country of telephone numbers that the agent dials without one.",
        json_schema_extra={"expected": "two letters such as ES, or null"},
    ),
]

PhoneNumber = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^\+[1-9][0-9]{1,14}$"),
    Field(json_schema_extra={"expected": 'a number such as "+34911234567", in quotes'}),
]

WrapUpTime = Annotated[
    int,
    Unit.SECONDS,
    Field(
        ge=0,
        le=900,
        description="Rest that an agent gets after a call, in seconds.",
        json_schema_extra={"expected": "a number of seconds from 0 to 900"},
    ),
]

OutOfOffice = Annotated[
    str,
    StringConstraints(min_length=1, max_length=1000),
    Field(
        description="What is answered while the agent is out.",
        json_schema_extra={"expected": "1 to 1000 characters, or null"},
    ),
]

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class ForwardNumber(Fields):
    """Where the agent's calls go on to."""

    enabled: Annotated[Switch, Field(description="Whether calls are forwarded.")] = UNSAID
    number: Annotated[PhoneNumber, Field(description="The number that calls go on to.")] = UNSAID
    mask_caller: Annotated[Switch, Field(description="Whether the caller's number is hidden from who answers.")] = (
        UNSAID
    )


class Agent(Fields):
    """A person who answers conversations."""

    user_id: Annotated[UserId, Mark.NATURAL_KEY, Mark.ASSIGNED, Mark.IMMUTABLE, Unique()] = UNSAID
    email: Annotated[EmailAddress, Mark.NATURAL_KEY, Mark.PERSONAL, Mark.MATCH_ONLY] = UNSAID
    name: Annotated[Name, Mark.NATURAL_KEY] = UNSAID
    first_name: Annotated[FirstName, Mark.MATCH_ONLY] = UNSAID
    last_name: Annotated[LastName | None, Mark.MATCH_ONLY] = UNSAID
    type: Annotated[
        Literal["user"], Mark.IMMUTABLE, Field(description="What kind of agent it is; Bird documents one.")
    ] = UNSAID
    bio: Annotated[Bio | None, Mark.CLEARABLE] = UNSAID
    teams: Annotated[
        list[Reference],
        Ref("teams"),
        Mark.CREATE_ONLY,
        Field(description="The teams that the agent joins when it is made; later only Bird's portal changes them."),
    ] = UNSAID
    timezone: Annotated[Timezone | None, Mark.CLEARABLE] = UNSAID
    default_country_code: Annotated[CountryCode | None, Mark.CLEARABLE] = UNSAID
    weekly_schedule: Annotated[WeeklySchedule, Field(description="The agent's working hours.")] = UNSAID
    holidays: Holidays = UNSAID
    avatar_url: Annotated[
        Text | None, Mark.CLEARABLE, Mark.AFTER_CREATE, Field(description="Where the agent's picture lies.")
    ] = UNSAID
    wrap_up_time: Annotated[WrapUpTime, Mark.AFTER_CREATE] = UNSAID
    default_caller_id: Annotated[
        PhoneNumber | None,
        Mark.CLEARABLE,
        Mark.AFTER_CREATE,
        Field(description="The number that the agent's calls show."),
    ] = UNSAID
    forward_number: Annotated[
        ForwardNumber, Mark.AFTER_CREATE, Field(description="Where the agent's calls go on to.")
    ] = UNSAID
    transcription_locale: Annotated[Locale, Mark.AFTER_CREATE] = UNSAID
    assigned_skills: Annotated[
        list[Reference],
        Ref("skills"),
        Mark.AFTER_CREATE,
        Field(description="The skills that the agent has; the values chosen for each stay what they are."),
    ] = UNSAID
    default_sender_id: Annotated[
        Text, Mark.AFTER_CREATE, Field(description="The sender profile of the agent's new messages, by its id.")
    ] = UNSAID
    out_of_office_response: Annotated[OutOfOffice | None, Mark.CLEARABLE, Mark.AFTER_CREATE] = UNSAID


def _rules(declared: Attributes) -> Iterator[Problem]:
    name = full_name(declared).get("name")
    if isinstance(name, str) and len(name) > LONGEST_NAME:
        text = f"first and last name together are longer than {LONGEST_NAME} characters, which is all that Bird takes"
        yield Problem("first_name", text, "a `name` of at most 50 characters beside them")
    yield from hours.problems(declared)


def _invitation(declared: Attributes) -> str:
    """Whom to invite: by the e-mail that the invitation goes to, else by name."""
    who = declared.get("email") or {**full_name(declared), **declared}.get("name")
    return f"invite {f'`{who}`' if who else 'the person'} in Bird's portal if nobody has yet"


def _skills_to_wire(ids: list[str], there: Any) -> list[dict[str, Any]]:
    """Skills by id, each with the values that are chosen for it now."""
    chosen = {item.get("id"): item.get("selectedValues") for item in there or ()}
    return [{"id": one, **({"selectedValues": chosen[one]} if chosen.get(one) else {})} for one in ids]


def _emails(raw: Any) -> Value:
    return [*dict.fromkeys(str(item) for item in items(raw))] or None


def _is_user(answer: Mapping[str, Any]) -> bool:
    """Whether it is an agent that can be managed; raises Unreadable for what does not say, and may be anybody."""
    kind = answer.get("type")
    if not isinstance(kind, str) or not kind:
        raise Unreadable("an agent does not say its `type`")
    return kind == USER


FORWARD_NUMBER = part_of(
    {"enabled": ("enabled", BOOLEAN), "number": ("number", TEXT), "mask_caller": ("maskCaller", BOOLEAN)}
)

TEAMS = Form(lambda ids, _: list(ids), lambda raw: references([id_of(item) for item in items(raw)]))

NEVER = Sent(0)

UNSET: Attributes = {
    "type": USER,
    **dict.fromkeys(f"weekly_schedule.{day}" for day in CLOSED),
    "teams": [],
    "holidays": [],
    "assigned_skills": [],
    "bio": None,
    "timezone": None,
    "default_country_code": None,
    "avatar_url": None,
    "wrap_up_time": None,
    "default_caller_id": None,
    "forward_number": None,
    "transcription_locale": None,
    "default_sender_id": None,
    "out_of_office_response": None,
}
"""What a new agent has where nothing is said."""

AGENTS = Kind(
    "agents",
    path="agents",
    attributes=(
        Attribute("user_id", "userId", TEXT, sent=Sent.CREATE, shown="user.id", blank=No.UNSEEN),
        Attribute("email", "userEmails", Form(lambda value, _: value, _emails), sent=NEVER, blank=None),
        Attribute("name", "name", TEXT, blank=No.UNSEEN),
        Attribute("type", "type", TEXT, sent=Sent.CREATE),
        Attribute("bio", "bio", TEXT, blank=None),
        Attribute("teams", "teamIds", TEAMS, sent=Sent.CREATE, shown="teams", blank=[]),
        Attribute("timezone", "timezone", TEXT, blank=None),
        Attribute("default_country_code", "defaultCountryCode", TEXT, blank=None),
        Attribute("weekly_schedule", "weeklySchedule", SCHEDULE, blank=CLOSED),
        Attribute("holidays", "holidays", HOLIDAYS, blank=[]),
        Attribute("avatar_url", "avatarUrl", TEXT, sent=Sent.UPDATE, blank=None),
        Attribute("wrap_up_time", "wrapUpTime", INTEGER, sent=Sent.UPDATE, blank=None),
        Attribute("default_caller_id", "defaultCallerId", TEXT, sent=Sent.UPDATE, blank=None),
        Attribute("forward_number", "forwardNumber", FORWARD_NUMBER, sent=Sent.UPDATE, blank=None),
        Attribute("transcription_locale", "transcriptionLocale", TEXT, sent=Sent.UPDATE, blank=None),
        Attribute(
            "assigned_skills",
            "assignedSkills",
            Form(_skills_to_wire, REFERENCES.decode, carries=True),
            sent=Sent.UPDATE,
            blank=[],
        ),
        Attribute("default_sender_id", "defaultSenderId", TEXT, sent=Sent.UPDATE, blank=None),
        Attribute("out_of_office_response", "outOfOfficeResponse", TEXT, sent=Sent.UPDATE, blank=None),
    ),
    constants={"type": USER},
    taken="user_id",
    managed=_is_user,
    offer=Offer(
        Agent,
        Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
        sources={
            Call.LIST: "specs/bird.yaml, GET /workspaces/{workspaceId}/agents",
            Call.READ: "specs/bird.yaml, GET /workspaces/{workspaceId}/agents/{agentId}",
            Call.CREATE: "specs/bird.yaml, POST /workspaces/{workspaceId}/agents, then the PATCH of an update",
            Call.UPDATE: "specs/bird.yaml, PATCH /workspaces/{workspaceId}/agents/{agentId}",
            Call.DELETE: "specs/bird.yaml, DELETE /workspaces/{workspaceId}/agents/{agentId}, for good",
        },
        find=Find.LIST,
        write=Write.MERGE,
        counted=True,
        page=PAGE,
        either_key=True,
        derived=full_name,
        assigned_how=_invitation,
        rules=_rules,
        defaults=lambda _: UNSET,
    ),
)
