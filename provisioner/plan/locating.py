"""Complaints about values, made into diagnostics that point at them."""

from __future__ import annotations

from dataclasses import replace

from provisioner.diagnostics import Diagnostic
from provisioner.manifest.declarations import Origin
from provisioner.manifest.source import KeyPath
from provisioner.plan.complaints import Complaint


def locate(complaint: Complaint, origin: Origin, above: KeyPath = (), *, address: str | None = None) -> Diagnostic:
    """The complaint at its place: ``above`` leads from ``origin`` to the map that was checked."""
    path = (*above, *complaint.path)
    hint = complaint.hint
    if complaint.spelt and hint is not None:
        hint = hint.replace("{raw}", origin.raw(path) or "…")
    problem = origin.problem(
        complaint.code, complaint.message, path, of_key=complaint.of_key, expected=complaint.expected, hint=hint
    )
    return replace(problem, address=address) if address else problem
