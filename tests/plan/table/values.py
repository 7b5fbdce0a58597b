"""Row R13, and the old values of a record that comes back: unique values that somebody has."""

from __future__ import annotations

from tests.factories import (
    a_bound,
    a_desired,
    a_document,
    a_tombstone,
    a_world,
    an_entity,
    an_instance,
)
from tests.plan.cases import Case, Said

VALUES = (
    Case(
        "R13-holder-is-not-managed",
        a_desired(an_instance(login="jane")),
        world=a_world(people=[an_entity(id="8", number="1008", login="Jane")]),
        expected={"people.jane": Said("conflict", None, ("taken", "new"))},
    ),
    Case(
        "R13-holder-keeps-it",
        a_desired(an_instance(login="jane"), an_instance("people.zoe", number="1008", login="jane2")),
        a_document(a_bound("people.zoe", "8", number="1008")),
        a_world(people=[an_entity(id="8", number="1008", login="jane", nickname="z")]),
        {
            "people.jane": Said("create", None, ("new",), ("login", "number")),
            "people.zoe": Said("update", "8", ("differs",), ("login",)),
        },
    ),
    Case(
        "R13-holder-does-not-declare-it",
        a_desired(an_instance(login="jane"), an_instance("people.zoe", number="1008")),
        a_document(a_bound(), a_bound("people.zoe", "8", number="1008")),
        a_world(people=[an_entity(), an_entity(id="8", number="1008", login="jane")]),
        {"people.jane": Said("conflict", "7", ("taken", "differs"))},
        none=1,
    ),
    Case(
        "R13-holder-is-deleted",
        a_desired(an_instance(login="jane")),
        a_document(a_bound("people.zoe", "8", number="1008")),
        a_world(people=[an_entity(id="8", number="1008", login="jane")]),
        {
            "people.jane": Said("create", None, ("new",), ("login", "number")),
            "people.zoe": Said("delete", "8", ("undeclared",)),
        },
    ),
    Case(
        "R13-holder-becomes-a-conflict",
        a_desired(
            an_instance(login="b", number="1001"),
            an_instance("people.zoe", number="1008", login="c"),
        ),
        a_document(a_bound(), a_bound("people.zoe", "8", number="1008")),
        a_world(
            people=[
                an_entity(login="a"),
                an_entity(id="8", number="1008", login="b"),
                an_entity(id="9", number="1009", login="c"),
            ]
        ),
        {
            "people.jane": Said("conflict", "7", ("taken", "differs")),
            "people.zoe": Said("conflict", "8", ("taken", "differs")),
        },
    ),
    Case(
        "R13-within-its-scope",
        a_desired(
            an_instance("alarms.a", person={"id": "1"}),
            an_instance("alarms.b", person={"id": "2"}),
        ),
        a_document(a_bound("alarms.a", "4", person={"id": "1"})),
        a_world(people=[an_entity(id="2")]),
        {"alarms.b": Said("create", None, ("new",), ("name", "person"))},
        none=1,
    ),
    Case(
        "R13-undelete-whose-old-value-is-taken",
        a_desired(an_instance(first_name="Jane", email="new@acme.example")),
        a_document(a_tombstone()),
        a_world(people=[an_entity(deleted=True, login="jane"), an_entity(id="8", number="1008", login="jane")]),
        {"people.jane": Said("create", None, ("record_blocked",), ("email", "first_name", "number"), lost="7")},
    ),
    Case(
        "R13-value-that-a-record-brings-back-for-good",
        a_desired(an_instance("people.ann", login="l"), an_instance("people.zoe", number="1008")),
        a_document(a_tombstone("people.ann"), a_tombstone("people.zoe", "8")),
        a_world(people=[an_entity(deleted=True), an_entity(id="8", number="1008", login="l", deleted=True)]),
        {
            "people.ann": Said("conflict", "7", ("taken", "deleted")),
            "people.zoe": Said("undelete", "8", ("deleted",)),
        },
    ),
    Case(
        "R13-value-that-two-records-bring-back-for-good",
        a_desired(an_instance("people.ann"), an_instance("people.zoe", number="1008")),
        a_document(a_tombstone("people.ann"), a_tombstone("people.zoe", "8")),
        a_world(people=[an_entity(login="l", deleted=True), an_entity(id="8", number="1008", login="l", deleted=True)]),
        {
            "people.ann": Said("undelete", "7", ("deleted",)),
            "people.zoe": Said("conflict", "8", ("taken", "deleted")),
        },
    ),
    Case(
        "R13-value-that-two-records-bring-back-and-give-up",
        a_desired(an_instance("people.ann", login="a"), an_instance("people.zoe", number="1008", login="z")),
        a_document(a_tombstone("people.ann"), a_tombstone("people.zoe", "8")),
        a_world(people=[an_entity(login="l", deleted=True), an_entity(id="8", number="1008", login="l", deleted=True)]),
        {
            "people.ann": Said("undelete", "7", ("deleted",), ("login",)),
            "people.zoe": Said("undelete", "8", ("deleted",), ("login",)),
        },
    ),
    Case(
        "R13-undelete-whose-old-value-is-given-up",
        a_desired(an_instance(login="j"), an_instance("people.zoe", number="1008", login="z")),
        a_document(a_tombstone(), a_bound("people.zoe", "8", number="1008")),
        a_world(people=[an_entity(deleted=True, login="jane"), an_entity(id="8", number="1008", login="jane")]),
        {
            "people.jane": Said("undelete", "7", ("deleted",), ("login",)),
            "people.zoe": Said("update", "8", ("differs",), ("login",)),
        },
    ),
    Case(
        "R13-undelete-whose-wanted-value-is-taken",
        a_desired(an_instance(login="jane")),
        a_document(a_tombstone()),
        a_world(people=[an_entity(deleted=True, login="jane"), an_entity(id="8", number="1008", login="jane")]),
        {"people.jane": Said("conflict", "7", ("taken", "deleted"))},
    ),
    Case(
        "R13-undelete-where-no-second-record-may-be-made",
        a_desired(an_instance("lines.support", name="New")),
        world=a_world(
            lines=[
                an_entity("lines", "500", deleted=True, name="Old"),
                an_entity("lines", "501", extension="501", name="Old"),
            ]
        ),
        prior=a_document(a_bound("lines.other", "501", extension="501", name="Old")),
        expected={
            "lines.other": Said("delete", "501", ("undeclared",)),
            "lines.support": Said("undelete", "500", ("deleted",), ("name",)),
        },
    ),
    Case(
        "R13-undelete-where-nothing-gives-it-up",
        a_desired(an_instance("lines.support", name="New"), an_instance("lines.other", extension="501")),
        a_document(a_bound("lines.other", "501", extension="501")),
        a_world(
            lines=[
                an_entity("lines", "500", deleted=True, name="Old"),
                an_entity("lines", "501", extension="501", name="Old"),
            ]
        ),
        {"lines.support": Said("conflict", "500", ("taken", "deleted"))},
        none=1,
    ),
    Case(
        "R13-number-that-the-vendor-keeps-for-the-deleted",
        a_desired(an_instance("lines.b", extension="501", name="B")),
        a_document(a_bound("lines.a", "501", extension="501"), a_bound("lines.b", "500", name="B")),
        a_world(lines=[an_entity("lines", "501", extension="501", name="A"), an_entity("lines", "500", name="B")]),
        {
            "lines.a": Said("delete", "501", ("undeclared",)),
            "lines.b": Said("conflict", "500", ("taken", "immutable")),
        },
    ),
    Case(
        "R13-number-that-a-hard-delete-frees",
        a_desired(an_instance("phones.b", extension="501", name="B"), an_instance("phones.a", extension="502")),
        a_document(a_bound("phones.a", "501", extension="501"), a_bound("phones.b", "500", extension="500", name="B")),
        a_world(
            phones=[
                an_entity("phones", "501", extension="501", name="A"),
                an_entity("phones", "500", extension="500", name="B"),
            ]
        ),
        {
            "phones.a#create": Said("replace", None, ("immutable",), ("extension",)),
            "phones.a#delete": Said("replace", "501", ("immutable",)),
            "phones.b#create": Said("replace", None, ("immutable",), ("extension", "name")),
            "phones.b#delete": Said("replace", "500", ("immutable",)),
        },
    ),
    Case(
        "R13-numbers-that-are-ids-are-not-exchanged",
        a_desired(an_instance("phones.b", extension="501"), an_instance("phones.a", extension="500")),
        a_document(a_bound("phones.a", "501", extension="501"), a_bound("phones.b", "500", extension="500")),
        a_world(phones=[an_entity("phones", "501", extension="501"), an_entity("phones", "500", extension="500")]),
        {
            "phones.a": Said("conflict", "501", ("taken", "immutable")),
            "phones.b": Said("conflict", "500", ("taken", "immutable")),
        },
    ),
)
