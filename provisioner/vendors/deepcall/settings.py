"""What a manifest may say of a connection to DeepCall, and which account that leads to.

Where DeepCall's pages are silent, specs/deepcall.yaml and docs/vendors/deepcall.md name an assumption (D-1 to D-24).
"""

from __future__ import annotations

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from provisioner.secrets import SecretRef
from provisioner.vendors.base import Limits, Settings
from provisioner.vendors.base_url import BaseUrl, place_of
from provisioner.vendors.fields import UNSAID

PAGE = 500
"""The most agents or roles that one page of a listing can hold."""

Seconds = Annotated[float, Field(ge=0)]


class DeepcallSettings(Settings):
    """``connections.NAME`` of vendor ``deepcall``: with a user's token, or with a session (D-3)."""

    user_id: Annotated[
        str,
        StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9_-]+$"),
        Field(
            description="The user that owns the account; sent beside `token`, and what tells one account from another.",
            json_schema_extra={"expected": 'an id such as "10000001", in quotes'},
        ),
    ]
    token: Annotated[SecretRef, Field(description="That user's token.")] = UNSAID
    ssid: Annotated[SecretRef, Field(description="A session, in place of the token; it expires.")] = UNSAID
    url: Annotated[
        BaseUrl,
        Field(
            description="The account's host, without `/api/v2`; left out, it is the public one.",
            json_schema_extra={"expected": "a URL such as https://v4-api.deepcall.com"},
        ),
    ] = "https://v4-api.deepcall.com"
    page_size: Annotated[
        int,
        Field(
            ge=1,
            le=PAGE,
            description="How many agents or roles one page of a listing holds.",
            json_schema_extra={"expected": f"a number from 1 to {PAGE}"},
        ),
    ] = PAGE
    busy_pauses: Annotated[
        list[Seconds],
        Field(
            description="Seconds to wait before each repetition of what DeepCall is too busy for.",
            json_schema_extra={"expected": "a list of seconds such as [1, 2, 4, 8]"},
        ),
    ] = [1, 2, 4, 8]  # noqa: RUF012 (pydantic copies it)
    limits: Limits = Limits(concurrency=4)

    @model_validator(mode="after")
    def _one_way_in(self) -> Self:
        """Either the token or a session."""
        given = self.model_fields_set & {"token", "ssid"}
        if len(given) == 2:
            raise PydanticCustomError("two_ways_in", "`token` and `ssid` are two ways in: keep one")
        if not given:
            raise PydanticCustomError(
                "no_way_in", "`token` is missing: DeepCall lets nobody in without, or give `ssid`"
            )
        return self


def account(settings: DeepcallSettings) -> str:
    """The account behind the connection, ``deepcall://host:port/#USER``: a host serves many."""
    return f"deepcall://{place_of(settings.url)}#{settings.user_id}"
