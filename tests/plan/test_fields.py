"""What a change says of its fields, and what a plan says beside its changes."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.diagnostics import Severity
from provisioner.plan.document import Change, FieldChange, Plan
from provisioner.plan.make import Options
from tests.factories import (
    Nowhere,
    World,
    a_bound,
    a_desired,
    a_document,
    a_plan,
    a_secret,
    a_world,
    an_entity,
    an_instance,
    the_change,
)


def field_of(change: Change, path: str) -> FieldChange:
    (found,) = [item for item in change.fields if item.path == path]
    return found


def codes(plan: Plan) -> list[str]:
    return [item.code for item in plan.diagnostics]


def test_a_change_shows_what_is_there_and_what_will_be() -> None:
    """Before: the declared fields and the natural key, nothing else; after: with what is declared over it."""
    desired = a_desired(an_instance(note="new", nickname=None))
    world = a_world(people=[an_entity(note="old", login="not declared")])

    change = the_change(a_plan(desired, a_document(a_bound()), world))

    assert change.before == {"note": "old", "number": "1001"}
    assert change.after == {"nickname": None, "note": "new", "number": "1001"}
    assert [(item.path, item.before, item.after) for item in change.fields] == [("note", "old", "new")]


def test_a_drifted_key_shows_in_before() -> None:
    """Only then can apply tell whether the entity is still the one that the plan saw."""
    world = a_world(people=[an_entity(number="2002", first_name="Jane")])

    change = the_change(a_plan(a_desired(), a_document(a_bound(first_name="Jane")), world))

    assert change.before == {"first_name": "Jane", "number": "2002"}
    assert change.after is None


def test_a_reference_is_shown_by_its_address() -> None:
    """Never by an id, where the entity is managed."""
    desired = a_desired(
        an_instance(team="teams.b@pbx"), an_instance("teams.a", name="a"), an_instance("teams.b", name="b")
    )
    prior = a_document(
        a_bound(team="teams.a@pbx"), a_bound("teams.a", "3", name="a"), a_bound("teams.b", "4", name="b")
    )
    world = a_world(
        people=[an_entity(team={"id": "3"})],
        teams=[an_entity("teams", "3", name="a"), an_entity("teams", "4", name="b")],
    )

    field = field_of(the_change(a_plan(desired, prior, world)), "team")

    assert (field.before, field.after) == ("teams.a@pbx", "teams.b@pbx")


@pytest.mark.parametrize(
    ("declared", "there", "differs"),
    [
        ({"id": "3"}, {"id": "3"}, False),
        ("teams.a@pbx", {"id": "3"}, False),
        ({"id": "4"}, {"id": "3"}, True),
        ("teams.a@pbx", {"id": "4"}, True),
        ("teams.a@pbx", None, True),
        (None, {"id": "3"}, True),
        (None, None, False),
    ],
)
def test_references_are_equal_when_the_ids_are(declared: Any, there: Any, differs: bool) -> None:  # noqa: FBT001 - a table
    """However they are called; nothing and null are one."""
    desired = a_desired(an_instance(team=declared), an_instance("teams.a", name="a"))
    prior = a_document(a_bound(), a_bound("teams.a", "3", name="a"))
    world = a_world(people=[an_entity(team=there)], teams=[an_entity("teams", "3", name="a")])

    assert bool(a_plan(desired, prior, world).changes) is differs


def test_a_list_of_references_has_no_order() -> None:
    """By id or by address, in whatever order the vendor shows them."""
    desired = a_desired(an_instance(skills=["codes.b@pbx", {"id": "9"}, "codes.a@pbx"]), *CODES)
    prior = a_document(a_bound(), a_bound("codes.a", "1", name="a"), a_bound("codes.b", "2", name="b"))
    codes = [an_entity("codes", "1", name="a"), an_entity("codes", "2", name="b")]
    same = a_world(people=[an_entity(skills=[{"id": "9"}, {"id": "1"}, {"id": "2"}])], codes=codes)
    fewer = a_world(people=[an_entity(skills=[{"id": "9"}, {"id": "1"}])], codes=codes)

    assert a_plan(desired, prior, same).changes == ()
    assert [item.path for item in the_change(a_plan(desired, prior, fewer)).fields] == ["skills"]


CODES = (an_instance("codes.a", name="a"), an_instance("codes.b", name="b"))


def test_adopting_all_of_an_account_changes_no_reference() -> None:
    """Whoever refers to what is adopted in the same plan refers to it already."""
    desired = a_desired(an_instance(team="teams.one@pbx"), an_instance("teams.one"))
    world = a_world(people=[an_entity(team={"id": "3"})], teams=[an_entity("teams", "3")])

    plan = a_plan(desired, world=world)

    assert [(change.key, change.fields) for change in plan.changes] == [
        ("teams.one@pbx", ()),
        ("people.jane@pbx", ()),
    ]


@pytest.mark.parametrize(("sent", "differs"), [({"line": "500", "lines": ["500", "501"]}, False), ({}, False)])
def test_what_cannot_be_read_is_compared_by_the_ids_that_were_sent(sent: dict[str, Any], differs: bool) -> None:  # noqa: FBT001 - a table
    """Or by the names, where an older record has no ids."""
    fields = {"line": "lines.a@pbx", "lines": ["lines.b@pbx", "lines.a@pbx"]}
    lines = [an_instance("lines.a", name="a"), an_instance("lines.b", extension="501", name="b")]
    prior = a_document(
        a_bound("alarms.busy", "4", **fields, _references=sent),
        a_bound("lines.a", "500"),
        a_bound("lines.b", "501", extension="501"),
    )
    world = a_world(lines=[an_entity("lines", "500", name="a"), an_entity("lines", "501", extension="501", name="b")])

    plan = a_plan(a_desired(an_instance("alarms.busy", **fields), *lines), prior, world)

    assert bool(plan.changes) is differs


@pytest.mark.parametrize("sent", [{"person": "7"}, {}])
def test_what_was_sent_with_an_id_that_is_gone_is_sent_again(sent: dict[str, Any]) -> None:
    """Jane has vanished and is made anew: her alarm is replaced, since it cannot change its person."""
    desired = a_desired(an_instance(), an_instance("alarms.busy", person="people.jane@pbx"))
    prior = a_document(a_bound(), a_bound("alarms.busy", "4", person="people.jane@pbx", _references=sent))

    keys = [change.key for change in a_plan(desired, prior, World()).changes]

    assert keys == ["alarms.busy@pbx#delete", "people.jane@pbx", "alarms.busy@pbx#create"]


@pytest.mark.parametrize("sent", [{"person": "7"}, {}])
def test_what_was_sent_with_another_id_is_sent_again(sent: dict[str, Any]) -> None:
    """Jane's record is another one now, and nobody can see what her alarm refers to."""
    desired = a_desired(an_instance(), an_instance("alarms.busy", person="people.jane@pbx"))
    prior = a_document(a_bound(), a_bound("alarms.busy", "4", person="people.jane@pbx", _references=sent))

    keys = [change.key for change in a_plan(desired, prior, a_world(people=[an_entity(id="8")])).changes]

    assert keys == ["alarms.busy@pbx#delete", "people.jane@pbx", "alarms.busy@pbx#create"]


def test_a_rebound_target_is_written_where_the_old_id_still_stands() -> None:
    """The phone refers to the id that is gone; what refers to the new one already is left alone."""
    desired = a_desired(
        an_instance(),
        an_instance("phones.old", owner="people.jane@pbx"),
        an_instance("phones.new", extension="701", owner="people.jane@pbx"),
    )
    prior = a_document(a_bound(), a_bound("phones.old", "700"), a_bound("phones.new", "701", extension="701"))
    world = a_world(
        people=[an_entity(id="8")],
        phones=[
            an_entity("phones", "700", owner={"id": "7"}),
            an_entity("phones", "701", extension="701", owner={"id": "8"}),
        ],
    )

    assert [change.key for change in a_plan(desired, prior, world).changes] == ["people.jane@pbx", "phones.old@pbx"]


@pytest.mark.parametrize(
    ("declared", "there", "paths"),
    [
        ({"mailbox__size": 5}, {"mailbox.size": 5}, []),
        ({"mailbox__size": 5}, {"mailbox.size": 6}, ["mailbox.size"]),
        ({"mailbox__size": 5}, {"mailbox": None}, ["mailbox.size"]),
        ({"mailbox__size": 5}, {}, ["mailbox.size"]),
        ({"mailbox__size": None}, {"mailbox": None}, []),
        ({"mailbox": None}, {"mailbox": None}, []),
        ({"mailbox": None}, {"mailbox.size": 5}, ["mailbox"]),
    ],
)
def test_nested_maps_are_compared_leaf_by_leaf(
    declared: dict[str, Any], there: dict[str, Any], paths: list[str]
) -> None:
    """A map that is null has null leaves, and clearing a map that has leaves is a change."""
    desired, prior = a_desired(an_instance("desks.one", **declared)), a_document(a_bound("desks.one", "3"))

    plan = a_plan(desired, prior, a_world(desks=[an_entity("desks", "3", **there)]))

    assert [item.path for change in plan.changes for item in change.fields] == paths


@pytest.mark.parametrize(("declared", "by_hand"), [({}, True), ({"mailbox": None}, False)])
def test_a_secret_in_a_map_that_is_cleared_is_not_blanked_by_accident(
    declared: dict[str, Any],
    by_hand: bool,  # noqa: FBT001 - a table
) -> None:
    """Whoever clears the mailbox means its secret too."""
    desired = a_desired(an_instance("desks.one", note="new", **declared))

    plan = a_plan(desired, world=a_world(desks=[an_entity("desks", "3", note="old")]))

    assert field_of(the_change(plan, "desks.one"), "note").manual is by_hand


def test_kinds_that_refer_to_each_other_learn_of_each_others_new_ids() -> None:
    """A desk cannot change its post, which is replaced: so is the desk, and its post is told."""
    desired = a_desired(
        an_instance("desks.d", post="posts.p@pbx"),
        an_instance("posts.p", color="red"),
        an_instance("posts.q", name="q", desk="desks.d@pbx"),
    )
    prior = a_document(
        a_bound("desks.d", "3", post="posts.p@pbx"),
        a_bound("posts.p", "4"),
        a_bound("posts.q", "5", name="q", desk="desks.d@pbx"),
    )
    world = a_world(
        desks=[an_entity("desks", "3", post={"id": "4"})],
        posts=[
            an_entity("posts", "4", color="blue"),
            an_entity("posts", "5", name="q", desk={"id": "3"}),
        ],
    )

    plan = a_plan(desired, prior, world)

    assert [change.key.replace("@pbx", "") for change in plan.changes] == [
        "desks.d#delete",
        "posts.p#delete",
        "posts.p#create",
        "desks.d#create",
        "posts.q",
    ]


def test_a_default_is_named_where_it_stands() -> None:
    """On create as on update."""
    where = {"note": "defaults.people (acme.yaml:3:5)"}
    desired = a_desired(an_instance(note="x", _default_from=where))

    made = the_change(a_plan(desired))
    updated = the_change(a_plan(desired, a_document(a_bound()), a_world(people=[an_entity()])))

    assert field_of(made, "note").default_from == where["note"]
    assert field_of(updated, "note").default_from == where["note"]
    assert field_of(made, "number").default_from is None


def test_secrets_show_their_versions_and_nothing_else() -> None:
    """Before: what was last sent; after: what is declared."""
    desired = a_desired(an_instance(pin=a_secret(2)))

    change = the_change(a_plan(desired, a_document(a_bound(_secrets={"pin": 1})), a_world(people=[an_entity()])))

    assert field_of(change, "pin") == FieldChange("pin", a_secret(1), a_secret(2), secret=True)
    assert "pin" not in (change.before or {})


def test_what_forces_a_replace_is_marked() -> None:
    """Of all the fields that the new one is made with."""
    desired = a_desired(an_instance(color="red", note="x"))
    plan = a_plan(desired, a_document(a_bound()), a_world(people=[an_entity(color="blue")]))

    made = next(change for change in plan.changes if change.step == "create")

    assert [item.path for item in made.fields if item.forces_replace] == ["color"]
    assert (made.before, made.id) == (None, None)


# --- beside the changes -------------------------------------------------------------------------------------------


def test_what_a_create_lacks_is_told_at_its_declaration() -> None:
    """Only for what must be created, each field by itself."""
    desired = a_desired(an_instance("lines.l", _origin=Nowhere()), an_instance("lines.k", extension="501"))

    plan = a_plan(
        desired,
        a_document(a_bound("lines.k", "501", extension="501")),
        a_world(lines=[an_entity("lines", "501", extension="501")]),
    )

    (problem,) = plan.errors
    assert problem.code == "create_required"
    assert "`name` is not declared" in problem.message
    assert str(problem.position) == "acme.yaml:1:1"
    assert plan.refused


def test_what_a_replace_lacks_is_told_before_the_old_one_is_deleted() -> None:
    """Its new half is a create too."""
    desired = a_desired(an_instance("lines.l", mode="new"))
    world = a_world(lines=[an_entity("lines", "500", mode="old", name="L")])

    plan = a_plan(desired, a_document(a_bound("lines.l", "500")), world)

    assert [item.code for item in plan.errors] == ["create_required"]


def test_released_fields_are_told_once() -> None:
    """They stay as they are; state forgets them with the next apply."""
    desired = a_desired(an_instance())
    prior = a_document(a_bound(note="x", login="l", _secrets={"pin": 1}))
    world = a_world(people=[an_entity(note="x", login="l")])

    plan = a_plan(desired, prior, world)

    (notice,) = plan.diagnostics
    assert (notice.code, notice.severity) == ("released", Severity.NOTICE)
    assert notice.message == "`people.jane@pbx`: `login`, `note`, `pin` no longer declared; left as it stands"
    assert [record.released for record in plan.records] == [("login", "note", "pin")]
    assert plan.changes == ()


def test_ignored_fields_are_not_released() -> None:
    """Somebody else looks after them."""
    desired = a_desired(an_instance(_ignore=frozenset({"note"})))

    plan = a_plan(desired, a_document(a_bound(note="x")), a_world(people=[an_entity(note="x")]))

    assert plan.diagnostics == ()
    assert plan.records == ()


def test_a_kind_that_cannot_be_read_is_told_once() -> None:
    """Not for what is only to be made, nor for what a partial plan leaves out."""
    alarms = [an_instance("alarms.a", name="a"), an_instance("alarms.b", name="b")]
    prior = a_document(a_bound("alarms.a", "4", name="a"), a_bound("alarms.b", "5", name="b"))

    assert codes(a_plan(a_desired(*alarms), prior)) == ["drift_unseen"]
    assert codes(a_plan(a_desired(*alarms))) == []
    assert codes(a_plan(a_desired(*alarms, an_instance()), prior, options=Options(targets=("people.*",)))) == []


@pytest.mark.parametrize(
    ("world", "count"),
    [
        (a_world(teams=[an_entity("teams", "3"), an_entity("teams", "4", name="x")]), 1),
        (a_world(teams=[an_entity("teams", "3")]), 0),
        (a_world(teams=[an_entity("teams", "3")], incomplete={"teams": "page 2"}), None),
    ],
)
def test_unmanaged_entities_are_counted_where_a_listing_shows_them(world: World, count: int | None) -> None:
    """None where nothing was counted, and where a listing was cut short."""
    desired, prior = a_desired(an_instance("teams.one")), a_document(a_bound("teams.one", "3"))

    assert a_plan(desired, prior, world).unmanaged == count


def test_nothing_is_counted_where_nothing_is_listed() -> None:
    """Entities that are read by their ids say nothing of others."""
    plan = a_plan(a_desired(an_instance()), a_document(a_bound()), a_world(people=[an_entity(), an_entity(id="8")]))

    assert plan.unmanaged is None


def test_deleted_records_and_what_is_adopted_are_not_unmanaged() -> None:
    """Nor is what an address owns that the plan leaves out."""
    desired = a_desired(an_instance())
    world = a_world(people=[an_entity(), an_entity(id="8", number="1008", deleted=True)])

    assert a_plan(desired, world=world).unmanaged == 0


def test_state_learns_where_a_resource_is_declared_now() -> None:
    """A declaration that moved to another file is no change."""
    plan = a_plan(
        a_desired(an_instance(_file="new.yaml")), a_document(a_bound(_file="old.yaml")), a_world(people=[an_entity()])
    )

    assert [record.file for record in plan.records] == ["new.yaml"]
    assert not plan.has_changes


def test_a_change_keeps_what_state_knows_of_the_guard() -> None:
    """Apply writes it down again with the binding."""
    desired = a_desired(an_instance(note="x"))
    prior = a_document(a_bound(_prevent_destroy=True))

    change = the_change(a_plan(desired, prior, a_world(people=[an_entity()])))

    assert change.prevent_destroy
    assert change.file == "acme.yaml"
