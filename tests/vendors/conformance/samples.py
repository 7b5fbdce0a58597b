"""What the suite is told of a vendor: ``conformance.yaml``, a data file in the package of the vendor's simulator.

A vendor takes part by existing: an adapter, a simulator under the same name, and this file beside the simulator's
``__init__.py``. What is in it, of which `entity`, `declare`, `second` and `third` are needed for every kind::

    connection:                       # what stands under connections.NAME in a manifest, beside `vendor`
      url: $url                       # $url is the running simulator's, $NAME one of its credentials
      api_key: {from_env: API_KEY}    # every credential is in the environment under its name in capitals
    secrets: {PIN: "71942"}           # further variables that the declarations name
    settings: {page_size: 50}         # the simulator's settings, before anything else
    volatile: [updatedAt]             # attributes that the vendor changes by itself, in the simulator's names
    kinds:
      agents:
        entity: agent                 # what the simulator calls the kind
        portal:                       # what a person has made before; `as` is a name for its id
          - {kind: user, as: ana, attributes: {email: ana@example.com}}
        beside:                       # other declarations that the sample refers to: kind, key, fields
          teams: {night: {name: Night}}
        declare: {user_id: $ana, name: Ana, teams: [night]}     # the first declaration; $ana is that id
        second: {user_id: $bob, name: Bob}                      # laid over it: another entity of the kind,
        third: {user_id: $eve, name: Eve}                       # and one that is declared and never made
        made: {name: Ana}             # where the vendor has no create: how a person makes the first,
        made_second: {name: Bob}      # and the second
        changes:                      # moves from one desired state to the next
          - declare: {name: Anna, bio: null}     # laid over what is declared so far, nested maps too
            drop: [timezone]                     # no longer declared
            portal: {name: Anna}                 # where the change is a person's: what the person then does
        evidence:                     # listings that cannot be right; what is asked of the vendor must stay unknown
          a page repeats: {connection: {page_size: 1}, settings: {repeat_from: 2}, faults: [{effect: garbage}]}

Every field that can be changed is changed at least once, and every one that can be cleared is null at least once:
``test_samples.py`` names what was left out. A secret changes by its ``version``. A field that is IMMUTABLE (a replace)
changes in a move of its own, and so do the fields that a person changes. ``settings`` and ``faults`` are the
simulator's (docs/simulators.md); a fault of ``evidence`` happens every time unless it says ``times``. Connections have
``retries: 0``. Where something is there that no manifest declares, put it into ``portal``: it must stay untouched.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from importlib import resources
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from provisioner.errors import ProvisionerError
from provisioner.simulators.finding import home
from provisioner.vendors.base import Offer
from provisioner.vendors.loading import find_vendor, vendor_names

FILE = "conformance.yaml"

Declared = dict[str, Any]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Made(_Part):
    """Something that a person has made in the portal."""

    kind: str
    attributes: Declared
    named: str = Field(default="", alias="as")


class Change(_Part):
    """A move: what is declared anew, what is no longer declared, and a person's part in it."""

    declare: Declared = {}
    drop: tuple[str, ...] = ()
    portal: Declared | None = None


class Evidence(_Part):
    """A listing that cannot be right."""

    connection: Declared = {}
    settings: Declared = {}
    faults: tuple[Declared, ...] = ()


class KindSamples(_Part):
    """What is declared of one kind."""

    entity: str
    portal: tuple[Made, ...] = ()
    beside: dict[str, dict[str, Declared]] = {}
    declare: Declared
    second: Declared
    third: Declared
    made: Declared | None = None
    made_second: Declared | None = None
    changes: tuple[Change, ...] = ()
    evidence: dict[str, Evidence] = {}


class Samples(_Part):
    """What is declared of a vendor."""

    connection: Declared
    secrets: dict[str, str] = {}
    settings: Declared = {}
    volatile: frozenset[str] = frozenset()
    kinds: dict[str, KindSamples]


class Missing(AssertionError):
    """A vendor cannot take part; the message says what to add."""


@lru_cache
def samples_of(vendor: str) -> Samples:
    """What the vendor's file says; raises Missing where there is none, or none that can be read."""
    try:
        place = home(vendor)
    except ProvisionerError as error:
        raise Missing(
            f"`{vendor}` has no simulator: add a package that holds SIMULATOR, in provisioner/simulators/{vendor}/ or "
            f"behind an entry point `{vendor}` of group `provisioner.simulators`"
        ) from error
    package = place.__name__ if hasattr(place, "__path__") else place.__name__.rpartition(".")[0]
    file = resources.files(package) / FILE
    if not file.is_file():
        raise Missing(f"`{vendor}` has no samples: add {FILE} to the package `{package}`; its form is in {__file__}")
    try:
        return Samples.model_validate(YAML(typ="safe").load(file.read_text("utf-8")))
    except (ValidationError, YAMLError) as error:
        raise Missing(f"{file}: {error}") from error


def kind_samples(vendor: str, kind: str) -> KindSamples:
    """What the vendor's file says of a kind; raises Missing."""
    found = samples_of(vendor).kinds.get(kind)
    if found is None:
        raise Missing(f"{FILE} of `{vendor}` says nothing of {kind}: add it under `kinds`; its form is in {__file__}")
    return found


def offer_of(vendor: str, kind: str) -> Offer:
    return find_vendor(vendor).kinds[kind]


def all_kinds() -> Iterator[tuple[str, str]]:
    """Every vendor that is installed, with each of its kinds."""
    for vendor in vendor_names():
        for kind in sorted(find_vendor(vendor).kinds):
            yield vendor, kind


def told_kinds() -> Iterator[tuple[str, str, KindSamples]]:
    """The same as far as there are samples; ``test_samples.py`` complains of the others."""
    for vendor, kind in all_kinds():
        try:
            yield vendor, kind, kind_samples(vendor, kind)
        except Missing:
            continue


# --- What is declared ---------------------------------------------------------------------------------------------


def laid_over(base: Mapping[str, Any], more: Mapping[str, Any], offer: Offer, prefix: str = "") -> Declared:
    """``base`` with ``more`` over it, nested maps leaf by leaf."""
    merged = dict(base)
    for name, value in more.items():
        inner = merged.get(name)
        if isinstance(value, dict) and isinstance(inner, dict) and is_nested(offer, f"{prefix}{name}"):
            merged[name] = laid_over(inner, value, offer, f"{prefix}{name}.")
        else:
            merged[name] = value
    return merged


def leaves(declared: Mapping[str, Any], offer: Offer, prefix: str = "") -> dict[str, Any]:
    """What is declared by dotted path; a secret, a reference and a list are leaves."""
    found: dict[str, Any] = {}
    for name, value in declared.items():
        path = f"{prefix}{name}"
        if isinstance(value, dict) and is_nested(offer, path):
            found |= leaves(value, offer, f"{path}.")
        else:
            found[path] = value
    return found


def told(declared: Mapping[str, Any], offer: Offer) -> dict[str, Any]:
    """The same; a field that a list's members have apart from the list has a path of its own, with who has what."""
    found = leaves(declared, offer)
    for path in offer.member_paths:
        above, name = list_of(path), path.rpartition(".")[2]
        members = [item for item in found.get(above) or () if isinstance(item, dict) and name in item]
        if members:
            found[path] = members
            found[above] = [_bare(item, name) for item in found[above]]
    return found


def list_of(path: str) -> str:
    """The list whose members have the field by themselves: ``agents`` of ``agents[].logged_in``."""
    return path.rpartition(".")[0].removesuffix("[]")


def _bare(member: Any, name: str) -> Any:
    """The member without that field: a key alone where nothing else is said of it."""
    if not isinstance(member, dict):
        return member
    rest = {key: value for key, value in member.items() if key != name}
    return rest if len(rest) > 1 or "id" in rest else next(iter(rest.values()))


def is_nested(offer: Offer, path: str) -> bool:
    """Whether fields lie below that one."""
    return any(other.startswith(f"{path}.") for other in offer.specs)
