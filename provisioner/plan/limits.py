"""What ``guards:`` and ``state:`` say: forms only, the guards and back-ends themselves are elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from provisioner.diagnostics import Diagnostic, did_you_mean, listed
from provisioner.manifest.declarations import Block
from provisioner.manifest.forms import not_a, unknown_keys
from provisioner.manifest.masking import is_secret_name
from provisioner.plan.complaints import Complaint
from provisioner.plan.desired import GuardLimits
from provisioner.plan.locating import locate
from provisioner.secrets import HOW_TO_WRITE, BadReference, reference
from provisioner.state.backends import KEYS, LONGEST_NAME, POSTGRES, REQUIRED, is_name

GUARDS = ("deletes", "undeletes", "updates")
"""The guards that count, and whose figures a manifest may set."""

_FIGURES = ("percent", "count")


def guard_limits(block: Block | None) -> tuple[dict[str, GuardLimits], list[Diagnostic]]:
    """The figures by guard, and what is wrong with them."""
    if block is None:
        return {}, []
    problems = unknown_keys(block.value, GUARDS, "`guards`", block.origin)
    limits: dict[str, GuardLimits] = {}
    for name in GUARDS:
        if name not in block.value:
            continue
        value = block.value[name]
        if not isinstance(value, dict):
            problems.append(not_a("a map with `percent`, `count`", value, f"`guards.{name}`", block.origin, (name,)))
            continue
        problems += unknown_keys(value, _FIGURES, f"`guards.{name}`", block.origin, (name,))
        problems += [problem for figure in _FIGURES if (problem := _figure(block, name, figure, value)) is not None]
        limits[name] = GuardLimits(value.get("percent"), value.get("count"))
    return (limits, problems) if not problems else ({}, problems)


def _figure(block: Block, name: str, figure: str, value: Mapping[str, Any]) -> Diagnostic | None:
    number = value.get(figure, 0)
    most = 100 if figure == "percent" else None
    if isinstance(number, int) and not isinstance(number, bool) and number >= 0 and (most is None or number <= most):
        return None
    expected = "a whole number from 0 to 100" if most else "a whole number, 0 or more"
    return block.origin.problem(
        "guards", f"`guards.{name}.{figure}` must be {expected}", (name, figure), expected=expected
    )


def state_problems(block: Block | None) -> list[Diagnostic]:
    """What can be said of ``state:`` without its back-end: which one is named, what it is told, and how."""
    if block is None:
        return []
    problems: list[Diagnostic] = []
    backend = block.value.get("backend")
    if not isinstance(backend, str) or not backend:
        at = ("backend",) if "backend" in block.value else ()
        problems.append(
            block.origin.problem(
                "state", "`state` must name its back-end", at, expected=listed([f"`{name}`" for name in sorted(KEYS)])
            )
        )
    elif backend not in KEYS:
        known = ", ".join(f"`{name}`" for name in sorted(KEYS))
        problems.append(
            block.origin.problem(
                "state",
                f"there is no state back-end `{backend}`",
                ("backend",),
                expected=known,
                hint=did_you_mean(backend, KEYS),
            )
        )
    else:
        problems += unknown_keys(block.value, ("backend", *sorted(KEYS[backend])), "`state`", block.origin)
        problems += _unsaid(block, backend)
        problems += [problem for name in sorted(KEYS[backend]) if (problem := _unusable(block, name)) is not None]
    for name, value in block.value.items():
        if is_secret_name(name) and name != "backend":
            try:
                reference(value)
            except BadReference as error:
                place = (name, error.at) if error.at else (name,)
                complaint = Complaint(error.code, place, f"`state.{name}`: {error.message}", HOW_TO_WRITE, error.hint)
                problems.append(locate(complaint, block.origin))
    return problems


def _unsaid(block: Block, backend: str) -> list[Diagnostic]:
    """What the back-end must be told, and is not."""
    return [
        block.origin.problem(
            "state",
            f"`state` must say its `{name}` for back-end `{backend}`",
            ("backend",),
            expected=_FORMS[name],
            hint=f"as in `{_EXAMPLES[backend]}`",
        )
        for name in REQUIRED.get(backend, ())
        if name not in block.value
    ]


def _unusable(block: Block, name: str) -> Diagnostic | None:
    """The complaint about a member that is text, and not text that can be used."""
    value = block.value.get(name)
    if name not in block.value or name not in _USABLE or (isinstance(value, str) and _USABLE[name](value)):
        return None
    return block.origin.problem("state", f"`state.{name}` must be {_FORMS[name]}", (name,), expected=_FORMS[name])


_USABLE = {"path": lambda text: bool(text.strip()) and "\0" not in text, "name": is_name}
_FORMS = {
    "path": "a folder's name",
    "name": f"what this record is called in the database: text of up to {LONGEST_NAME} characters on one line",
    "dsn": HOW_TO_WRITE,
}
_EXAMPLES = {POSTGRES: "state: {backend: postgres, dsn: {from_env: STATE_DSN}, name: acme}"}
