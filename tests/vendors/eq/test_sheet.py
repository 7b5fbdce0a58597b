"""The fields of every kind against the facts of EQ's tables, attribute by attribute."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML

from provisioner.secrets import Secret, SecretRef, SecretSource
from provisioner.values import flatten, nest
from provisioner.vendors.answers import dig
from provisioner.vendors.eq.catalogue import BY_NAME
from provisioner.vendors.fields import FieldSpec, Mark
from tests.vendors.eq.playing import ALERT, SECRETS, VALUES

SHEET: dict[str, list[dict[str, Any]]] = YAML(typ="safe").load(Path(__file__).with_name("sheet.yaml"))

KEYS = {
    "supervisors": {"username": "samlee"},
    "agents": {"number": "1001"},
    "queues": {"extension": "500"},
    "pause_codes": {"name": "Lunch"},
    "extensions": {"extension": "1001"},
    "alerts": {"name": "Backlog"},
}


@dataclass(frozen=True)
class Row:
    """One attribute of one kind."""

    kind: str
    facts: dict[str, Any]

    def __str__(self) -> str:
        return f"{self.kind}-{self.facts['attribute']}"

    @property
    def field(self) -> str:
        return str(self.facts["field"])

    @property
    def spec(self) -> FieldSpec:
        return BY_NAME[self.kind].offer.specs[self.field]

    @property
    def secret(self) -> bool:
        return bool(self.facts.get("secret"))

    def declared(self, value: Any) -> Any:
        """The value after validation, flat, as the planner gets it."""
        model = BY_NAME[self.kind].offer.fields.model_validate(nest({**KEYS[self.kind], self.field: value}))
        for name in self.field.split("."):
            model = getattr(model, {"from": "from_"}.get(name, name))
        return flatten(model.model_dump(exclude_unset=True)) if isinstance(model, BaseModel) else model


def spelt(value: Any) -> Any:
    """``"x*33"`` written out."""
    match = re.fullmatch(r"(.)\*(\d+)", value) if isinstance(value, str) else None
    return match[1] * int(match[2]) if match else value


def rows() -> list[Row]:
    return [Row(kind, facts) for kind, attributes in SHEET.items() for facts in attributes]


def named(cases: Iterator[tuple[Row, Any]]) -> Any:
    return [pytest.param(row, value, id=f"{row}-{str(value)[:24]}") for row, value in cases]


def values() -> Iterator[tuple[Row, Any]]:
    for row in rows():
        yield from ((row, [spelt(value), spelt(wire)]) for value, wire in row.facts.get("values", []))


def refusals() -> Iterator[tuple[Row, Any]]:
    for row in rows():
        yield from ((row, spelt(value)) for value in row.facts["refuses"])


@pytest.mark.parametrize("kind", BY_NAME)
def test_every_attribute_has_a_field_and_every_field_an_attribute(kind: str) -> None:
    """The order is the tables', too, so that a reader finds the same list here and there."""
    assert list(BY_NAME[kind].offer.specs) == _parents_first([str(facts["field"]) for facts in SHEET[kind]])


def _parents_first(paths: list[str]) -> list[str]:
    found: list[str] = []
    for path in paths:
        steps = path.split(".")
        found += [parent for end in range(1, len(steps)) if (parent := ".".join(steps[:end])) not in found]
        if path not in found:
            found.append(path)
    return found


@pytest.mark.parametrize("kind", BY_NAME)
def test_the_wire_names_are_the_tables(kind: str) -> None:
    """Maps are not attributes of their own: their leaves are."""
    leaves = {(facts["field"], facts["attribute"]) for facts in SHEET[kind] if not facts.get("map")}

    assert {(item.path, item.name) for item in BY_NAME[kind].attributes} == leaves


@pytest.mark.parametrize("row", rows(), ids=str)
def test_marks_follow_from_the_table(row: Row) -> None:
    """Required on create, clearable, secret, blanked and fixed are said by the table and by nothing else."""
    marks = row.spec.marks

    assert (Mark.CREATE_REQUIRED in marks) == (row.facts["create"] == "required")
    assert (Mark.CLEARABLE in marks) == row.spec.nullable == bool(row.facts.get("nullable"))
    assert row.spec.secret == row.secret
    assert (Mark.BLANKED in marks) == bool(row.facts.get("blanked"))
    assert (row.spec.ref.kind if row.spec.ref else None) == row.facts.get("ref")
    assert Mark.IMMUTABLE in marks or row.facts["update"] != "absent"


@pytest.mark.parametrize("row", rows(), ids=str)
def test_every_field_says_what_it_is_and_what_it_takes(row: Row) -> None:
    """Diagnostics and `explain` need a sentence for each."""
    if not row.facts.get("map"):
        assert row.spec.description
        assert row.spec.expected


@pytest.mark.parametrize(("row", "pair"), named(values()))
def test_an_allowed_value_is_declared_as_it_is(row: Row, pair: list[Any]) -> None:
    declared = row.declared(pair[0])

    assert (declared.model_dump() if isinstance(declared, BaseModel) else declared) == pair[0] or isinstance(
        pair[0], dict
    )


@pytest.mark.parametrize(("row", "pair"), named((r, p) for r, p in values() if not r.facts.get("ref")))
def test_a_value_is_spelt_as_the_table_says_and_reads_back(row: Row, pair: list[Any]) -> None:
    """Both ways, in an entity that is otherwise whole."""
    kind = BY_NAME[row.kind]
    whole = {**VALUES[row.kind], **SECRETS.get(row.kind, {}), row.field: pair[0]}
    if row.kind == "alerts":
        whole = _alert_with(row.field, pair[0])
    if row.facts.get("map"):
        whole = {path: value for path, value in whole.items() if not path.startswith(f"{row.field}.")}

    body = kind.to_wire(whole, create=True)
    back = kind.from_wire(body)

    assert dig(body, row.facts["attribute"]) == pair[1]
    assert type(dig(body, row.facts["attribute"])) is type(pair[1])
    assert row.secret or back[row.field] == pair[0]


def _alert_with(field: str, value: Any) -> dict[str, Any]:
    """A whole alert of a type and notification in which the field has a place."""
    everything = {**ALERT, "email_queue": 7, "color": "#FF0000"}
    shape = {"email_queue": {"type": "email_queue_agents_low"}, "color": {"notification": "realtime"}}
    return {**everything, **shape.get(field, {}), field: value}


@pytest.mark.parametrize(("row", "pair"), [(row, pair) for row in rows() for pair in row.facts.get("wire", [])])
def test_a_reference_is_spelt_as_the_table_says(row: Row, pair: list[Any]) -> None:
    """An alert names its supervisor by number and its queue by digits."""
    notification = {"notification": "custom"} if pair[0] is None else {}
    body = BY_NAME[row.kind].to_wire({**ALERT, **notification, row.field: pair[0]}, create=True)

    assert dig(body, row.facts["attribute"]) == pair[1]


@pytest.mark.parametrize(("row", "value"), named(refusals()))
def test_a_value_that_the_table_excludes_is_refused(row: Row, value: Any) -> None:
    with pytest.raises(ValidationError):
        row.declared(value)


@pytest.mark.parametrize("row", [row for row in rows() if row.secret], ids=str)
def test_a_secret_is_declared_by_reference(row: Row) -> None:
    reference = SecretRef(SecretSource.ENV, "SECRET", version=2)
    declared = {**KEYS[row.kind], row.field: reference}
    found: Any = BY_NAME[row.kind].offer.fields.model_validate(nest(declared))  # type: ignore[arg-type]

    for name in row.field.split("."):
        found = getattr(found, name)

    assert found == reference


@pytest.mark.parametrize("row", [row for row in rows() if row.facts["create"] == "optional"], ids=str)
def test_what_a_create_leaves_unsaid_is_sent_as_the_default(row: Row) -> None:
    """Nothing is left to the server, whose defaults nobody can look up."""
    kind = BY_NAME[row.kind]
    required = {facts["field"] for facts in SHEET[row.kind] if facts["create"] != "optional"}
    given = {
        path: value for path, value in {**VALUES[row.kind], **SECRETS.get(row.kind, {})}.items() if path in required
    }
    if row.kind == "alerts":
        given["notification"] = "custom"
    if row.field.startswith("voicemail."):
        other = "voicemail.email" if row.field == "voicemail.context" else "voicemail.context"
        given[other] = VALUES[row.kind][other]

    body = kind.to_wire(given, create=True)

    assert row.facts.get("map") or row.facts["attribute"] in _leaf_names(body)
    if "default" in row.facts:
        assert dig(body, row.facts["attribute"]) == row.facts["default"]


def _leaf_names(body: dict[str, Any], prefix: str = "") -> set[str]:
    names: set[str] = set()
    for name, value in body.items():
        names |= _leaf_names(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}"}
    return names


@pytest.mark.parametrize("row", rows(), ids=str)
def test_an_update_carries_what_the_table_lists(row: Row) -> None:
    """Everything but what is fixed at creation; a password only when one is given."""
    kind = BY_NAME[row.kind]
    whole = {**VALUES[row.kind], **SECRETS.get(row.kind, {})}
    if row.kind == "alerts":
        whole = _alert_with(row.field, {**ALERT, "email_queue": 7, "color": "#FF0000"}[row.field])

    body = kind.to_wire(whole, create=False)

    names = _leaf_names(body)
    if not row.facts.get("map"):
        assert (row.facts["attribute"] in names) == (row.facts["update"] != "absent")


def test_a_password_is_left_out_of_an_update_that_gives_none() -> None:
    """EQ then keeps the old one."""
    for name in ("supervisors", "agents"):
        assert "password" not in BY_NAME[name].to_wire(VALUES[name], create=False)
        assert BY_NAME[name].to_wire({**VALUES[name], "password": Secret("1234")}, create=False)["password"] == Secret(
            "1234"
        )
