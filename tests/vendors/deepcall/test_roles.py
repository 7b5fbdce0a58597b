"""Roles at DeepCall: made by name, the rest by a second request."""

from __future__ import annotations

from provisioner.values import VendorId
from provisioner.vendors.base import Call
from provisioner.vendors.deepcall import VENDOR
from tests.vendors.deepcall.playing import adapter, ok, page
from tests.vendors.playing import change, read

ROLE = {"roleid": 3, "name": "Lead", "can_see": 1, "status": 0, "create_date": 1, "create_by": "1"}


def test_a_role_is_read_from_the_list() -> None:
    """No call reads one by itself, and none deletes one."""
    asked, listing = read(adapter("roles").find_all(), [page(ROLE)])

    assert asked[0].json == {"page": 1, "limit": 500}
    assert listing.entities[0].attributes == {"name": "Lead", "status": "inactive", "can_see": True}
    assert VENDOR.kinds["roles"].calls == Call.LIST | Call.CREATE | Call.UPDATE


def test_a_create_is_an_add_and_an_update() -> None:
    """The id is a number here."""
    asked, vendor_id = change(
        adapter("roles").create({"name": "Lead", "can_see": True, "status": "inactive"}), ok(roleid=3), ok(message="ok")
    )

    assert vendor_id == "3"
    assert [request.json for request in asked] == [{"name": "Lead"}, {"roleid": 3, "can_see": 1, "status": 0}]


def test_a_name_alone_is_one_request() -> None:
    """There is nothing left for an update to say."""
    asked, _ = change(adapter("roles").create({"name": "Lead"}), ok(roleid=3))

    assert len(asked) == 1


def test_an_update_sends_what_changes() -> None:
    """The id and the changed field, and nothing else."""
    asked, _ = change(adapter("roles").update(VendorId("3"), {"name": "Chief"}, frozenset({"name"})), ok(message="ok"))

    assert asked[0].json == {"roleid": 3, "name": "Chief"}
