"""Plan files that are no plans, or that somebody has edited: one line says so, and nothing is a traceback."""

from __future__ import annotations

import copy
import io
import json
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from provisioner.cli.main import main
from provisioner.cli.saved import load_plan
from provisioner.errors import PlanRefused
from provisioner.plan.document_json import to_json
from provisioner.values import digest
from tests.cli.conftest import Tenant
from tests.report import drifting, factories
from tests.report.strategies import plans

PLANS = [
    to_json(plan)
    for plan in (
        factories.a_plan_of_everything(),
        factories.a_refused_plan(),
        factories.a_swap(),
        factories.a_replace(),
        drifting.a_refresh(),
    )
]

leaves = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(),
    st.sampled_from(["\ud800", "none", "park", "1", "agents.jane@pbx", {"secret": True, "version": []}, {"id": {}}]),
)
anything = st.recursive(leaves, lambda of: st.lists(of, max_size=3) | st.dictionaries(st.text(), of, max_size=3))


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """Every place in a JSON value, as keys and indexes."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


@st.composite
def edited(draw: st.DrawFn) -> Any:
    """A plan in which something was taken out or written over, with a digest that fits it."""
    data = copy.deepcopy(draw(st.sampled_from(PLANS) | plans.map(to_json)))
    for _ in range(draw(st.integers(1, 3))):
        *path, last = draw(st.sampled_from(list(places(data))))
        place = data
        for key in path:
            place = place[key]
        if draw(st.booleans()):
            place[last] = copy.deepcopy(draw(anything))
        else:
            del place[last]
    return sealed(data)


def sealed(data: Any) -> Any:
    """The same with the digest of what it says by now, where it has one."""
    try:
        return {**data, "digest": digest({name: value for name, value in data.items() if name != "digest"})}
    except UnicodeEncodeError:
        return data


def show(file: Path, *more: str) -> tuple[int, str, str]:
    """How ``show`` ended, and what it said."""
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(["show", str(file), *more])
    return code, out.getvalue(), err.getvalue()


def told(out: str, form: str) -> str:
    """What stands on stdout: a plan, or nothing but what a program is told in its place."""
    if form == "json":
        return "nothing" if json.loads(out).get("valid") is False else "plan"
    return "plan" if out else "nothing"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=300)
@given(data=edited() | anything)
def test_show_shows_it_or_says_why_not(tmp_path: Path, data: Any) -> None:
    """Whatever a file holds that is JSON, it is shown, or one line says that it is not a plan."""
    file = tmp_path / "edited.plan"
    file.write_text(json.dumps(data), encoding="utf-8")

    for form in ("text", "json"):
        code, out, err = show(file, "--format", form)

        assert "a fault in provisioner" not in err
        assert (code, told(out, form)) in ((0, "plan"), (1, "nothing"))
        assert [line.split(":")[0] for line in err.splitlines()] in ([], ["error"], ["error", "hint"])


@st.composite
def bytewise(draw: st.DrawFn) -> tuple[bytes, bytes]:
    """A saved plan, and the same with one byte changed, put in or taken out."""
    whole = (json.dumps(draw(st.sampled_from(PLANS)), indent=2) + "\n").encode()
    place, byte = draw(st.integers(0, len(whole) - 1)), bytes([draw(st.integers(0, 255))])
    meddled = draw(
        st.sampled_from([whole[:place] + byte, whole[:place], whole[:place] + byte + whole[place : place + 1]])
    )
    return whole, meddled + whole[place + 1 :]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=1000)
@given(pair=bytewise())
def test_one_byte(tmp_path: Path, pair: tuple[bytes, bytes]) -> None:
    """Whichever it is, the plan is refused, unless it says the very same: white space, or another spelling of it."""
    whole, meddled = pair
    file, original = tmp_path / "today.plan", tmp_path / "original.plan"
    file.write_bytes(meddled)
    original.write_bytes(whole)

    try:
        read = load_plan(file)
    except PlanRefused:
        return
    assert read == load_plan(original)
    assert json.loads(meddled) == json.loads(whole)


def test_no_member_stands_twice(tmp_path: Path) -> None:
    """Of two, one reader believes the first and another the last: what was reviewed might not be what is applied."""
    text = json.dumps(PLANS[0])
    file = tmp_path / "twice.plan"
    file.write_text(text.replace('"tenant":', '"tenant": "other", "tenant":', 1), encoding="utf-8")
    assert digest({**json.loads(file.read_text()), "digest": ""}) == digest({**PLANS[0], "digest": ""})

    assert show(file)[::2] == (
        1,
        f"error: `{file}` is not a plan\nhint: write one with `provisioner plan --out FILE`\n",
    )


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"format_version": "2"}, "the plan has format version '2', this tool reads '1'"),
        ({"format_version": "0"}, "the plan has format version '0', this tool reads '1'"),
        ({"format_version": 1}, "the plan has format version 1, this tool reads '1'"),
        (
            {"tool_version": "9.0", "news": []},
            "this is not a plan of this tool: version '9.0' wrote it, this is '0.1.0'",
        ),
    ],
)
def test_a_plan_of_another_version(tmp_path: Path, members: dict[str, Any], said: str) -> None:
    """Its form is not guessed at, and the message says which version it takes."""
    file = tmp_path / "other.plan"
    file.write_text(json.dumps(sealed({**PLANS[0], **members})), encoding="utf-8")

    code, _, err = show(file)

    assert (code, err.splitlines()[0]) == (1, f"error: {said}")


def test_the_version_of_the_tool_alone_is_no_obstacle(tmp_path: Path) -> None:
    """What another version wrote in the same form is taken."""
    file = tmp_path / "older.plan"
    file.write_text(json.dumps(sealed({**PLANS[0], "tool_version": "0.0.9"})), encoding="utf-8")

    assert show(file)[0] == 0


def edit(file: Path, old: str, new: str) -> None:
    """Writes over a part of a saved plan, and seals it."""
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(json.dumps(sealed(json.loads(text.replace(old, new)))), encoding="utf-8")


@pytest.mark.parametrize("command", [("show",), ("apply",), ("graph",), ("show", "--format", "json")], ids=" ".join)
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('"tenant": "acme"', '"tenant": "\\ud800"'),
        ('"tenant": "acme"', '"tenant": 17'),
        ('"action": "create"', '"action": "none"'),
        ('"after": "Jane"', '"after": NaN'),
        ('"after": "Jane"', f'"after": {"[" * 300}{"]" * 300}'),
        ('"first_name": "Jane"', '"first.name": "Jane", "first": 1'),
        ('"depends_on": []', '"depends_on": ["agents.nobody@pbx"]'),
        ('"serial": 0', '"serial": true'),
        ('"none": 0', '"none": -1'),
    ],
    ids=["surrogate", "type", "action", "nan", "deep", "dots", "order", "serial", "count"],
)
def test_what_is_wrong_in_a_plan_is_no_fault(tenant: Tenant, command: tuple[str, ...], old: str, new: str) -> None:
    """A plan whose digest is right and whose content is not is refused before anything else is done with it."""
    file = tenant.folder / "today.plan"
    assert tenant.run("plan", "--out", str(file)).code == 0
    edit(file, old, new)

    ran = tenant.run(*command, str(file))

    assert (ran.code, told(ran.out, command[-1])) == (1, "nothing")
    assert ran.err.startswith("error: ")
    assert "is not a plan" in ran.err
    assert len(ran.err.splitlines()) == 2
