"""Every instance with its checked fields: one declaration, one connection, one model."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any

from provisioner.address import Address
from provisioner.diagnostics import Diagnostic, Severity, did_you_mean
from provisioner.manifest.declarations import Declaration, Manifests, Origin
from provisioner.manifest.source import KeyPath
from provisioner.plan.adding import plain_lists
from provisioner.plan.checking import Checked, check_values
from provisioner.plan.complaints import Complaint
from provisioner.plan.desired import Instance
from provisioner.plan.locating import locate
from provisioner.plan.members import members
from provisioner.plan.merging import NO_DEFAULTS, Layer, known_part, layer, overlaid, shared_problems, whose
from provisioner.plan.placing import Placed, Placing
from provisioner.plan.shape import Shape, shape_of
from provisioner.secrets import SecretRef
from provisioner.values import Value, addition, secret
from provisioner.vendors.base import Vendor

_NO_SECRETS: Mapping[str, SecretRef] = {}
_NO_DEFAULTED: Mapping[str, str] = {}
_NOTHING_IGNORED: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Faulty:
    """An instance that has problems: what is good of it, and the values that were complained of, by path.

    ``misspelt``: a field of it is unknown, so that nobody can tell what it lacks.
    """

    instance: Instance
    wrong: Mapping[str, Any]
    misspelt: bool

    @property
    def comparable(self) -> Instance:
        """The instance with only those unique values whose scope is good too."""
        specs = self.instance.offer.specs
        unsure = {path for path, spec in specs.items() if spec.unique and spec.unique.within in self.wrong}
        attributes = {path: value for path, value in self.instance.attributes.items() if path not in unsure}
        return replace(self.instance, attributes=attributes)


@dataclass
class Instances:
    """What came of the placed declarations; one that has problems is among ``faulty``, as far as it can be told."""

    good: dict[Address, Instance] = field(default_factory=dict)
    faulty: dict[Address, Faulty] = field(default_factory=dict)
    problems: list[Diagnostic] = field(default_factory=list)


def instances(manifests: Manifests, placing: Placing, vendors: Mapping[str, Vendor]) -> Instances:
    """Each placed declaration with its fields checked, references still as written.

    ``vendors`` are those of all connections, to say who has a field that the declaration's own vendor lacks.
    """
    maker = _Maker(manifests, vendors, placing.unsure)
    for _, group in groupby(placing.placed, key=lambda item: id(item.declaration)):
        maker.make(list(group))
    return maker.found


Told = tuple[Diagnostic, bool]
"""A problem of an instance, and whether it is about what all instances of the declaration share."""


def _with_names(told: Mapping[str, Iterable[Told]]) -> Iterator[Diagnostic]:
    """The problems of a declaration's instances, by connection; whoever alone objects to something shared is named."""
    objecting: dict[Diagnostic, list[str]] = {}
    for connection, problems in told.items():
        for problem, shared in problems:
            if shared and len(told) > 1:
                objecting.setdefault(replace(problem, address=None), []).append(connection)
            else:
                yield problem
    for problem, names in objecting.items():
        some = ", ".join(f"`{name}`" for name in names)
        yield problem if len(names) == len(told) else replace(problem, message=f"{problem.message} (on {some})")


class _Maker:
    """Makes instances, remembering what those of one kind on one connection share."""

    def __init__(
        self, manifests: Manifests, vendors: Mapping[str, Vendor], unsure: Collection[tuple[str, str]]
    ) -> None:
        self._vendors = vendors
        self._unsure = unsure
        self.found = Instances()
        self._manifests = manifests
        self._layers: dict[tuple[str, str], Layer] = {}
        self._paths: dict[Any, Mapping[str, KeyPath]] = {}

    def make(self, group: list[Placed]) -> None:
        """One declaration on all its connections."""
        problems = [] if self._is_unsure(group) else [*shared_problems(group, self._vendors), *_ignored_problems(group)]
        unknown = {problem.position for problem in problems}
        told = {item.address.connection: self._instance(item, group) for item in group}
        problems += [problem for problem in _with_names(told) if problem.position not in unknown]
        self.found.problems += problems

    def _is_unsure(self, group: Collection[Placed]) -> bool:
        """True where a vendor that nobody knows may have the fields that the others lack."""
        return any((item.declaration.kind, item.declaration.key) in self._unsure for item in group)

    def _layer(self, item: Placed, shape: Shape) -> Layer:
        name = (item.address.kind, item.address.connection)
        if name not in self._layers:
            self._layers[name] = layer(self._manifests, *name, shape)
        return self._layers[name]

    def _instance(self, item: Placed, group: Collection[Placed]) -> list[Told]:
        """What is wrong with the instance, which is kept, good or faulty; ``group`` is the declaration, everywhere."""
        shape = shape_of(item.offer.fields)
        defaults = self._layer(item, shape)
        raw: Mapping[str, Any] = item.declaration.fields
        if len(group) > 1 or self._is_unsure(group):
            raw = known_part(shape, raw)
        if item.own:
            raw = overlaid(shape, raw, item.own)
        if defaults is not NO_DEFAULTS:
            raw = overlaid(shape, defaults.fields, raw)
        checked = check_values(shape, raw)
        problems: list[Told] = []
        if checked.complaints:
            written = _Written(item, defaults, self._vendors, group)
            problems = [(written.locate(told), written.is_shared(told)) for told in checked.complaints]
        if checked.model is None:
            return problems
        attributes = _attributes(checked)
        problems += [
            (
                item.declaration.origin.problem(
                    "missing", f"{_called(item, path)} is missing", expected=_expected(item, path)
                ),
                True,
            )
            for path in _complete(item, attributes, checked.wrong)
            if path not in checked.wrong
        ]
        made = self._made(item, attributes, checked, defaults)
        if problems:
            misspelt = any(complaint.code == "unknown_field" for complaint in checked.complaints)
            self.found.faulty[item.address] = Faulty(made, checked.wrong, misspelt)
        else:
            self.found.good[item.address] = made
        return problems

    def _made(self, item: Placed, attributes: dict[str, Value], checked: Checked, defaults: Layer) -> Instance:
        declaration = item.declaration
        defaulted = _NO_DEFAULTED
        if defaults is not NO_DEFAULTS:
            written = _Written(item, defaults)
            defaulted = {
                path: text for path, text in defaults.sources.items() if path in attributes and written.is_default(path)
            }
        lifecycle = declaration.lifecycle
        return Instance(
            address=item.address,
            offer=item.offer,
            vendor=item.vendor.name,
            attributes=attributes,
            secrets=checked.secrets or _NO_SECRETS,
            default_from=defaulted,
            ignore=_ignored(item) if lifecycle.ignore_changes else _NOTHING_IGNORED,
            prevent_destroy=lifecycle.prevent_destroy,
            file=declaration.file,
            origin=declaration.origin,
            paths=self._paths_of(item, attributes, defaulted),
        )

    def _paths_of(
        self, item: Placed, attributes: Mapping[str, Value], defaulted: Mapping[str, str]
    ) -> Mapping[str, KeyPath]:
        """Where each field is written, below the declaration; instances of one form share the map."""
        own = _leaves(item.own) if item.own else ()
        form = (tuple(attributes), own, item.address.connection if own else "", tuple(defaulted))
        paths = self._paths.get(form)
        if paths is None:
            above: KeyPath = ("on", item.address.connection)
            paths = {
                path: (*above, *path.split(".")) if path in own else tuple(path.split("."))
                for path in attributes
                if path not in defaulted
            }
            self._paths[form] = paths
        return paths


def _leaves(nested: Mapping[str, Any], prefix: str = "") -> tuple[str, ...]:
    """The dotted paths of everything in a map, inner maps included."""
    found: list[str] = []
    for name, value in nested.items():
        found.append(f"{prefix}{name}")
        if isinstance(value, dict):
            found += _leaves(value, f"{prefix}{name}.")
    return tuple(found)


class _Written:
    """Where the fields of one instance are written."""

    def __init__(
        self, item: Placed, defaults: Layer, vendors: Mapping[str, Vendor] | None = None, group: Collection[Placed] = ()
    ) -> None:
        self._item = item
        self._defaults = defaults
        self._vendors = vendors or {}
        self._group = group

    def is_default(self, path: str) -> bool:
        """True where neither the declaration nor its part under ``on`` has the field or a map above it as a value."""
        parts = tuple(path.split("."))
        return not _has(self._item.own, parts) and not _has(self._item.declaration.fields, parts)

    def locate(self, complaint: Complaint) -> Diagnostic:
        """The complaint where the value stands; for what is missing, at the declaration."""
        origin, path = self._place(complaint)
        above = path[: len(path) - len(complaint.path)]
        complaint = whose(complaint, self._group, self._vendors)
        return locate(complaint, origin, above, address=self._item.address.text)

    def is_shared(self, complaint: Complaint) -> bool:
        """True where what is complained of does not stand under ``on`` for this connection."""
        return self._place(complaint)[1][:1] != ("on",)

    def _place(self, complaint: Complaint) -> tuple[Origin, KeyPath]:
        item, path = self._item, complaint.path
        for depth in range(len(path), 0, -1):
            part = path[:depth]
            if _has(item.own, part):
                return item.declaration.origin, ("on", item.address.connection, *path)
            if _has(item.declaration.fields, part):
                return item.declaration.origin, path
            default = self._defaults.origins.get(".".join(map(str, part)))
            if default is not None:
                return default[0], path
        return item.declaration.origin, path


def _has(fields: Mapping[str, Any], path: KeyPath) -> bool:
    """True where the path leads to a value in ``fields``, or to a list or a scalar above it."""
    value: Any = fields
    for name in path:
        if not isinstance(value, dict):
            return True
        if name not in value:
            return False
        value = value[name]
    return True


def _attributes(checked: Checked) -> dict[str, Value]:
    """The model's declared values, flat, with versions in place of secrets."""
    if checked.model is None:
        raise AssertionError("nothing is known of these values")
    flat: dict[str, Value] = {}
    for path, value in _flat(checked.model.model_dump(exclude_unset=True, by_alias=True), "", checked.secrets):
        flat[path] = value
    for path in checked.added & flat.keys():
        flat[path] = addition(members(flat[path]))
    return flat


def _flat(nested: Mapping[str, Any], prefix: str, secrets: Mapping[str, SecretRef]) -> Iterator[tuple[str, Value]]:
    for name, value in nested.items():
        path = f"{prefix}{name}"
        if path in secrets:
            yield path, secret(secrets[path].version)
        elif isinstance(value, dict) and value and value.keys() != {"id"}:
            yield from _flat(value, f"{path}.", secrets)
        elif isinstance(value, tuple):
            yield path, list(value)
        else:
            yield path, value


def _complete(item: Placed, attributes: dict[str, Value], wrong: Mapping[str, Any]) -> list[str]:
    """Parts of the natural key that are missing; one that may be null is null where nothing is said."""
    if item.offer.either_key:
        return [] if item.offer.natural_key(attributes) is not None else list(item.offer.key_paths[:1])
    missing = []
    for path in item.offer.key_paths:
        if path not in attributes:
            if item.offer.specs[path].nullable and path not in wrong:
                attributes[path] = None
            else:
                missing.append(path)
    return missing


def _called(item: Placed, path: str) -> str:
    """The part of the key in words; where each part is a key by itself, all of them."""
    paths = item.offer.key_paths if item.offer.either_key else (path,)
    return " or ".join(f"`{one}`" for one in paths)


def _expected(item: Placed, path: str) -> str | None:
    return None if item.offer.either_key else item.offer.specs[path].expected or None


def _ignored_problems(group: list[Placed]) -> list[Diagnostic]:
    declaration: Declaration = group[0].declaration
    known = {path for item in group for path in item.offer.specs}
    return [
        declaration.origin.problem(
            "unknown_field",
            f"`ignore_changes` names `{name}`, and there is no such field",
            ("lifecycle", "ignore_changes", position),
            hint=did_you_mean(name, known),
        )
        for position, name in enumerate(declaration.lifecycle.ignore_changes)
        if name not in known
    ]


def _ignored(item: Placed) -> frozenset[str]:
    """The fields under ``ignore_changes``, with all that lies below a map of fields or in a list's members."""
    named = item.declaration.lifecycle.ignore_changes
    below = tuple(f"{name}{sign}" for name in named for sign in (".", "[]."))
    return frozenset(path for path in item.offer.specs if path in named or path.startswith(below))


def rule_problems(found: Iterable[Instance], faulty: Iterable[Faulty] = ()) -> Iterator[Diagnostic]:
    """What the vendors' own offline rules object to; in a faulty instance wrong values stand as they were written."""
    for instance in found:
        for problem in instance.offer.rules(plain_lists(instance.offer, instance.attributes)):
            yield _rule_problem(instance, problem.path, problem.message, problem.expected)
    for item in faulty:
        written = {**plain_lists(item.instance.offer, item.instance.attributes), **item.wrong}
        for problem in () if item.misspelt else item.instance.offer.rules(written):
            if problem.path not in item.wrong:
                yield _rule_problem(item.instance, problem.path, problem.message, problem.expected)


def _rule_problem(instance: Instance, path: str, message: str, expected: str | None) -> Diagnostic:
    if instance.origin is None:
        raise AssertionError("an instance of a manifest has an origin")
    where = instance.paths.get(path, ())
    default = instance.default_from.get(path)
    return instance.origin.problem(
        "rule",
        message,
        where,
        expected=expected,
        hint=f"the value comes from {default}" if default else None,
        severity=Severity.ERROR,
    )
