"""What a manifest may say of a connection to EQ, and which account that leads to.

Where EQ's document is silent, specs/eq.yaml and docs/vendors/eq.md name an assumption; each has its setting here, so
that a real system that differs needs no new code.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints, ValidationError, field_validator
from pydantic_core import PydanticCustomError

from provisioner.secrets import SecretRef
from provisioner.values import Attributes, flatten, nest
from provisioner.vendors.base import Limits, Settings
from provisioner.vendors.base_url import BaseUrl, place_of
from provisioner.vendors.eq.catalogue import BY_NAME
from provisioner.vendors.eq.wire import KindName, No, PathName

DefaultedKind: TypeAlias = Literal["supervisors", "agents", "queues", "extensions"]
"""The kinds with attributes for which EQ has a default."""

LicenceName: TypeAlias = Literal["supervisors", "agents", "callQueues"]
"""What EQ's licence counts, by the names in its answers."""

MOST_NUMBERS = 100_000
"""How many numbers one range may span; each costs a request."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


def _span(text: str) -> str:
    first, last = bounds(text)
    if last < first:
        raise PydanticCustomError("range_order", "`{text}` ends before it begins", {"text": text})
    if last - first >= MOST_NUMBERS:
        raise PydanticCustomError(
            "range_size", "`{text}` spans more than {most} numbers", {"text": text, "most": MOST_NUMBERS}
        )
    return text


def bounds(span: str) -> tuple[int, int]:
    """First and last number of `400-599`, or twice the one number of `400`."""
    first, _, last = span.partition("-")
    return int(first), int(last or first)


Url = Annotated[
    BaseUrl,
    Field(
        description="The base URL of EQ's API, with its path.",
        json_schema_extra={"expected": "a URL such as http://pbx.example.com/eq/api/2.0"},
    ),
]

Span = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,14}(-[1-9][0-9]{0,14})?$"),
    AfterValidator(_span),
    Field(json_schema_extra={"expected": 'numbers such as "400-599", in quotes'}),
]

ApiPath = Annotated[
    str,
    StringConstraints(pattern=r"^(/[^/?#\s]+)+$"),
    Field(json_schema_extra={"expected": "a path such as /agent, without a slash at its end"}),
]


class EqLimits(Limits):
    """EQ runs on one small server, so four requests at a time unless the manifest says otherwise."""

    concurrency: Annotated[int, Field(ge=1)] = 4


class Methods(_Part):
    """The HTTP method of each call."""

    get: Literal["GET", "POST"] = "GET"
    create: Literal["POST", "PUT"] = "POST"
    update: Literal["PUT", "POST", "PATCH"] = "PUT"
    delete: Literal["DELETE", "POST"] = "DELETE"
    undelete: Literal["PUT", "POST", "DELETE"] = "PUT"


class ErrorKeys(_Part):
    """The names that EQ's error bodies use."""

    errors: str = "errors"
    parameter: str = "parameter"
    type: str = "type"
    description: str = "description"


class Ranges(_Part):
    """The numbers at which an export looks for what EQ cannot list."""

    queues: list[Span] = []
    extensions: list[Span] = []

    def numbers(self, kind: KindName) -> list[int]:
        """Every number in the ranges of the kind, once, ascending."""
        spans = {"queues": self.queues, "extensions": self.extensions}.get(kind, [])
        return sorted({number for first, last in map(bounds, spans) for number in range(first, last + 1)})


class Scan(_Part):
    """How ids are visited: from ``first`` on, until ``gap`` ids in a row are not there."""

    first: Annotated[int, Field(ge=1)] = 1
    gap: Annotated[int, Field(ge=1)] = 20
    ranges: Ranges = Ranges()


class ExtensionSettings(_Part):
    """``missing_secret``: what becomes of a secret that an update would have to repeat and nobody declared.

    ``allow_extra_vm_options``: voice mail options that EQ's document does not name are read and carried on.
    """

    missing_secret: Literal["refuse", "send_blank"] = "refuse"  # noqa: S105 (a choice, no secret)
    allow_extra_vm_options: bool = False


class Shapes(_Part):
    """The names in EQ's answers about the running system: assumed ones → those that this EQ uses."""

    license: dict[LicenceName, str] = Field(default_factory=dict)
    session: dict[Literal["user", "extension"], str] = Field(default_factory=dict)
    queued_call: dict[Literal["queue"], str] = Field(default_factory=dict)


class EqSettings(Settings):
    """``connections.NAME`` of vendor ``eq``."""

    url: Url
    api_key: Annotated[SecretRef, Field(description="The API key, generated in EQ Administration.")]
    limits: EqLimits = EqLimits()
    paths: dict[PathName, ApiPath] = Field(default_factory=dict)
    methods: Methods = Methods()
    item_style: Literal["path", "query"] = "path"
    body_encoding: Literal["form", "json"] = "form"
    auth_location: Literal["query", "body"] = "query"
    response_envelope: str | None = None
    field_map: dict[KindName, dict[str, str]] = Field(default_factory=dict)
    error_keys: ErrorKeys = ErrorKeys()
    defaults: dict[DefaultedKind, dict[str, Any]] = Field(default_factory=dict)
    scan: Scan = Scan()
    extension: ExtensionSettings = ExtensionSettings()
    shapes: Shapes = Shapes()

    @field_validator("defaults")
    @classmethod
    def _known_defaults(cls, defaults: dict[DefaultedKind, dict[str, Any]]) -> dict[DefaultedKind, dict[str, Any]]:
        return {kind: _checked(kind, flatten(values)) for kind, values in defaults.items()}

    def path(self, name: PathName) -> str:
        """The path of a collection below the base URL."""
        return self.paths.get(name, f"/{name}")

    def renamed(self, kind: KindName) -> dict[str, str]:
        """EQ's documented names of attributes → those that this EQ answers with."""
        return self.field_map.get(kind, {})

    def defaults_of(self, kind: KindName) -> Attributes:
        """What a create sends for fields that nobody declared, by our path."""
        return next((values for name, values in self.defaults.items() if name == kind), {})


def _checked(kind: DefaultedKind, values: dict[str, Any]) -> dict[str, Any]:
    """The values, if a declaration of the kind could hold them and EQ has a default for each."""
    known = BY_NAME[kind]
    defaulted = {item.path for item in known.attributes if item.default is not No.DEFAULT and not item.secret}
    for path in values:
        if path not in defaulted:
            raise PydanticCustomError("no_default", "`{path}` of {kind} takes no default", {"path": path, "kind": kind})
    try:
        known.offer.fields.model_validate(nest(values))
    except ValidationError as error:
        for problem in error.errors():
            if problem["type"] != "missing":
                path = ".".join(map(str, problem["loc"]))
                said = {"path": path, "kind": kind, "why": problem["msg"]}
                raise PydanticCustomError("default", "`{path}` of {kind}: {why}", said) from error
    return values


def account(settings: EqSettings) -> str:
    """The account behind the connection, ``eq://host:port/base/path``: the same text for every spelling of one URL."""
    return f"eq://{place_of(settings.url)}"
