"""Where a record can live, and what a manifest says of each under ``state:``."""

LOCAL = "local"
"""The back-end that is meant where nothing is said: a folder of this machine."""

KEYS = {LOCAL: frozenset({"path"})}
"""What each back-end may be told, beside its name."""
