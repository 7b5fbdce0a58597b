"""Whether ``moved``, ``removed`` and ``imports`` contradict each other or the declarations; a spent block does not."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from provisioner.address import Address, Pattern
from provisioner.diagnostics import Diagnostic, Severity
from provisioner.manifest.declarations import Import, Manifests, Moved, Removed
from provisioner.values import VendorId


def block_problems(manifests: Manifests, declared: Collection[Address]) -> list[Diagnostic]:
    """Everything that the three lists say against each other or against the declarations."""
    by_text = sorted(declared)
    return [
        *_moved(manifests.moved, by_text),
        *_removed(manifests.removed, by_text),
        *_imports(manifests.imports, frozenset(declared)),
    ]


def bindings(imports: Iterable[Import], declared: Collection[Address]) -> dict[Address, VendorId]:
    """The imports of declared resources."""
    return {item.address: VendorId(item.id) for item in imports if item.address in declared}


# --- moved --------------------------------------------------------------------------------------------------------


def _moved(moved: tuple[Moved, ...], declared: list[Address]) -> Iterator[Diagnostic]:
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


def _parts(pattern: Pattern) -> tuple[str, str, str]:
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


def _still_declared(item: Moved, declared: list[Address]) -> Diagnostic | None:
    still = next((address for address in declared if item.source.matches(address)), None)
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
    told: set[str] = set()
    for start in sources:
        seen: list[str] = []
        text = start
        while text in sources and text not in seen:
            seen.append(text)
            text = sources[text].target.text
        if text in seen and len(seen) > 1 and not told & set(seen):
            told |= set(seen)
            yield sources[start].origin.problem(
                "moved", "these moves lead in a ring: " + " → ".join(f"`{step}`" for step in [*seen, text]), ("from",)
            )


# --- removed, imports ---------------------------------------------------------------------------------------------


def _removed(removed: tuple[Removed, ...], declared: list[Address]) -> Iterator[Diagnostic]:
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
        still = next((address for address in declared if item.address.matches(address)), None)
        if still is not None:
            yield item.origin.problem(
                "removed",
                f"`{still}` is listed as removed and is still declared",
                ("address",),
                hint="take the declaration out, or the block",
            )


def _imports(imports: tuple[Import, ...], declared: frozenset[Address]) -> Iterator[Diagnostic]:
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
        elif address not in declared:
            yield item.origin.problem(
                "import_of_nothing",
                f"`{address}` is imported and not declared, so that the import binds nothing",
                ("address",),
                hint="declare it, or take the block out",
                severity=Severity.WARNING,
            )


def _clash(item: Import, message: str, other: Import) -> Diagnostic:
    where = other.origin.position(("address",))
    return item.origin.problem("imports", f"{message} at {where}", ("address",), hint="keep one of the two")
