"""Rows R22 and R24: what cannot be told, and what the vendor is deleting."""

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
from tests.plan.table.persons_named import JANE, JOHN

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
