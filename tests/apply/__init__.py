"""Applying a plan, with a small invented vendor in memory instead of a network."""
