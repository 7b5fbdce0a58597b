"""How does a command write a file that is there already? Whole, or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from provisioner.errors import UsageError


def replace_text(path: Path, text: str) -> None:
    """Puts the text in the file's place at once, with the file's permissions; a link stays one.

    What is not there yet is made, its folder too. Raises UsageError.
    """
    target = Path(os.path.realpath(path))
    draft = target.with_name(f".{target.name}.{os.getpid()}")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            with draft.open("w", encoding="utf-8", newline="") as file:
                file.write(text)
                file.flush()
                os.fsync(file.fileno())
            if target.exists():
                shutil.copymode(target, draft)
            os.replace(draft, target)
        except BaseException:
            draft.unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UsageError(f"`{path}` cannot be written: {(error.strerror or 'error').lower()}") from error
