"""Every apply for people, and for programs: who, when, by which command, and what came of it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from provisioner.report.fields import BOLD, RED, YELLOW, Paper, plain
from provisioner.state.document import Requested
from provisioner.state.history import Record, Status, record_json

FORMAT_VERSION: Final = "1"

INKS: Final = {Status.COMPLETED: BOLD, Status.INCOMPLETE: YELLOW, Status.INTERRUPTED: RED}

NO_EFFECT: Final = "no_effect"


def history_json(newest: Iterable[Record], total: int) -> str:
    """The records as one document; ``total`` is how many the whole history has."""
    told = {"format_version": FORMAT_VERSION, "total": total, "applies": [record_json(record) for record in newest]}
    return json.dumps(told, indent=1, ensure_ascii=True)


def history_text(newest: Sequence[Record], total: int, paper: Paper, *, requests: bool) -> str:
    """A few lines for each record, each request as well where asked for."""
    if not newest:
        return "Nothing was applied yet."
    blocks = ["\n".join(_block(record, paper, requests=requests)) for record in newest]
    if len(newest) < total:
        blocks.append(f"{total - len(newest)} earlier: `--limit 0` shows all.")
    return "\n\n".join(blocks)


def verified_json(lines: int, head: str) -> str:
    """That the history is as it was written; ``head`` is the SHA-256 of its last line."""
    return json.dumps({"format_version": FORMAT_VERSION, "lines": lines, "head": head})


def verified_text(lines: int) -> str:
    """The same for people."""
    return f"{lines} line{'' if lines == 1 else 's'}, all as written" if lines else "nothing was applied yet"


def _block(record: Record, paper: Paper, *, requests: bool) -> Iterator[str]:
    status = paper.ink(str(record.status), INKS[record.status])
    yield f"{plain(record.started)}  {status}  {plain(record.who)}"
    yield f"  {plain(record.command)}"
    totals = ", ".join(f"{count} {plain(word)}" for word, count in record.totals.items() if count)
    yield f"  {totals or 'no changes'}"
    finished = f", finished {plain(record.finished)}" if record.finished else ""
    yield f"  run {plain(record.run)}, plan {plain(record.plan)[:12] or '-'}{finished}"
    for request in record.requests if requests else ():
        yield f"    {_request(request)}"


def _request(request: Requested) -> str:
    became = "had no effect" if request.result == NO_EFFECT else plain(request.result)
    found = " (found out afterwards)" if request.settled else ""
    detail = f": {plain(request.detail)}" if request.detail else ""
    identity = f", id {plain(str(request.id))}" if request.id is not None else ""
    return f"{request.verb} {request.address}: {became}{found}{identity}{detail}"
