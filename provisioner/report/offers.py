"""What an Offer says, in words: in a few of them for a table of vendors, in a sentence for one who wants to know."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from provisioner.diagnostics import listed
from provisioner.vendors.base import Call, Deleted, Find, Offer, Write
from provisioner.vendors.fields import Mark

CALLS = tuple(Call)
NOTHING = "-"
"""What stands in a table where a vendor has nothing to answer with."""

_FOUND = {
    Find.BY_KEY: ("by key", "by its natural key, which is the vendor's id"),
    Find.LIST: ("list", "in a listing of all"),
    Find.SCAN: ("id scan", "by a scan over the ids, which count up"),
    Find.NONE: ("never", "not at all: the vendor cannot be asked"),
}
_EVIDENCE = {Find.BY_KEY: "asked", Find.SCAN: "every id", Find.NONE: NOTHING}
_DELETED = {
    Deleted.ABSENT: ("nothing", "nothing is left"),
    Deleted.READABLE: ("a record", "a record is left that can be read; its unique values are free"),
    Deleted.HOLDS_KEY: ("holds key", "a record is left that can be read, and its natural key stays taken"),
}
_WRITE = {
    Write.MERGE: ("changes", "an update carries what changes"),
    Write.REPLACE_ALL: (
        "everything",
        "an update carries everything: what nobody declares is read, where it can be, and sent along",
    ),
    Write.ONE_FIELD: ("one field", "an update is a request for each field"),
}
_SETTING = Call.CREATE | Call.UPDATE
_WRITING = _SETTING | Call.DELETE | Call.UNDELETE
_PORTALS = (Mark.ASSIGNED, Mark.READ_ONLY)
"""Fields with one of these are only ever set in the vendor's portal."""

_MARKED = (
    (Mark.BLANKED, "secrets", "{} cannot be read: sent again if declared; else a plan says what becomes of it"),
    (Mark.ASSIGNED, "manual", "only the portal gives {}"),
    (Mark.READ_ONLY, "manual", "only the portal changes {}"),
    (Mark.CREATE_ONLY, "manual", "{} can be sent when it is made; only the portal changes it later"),
    (Mark.IMMUTABLE, "fixed", "another value of {} is a delete and a create"),
    (Mark.MATCH_ONLY, "matched", "{} is used to find the entity, and never sent"),
)


def name(call: Call) -> str:
    """The call as it stands in a table."""
    if call.name is None:
        raise AssertionError(f"{call!r} is several calls")
    return call.name.lower()


# --- In a few words -----------------------------------------------------------------------------------------------


def _if_can(call: Call, words: Callable[[Offer], str]) -> Callable[[Offer], str]:
    return lambda offer: words(offer) if offer.can(call) else NOTHING


def _evidence(offer: Offer) -> str:
    return _EVIDENCE.get(offer.find) or ("counted" if offer.counted else "believed")


def _writes(offer: Offer) -> str:
    return NOTHING if not offer.calls & _WRITING else "in turn" if offer.serial_writes else "at once"


def _persons(offer: Offer) -> str:
    """How many fields are left to a person."""
    left, free = left_to_a_person(offer), left_to_us(offer)
    if not free:
        return "all fields"
    if len(left) > len(free):
        return f"all but {len(free)}"
    return f"{len(left)} field{'' if len(left) == 1 else 's'}" if left else NOTHING


def _by_hand(offer: Offer) -> str:
    """Which changes have no call: all of them where the vendor only shows what there is."""
    lacking = _lacking(offer)
    return "everything" if not offer.calls & _WRITING else ", ".join(lacking) or NOTHING


QUESTIONS: tuple[tuple[str, Callable[[Offer], str]], ...] = (
    *((name(call), _if_can(call, lambda _: "yes")) for call in CALLS),
    ("found", lambda offer: _FOUND[offer.find][0]),
    ("evidence", _evidence),
    ("update sends", _if_can(Call.UPDATE, lambda offer: _WRITE[offer.write][0])),
    ("writes", _writes),
    ("delete leaves", _if_can(Call.DELETE, lambda offer: _DELETED[offer.deleted][0])),
    ("licence", lambda offer: NOTHING if offer.licence is None else "counts it"),
    ("in use", lambda offer: NOTHING if offer.use is None else "told"),
    ("lag", lambda offer: f"{offer.lag:g} s" if offer.lag else NOTHING),
    ("a person does", _by_hand),
    ("a person sets", _persons),
)
"""What a buyer asks of every vendor, each with its answer for an Offer."""

MEANINGS = (
    ("evidence", "`counted`: the vendor says how many there are; `believed`: it does not, so an empty listing says "
     "nothing while state binds some; `every id`: each id is asked for; `asked`: a key itself is asked for"),
    ("update sends", "what a request carries: what changes, everything (so that nothing is reset), or one field"),
    ("writes", "several at once, or one in turn after the other"),
    ("delete leaves", "`holds key`: the natural key stays taken"),
    ("licence", "the vendor says how many it allows, which guard `capacity` holds a plan against"),
    ("in use", "the vendor tells who is on a call or waits, which guard `busy` asks before a delete"),
    ("a person does", "changes for which the vendor has no call: `manual` in JSON, `by hand` in a plan's text"),
    ("a person sets", "fields that only the vendor's portal changes, told in the same words"),
)  # fmt: skip
"""What the answers mean, by question."""


def left_to_a_person(offer: Offer) -> tuple[str, ...]:
    """The fields that only the vendor's portal sets."""
    return _marked(offer, *_PORTALS) if offer.calls & _SETTING else tuple(offer.specs)


def left_to_us(offer: Offer) -> tuple[str, ...]:
    """The fields that a request can set, now or when the entity is made."""
    settled = {*left_to_a_person(offer), *_marked(offer, Mark.MATCH_ONLY)}
    return tuple(path for path in offer.specs if path not in settled and not _is_map(offer, path))


def persons_part(offer: Offer) -> str:
    """Which fields are left to a person, where some are and some are not; empty where all are, or none is."""
    left, free = left_to_a_person(offer), left_to_us(offer)
    if not left or not free:
        return ""
    return listed(left) if len(left) <= len(free) else f"all but {listed(free)}"


def _is_map(offer: Offer, path: str) -> bool:
    return any(other.startswith(f"{path}.") for other in offer.specs)


def _marked(offer: Offer, *marks: Mark) -> tuple[str, ...]:
    return tuple(path for path, spec in offer.specs.items() if any(spec.has(mark) for mark in marks))


# --- In sentences -------------------------------------------------------------------------------------------------


def manners(offer: Offer) -> Iterator[tuple[str, str]]:
    """Everything beyond its calls that is special about a kind, each with a label; some labels come twice."""
    yield "known by", _key(offer)
    yield "found", _FOUND[offer.find][1]
    if offer.find is Find.LIST:
        yield from _believed(offer)
    if not offer.readable:
        yield "read", "never: what it holds is known from the state only"
    yield from _written(offer)
    yield from _manual(offer)
    secrets = [path for path, spec in offer.specs.items() if spec.secret and not spec.has(Mark.BLANKED)]
    if secrets:
        yield "secrets", f"{listed(secrets)}: sent when made and when the version changes; never read"
    for mark, label, words in _MARKED:
        paths = _marked(offer, mark)
        if paths:
            yield label, words.format(listed(paths))
    yield from _by_itself(offer)
    yield from _guards(offer)


def _key(offer: Offer) -> str:
    each = "; each tells it by itself" if offer.either_key and len(offer.key_paths) > 1 else ""
    return (", else " if offer.either_key else " with ").join(f"`{path}`" for path in offer.key_paths) + each


def _believed(offer: Offer) -> Iterator[tuple[str, str]]:
    if offer.counted:
        yield "counted", "the vendor says how many there are: a listing that is short of it proves no absence"
    else:
        yield "believed", "what it lists, since nothing counts them; an empty listing only while state binds none there"


def _written(offer: Offer) -> Iterator[tuple[str, str]]:
    if offer.can(Call.DELETE):
        yield "deleted", _DELETED[offer.deleted][1]
    if offer.can(Call.UPDATE):
        words = _WRITE[offer.write][1] if offer.readable else "an update carries everything, from the state"
        yield "written", words
    if offer.serial_writes:
        yield "writes", "one at a time"
    if offer.lag:
        yield "lag", f"a change shows after up to {offer.lag:g} seconds"


def _manual(offer: Offer) -> Iterator[tuple[str, str]]:
    lacking = _lacking(offer)
    if lacking:
        yield "manual", f"no call to {', '.join(lacking)}: a plan says what a person has to do"


def _lacking(offer: Offer) -> list[str]:
    """What no call does, so that a person does it in the vendor's portal."""
    wanted = [Call.CREATE, Call.UPDATE, Call.DELETE, *([Call.UNDELETE] if offer.deleted is not Deleted.ABSENT else [])]
    return [name(call) for call in wanted if not offer.can(call)]


def _by_itself(offer: Offer) -> Iterator[tuple[str, str]]:
    """What changes without anybody's doing; of a list's member it can be asked for all the same."""
    paths = _marked(offer, Mark.RUN_TIME)
    asked = [path for path in paths if offer.specs[path].member]
    if asked:
        yield "by itself", f"{listed(asked)} changes by itself; an apply asks for what is declared"
    if len(asked) < len(paths):
        left = [path for path in paths if path not in asked]
        yield "by itself", f"{listed(left)} changes by itself, and is never counted as drift"


def _guards(offer: Offer) -> Iterator[tuple[str, str]]:
    """What the vendor can be asked about how an account is used."""
    if offer.licence is not None:
        yield "licence", f"counts it as `{offer.licence}`"
    if offer.use is not None:
        paths = "".join(f", or to change `{path}`" for path in sorted(offer.use.fields))
        paths += "".join(f", or to make `{path}` false" for path in sorted(offer.use.leaves))
        yield "in use", f"asked before it is to be deleted or replaced{paths}: {offer.use.source}"
