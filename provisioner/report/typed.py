"""What a reader may type next, or has typed: options on one line, quoted for a shell."""

from __future__ import annotations

import shlex
from collections.abc import Iterable

from provisioner.plan.document import Plan
from provisioner.report.fields import plain


def options(name: str, values: Iterable[str]) -> str:
    """The option once for each value."""
    return " ".join(f"{name} {shlex.quote(plain(value))}" for value in values)


def narrowed(targets: Iterable[str], excludes: Iterable[str]) -> str:
    """The options that leave something out of sight; empty where nothing is."""
    return " ".join(filter(None, (options("--target", targets), options("--exclude", excludes))))


def flags(plan: Plan, *, with_allowances: bool = True) -> str:
    """The options that the plan was made with, as they were typed."""
    requested = {str(item.address) for item in plan.changes if any(why.code == "requested" for why in item.reasons)}
    parts = [narrowed(plan.targets, plan.excludes)]
    if with_allowances:
        parts += [options("--replace", sorted(requested)), options("--allow", plan.allowed)]
        parts += ["--refresh-only"] * plan.refresh_only + ["--no-refresh"] * plan.no_refresh
    return " ".join(filter(None, parts))
