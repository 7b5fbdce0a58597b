"""What a misspelt key makes of the rest: a section that seems to be missing, an overlay's entry that seems incomplete.

Whoever writes `conections:` declares connections. To complain of each declaration that it has nowhere to live would
hide the one line that is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import replace

from provisioner.diagnostics import Diagnostic, Position, nearest
from provisioner.manifest.declarations import Manifests, Origin
from provisioner.manifest.sections import SECTIONS

_INCOMPLETE = frozenset({"no_on", "missing", "vendor"})
"""The problems of what seems to lack something."""


def without_consequences(manifests: Manifests, kinds: Callable[[], Collection[str]]) -> Manifests:
    """The manifests, in which a section whose name is misspelt counts as there and not understood.

    ``kinds`` gives the kinds of all vendors, one of which may have a name that is nearly a section's.
    """
    near = {name: nearest(name.casefold(), SECTIONS) for name in manifests.kinds}
    meant = {near[name] for name in near if near[name] is not None and name not in kinds()}
    broken = set(manifests.broken)
    if "tenant" in meant:
        broken.add(("tenant", ""))
    if "defaults" in meant:
        broken.add(("defaults", "on"))
    return replace(manifests, broken=frozenset(broken), whole=manifests.whole and "connections" not in meant)


def strays_told(manifests: Manifests, problems: Iterable[Diagnostic]) -> list[Diagnostic]:
    """The problems; where an overlay's entry lacks something that no other file declares, its key may be misspelt."""
    strays = dict(_strays(manifests)) if manifests.overlays else {}
    return [
        replace(problem, hint=strays[problem.position])
        if problem.position in strays and problem.code in _INCOMPLETE
        else problem
        for problem in problems
    ]


def _strays(manifests: Manifests) -> Iterator[tuple[Position | None, str]]:
    """Where an overlay begins something of its own, with what to say there."""
    entries: dict[str, dict[str, Origin]] = {}
    for declaration in manifests.declarations:
        entries.setdefault(declaration.kind, {})[declaration.key] = declaration.origin
    entries["connections"] = {name: item.block.origin for name, item in manifests.connections.items()}
    for group, origins in entries.items():
        places = {key: origin.position(of_key=True) for key, origin in origins.items()}
        elsewhere = [key for key, place in places.items() if place.file not in manifests.overlays]
        for key, place in places.items():
            if place.file in manifests.overlays:
                yield place, _hint(f"{group}.{key}", group, nearest(key, elsewhere))


def _hint(stray: str, group: str, meant: str | None) -> str:
    if meant is not None:
        return f"no other file has `{stray}`: did you mean `{group}.{meant}`?"
    return f"no other file has `{stray}`: all that it needs must stand here"
