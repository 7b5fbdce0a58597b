"""What is at the vendor becomes manifests that change nothing: ``import`` for one entity, ``export`` for all."""

from __future__ import annotations

import pytest

from provisioner.vendors.base import Find
from tests.vendors.conformance.conftest import Staging
from tests.vendors.conformance.samples import offer_of, told_kinds
from tests.vendors.conformance.stage import CONNECTION, filled

READABLE = [(vendor, kind) for vendor, kind, _ in told_kinds() if offer_of(vendor, kind).readable]
FOUND = [(vendor, kind) for vendor, kind in READABLE if offer_of(vendor, kind).find is not Find.NONE]


@pytest.mark.parametrize(("vendor", "kind"), READABLE)
def test_an_import_is_all_there_is(staging: Staging, vendor: str, kind: str) -> None:
    """It is bound and declared as it is: the plan after it is empty, and nothing was written to the vendor."""
    stage = filled(staging(vendor, kind))
    bound, before = stage.bound(), stage.content()
    stranger = stage.beside("stranger")
    stranger.write_connection()

    ran = stranger.run("import", stranger.address(), "" if bound is None else bound.id)

    assert ran.code == 0, ran.text
    left = stranger.plan()
    assert (left.plan["changes"], left.code) == ([], 0), left.text
    assert stranger.content() == before


@pytest.mark.parametrize(("vendor", "kind"), FOUND)
def test_an_export_is_adoptions_only(staging: Staging, vendor: str, kind: str) -> None:
    """A plan of it changes no field, an apply of it writes nothing to the vendor, and after that there is no plan."""
    stage = filled(staging(vendor, kind))
    before, out = stage.content(), stage.beside("out")

    ran = stage.run("export", "--connection", CONNECTION, "--out", str(out.folder))

    assert ran.code == 0, ran.text
    planned = [change for change in out.plan().plan["changes"] if change["kind"] == kind]
    entities = len(before[stage.samples.entity])
    assert [(change["action"], change["fields"]) for change in planned] == [("adopt", [])] * entities
    applied, left = out.apply(), out.plan()
    assert applied.code == 0, applied.text
    assert (left.plan["changes"], left.code) == ([], 0), left.text
    assert out.content() == before
