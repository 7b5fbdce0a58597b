"""What is sent for a change: declared values over what is there, references as ids, secrets as secrets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from provisioner.address import Address
from provisioner.apply.sending import Load
from provisioner.errors import ProvisionerError
from provisioner.plan.differ import same, value_at
from provisioner.plan.document import ABSENT, Change
from provisioner.secrets import Secret
from provisioner.state.document import Bound
from provisioner.state.writer import Writer
from provisioner.values import Attributes, Value, VendorId, id_in, is_secret
from provisioner.vendors.base import Mark, Offer, Write

NEVER_SENT = frozenset({Mark.READ_ONLY, Mark.MATCH_ONLY})
NOT_COMPARED = frozenset({Mark.RUN_TIME, Mark.CREATE_ONLY})


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
class Composer:
    """Makes bodies. ``secrets`` are the resolved values by address and path."""

    writer: Writer
    secrets: Mapping[tuple[Address, str], Secret]

    def creation(self, change: Change, offer: Offer) -> Body:
        """Every declared field that can be sent."""
        declared = _sendable(change, offer)
        return self._body(change, offer, declared, declared, frozenset(declared))

    def update(self, change: Change, offer: Offer, there: Attributes, *, whole: bool) -> Body:
        """What brings an entity from ``there`` (as the adapter read it, or last sent) to what the plan says.

        Looked at are the fields that the plan lists, or all that are declared with ``whole`` (the rest of a create or
        an undelete). What an earlier attempt has done already is left out. A full replacement carries everything that
        is there, a merge only what changes; secrets that the vendor would blank go along with whatever changes.
        """
        declared = _sendable(change, offer)
        listed = {item.path for item in change.writable}
        bound = self.writer.bound(change.address)
        concerned = {path: value for path, value in declared.items() if whole or path in listed}
        changed = {
            path
            for path, value in concerned.items()
            if (_unsent(bound, path, value) if is_secret(value) else self._differs(offer, there, bound, path, value))
        }
        if changed:
            changed |= {path for path in listed & declared.keys() if offer.specs[path].has(Mark.BLANKED)}
        sent = {path: declared[path] for path in changed}
        if offer.write is Write.REPLACE_ALL:
            plain = {path: value for path, value in declared.items() if not is_secret(value)}
            return self._body(change, offer, overlaid(there, {**plain, **sent}), sent, frozenset(changed))
        return self._body(change, offer, sent, sent, frozenset(changed))

    def _differs(self, offer: Offer, there: Attributes, bound: Bound | None, path: str, value: Value) -> bool:
        """Whether a declared value is not there, or cannot be told to be."""
        spec = offer.specs[path]
        if spec.marks & NOT_COMPARED:
            return False
        live = value_at(there, path)
        if not offer.readable:
            return not same(spec, live, value) or _doubtful(bound, path, self._referred(value) if spec.ref else None)
        if bound is not None and live is not ABSENT and tuple(bound.learned.get(path, ())) == (value, live):
            return False
        return not same(spec, live, self._as_read(value) if spec.ref else value)

    def _as_read(self, value: Value) -> Value:
        """A declared reference as an adapter would read it back."""
        found = self._referred(value)
        if isinstance(found, list):
            return [{"id": item} for item in found]
        return None if found is None else {"id": found}

    def _body(
        self, change: Change, offer: Offer, body: Mapping[str, Value], sent: Attributes, changed: frozenset[str]
    ) -> Body:
        values: dict[str, Any] = {}
        references: dict[str, Value] = {}
        for path, value in body.items():
            if is_secret(value):
                values[path] = self.secrets[change.address, path]
            elif path in offer.ref_paths:
                values[path] = self._referred(value)
                references[path] = values[path]
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

    def _referred(self, value: Value) -> Any:
        if isinstance(value, list):
            return [self._referred(item) for item in value]
        by_id = id_in(value)
        if by_id is not None or value is None:
            return by_id
        return self._id_of(str(value))

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
    """Whether the record does not say that this version of a secret was sent."""
    return bound is None or bound.secrets.get(path) != version_of(value)


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


def overlaid(there: Attributes, declared: Attributes) -> dict[str, Value]:
    """Declared leaves over what is there: a map set to null loses its leaves, a leaf brings a null map back."""
    result = dict(there)
    for path, value in declared.items():
        for inner in [name for name in result if name.startswith(f"{path}.")]:
            del result[inner]
        for parent in _parents(path):
            if result.get(parent, ABSENT) is None:
                del result[parent]
        result[path] = value
    return result


def _parents(path: str) -> Iterable[str]:
    while "." in path:
        path = path.rpartition(".")[0]
        yield path
