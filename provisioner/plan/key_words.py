"""By what is something recognised, in words for whoever knows the people and no YAML?"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from provisioner.plan.desired import Instance
from provisioner.plan.group import Group, known
from provisioner.values import Attributes, Value, id_in
from provisioner.vendors.base import Entity, Offer

MOST: Final = 60
"""How many characters of a value are told: enough to recognise it by."""


def nobody_has(group: Group, instance: Instance) -> str:
    """That the natural key is new there: ``nobody there has number `204` yet``."""
    who = "nobody" if group.offer.personal_paths else "nothing"
    return f"{who} there has {_spoken(instance, group.offer.key_paths)} yet"


def declared(group: Group, instance: Instance) -> str:
    """The natural key as it is declared: ``number `204```."""
    return _spoken(instance, group.offer.key_paths)


def fields(offer: Offer) -> str:
    """What the natural key is made of: ``number``."""
    return (" or " if offer.either_key else " and ").join(map(_word, offer.key_paths))


def shared(group: Group, instance: Instance, entity: Entity) -> str:
    """The natural key that an entity has in common with what is declared: ``number `204```."""
    theirs = group.offer.natural_keys(entity.attributes)
    mine = next((key for key in group.offer.natural_keys(instance.attributes) if key in theirs), None)
    paths = group.offer.key_paths
    if mine is not None and group.offer.either_key:
        paths = tuple(path for path, value in zip(paths, mine, strict=True) if value is not None)
    return _spoken(instance, paths)


def _spoken(instance: Instance, paths: Iterable[str]) -> str:
    """Those fields of the natural key that say something, as they are declared."""
    offer = instance.offer
    values = _declared(offer, instance.attributes)
    words = [f"{_word(path)} `{_short(values[path])}`" for path in paths if known(values.get(path))]
    return (" or " if offer.either_key else " and ").join(words) or "what is declared"


def _declared(offer: Offer, attributes: Attributes) -> Attributes:
    return {**offer.derived(attributes), **attributes}


def _word(path: str) -> str:
    return path.replace("_", " ").replace(".", " ")


def _short(value: Value) -> str:
    vendor_id = id_in(value)
    text = str(value) if vendor_id is None else f"id {vendor_id}"
    return text if len(text) <= MOST else f"{text[:MOST]}..."
