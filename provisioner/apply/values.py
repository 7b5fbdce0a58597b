"""What is sent for a change: declared values over what is there, references as ids, secrets as secrets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.address import Address
from provisioner.apply.rosters import Writing
from provisioner.apply.sending import Load
from provisioner.apply.stale import Stale
from provisioner.errors import ProvisionerError
from provisioner.plan.blanking import lost
from provisioner.plan.differ import same, value_at
from provisioner.plan.document import ABSENT, Change, Maybe
from provisioner.plan.identity import NO_NAMES, Names
from provisioner.secrets import Secret
from provisioner.state.document import Bound
from provisioner.state.writer import Writer
from provisioner.values import Attributes, Value, VendorId, is_secret, overlaid, parents
from provisioner.vendors.base import Offer, Write
from provisioner.vendors.fields import Mark

NEVER_SENT = frozenset({Mark.READ_ONLY, Mark.MATCH_ONLY})
NOT_COMPARED = frozenset({Mark.RUN_TIME, Mark.CREATE_ONLY})


_NOTHING: Mapping[str, None] = {}


class ReferenceMissing(ProvisionerError):
    """What a change refers to has no id."""


@dataclass(frozen=True)
class Body:
    """What one change sends: ``values`` for the adapter, the paths that change, and what the journal keeps."""

    values: Mapping[str, Any]
    changed: frozenset[str]
    load: Load

    @property
    def empty(self) -> bool:
        return not self.changed


@dataclass(frozen=True)
class _Found:
    """What a change is written over: the entity as it is right before the call, in the names that the plan used."""

    change: Change
    offer: Offer
    there: Attributes
    names: Names

    def before(self, path: str) -> Maybe:
        """What the plan saw of a field."""
        return (self.change.before or {}).get(path, ABSENT)


@dataclass(frozen=True)
class Composer:
    """Makes bodies. ``secrets`` are the resolved values by address and path."""

    writer: Writer
    secrets: Mapping[tuple[Address, str], Secret]

    def creation(self, change: Change, offer: Offer) -> Body:
        """Every declared field that can be sent."""
        declared = _sendable(change, offer)
        return self._body(_Found(change, offer, {}, NO_NAMES), declared, declared, frozenset(declared))

    def update(self, change: Change, offer: Offer, there: Attributes, names: Names, *, whole: bool) -> Body:
        """What brings an entity from ``there`` (as the adapter read it, or last sent) to what the plan says.

        Looked at are the fields that the plan lists, or all that are declared with ``whole`` (the rest of a create or
        an undelete). What an earlier attempt has done already is left out. A full replacement carries everything that
        is there, a merge only what changes; secrets that the vendor would blank go along with whatever changes, as null
        where the plan says so. ``names`` are those in which the plan's ``before`` was written. Raises Stale where
        another one would be blanked.
        """
        declared = _sendable(change, offer)
        found = _Found(change, offer, there, names)
        listed = {item.path for item in change.writable}
        bound = self.writer.bound(change.address)
        concerned = {path: value for path, value in declared.items() if whole or path in listed}
        changed = {
            path
            for path, value in concerned.items()
            if (_unsent(bound, path, value) if path in offer.secret_paths else self._differs(found, bound, path, value))
        }
        if changed:
            changed |= {
                path for path, value in declared.items() if is_secret(value) and offer.specs[path].has(Mark.BLANKED)
            }
        sent = {path: declared[path] for path in changed}
        if offer.write is Write.REPLACE_ALL:
            plain = {path: value for path, value in declared.items() if not is_secret(value)}
            body = overlaid(there, {**plain, **sent})
            beside = _new_maps(there, body)
            if changed:
                beside |= _blank(change, offer, there, body)
            return self._body(found, body, sent, frozenset(changed), beside)
        return self._body(found, sent, sent, frozenset(changed))

    def _differs(self, found: _Found, bound: Bound | None, path: str, value: Value) -> bool:
        """Whether a declared value is not there, or cannot be told to be."""
        spec, live = found.offer.specs[path], value_at(found.there, path)
        if spec.member:
            return True  # the adapter looks right before it sends
        if spec.marks & NOT_COMPARED:
            return False
        writing = self._writing(found, path)
        if not found.offer.readable:
            return not same(spec, live, value) or _doubtful(bound, path, writing.ids(value) if writing else None)
        if bound is not None and live is not ABSENT and tuple(bound.learned.get(path, ())) == (value, live):
            return False
        if writing is None:
            return not same(spec, live, value)
        return not same(spec, live, writing.as_read(writing.sent(value, live, found.before(path))))

    def _body(
        self,
        found: _Found,
        body: Mapping[str, Value],
        sent: Attributes,
        changed: frozenset[str],
        beside: Mapping[str, None] = _NOTHING,
    ) -> Body:
        """``beside`` are the nulls that go along and that the record does not keep."""
        change, offer = found.change, found.offer
        values: dict[str, Any] = dict(beside)
        references: dict[str, Value] = {}
        for path, value in body.items():
            writing = self._writing(found, path)
            if is_secret(value):
                values[path] = self.secrets[change.address, path]
            elif writing is not None:
                values[path] = writing.sent(value, value_at(found.there, path), found.before(path))
                references[path] = writing.ids(value)
            else:
                values[path] = value
        recorded = body if not offer.readable else sent
        return Body(
            values,
            changed,
            Load(
                attributes={path: value for path, value in recorded.items() if not is_secret(value)},
                secrets={path: version_of(value) for path, value in sent.items() if is_secret(value)},
                references=references,
                natural_key=offer.natural_key({**(change.before or {}), **_sendable(change, offer)}) or (),
            ),
        )

    def _writing(self, found: _Found, path: str) -> Writing | None:
        """How the references in a field are sent; None where it has none."""
        ref = found.offer.specs[path].ref if path in found.offer.ref_paths else None
        return None if ref is None else Writing(ref, found.names, self._id_of)

    def _id_of(self, text: str) -> VendorId:
        bound = self.writer.bound(Address.parse(text))
        if bound is None:
            raise ReferenceMissing(f"it refers to `{text}`, which does not exist yet", hint="plan again")
        return bound.id


def version_of(value: Value) -> int:
    """The version in what ``values.secret`` makes."""
    version = value["version"] if isinstance(value, dict) else 0
    return version if isinstance(version, int) else 0


def _unsent(bound: Bound | None, path: str, value: Value) -> bool:
    """Whether the record does not say that this version of a secret was sent, or that it was cleared."""
    if bound is None:
        return True
    if value is None:
        return bound.attributes.get(path, ABSENT) is not None
    return bound.secrets.get(path) != version_of(value)


def _new_maps(there: Attributes, body: Attributes) -> dict[str, None]:
    """Maps that are null and of which something is to be said: new with this request, beside what is said."""
    named = {parent for path in body for parent in parents(path)}
    return {path: None for path in sorted(named & there.keys()) if there[path] is None}


def _blank(change: Change, offer: Offer, there: Attributes, body: Attributes) -> dict[str, None]:
    """The secrets that nobody declares, as null: those that the plan lists, and no other."""
    paths = lost(offer, there, body)
    unsaid = [path for path in paths if path not in change.blanks]
    if unsaid:
        names = ", ".join(f"`{path}`" for path in unsaid)
        raise Stale(f"it would blank {names}, which nobody declares, and the plan does not say so")
    return dict.fromkeys(paths)


def _doubtful(bound: Bound | None, path: str, refers_to: Value) -> bool:
    """Whether a value of an entity that cannot be read may not have arrived, or refers to what has another id now."""
    if bound is None or path in bound.uncertain:
        return True
    return refers_to is not None and bound.references.get(path, refers_to) != refers_to


def _sendable(change: Change, offer: Offer) -> dict[str, Value]:
    """The declared fields that apply may send."""
    by_hand = {item.path for item in change.fields if item.manual}
    return {
        path: value
        for path, value in (change.after or {}).items()
        if path not in by_hand and path in offer.specs and not offer.specs[path].marks & NEVER_SENT
    }
