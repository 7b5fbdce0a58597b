"""A plan as one self-contained HTML file."""

from __future__ import annotations

from html import escape

from provisioner.plan.document import Plan
from provisioner.report.text import plan_text


def plan_html(plan: Plan, *, file: str | None = None, tool: str = "provisioner") -> str:
    """A whole page that asks nothing of any network, without a line end at the end."""
    title = f"Plan for {escape(plan.tenant)}" if plan.tenant else "Plan"
    text = escape(plan_text(plan, color=False, file=file, tool=tool))
    return f'<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>{title}</title><pre>{text}</pre></html>'
