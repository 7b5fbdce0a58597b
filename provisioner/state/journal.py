"""How entries are spelled on lines, and what of a journal that was cut short is still good.

::

    {"sum":"5d1f0c2a","entry":{"did":"change_done","run_id":"r-1","key":"agents.jane@pbx"}}
    {"sum":"90aa31fe","entry":{"did":"outcome","intent_id":7,"resu                             torn: never acknowledged

Each line carries the CRC-32 of its entry. A write that was cut short spoils the last line, which nobody was told is
stored, so it is dropped. A bad line with others behind it is damage, and nothing after it can be trusted.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

from provisioner.errors import StateError
from provisioner.state.entries import (
    Accounts,
    ChangeDone,
    Commanded,
    Entry,
    Forgot,
    HistoryWritten,
    IntentMade,
    Moved,
    Outcome,
    Parked,
    Put,
    PutUnknown,
    Result,
    RunFinished,
    RunStarted,
    Settled,
    Settlement,
    Unparked,
    WriterOpened,
)
from provisioner.state.form import (
    ADDRESS,
    ATTRIBUTES,
    BOUND,
    COUNT,
    FLAG,
    FORMAT_VERSION,
    INTENT,
    RUN,
    TEXT,
    TOMBSTONE,
    UNKNOWN,
    Form,
    Malformed,
    Spelling,
    listing,
    mapping,
    maybe,
    one_of,
)

_RESULT: dict[str, Spelling[Any]] = {"intent_id": COUNT, "vendor_id": maybe(TEXT), "detail": TEXT}

FORMS: Mapping[str, tuple[type[Entry], Form[Any]]] = {
    "writer_opened": (WriterOpened, Form(WriterOpened, who=TEXT, host=TEXT, command=TEXT, at=TEXT)),
    "commanded": (Commanded, Form(Commanded, command=TEXT)),
    "run_started": (
        RunStarted,
        Form(
            RunStarted,
            run=RUN.spelling,
            tenant=TEXT,
            accounts=mapping(TEXT),
            credentials=mapping(listing(TEXT)),
        ),
    ),
    "run_finished": (
        RunFinished,
        Form(RunFinished, run_id=TEXT, completed=FLAG, at=TEXT, totals=mapping(COUNT)),
    ),
    "change_done": (ChangeDone, Form(ChangeDone, run_id=TEXT, key=TEXT)),
    "intent_made": (IntentMade, Form(IntentMade, intent=INTENT.spelling)),
    "outcome": (Outcome, Form(Outcome, **_RESULT, result=one_of(Result), times=COUNT)),
    "settled": (Settled, Form(Settled, **_RESULT, result=one_of(Settlement), taken=FLAG)),
    "put": (Put, Form(Put, bound=BOUND.spelling)),
    "put_unknown": (PutUnknown, Form(PutUnknown, unknown=UNKNOWN.spelling)),
    "forgot": (Forgot, Form(Forgot, address=ADDRESS, tombstone=maybe(TOMBSTONE.spelling), everything=FLAG)),
    "parked": (Parked, Form(Parked, address=ADDRESS, attributes=ATTRIBUTES)),
    "unparked": (Unparked, Form(Unparked, address=ADDRESS)),
    "moved": (Moved, Form(Moved, source=ADDRESS, target=ADDRESS)),
    "accounts": (Accounts, Form(Accounts, accounts=mapping(TEXT))),
    "history_written": (HistoryWritten, Form(HistoryWritten, run_id=TEXT, head=TEXT)),
}
_WORD = {of: (word, form) for word, (of, form) in FORMS.items()}

_TEXT = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_ENTRY_AT = len(b'{"sum":"5d1f0c2a","entry":')


@dataclass(frozen=True, slots=True)
class Journal:
    """What a journal's bytes say. ``good`` is how many of them do; what follows is torn."""

    lineage: str
    generation: int
    entries: tuple[Entry, ...]
    good: int


def line_of(entry: Entry) -> bytes:
    """The entry's line, its end included."""
    word, form = _WORD[type(entry)]
    return _sealed({"did": word, **form.write(entry)})


def first_line(lineage: str, generation: int) -> bytes:
    """What a journal begins with: whose it is, and which snapshot it continues."""
    return _sealed({"did": "begun", "format_version": FORMAT_VERSION, "lineage": lineage, "generation": generation})


def read(data: bytes, where: str) -> Journal:
    """The journal in these bytes; raises StateError naming the line where it is damaged, or of a newer format."""
    lines = data.split(b"\n")
    torn = lines.pop()
    raws: list[dict[str, Any]] = []
    for number, line in enumerate(lines):
        try:
            raws.append(_unsealed(line))
        except Malformed as error:
            if torn or number != len(lines) - 1:
                raise _damaged(where, number, str(error)) from error
            torn = line + b"\n"
    begun, *rest = raws or [{}]
    lineage, generation = _begun(begun, where)
    entries = tuple(_entry(raw, where, number) for number, raw in enumerate(rest, start=1))
    return Journal(lineage, generation, entries, good=len(data) - len(torn))


def _begun(raw: dict[str, Any], where: str) -> tuple[str, int]:
    if raw.get("did") != "begun":
        raise _damaged(where, 0, "it is not how a journal begins")
    if raw["format_version"] != FORMAT_VERSION:
        raise StateError(
            f"`{where}` is of format version {raw['format_version']}, and this tool reads {FORMAT_VERSION}",
            hint="a newer version of the tool wrote it: upgrade `provisioner`",
        )
    return raw["lineage"], raw["generation"]


def _entry(raw: dict[str, Any], where: str, number: int) -> Entry:
    word = raw.pop("did", None)
    if word not in FORMS:
        raise _damaged(where, number, f"nothing that can be done is called {word!r:.40}")
    try:
        entry: Entry = FORMS[word][1].read(raw)
    except Malformed as error:
        raise _damaged(where, number, str(error)) from error
    return entry


def _sealed(raw: dict[str, Any]) -> bytes:
    text = _TEXT(raw).encode("utf-8", "surrogatepass")
    return b'{"sum":"%08x","entry":%b}\n' % (crc32(text), text)


def _unsealed(line: bytes) -> dict[str, Any]:
    text = line[_ENTRY_AT:-1]
    if line != b'{"sum":"%08x","entry":%b}' % (crc32(text), text):
        raise Malformed("its checksum does not match")
    raw: dict[str, Any] = json.loads(text)
    return raw


def _damaged(where: str, number: int, why: str) -> StateError:
    return StateError(
        f"the journal `{where}` is damaged at line {number + 1}: {why}",
        hint="restore the whole folder from a backup; without one, delete that line and all after it, then `plan`: "
        "what was applied since shows as drift or as already there",
    )
