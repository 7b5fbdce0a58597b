"""What a manifest may say of a connection to Bird, and which account that leads to.

Source: docs.bird.com/api/api-access/common-api-usage; the workspace is a part of every path.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from provisioner.secrets import SecretRef
from provisioner.vendors.base import Settings
from provisioner.vendors.base_url import BaseUrl, place_of

PAGE = 100
"""The most entities that Bird puts on one page of a listing (specs/bird.yaml, parameter ``limit``)."""

Url = Annotated[
    BaseUrl,
    Field(
        description="The base URL of Bird's API; left out, it is the public one.",
        json_schema_extra={"expected": "a URL such as https://api.bird.com"},
    ),
]

WorkspaceId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, pattern=r"^[A-Za-z0-9_-]+$"),
    Field(
        description="The workspace, as Bird's portal shows it in the address of every page.",
        json_schema_extra={"expected": "an id such as 5f0c7a3e-8d2b-4c57-9f4e-0b1d5a9c7e21"},
    ),
]


class BirdSettings(Settings):
    """``connections.NAME`` of vendor ``bird``."""

    workspace_id: WorkspaceId
    access_key: Annotated[
        SecretRef, Field(description="An access key whose policies allow all that is done in the workspace.")
    ]
    url: Url = "https://api.bird.com"
    page_size: Annotated[
        int,
        Field(
            ge=1,
            le=PAGE,
            description="How many entities one page of a listing holds.",
            json_schema_extra={"expected": "a number from 1 to 100"},
        ),
    ] = PAGE


def account(settings: BirdSettings) -> str:
    """The account behind the connection, ``bird://host:port/workspaces/ID``: the same text for every spelling."""
    return f"bird://{place_of(settings.url)}/workspaces/{settings.workspace_id}"
