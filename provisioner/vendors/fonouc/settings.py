"""What a manifest may say of a connection to FonoUC, and which account that leads to.

Where FonoUC's document is silent, specs/fonouc.yaml and docs/vendors/fonouc.md name an assumption (F1 to F14).
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from provisioner.secrets import SecretRef
from provisioner.vendors.base import Settings
from provisioner.vendors.base_url import BaseUrl, place_of
from provisioner.vendors.fields import UNSAID

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]

HeaderText = Annotated[
    str,
    StringConstraints(pattern=r"^[!-~]+$"),
    Field(json_schema_extra={"expected": "letters, digits and signs, without spaces"}),
]

ApiPath = Annotated[
    str,
    StringConstraints(pattern=r"^(/[^/?#\s]+)+$"),
    Field(json_schema_extra={"expected": "a path such as /login, without a slash at its end"}),
]


class Paths(BaseModel):
    """The paths that differ between installations."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    login: ApiPath = "/login"


class FonoucSettings(Settings):
    """``connections.NAME`` of vendor ``fonouc``: with an API key, or with a user's name and password (F2, F9b)."""

    url: Annotated[
        BaseUrl,
        Field(
            description="The API's whole address, version included.",
            json_schema_extra={"expected": "a URL such as https://pbx.example.com:9443/api/v2"},
        ),
    ]
    account_id: Annotated[HeaderText, Field(description="The account's id, from the portal or the provider (F1).")]
    api_key: Annotated[SecretRef, Field(description="An API key from the portal, in place of a user (F2).")] = UNSAID
    username: Annotated[
        Text, Field(description="The user to log in as.", json_schema_extra={"expected": "a user's name"})
    ] = UNSAID
    password: Annotated[SecretRef, Field(description="That user's password.")] = UNSAID
    domain: Annotated[
        Text,
        Field(
            description="The tenant to log in to: the account's name, not the host's.",
            json_schema_extra={"expected": "the tenant's name"},
        ),
    ] = UNSAID
    retries: int = 3
    paths: Paths = Paths()
    envelope: Annotated[
        Text,
        Field(
            description="The member of an answer that holds a list, where lists are not bare (F4).",
            json_schema_extra={"expected": "a name"},
        ),
    ] = UNSAID

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        """Either the key alone, or all that a log-in needs."""
        given = {name for name in ("username", "password", "domain") if name in self.model_fields_set}
        key = "api_key" in self.model_fields_set
        if key and given:
            named = ", ".join(f"`{name}`" for name in sorted(given))
            raise PydanticCustomError(
                "two_ways_in", "`api_key` and {named} are two ways in: keep one", {"named": named}
            )
        missing = sorted({"username", "password", "domain"} - given)
        if not key and missing:
            named = ", ".join(f"`{name}`" for name in missing)
            raise PydanticCustomError(
                "no_way_in", "{named} missing: a log-in needs it, or give `api_key`", {"named": named}
            )
        return self


def account(settings: FonoucSettings) -> str:
    """The account behind the connection: a server may have many, told apart by their ids."""
    return f"fonouc://{place_of(settings.url)}#{settings.account_id}"
