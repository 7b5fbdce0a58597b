"""The number of a queue or of an extension at EQ: both are what FreePBX dials. Wire form: specs/eq.yaml."""

from __future__ import annotations

from typing import Annotated

from provisioner.kinds.extensions import ExtensionNumber
from provisioner.vendors.fields import Mark, Unique

DialledNumber = Annotated[
    ExtensionNumber, Mark.NATURAL_KEY, Mark.IMMUTABLE, Mark.CREATE_REQUIRED, Unique(space="numbers")
]
"""EQ promises a clash within one kind only; FreePBX, underneath, refuses a number that anything of its own has
(github.com/FreePBX/queues, Queues.class.php), so queues and extensions share one set of numbers."""
