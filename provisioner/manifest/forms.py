"""The forms of values where no vendor has a say (names, lists, maps), and how to complain of what has another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, TypeGuard

from provisioner.address import is_name
from provisioner.diagnostics import Diagnostic, did_you_mean
from provisioner.manifest.declarations import Origin
from provisioner.manifest.source import KeyPath
from provisioner.manifest.traps import suggestion


def kind_of(value: object) -> str:
    """What a value is, for the end of "… expected, but this is"."""
    match value:
        case None:
            return "empty"
        case bool():
            return "true or false"
        case int() | float():
            return "a number"
        case str():
            return "text"
        case list():
            return "a list"
        case _:
            return "a map"


def not_a(
    expected: str, value: object, what: str, origin: Origin, path: KeyPath, hint: str | None = None
) -> Diagnostic:
    """The complaint about a value of the wrong form; ``what`` names the place (`` `connections` ``)."""
    return origin.problem(
        "wrong_form", f"{what} must be {expected}, and this is {kind_of(value)}", path, expected=expected, hint=hint
    )


def bad_key(key: str, what: str, origin: Origin) -> Diagnostic:
    """The complaint about a key or a connection's name of the wrong spelling."""
    return origin.problem(
        "key",
        f"`{key}` may not be {what}",
        of_key=True,
        expected="a small letter or a digit, then up to 62 small letters, digits, `-` or `_`",
        hint=f"write `{suggestion(key)}`",
    )


def unknown_keys(
    value: Mapping[str, Any], known: Iterable[str], what: str, origin: Origin, path: KeyPath = ()
) -> list[Diagnostic]:
    """One complaint for each key that a map of fixed keys does not have."""
    names = tuple(known)
    return [
        origin.problem(
            "unknown_key",
            f"{what} has no `{key}`",
            (*path, key),
            of_key=True,
            expected="one of " + ", ".join(f"`{name}`" for name in names),
            hint=did_you_mean(key, names),
        )
        for key in value
        if key not in names
    ]


LEAVE_OUT = ", or leave `on` out where `defaults.on` or the only connection says where it lives"


def _is_map(name: object) -> TypeGuard[Mapping[str, object]]:
    return isinstance(name, dict) and all(isinstance(key, str) for key in name) and bool(name)


def _as_map(written: Mapping[str, object]) -> str:
    return f"`on: {{{', '.join(f'{name}: {{…}}' for name in written)}}}`"


def names(
    value: object, what: str, origin: Origin, path: KeyPath, problems: list[Diagnostic]
) -> tuple[str, ...] | None:
    """A name or a list of names; None, and a complaint, for anything else."""
    listed = [value] if isinstance(value, str) else value
    if not isinstance(listed, list):
        problems.append(not_a("a name or a list of names", value, what, origin, path))
        return None
    if not listed:
        problems.append(
            origin.problem(
                "empty_on",
                f"{what} is an empty list, so that this would live nowhere",
                path,
                hint=f"name a connection{LEAVE_OUT if path[-1:] == ('on',) else ''}",
            )
        )
        return None
    for position, name in enumerate(listed):
        if not isinstance(name, str) or not is_name(name):
            meant = f"write a map, with fields under each connection: {_as_map(name)}" if _is_map(name) else None
            where, each = (*path, position), f"each item of {what}"
            problems.append(not_a("the name of a connection", name, each, origin, where, meant))
            return None
        if name in listed[:position]:
            problems.append(origin.problem("twice", f"`{name}` is listed twice", (*path, position)))
    return tuple(dict.fromkeys(listed))
