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
from provisioner.state.writer import Writer
from provisioner.values import Attributes, Value, VendorId, id_in, is_secret
from provisioner.vendors.base import Mark, Offer, Write

NEVER_SENT = frozenset({Mark.READ_ONLY, Mark.MATCH_ONLY})


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

    def update(self, change: Change, offer: Offer, there: Attributes, *, all_secrets: bool = False) -> Body:
        """What brings an entity from ``there`` (as the adapter read it, or last sent) to what the plan says.

        A full replacement carries everything that is there; a merge only what changes. Secrets go along where the
        plan lists them, with ``all_secrets`` also those whose version the record does not hold.
        """
        declared = _sendable(change, offer)
        bound = self.writer.bound(change.address)
        plain = {path: value for path, value in declared.items() if not is_secret(value)}
        listed = {item.path for item in change.writable}
        differing = {
            path
            for path, value in plain.items()
            if not same(offer.specs[path], value_at(there, path), self._comparable(offer, path, value))
        }
        forced = {path for path in listed & plain.keys() if offer.specs[path].ref or not offer.readable}
        versions = dict(bound.secrets) if bound else {}
        rotated = {
            path
            for path, value in declared.items()
            if is_secret(value) and (path in listed or (all_secrets and versions.get(path) != version_of(value)))
        }
        changed = frozenset(differing | forced | rotated)
        sent = {path: declared[path] for path in changed}
        if offer.write is Write.REPLACE_ALL:
            return self._body(change, offer, overlaid(there, {**plain, **sent}), sent, changed)
        return self._body(change, offer, sent, sent, changed)

    def _comparable(self, offer: Offer, path: str, value: Value) -> Value:
        """A declared reference as an adapter would read it back."""
        if offer.readable and offer.specs[path].ref:
            found = self._referred(value)
            return [{"id": item} for item in found] if isinstance(found, list) else {"id": found} if found else None
        return value

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
        after = {**(change.before or {}), **sent}
        return Body(
            values,
            changed,
            Load(
                attributes={path: value for path, value in recorded.items() if not is_secret(value)},
                secrets={path: version_of(value) for path, value in sent.items() if is_secret(value)},
                references=references,
                natural_key=offer.natural_key({**body, **after}) or (),
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
