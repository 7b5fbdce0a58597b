"""Whether ``moved``, ``removed`` and ``imports`` contradict each other or the declarations; a spent block does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TypeAlias

from provisioner.address import Address, Pattern
from provisioner.diagnostics import Diagnostic, Guesses, Severity, nearest
from provisioner.manifest.declarations import Import, Manifests, Moved, Origin, Removed
from provisioner.plan.desired import Instance
from provisioner.values import VendorId

WHOLE_NUMBER = "a whole number, 1 or more"
"""What an id is where the vendor counts them."""

Parts: TypeAlias = "tuple[str, str, str]"
"""Kind, key and connection of a pattern."""

Named: TypeAlias = "tuple[Origin, str, str, str]"
"""What a block names: where the block stands, under which word, the text, the kind in it."""


def block_problems(
    manifests: Manifests, declared: Collection[Address], good: Mapping[Address, Instance], kinds: Collection[str]
) -> list[Diagnostic]:
    """Everything that the three lists say against each other or against the declarations.

    ``declared`` are all addresses, ``good`` the instances that nothing is wrong with, ``kinds`` all that there are.
    """
    known = _Declared(declared)
    return [
        *_unknown_kinds(manifests, kinds),
        *_moved(manifests.moved, known),
        *_removed(manifests.removed, known),
        *_removed_and_moved(manifests.removed, manifests.moved),
        *_imports([item for item in manifests.imports if item.address.kind in kinds], frozenset(declared), good),
    ]


def kinds_named(manifests: Manifests) -> frozenset[str]:
    """The kinds that the three lists name."""
    return frozenset(kind for _, _, _, kind in _named(manifests) if "*" not in kind and "?" not in kind)


def _named(manifests: Manifests) -> Iterator[Named]:
    for moved in manifests.moved:
        yield moved.origin, "from", moved.source.text, moved.source.kind
        yield moved.origin, "to", moved.target.text, moved.target.kind
    for removed in manifests.removed:
        yield removed.origin, "address", removed.address.text, removed.address.kind
    for item in manifests.imports:
        yield item.origin, "address", str(item.address), item.address.kind


def _unknown_kinds(manifests: Manifests, kinds: Collection[str]) -> Iterator[Diagnostic]:
    """A kind that no vendor has is a slip of the pen, in a spent block too: it would be of no effect for ever."""
    wrong = kinds_named(manifests) - frozenset(kinds)
    for origin, word, text, kind in _named(manifests) if wrong else ():
        if kind not in wrong:
            continue
        close = nearest(kind, kinds)
        yield origin.problem(
            "unknown_kind",
            f"`{text}`: there is no kind `{kind}`",
            (word,),
            expected="one of " + ", ".join(f"`{known}`" for known in sorted(kinds)),
            hint=f"did you mean `{close}{text.removeprefix(kind)}`?" if close else None,
        )


def bindings(imports: Iterable[Import], declared: Collection[Address]) -> dict[Address, VendorId]:
    """The imports of declared resources."""
    return {item.address: VendorId(item.id) for item in imports if item.address in declared}


class _Declared:
    """What is declared, and quickly found: a hundred blocks in a tenant of thousands are no rare thing."""

    def __init__(self, addresses: Collection[Address]) -> None:
        self._addresses = addresses

    @cached_property
    def _sorted(self) -> list[Address]:
        return sorted(self._addresses)

    @cached_property
    def _by_name(self) -> Mapping[tuple[str, str], list[Address]]:
        found: dict[tuple[str, str], list[Address]] = {}
        for address in self._sorted:
            found.setdefault((address.kind, address.key), []).append(address)
        return found

    def first(self, pattern: Pattern) -> Address | None:
        """The first address in alphabetical order that the pattern matches."""
        name = (pattern.kind, pattern.key)
        is_glob = any(mark in part for part in name for mark in "*?")
        near = self._sorted if is_glob else self._by_name.get(name, ())
        return next((address for address in near if pattern.matches(address)), None)


# --- moved --------------------------------------------------------------------------------------------------------


def _moved(moved: tuple[Moved, ...], declared: _Declared) -> Iterator[Diagnostic]:
    targets: dict[str, Moved] = {}
    sources: dict[str, Moved] = {}
    for item in moved:
        problem = _form(item) or _taken(item, sources, targets) or _still_declared(item, declared)
        if problem is not None:
            yield problem
        sources.setdefault(item.source.text, item)
        targets.setdefault(item.target.text, item)
    yield from _rings(sources)


def _form(item: Moved) -> Diagnostic | None:
    source, target = item.source, item.target
    for path, pattern in (("from", source), ("to", target)):
        if any(part != "*" and ("*" in part or "?" in part) for part in _parts(pattern)):
            return item.origin.problem(
                "moved",
                f"`{pattern.text}` has a `*` or `?` within a part, and a move takes a whole part or none",
                (path,),
                expected="KIND.KEY, KIND.KEY@CONNECTION, or `*` for a whole part",
            )
    if any((one == "*") != (other == "*") for one, other in zip(_parts(source), _parts(target), strict=True)):
        return item.origin.problem(
            "moved",
            f"`{source.text}` and `{target.text}` must have `*` for the same parts",
            ("to",),
            hint="`@CONNECTION` in one of them needs `@CONNECTION` in the other",
        )
    if source.kind != target.kind:
        return item.origin.problem(
            "moved", f"a move stays within a kind, and `{source.text}` is not of the kind of `{target.text}`", ("to",)
        )
    if _parts(source) == _parts(target):
        return item.origin.problem("moved", f"`{source.text}` is moved to itself", ("to",), hint="take the block out")
    return None


def _parts(pattern: Pattern) -> Parts:
    return pattern.kind, pattern.key, pattern.connection


def _taken(item: Moved, sources: dict[str, Moved], targets: dict[str, Moved]) -> Diagnostic | None:
    for path, text, known in (("from", item.source.text, sources), ("to", item.target.text, targets)):
        other = known.get(text)
        if other is not None:
            return item.origin.problem(
                "moved",
                f"`{text}` is already the `{path}` of the move at {other.origin.position(('from',))}",
                (path,),
                hint="keep one of the two",
            )
    return None


def _still_declared(item: Moved, declared: _Declared) -> Diagnostic | None:
    still = declared.first(item.source)
    if still is None:
        return None
    return item.origin.problem(
        "moved",
        f"`{still}` is moved away and is still declared",
        ("from",),
        hint="take the block out once every state has followed the move, or rename the declaration",
    )


def _rings(sources: dict[str, Moved]) -> Iterator[Diagnostic]:
    """Moves that lead back to where they began; each ring is told once, at its first block."""
    walked: set[str] = set()
    for start in sources:
        seen: dict[str, None] = {}
        text = start
        while text in sources and text not in seen and text not in walked:
            seen[text] = None
            text = sources[text].target.text
        walked |= seen.keys()
        if text in seen and len(seen) > 1:
            yield sources[start].origin.problem(
                "moved", "these moves lead in a ring: " + " → ".join(f"`{step}`" for step in [*seen, text]), ("from",)
            )


# --- removed, imports ---------------------------------------------------------------------------------------------


def _removed(removed: tuple[Removed, ...], declared: _Declared) -> Iterator[Diagnostic]:
    first: dict[str, Removed] = {}
    for item in removed:
        other = first.setdefault(item.address.text, item)
        if other.destroy != item.destroy:
            yield item.origin.problem(
                "removed",
                f"`{item.address.text}` is to be destroyed here and to be kept at {other.origin.position(('address',))}"
                if item.destroy
                else f"`{item.address.text}` is to be kept here and destroyed at {other.origin.position(('address',))}",
                ("address",),
                hint="keep one of the two",
            )
        still = declared.first(item.address)
        if still is not None:
            yield item.origin.problem(
                "removed",
                f"`{still}` is listed as removed and is still declared",
                ("address",),
                hint="take the declaration out, or the block",
            )


def _removed_and_moved(removed: tuple[Removed, ...], moved: tuple[Moved, ...]) -> Iterator[Diagnostic]:
    """A move comes first: what a ``removed`` entry says of the old address would be of no effect, and it be deleted."""
    for item in removed:
        followed = _followed(_parts(item.address), moved)
        if followed is None:
            continue
        move, now = followed
        yield item.origin.problem(
            "removed",
            f"`{item.address.text}` is listed as removed, and the move at {move.origin.position(('from',))} "
            f"takes `{move.source.text}` away first",
            ("address",),
            hint=f"write `{_spelled(now)}`, which it is called by then",
        )


def _followed(parts: Parts, moved: tuple[Moved, ...]) -> tuple[Moved, Parts] | None:
    """The first move that takes away what a pattern names, and the pattern for it after all moves; None for none."""
    first = None
    for _ in moved:
        step = next(((move, now) for move in moved if (now := _carried(parts, move)) is not None), None)
        if step is None:
            break
        first, parts = first or step[0], step[1]
    return (first, parts) if first is not None else None


def _carried(parts: Parts, move: Moved) -> Parts | None:
    """The parts of a pattern as a move makes them; None where it moves nothing of it, or nothing out of it."""
    source, target = _parts(move.source), _parts(move.target)
    for part, old in zip(parts, source, strict=True):
        if old != "*" and not fnmatchcase(old, part):
            return None
    kind, key, connection = (part if old == "*" else new for part, old, new in zip(parts, source, target, strict=True))
    now = (kind, key, connection)
    return None if all(fnmatchcase(new, part) for new, part in zip(now, parts, strict=True)) else now


def _spelled(parts: Parts) -> str:
    kind, key, connection = parts
    name = "*" if (kind, key) == ("*", "*") else f"{kind}.{key}"
    return name if connection == "*" else f"{name}@{connection}"


def _imports(
    imports: Iterable[Import], declared: frozenset[Address], good: Mapping[Address, Instance]
) -> Iterator[Diagnostic]:
    guesses, names = Guesses(), [address.text for address in declared]
    by_address: dict[Address, Import] = {}
    by_id: dict[tuple[str, str, str], Import] = {}
    for item in imports:
        address = item.address
        bound = by_address.setdefault(address, item)
        owner = by_id.setdefault((address.connection, address.kind, item.id), item)
        if bound.id != item.id:
            yield _clash(item, f"`{address}` is already bound to `{bound.id}`", bound)
        elif owner.address != address:
            yield _clash(item, f"`{item.id}` is already bound to `{owner.address}`", owner)
        elif address in good and not good[address].offer.may_be_id(item.id):
            yield item.origin.problem(
                "imports",
                f"`{item.id}` cannot be an id of {address.kind}",
                ("id",),
                expected=WHOLE_NUMBER,
            )
        elif address not in declared:
            yield _of_nothing(item, guesses.nearest(item.address.text, names))


def _of_nothing(item: Import, close: str | None) -> Diagnostic:
    return item.origin.problem(
        "import_of_nothing",
        f"`{item.address}` is imported and not declared, so that the import binds nothing",
        ("address",),
        hint=f"did you mean `{close}`?" if close else "declare it, or take the block out",
        severity=Severity.WARNING,
    )


def _clash(item: Import, message: str, other: Import) -> Diagnostic:
    where = other.origin.position(("address",))
    return item.origin.problem("imports", f"{message} at {where}", ("address",), hint="keep one of the two")
