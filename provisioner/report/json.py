"""What programs read: a plan, the stream of an apply's events, and how the apply ended.

Characters beyond ASCII are escaped, so that nothing in a value can steer a terminal or break a line. The stream of
``apply --json`` is one object a line, each with ``format_version``, ``type`` and ``at``::

    planned                       what is about to be done
    run_started … run_ended       ``event_json`` of whatever happens
    report  or  error             always the last: how it ended, or why there was nothing to end

``events_schema.py`` describes every line.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final

from provisioner.apply.events import Event, Status
from provisioner.apply.run import Report
from provisioner.diagnostics import Diagnostic
from provisioner.plan.document import Plan
from provisioner.plan.document_json import to_json
from provisioner.report.diagnostics import as_map

FORMAT_VERSION: Final = "1"
"""Of the stream; the plan has its own. It rises when a member goes or changes its meaning, not when one is added."""


def plan_json(plan: Plan) -> str:
    """The plan in its own format, indented, keys in reading order; without a line end at the end."""
    return json.dumps(to_json(plan), indent=2)


def event_json(event: Event, at: str) -> str:
    """One event as one line; ``at`` is when it happened, ISO 8601 in UTC."""
    return _line(
        {
            "format_version": FORMAT_VERSION,
            "type": str(event.kind),
            "key": event.key or None,
            "action": event.action or None,
            "status": None if event.status is None else str(event.status),
            "id": event.id,
            "message": event.text,
            "hint": event.hint,
            "at": at,
        }
    )


def planned_json(plan: Plan, at: str) -> str:
    """The line that begins a stream: what is about to be done, or why it is not."""
    return _line(
        {
            "format_version": FORMAT_VERSION,
            "type": "planned",
            "at": at,
            "tenant": plan.tenant,
            "digest": plan.digest,
            "refused": plan.refused,
            "summary": plan.summary,
            "guards": [{"name": trip.name, "message": trip.message, "allowed": trip.allowed} for trip in plan.guards],
            "blocked": [{"key": change.key, "action": str(change.action)} for change in plan.blocked],
        }
    )


def run_json(report: Report, at: str) -> str:
    """How the run ended, as the stream's last line; ``changes`` are all of them in the plan's order.

    ``failed`` says whether anything that should have been done was not; ``counts`` has every status, zero included.
    ``restored`` are the addresses that got their old value back after an exchange that could not be completed,
    ``left_parked`` those that still have a temporary one.
    """
    return _line(
        {
            "format_version": FORMAT_VERSION,
            "type": "report",
            "at": at,
            "completed": report.completed,
            "failed": report.failed,
            "interrupted": report.interrupted,
            "resumed": report.resumed,
            "restored": [str(address) for address in report.restored],
            "left_parked": [str(address) for address in report.left_parked],
            "counts": {str(status): report.count(status) for status in Status},
            "changes": [
                {
                    "key": ended.key,
                    "status": str(ended.status),
                    "id": ended.id,
                    "message": ended.why,
                    "hint": ended.hint,
                }
                for ended in report.ended
            ],
        }
    )


def error_json(error: Diagnostic, problems: Sequence[Diagnostic], at: str) -> str:
    """Why there is no report, as the stream's last line; ``problems`` are what the error consists of."""
    return _line(
        {
            "format_version": FORMAT_VERSION,
            "type": "error",
            "at": at,
            "code": error.code,
            "message": error.message,
            "hint": error.hint,
            "diagnostics": [as_map(problem) for problem in problems],
        }
    )


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data)
