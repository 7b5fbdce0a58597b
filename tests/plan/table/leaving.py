"""Rows R17 to R21 and R27: managed, and not declared any more."""

from __future__ import annotations

from provisioner.plan.make import Options
from tests.factories import (
    a_bound,
    a_desired,
    a_document,
    a_tombstone,
    a_world,
    an_entity,
    an_instance,
    an_intent,
    an_unknown,
)
from tests.plan.cases import Case, Said
from tests.plan.table.persons_named import JANE

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
        {"people.jane": Said("delete", "7", ("destroy",))},
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
        expected={"people.jane": Said("forget", "7", ("undeclared", "gone"))},
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
