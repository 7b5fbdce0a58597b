"""Rows R26 and R28: what the vendor has no call for."""

from __future__ import annotations

from provisioner.plan.make import Options
from tests.factories import (
    a_bound,
    a_desired,
    a_document,
    a_secret,
    a_world,
    an_entity,
    an_instance,
)
from tests.plan.cases import Case, Said

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
        expected={"seats.one": Said("manual", None, ("new", "assigned"), ("code!", "name"), intent="create")},
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
        {"phones.desk": Said("update", "700", ("differs", "stays_blank"), ("name",))},
    ),
    Case(
        "R28-update-would-blank-a-secret-that-is-no-longer-declared",
        a_desired(an_instance("phones.desk", name="New")),
        a_document(a_bound("phones.desk", "700", _secrets={"secret": 0})),
        a_world(phones=[an_entity("phones", "700", name="Old")]),
        {"phones.desk": Said("manual", "700", ("differs", "would_blank"), ("name!",), intent="update")},
    ),
    Case(
        "R28-no-map-no-secret-in-it",
        a_desired(an_instance("desks.one", note="New")),
        a_document(a_bound("desks.one", "3", _made=False)),
        a_world(desks=[an_entity("desks", "3", note="Old", mailbox=None)]),
        {"desks.one": Said("update", "3", ("differs",), ("note",))},
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
