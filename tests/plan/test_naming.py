"""Keys and variables that are made from names."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from provisioner.address import is_name
from provisioner.plan.naming import Taken, key_for, slug_of_variable
from provisioner.vendors.base import Offer
from provisioner.vendors.loading import find_vendor, vendor_names

OFFERS = [(kind, offer) for name in vendor_names() for kind, offer in find_vendor(name).kinds.items()]


def agents() -> Offer:
    """Agents that are known by their number."""
    return next(offer for kind, offer in OFFERS if kind == "agents" and offer.key_paths == ("number",))


def test_a_key_is_made_of_the_name() -> None:
    """Small letters, no accents, a hyphen for all else."""
    assert key_for("agents", agents(), {"first_name": "Zoë", "last_name": "O'Neil Jr."}, "7") == "zoe-o-neil-jr"


def test_without_a_name_the_natural_key_has_to_do() -> None:
    """Then the id, with the kind before what is a number."""
    assert key_for("agents", agents(), {"first_name": "明", "number": "1001"}, "7") == "agent-1001"
    assert key_for("agents", agents(), {"first_name": "明"}, "7") == "agent-7"


def test_a_word_that_yaml_knows_is_no_key_by_itself() -> None:
    assert key_for("queues", agents(), {"name": "No"}, "7") == "queue-no"


@given(st.sampled_from(OFFERS), st.lists(st.text(max_size=80), min_size=1, max_size=8))
def test_every_key_is_legal_and_its_own(offer: tuple[str, Offer], names: list[str]) -> None:
    """However long and strange the names are, and however alike."""
    taken = Taken()

    keys = [
        taken.key(key_for(offer[0], offer[1], {"name": name}, str(number))) for number, name in enumerate(names * 2)
    ]

    assert all(map(is_name, keys))
    assert len(set(keys)) == len(keys)


def test_two_kinds_do_not_share_a_variable() -> None:
    """The second of one name has its kind in it, so that nobody is given another's password."""
    taken = Taken()

    made = [taken.variable("pbx", kind, "jane", "password") for kind in ("agents", "supervisors", "agents")]

    assert made == ["PBX_JANE_PASSWORD", "PBX_SUPERVISOR_JANE_PASSWORD", "PBX_AGENT_JANE_PASSWORD"]


def test_keys_that_look_alike_as_variables_do_not_share_one() -> None:
    taken = Taken()

    made = [taken.variable("pbx", "agents", key, "password") for key in ("jane-roe", "jane_roe", "jane__roe")]

    assert len(set(made)) == 3


def test_a_variable_begins_with_a_letter_or_a_line() -> None:
    assert slug_of_variable("1st-pbx_jane") == "_1ST_PBX_JANE"
