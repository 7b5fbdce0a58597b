"""A plan as one self-contained HTML file; ``page.py`` puts it together."""

from provisioner.report.html.page import plan_html

__all__ = ["plan_html"]
