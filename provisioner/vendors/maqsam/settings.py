"""What a manifest may say of a connection to Maqsam, and which account that leads to.

Where Maqsam's page is silent, specs/maqsam.yaml and docs/vendors/maqsam.md name an assumption (M1 to M10).
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field, StringConstraints

from provisioner.secrets import SecretRef
from provisioner.vendors.base import Settings
from provisioner.vendors.base_url import BaseUrl, place_of
from provisioner.vendors.fields import UNSAID

GroupsFormat: TypeAlias = Literal["auto", "names", "text", "objects"]


class MaqsamSettings(Settings):
    """``connections.NAME`` of vendor ``maqsam``."""

    url: Annotated[
        BaseUrl,
        Field(
            description="The API's address without the version.",
            json_schema_extra={"expected": "a URL such as https://api.maqsam.com, without /v1"},
        ),
    ] = "https://api.maqsam.com"
    access_key_id: Annotated[
        str,
        StringConstraints(pattern=r"^[^\s:]+$"),
        Field(
            description="The id of the access key, from the account's settings.",
            json_schema_extra={"expected": "text without spaces and colons"},
        ),
    ]
    access_secret: Annotated[SecretRef, Field(description="The secret that belongs to the access key.")]
    account: Annotated[
        str,
        StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9._-]+$"),
        Field(
            description="A name of your own for the account, where two on one host are to be told apart.",
            json_schema_extra={"expected": "letters, digits, `.`, `_` and `-`"},
        ),
    ] = UNSAID
    retries: int = 3
    page_size: Annotated[
        int,
        Field(
            ge=1,
            le=100,
            description="How many agents a page holds (M5).",
            json_schema_extra={"expected": "a number from 1 to 100"},
        ),
    ] = 100
    groups_format: Annotated[
        GroupsFormat,
        Field(
            description="How an agent's groups are spelt (M2); `auto` takes every known way.",
            json_schema_extra={"expected": "auto, names, text or objects"},
        ),
    ] = "auto"


def account(settings: MaqsamSettings) -> str:
    """The account behind the connection: its host, and the name that tells it from others there.

    Not the access key: that is made anew, and the account stays what it is.
    """
    named = f"#{settings.account}" if settings.account else ""
    return f"maqsam://{place_of(settings.url)}{named}"
