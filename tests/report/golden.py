"""The texts that reviewers have read and agreed to: a file each in ``golden/``.

``python -m tests.report.golden`` writes them anew; read the difference before you commit it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from provisioner.address import Address
from provisioner.apply.events import Ended, Event, Kind, Status
from provisioner.plan.document import Action, Plan, Trip
from provisioner.report.drift import drift_text
from provisioner.report.html import plan_html
from provisioner.report.markdown import plan_markdown
from provisioner.report.run import run_text
from provisioner.report.text import plan_text
from provisioner.values import Value
from tests.report import drifting, factories
from tests.report.factories import a_change, a_field, a_notice, a_plan, a_report
from tests.report.pages import lines_of

FOLDER: Final = Path(__file__).parent / "golden"

HOSTILE: Final = "\x1b[2J\x1b]0;owned\x07\u202egnp.exe\r\nApply complete: 1 created\n\x9b31m" + "A" * 10_000


def hostile_plan() -> Plan:
    """Whatever somebody else can write, written by somebody who means ill."""
    return a_plan(
        a_change(
            "agents.jane@pbx",
            Action.UPDATE,
            a_field("first_name", HOSTILE, HOSTILE + "!", default_from=HOSTILE),
            a_field("tags", [HOSTILE], [HOSTILE + "!"]),
            a_field("map", {HOSTILE: HOSTILE}, {}),
            a_field("pin", HOSTILE, HOSTILE + "!", secret=True),
            why={"found": HOSTILE},
            id=HOSTILE,
            before={"name": HOSTILE, "number": HOSTILE},
            included_by=HOSTILE,
        ),
        tenant=HOSTILE,
        guards=(Trip("busy", HOSTILE, HOSTILE, HOSTILE, HOSTILE, (HOSTILE,)),),
        diagnostics=(a_notice(HOSTILE, hint=HOSTILE, expected=HOSTILE),),
        targets=(HOSTILE,),
        allowed=(HOSTILE,),
    )


def a_fresh_state() -> Plan:
    return a_plan(
        a_change("agents.ann@pbx", Action.CREATE, a_field("first_name", after="Ann"), after={"first_name": "Ann"}),
        guards=(
            Trip(
                "fresh_state",
                "CI is set and there is no state: what an earlier job made would be made again",
                "keep the state where CI jobs share it; for a first run: `--allow fresh_state`",
            ),
        ),
    )


def another_account() -> Plan:
    return a_plan(none=0, reset_accounts=("pbx",), allowed=("account=pbx",))


def a_partial_plan() -> Plan:
    return a_plan(
        a_change(
            "agents.ann@pbx",
            Action.REPLACE,
            why={"requested": "asked for with `--replace`"},
            id="5",
            before={"first_name": "Ann"},
        ),
        targets=("agents.*@pbx",),
        excludes=("agents.bob@pbx",),
        none=3,
    )


def a_destroy() -> Plan:
    return a_plan(
        a_change("agents.ann@pbx", Action.DELETE, id="5", before={"first_name": "Ann"}),
        a_change(
            "queues.support@pbx",
            Action.DELETE,
            id="6",
            before={"name": "Support"},
            needs=("agents.ann@pbx",),
        ),
        destroy=True,
    )


def an_emptied_queue() -> Plan:
    members: list[Value] = ["agents.ann@pbx", {"agent": "agents.bob@pbx", "penalty": 2}, {"id": "17"}]
    return a_plan(
        a_change("queues.sales@pbx", Action.UPDATE, a_field("agents", members, []), id="4", before={"name": "Sales"}),
        a_change(
            "queues.support@pbx",
            Action.UPDATE,
            a_field("agents", members, [*members[1:], "agents.zoe@pbx"]),
            a_field("days", ["mon", "tue"], ["tue", "mon"]),
            id="3",
            before={"name": "Support"},
        ),
    )


def not_seen() -> Plan:
    notice = "alerts on `pbx` cannot be read: compared with what was last sent; what others change is not seen"
    return a_plan(none=14, unmanaged=0, diagnostics=(a_notice(notice, code="drift_unseen"),))


def _run_with_everything_that_can_go_wrong() -> str:
    plan = factories.a_plan_of_everything()
    fates = {
        "agents.rick@pbx": Ended(
            "agents.rick@pbx", Status.FAILED, "18", "pbx: PUT /agents/18: 409 number is taken", "free number 1001"
        ),
        "agents.jane@pbx": Ended("agents.jane@pbx", Status.SKIPPED, why="needs `agents.rick@pbx`, which failed"),
        "agents.bob@pbx": Ended("agents.bob@pbx", Status.STALE, "21", '`email` is "b@example.com" by now'),
        "extensions.desk-1@pbx#delete": Ended("extensions.desk-1@pbx#delete", Status.FAILED, "51", "pbx: 500"),
    }
    done = factories.everything_done(plan).ended
    report = a_report(
        *(fates.get(ended.key, ended) for ended in done), resumed=2, left_parked=(Address("agents", "jane", "pbx"),)
    )
    notices = [Event(Kind.NOTICE, "agents.ann@pbx", text="`first_name`: sent 'Ann', the vendor made it 'ANN'")]
    return run_text(plan, report, color=False, notices=notices)


def _interrupted_run() -> str:
    plan = a_plan(*(a_change(f"agents.a{number:02}@pbx", Action.CREATE) for number in range(30)))
    ended = [Ended(change.key, Status.SKIPPED, why="interrupted before it was begun") for change in plan.changes]
    ended[0] = Ended(plan.changes[0].key, Status.DONE, "1")
    return run_text(plan, a_report(*ended, interrupted=True), color=False)


def _run_of_nothing() -> str:
    return run_text(a_plan(), a_report(), color=False)


def _done(plan: Plan) -> str:
    return run_text(plan, factories.everything_done(plan), color=False)


def _hostile_run() -> str:
    plan = hostile_plan()
    failed = Ended("agents.jane@pbx", Status.FAILED, HOSTILE, HOSTILE, HOSTILE)
    return run_text(plan, a_report(failed), color=False, notices=[Event(Kind.NOTICE, text=HOSTILE, hint=HOSTILE)])


def _plain(plan: Plan) -> str:
    return plan_text(plan, color=False)


def many_plans() -> Mapping[str, Plan]:
    """A plan of each sort that a reader can meet, by name."""
    return {
        "everything": factories.a_plan_of_everything(),
        "no-changes": a_plan(none=14, unmanaged=3),
        "no-changes-not-all-seen": not_seen(),
        "refused": factories.a_refused_plan(),
        "guard": a_fresh_state(),
        "another-account": another_account(),
        "swap": factories.a_swap(),
        "replace": factories.a_replace(),
        "manual": factories.a_manual_plan(),
        "manual-many": much_by_hand(),
        "waiting": all_waits(),
        "partial": a_partial_plan(),
        "destroy": a_destroy(),
        "emptied-queue": an_emptied_queue(),
        "several-connections": several_connections(),
        "hostile": hostile_plan(),
        "refresh": drifting.a_refresh(),
        "not-refreshed": a_plan(none=14, no_refresh=True),
        "too-long": too_long(),
    }


def much_by_hand() -> Plan:
    """The same work for a person four times, with what each has of its own."""
    return a_plan(
        *(
            a_change(
                f"agents.{name}@gulf",
                Action.MANUAL,
                a_field("groups", ["Arabic"], ["Arabic", name.title()], manual=True),
                a_field("active", False, True, manual=True),  # noqa: FBT003 (a field's two sides)
                why={"no_call": "the vendor has no call that sets these fields"},
                intent=Action.UPDATE,
                id=f"10{number}",
                before={"name": name.title()},
            )
            for number, name in enumerate(("ali", "eman", "huda", "omar"))
        )
    )


def all_waits() -> Plan:
    """Nothing can be done before a person has done something."""
    return a_plan(
        a_change(
            "numbers.main@inbox",
            Action.MANUAL,
            a_field("number", manual=True),
            why={"assigned": "buy a number in the portal and write it down as `number`"},
            intent=Action.CREATE,
        ),
        a_change(
            "queues.support@inbox", Action.CREATE, a_field("name", after="Support"), needs=("numbers.main@inbox",)
        ),
    )


def several_connections() -> Plan:
    """One person leaves three vendors, a colleague joins two."""
    gone, new = {"first_name": "Gus", "last_name": "Gone"}, {"first_name": "Ann", "last_name": "New"}
    why = {"undeclared": "no manifest declares it any more"}
    places = ("dial", "inbox", "pbx")
    return a_plan(
        *(a_change(f"agents.gus@{place}", Action.DELETE, id="7", why=why, before=gone) for place in places),
        *(
            a_change(f"agents.ann@{place}", Action.CREATE, a_field("first_name", after="Ann"), after=new)
            for place in places[1:]
        ),
    )


def too_long() -> Plan:
    """More deletes than a short comment can hold, of which some can, and some changes beside."""
    why = {"undeclared": "no manifest declares it any more"}
    return a_plan(
        *(a_change(f"agents.a{number:03}@pbx", Action.DELETE, id=f"{number}", why=why) for number in range(100)),
        *(a_change(f"queues.q{number}@pbx", Action.DELETE, id=f"{number}", why=why) for number in range(3)),
        *(a_change(f"agents.a{number}@inbox", Action.CREATE, a_field("name", after="A")) for number in range(9)),
        diagnostics=(a_notice(hint="look at them in the portal"),),
    )


SHORT: Final = 2_000
"""As long as the comment that has not enough room may be."""


def _comment(name: str, plan: Plan) -> str:
    return plan_markdown(plan, limit=SHORT) if name == "too-long" else plan_markdown(plan, file="today.plan")


COMMENTS: Final[Mapping[str, Callable[[], str]]] = {
    f"comment-{name}.md": partial(_comment, name, plan) for name, plan in many_plans().items()
}

GOLDEN: Final[Mapping[str, Callable[[], str]]] = {
    **COMMENTS,
    "plan-everything": lambda: _plain(factories.a_plan_of_everything()),
    "plan-in-40-columns": lambda: plan_text(factories.a_plan_of_everything(), color=False, width=40),
    "plan-in-colour": lambda: plan_text(factories.a_refused_plan(), color=True),
    "plan-no-changes": lambda: _plain(a_plan(none=14, unmanaged=3)),
    "plan-no-changes-not-all-seen": lambda: _plain(not_seen()),
    "plan-refused": lambda: _plain(factories.a_refused_plan()),
    "plan-guard": lambda: _plain(a_fresh_state()),
    "plan-another-account": lambda: _plain(another_account()),
    "plan-swap": lambda: _plain(factories.a_swap()),
    "plan-replace": lambda: _plain(factories.a_replace()),
    "plan-manual": lambda: _plain(factories.a_manual_plan()),
    "plan-partial": lambda: _plain(a_partial_plan()),
    "plan-destroy": lambda: _plain(a_destroy()),
    "plan-emptied-queue": lambda: _plain(an_emptied_queue()),
    "plan-hostile": lambda: _plain(hostile_plan()),
    "plan-refresh": lambda: _plain(drifting.a_refresh()),
    "plan-not-refreshed": lambda: _plain(a_plan(none=14, no_refresh=True)),
    "html-everything": lambda: lines_of(plan_html(factories.a_plan_of_everything())),
    "html-refused": lambda: lines_of(plan_html(factories.a_refused_plan())),
    "drift-everything": lambda: drift_text(drifting.everything(), color=False),
    "drift-unknown": lambda: drift_text(drifting.only_unknown(), color=False),
    "run-complete": lambda: _done(factories.a_plan_of_everything()),
    "run-failed": _run_with_everything_that_can_go_wrong,
    "run-interrupted": _interrupted_run,
    "run-of-nothing": _run_of_nothing,
    "run-hostile": _hostile_run,
}


def stored(name: str) -> str:
    return (FOLDER / _file(name)).read_text(encoding="utf-8")


def _file(name: str) -> str:
    return name if name.endswith(".md") else f"{name}.txt"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    for name, text in GOLDEN.items():
        (FOLDER / _file(name)).write_text(f"{text()}\n", encoding="utf-8")
