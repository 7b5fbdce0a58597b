"""Where a record can live, and what a manifest says of each under ``state:``."""

import unicodedata

LOCAL = "local"
"""The back-end that is meant where nothing is said: a folder of this machine."""

POSTGRES = "postgres"
"""A PostgreSQL database that several machines share."""

KEYS = {LOCAL: frozenset({"path"}), POSTGRES: frozenset({"dsn", "name"})}
"""What each back-end may be told, beside its name."""

REQUIRED = {POSTGRES: ("dsn", "name")}
"""What each back-end must be told."""

LONGEST_NAME = 200
"""Characters of a record's name in a database."""


def is_name(text: str) -> bool:
    """True for what a record in a database may be called: anything that can be seen on one line."""
    return bool(text.strip()) and len(text) <= LONGEST_NAME and not any(map(_steers, text))


def _steers(character: str) -> bool:
    """True for control characters, line ends of any alphabet and halves of a character."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")
