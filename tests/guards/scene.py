"""What the tables' edits do: to manifests, to the command line, to the record, to what stands at the vendor.

An edit is a list of steps as a table writes them, each a map of one key: the name of a step and what it is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from typing import Any, Protocol

from provisioner.address import Address
from provisioner.state.document import Document
from tests.guards.houses import MAIN, OTHER, Fields, House, declarations, line_of

ENTITIES = {  # what the vendors call what we call so
    "eq": {
        "supervisors": "supervisor",
        "agents": "agent",
        "queues": "call_queue",
        "pause_codes": "pause_code",
        "extensions": "extension",
    },
    "deepcall": {"roles": "role", "agents": "agent", "queues": "group"},
}


class Unfit(Exception):
    """What a step names is not there."""


class Portal(Protocol):
    """An account as a person sees it in the vendor's administration (``Control`` is one)."""

    def create(self, kind: str, attributes: Mapping[str, Any], *, force: bool = False) -> str: ...

    def change(self, kind: str, key: str, attributes: Mapping[str, Any], *, force: bool = False) -> None: ...

    def delete(self, kind: str, key: str) -> None: ...

    def empty(self) -> None: ...

    def settings(self, **changes: Any) -> Any: ...

    def fault(self, effect: str, **rule: Any) -> None: ...


@dataclass
class Scene:
    """A centre right before a plan: what the steps of an edit change."""

    house: House
    state: Document
    portal: Callable[[str], Portal]
    """Opens the account behind one of the addresses in the manifests."""
    files: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)
    overlays: tuple[str, ...] = ()
    environ: dict[str, str] = field(default_factory=dict)

    def edit(self, steps: Iterable[Mapping[str, Any]]) -> None:
        """Does what a table's row says. Raises Unfit, with the files as before, where that cannot be done here."""
        before = dict(self.files)
        try:
            for step in steps:
                for name, told in step.items():
                    STEPS[name](self, told)
        except Unfit:
            self.files = before
            raise


def scene(house: House, state: Document, portal: Callable[[str], Portal]) -> Scene:
    """The centre as it was applied."""
    return Scene(house, state, portal, dict(house.files), [], tuple(house.overlays))


# --- files --------------------------------------------------------------------------------------------------------


def _named(scene: Scene, pattern: str) -> list[str]:
    """The files that a pattern names; a folder stands for all that is in it."""
    found = [file for file in scene.files if fnmatchcase(file, pattern) or file.startswith(f"{pattern}/")]
    if not found:
        raise Unfit(f"there is no `{pattern}`")
    return found


def _empty(scene: Scene, pattern: str) -> None:
    scene.files |= dict.fromkeys(_named(scene, pattern), "")


def _remove(scene: Scene, pattern: str) -> None:
    for file in _named(scene, pattern):
        del scene.files[file]


def _move(scene: Scene, told: Mapping[str, str]) -> None:
    for old, new in told.items():
        for file in _named(scene, old):
            scene.files[file.replace(old, new, 1)] = scene.files.pop(file)


def _write(scene: Scene, told: Mapping[str, str]) -> None:
    scene.files |= told


def _append(scene: Scene, told: Mapping[str, str]) -> None:
    for file, text in told.items():
        scene.files[file] = scene.files.get(file, "") + text


def _replace(scene: Scene, told: Mapping[str, Any]) -> None:
    """A search and replace; ``what`` is a regular expression."""
    count = 0
    for file in _named(scene, told.get("in", "*")):
        scene.files[file], times = re.subn(
            told["what"], told["by"], scene.files[file], count=told.get("times", 0), flags=re.MULTILINE
        )
        count += times
    if not count:
        raise Unfit(f"nothing is like `{told['what']}`")


def _cut(scene: Scene, pattern: str) -> None:
    """Only the first half of each file is left, cut between two lines."""
    for file in _named(scene, pattern):
        lines = scene.files[file].splitlines(keepends=True)
        scene.files[file] = "".join(lines[: (len(lines) + 1) // 2])


def _turn(scene: Scene, pattern: str) -> None:
    """The declarations of each file stand in the opposite order."""
    for file in _named(scene, pattern):
        head, *lines = scene.files[file].splitlines(keepends=True)
        scene.files[file] = "".join([head, *reversed(lines)])


def _split(scene: Scene, told: Mapping[str, str]) -> None:
    """The second half of a file goes into a new one."""
    for file, second in told.items():
        head, *lines = scene.files[file].splitlines(keepends=True)
        half = (len(lines) + 1) // 2
        scene.files[file] = "".join([head, *lines[:half]])
        scene.files[second] = "".join([head, *lines[half:]])


def _join(scene: Scene, told: Mapping[str, str]) -> None:
    """All files of a pattern become one."""
    for pattern, one in told.items():
        texts = [scene.files.pop(file) for file in _named(scene, pattern)]
        head = texts[0].splitlines(keepends=True)[0]
        scene.files[one] = "".join([head, *(line for text in texts for line in text.splitlines(keepends=True)[1:])])


# --- declarations -------------------------------------------------------------------------------------------------


def _keys(scene: Scene, kind: str) -> list[str]:
    return [key for text in scene.files.values() for found, key, _ in declarations(text) if found == kind]


def _chosen(scene: Scene, kind: str, who: Any) -> list[str]:
    """The keys that a table names: a number of them from the first on, `all`, `half`, `last`, `20%`, or by name."""
    keys = _keys(scene, kind)
    match who:
        case int():
            chosen = keys[:who]
        case "all":
            chosen = keys
        case "half":
            chosen = keys[::2]
        case "last":
            chosen = keys[-1:]
        case str() if who.endswith("%"):
            chosen = keys[: max(1, len(keys) * int(who[:-1]) // 100)]
        case _:
            chosen = [who] if isinstance(who, str) else list(who)
    if not chosen or not set(chosen) <= set(keys):
        raise Unfit(f"{kind}: {who} are not all there")
    return chosen


def _edited(scene: Scene, kind: str, edit: Callable[[str, Fields], str | None]) -> None:
    """Each declaration of the kind as ``edit`` writes it anew; None leaves it as it is."""
    for file, text in scene.files.items():
        if not text.startswith(f"{kind}:"):
            continue
        lines = [text.splitlines(keepends=True)[0]]
        for _, key, line in declarations(text):
            new = edit(key, _fields(line))
            lines.append(line if new is None else new)
        scene.files[file] = "".join(lines)


def _fields(line: str) -> Fields:
    """What a declaration says; raises Unfit where another edit has written it."""
    try:
        found: Fields = json.loads(line[line.index(":") + 1 :])
    except ValueError:
        raise Unfit(f"`{line.strip()}` is not as the houses write it") from None
    return found


def _take_out(scene: Scene, told: Mapping[str, Any]) -> None:
    """Declarations leave the manifests, and the rosters that name them."""
    for kind, who in told.items():
        gone = set(_chosen(scene, kind, who))
        _edited(scene, kind, lambda key, _, gone=gone: "" if key in gone else None)  # type: ignore[misc]
        if kind == "agents":
            _edited(scene, "queues", lambda key, fields, gone=gone: _without(key, fields, gone))  # type: ignore[misc]


def _without(key: str, fields: Fields, gone: set[str]) -> str | None:
    if gone.isdisjoint(fields.get("agents", ())):
        return None
    return line_of(key, {**fields, "agents": [one for one in fields["agents"] if one not in gone]})


def _set(scene: Scene, told: Mapping[str, Any]) -> None:
    """``{agents: jane, language: es}``; ``{n}`` in a text counts from 1, and `absent` takes a field out."""
    (kind, who), *values = told.items()
    order = {key: n for n, key in enumerate(_chosen(scene, kind, who), start=1)}

    def edit(key: str, fields: Fields) -> str | None:
        if key not in order:
            return None
        new = {**fields, **{name: _spelled(value, n=order[key], key=key) for name, value in values}}
        return line_of(key, {name: value for name, value in new.items() if value != "absent"})

    _edited(scene, kind, edit)


def _spelled(value: Any, **known: Any) -> Any:
    return value.format(**known) if isinstance(value, str) else value


def _declare(scene: Scene, told: Mapping[str, Mapping[str, Fields]]) -> None:
    """New declarations at the end of the first file of their kind."""
    for kind, declared in told.items():
        file = next((file for file, text in scene.files.items() if text.startswith(f"{kind}:")), f"{kind}.yaml")
        head = scene.files.get(file, f"{kind}:\n")
        scene.files[file] = head + "".join(line_of(key, fields) for key, fields in declared.items())


def _declare_many(scene: Scene, told: Mapping[str, Any]) -> None:
    """``{agents: 3, key: "new-{n}", …}``: so many alike."""
    (kind, count), (_, key), *values = told.items()
    made = {
        key.format(n=n): {name: _spelled(value, n=n, key=key) for name, value in values} for n in range(1, count + 1)
    }
    _declare(scene, {kind: made})


def _declare_left(scene: Scene, count: int) -> None:
    """People who left some time ago stand in the manifests again."""
    left = {Address.parse(text).key: fields for text, fields in list(scene.house.left.items())[:count]}
    _declare(scene, {"agents": left})


def _rename(scene: Scene, told: Mapping[str, Any]) -> None:
    """``{agents: jane, to: jane-roe}``: other keys for the same people, also where rosters and alerts name them."""
    (kind, who), (_, to) = told.items()
    new = {key: to.format(key=key, n=n) for n, key in enumerate(_chosen(scene, kind, who), start=1)}
    _edited(scene, kind, lambda key, fields: line_of(new[key], fields) if key in new else None)
    singular = kind.removesuffix("s")
    for other in {"agents": ("queues",), "queues": ("alerts",), "supervisors": ("alerts",)}.get(kind, ()):
        _edited(scene, other, lambda key, fields: line_of(key, _renamed(fields, kind, singular, new)))


def _renamed(fields: Fields, kind: str, singular: str, new: Mapping[str, str]) -> Fields:
    if kind in fields:
        return {**fields, kind: [new.get(key, key) for key in fields[kind]]}
    return {**fields, singular: new.get(fields[singular], fields[singular])} if singular in fields else fields


# --- the vendor ---------------------------------------------------------------------------------------------------


def _delete_there(scene: Scene, told: Mapping[str, Any]) -> None:
    for kind, who in told.items():
        for url, entity, vendor_id in _there(scene, kind, who):
            scene.portal(url).delete(entity, vendor_id)


def _change_there(scene: Scene, told: Mapping[str, Any]) -> None:
    """``{agents: jane, firstName: Jo}``, in the vendor's own words."""
    (kind, who), *values = told.items()
    for n, (url, entity, vendor_id) in enumerate(_there(scene, kind, who), start=1):
        attributes = {name: _spelled(value, n=n, key=kind) for name, value in values}
        scene.portal(url).change(entity, vendor_id, attributes)


def _make_there(scene: Scene, told: Mapping[str, Any]) -> None:
    """What somebody makes in the portal: entities by the vendor's name of their kind."""
    for entity, attributes in told.items():
        scene.portal(MAIN).create(entity, attributes)


def _there(scene: Scene, kind: str, who: Any) -> list[tuple[str, str, str]]:
    """Where the chosen stand: the account, what the vendor calls their kind, their ids."""
    urls = {"south": OTHER}
    chosen = dict.fromkeys(_chosen(scene, kind, who))
    bound = {(address.key, address): one for address, one in scene.state.bound.items() if address.kind == kind}
    found = [
        (urls.get(at.connection, MAIN), one.id) for key in chosen for (name, at), one in bound.items() if name == key
    ]
    return [(url, ENTITIES[scene.house.accounts[url]][kind], vendor_id) for url, vendor_id in found]


def _emptied(scene: Scene, _: str) -> None:
    scene.portal(MAIN).empty()


def _in_use(scene: Scene, told: Mapping[str, Any]) -> None:
    """Settings of the vendor; ``id of agents.jane`` is replaced."""
    scene.portal(MAIN).settings(**_with_ids(scene, told))


def _with_ids(scene: Scene, value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _with_ids(scene, inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [_with_ids(scene, inner) for inner in value]
    if isinstance(value, str) and value.startswith("id of "):
        return next(int(one.id) for at, one in scene.state.bound.items() if at.declaration == value[6:])
    return value


def _licence(scene: Scene, told: Mapping[str, Any]) -> None:
    """So many seats are free; of the account at hand, or ``in: other``."""
    url, connection = (OTHER, "south") if told.get("in") == "other" else (MAIN, "")
    kinds = {"agents": "agents", "supervisors": "supervisors", "queues": "callQueues"}
    seats: dict[str, int | None] = {"supervisors": None, "agents": None, "callQueues": None, "expires": None}
    for kind in told.keys() & kinds:
        there = (at for at in scene.state.bound if at.kind == kind and connection in ("", at.connection))
        seats[kinds[kind]] = told[kind] + len(list(there))
    scene.portal(url).settings(license=seats)


def _fault(scene: Scene, told: Mapping[str, Any]) -> None:
    scene.portal(MAIN).fault(**{"times": None, **told})


# --- the record, and what is typed --------------------------------------------------------------------------------


def _state(scene: Scene, what: str) -> None:
    """What became of the record: it is `lost`, or another tenant's."""
    match what:
        case "lost":
            scene.state = Document("")
        case "another tenant's":
            scene.state = replace(scene.state, tenant="quay")
        case "without half of the agents":
            agents = [address for address in scene.state.bound if address.kind == "agents"]
            gone = set(agents[::2])
            kept = {address: one for address, one in scene.state.bound.items() if address not in gone}
            scene.state = replace(scene.state, bound=kept)
        case _:
            raise AssertionError(what)


def _type(scene: Scene, words: Sequence[str]) -> None:
    scene.typed += words


def _without_overlays(scene: Scene, _: object) -> None:
    scene.overlays = ()


def _environment(scene: Scene, told: Mapping[str, str]) -> None:
    scene.environ |= told


BESIDE_OTHERS: Mapping[str, Callable[[Scene, Any], None]] = {
    "empty": _empty,
    "remove": _remove,
    "move": _move,
    "write": _write,
    "append": _append,
    "replace": _replace,
    "cut in half": _cut,
    "turn around": _turn,
    "split": _split,
    "join": _join,
    "take out": _take_out,
    "set": _set,
    "declare": _declare,
    "declare many": _declare_many,
    "declare those who left": _declare_left,
    "rename": _rename,
    "deleted at the vendor": _delete_there,
    "changed at the vendor": _change_there,
    "made at the vendor": _make_there,
}
"""The steps that leave other edits what they are: of manifests, and of single entities in the portal."""

STEPS: Mapping[str, Callable[[Scene, Any], None]] = {
    **BESIDE_OTHERS,
    "everything is gone from": _emptied,
    "the vendor says": _in_use,
    "free seats": _licence,
    "fault": _fault,
    "the record is": _state,
    "type": _type,
    "without the overlays": _without_overlays,
    "environment": _environment,
}
"""Every step that a table may name."""
