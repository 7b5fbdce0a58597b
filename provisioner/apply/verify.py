"""What the vendor made of what was sent: read back and compared."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.errors import ProvisionerError
from provisioner.plan import mistaken
from provisioner.plan.differ import against_sent, sent_attributes
from provisioner.plan.document import ABSENT, Change
from provisioner.plan.identity import Names
from provisioner.state.document import Bound
from provisioner.values import Attributes, Value, VendorId, parents
from provisioner.vendors.base import Entity, Offer
from provisioner.vendors.fields import Mark

NOT_COMPARED = frozenset({Mark.RUN_TIME, Mark.MATCH_ONLY})


def altered(
    bound: Bound, offer: Offer, entity: Entity, names: Names, paths: frozenset[str] | None = None
) -> Mapping[str, tuple[Value, Value]]:
    """The acknowledged fields that the vendor shows otherwise: path → (sent, kept); only ``paths`` if given."""
    asked = sent_attributes(offer, bound)
    found: dict[str, tuple[Value, Value]] = {}
    for path, sent in sorted(bound.attributes.items()):
        spec = offer.specs.get(path)
        if (paths is not None and path not in paths) or spec is None or spec.marks & NOT_COMPARED:
            continue
        if path in entity.unseen:
            continue  # the vendor did not show it: nobody can tell
        kept, as_sent = against_sent(spec, entity.attributes, asked[path], names)
        if not as_sent:
            found[path] = (sent, None if kept is ABSENT else kept)
    return found


class Mistaken(ProvisionerError):
    """What was made is there, and it is somebody else than the one who is declared."""


def check_person(change: Change, offer: Offer, vendor_id: VendorId, there: Attributes) -> None:
    """Raises Mistaken where what was just made shows that its key led to another person; the record has it all the
    same, so that nothing is made twice."""
    declared = change.after or {}
    text = mistaken.told(offer, change.address, vendor_id, declared, there)
    if text is not None:
        raise Mistaken(f"made, but {text}", hint=mistaken.way_out(offer, change.address, declared, there))


def side_effects(
    offer: Offer, before: Attributes | None, entity: Entity, sent: frozenset[str]
) -> Mapping[str, tuple[Value, Value]]:
    """Fields that nobody sent and that changed all the same: path → (before, now).

    A map that was null and is there now came with what was sent of it, and so did the rest of it.
    """
    if before is None:
        return {}
    covered = sent | {parent for path in sent for parent in parents(path) if before.get(parent, ABSENT) is None}
    was = {path: value for path, value in before.items() if _watched(offer, path, covered)}
    now = {path: value for path, value in entity.attributes.items() if _watched(offer, path, covered)}
    if was == now:
        return {}
    from deepdiff import DeepDiff  # only where something did change: it takes long to import

    found = DeepDiff(was, now, ignore_order=True, view="tree")
    paths = {str(level.path(output_format="list")[0]) for kind in found.values() for level in kind}
    return {path: (was.get(path), now.get(path)) for path in sorted(paths)}


def _watched(offer: Offer, path: str, sent: frozenset[str]) -> bool:
    spec = offer.specs.get(path)
    covered = any(path == other or path.startswith(f"{other}.") or other.startswith(f"{path}.") for other in sent)
    return not covered and (spec is None or Mark.RUN_TIME not in spec.marks)
