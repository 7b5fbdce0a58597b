"""What is a member of a list of references: the reference alone, or a map of it and the vendor's own fields beside it.

In a map it stands under the kind's singular, ``{agent: jane, delay: 5}``. Identity is the reference; of the fields
beside it only those count that are declared. A list is exclusive (``[jane]``), or names who is to be among its members
(``{add: [jane]}``).
"""

from __future__ import annotations

from collections.abc import Sequence

from provisioner.values import Value, added


def member_name(kind: str) -> str:
    """The key under which a member with fields names its target: ``agent`` for ``agents``."""
    return kind.removesuffix("s")


def members(value: Value) -> list[Value]:
    """The members of a list of either form; a reference that stands alone is its own only one, null has none."""
    if isinstance(value, list):
        return value
    named = added(value)
    if named is not None:
        return named
    return [] if value is None else [value]


def is_list(value: Value) -> bool:
    """True for a list of either form."""
    return isinstance(value, list) or added(value) is not None


def target_of(item: Value, kind: str) -> Value:
    """The reference in a member."""
    name = member_name(kind)
    return item[name] if isinstance(item, dict) and name in item else item


def with_target(item: Value, kind: str, target: Value) -> Value:
    """The same member with another reference in it."""
    name = member_name(kind)
    return {**item, name: target} if isinstance(item, dict) and name in item else target


def beside(item: Value, kind: str) -> dict[str, Value]:
    """The fields beside the reference; none for one that stands alone."""
    name = member_name(kind)
    if not isinstance(item, dict) or name not in item:
        return {}
    return {key: value for key, value in item.items() if key != name}


def are_as_wanted(there: Sequence[dict[str, Value]], wanted: Sequence[dict[str, Value]]) -> bool:
    """Whether members, paired already, have all that is declared beside their references."""
    return all(
        all(key in held and held[key] == value for key, value in asked.items())
        for held, asked in zip(there, wanted, strict=True)
    )
