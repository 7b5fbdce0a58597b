"""A plan with every action in it: a tenant before and after, and what somebody did behind the tool's back."""

from __future__ import annotations

from tests.stories.stage import Stage

ALLOWANCES = ("--allow", "deletes", "--allow", "undeletes", "--allow", "updates")

REPLACED = ("--replace", "supervisors.kim@pbx")

PLAN = "everything.plan"

SUPERVISORS = """
supervisors:
  sam: {username: samlee, first_name: Sam, email: sam@acme.example, password: {from_env: SAM_PASSWORD}, type: full}
  kim: {username: kimroe, first_name: Kim, email: kim@acme.example, password: {from_env: KIM_PASSWORD}, type: full}
"""

ALERT = """
  %s:
    supervisor: %s
    queue: support
    name: %s
    type: call_queue_calls_high
    threshold: %d
    notification: email
    interval: 15
    days: [mon, tue]
    from: "08:00"
    to: "18:00"
"""


def agent(key: str, number: str, first: str, pin: str = "{from_env: PIN}", email: str = "") -> str:
    """One agent's line in a manifest."""
    address = email or f"{key}@acme.example"
    return f'  {key}: {{number: "{number}", first_name: {first}, email: {address}, password: {pin}}}\n'


COMING_AND_GOING = agent("back", "1005", "Back")
NIGHT = '  night: {extension: "502", name: Night, type: inbound}\n'

BEFORE = (
    SUPERVISORS
    + "agents:\n"
    + agent("jane", "1001", "Jane")
    + agent("bob", "1002", "Bob")
    + agent("edit", "1003", "Edit")
    + agent("leaver", "1004", "Leaver")
    + agent("vanished", "1006", "Vanished")
    + agent("rotated", "1007", "Rotated")
    + "queues:\n"
    + '  support: {extension: "500", name: Support, type: inbound, ring_strategy: rrmemory}\n'
    + '  sales: {extension: "501", name: Sales, type: inbound}\n'
    + "alerts:\n"
    + ALERT % ("changed", "sam", "Changed", 10)
    + ALERT % ("gone", "sam", "Gone", 10)
    + ALERT % ("kims", "kim", "Kims", 10)
)

FIRST = BEFORE.replace("queues:\n", COMING_AND_GOING + "queues:\n" + NIGHT)
"""The same with an agent and a queue that are deleted again, so that they can come back."""

AFTER = (
    SUPERVISORS.replace("first_name: Sam", "first_name: Samantha")
    + "agents:\n"
    + agent("jane", "1002", "Jane")
    + agent("bob", "1001", "Bob")
    + agent("edit", "1003", "Edited")
    + agent("newcomer", "1004", "New")
    + COMING_AND_GOING.replace("first_name: Back", "first_name: Again")
    + agent("rotated", "1007", "Rotated", "{from_env: OTHER_PIN, version: 2}")
    + agent("found", "1010", "Found")
    + "queues:\n"
    + '  support: {extension: "500", name: Support, type: inbound, ring_strategy: linear}\n'
    + NIGHT.replace("name: Night", "name: Late")
    + '  fresh: {extension: "503", name: Fresh, type: outbound}\n'
    + "alerts:\n"
    + ALERT % ("changed", "sam", "Changed", 20)
    + ALERT % ("made", "sam", "Made", 30)
    + ALERT % ("kims", "kim", "Kims", 10)
)


def set_up(stage: Stage) -> None:
    """From nothing to the moment before the plan with everything in it."""
    stage.write(FIRST, retries=0)
    stage.apply().ok()
    stage.write(BEFORE, retries=0)
    stage.apply(*ALLOWANCES).ok()
    ids = stage.ids()
    stage.control.delete("agent", ids["agents.vanished@pbx"])
    stage.control.create(
        "agent",
        {"number": "1010", "firstName": "Unknown", "emailAddress": "found@acme.example", "password": "1234"},
    )
    stage.write(AFTER, retries=0)


def apply_everything(*more: str) -> tuple[str, ...]:
    """The command line that makes the whole plan."""
    return ("apply", "--auto-approve", *ALLOWANCES, *REPLACED, *more)
