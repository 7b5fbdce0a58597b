"""Rows R14 to R16: what cannot be read, or of which nobody knows the end."""

from __future__ import annotations

from provisioner.plan.make import Options
from tests.factories import (
    a_bound,
    a_desired,
    a_document,
    a_world,
    an_entity,
    an_instance,
    an_intent,
    an_unknown,
)
from tests.plan.cases import Case, Said
from tests.plan.table.persons_named import JANE

UNREADABLE = (
    Case(
        "R14-never-made",
        a_desired(an_instance("alarms.busy", level=1)),
        expected={"alarms.busy": Said("create", None, ("new",), ("level", "name", "person"))},
    ),
    Case(
        "R14-refers-to-what-is-not-there",
        a_desired(an_instance("alarms.busy", line={"id": "500"}), an_instance("alarms.calm", name="calm")),
        expected={
            "alarms.busy": Said("conflict", None, ("reference", "new")),
            "alarms.calm": Said("create", None, ("new",), ("name", "person")),
        },
    ),
    Case(
        "R14-refers-to-what-is-deleted",
        a_desired(an_instance("alarms.busy", line={"id": "500"})),
        world=a_world(lines=[an_entity("lines", "500", deleted=True)]),
        expected={"alarms.busy": Said("conflict", None, ("reference", "new"))},
    ),
    Case(
        "R22-refers-to-what-cannot-be-seen",
        a_desired(an_instance("alarms.busy", line={"id": "500"})),
        world=a_world(failures={"lines:500": "500"}),
        expected={"alarms.busy": Said("unknown", None, ("evidence", "new"))},
    ),
    Case(
        "R15-refers-to-what-it-was-sent-with",
        a_desired(an_instance("alarms.busy", line={"id": "500"}, level=2)),
        a_document(a_bound("alarms.busy", "4", line={"id": "500"}, level=1)),
        a_world(lines=[an_entity("lines", "500", deleted=True)]),
        {"alarms.busy": Said("update", "4", ("differs",), ("level",))},
    ),
    Case(
        "R14-imports",
        a_desired(an_instance("alarms.busy", level=1), imports={"alarms.busy": "4"}),
        expected={"alarms.busy": Said("adopt", "4", ("import",), ("level", "name"))},
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
        a_world(people=[an_entity(id="2")]),
        {
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
