"""What is special about a field at one vendor, in words: the marks of ``vendors/base.py`` for people."""

from __future__ import annotations

from collections.abc import Iterator

from provisioner.vendors.fields import FieldSpec, Mark

_WORDS = {
    Mark.NATURAL_KEY: "natural key: how people recognise it",
    Mark.PERSONAL: "tells one person from another",
    Mark.ASSIGNED: "given by the vendor's portal only",
    Mark.IMMUTABLE: "cannot change in place: another value is a delete and a create",
    Mark.READ_ONLY: "can be compared, never written: a difference is for a person to settle",
    Mark.MATCH_ONLY: "used to find the entity, never sent",
    Mark.CREATE_ONLY: "sent when the entity is made, and not to be changed afterwards",
    Mark.AFTER_CREATE: "set by a second request after the create",
    Mark.CREATE_REQUIRED: "needed to create",
    Mark.CLEARABLE: "null clears it",
    Mark.RUN_TIME: "changes by itself; never counted as drift",
    Mark.BLANKED: "sent with every update, since the vendor would blank it",
}


def remarks(spec: FieldSpec) -> Iterator[str]:
    """A phrase for each thing that a user must know beyond the value, the most important first."""
    if spec.required:
        yield "always needed"
    for mark, words in _WORDS.items():
        if spec.has(mark) and not (mark is Mark.CREATE_REQUIRED and spec.required):
            yield words
    if spec.unique is not None:
        yield f"unique within its `{spec.unique.within}`" if spec.unique.within else "unique"
    if spec.secret:
        yield "a secret: written as a reference, never shown"
    if spec.ref is not None:
        yield f"refers to {spec.ref.kind}" if spec.roster else f"refers to one of {spec.ref.kind}"
    if spec.roster:
        yield "exclusive: whoever is not in the list is taken out; with {add: […]} everybody else stays"
