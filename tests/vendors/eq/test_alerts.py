"""What an alert needs, which depends on its type and on how it notifies; and how an alert is known."""

from __future__ import annotations

from typing import Any

import pytest

from provisioner.vendors.eq.alerts import BY_TYPE
from provisioner.vendors.eq.catalogue import BY_NAME
from provisioner.vendors.eq.wire import Incomplete
from tests.vendors.eq.playing import ALERT

OFFER = BY_NAME["alerts"].offer

DECLARED: dict[str, Any] = {**ALERT, "supervisor": "supervisors.sam@pbx", "queue": "queues.support@pbx"}


def problems(**changed: Any) -> list[tuple[str, str]]:
    """Path and message of every problem; a field changed to ``...`` is left out."""
    declared = {path: value for path, value in {**DECLARED, **changed}.items() if value is not ...}
    return [(problem.path, problem.message) for problem in OFFER.rules(declared)]


def test_a_sound_alert_has_no_problem() -> None:
    assert problems() == []


@pytest.mark.parametrize("kind", sorted(BY_TYPE))
def test_each_type_needs_its_fields_and_takes_no_other(kind: str) -> None:
    queue = kind.startswith("call_queue")
    email_queue = kind.startswith("email_queue")
    threshold = kind not in ("license_exceeded", "process_stopped")
    bare = {"queue": ..., "email_queue": ..., "threshold": ...}

    needed = problems(type=kind, **bare)
    excluded = problems(type=kind, queue="queues.support@pbx", email_queue=3, threshold=1)

    wanted = [name for name, has in (("queue", queue), ("email_queue", email_queue), ("threshold", threshold)) if has]
    assert needed == [("type", f"`type: {kind}` needs `{name}`") for name in wanted]
    assert [path for path, _ in excluded] == [name for name in bare if name not in wanted]


@pytest.mark.parametrize(
    ("notification", "needs", "excludes"),
    [("realtime", "color", "interval"), *((word, "interval", "color") for word in ("email", "sms", "custom"))],
)
def test_each_notification_needs_its_field_and_takes_no_other(notification: str, needs: str, excludes: str) -> None:
    assert problems(notification=notification, color=..., interval=...) == [
        ("notification", f"`notification: {notification}` needs `{needs}`")
    ]
    assert [path for path, _ in problems(notification=notification, color="#FF0000", interval=5)] == [excludes]


@pytest.mark.parametrize("supervisor", [None, ...])
def test_only_custom_alerts_may_be_nobodys(supervisor: object) -> None:
    """Left out and null both mean the whole system."""
    assert problems(supervisor=supervisor, notification="custom") == []
    assert problems(supervisor=supervisor) == [("notification", "`notification: email` needs a `supervisor`")]


def test_a_manifest_that_says_little_is_not_asked_for_more() -> None:
    """Only what a declared type or notification makes necessary is demanded."""
    assert list(OFFER.rules({"name": "Backlog", "threshold": 5})) == []


def test_times_that_eq_cannot_hold_name_the_nearest() -> None:
    found = list(OFFER.rules({**DECLARED, "from": "24:00", "to": "00:00"}))

    assert [problem.path for problem in found] == ["from", "to"]
    assert ['"23:59"' in str(found[0].expected), '"00:01"' in str(found[1].expected)] == [True, True]


def test_a_reference_by_id_must_be_digits() -> None:
    assert problems(supervisor={"id": "sam"}, queue={"id": "500"}) == [("supervisor", "`sam` cannot be an id at EQ")]


def test_the_natural_key_of_a_system_wide_alert_has_null_for_its_supervisor() -> None:
    left_out = OFFER.natural_key({"name": "Disk"})

    assert left_out == OFFER.natural_key({"name": "disk ", "supervisor": None}) == (None, "disk")
    assert OFFER.natural_key({"supervisor": "supervisors.sam@pbx"}) is None


def test_what_does_not_apply_is_left_out_of_the_body() -> None:
    """An alert that changes its type drops what the old one needed, though the last body still has it."""
    body = BY_NAME["alerts"].to_wire({**ALERT, "type": "process_stopped", "color": "#FF0000"}, create=False)

    assert set(body) == {"name", "type", "notificationType", "interval", "daysOfWeek", "fromTime", "toTime"}


def test_a_whole_body_is_as_documented() -> None:
    body = BY_NAME["alerts"].to_wire(ALERT, create=True)

    assert body == {
        "user": 3,
        "name": "Support backlog",
        "type": "callQueueCallsHigh",
        "callQueue": "500",
        "threshold": 10,
        "notificationType": "email",
        "interval": 15,
        "daysOfWeek": [0, 1, 2],
        "fromTime": "08:00 AM",
        "toTime": "12:00 AM",
    }


def test_the_supervisor_is_not_in_an_update() -> None:
    assert "user" not in BY_NAME["alerts"].to_wire(ALERT, create=False)


def test_a_system_wide_alert_names_nobody_explicitly() -> None:
    body = BY_NAME["alerts"].to_wire(
        {path: value for path, value in {**ALERT, "notification": "custom"}.items() if path != "supervisor"},
        create=True,
    )

    assert body["user"] is None


def test_an_alert_without_what_it_needs_is_not_sent() -> None:
    """Nothing can be read back, so nothing else could fill the gap."""
    with pytest.raises(Incomplete) as caught:
        BY_NAME["alerts"].to_wire({"name": "Backlog", "type": "disk_usage_high"}, create=False)

    assert caught.value.paths == ("threshold", "notification", "days", "from", "to")
