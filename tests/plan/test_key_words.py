"""What a plan says of a natural key: its fields and values, in the spelling of who declared them."""

from __future__ import annotations

from provisioner.plan.document import Plan
from tests.factories import a_desired, a_plan, a_world, an_entity, an_instance


def why(plan: Plan) -> list[str]:
    return [reason.text for change in plan.changes for reason in change.reasons]


def test_who_is_new_is_told_by_the_key() -> None:
    """A supervisor knows a number, and nothing of natural keys."""
    plan = a_plan(a_desired(an_instance(number="204")))

    assert why(plan) == ["nobody there has number `204` yet"]


def test_who_is_found_is_told_by_the_key() -> None:
    """By what somebody was recognised can be checked; the id stands beside the name."""
    plan = a_plan(a_desired(an_instance(number="204")), world=a_world(people=[an_entity(number="204")]))

    assert why(plan) == ["found there by number `204`, not managed yet"]


def test_a_thing_is_nobody_and_is_spelt_as_declared() -> None:
    """Vendors compare without capitals; people write with them."""
    plan = a_plan(a_desired(an_instance("teams.one", name="Front Desk")))

    assert why(plan) == ["nothing there has name `Front Desk` yet"]


def test_a_long_value_is_cut() -> None:
    """A reason is no place for a page of text."""
    (text,) = why(a_plan(a_desired(an_instance("teams.one", name="x" * 500))))

    assert len(text) < 120
