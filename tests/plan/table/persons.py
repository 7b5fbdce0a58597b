"""Row R25 and ``imports``: whose record it is."""

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
            "people.z": Said("adopt", "7", ("import", "stranger"), ("number",)),
        },
    ),
)
