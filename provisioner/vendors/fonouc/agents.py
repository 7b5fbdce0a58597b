"""Agents at FonoUC are its users. Wire form: specs/fonouc.yaml, schema ``User``.

No write of a user is documented. Those that clients have been seen to make (F12) are never made.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, Field, StringConstraints

from provisioner.kinds import Switch, agents
from provisioner.vendors.base import Call, Find, Offer
from provisioner.vendors.fields import UNSAID, Fields, Mark
from provisioner.vendors.fonouc.wire import Attribute, Kind, lower_text, switch, text, text_or_none, texts
from provisioner.vendors.usage import UseProbe

Word = Annotated[str, StringConstraints(strip_whitespace=True), Field(json_schema_extra={"expected": "text"})]


Presence = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[0-9]+$"),
    Field(json_schema_extra={"expected": "digits, in quotes, or null"}),
]


class Agent(Fields):
    """A user of the account, who may take a queue's calls."""

    email: Annotated[agents.EmailAddress, AfterValidator(str.lower), Mark.NATURAL_KEY, Mark.READ_ONLY, Mark.PERSONAL]
    first_name: Annotated[agents.FirstName | None, Mark.READ_ONLY, Mark.PERSONAL, Mark.CLEARABLE] = UNSAID
    last_name: Annotated[agents.LastName | None, Mark.READ_ONLY, Mark.PERSONAL, Mark.CLEARABLE] = UNSAID
    presence_id: Annotated[
        Presence | None, Mark.READ_ONLY, Mark.CLEARABLE, Field(description="The user's main extension; null for none.")
    ] = UNSAID
    enabled: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether the user can sign in at all.")] = UNSAID
    is_agent: Annotated[Switch, Mark.READ_ONLY, Field(description="Whether the user may take a queue's calls.")] = (
        UNSAID
    )
    has_cellphones: Annotated[
        Switch, Mark.READ_ONLY, Field(description="Whether the user has mobile phones as devices.")
    ] = UNSAID
    level: Annotated[Word, Mark.READ_ONLY, Field(description="The user's level; `user` is the one known value.")] = (
        UNSAID
    )
    role: Annotated[Word, Mark.READ_ONLY, Field(description="The user's role; `user` is the one known value.")] = UNSAID
    feature_plan: Annotated[Word, Mark.READ_ONLY, Field(description="The user's feature plan; may be empty.")] = UNSAID
    tags: Annotated[
        list[Word],
        AfterValidator(lambda names: sorted(set(names))),
        Mark.READ_ONLY,
        Field(description="The user's tags, in any order.", json_schema_extra={"expected": "a list of texts"}),
    ] = UNSAID


AGENTS = Kind(
    "agents",
    path="/config/users",
    attributes=(
        Attribute("email", "email", lower_text),
        Attribute("first_name", "first_name", text_or_none),
        Attribute("last_name", "last_name", text_or_none),
        Attribute("presence_id", "presence_id", text_or_none),
        Attribute("enabled", "enabled", switch),
        Attribute("is_agent", "isAgent", switch),
        Attribute("has_cellphones", "has_cellphones", switch),
        Attribute("level", "level", text),
        Attribute("role", "role", text),
        Attribute("feature_plan", "feature_plan", text),
        Attribute("tags", "tags", texts),
    ),
    offer=Offer(
        Agent,
        Call.LIST,
        sources={Call.LIST: "specs/fonouc.yaml, GET /config/users"},
        find=Find.LIST,
        enforces_unique=False,
        use=UseProbe("specs/fonouc.yaml, GET /callcenter/queues/status: agents who are on a call"),
    ),
)
