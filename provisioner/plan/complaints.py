"""What is wrong with values that a model refused, in our words, each at the path where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from provisioner.diagnostics import did_you_mean, nearest
from provisioner.manifest.forms import kind_of
from provisioner.manifest.source import KeyPath
from provisioner.plan.shape import Leaf, Shape

_YES_NO = {
    **dict.fromkeys(("yes", "on", "y", "true"), "true"),
    **dict.fromkeys(("no", "off", "n", "false"), "false"),
}


@dataclass(frozen=True, slots=True)
class Complaint:
    """One problem of a set of fields, not yet located in a file.

    ``spelt`` means that the hint wants the scalar as it is written in place of ``{raw}``.
    """

    code: str
    path: KeyPath
    message: str
    expected: str | None = None
    hint: str | None = None
    of_key: bool = False
    spelt: bool = False


def complaints(shape: Shape, raw: Mapping[str, Any], error: ValidationError) -> Iterator[Complaint]:
    """One complaint for each place that the model objects to."""
    seen: set[KeyPath] = set()
    for detail in error.errors(include_url=False):
        path, found = _place(raw, detail["loc"], missing=detail["type"] == "missing")
        if path not in seen:
            seen.add(path)
            named = detail["loc"][-1:] == _OF_KEY
            yield _bad_key(path, detail) if named else _complaint(shape, path, found, detail)


_OF_KEY = ("[key]",)
"""How the model's path ends where it objects to the key of a map, and not to what stands under it."""


def _bad_key(path: KeyPath, detail: ErrorDetails) -> Complaint:
    """The complaint about a key of a map whose keys are words of a list, or of a form."""
    parent, key = ".".join(map(str, path[:-1])), str(path[-1])
    words = _words(str(detail.get("ctx", {}).get("expected", "")))
    near = nearest(key.casefold(), words)
    hint = f"did you mean `{near}`?" if near else None
    return Complaint("unknown_key", path, f"`{parent}` has no `{key}`", _listed(words) or None, hint, of_key=True)


def _place(raw: Any, loc: tuple[int | str, ...], *, missing: bool) -> tuple[KeyPath, Any]:
    """How far the model's path can be followed in what was written; it may end in names of types."""
    path: KeyPath = ()
    value = raw
    for segment in loc:
        inner = _step(value, segment)
        if inner is _NOWHERE:
            return ((*path, segment) if missing else path), value
        value = inner
        path = (*path, segment)
    return path, value


_NOWHERE = object()


def _step(value: Any, segment: int | str) -> Any:
    """What stands at one key or index of a value."""
    match value:
        case dict():
            return value.get(segment, _NOWHERE)
        case list() | tuple() if isinstance(segment, int) and segment < len(value):
            return value[segment]
        case _:
            return _NOWHERE


def _complaint(shape: Shape, path: KeyPath, found: Any, detail: ErrorDetails) -> Complaint:
    name = ".".join(str(part) for part in path)
    leaf = shape.leaves.get(".".join(part for part in path if isinstance(part, str)))
    expected = (leaf.expected if leaf else "") or None
    code, context = detail["type"], detail.get("ctx", {})
    if code == "missing":
        return Complaint("missing", path, f"`{name}` is missing", expected)
    if code == "extra_forbidden":
        return unknown_field(shape, path)
    if found is None:
        hint = "leave the line out to leave the field as it is"
        return Complaint("not_clearable", path, f"`{name}` cannot be cleared, so it cannot be null", expected, hint)
    if leaf is not None and leaf.reference:
        return Complaint("wrong_type", path, f"`{name}` must be a reference, and this is {kind_of(found)}", _REFERENCE)
    if code == "string_type":
        return _not_text(path, name, found, expected)
    if code in ("bool_type", "bool_parsing"):
        return _not_boolean(path, name, found, expected)
    if code in ("int_type", "int_from_float", "float_type", "int_parsing"):
        return _not_number(path, name, found, expected, whole=code.startswith("int"))
    if code == "literal_error":
        return _not_one_of(path, name, found, str(context.get("expected", "")))
    return _refused(code, context, detail["msg"], path, name, found, leaf)


_REFERENCE = "the key of a declaration, or {id: …}"


_guess = lru_cache(maxsize=1024)(did_you_mean)


def unknown_field(shape: Shape, path: KeyPath) -> Complaint:
    """The complaint about a field that the model does not have."""
    return unknown_among(shape.names_at(above(path)), path)


def above(path: KeyPath) -> str:
    """The dotted path of the map that holds what a path leads to."""
    return ".".join(str(part) for part in path[:-1])


def unknown_among(known: tuple[str, ...], path: KeyPath) -> Complaint:
    """The complaint about a field that is none of those that may stand there."""
    parent, last = above(path), path[-1]
    hint = _guess(str(last), known)
    where = f" in `{parent}`" if parent else ""
    return Complaint(
        "unknown_field",
        path,
        f"there is no field `{last}`{where}",
        "one of " + ", ".join(f"`{name}`" for name in known) if known else None,
        hint,
        of_key=True,
    )


def _not_text(path: KeyPath, name: str, found: Any, expected: str | None) -> Complaint:
    if isinstance(found, bool | int | float):
        key = path[-1] if isinstance(path[-1], str) else ""
        written = f'{key}: "{{raw}}"' if key else '"{raw}"'
        return Complaint(
            "unquoted",
            path,
            f"`{name}` must be text, and without quotes this is {kind_of(found)}",
            expected or "text",
            f"put it in quotes: `{written}`",
            spelt=True,
        )
    return Complaint("wrong_type", path, f"`{name}` must be text, and this is {kind_of(found)}", expected or "text")


def _not_boolean(path: KeyPath, name: str, found: Any, expected: str | None) -> Complaint:
    meant = _YES_NO.get(found.lower()) if isinstance(found, str) else None
    return Complaint(
        "wrong_type",
        path,
        f"`{name}` must be true or false, and this is {kind_of(found)}",
        expected or "true or false",
        f"write `{path[-1]}: {meant}`" if meant else None,
    )


def _not_number(path: KeyPath, name: str, found: Any, expected: str | None, *, whole: bool) -> Complaint:
    number = "a whole number" if whole else "a number"
    hint = None
    if isinstance(found, str) and found.strip().lstrip("-").isdecimal():
        hint = f"write it without quotes: `{path[-1]}: {int(found)}`"
    said = "this has a fraction" if isinstance(found, float) else f"this is {kind_of(found)}"
    return Complaint("wrong_type", path, f"`{name}` must be {number}, and {said}", expected or number, hint)


def _not_one_of(path: KeyPath, name: str, found: Any, allowed: str) -> Complaint:
    words = _words(allowed)
    shown = f"`{found}`" if isinstance(found, str | int | float) else kind_of(found)
    hint = None
    if isinstance(found, bool):
        shown = f"`{str(found).lower()}`"
        hint = "put it in quotes if the word itself is meant"
    elif isinstance(found, str):
        near = nearest(found.casefold(), words)
        hint = f"did you mean `{near}`?" if near else None
        if found.lower() in _YES_NO and hint is None:
            hint = f"`{found}` is plain text in YAML 1.2, neither true nor false"
    return Complaint("not_one_of", path, f"{shown} is not one of the words that `{name}` takes", _listed(words), hint)


def _words(allowed: str) -> list[str]:
    """The words of which the model says that one is expected."""
    return [word.strip(" '") for word in allowed.replace(" or ", ", ").split(",")]


def _listed(words: list[str]) -> str:
    return words[0] if len(words) == 1 else ", ".join(words[:-1]) + f" or {words[-1]}"


def _refused(
    code: str, context: Mapping[str, Any], said: str, path: KeyPath, name: str, found: Any, leaf: Leaf | None
) -> Complaint:
    expected = (leaf.expected if leaf else "") or None
    if code in _BOUNDS:
        words, bound = _BOUNDS[code]
        return Complaint("out_of_range", path, f"`{name}` must be {words} {context[bound]}", expected)
    match code:
        case "string_too_long":
            length, most = len(found) if isinstance(found, str) else 0, context["max_length"]
            return Complaint("out_of_range", path, f"`{name}` has {length} characters, and {most} fit", expected)
        case "string_too_short" | "too_short":
            return Complaint("out_of_range", path, f"`{name}` is too short", expected or _at_least(context))
        case "too_long":
            return Complaint("out_of_range", path, f"`{name}` has too many items", expected)
        case "string_pattern_mismatch":
            pattern = f"text that matches `{context['pattern']}`"
            return Complaint("pattern", path, f"`{found}` does not fit `{name}`", expected or pattern)
        case "list_type" | "tuple_type" | "set_type":
            return _wrong_form(path, name, found, "a list", expected)
        case "model_type" | "model_attributes_type" | "dict_type" | "dataclass_type":
            return _wrong_form(path, name, found, "a map", None)
        case _:
            said = said.removeprefix("Value error, ").rstrip(".")
            whole = not name or f"`{name}`" in said  # what is wrong with all of it together has no name
            return Complaint("refused", path, said if whole else f"`{name}`: {said}", expected)


_BOUNDS = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
}


def _at_least(context: Mapping[str, Any]) -> str:
    return f"at least {context.get('min_length', 1)}"


def _wrong_form(path: KeyPath, name: str, found: Any, form: str, expected: str | None) -> Complaint:
    return Complaint("wrong_type", path, f"`{name}` must be {form}, and this is {kind_of(found)}", expected or form)
