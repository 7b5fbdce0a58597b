"""How EQ writes what we call fields: attributes, the forms of their values, and the two ways through them.

Each kind lists its ``Attribute`` values in the order of EQ's tables; ``to_wire`` and ``from_wire`` walk such a list.
All of it is pure, and nothing here knows of requests. Forms and defaults: specs/eq.yaml, components/schemas.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum, StrEnum, auto
from typing import Any, Literal, Protocol, TypeAlias

from provisioner.secrets import Secret
from provisioner.values import Attributes, Value
from provisioner.vendors.answers import dig
from provisioner.vendors.base import Offer


class Unreadable(ValueError):
    """EQ's answer holds something that cannot be taken for the attribute that it should be."""


class Incomplete(ValueError):
    """A body cannot be made: EQ would reset or refuse what is missing. ``paths`` are those fields, in our names."""

    def __init__(self, paths: Sequence[str]) -> None:
        super().__init__(", ".join(paths))
        self.paths = tuple(paths)


@dataclass(frozen=True, slots=True)
class Form:
    """One way to spell a value: ``encode`` takes ours (never null), ``decode`` EQ's (never blank), or ValueError."""

    encode: Callable[[Any], Any]
    decode: Callable[[Any], Value]


class No(Enum):
    """What an attribute has instead of a value."""

    DEFAULT = auto()
    """A create without it is refused."""
    BLANK = auto()
    """Neither null nor blank nor left out has a meaning: an answer with that is unreadable."""


class OnUpdate(StrEnum):
    """What becomes of an attribute in an update, which replaces the entity as a whole."""

    SENT = "sent"
    """Left out it would be reset, so it must be known."""
    LEFT_OUT = "left_out"
    """Fixed at creation: EQ takes it only then."""
    KEPT = "kept"
    """Left out it stays what it was; sent when given."""


@dataclass(frozen=True, slots=True)
class Attribute:
    """One settable attribute: our dotted path, EQ's dotted name, the form of its value.

    ``default`` is what a create sends where nothing is said, in our words; ``blank`` what null, "" or absence in an
    answer means. ``secret`` ones are never read.
    """

    path: str
    name: str
    form: Form
    default: Any = No.DEFAULT
    blank: Any = No.BLANK
    on_update: OnUpdate = OnUpdate.SENT
    secret: bool = False


# --- Forms --------------------------------------------------------------------------------------------------------


def _same(value: Any) -> Any:
    return value


def _text(raw: Any) -> Value:
    """Text as EQ compares it, without white space around; a number becomes its digits."""
    if isinstance(raw, str):
        return raw.strip()
    if isinstance(raw, int) and not isinstance(raw, bool):
        return str(raw)
    raise ValueError("is not text")


def _integer(raw: Any) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool):
        return raw
    if isinstance(raw, str) and raw.strip().isascii() and raw.strip().isdigit():
        return int(raw)
    raise ValueError("is not an integer")


BOOLEAN_WORDS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}
"""Every spelling of a boolean that is understood; JSON's own are what is sent."""


def boolean(raw: Any) -> bool:
    """A boolean in any of its spellings; raises ValueError for anything else."""
    word = str(raw).strip().casefold()
    if not isinstance(raw, (bool, int, str)) or word not in BOOLEAN_WORDS:
        raise ValueError("is not a boolean")
    return BOOLEAN_WORDS[word]


def codes(by_word: Mapping[str, int]) -> Form:
    """A word of ours for each numeric code of EQ's; a code without one is unreadable: nobody knows what it does."""
    by_code = {code: word for word, code in by_word.items()}

    def decode(raw: Any) -> Value:
        code = _integer(raw)
        if code not in by_code:
            raise ValueError(f"is {code}, which no document explains")
        return by_code[code]

    return Form(by_word.__getitem__, decode)


def words(by_word: Mapping[str, str]) -> Form:
    """A word of ours for each word of EQ's; an unknown one stays as EQ spells it."""
    by_name = {name: word for word, name in by_word.items()}
    return Form(lambda word: by_word.get(word, word), lambda raw: by_name.get(str(_text(raw)), _text(raw)))


def text_with_default(word: str) -> Form:
    """Text in which one word means the same as blank."""
    return Form(_same, lambda raw: None if _text(raw) == word else _text(raw))


def _not_read(_: Any) -> Value:
    raise AssertionError("a secret is never read")


TEXT = Form(_same, _text)
INTEGER = Form(_same, _integer)
BOOLEAN = Form(_same, boolean)
YES_NO = Form(lambda value: "yes" if value else "no", boolean)
SECRET = Form(_same, _not_read)


# --- The two ways -------------------------------------------------------------------------------------------------


def to_wire(
    attributes: Iterable[Attribute], values: Mapping[str, Any], *, create: bool, defaults: Attributes | None = None
) -> dict[str, Any]:
    """The whole entity as EQ wants it: every attribute explicitly, nested where EQ nests.

    A create fills in ``defaults`` (by our path), then the table's own. Raises Incomplete with every field that is
    missing: an update takes all that it sends from ``values``.
    """
    body: dict[str, Any] = {}
    missing = []
    for attribute in attributes:
        if not create and attribute.on_update is OnUpdate.LEFT_OUT:
            continue
        if attribute.path in values:
            _put(body, attribute, values[attribute.path])
        elif create and (default := (defaults or {}).get(attribute.path, attribute.default)) is not No.DEFAULT:
            _put(body, attribute, default)
        elif create or attribute.on_update is OnUpdate.SENT:
            missing.append(attribute.path)
    if missing:
        raise Incomplete(missing)
    return body


def _put(body: dict[str, Any], attribute: Attribute, value: Any) -> None:
    *parents, name = attribute.name.split(".")
    for parent in parents:
        body = body.setdefault(parent, {})
    body[name] = value if value is None or isinstance(value, Secret) else attribute.form.encode(value)


def from_wire(
    attributes: Iterable[Attribute], answer: Mapping[str, Any], renamed: Mapping[str, str] | None = None
) -> dict[str, Value]:
    """What an answer says of every attribute that can be read, in our words.

    ``renamed`` gives EQ's documented name → the name that this EQ uses. What is not an attribute is passed over.
    Raises Unreadable for what is missing or makes no sense.
    """
    names = renamed or {}
    return {
        attribute.path: _value(attribute, dig(answer, names.get(attribute.name, attribute.name)))
        for attribute in attributes
        if not attribute.secret
    }


def _value(attribute: Attribute, raw: Any) -> Value:
    if is_blank(raw):
        if attribute.blank is No.BLANK:
            raise Unreadable(f"`{attribute.name}` is missing")
        blank: Value = attribute.blank
        return blank
    try:
        return attribute.form.decode(raw)
    except ValueError as error:
        raise Unreadable(f"`{attribute.name}` {error}") from error


def is_blank(raw: Any) -> bool:
    """True for null, for absence (which ``dig`` gives as None), and for text of white space."""
    return raw is None or (isinstance(raw, str) and not raw.strip())


def below(path: str, paths: Collection[str]) -> bool:
    """True if any of the paths lies in the map at ``path``."""
    return any(other.startswith(f"{path}.") for other in paths)


# --- Kinds --------------------------------------------------------------------------------------------------------


KindName: TypeAlias = Literal["supervisors", "agents", "queues", "pause_codes", "extensions", "alerts"]

PathName: TypeAlias = Literal[
    "supervisor",
    "agent",
    "call_queue",
    "pause_code",
    "extension",
    "alert",
    "license",
    "license_usage",
    "active_supervisor_sessions",
    "active_agent_sessions",
    "queued_calls",
    "active_calls",
]
"""The rows of EQ's path table that this tool asks for; each name is also the path, unless `paths` says otherwise."""


def create_defaults(kind: KindName, attributes: Iterable[Attribute]) -> Callable[[Any], Attributes]:
    """What a create makes of what nobody declares: the table's defaults, and over them the connection's own."""
    table = {item.path: item.default for item in attributes if item.default is not No.DEFAULT and not item.secret}
    return lambda settings: {**table, **settings.defaults_of(kind)}


class Writer(Protocol):
    """How a body is made; ``to_wire``, or what a kind with rules of its own puts around it."""

    def __call__(
        self, attributes: Iterable[Attribute], values: Mapping[str, Any], *, create: bool, defaults: Attributes | None
    ) -> dict[str, Any]: ...


class Replacement(Protocol):
    """What an update carries, out of what is live or declared and which paths changed."""

    def __call__(self, values: Mapping[str, Any], changed: Collection[str]) -> Mapping[str, Any]: ...


class Reader(Protocol):
    """How an answer is read; ``from_wire``, or what a kind with rules of its own puts around it."""

    def __call__(
        self, attributes: Iterable[Attribute], answer: Mapping[str, Any], renamed: Mapping[str, str] | None
    ) -> dict[str, Value]: ...


@dataclass(frozen=True)
class Kind:
    """One kind at EQ: what it offers, how it is written, and where it is found.

    ``path`` is its name in the table of paths; ``item`` what EQ calls the key of an item, ``id`` or ``extension``.
    """

    name: KindName
    path: PathName
    item: Literal["id", "extension"]
    offer: Offer
    attributes: tuple[Attribute, ...]
    writer: Writer = to_wire
    reader: Reader = from_wire
    replacement: Replacement = lambda values, changed: values

    @property
    def numbered(self) -> bool:
        """True where EQ gives an integer id, False where the extension is the key."""
        return self.offer.numbered

    def to_wire(self, values: Mapping[str, Any], *, create: bool, defaults: Attributes | None = None) -> dict[str, Any]:
        """The body's ``data`` for these values; raises Incomplete with every field that is missing."""
        return self.writer(self.attributes, values, create=create, defaults=defaults)

    def from_wire(self, answer: Mapping[str, Any], renamed: Mapping[str, str] | None = None) -> dict[str, Value]:
        """The attributes in an answer, flat and in our words; raises Unreadable."""
        return self.reader(self.attributes, answer, renamed)
