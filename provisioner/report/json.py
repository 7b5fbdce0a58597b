"""What programs read: a plan, the stream of an apply's events, and how the apply ended.

Characters beyond ASCII are escaped, so that nothing in a value can steer a terminal or break a line. The stream of
``apply --json`` is one object a line: ``event_json`` for whatever happens, ``run_json`` last.

::

    {"format_version": "1", "type": "change_ended", "key": "agents.jane@pbx", "action": "create", "status": "done",
     "id": "17", "message": "", "hint": null, "at": "2030-01-02T03:04:05Z"}

Every event has all of these members; what does not apply is null. ``type`` is a word of ``events.Kind``, ``status`` one
of ``events.Status``; ``key`` is the change's, as in the plan.
"""

from __future__ import annotations

import json
from typing import Any, Final

from provisioner.apply.events import Event, Status
from provisioner.apply.run import Report
from provisioner.plan.document import Plan
from provisioner.plan.document_json import to_json

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


def run_json(report: Report) -> str:
    """How the run ended, as one line: ``type`` is ``report``, ``changes`` are all of them in the plan's order.

    ``failed`` says whether anything that should have been done was not; ``counts`` has every status, zero included.
    ``restored`` are the addresses that got their old value back after an exchange that could not be completed,
    ``left_parked`` those that still have a temporary one.
    """
    return _line(
        {
            "format_version": FORMAT_VERSION,
            "type": "report",
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


def _line(data: dict[str, Any]) -> str:
    return json.dumps(data)
