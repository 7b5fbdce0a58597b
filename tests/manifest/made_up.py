"""Two vendors that exist only here, and folders written from a map of files: what the manifest tests stand on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from provisioner.diagnostics import Diagnostic, did_you_mean
from provisioner.errors import ManifestError
from provisioner.plan.desired import Desired, check
from provisioner.secrets import Secret, SecretRef
from provisioner.values import Attributes
from provisioner.vendors.base import Call, Find, Offer, Problem, Session, Settings, UnknownVendor, Vendor
from provisioner.vendors.fields import UNSAID, Fields, Mark, Ref, Reference, Unique

Number = Annotated[
    str,
    StringConstraints(pattern=r"^[1-9][0-9]{0,4}$"),
    Field(json_schema_extra={"expected": "1 to 5 digits, the first not 0"}),
]


class Agent(Fields):
    """At Alpha, a number makes an agent."""

    number: Annotated[Number, Mark.NATURAL_KEY, Unique(digits=5)]
    first_name: Annotated[str, Mark.PERSONAL, Field(max_length=10)] = UNSAID
    last_name: Annotated[str | None, Mark.PERSONAL, Mark.CLEARABLE] = UNSAID
    email: Annotated[str | None, Unique()] = UNSAID
    password: SecretRef = UNSAID
    language: Literal["en", "es", "he"] = UNSAID
    mentor: Annotated[Reference | None, Ref("agents")] = UNSAID


class Recording(BaseModel):
    """A nested map."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, arbitrary_types_allowed=True)

    mode: Literal["yes", "no", "always"] = UNSAID
    keep: Annotated[int, Field(ge=1)] = UNSAID
    key: SecretRef | None = UNSAID


class Queue(Fields):
    """At Alpha, a queue has a roster."""

    name: Annotated[str, Mark.NATURAL_KEY, Unique()]
    weight: Annotated[int, Field(ge=0, le=10, json_schema_extra={"expected": "0 to 10"})] = UNSAID
    announce: bool = UNSAID
    share: float = UNSAID
    recording: Recording | None = UNSAID
    agents: Annotated[list[Reference], Ref("agents")] = UNSAID
    days: tuple[Literal["mon", "tue"], ...] = UNSAID


class Alert(Fields):
    """An alert's name is unique within its supervisor, who may be nobody."""

    supervisor: Annotated[Reference | None, Mark.NATURAL_KEY, Ref("supervisors")] = UNSAID
    name: Annotated[str, Mark.NATURAL_KEY, Unique(within="supervisor")]
    queue: Annotated[Reference, Ref("queues")] = UNSAID
    from_: Annotated[str, Field(alias="from")] = UNSAID


class Supervisor(Fields):
    """The least that a kind can be."""

    name: Annotated[str, Mark.NATURAL_KEY]


class Person(Fields):
    """At Beta, an agent is an e-mail address."""

    email: Annotated[str, Mark.NATURAL_KEY, Unique()]
    first_name: str = UNSAID
    timezone: str = UNSAID
    wrap_up_time: int = UNSAID


class Room(Fields):
    """A kind that only Beta has."""

    name: Annotated[str, Mark.NATURAL_KEY]


def _no_fives(declared: Attributes) -> Iterator[Problem]:
    if declared.get("weight") == 5:
        yield Problem("weight", "Alpha has no weight 5", "4 or 6")


def _offer(fields: type[Fields], **more: Any) -> Offer:
    return Offer(fields, Call.LIST | Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE, {}, Find.LIST, **more)


class AlphaSettings(Settings):
    """What a connection to Alpha needs."""

    url: str
    api_key: SecretRef


class BetaSettings(Settings):
    """What a connection to Beta needs."""

    workspace: Annotated[str, Field(min_length=3)]


def _no_connection(settings: Any, name: str, secrets: Mapping[str, Secret]) -> Session:
    raise AssertionError("nothing here talks to a vendor")


ALPHA = Vendor(
    "alpha",
    title="Alpha",
    kinds={
        "agents": _offer(Agent),
        "queues": _offer(Queue, rules=_no_fives),
        "supervisors": _offer(Supervisor),
        "alerts": _offer(Alert),
    },
    settings=AlphaSettings,
    account=lambda settings: f"alpha {settings.url}",
    connect=_no_connection,
)
BETA = Vendor(
    "beta",
    title="Beta",
    kinds={"agents": _offer(Person), "rooms": _offer(Room)},
    settings=BetaSettings,
    account=lambda settings: f"beta {settings.workspace}",
    connect=_no_connection,
)
VENDORS = {"alpha": ALPHA, "beta": BETA}


def find_vendor(name: str) -> Vendor:
    """One of the two."""
    if name not in VENDORS:
        raise UnknownVendor(f"there is no vendor `{name}`", hint=did_you_mean(name, VENDORS))
    return VENDORS[name]


def vendor_names() -> Sequence[str]:
    """Both."""
    return tuple(VENDORS)


ONE = """\
tenant: acme
connections:
  pbx: {vendor: alpha, url: "https://pbx.example.com", api_key: {from_env: KEY}}
"""
"""A tenant with one connection; three lines."""

TWO = ONE + "  inbox: {vendor: beta, workspace: w-123}\n"
"""A tenant with a connection to each vendor; four lines."""


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """The folder with these files in it."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return folder


def desired(folder: Path, *, overlays: Sequence[str] = (), **files: str) -> Desired:
    """What the tenant wants that these files (names without ``.yaml``) make, with ``overlays`` named by ``-f``."""
    write(folder, {f"{name}.yaml": text for name, text in files.items()})
    return check(folder, find_vendor, vendor_names=vendor_names, overlays=[Path(name) for name in overlays])


def problems(
    folder: Path, files: Mapping[str, str | bytes] | None = None, *, overlays: Sequence[str] = ()
) -> tuple[Diagnostic, ...]:
    """Everything wrong with the folder, after these files were added; empty where nothing is."""
    write(folder, files or {})
    try:
        check(folder, find_vendor, vendor_names=vendor_names, overlays=[Path(name) for name in overlays])
    except ManifestError as error:
        return error.diagnostics
    return ()
