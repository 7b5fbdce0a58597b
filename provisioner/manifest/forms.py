"""The forms of values where no vendor has a say (names, lists, maps), and how to complain of what has another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

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


def not_a(expected: str, value: object, what: str, origin: Origin, path: KeyPath) -> Diagnostic:
    """The complaint about a value of the wrong form; ``what`` names the place (`` `connections` ``)."""
    return origin.problem(
        "wrong_form", f"{what} must be {expected}, and this is {kind_of(value)}", path, expected=expected
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
                hint="name a connection, or leave it out",
            )
        )
        return None
    for position, name in enumerate(listed):
        if not isinstance(name, str) or not is_name(name):
            problems.append(not_a("the name of a connection", name, f"each item of {what}", origin, (*path, position)))
            return None
        if name in listed[:position]:
            problems.append(origin.problem("twice", f"`{name}` is listed twice", (*path, position)))
    return tuple(dict.fromkeys(listed))
