"""The record as JSON: both ways, by its published schema, without a secret."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from provisioner.state import snapshot
from provisioner.state.document import Document
from provisioner.state.entries import IntentMade, Outcome, Result, RunStarted, Settled, Settlement, WriterOpened
from provisioner.state.form import Malformed, from_json, to_json
from provisioner.state.replay import replayed
from provisioner.state.schema import schema as packaged_schema
from provisioner.values import VendorId, secret
from tests.state.records import JANE, JOE, a_bound, a_document, a_run, a_tombstone, an_intent, an_unknown

SCHEMA = Path(__file__).parents[2] / "specs" / "state.schema.json"

FULL = a_document(
    a_bound(
        JOE,
        "18",
        secrets={"password": 2},
        references={"queue": "3"},
        uncertain=frozenset({"b", "a"}),
        learned={"name": ("a", "A")},
        made=True,
        prevent_destroy=True,
    ),
    a_bound(),
    serial=4,
    tenant="acme",
    accounts={"pbx": "eq:b", "inbox": "bird:a"},
    credentials={"from_env PBX_KEY": ("eq:b",)},
    unknown={JANE: an_unknown(secrets={"pin": 1}, references={"queue": "3"}, taken=True, file="a.yaml")},
    tombstones={JANE: a_tombstone(personal={"email": "j@x"}, made=True)},
    parked={JANE: {"number": "9999"}},
    last_intent=8,
    counted=True,
    history_head="0" * 64,
    moved="postgres: acme",
)
FULL = replayed(
    FULL,
    [
        WriterOpened("ann", "host", "apply", "now"),
        RunStarted(a_run(done=frozenset({"x"})), "acme", {}),
        IntentMade(an_intent(10, "update", vendor_id=VendorId("17"), highest=3, secrets={"pin": 3}, digest="d")),
        IntentMade(an_intent(9, "delete", soft=True, whole=True, personal={"email": "x"}, references={"q": ["1"]})),
        Outcome(9, Result.UNKNOWN, detail="reset", times=3),
    ],
)


@pytest.mark.parametrize("document", [FULL, Document("l-1"), Document("")], ids=["full", "new", "none"])
def test_a_record_comes_back_as_it_was(document: Document) -> None:
    """As JSON, and as the snapshot's text."""
    assert from_json(json.loads(json.dumps(to_json(document)))) == document
    assert snapshot.read(snapshot.text_of(document, generation=3), "s") == (document, 3)
    assert snapshot.read(snapshot.text_of(document), "s") == (document, 0)


@pytest.mark.parametrize("document", [FULL, Document("l-1")], ids=["full", "new"])
def test_the_snapshot_is_as_published(document: Document) -> None:
    """`specs/state.schema.json` allows what is written, and its own rules are sound."""
    schema = json.loads(SCHEMA.read_bytes())
    Draft202012Validator.check_schema(schema)

    errors = list(Draft202012Validator(schema).iter_errors(json.loads(snapshot.text_of(document, generation=1))))

    assert errors == []


def test_the_schema_knows_every_member() -> None:
    """Nothing is written that it does not describe: each map in it is closed, and the full record uses all of them."""
    schema = json.loads(SCHEMA.read_bytes())
    raw = to_json(FULL)

    assert schema["properties"].keys() == {*raw, "generation"}
    for name, kind in (("resources", "resource"), ("unknown", "unknown"), ("tombstones", "tombstone")):
        used = {member for item in raw[name].values() for member in item}
        assert schema["$defs"][kind]["properties"].keys() == used
    for name, kind in (("pending", "intent"), ("requests", "request")):
        used = {member for item in raw[name] for member in item}
        assert used <= schema["$defs"][kind]["properties"].keys()
    assert all(each.get("additionalProperties") is False for each in schema["$defs"].values() if "properties" in each)


def test_the_packaged_schema_is_the_published_one() -> None:
    """`provisioner schema state` prints what `specs/` holds."""
    assert packaged_schema() == json.loads(SCHEMA.read_bytes())


def test_the_same_record_gives_the_same_bytes() -> None:
    """In whatever order it came to be."""
    one = a_document(a_bound(), a_bound(JOE, "18"), accounts={"a": "1", "b": "2"})
    other = a_document(a_bound(JOE, "18"), a_bound(), accounts={"b": "2", "a": "1"})

    assert snapshot.text_of(one) == snapshot.text_of(other)


@pytest.mark.parametrize("end", [Outcome(1, Result.DONE, VendorId("17")), Settled(1, Settlement.STUCK), None])
def test_a_secret_leaves_its_version_and_nothing_else(end: Outcome | Settled | None) -> None:
    """Whatever became of the request that carried it."""
    intent = an_intent(attributes={"number": "1001", "password": secret(2)}, secrets={"password": 2})

    document = replayed(Document("l-1"), [IntentMade(intent), *([end] if end else [])])

    text = snapshot.text_of(document).decode()
    assert '"secrets": {"password": 2}' in text
    assert '"password": {"secret": true, "version": 2}' in text


def test_a_secret_in_place_of_its_version_cannot_be_written() -> None:
    """A mistake elsewhere must not reach the disk."""
    with pytest.raises(Malformed, match="a whole number expected"):
        to_json(a_document(a_bound(secrets={"password": "hunter2"})))


def test_a_record_under_another_address_cannot_be_written() -> None:
    """It would come back as that other address."""
    with pytest.raises(AssertionError, match="filed under another"):
        to_json(Document("l-1", bound={JOE: a_bound(JANE)}))


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        ({"resources": {"jane": {}}}, "`resources`: `jane`: `address`: `jane` is not an address"),
        ({"resources": {"agents.jane@pbx": {}}}, "`account`, `id`, `natural_key`, `attributes` is missing"),
        ({"parked": {"x": {}}}, "`parked`: `x` is not an address"),
        ({"bound": {}}, "`bound` is unknown"),
        ({"serial": "4"}, "`serial`: a whole number expected, found '4'"),
        ({"pending": {}}, "`pending`: a list expected"),
        ({"last_run": []}, "`last_run`: a map expected"),
    ],
)
def test_json_that_is_no_record_is_refused(raw: dict[str, object], why: str) -> None:
    """The place is named."""
    with pytest.raises(Malformed, match=why):
        from_json({"format_version": "1", "lineage": "l-1", **raw})
