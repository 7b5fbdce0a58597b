"""What a manifest may say of Bird, and what it is told otherwise."""

from __future__ import annotations

from pathlib import Path

import pytest

from provisioner.address import Address
from provisioner.errors import ManifestError
from provisioner.plan.desired import Desired, check
from provisioner.vendors.loading import find_vendor

HEAD = """
tenant: acme
connections:
  inbox: {vendor: bird, workspace_id: ws-1, access_key: {from_env: BIRD_KEY}}
"""


def checked(folder: Path, text: str) -> Desired:
    (folder / "acme.yaml").write_text(HEAD + text, encoding="utf-8")
    return check(folder, find_vendor)


def problems(folder: Path, text: str) -> list[str]:
    with pytest.raises(ManifestError) as caught:
        checked(folder, text)
    return [problem.message for problem in caught.value.diagnostics]


@pytest.mark.parametrize(
    "said",
    ["user_id: u-1", "email: jane@acme.example", "name: Jane", "first_name: Jane", "{first_name: J, last_name: R}"],
)
def test_any_of_its_keys_is_enough(tmp_path: Path, said: str) -> None:
    """A first name makes a name."""
    fields = said if said.startswith("{") else f"{{{said}}}"

    assert checked(tmp_path, f"agents: {{jane: {fields}}}").instances


def test_without_any_key_all_of_them_are_named(tmp_path: Path) -> None:
    """Each of them would do."""
    assert problems(tmp_path, "agents: {jane: {bio: Tier 1}}") == ["`user_id` or `email` or `name` is missing"]


def test_a_list_of_maps_is_one_field(tmp_path: Path) -> None:
    """Holidays are put into the order of the year; each leaf of the week is a field of its own."""
    desired = checked(
        tmp_path,
        """
agents:
  jane:
    name: Jane
    weekly_schedule: {monday: {from: "9:00", to: "17:00"}, sunday: null}
    holidays: [{name: Xmas, day: 25, month: 12}, {name: New Year, day: 1, month: 1}]
""",
    )

    assert desired.instances[Address.parse("agents.jane@inbox")].attributes == {
        "name": "Jane",
        "weekly_schedule.monday.from": "09:00",
        "weekly_schedule.monday.to": "17:00",
        "weekly_schedule.sunday": None,
        "holidays": [{"name": "New Year", "day": 1, "month": 1}, {"name": "Xmas", "day": 25, "month": 12}],
    }


@pytest.mark.parametrize(
    "text",
    [
        "teams: {one: {name: Four}}",
        "teams: {one: {name: " + "x" * 21 + "}}",
        "queues: {one: {name: Billing, priority: 101}}",
        "agents: {jane: {name: Jane, wrap_up_time: 901}}",
        "agents: {jane: {name: Jane, transcription_locale: xx-XX}}",
        "agents: {jane: {name: Jane, transcription_locale: null}}",
        "agents: {jane: {name: Jane, status: active}}",
        "agents: {jane: {name: Jane, forward_number: {number: '0911'}}}",
        "agents: {jane: {name: Jane, holidays: [{name: Xmas, day: 25}]}}",
        "skills: {one: {name: Spanish, value_type: many}}",
    ],
)
def test_what_bird_would_refuse_is_told_before_any_call(tmp_path: Path, text: str) -> None:
    """One problem each: lengths, ranges, what cannot be cleared, what is not configuration."""
    assert len(problems(tmp_path, text)) == 1
