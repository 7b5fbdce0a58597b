"""Plans of a part: what ``--target`` pulls in, what ``--exclude`` leaves out, and that neither ever means absence."""

from __future__ import annotations

import pytest

from provisioner.errors import UsageError
from provisioner.plan.document import Plan
from provisioner.plan.make import Options
from tests.factories import (
    World,
    a_bound,
    a_desired,
    a_document,
    a_plan,
    a_world,
    an_entity,
    an_instance,
    an_intent,
    at,
    observed,
)

TEAM = an_instance("teams.t", name="T")
JANE = an_instance(team="teams.t@pbx", number="1001")
JOHN = an_instance("people.john", number="1002")


def keys(plan: Plan) -> list[str]:
    return [f"{change.action} {change.key.replace('@pbx', '')}" for change in plan.changes]


def left_out(plan: Plan) -> list[str]:
    return [item.address or "" for item in plan.diagnostics if item.code == "left_out"]


def target(*patterns: str) -> Options:
    return Options(targets=patterns)


def exclude(*patterns: str) -> Options:
    return Options(excludes=patterns)


def test_a_target_is_planned_alone() -> None:
    """What was not named is neither made nor read nor deleted."""
    prior = a_document(a_bound("people.gone", "9", number="1009"))

    plan = a_plan(a_desired(JOHN, an_instance("codes.lunch")), prior, World(), target("people.john"))

    assert keys(plan) == ["create people.john"]
    assert plan.targets == ("people.john",)


def test_a_target_pulls_in_what_it_refers_to_if_that_must_be_made() -> None:
    """The team is made for Jane; her lunch code is nobody's need."""
    plan = a_plan(a_desired(TEAM, JANE, JOHN), options=target("people.jane"))

    assert keys(plan) == ["create teams.t", "create people.jane"]
    assert [change.included_by for change in plan.changes] == ["people.jane@pbx", None]


def test_a_target_does_not_write_what_it_refers_to() -> None:
    """A team that only differs is left for another plan."""
    prior = a_document(a_bound("teams.t", "3", name="T"))
    desired = a_desired(an_instance("teams.t", name="T", note="new"), JANE)

    plan = a_plan(desired, prior, a_world(teams=[an_entity("teams", "3", name="T")]), target("people.jane"))

    assert keys(plan) == ["create people.jane"]
    assert plan.changes[0].needs == ()


def test_a_target_that_is_deleted_pulls_in_what_refers_to_it() -> None:
    """The team cannot go before Jane has left it."""
    prior = a_document(
        a_bound("teams.t", "3", name="T"), a_bound(team="teams.t@pbx"), a_bound("teams.u", "4", name="U")
    )
    world = a_world(
        teams=[an_entity("teams", "3", name="T"), an_entity("teams", "4", name="U")],
        people=[an_entity(team={"id": "3"})],
    )

    plan = a_plan(a_desired(), prior, world, target("teams.t"))

    assert keys(plan) == ["delete people.jane", "delete teams.t"]
    assert plan.changes[0].included_by == "teams.t@pbx"


def test_a_target_pulls_in_who_gives_it_a_value() -> None:
    """John has the number that Jane wants, and takes another himself."""
    desired = a_desired(an_instance(number="1002"), an_instance("people.john", number="1003"))
    prior = a_document(a_bound("people.jane", "7"), a_bound("people.john", "8", number="1002"))
    world = a_world(people=[an_entity(), an_entity(id="8", number="1002")])

    plan = a_plan(desired, prior, world, target("people.jane"))

    assert keys(plan) == ["update people.john", "update people.jane"]
    assert plan.changes[0].included_by == "people.jane@pbx"


def test_a_target_pulls_in_what_a_giver_refers_to() -> None:
    """John, who must be written first, is put into a team that is not made yet."""
    desired = a_desired(an_instance(number="1002"), an_instance("people.john", number="1003", team="teams.t@pbx"), TEAM)
    prior = a_document(a_bound("people.jane", "7"), a_bound("people.john", "8", number="1002"))
    world = a_world(people=[an_entity(), an_entity(id="8", number="1002")])

    plan = a_plan(desired, prior, world, target("people.jane"))

    assert keys(plan) == ["create teams.t", "update people.john", "update people.jane"]


def test_a_giver_that_is_also_referred_to_is_pulled_in() -> None:
    """Jane's boss is written for the number that she takes, not for being her boss."""
    desired = a_desired(an_instance(number="1002", boss="people.zoe@pbx"), an_instance("people.zoe", number="1003"))
    prior = a_document(a_bound("people.jane", "7"), a_bound("people.zoe", "8", number="1002"))
    world = a_world(people=[an_entity(), an_entity(id="8", number="1002")])

    assert keys(a_plan(desired, prior, world, target("people.jane"))) == ["update people.zoe", "update people.jane"]


def test_a_target_pulls_in_the_whole_of_a_swap() -> None:
    """Who is parked is also given its new number."""
    desired = a_desired(an_instance(number="1002"), an_instance("people.john", number="1001"))
    prior = a_document(a_bound("people.jane", "7"), a_bound("people.john", "8", number="1002"))
    world = a_world(people=[an_entity(), an_entity(id="8", number="1002")])

    plan = a_plan(desired, prior, world, target("people.john"))

    assert keys(plan) == ["update people.jane#park", "update people.john", "update people.jane"]


def test_what_has_no_value_pulls_in_nobody() -> None:
    """Two people without an e-mail have nothing to do with each other."""
    prior = a_document(a_bound("people.jane", "7"), a_bound("people.john", "8", number="1002"))
    world = a_world(people=[an_entity(email=None), an_entity(id="8", number="1002", email=None)])

    seen = observed(a_desired(an_instance(number="1005"), JOHN), prior, world, target("people.jane"))

    assert seen.scope.selected == {at("people.jane")}


def test_an_excluded_address_is_not_read_and_not_unknown() -> None:
    """Whoever is left out by name does not stop the plan of the others."""
    prior = a_document(a_bound(), a_bound("people.john", "8", number="1002"))
    world = a_world(failures={"people:7": "500"}, people=[an_entity(id="8", number="1002", note="x")])
    desired = a_desired(an_instance(), an_instance("people.john", number="1002", note="y"))

    blocked = a_plan(desired, prior, world)
    plan = a_plan(desired, prior, world, exclude("people.jane"))

    assert blocked.refused
    assert keys(plan) == ["update people.john"]
    assert not plan.refused
    assert "7" not in {one for _, want in world.asked[-1:] for one in want.ids}


def test_an_excluded_open_intent_is_not_asked_about() -> None:
    """Its end may be looked for by the next plan."""
    world = World()

    plan = a_plan(a_desired(an_instance()), a_document(an_intent()), world, exclude("people.jane"))

    assert plan.changes == ()
    assert world.asked == []


def test_an_exclude_drops_what_refers_to_something_that_is_not_made() -> None:
    """Jane cannot be made without her team, nor an alarm without Jane; the plan says so."""
    alarm = an_instance("alarms.a", person="people.jane@pbx")

    plan = a_plan(a_desired(TEAM, JANE, JOHN, alarm), options=exclude("teams.t"))

    assert keys(plan) == ["create people.john"]
    assert left_out(plan) == ["alarms.a@pbx", "people.jane@pbx"]


def test_an_exclude_drops_a_managed_one_that_would_refer_to_something_that_is_not_made() -> None:
    """Jane is there already, and her new team is not."""
    plan = a_plan(a_desired(TEAM, JANE), a_document(a_bound()), a_world(people=[an_entity()]), exclude("teams.t"))

    assert keys(plan) == []
    assert left_out(plan) == ["people.jane@pbx"]


def test_an_exclude_drops_who_needs_a_value_of_the_excluded() -> None:
    """Jane waits for the number that John would give up, in a plan that has him."""
    desired = a_desired(an_instance(number="1002"), an_instance("people.john", number="1003"))
    prior = a_document(a_bound("people.jane", "7"), a_bound("people.john", "8", number="1002"))
    world = a_world(people=[an_entity(), an_entity(id="8", number="1002")])

    plan = a_plan(desired, prior, world, exclude("people.john"))

    assert keys(plan) == []
    assert left_out(plan) == ["people.jane@pbx"]
    assert not plan.refused


def test_an_exclude_drops_who_would_be_made_in_place_of_the_excluded() -> None:
    """A new declaration with an excluded one's key waits for it, whether that gives the key up or goes."""
    prior = a_document(a_bound("people.john", "8"))
    world = a_world(people=[an_entity(id="8")])

    for desired in (a_desired(an_instance(), an_instance("people.john", number="1003")), a_desired(an_instance())):
        plan = a_plan(desired, prior, world, exclude("people.john"))

        assert keys(plan) == []
        assert left_out(plan) == ["people.jane@pbx"]


def test_an_exclude_drops_who_would_take_an_unreadable_ones_place() -> None:
    """The same by what was last sent, where the kind cannot be read."""
    prior = a_document(a_bound("alarms.busy", "4"))

    plan = a_plan(a_desired(an_instance("alarms.calm")), prior, World(), exclude("alarms.busy"))

    assert keys(plan) == []
    assert left_out(plan) == ["alarms.calm@pbx"]


def test_a_value_that_the_excluded_keeps_is_a_conflict_all_the_same() -> None:
    """No plan of the whole would give it up either."""
    desired = a_desired(an_instance(login="l"), an_instance("people.john", number="1002"))
    prior = a_document(a_bound("people.john", "8", number="1002"))
    world = a_world(people=[an_entity(id="8", number="1002", login="l")])

    plan = a_plan(desired, prior, world, exclude("people.john"))

    assert keys(plan) == ["conflict people.jane"]


def test_an_exclude_drops_the_delete_of_what_the_excluded_refers_to() -> None:
    """The team stays as long as Jane is left in it, and so does who waits for its name."""
    prior = a_document(a_bound("teams.t", "3", name="T"), a_bound(team="teams.t@pbx"))
    world = a_world(teams=[an_entity("teams", "3", name="T")], people=[an_entity(team={"id": "3"})])

    plan = a_plan(a_desired(an_instance("codes.c")), prior, world, exclude("people.jane"))

    assert keys(plan) == ["create codes.c"]
    assert left_out(plan) == ["teams.t@pbx"]


def test_an_exclude_drops_who_needs_a_value_of_one_that_it_drops() -> None:
    """Zoe cannot be deleted under the phone that is left alone, so that Jane cannot have her login."""
    desired = a_desired(an_instance(login="zoe"), an_instance("phones.p"))
    prior = a_document(a_bound("people.zoe", "8", number="1008"), a_bound("phones.p", "700", owner="people.zoe@pbx"))
    world = a_world(people=[an_entity(id="8", number="1008", login="zoe")])

    plan = a_plan(desired, prior, world, exclude("phones.p"))

    assert keys(plan) == []
    assert left_out(plan) == ["people.jane@pbx", "people.zoe@pbx"]


def test_a_target_is_not_pulled_in_against_an_exclude() -> None:
    """Who gives the value up is excluded by name: who takes it is dropped."""
    desired = a_desired(an_instance(number="1002"), an_instance("people.john", number="1003"))
    prior = a_document(a_bound("people.jane", "7"), a_bound("people.john", "8", number="1002"))
    world = a_world(people=[an_entity(), an_entity(id="8", number="1002")])

    plan = a_plan(desired, prior, world, Options(targets=("people.jane",), excludes=("people.john",)))

    assert keys(plan) == []
    assert left_out(plan) == ["people.jane@pbx"]


def test_what_lacks_a_field_outside_the_target_stops_nothing() -> None:
    """A line without a name could not be made; this plan does not make it."""
    desired = a_desired(an_instance("lines.l"), JOHN)

    assert not a_plan(desired, options=target("people.john")).refused
    assert [item.code for item in a_plan(desired).errors] == ["create_required"]


@pytest.mark.parametrize("options", [target("people.nobody"), exclude("people.nobody")])
def test_a_pattern_that_matches_nothing_is_an_error(options: Options) -> None:
    """A typo is never an empty plan."""
    with pytest.raises(UsageError, match="matches nothing"):
        a_plan(a_desired(JOHN), options=options)


def test_a_replace_that_matches_nothing_is_an_error() -> None:
    """The same for ``--replace``, which must name something declared."""
    with pytest.raises(UsageError, match="matches nothing that is declared"):
        a_plan(a_desired(JOHN), a_document(a_bound()), options=Options(replaces=("people.jane",)))
