"""Nothing is taken away from under somebody, and a licence that cannot hold a plan is said before the first call."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.stories.everything import agent
from tests.stories.stage import Stage

PLAN = "today.plan"

JANE, BOB = agent("jane", "1001", "Jane"), agent("bob", "1002", "Bob")
SUPPORT = '  support: {extension: "500", name: Support, type: inbound}\n'
SALES = '  sales: {extension: "501", name: Sales, type: inbound}\n'
SAM = (
    "  sam: {username: samlee, first_name: Sam, email: sam@acme.example, password: {from_env: SAM_PASSWORD}, "
    "type: full}\n"
)
DESK = '  desk: {extension: "1001", name: Desk, sip: {secret: {from_env: PIN}}}\n'
BEFORE = f"agents:\n{JANE}{BOB}queues:\n{SUPPORT}{SALES}supervisors:\n{SAM}extensions:\n{DESK}"

CALLER = {"queue": "500"}

PROBES = ("/license", "/license_usage", "/queued_calls", "/active_agent_sessions", "/active_calls")


def applied(stage: Stage, text: str = BEFORE) -> None:
    """A tenant as the text has it, and an empty log."""
    stage.write(text)
    stage.apply().ok()
    stage.control.reset_log()


def asked(stage: Stage) -> list[str]:
    """The questions about licence and use since the log was emptied."""
    return [entry["path"] for entry in stage.control.log() if entry["path"] in PROBES]


def use(stage: Stage, what: str) -> None:
    """Somebody begins to use what the manifests have."""
    jane, sam = (int(stage.ids()[address]) for address in ("agents.jane@pbx", "supervisors.sam@pbx"))
    stage.control.settings(
        **{
            "agent": {"sessions": [{"role": "agent", "user": jane, "extension": "1001"}]},
            "supervisor": {"sessions": [{"role": "supervisor", "user": sam}]},
            "queue": {"queued_calls": [CALLER, CALLER, {"queue": "501"}]},
            "extension": {"active_calls": [{"extension": "1001"}]},
        }[what]
    )


def nobody(stage: Stage) -> None:
    """Everybody goes home."""
    stage.control.settings(sessions=[], queued_calls=[], active_calls=[])


# --- busy ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "line", "address", "said"),
    [
        ("queue", SUPPORT, "queues.support@pbx", "2 callers are waiting"),
        ("agent", JANE, "agents.jane@pbx", "signed in at extension 1001"),
        ("supervisor", SAM, "supervisors.sam@pbx", "signed in"),
        ("extension", DESK, "extensions.desk@pbx", "on a call"),
    ],
)
def test_what_is_in_use_is_not_deleted(stage: Stage, what: str, line: str, address: str, said: str) -> None:
    """Held with what was seen and the way on, before anything is sent; done once nobody uses it."""
    applied(stage)
    use(stage, what)
    stage.write(BEFORE.replace(line, ""))

    held = stage.apply().failed(
        f"`{address}` would be deleted and is in use: {said}", f"wait until it is free, or `--allow busy={address}`"
    )
    sent = stage.mutations()
    nobody(stage)
    stage.apply().ok()

    assert ("guard busy" in held.out, sent) == (True, [])
    assert (stage.counted(), address in stage.ids()) == ({"DELETE": 1}, False)


def test_one_entity_in_use_may_be_allowed_by_its_address(stage: Stage) -> None:
    """The bare name is refused, another's address lifts nothing, its own does; also right before the call."""
    applied(stage)
    use(stage, "queue")
    stage.write(BEFORE.replace(SUPPORT, "").replace(JANE, ""))

    stage.apply("--allow", "busy").failed("guard `busy` must be told what to allow")
    stage.apply("--allow", "busy=queues.sales@pbx").failed("`queues.support@pbx` would be deleted and is in use")
    stage.apply("--allow", "busy=queues.support@pbx").ok()

    assert stage.counted() == {"DELETE": 2}


def test_destroying_everything_does_not_disturb_anybody_either(stage: Stage) -> None:
    """`destroy` lifts `deletes` and nothing else."""
    applied(stage)
    use(stage, "agent")

    stage.run("destroy", "--auto-approve").failed("`agents.jane@pbx` would be deleted and is in use")

    assert stage.mutations() == []


def test_who_is_signed_in_may_be_renamed_but_not_renumbered(stage: Stage) -> None:
    """A new first name disturbs nobody, and nobody is asked about; a new number does."""
    applied(stage)
    use(stage, "agent")

    stage.write(BEFORE.replace("first_name: Jane", "first_name: Janet"))
    stage.apply().ok()
    before = asked(stage)
    stage.write(BEFORE.replace('"1001", first_name: Jane', '"1009", first_name: Janet'))
    stage.apply().failed("`agents.jane@pbx` would be changed (`number`) and is in use: signed in at extension 1001")

    assert (before, asked(stage)[-1]) == ([], "/active_agent_sessions")


def test_a_phone_on_a_call_keeps_its_settings_and_not_its_name(stage: Stage) -> None:
    """A secret that is only sent again disturbs nobody; a new one does."""
    applied(stage)
    use(stage, "extension")

    renamed = BEFORE.replace("name: Desk", "name: Corner")
    stage.write(renamed)
    stage.apply().ok()
    before = asked(stage)
    stage.write(renamed.replace("{from_env: PIN}}}", "{from_env: PIN, version: 2}}}"))
    stage.apply().failed("`extensions.desk@pbx` would be changed (`sip.secret`) and is in use: on a call")

    assert (before, asked(stage)) == ([], ["/active_calls"])


def test_a_caller_who_arrives_after_the_review_holds_that_change_alone(stage: Stage) -> None:
    """The rest of a saved plan is done; the same plan goes on once the caller is gone."""
    applied(stage)
    stage.write(BEFORE.replace(SUPPORT, "").replace("first_name: Bob", "first_name: Rob"))
    stage.run("plan", "--out", PLAN).ok()
    use(stage, "queue")

    stage.run("apply", PLAN).failed(
        "Applied: 1 done, 1 held",
        "guard `busy`: it would be deleted and is in use: 2 callers are waiting",
        "run this again when it is free, or plan again with `--allow busy=queues.support@pbx`",
    )
    sent = stage.counted()
    nobody(stage)
    resumed = stage.run("apply", PLAN).ok()

    assert (sent, stage.counted()) == ({"PUT": 1}, {"PUT": 1, "DELETE": 1})
    assert "the run before has noted 1 change as done" in resumed.out


def test_what_needs_a_held_change_is_skipped(stage: Stage) -> None:
    """A replacement is not made while what it replaces is in use; the stream says so in a word of its own."""
    applied(stage)
    stage.run("plan", "--out", PLAN, "--replace", "queues.support@pbx").ok()
    use(stage, "queue")

    ran = stage.run("apply", PLAN, "--json").failed()

    assert [word in ran.out for word in ('"status": "held"', '"status": "skipped"')] == [True, True]
    assert stage.mutations() == []


def test_allowances_travel_with_the_plan(stage: Stage) -> None:
    """What was allowed when the plan was reviewed is not asked about when it is applied."""
    applied(stage)
    stage.write(BEFORE.replace(SUPPORT, ""))
    stage.run("plan", "--out", PLAN, "--allow", "busy=queues.*@pbx").ok()
    use(stage, "queue")
    stage.control.reset_log()

    stage.run("apply", PLAN).ok()

    assert (stage.counted(), asked(stage)) == ({"DELETE": 1}, [])


def test_an_exchange_of_numbers_does_not_begin_under_somebody(stage: Stage) -> None:
    """Who signs in after the review is not parked; whoever has begun is not stopped half-way."""
    applied(stage)
    swapped = BEFORE.replace('"1001", first', '"100x", first').replace('"1002", first', '"1001", first')
    stage.write(swapped.replace("100x", "1002"))
    stage.run("plan", "--out", PLAN).ok()
    both = [{"role": "agent", "user": int(stage.ids()[f"agents.{key}@pbx"])} for key in ("jane", "bob")]
    stage.control.settings(sessions=both)

    stage.run("apply", PLAN).failed("signed in")
    sent = stage.mutations()
    nobody(stage)
    stage.run("apply", PLAN).ok()

    assert (sent, stage.counted()) == ([], {"PUT": 3})


def test_a_ring_is_held_whole_for_one_who_is_not_parked(stage: Stage) -> None:
    """The last of three signs in after the review: nobody is left on a temporary number."""
    applied(
        stage, "agents:\n" + agent("ann", "1001", "Ann") + agent("bob", "1002", "Bob") + agent("cyd", "1003", "Cyd")
    )
    stage.write("agents:\n" + agent("ann", "1002", "Ann") + agent("bob", "1003", "Bob") + agent("cyd", "1001", "Cyd"))
    stage.run("plan", "--out", PLAN).ok()
    stage.control.settings(sessions=[{"role": "agent", "user": int(stage.ids()["agents.bob@pbx"])}])

    stage.run("apply", PLAN).failed("`agents.bob@pbx` would be changed (`number`) and is in use: signed in")
    sent = stage.mutations()
    nobody(stage)
    stage.run("apply", PLAN).ok()

    assert (sent, stage.counted()) == ([], {"PUT": 4})


def test_a_phone_on_a_call_is_not_parked_with_a_new_secret(stage: Stage) -> None:
    """Its name goes round in a ring, which disturbs nobody; the plan says that parking sends the secret."""
    phone = '  {}: {{extension: "{}", name: {}, sip: {{secret: {{from_env: PIN{}}}}}}}\n'
    applied(stage, "extensions:\n" + phone.format("desk", "1001", "Desk", "") + phone.format("two", "1002", "Two", ""))
    new = phone.format("desk", "1001", "Two", ", version: 2") + phone.format("two", "1002", "Desk", "")
    stage.write("extensions:\n" + new)
    planned = stage.run("plan", "--out", PLAN).ok()
    stage.control.settings(active_calls=[{"extension": "1001"}])

    stage.run("apply", PLAN).failed("`sip.secret`", "is in use: on a call")

    assert planned.out.count("(secret, version 1) -> (secret, version 2)") == 2
    assert stage.mutations() == []


@pytest.mark.parametrize("effect", ["status", "garbage"])
def test_what_cannot_be_asked_is_not_free(stage: Stage, effect: str) -> None:
    """A failing probe holds the plan, says what failed, and names the way on."""
    applied(stage)
    stage.write(BEFORE.replace(SUPPORT, ""))
    stage.control.fault(effect, path="/queued_calls", times=None, **({"status": 403} if effect == "status" else {}))

    stage.apply().failed(
        "whether `queues.support@pbx` is in use could not be asked",
        "GET /queued_calls",
        "`--allow busy=queues.support@pbx`",
    )

    assert stage.mutations() == []


def test_what_can_no_longer_be_asked_is_not_sent(stage: Stage) -> None:
    """The question right before the call fails, and the change with it; nothing is deleted."""
    applied(stage)
    stage.write(BEFORE.replace(SUPPORT, ""))
    stage.run("plan", "--out", PLAN).ok()
    stage.control.fault("status", path="/queued_calls", status=403, times=None)

    stage.run("apply", PLAN).failed(
        "1 failed", "not sent: whether it is in use could not be asked", "`--allow busy=queues.support@pbx`"
    )

    assert stage.mutations() == []


def test_many_that_cannot_be_asked_about_are_one_complaint(stage: Stage) -> None:
    """Two queues, one trip, one allowance for both."""
    applied(stage)
    stage.write(BEFORE.replace(SUPPORT, "").replace(SALES, "").replace("queues:\n", ""))
    stage.control.fault("garbage", path="/queued_calls", times=None)

    ran = stage.run("plan").failed("whether 2 queues on `pbx` are in use could not be asked")
    stage.run("plan", "--allow", "busy=queues.*@pbx").ok()

    assert ran.out.count("guard busy") == 1


# --- capacity -----------------------------------------------------------------------------------------------------


def licensed(stage: Stage, **seats: object) -> None:
    stage.control.settings(license={"supervisors": None, "agents": None, "callQueues": None, "expires": None, **seats})


def test_a_licence_passed_by_one_is_said_before_the_first_call(stage: Stage) -> None:
    """With the arithmetic, deletes and unmanaged entities counted; nothing is sent."""
    stage.control.create("agent", {"number": "1900", "firstName": "Unmanaged", "password": "1234"})
    applied(stage, f"agents:\n{JANE}{BOB}")
    licensed(stage, agents=4)
    stage.write("agents:\n" + BOB + "".join(agent(f"new{n}", f"110{n}", "New") for n in range(3)))

    stage.apply().failed(
        "agents on `pbx`: 4 licensed, 3 in use; this plan makes 3 and deletes 1: 5",
        "`--allow capacity` or `--allow capacity=agents.*@pbx`",
    )

    assert stage.mutations() == []


@pytest.mark.parametrize("allowed", ["capacity", "capacity=agents.*@pbx"])
def test_a_licence_may_be_passed_on_purpose(stage: Stage, allowed: str) -> None:
    licensed(stage, agents=0)
    stage.write(f"agents:\n{JANE}")

    stage.apply("--allow", allowed).ok()

    assert stage.counted() == {"POST": 1}


@pytest.mark.parametrize("seats", [2, None])
def test_a_licence_that_holds_the_plan_says_nothing(stage: Stage, seats: int | None) -> None:
    """Exactly as many as are licensed fit, and null is without limit."""
    licensed(stage, agents=seats)
    stage.write(f"agents:\n{JANE}{BOB}")

    ran = stage.apply().ok()

    assert "capacity" not in ran.text


def test_a_plan_that_takes_no_seat_passes_a_licence_that_is_passed_already(stage: Stage) -> None:
    """As many joiners as leavers: nothing becomes worse, and the joiner comes after the leaver."""
    applied(stage, f"agents:\n{JANE}{BOB}")
    licensed(stage, agents=1)
    stage.write(f"agents:\n{BOB}{agent('ada', '1100', 'Ada')}")

    ran = stage.apply().ok()

    assert "waits until `agents.jane@pbx` is deleted: the licence has no free seat before" in ran.text
    assert [method for method, _ in stage.mutations()] == ["DELETE", "POST"]


def test_replacements_alone_ask_for_no_licence(stage: Stage) -> None:
    """Each gives its own seat back."""
    applied(stage, f"agents:\n{JANE}{BOB}")
    licensed(stage, agents=1)

    stage.apply("--replace", "agents.bob@pbx").ok()

    assert "/license" not in asked(stage)


def test_nobody_takes_the_seat_of_one_who_could_not_leave(stage: Stage) -> None:
    """The leaver signs in between plan and apply: held, and the joiner is skipped rather than one too many."""
    applied(stage)
    licensed(stage, agents=2)
    stage.write(BEFORE.replace(JANE, agent("ada", "1100", "Ada")))
    stage.run("plan", "--out", PLAN).ok()
    use(stage, "agent")

    ran = stage.apply(PLAN)

    assert (ran.code, stage.mutations()) == (1, [])
    assert [word in ran.text for word in ("1 held", "1 skipped")] == [True, True]


def test_who_comes_back_takes_a_seat_too(stage: Stage) -> None:
    """An undelete is counted as a create is."""
    applied(stage, f"agents:\n{JANE}{BOB}")
    stage.write(f"agents:\n{JANE}")
    stage.apply().ok()
    licensed(stage, agents=1)
    stage.write(f"agents:\n{JANE}{BOB}")

    stage.run("plan").failed("agents on `pbx`: 1 licensed, 1 in use; this plan undeletes 1: 2")


@pytest.mark.parametrize(
    ("set_up", "said"),
    [
        (
            lambda stage: stage.control.fault("status", path="/license", status=404, times=None),
            "whether 1 more fit was not checked, since the vendor does not report how many are licensed",
        ),
        (
            lambda stage: stage.control.fault("status", path="/license", status=500, times=None),
            "whether 1 more fit was not checked, since the licence could not be read: ",
        ),
        (
            lambda stage: stage.control.fault("garbage", path="/license", times=None),
            "whether 1 more fit was not checked, since the licence could not be read: ",
        ),
        (
            lambda stage: licensed(stage, callQueues="many"),
            "whether 1 more fit was not checked, since the vendor does not report how many are licensed",
        ),
    ],
    ids=["404", "500", "garbage", "words"],
)
def test_a_licence_that_cannot_be_read_is_said_and_holds_nothing(
    stage: Stage, set_up: Callable[[Stage], None], said: str
) -> None:
    """What a vendor reports may hold a plan; that it reports nothing may not."""
    set_up(stage)
    stage.write(f"queues:\n{SUPPORT}", retries=0)

    stage.apply().ok()
    stage.write(f"queues:\n{SUPPORT}{SALES}", retries=0)
    ran = stage.run("plan").ok()

    assert f"queues on `pbx`: {said}" in " ".join(ran.text.split())


# --- how much is asked --------------------------------------------------------------------------------------------


def test_only_what_a_plan_needs_is_asked(stage: Stage) -> None:
    """Nothing for what stays or is renamed; for a create the licence, for a delete who uses it: once in a plan."""
    applied(stage)

    stage.run("plan").ok()
    nothing = asked(stage)
    stage.write(BEFORE.replace(SUPPORT, SUPPORT + '  new: {extension: "503", name: New, type: inbound}\n'))
    stage.run("plan").ok()
    create = asked(stage)
    stage.control.reset_log()
    stage.write(BEFORE.replace(SUPPORT, "").replace(JANE, "").replace(BOB, ""))
    stage.run("plan", "--allow", "deletes").ok()

    assert (nothing, create) == ([], ["/license", "/license_usage"])
    assert sorted(asked(stage)) == ["/active_agent_sessions", "/license", "/license_usage", "/queued_calls"]


def test_leavers_are_told_with_what_remains(stage: Stage) -> None:
    """How many licences remain when somebody only leaves; not without a refresh, and not where all is destroyed."""
    applied(stage)
    licensed(stage, agents=25)
    stage.write(BEFORE.replace(JANE, ""))

    planned = stage.run("plan").ok()
    stage.control.reset_log()
    stage.run("plan", "--no-refresh")
    stage.run("plan", "--destroy", "--allow", "deletes").ok()

    assert "of 25 agent licences remain" in planned.text
    assert not {*PROBES[:2]} & set(asked(stage))


def test_leavers_are_not_held_by_a_licence_that_cannot_be_read(stage: Stage) -> None:
    """Nobody is told then how many remain, and nothing else is different."""
    applied(stage)
    stage.control.fault("status", path="/license", status=500, times=None)
    stage.write(BEFORE.replace(JANE, ""), retries=0)

    planned = stage.run("plan").ok()

    assert "1 agent leaves" in planned.text
    assert "/license" in asked(stage)
    assert "licence" not in planned.text


def test_a_kind_without_a_licence_asks_for_none(stage: Stage) -> None:
    stage.write("pause_codes:\n  lunch: {name: Lunch}\n" + f"extensions:\n{DESK}")

    stage.apply().ok()

    assert asked(stage) == []


def test_without_a_refresh_nobody_is_asked_and_the_plan_says_so(stage: Stage) -> None:
    """A guard that saw nothing must not look like one that saw nothing wrong."""
    applied(stage)
    licensed(stage, agents=2)
    stage.write(BEFORE.replace(BOB, BOB + agent("new", "1100", "New")))

    ran = stage.run("plan", "--no-refresh").ok()

    assert "guards `capacity` and `busy` saw nothing of `pbx`" in " ".join(ran.out.split())
    assert stage.control.log() == []
