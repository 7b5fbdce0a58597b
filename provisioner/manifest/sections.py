"""What the sections say that are no kinds: tenant, connections, defaults, guards, state, moved, removed, imports."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from provisioner.address import Address, Pattern, is_name
from provisioner.diagnostics import Diagnostic, listed
from provisioner.errors import UsageError
from provisioner.manifest.declarations import Block, Connection, Defaults, Import, Moved, Origin, Removed
from provisioner.manifest.forms import bad_key, kind_of, names, not_a, unknown_keys
from provisioner.manifest.source import KeyPath, Place

SECTIONS = ("tenant", "connections", "defaults", "guards", "state", "moved", "removed", "imports")


@dataclass
class Sections:
    """What was gathered from the files so far; ``places`` are where names were first given."""

    tenant: tuple[str, Origin] | None = None
    connections: dict[str, Connection] = field(default_factory=dict)
    default_on: tuple[tuple[str, ...] | None, Origin] | None = None
    default_kinds: dict[tuple[str, str | None], Block] = field(default_factory=dict)
    guards: Block | None = None
    state: Block | None = None
    moved: list[Moved] = field(default_factory=list)
    removed: list[Removed] = field(default_factory=list)
    imports: list[Import] = field(default_factory=list)
    broken: set[tuple[str, str]] = field(default_factory=set)
    written: set[str] = field(default_factory=set)

    def defaults(self) -> Defaults:
        on, origin = self.default_on or (None, None)
        return Defaults(on, origin, self.default_kinds)


Take = Callable[[Sections, Any, Place, "list[Diagnostic]"], None]


def take(sections: Sections, name: str, value: object, place: Place, problems: list[Diagnostic]) -> None:
    """Adds one file's section of that name; ``place`` is that of the section."""
    sections.written.add(name)
    if value is None and name != "tenant":
        return
    _TAKERS[name](sections, value, place, problems)


def twice(what: str, first: Origin, second: Origin) -> Diagnostic:
    """The complaint about something that is declared in two places."""
    return second.problem(
        "declared_twice",
        f"{what} is already declared at {first.position()}",
        of_key=True,
        hint="keep one of the two",
    )


def _tenant(sections: Sections, value: Any, place: Place, problems: list[Diagnostic]) -> None:
    if not isinstance(value, str) or not value.strip():
        hint = "write a name of your own, as in `tenant: acme`: the state remembers it"
        empty = value is None or isinstance(value, str)
        said = "`tenant` has no name in it" if empty else f"`tenant` must be a name, and this is {kind_of(value)}"
        origin, path = place.here()
        problems.append(origin.problem("wrong_form", said, path, expected="a name", hint=hint))
        sections.broken.add(("tenant", ""))
        return
    if sections.tenant is not None:
        problems.append(twice("the tenant", sections.tenant[1], place))
        return
    sections.tenant = (value.strip(), place)


def _connections(sections: Sections, value: Any, place: Place, problems: list[Diagnostic]) -> None:
    for name, settings, below in _entries(value, "`connections`", place, problems):
        if not is_name(name):
            problems.append(bad_key(name, "the name of a connection", below))
            sections.broken.add(("connections", name))
        elif name in sections.connections:
            problems.append(twice(f"the connection `{name}`", sections.connections[name].block.origin, below))
        elif not isinstance(settings, dict):
            problems.append(not_a("a map with its `vendor`", settings, f"the connection `{name}`", *below.here()))
            sections.broken.add(("connections", name))
        else:
            sections.connections[name] = Connection(name, Block(settings, below))


def _defaults(sections: Sections, value: Any, place: Place, problems: list[Diagnostic]) -> None:
    for name, fields, below in _entries(value, "`defaults`", place, problems):
        if name == "on":
            _default_on(sections, fields, below, problems)
            continue
        kind, at, connection = name.partition("@")
        target = (kind, connection if at else None)
        if not is_name(kind) or (at and not is_name(connection)):
            problems.append(
                below.problem(
                    "defaults",
                    f"`{name}` is not something that defaults can be for",
                    of_key=True,
                    expected="`on`, KIND or KIND@CONNECTION, as in `agents` or `queues@pbx`",
                )
            )
        elif target in sections.default_kinds:
            problems.append(twice(f"`defaults.{name}`", sections.default_kinds[target].origin, below))
        elif fields is not None and not isinstance(fields, dict):
            problems.append(not_a("a map of fields", fields, f"`defaults.{name}`", *below.here()))
        else:
            sections.default_kinds[target] = Block(fields or {}, below)


def _default_on(sections: Sections, value: Any, place: Place, problems: list[Diagnostic]) -> None:
    if sections.default_on is not None:
        problems.append(twice("`defaults.on`", sections.default_on[1], place))
        return
    connections = names(value, "`defaults.on`", place.above(), ("on",), problems)
    if connections is None:
        sections.broken.add(("defaults", "on"))
    sections.default_on = (connections, place)


def _guards(sections: Sections, value: Any, place: Place, problems: list[Diagnostic]) -> None:
    sections.guards = _block("guards", sections.guards, value, place, problems)


def _state(sections: Sections, value: Any, place: Place, problems: list[Diagnostic]) -> None:
    sections.state = _block("state", sections.state, value, place, problems)


def _block(name: str, present: Block | None, value: Any, place: Place, problems: list[Diagnostic]) -> Block | None:
    if present is not None:
        problems.append(twice(f"`{name}`", present.origin, place))
        return present
    if not isinstance(value, dict):
        problems.append(not_a("a map", value, f"`{name}`", *place.here()))
        return None
    return Block(value, place)


def _entries(value: Any, what: str, place: Place, problems: list[Diagnostic]) -> list[tuple[str, Any, Place]]:
    if not isinstance(value, dict):
        problems.append(not_a("a map", value, what, *place.here()))
        return []
    return [(name, inner, place.below(name)) for name, inner in value.items()]


# --- moved, removed, imports: lists of small maps -----------------------------------------------------------------


def _moved(sections: Sections, value: Any, place: Place, problems: list[Diagnostic]) -> None:
    for item, below in _items(value, "moved", ("from", "to"), ("from", "to"), place, problems):
        source = _parsed(Pattern.parse, item["from"], below, ("from",), problems)
        target = _parsed(Pattern.parse, item["to"], below, ("to",), problems)
        if source is not None and target is not None:
            sections.moved.append(Moved(source, target, below))


def _removed(sections: Sections, value: Any, place: Place, problems: list[Diagnostic]) -> None:
    for item, below in _items(value, "removed", ("address",), ("address", "destroy"), place, problems):
        pattern = _parsed(Pattern.parse, item["address"], below, ("address",), problems)
        destroy = item.get("destroy", True)
        if not isinstance(destroy, bool):
            problems.append(not_a("true or false", destroy, "`destroy`", below, ("destroy",)))
        elif pattern is not None:
            sections.removed.append(Removed(pattern, destroy, below))


def _imports(sections: Sections, value: Any, place: Place, problems: list[Diagnostic]) -> None:
    for item, below in _items(value, "imports", ("address", "id"), ("address", "id"), place, problems):
        address = _parsed(Address.parse, item["address"], below, ("address",), problems)
        vendor_id = item["id"]
        if isinstance(vendor_id, bool) or not isinstance(vendor_id, str | int) or not str(vendor_id).strip():
            problems.append(
                not_a("what the vendor calls the entity, a text or a whole number", vendor_id, "`id`", below, ("id",))
            )
        elif address is not None:
            sections.imports.append(Import(address, str(vendor_id), below))


def _items(
    value: Any, name: str, needed: tuple[str, ...], known: tuple[str, ...], place: Place, problems: list[Diagnostic]
) -> list[tuple[Mapping[str, Any], Place]]:
    if not isinstance(value, list):
        problems.append(not_a("a list", value, f"`{name}`", *place.here()))
        return []
    good: list[tuple[Mapping[str, Any], Place]] = []
    for index, item in enumerate(value):
        below = place.below(index)
        if not isinstance(item, dict):
            problems.append(not_a("a map with " + listed(known), item, f"each item of `{name}`", place, (index,)))
            continue
        problems += unknown_keys(item, known, f"an item of `{name}`", below)
        missing = [key for key in needed if key not in item]
        if missing:
            problems.append(
                below.problem("missing", f"an item of `{name}` needs {listed(missing)}", expected=listed(known))
            )
        else:
            good.append((item, below))
    return good


T = TypeVar("T")


def _parsed(parse: Callable[[str], T], value: Any, place: Place, path: KeyPath, problems: list[Diagnostic]) -> T | None:
    if not isinstance(value, str):
        problems.append(not_a("an address", value, f"`{path[-1]}`", place, path))
        return None
    try:
        return parse(value)
    except UsageError as error:
        problems.append(place.problem("address", error.message, path, hint=error.hint))
        return None


_TAKERS: dict[str, Take] = {
    "tenant": _tenant,
    "connections": _connections,
    "defaults": _defaults,
    "guards": _guards,
    "state": _state,
    "moved": _moved,
    "removed": _removed,
    "imports": _imports,
}
