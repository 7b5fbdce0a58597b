"""User extensions at EQ. Wire form: specs/eq.yaml, schema ``Extension``.

Two of its attributes are secrets that EQ does not show and that its full replacement blanks, so every update sends
them. A delete leaves nothing behind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from provisioner.kinds import Switch, extensions
from provisioner.kinds.agents import EmailAddress
from provisioner.kinds.extensions import CallerNumber, RecordingChoice
from provisioner.secrets import SecretRef
from provisioner.values import Attributes, Value
from provisioner.vendors.answers import dig
from provisioner.vendors.base import Call, Find, Offer, Problem
from provisioner.vendors.eq import wire
from provisioner.vendors.eq.numbers import DialledNumber
from provisioner.vendors.eq.wire import (
    BOOLEAN,
    SECRET,
    TEXT,
    YES_NO,
    Attribute,
    Kind,
    Unreadable,
    below,
    is_blank,
    text_with_default,
)
from provisioner.vendors.fields import UNSAID, Fields, Like, Mark, Unique
from provisioner.vendors.usage import UseProbe

SIP_CONTEXT, MAILBOX_CONTEXT = "from-internal", "default"
"""What a blank context means; EQ may show either, so both are read and declared as null."""

Name = Annotated[extensions.ExtensionName, Field(max_length=50, json_schema_extra={"expected": "1 to 50 characters"})]

Context = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1),
    Field(json_schema_extra={"expected": "at least 1 character, or null for the default"}),
]


class Recording(Fields):
    """Which calls of the extension are recorded."""

    inbound_external: RecordingChoice = UNSAID
    inbound_internal: RecordingChoice = UNSAID
    outbound_external: RecordingChoice = UNSAID
    outbound_internal: RecordingChoice = UNSAID
    on_demand: Annotated[Switch, Field(description="Whether the person may start a recording.")] = UNSAID


class Sip(Fields):
    """How the phone registers and talks."""

    secret: Annotated[
        SecretRef | None,
        Mark.BLANKED,
        Mark.CLEARABLE,
        Field(
            description="The password with which the phone registers.",
            json_schema_extra={"expected": "{from_env: NAME} or another reference, or null"},
        ),
    ] = UNSAID
    dtmf_mode: Annotated[
        Literal["rfc2833", "inband", "auto", "info", "shortinfo"],
        Field(
            description="How key presses travel: `info` is application/dtmf-relay, `shortinfo` application/dtmf.",
            json_schema_extra={"expected": "rfc2833, inband, auto, info or shortinfo"},
        ),
    ] = UNSAID
    context: Annotated[
        Context | None,
        Mark.CLEARABLE,
        Field(description=f"The dial-plan context of the phone's calls; null is `{SIP_CONTEXT}`."),
    ] = UNSAID
    nat: Annotated[
        Literal["yes", "no", "never", "route"],
        Field(
            description="Address translation: `no` still uses RFC 3581, `never` does not, `route` is without rport.",
            json_schema_extra={"expected": "yes, no, never or route"},
        ),
    ] = UNSAID

    @field_validator("context")
    @classmethod
    def _default_is_null(cls, context: str | None) -> str | None:
        return None if context == SIP_CONTEXT else context


class VoicemailOptions(Fields):
    """What the mailbox does with a message."""

    attach: Annotated[Switch, Field(description="Whether the message is attached to the e-mail.")] = UNSAID
    saycid: Annotated[Switch, Field(description="Whether the caller's number is spoken before the message.")] = UNSAID
    envelope: Annotated[Switch, Field(description="Whether date and time are spoken before the message.")] = UNSAID
    delete: Annotated[Switch, Field(description="Whether the message is deleted once it was sent by e-mail.")] = UNSAID


class Voicemail(Fields):
    """The extension's mailbox."""

    context: Annotated[
        Context | None,
        Mark.CLEARABLE,
        Field(description=f"The mailbox context; null is `{MAILBOX_CONTEXT}`."),
    ] = UNSAID
    password: Annotated[
        SecretRef | None,
        Mark.BLANKED,
        Mark.CLEARABLE,
        Like(r"[0-9]+", "digits"),
        Field(
            description="The code to listen to messages, digits.",
            json_schema_extra={"expected": "{from_env: NAME} or another reference, to digits, or null"},
        ),
    ] = UNSAID
    email: Annotated[
        EmailAddress | None, Mark.CLEARABLE, Field(description="Where a message is announced by e-mail.")
    ] = UNSAID
    pager_email: Annotated[
        EmailAddress | None, Mark.CLEARABLE, Field(description="Where a message is announced in short form.")
    ] = UNSAID
    options: Annotated[VoicemailOptions | None, Mark.CLEARABLE, Field(description="null switches all of them off.")] = (
        UNSAID
    )

    @field_validator("context")
    @classmethod
    def _default_is_null(cls, context: str | None) -> str | None:
        return None if context == MAILBOX_CONTEXT else context

    @field_validator("options")
    @classmethod
    def _null_is_all_off(cls, options: VoicemailOptions | None) -> VoicemailOptions:
        if options is None:
            return VoicemailOptions(attach=False, saycid=False, envelope=False, delete=False)
        return options


class Extension(Fields):
    """An internal number with its phone and, where ``voicemail`` is not null, a mailbox."""

    extension: DialledNumber
    name: Annotated[Name, Mark.CREATE_REQUIRED, Unique()] = UNSAID
    cid_masquerade: Annotated[
        CallerNumber | None,
        Mark.CLEARABLE,
        Field(description="The number shown to colleagues; null shows the extension's own."),
    ] = UNSAID
    outbound_cid: Annotated[
        CallerNumber | None, Mark.CLEARABLE, Field(description="The number shown to outside parties.")
    ] = UNSAID
    emergency_cid: Annotated[
        CallerNumber | None, Mark.CLEARABLE, Field(description="The number shown in emergency calls.")
    ] = UNSAID
    call_waiting: Annotated[
        Switch,
        Field(description="Whether a second call is announced. EQ's own default is off, FreePBX's on: state it."),
    ] = UNSAID
    recording: Recording = UNSAID
    sip: Sip = UNSAID
    voicemail: Annotated[Voicemail | None, Mark.CLEARABLE, Field(description="null for no mailbox.")] = UNSAID

    @field_validator("cid_masquerade")
    @classmethod
    def _own_number_is_null(cls, number: str | None, info: ValidationInfo) -> str | None:
        """FreePBX stores the extension's own number where none is given, and hides it again."""
        return None if number == info.data.get("extension") else number


def rules(declared: Attributes) -> Iterator[Problem]:
    """An empty map says nothing: a mailbox, above all, would neither be made nor be left alone."""
    for path, value in declared.items():
        if value == {}:
            yield Problem(path, f"`{path}` is empty", "at least one of its fields")


# --- Wire form ----------------------------------------------------------------------------------------------------

OPTIONS = ("attach", "saycid", "envelope", "delete")

ATTRIBUTES = (
    Attribute("extension", "extension", TEXT),
    Attribute("name", "name", TEXT),
    Attribute("cid_masquerade", "cidMasquerade", TEXT, default=None, blank=None),
    Attribute("outbound_cid", "outboundCid", TEXT, default=None, blank=None),
    Attribute("emergency_cid", "emergencyCid", TEXT, default=None, blank=None),
    Attribute("call_waiting", "callWaiting", BOOLEAN, default=False),
    Attribute("recording.inbound_external", "recording.inboundExternal", TEXT, default="dontcare"),
    Attribute("recording.inbound_internal", "recording.inboundInternal", TEXT, default="dontcare"),
    Attribute("recording.outbound_external", "recording.outboundExternal", TEXT, default="dontcare"),
    Attribute("recording.outbound_internal", "recording.outboundInternal", TEXT, default="dontcare"),
    Attribute("recording.on_demand", "recording.onDemand", BOOLEAN, default=False),
    Attribute("sip.secret", "sip.secret", SECRET, default=None, secret=True),
    Attribute("sip.dtmf_mode", "sip.dtmfMode", TEXT, default="rfc2833"),
    Attribute("sip.context", "sip.context", text_with_default(SIP_CONTEXT), default=None, blank=None),
    Attribute("sip.nat", "sip.nat", TEXT, default="no"),
    Attribute("voicemail.context", "voicemail.context", text_with_default(MAILBOX_CONTEXT), default=None, blank=None),
    Attribute("voicemail.password", "voicemail.password", SECRET, default=None, secret=True),
    Attribute("voicemail.email", "voicemail.emailAddress", TEXT, default=None, blank=None),
    Attribute("voicemail.pager_email", "voicemail.pagerEmailAddress", TEXT, default=None, blank=None),
    *(
        Attribute(f"voicemail.options.{option}", f"voicemail.options.{option}", YES_NO, default=False, blank=False)
        for option in OPTIONS
    ),
)


def to_wire(
    attributes: Iterable[Attribute], values: Mapping[str, Any], *, create: bool, defaults: Attributes | None = None
) -> dict[str, Any]:
    """The body's ``data``. ``voicemail: null`` without anything below it means no mailbox, and beside something below
    it a mailbox that is new with this request, so that what is not said of it takes the defaults.
    """
    listed = tuple(attributes)
    others = [item for item in listed if not item.path.startswith("voicemail.")]
    if not below("voicemail", values):
        if not create and "voicemail" not in values:
            raise wire.Incomplete(["voicemail"])
        return {**wire.to_wire(others, values, create=create, defaults=defaults), "voicemail": None}
    if create or "voicemail" not in values:
        body = wire.to_wire(listed, values, create=create, defaults=defaults)
    else:
        mailbox = [item for item in listed if item not in others]
        new = wire.to_wire(mailbox, values, create=True, defaults=defaults)
        body = wire.to_wire(others, values, create=False) | new
    body["voicemail"]["options"] |= _other_options(values)
    return body


def replacement(values: Mapping[str, Any], changed: Collection[str]) -> Mapping[str, Any]:
    """Without what lies in a mailbox that this very update takes away."""
    if "voicemail" in changed and values.get("voicemail") is None:
        return {path: value for path, value in values.items() if not path.startswith("voicemail.")}
    return values


def _other_options(values: Mapping[str, Any]) -> dict[str, Any]:
    """Options without a field of ours, carried on as they were read."""
    prefix = "voicemail.options."
    named = {path.removeprefix(prefix): value for path, value in values.items() if path.startswith(prefix)}
    return {name: value for name, value in named.items() if name not in OPTIONS}


def from_wire(
    attributes: Iterable[Attribute], answer: Mapping[str, Any], renamed: Mapping[str, str] | None = None
) -> dict[str, Value]:
    """The extension in our words, without its secrets; ``voicemail`` is null where there is no mailbox."""
    names = renamed or {}
    raw = dig(answer, names.get("voicemail", "voicemail"))
    if not is_blank(raw) and not isinstance(raw, Mapping):
        raise Unreadable("`voicemail` is neither null nor an object")
    listed = tuple(item for item in attributes if not is_blank(raw) or not item.path.startswith("voicemail."))
    found = wire.from_wire(listed, answer, names)
    if is_blank(raw):
        found["voicemail"] = None
    if found["cid_masquerade"] == found["extension"]:
        found["cid_masquerade"] = None
    return found


def other_options(answer: Mapping[str, Any]) -> dict[str, Value]:
    """Voice mail options that EQ's document does not name, so that a replacement can carry them on."""
    options = dig(answer, "voicemail.options")
    if not isinstance(options, Mapping):
        return {}
    return {f"voicemail.options.{name}": value for name, value in options.items() if name not in OPTIONS}


EXTENSION_DEFAULTS = wire.create_defaults("extensions", ATTRIBUTES)
"""Those of a mailbox hold where there is one; by default there is none."""

EXTENSIONS = Kind(
    "extensions",
    path="extension",
    item="extension",
    attributes=ATTRIBUTES,
    offer=Offer(
        Extension,
        Call.READ | Call.CREATE | Call.UPDATE | Call.DELETE,
        sources={
            Call.READ: "specs/eq.yaml, GET /extension/{extension}",
            Call.CREATE: "specs/eq.yaml, POST /extension",
            Call.UPDATE: "specs/eq.yaml, PUT /extension/{extension}",
            Call.DELETE: "specs/eq.yaml, DELETE /extension/{extension}",
        },
        find=Find.BY_KEY,
        rules=rules,
        defaults=lambda settings: {"voicemail": None, **EXTENSION_DEFAULTS(settings)},
        blanks=lambda settings: settings.extension.missing_secret == "send_blank",  # noqa: S105 (a choice, no secret)
        use=UseProbe("specs/eq.yaml, GET /active_calls", fields=frozenset({"sip"})),
    ),
    writer=to_wire,
    reader=from_wire,
    replacement=replacement,
)
