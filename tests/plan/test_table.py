"""Design section 4's decision table, row by row: desired, prior and live against action, id, reasons and fields."""

from __future__ import annotations

import pytest

from provisioner.plan.make import Options
from tests.factories import (
    a_bound,
    a_desired,
    a_document,
    a_secret,
    a_tombstone,
    a_world,
    an_entity,
    an_instance,
    an_intent,
    an_unknown,
)
from tests.plan.cases import Case, Said, steps_of

JANE = {"first_name": "Jane", "email": "jane@acme.example"}
JOHN = {"first_name": "John", "email": "john@acme.example"}

NOTHING_YET = (
    Case(
        "R1-nothing",
        a_desired(an_instance(**JANE)),
        expected={"people.jane": Said("create", None, ("new",), ("email", "first_name", "number"))},
    ),
    Case(
        "R1-listed",
        a_desired(an_instance("teams.one", note="x")),
        world=a_world(teams=[an_entity("teams", "3", name="other")]),
        expected={"teams.one": Said("create", None, ("new",), ("name", "note"))},
    ),
    Case(
        "R1-by-key",
        a_desired(an_instance("phones.desk", name="Desk")),
        expected={"phones.desk": Said("create", None, ("new",), ("extension", "name"))},
    ),
    Case(
        "R1-ignored-fields-are-sent-on-create",
        a_desired(an_instance(note="x", _ignore=frozenset({"note"}))),
        expected={"people.jane": Said("create", None, ("new",), ("note", "number"))},
    ),
    Case(
        "R1-what-only-finds-is-never-sent",
        a_desired(an_instance(hint="x")),
        expected={"people.jane": Said("create", None, ("new",), ("number",))},
    ),
    Case(
        "R1-tombstone-whose-record-is-gone",
        a_desired(an_instance(**JANE)),
        a_document(a_tombstone()),
        expected={"people.jane": Said("create", None, ("new",), ("email", "first_name", "number"))},
    ),
    Case(
        "R2-equal",
        a_desired(an_instance(**JANE)),
        world=a_world(people=[an_entity(**JANE)]),
        expected={"people.jane": Said("adopt", "7", ("found",))},
    ),
    Case(
        "R2-differs",
        a_desired(an_instance(**JANE, note="new")),
        world=a_world(people=[an_entity(**JANE, note="old")]),
        expected={"people.jane": Said("adopt", "7", ("found",), ("note",))},
    ),
    Case(
        "R2-key-is-compared-as-the-vendor-does",
        a_desired(an_instance("teams.one", name="Sales ")),
        world=a_world(teams=[an_entity("teams", "3", name="SALES")]),
        expected={"teams.one": Said("adopt", "3", ("found",), ("name",))},
    ),
    Case(
        "R2-tombstone-active-again",
        a_desired(an_instance(**JANE)),
        a_document(a_tombstone()),
        a_world(people=[an_entity(**JANE)]),
        {"people.jane": Said("adopt", "7", ("found",))},
    ),
    Case(
        "R2-tombstones-own-id-of-two",
        a_desired(an_instance()),
        a_document(a_tombstone(id="8")),
        a_world(people=[an_entity(), an_entity(id="8")]),
        {"people.jane": Said("adopt", "8", ("found",))},
    ),
    Case(
        "R2-before-R5",
        a_desired(an_instance(**JANE)),
        a_document(a_tombstone()),
        a_world(people=[an_entity(deleted=True, **JANE), an_entity(id="8", **JANE)]),
        {"people.jane": Said("adopt", "8", ("found",))},
    ),
    Case(
        "R2-secret-is-not-sent",
        a_desired(an_instance(pin=a_secret(3))),
        world=a_world(people=[an_entity()]),
        expected={"people.jane": Said("adopt", "7", ("secret_unchecked", "found"))},
    ),
    Case(
        "R2-ignored-fields-are-not-written",
        a_desired(an_instance(note="x", _ignore=frozenset({"note"}))),
        world=a_world(people=[an_entity(note="y")]),
        expected={"people.jane": Said("adopt", "7", ("found",))},
    ),
    Case(
        "R3-renamed",
        a_desired(an_instance("people.janet", **JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(**JANE)]),
        {"people.janet": Said("adopt", "7", ("moved",), moved_from="people.jane@pbx")},
    ),
    Case(
        "R3-renamed-and-raised-secret",
        a_desired(an_instance("people.janet", pin=a_secret(2))),
        a_document(a_bound(_secrets={"pin": 1})),
        a_world(people=[an_entity()]),
        {"people.janet": Said("adopt", "7", ("moved",), ("pin",), moved_from="people.jane@pbx")},
    ),
    Case(
        "R3-own-id-gone",
        a_desired(an_instance("people.janet", **JANE)),
        a_document(a_bound(**JANE), a_bound("people.janet", "9", number="1009")),
        a_world(people=[an_entity(**JANE)]),
        {"people.janet": Said("adopt", "7", ("moved",), moved_from="people.jane@pbx", lost="9")},
    ),
    Case(
        "R3-not-the-same-person",
        a_desired(an_instance("people.john", **JOHN)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(**JANE)]),
        {
            "people.jane": Said("delete", "7", ("undeclared",)),
            "people.john": Said("create", None, ("new",), ("email", "first_name", "number")),
        },
    ),
    Case(
        "R3-unreadable",
        a_desired(an_instance("alarms.calm", level=1)),
        a_document(a_bound("alarms.busy", "4", level=2)),
        expected={"alarms.calm": Said("adopt", "4", ("moved",), ("level",), moved_from="alarms.busy@pbx")},
    ),
    Case(
        "R4-several-active",
        a_desired(an_instance()),
        world=a_world(people=[an_entity(), an_entity(id="8")]),
        expected={"people.jane": Said("conflict", None, ("ambiguous",))},
    ),
    Case(
        "R4-bound-to-another-that-keeps-it",
        a_desired(an_instance(), an_instance("people.other")),
        a_document(a_bound("people.other")),
        a_world(people=[an_entity()]),
        {"people.jane": Said("conflict", None, ("taken",))},
        none=1,
    ),
    Case(
        "R4-bound-to-another-that-gives-it-up",
        a_desired(an_instance(), an_instance("people.other", number="1002")),
        a_document(a_bound("people.other")),
        a_world(people=[an_entity()]),
        {
            "people.jane": Said("create", None, ("new",), ("number",)),
            "people.other": Said("update", "7", ("differs",), ("number",)),
        },
    ),
    Case(
        "R4-unreadable-keeps-it",
        a_desired(an_instance("alarms.calm"), an_instance("alarms.busy")),
        a_document(a_bound("alarms.busy", "4")),
        expected={"alarms.calm": Said("conflict", None, ("taken",))},
        none=1,
    ),
    Case(
        "R4-unreadable-gives-it-up",
        a_desired(an_instance("alarms.calm"), an_instance("alarms.busy", name="other")),
        a_document(a_bound("alarms.busy", "4")),
        expected={
            "alarms.calm": Said("create", None, ("new",), ("name", "person")),
            "alarms.busy": Said("update", "4", ("differs",), ("name",)),
        },
    ),
    Case(
        "R5-tombstone",
        a_desired(an_instance(first_name="Jane", note="new")),
        a_document(a_tombstone()),
        a_world(people=[an_entity(deleted=True, first_name="Jane", note="old")]),
        {"people.jane": Said("undelete", "7", ("deleted",), ("note",))},
    ),
    Case(
        "R5-tombstone-before-a-second-value",
        a_desired(an_instance(**JANE)),
        a_document(a_tombstone()),
        a_world(people=[an_entity(deleted=True, **JANE), an_entity(id="8", deleted=True, **JANE)]),
        {"people.jane": Said("undelete", "7", ("deleted",))},
    ),
    Case(
        "R5-tombstone-of-a-kind-without-people",
        a_desired(an_instance("codes.lunch")),
        a_document(a_tombstone("codes.lunch", "2")),
        a_world(codes=[an_entity("codes", "2", deleted=True)]),
        {"codes.lunch": Said("undelete", "2", ("deleted",))},
    ),
    Case(
        "R5-imports",
        a_desired(an_instance(**JANE), imports={"people.jane": "7"}),
        world=a_world(people=[an_entity(deleted=True, **JOHN)]),
        expected={"people.jane": Said("undelete", "7", ("import",), ("email", "first_name"))},
    ),
    Case(
        "R5-holds-key",
        a_desired(an_instance("lines.support", name="Support", ring="all")),
        world=a_world(lines=[an_entity("lines", "500", deleted=True, name="Old")]),
        expected={"lines.support": Said("undelete", "500", ("deleted",), ("name", "ring"))},
    ),
    Case(
        "R5-second-personal-value",
        a_desired(an_instance(first_name="Janet", email="JANE@acme.example")),
        world=a_world(people=[an_entity(deleted=True, **JANE)]),
        expected={"people.jane": Said("undelete", "7", ("deleted",), ("email", "first_name"))},
    ),
    Case(
        "R5-sends-secrets",
        a_desired(an_instance(pin=a_secret())),
        a_document(a_tombstone()),
        a_world(people=[an_entity(deleted=True)]),
        {"people.jane": Said("undelete", "7", ("deleted",), ("pin",))},
    ),
    Case(
        "R5-record-is-the-tombstone-of-another-declared-address",
        a_desired(an_instance(**JANE), an_instance("people.zoe", number="1009")),
        a_document(a_tombstone("people.zoe")),
        a_world(people=[an_entity(deleted=True, **JANE)]),
        {
            "people.jane": Said("conflict", None, ("taken", "new")),
            "people.zoe": Said("undelete", "7", ("deleted",), ("number",)),
        },
    ),
    Case(
        "R5-record-of-an-address-no-longer-declared",
        a_desired(an_instance("people.janet", **JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(deleted=True, **JANE)]),
        {"people.janet": Said("undelete", "7", ("deleted", "moved"), moved_from="people.jane@pbx")},
    ),
    Case(
        "R6-only-the-key",
        a_desired(an_instance(**JOHN)),
        world=a_world(people=[an_entity(deleted=True, **JANE)]),
        expected={"people.jane": Said("create", None, ("reused_key",), ("email", "first_name", "number"))},
    ),
    Case(
        "R6-names-are-no-evidence",
        a_desired(an_instance(first_name="Jane")),
        world=a_world(people=[an_entity(deleted=True, first_name="Jane")]),
        expected={"people.jane": Said("create", None, ("reused_key",), ("first_name", "number"))},
    ),
    Case(
        "R6-kind-without-people",
        a_desired(an_instance("codes.lunch")),
        world=a_world(codes=[an_entity("codes", "2", deleted=True)]),
        expected={"codes.lunch": Said("create", None, ("reused_key",), ("name",))},
    ),
    Case(
        "R7-several-with-equal-evidence",
        a_desired(an_instance(**JANE)),
        world=a_world(people=[an_entity(deleted=True, **JANE), an_entity(id="8", deleted=True, **JANE)]),
        expected={"people.jane": Said("conflict", None, ("ambiguous",))},
    ),
    Case(
        "R7-one-with-evidence-of-several",
        a_desired(an_instance(**JANE)),
        world=a_world(people=[an_entity(deleted=True, **JOHN), an_entity(id="8", deleted=True, **JANE)]),
        expected={"people.jane": Said("undelete", "8", ("deleted",))},
    ),
)

BOUND = (
    Case(
        "R8-equal",
        a_desired(an_instance(**JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(**JANE, note="not declared")]),
        none=1,
    ),
    Case(
        "R8-differs",
        a_desired(an_instance(note="new", nickname=None)),
        a_document(a_bound(note="old")),
        a_world(people=[an_entity(note="old", nickname="jj")]),
        {"people.jane": Said("update", "7", ("differs",), ("nickname", "note"))},
    ),
    Case(
        "R8-cleared-and-absent-are-equal",
        a_desired(an_instance(note=None)),
        a_document(a_bound()),
        a_world(people=[an_entity()]),
        none=1,
    ),
    Case(
        "R8-immutable-field-differs",
        a_desired(an_instance(color="red")),
        a_document(a_bound(color="blue")),
        a_world(people=[an_entity(color="blue")]),
        {
            "people.jane#delete": Said("replace", "7", ("immutable",)),
            "people.jane#create": Said("replace", None, ("immutable",), ("color", "number")),
        },
    ),
    Case(
        "R8-replace-asked-for",
        a_desired(an_instance(color="blue")),
        a_document(a_bound()),
        a_world(people=[an_entity(color="blue")]),
        {
            "people.jane#delete": Said("replace", "7", ("requested",)),
            "people.jane#create": Said("replace", None, ("requested",), ("color", "number")),
        },
        options=Options(replaces=("people.jane",)),
    ),
    Case(
        "R8-replace-undeletes-what-holds-the-key",
        a_desired(an_instance("lines.support", mode="new", name="S")),
        a_document(a_bound("lines.support", "500")),
        a_world(lines=[an_entity("lines", "500", mode="old", name="S")]),
        {
            "lines.support#delete": Said("replace", "500", ("immutable",)),
            "lines.support#create": Said("replace", "500", ("immutable",), ("extension", "mode", "name")),
        },
    ),
    Case(
        "R8-replace-undeletes-an-older-record",
        a_desired(an_instance("lines.support", extension="501", name="S")),
        a_document(a_bound("lines.support", "500")),
        a_world(
            lines=[
                an_entity("lines", "500", name="S"),
                an_entity("lines", "501", extension="501", deleted=True, name="T"),
            ]
        ),
        {
            "lines.support#delete": Said("replace", "500", ("immutable",)),
            "lines.support#create": Said("replace", "501", ("immutable",), ("extension", "name")),
        },
    ),
    Case(
        "R8-run-time-values-are-no-difference",
        a_desired(an_instance(calls=1)),
        a_document(a_bound()),
        a_world(people=[an_entity(calls=5)]),
        none=1,
    ),
    Case(
        "R8-ignored",
        a_desired(an_instance(note="x", _ignore=frozenset({"note"}))),
        a_document(a_bound(note="x")),
        a_world(people=[an_entity(note="y")]),
        none=1,
    ),
    Case(
        "R8-secret-version-raised",
        a_desired(an_instance(pin=a_secret(2))),
        a_document(a_bound(_secrets={"pin": 1})),
        a_world(people=[an_entity()]),
        {"people.jane": Said("update", "7", ("secret",), ("pin",))},
    ),
    Case(
        "R8-secret-version-as-sent",
        a_desired(an_instance(pin=a_secret(2))),
        a_document(a_bound(_secrets={"pin": 2})),
        a_world(people=[an_entity()]),
        none=1,
    ),
    Case(
        "R8-secret-that-would-be-blanked-goes-along",
        a_desired(an_instance("phones.desk", name="New", secret=a_secret())),
        a_document(a_bound("phones.desk", "700", _secrets={"secret": 1})),
        a_world(phones=[an_entity("phones", "700", name="Old")]),
        {"phones.desk": Said("update", "700", ("sent_again", "differs"), ("name", "secret"))},
    ),
    Case(
        "R8-ignored-secret-that-would-be-blanked-goes-along",
        a_desired(an_instance("phones.desk", name="New", secret=a_secret(2), _ignore=frozenset({"secret"}))),
        a_document(a_bound("phones.desk", "700", _secrets={"secret": 1})),
        a_world(phones=[an_entity("phones", "700", name="Old")]),
        {"phones.desk": Said("update", "700", ("sent_again", "differs"), ("name", "secret"))},
    ),
    Case(
        "R8-secret-cleared",
        a_desired(an_instance("phones.desk", secret=None)),
        a_document(a_bound("phones.desk", "700", _secrets={"secret": 1})),
        a_world(phones=[an_entity("phones", "700")]),
        {"phones.desk": Said("update", "700", ("secret",), ("secret",))},
    ),
    Case(
        "R8-secret-cleared-before",
        a_desired(an_instance("phones.desk", secret=None)),
        a_document(a_bound("phones.desk", "700", secret=None)),
        a_world(phones=[an_entity("phones", "700")]),
        none=1,
    ),
    Case(
        "R8-value-that-the-vendor-altered-is-not-sent-for-ever",
        a_desired(an_instance(note="new")),
        a_document(a_bound(_learned={"note": ("new", "NEW")})),
        a_world(people=[an_entity(note="NEW")]),
        none=1,
    ),
    Case(
        "R8-altered-once-more",
        a_desired(an_instance(note="new")),
        a_document(a_bound(_learned={"note": ("new", "NEW")})),
        a_world(people=[an_entity(note="other")]),
        {"people.jane": Said("update", "7", ("differs",), ("note",))},
    ),
    Case(
        "R9-gone",
        a_desired(an_instance(**JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(id="8", **JANE)]),
        {"people.jane": Said("adopt", "8", ("rebound",), lost="7")},
    ),
    Case(
        "R9-deleted",
        a_desired(an_instance(**JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(deleted=True, **JANE), an_entity(id="8", **JANE)]),
        {"people.jane": Said("adopt", "8", ("rebound",), lost="7")},
    ),
    Case(
        "R10-deleted",
        a_desired(an_instance(**JANE, note="x", pin=a_secret())),
        a_document(a_bound(**JANE, _secrets={"pin": 1})),
        a_world(people=[an_entity(deleted=True, **JANE)]),
        {"people.jane": Said("undelete", "7", ("deleted",), ("note", "pin"))},
    ),
    Case(
        "R10-by-key",
        a_desired(an_instance("lines.support", name="S")),
        a_document(a_bound("lines.support", "500", name="S")),
        a_world(lines=[an_entity("lines", "500", deleted=True, name="S")]),
        {"lines.support": Said("undelete", "500", ("deleted",))},
    ),
    Case(
        "R10-is-its-own-evidence",
        a_desired(an_instance(**JOHN)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(deleted=True, **JANE)]),
        {"people.jane": Said("undelete", "7", ("deleted",), ("email", "first_name"))},
    ),
    Case(
        "R11-vanished",
        a_desired(an_instance()),
        a_document(a_bound()),
        expected={"people.jane": Said("create", None, ("vanished",), ("number",), lost="7")},
    ),
    Case(
        "R11-by-key",
        a_desired(an_instance("phones.desk")),
        a_document(a_bound("phones.desk", "700")),
        expected={"phones.desk": Said("create", None, ("vanished",), ("extension",), lost="700")},
    ),
    Case(
        "R11-another-record-is-this-very-one",
        a_desired(an_instance(**JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(id="8", deleted=True, **JANE)]),
        {"people.jane": Said("undelete", "8", ("deleted",), lost="7")},
    ),
    Case(
        "R12-somebody-else",
        a_desired(an_instance(**JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(number="2002", **JOHN)]),
        {"people.jane": Said("conflict", None, ("somebody_else",))},
    ),
    Case(
        "R12-somebody-else-not-declared",
        a_desired(),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(number="2002", **JOHN)]),
        {"people.jane": Said("conflict", None, ("somebody_else",))},
    ),
    Case(
        "R12-key-drifted-same-person",
        a_desired(an_instance(**JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(number="2002", **JANE)]),
        {"people.jane": Said("update", "7", ("differs", "key_drifted"), ("number",))},
    ),
    Case(
        "R12-key-drifted-desired-now",
        a_desired(an_instance(**JOHN)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(number="2002", **JOHN)]),
        {"people.jane": Said("update", "7", ("differs", "key_drifted"), ("number",))},
    ),
    Case(
        "R12-key-drifted-not-declared",
        a_desired(),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(number="2002", **JANE)]),
        {"people.jane": Said("delete", "7", ("undeclared", "key_drifted"))},
    ),
    Case(
        "R12-key-drifted-kind-without-people",
        a_desired(an_instance("teams.one")),
        a_document(a_bound("teams.one", "3")),
        a_world(teams=[an_entity("teams", "3", name="other")]),
        {"teams.one": Said("update", "3", ("differs", "key_drifted"), ("name",))},
    ),
    Case(
        "R12-live-key-is-desired",
        a_desired(an_instance(number="1002", **JOHN)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(number="1002", first_name="X", email="x@acme.example")]),
        {"people.jane": Said("update", "7", ("differs",), ("email", "first_name"))},
    ),
    Case(
        "R12-parked",
        a_desired(an_instance(**JANE)),
        a_document(a_bound(**JANE), parked={a_bound().address: {"number": "9999"}}),
        a_world(people=[an_entity(number="9999", **JOHN)]),
        {"people.jane": Said("update", "7", ("differs",), ("email", "first_name", "number"))},
    ),
)

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
        expected={"alarms.b": Said("create", None, ("new",), ("name", "person"))},
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

UNREADABLE = (
    Case(
        "R14-never-made",
        a_desired(an_instance("alarms.busy", level=1)),
        expected={"alarms.busy": Said("create", None, ("new",), ("level", "name", "person"))},
    ),
    Case(
        "R14-imports",
        a_desired(an_instance("alarms.busy", level=1), imports={"alarms.busy": "4"}),
        expected={"alarms.busy": Said("adopt", "4", ("import",))},
    ),
    Case(
        "R14-imports-what-another-has",
        a_desired(an_instance("alarms.busy"), an_instance("alarms.calm", name="calm"), imports={"alarms.busy": "4"}),
        a_document(a_bound("alarms.calm", "4", name="calm")),
        expected={"alarms.busy": Said("conflict", None, ("import",))},
        none=1,
    ),
    Case(
        "R15-as-sent",
        a_desired(an_instance("alarms.busy", level=1)),
        a_document(a_bound("alarms.busy", "4", level=1)),
        none=1,
    ),
    Case(
        "R15-differs",
        a_desired(an_instance("alarms.busy", level=2)),
        a_document(a_bound("alarms.busy", "4", level=1)),
        expected={"alarms.busy": Said("update", "4", ("differs",), ("level",))},
    ),
    Case(
        "R15-did-not-surely-arrive",
        a_desired(an_instance("alarms.busy", level=1)),
        a_document(a_bound("alarms.busy", "4", level=1, _uncertain=frozenset({"level"}))),
        expected={"alarms.busy": Said("update", "4", ("differs",), ("level",))},
    ),
    Case(
        "R15-immutable-differs",
        a_desired(an_instance("alarms.busy", person={"id": "2"})),
        a_document(a_bound("alarms.busy", "4", person={"id": "1"})),
        expected={
            "alarms.busy#create": Said("replace", None, ("immutable",), ("name", "person")),
            "alarms.busy#delete": Said("replace", "4", ("immutable",)),
        },
    ),
    Case(
        "R15-replace-asked-for",
        a_desired(an_instance("alarms.busy")),
        a_document(a_bound("alarms.busy", "4")),
        expected={
            "alarms.busy#create": Said("replace", None, ("requested",), ("name", "person")),
            "alarms.busy#delete": Said("replace", "4", ("requested",)),
        },
        options=Options(replaces=("alarms.*",)),
    ),
    Case(
        "R15-imports-another-id",
        a_desired(an_instance("alarms.busy"), imports={"alarms.busy": "5"}),
        a_document(a_bound("alarms.busy", "4")),
        expected={"alarms.busy": Said("conflict", None, ("import",))},
    ),
    Case(
        "R16-repeat",
        a_desired(an_instance("alarms.busy")),
        a_document(an_unknown()),
        expected={"alarms.busy": Said("create", None, ("repeat",), ("name", "person"))},
    ),
    Case(
        "R16-taken",
        a_desired(an_instance("alarms.busy")),
        a_document(an_unknown(taken=True)),
        expected={"alarms.busy": Said("unknown", None, ("evidence",))},
    ),
    Case(
        "R16-doubles-are-not-refused",
        a_desired(an_instance("loose.busy")),
        a_document(an_unknown("loose.busy")),
        expected={"loose.busy": Said("unknown", None, ("evidence",))},
    ),
    Case(
        "R16-can-be-found",
        a_desired(an_instance(**JANE)),
        a_document(an_intent(attributes=JANE)),
        a_world(people=[an_entity(**JANE)]),
        none=1,
    ),
    Case(
        "R16-was-never-made",
        a_desired(an_instance(**JANE)),
        a_document(an_intent(attributes=JANE)),
        expected={"people.jane": Said("create", None, ("new",), ("email", "first_name", "number"))},
    ),
    Case(
        "R16-cannot-be-settled-yet",
        a_desired(an_instance(**JANE)),
        a_document(an_intent(attributes=JANE)),
        a_world(incomplete={"people": "page 2 failed"}),
        {"people.jane": Said("unknown", None, ("evidence",))},
    ),
)

LEAVING = (
    Case(
        "R17-active",
        a_desired(),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(**JANE)]),
        {"people.jane": Said("delete", "7", ("undeclared",))},
    ),
    Case(
        "R17-kept",
        a_desired(removed=[("people.jane", False)]),
        a_document(a_bound()),
        a_world(people=[an_entity()]),
        {"people.jane": Said("forget", "7", ("removed",))},
    ),
    Case(
        "R17-removed-and-destroyed",
        a_desired(removed=[("people.jane", True)]),
        a_document(a_bound()),
        a_world(people=[an_entity()]),
        {"people.jane": Said("delete", "7", ("undeclared",))},
    ),
    Case(
        "R17-destroy",
        a_desired(an_instance()),
        a_document(a_bound()),
        a_world(people=[an_entity()]),
        {"people.jane": Said("delete", "7", ("undeclared",))},
        options=Options(destroy=True),
    ),
    Case(
        "R18-unreadable",
        a_desired(),
        a_document(a_bound("alarms.busy", "4")),
        expected={"alarms.busy": Said("delete", "4", ("undeclared",))},
    ),
    Case(
        "R18-kept",
        a_desired(removed=[("alarms.*", False)]),
        a_document(a_bound("alarms.busy", "4")),
        expected={"alarms.busy": Said("forget", "4", ("removed",))},
    ),
    Case(
        "R19-gone",
        a_desired(),
        a_document(a_bound()),
        expected={"people.jane": Said("forget", "7", ("undeclared",))},
    ),
    Case(
        "R19-deleted",
        a_desired(),
        a_document(a_bound()),
        a_world(people=[an_entity(deleted=True)]),
        {"people.jane": Said("forget", "7", ("deleted",))},
    ),
    Case(
        "R20-unknown",
        a_desired(),
        a_document(an_unknown()),
        expected={"alarms.busy": Said("unknown", None, ("evidence",))},
    ),
    Case(
        "R20-cannot-be-settled-yet",
        a_desired(),
        a_document(an_intent()),
        a_world(incomplete={"people": "page 2 failed"}),
        {"people.jane": Said("unknown", None, ("evidence",))},
    ),
    Case(
        "R20-settled-as-made",
        a_desired(),
        a_document(an_intent(attributes=JANE)),
        a_world(people=[an_entity(**JANE)]),
        {"people.jane": Said("delete", "7", ("undeclared",))},
    ),
    Case(
        "R21-unmanaged",
        a_desired(an_instance("teams.one")),
        a_document(a_bound("teams.one", "3")),
        a_world(teams=[an_entity("teams", "3"), an_entity("teams", "4", name="theirs")]),
        none=1,
    ),
    Case(
        "R21-tombstone-alone-does-nothing",
        a_desired(),
        a_document(a_tombstone()),
        a_world(people=[an_entity(deleted=True)]),
    ),
    Case(
        "R27-cannot-be-created",
        a_desired(),
        a_document(a_bound("zones.one", "3")),
        a_world(zones=[an_entity("zones", "3")]),
        {"zones.one": Said("forget", "3", ("read_only",))},
    ),
)

EVIDENCE = (
    Case(
        "R22-bound-id-failed",
        a_desired(an_instance()),
        a_document(a_bound()),
        a_world(failures={"people:7": "500"}),
        {"people.jane": Said("unknown", "7", ("evidence",))},
    ),
    Case(
        "R22-undeclared-id-failed",
        a_desired(),
        a_document(a_bound()),
        a_world(failures={"people:7": "500"}),
        {"people.jane": Said("unknown", "7", ("evidence",))},
    ),
    Case(
        "R22-connection-failed",
        a_desired(an_instance(), an_instance("people.zoe", number="1008")),
        a_document(a_bound()),
        a_world(failures={"people:*": "401"}),
        {
            "people.jane": Said("unknown", "7", ("evidence",)),
            "people.zoe": Said("unknown", None, ("evidence",)),
        },
    ),
    Case(
        "R22-search-cut-short",
        a_desired(an_instance()),
        world=a_world(incomplete={"people": "page 2"}, people=[an_entity(id="8", number="1008")]),
        expected={"people.jane": Said("unknown", None, ("evidence",))},
    ),
    Case(
        "R22-search-cut-short-with-a-match",
        a_desired(an_instance()),
        world=a_world(incomplete={"people": "page 2"}, people=[an_entity()]),
        expected={"people.jane": Said("unknown", None, ("evidence",))},
    ),
    Case(
        "R22-gone-and-search-cut-short",
        a_desired(an_instance()),
        a_document(a_bound()),
        a_world(incomplete={"people": "page 2"}),
        {"people.jane": Said("unknown", "7", ("evidence",))},
    ),
    Case(
        "R22-key-failed",
        a_desired(an_instance("lines.support")),
        world=a_world(failures={"lines:500": "503"}),
        expected={"lines.support": Said("unknown", None, ("evidence",))},
    ),
    Case(
        "R22-tombstone-failed",
        a_desired(an_instance()),
        a_document(a_tombstone()),
        a_world(failures={"people:7": "500"}),
        {"people.jane": Said("unknown", None, ("evidence",))},
    ),
    Case(
        "R22-import-failed",
        a_desired(an_instance(), imports={"people.jane": "9"}),
        world=a_world(failures={"people:9": "500"}),
        expected={"people.jane": Said("unknown", "9", ("evidence",))},
    ),
    Case(
        "R22-before-R24",
        a_desired(an_instance()),
        a_document(a_bound()),
        a_world(failures={"people:7": "500"}, people=[an_entity(pending=True)]),
        {"people.jane": Said("unknown", "7", ("evidence",))},
    ),
    Case(
        "R24-declared",
        a_desired(an_instance(note="x")),
        a_document(a_bound()),
        a_world(people=[an_entity(pending=True)]),
        {"people.jane": Said("manual", "7", ("pending_deletion",), ("note!",), intent="update")},
    ),
    Case(
        "R24-before-R12",
        a_desired(an_instance(**JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(number="2002", pending=True, **JOHN)]),
        {
            "people.jane": Said(
                "manual", "7", ("pending_deletion",), ("email!", "first_name!", "number!"), intent="update"
            )
        },
    ),
    Case(
        "R24-not-declared",
        a_desired(),
        a_document(a_bound()),
        a_world(people=[an_entity(pending=True)]),
        none=1,
    ),
    Case(
        "R24-not-managed-yet",
        a_desired(an_instance()),
        world=a_world(people=[an_entity(pending=True)]),
        expected={"people.jane": Said("manual", "7", ("pending_deletion",), intent="update")},
    ),
    Case(
        "R24-imports",
        a_desired(an_instance(number="1009"), imports={"people.jane": "7"}),
        world=a_world(people=[an_entity(pending=True)]),
        expected={"people.jane": Said("manual", "7", ("pending_deletion",), ("number!",), intent="update")},
    ),
)

PERSONS = (
    Case(
        "R25-adopt-of-another-person",
        a_desired(an_instance(**JANE)),
        world=a_world(people=[an_entity(**JOHN)]),
        expected={"people.jane": Said("conflict", None, ("another_person",))},
    ),
    Case(
        "R25-rebind-to-another-person",
        a_desired(an_instance(**JANE)),
        a_document(a_bound(**JANE)),
        a_world(people=[an_entity(id="8", **JOHN)]),
        {"people.jane": Said("conflict", None, ("another_person",))},
    ),
    Case(
        "R25-undelete-of-another-person",
        a_desired(an_instance(**JANE)),
        a_document(a_tombstone()),
        a_world(people=[an_entity(deleted=True, **JOHN)]),
        {"people.jane": Said("conflict", None, ("another_person",))},
    ),
    Case(
        "R25-undelete-of-another-person-that-holds-the-key",
        a_desired(an_instance("holders.jane", **JANE)),
        world=a_world(holders=[an_entity("holders", deleted=True, **JOHN)]),
        expected={"holders.jane": Said("conflict", None, ("another_person",))},
    ),
    Case(
        "R25-imports-says-that-it-is",
        a_desired(an_instance(**JANE), imports={"people.jane": "7"}),
        world=a_world(people=[an_entity(**JOHN)]),
        expected={"people.jane": Said("adopt", "7", ("import",), ("email", "first_name"))},
    ),
    Case(
        "R25-adopt-with-an-immutable-difference",
        a_desired(an_instance(color="red")),
        world=a_world(people=[an_entity(color="blue")]),
        expected={"people.jane": Said("conflict", None, ("immutable",))},
    ),
    Case(
        "R25-undelete-with-an-immutable-difference",
        a_desired(an_instance("lines.support", mode="new", name="S")),
        world=a_world(lines=[an_entity("lines", "500", deleted=True, mode="old", name="S")]),
        expected={"lines.support": Said("conflict", None, ("immutable",))},
    ),
    Case(
        "R25-import-with-an-immutable-difference",
        a_desired(an_instance(color="red"), imports={"people.jane": "7"}),
        world=a_world(people=[an_entity(color="blue")]),
        expected={"people.jane": Said("conflict", None, ("immutable",))},
    ),
    Case(
        "R25-import-of-nothing",
        a_desired(an_instance(), imports={"people.jane": "7"}),
        expected={"people.jane": Said("conflict", None, ("import",))},
    ),
    Case(
        "R25-import-of-what-another-has",
        a_desired(an_instance(number="1009"), an_instance("people.zoe"), imports={"people.jane": "7"}),
        a_document(a_bound("people.zoe")),
        a_world(people=[an_entity()]),
        {"people.jane": Said("conflict", None, ("import",))},
        none=1,
    ),
    Case(
        "R25-import-contradicts-the-binding",
        a_desired(an_instance(), imports={"people.jane": "8"}),
        a_document(a_bound()),
        a_world(people=[an_entity(), an_entity(id="8", number="1008")]),
        {"people.jane": Said("conflict", None, ("import",))},
    ),
    Case(
        "R25-spent-import-is-inert",
        a_desired(an_instance(), imports={"people.jane": "7"}),
        a_document(a_bound()),
        a_world(people=[an_entity()]),
        none=1,
    ),
    Case(
        "R25-import-comes-before-a-match-by-key",
        a_desired(an_instance("people.a"), an_instance("people.z", number="1009"), imports={"people.z": "7"}),
        world=a_world(people=[an_entity()]),
        expected={
            "people.a": Said("conflict", None, ("taken",)),
            "people.z": Said("adopt", "7", ("import",), ("number",)),
        },
    ),
)

CALLS = (
    Case(
        "R26-no-create",
        a_desired(an_instance("zones.one", note="x")),
        expected={"zones.one": Said("manual", None, ("new", "no_call"), ("name!", "note!"), intent="create")},
    ),
    Case(
        "R26-no-delete",
        a_desired(),
        a_document(a_bound("relics.one", "3")),
        a_world(relics=[an_entity("relics", "3")]),
        {"relics.one": Said("manual", "3", ("undeclared", "no_call"), intent="delete")},
    ),
    Case(
        "R26-no-undelete",
        a_desired(an_instance("relics.one")),
        a_document(a_bound("relics.one", "3")),
        a_world(relics=[an_entity("relics", "3", deleted=True)]),
        {"relics.one": Said("manual", "3", ("deleted", "no_call"), intent="undelete")},
    ),
    Case(
        "R26-no-replace",
        a_desired(an_instance("relics.one")),
        a_document(a_bound("relics.one", "3")),
        a_world(relics=[an_entity("relics", "3")]),
        {"relics.one": Said("manual", "3", ("requested", "no_call"), ("name!",), intent="replace")},
        options=Options(replaces=("relics.one",)),
    ),
    Case(
        "R26-assigned-value-missing",
        a_desired(an_instance("seats.one")),
        expected={"seats.one": Said("manual", None, ("new", "assigned"), ("name!",), intent="create")},
    ),
    Case(
        "R26-assigned-value-declared",
        a_desired(an_instance("seats.one", code="A1")),
        expected={"seats.one": Said("create", None, ("new",), ("code", "name"))},
    ),
    Case(
        "R28-some-fields-not-writable",
        a_desired(an_instance(note="x", badge="b", origin="o")),
        a_document(a_bound()),
        a_world(people=[an_entity(badge="a", origin="n")]),
        {"people.jane": Said("update", "7", ("differs",), ("badge!", "note", "origin!"))},
    ),
    Case(
        "R28-none-writable",
        a_desired(an_instance(badge="b")),
        a_document(a_bound()),
        a_world(people=[an_entity(badge="a")]),
        {"people.jane": Said("manual", "7", ("differs", "not_writable"), ("badge!",), intent="update")},
    ),
    Case(
        "R28-no-update-at-all",
        a_desired(an_instance("zones.one", note="x")),
        a_document(a_bound("zones.one", "3")),
        a_world(zones=[an_entity("zones", "3")]),
        {"zones.one": Said("manual", "3", ("differs", "not_writable"), ("note!",), intent="update")},
    ),
    Case(
        "R28-adopt-binds-whatever-cannot-be-written",
        a_desired(an_instance("zones.one", note="x")),
        world=a_world(zones=[an_entity("zones", "3")]),
        expected={"zones.one": Said("adopt", "3", ("found", "not_writable"), ("note!",))},
    ),
    Case(
        "R28-update-would-blank-a-secret",
        a_desired(an_instance("phones.desk", name="New")),
        a_document(a_bound("phones.desk", "700", _made=False)),
        a_world(phones=[an_entity("phones", "700", name="Old")]),
        {"phones.desk": Said("manual", "700", ("differs", "would_blank"), ("name!",), intent="update")},
    ),
    Case(
        "R28-update-of-what-this-tool-made-blanks-nothing",
        a_desired(an_instance("phones.desk", name="New")),
        a_document(a_bound("phones.desk", "700")),
        a_world(phones=[an_entity("phones", "700", name="Old")]),
        {"phones.desk": Said("update", "700", ("differs",), ("name",))},
    ),
    Case(
        "R28-adopt-would-blank-a-secret",
        a_desired(an_instance("phones.desk", name="New")),
        world=a_world(phones=[an_entity("phones", "700", name="Old")]),
        expected={"phones.desk": Said("adopt", "700", ("found", "would_blank"), ("name!",))},
    ),
    Case(
        "R28-adopt-that-updates-sends-the-secret",
        a_desired(an_instance("phones.desk", name="New", secret=a_secret())),
        world=a_world(phones=[an_entity("phones", "700", name="Old")]),
        expected={"phones.desk": Said("adopt", "700", ("sent_again", "found"), ("name", "secret"))},
    ),
)

TABLE = (
    *NOTHING_YET,
    *BOUND,
    *VALUES,
    *UNREADABLE,
    *LEAVING,
    *EVIDENCE,
    *PERSONS,
    *CALLS,
)


@pytest.mark.parametrize("case", TABLE, ids=lambda case: case.name)
def test_every_row_of_the_table(case: Case) -> None:
    """Desired, prior and live give exactly the steps that the row says, and count the rest as none."""
    plan = case.plan()

    assert steps_of(plan) == case.expected
    assert plan.none == case.none
