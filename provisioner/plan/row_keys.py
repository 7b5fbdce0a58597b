"""What are the rows called that are not declared yet?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

from provisioner.diagnostics import Diagnostic
from provisioner.kinds.headings import KEY
from provisioner.plan.naming import Taken, key_for, slug
from provisioner.plan.rows import Draft, Targets


def name_all(drafts: Iterable[Draft], targets: Targets, taken: Iterable[str]) -> None:
    """Gives a key to each draft that has none, whatever the order of the rows.

    Made from the name; where several would have the same, or a declaration has it, the natural key stands behind it.
    """
    nameless = [draft for draft in drafts if not draft.key]
    names = Taken({*taken})
    wanted = {id(draft): _wanted(draft, targets) for draft in nameless}
    count = Counter(wanted.values())
    for draft in nameless:
        plain = wanted[id(draft)]
        if count[plain] > 1 or plain in names.names:
            plain = slug(f"{plain}-{_own(draft, targets)}") or plain
        draft.key = names.key(plain)


def _wanted(draft: Draft, targets: Targets) -> str:
    attributes = {path: value for (_, path), value in reversed(draft.values.items())}
    return key_for(targets.kind, targets.offers[draft.connections[0]], attributes, str(draft.row.number))


def _own(draft: Draft, targets: Targets) -> str:
    """What only this one has: its natural key on the first connection where it has one."""
    for name in draft.connections:
        values = [draft.value(name, path) for path in targets.offers[name].key_paths]
        texts = [value for value in values if isinstance(value, str)]
        if texts:
            return texts[-1]
    return ""


def doubled(drafts: Iterable[Draft], key_of: Callable[[Draft], str]) -> Iterator[Diagnostic]:
    """A problem at each row whose key an earlier row has."""
    first: dict[str, Draft] = {}
    for draft in drafts:
        key = key_of(draft)
        other = first.setdefault(key, draft)
        if key and other is not draft:
            yield draft.origin.problem(
                "key_twice",
                f"`{key}` is the key of another row, at {other.origin.position((KEY,))}",
                (KEY,),
                hint="a row for each, with a key of its own",
            )
