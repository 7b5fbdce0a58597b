"""How long a comment may be; imported wherever options are declared, so it imports nothing."""

from __future__ import annotations

from typing import Final

LONGEST: Final = 65_536
"""As many characters as GitHub takes in one comment."""

LEAST: Final = 2_000
"""With less, not even what a plan is about could be said beside what is left out."""
