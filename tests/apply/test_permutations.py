"""Unique values handed round among many at once: every field that can be updated in place, through real requests.

The simulator refuses a value that another active entity holds, so "never twice, not for a moment" is "no request was
ever refused".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from provisioner.address import Address
from provisioner.state.document import Document
from tests.apply.account import Account, Moment, an_account
from tests.state.faults import Dying

MOST = 50
"""How many have a value at most before it is handed round."""

# --- what is handed round -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Unique:
    """A field that is unique among the resources of a kind: where it stands, and what declaring one takes.

    ``value(n)`` is the n-th value in use, ``beside(n)`` what else is declared of the n-th resource. ``table`` and
    ``attribute`` are the vendor's words. ``scopes``: within how many others the field is unique, each by itself.
    """

    kind: str
    path: str
    table: str
    attribute: str
    value: Callable[[int], str]
    beside: Callable[[int], Mapping[str, Any]]
    scopes: int = 1
    readable: bool = True

    def declared(self, values: Mapping[str, str]) -> dict[str, Any]:
        """The manifest in which each of these, by its key, has that value."""
        said = {key: {**self.beside(_number(key)), self.path: value} for key, value in values.items()}
        return {**AROUND, self.kind: {**AROUND.get(self.kind, {}), **said}}


def _key(number: int) -> str:
    return f"p{number}"


def _number(key: str) -> int:
    return int(key.removeprefix("p"))


def _word(n: int) -> str:
    return f"name{n}"


def _digits(n: int) -> str:
    return str(1001 + n)


def _mail(n: int) -> str:
    return f"mail{n}@acme.example"


def _agent(n: int) -> dict[str, Any]:
    return {"first_name": f"P{n}", "number": _digits(n), "email": _mail(n), "password": {"from_env": "PIN"}}


def _supervisor(n: int) -> dict[str, Any]:
    names = {"first_name": f"P{n}", "username": _word(n), "email": _mail(n)}
    return {**names, "type": "full", "password": {"from_env": "PASSWORD"}}


def _queue(n: int) -> dict[str, Any]:
    return {"extension": str(4001 + n), "type": "inbound"}


def _extension(n: int) -> dict[str, Any]:
    return {"extension": str(5001 + n), "sip": {"secret": {"from_env": "SIP"}}}


def _alert(n: int) -> dict[str, Any]:
    told = {"supervisor": ("ann", "bob")[n % 2], "notification": "realtime", "color": "#ff0000"}
    return {**told, "type": "process_stopped", "days": ["mon"], "from": "08:00", "to": "18:00"}


UNIQUE = {
    "the number of agents": Unique("agents", "number", "agent", "number", _digits, _agent),
    "the e-mail of agents": Unique("agents", "email", "agent", "emailAddress", _mail, _agent),
    "the username of supervisors": Unique("supervisors", "username", "supervisor", "username", _word, _supervisor),
    "the e-mail of supervisors": Unique("supervisors", "email", "supervisor", "emailAddress", _mail, _supervisor),
    "the name of queues": Unique("queues", "name", "call_queue", "name", _word, _queue),
    "the name of extensions": Unique("extensions", "name", "extension", "name", _word, _extension),
    "the name of pause codes": Unique("pause_codes", "name", "pause_code", "name", _word, lambda _: {}),
    "the name of alerts": Unique(
        "alerts", "name", "alert", "name", lambda n: _word(n // 2), _alert, scopes=2, readable=False
    ),
}

AROUND = {"supervisors": {name: {**_supervisor(900 + n), "username": name} for n, name in enumerate(("ann", "bob"))}}
"""Whom alerts are for."""


@dataclass(frozen=True)
class Handed:
    """Who has which value before and after, by number: some are new, some are gone, some have blanks around it."""

    before: Mapping[int, str]
    after: Mapping[int, str]
    blanks: frozenset[int]

    @property
    def moving(self) -> list[int]:
        """Whoever may be written: with another value, or with the same in another spelling."""
        return [n for n, value in self.after.items() if self.before.get(n) != value or n in self.blanks]

    @property
    def made(self) -> set[int]:
        return self.after.keys() - self.before.keys()

    def rings(self, unique: Unique) -> int:
        """How many rings of two or more there are among those who stay."""
        holders = {(n % unique.scopes, value.casefold()): n for n, value in self.before.items() if n in self.after}
        giver = {n: holders.get((n % unique.scopes, value.casefold())) for n, value in self.after.items()}
        seen: set[int] = set()
        rings = 0
        for start in sorted(giver):
            walk: list[int] = []
            number: int | None = start
            while number is not None and number not in seen:
                seen.add(number)
                walk.append(number)
                number = giver.get(number)
            rings += number in walk and len(walk[walk.index(number) :]) > 1
        return rings


@st.composite
def handings(draw: st.DrawFn, unique: Unique, most: int, newcomers: int = 3) -> Handed:
    """Any way to hand the values on: rings, chains, newcomers who take what is free, leavers, other spellings."""
    size, born = draw(st.integers(1, most)), draw(st.integers(0, newcomers))
    there = {number: unique.value(number) for number in range(size)}
    after: dict[int, str] = {}
    for scope in range(unique.scopes):
        mine = [number for number in there if number % unique.scopes == scope]
        gone = draw(st.sets(st.sampled_from(mine), max_size=3)) if mine else set()
        holders = [n for n in (*mine, *range(MOST, MOST + born)) if n % unique.scopes == scope and n not in gone]
        free = [unique.value(number) for number in range(2 * MOST, 2 * MOST + born * unique.scopes)]
        values = draw(st.permutations(sorted({*(there[number] for number in mine), *free})))
        loud = draw(st.sets(st.sampled_from(holders))) if holders else set()
        after |= {n: value.upper() if n in loud else value for n, value in zip(holders, values, strict=False)}
    return Handed(there, after, frozenset(draw(st.sets(st.sampled_from(sorted(there)), max_size=3))))


# --- the account --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    with an_account(tmp_path_factory.mktemp("permutations") / "acme") as account:
        yield account


@dataclass(frozen=True)
class Round:
    """One handing on, about to happen."""

    account: Account
    unique: Unique
    handed: Handed
    start: Moment

    @classmethod
    def of(cls, account: Account, unique: Unique, handed: Handed, full: Moment) -> Round:
        """The account with those who have a value before, and the manifest that says who has it after."""
        out = {Address(unique.kind, _key(number), "pbx") for number in range(MOST) if number not in handed.before}
        known = {address: bound for address, bound in full.known.bound.items() if address not in out}
        there: dict[str, dict[str, str]] = {
            bound.id: {} for address, bound in known.items() if address.kind == unique.kind
        }
        for number in handed.blanks:
            vendor_id = known[Address(unique.kind, _key(number), "pbx")].id
            there[vendor_id] = {unique.attribute: f" {unique.value(number)} "}
        start = full.with_only(unique.table, there, known)
        account.restore(start)
        account.declare(unique.declared({_key(number): value for number, value in handed.after.items()}))
        return cls(account, unique, handed, start)

    def check(self, *, repeated: int = 0) -> None:
        """Everybody has what was declared, whoever stayed is the same entity, and nothing went wrong on the way.

        ``repeated``: how many changes may have been sent twice, since nobody could ask what became of them; a delete
        that had its effect is answered with 404 then, which is what was wanted.
        """
        state, sent = self.account.state(), self.account.sent()
        there = self.account.active(self.unique.table)
        ids, before = (self._ids(known) for known in (state, self.start.known))
        wanted = {_key(number): value for number, value in self.handed.after.items()}
        assert {key: there[vendor_id][self.unique.attribute].strip() for key, vendor_id in ids.items()} == wanted
        assert len(there) == len(wanted) + len(AROUND.get(self.unique.kind, {}))
        assert all(ids[key] == before[key] for key in ids.keys() & before.keys())
        refused = [(method, status) for method, _, status in sent if status != 200]
        assert refused == [("DELETE", 404)] * len(refused)
        assert len(refused) <= repeated
        puts = Counter(method for method, _, _ in sent)["PUT"]
        assert puts <= len(self.handed.moving) + self.handed.rings(self.unique) + repeated
        assert (state.pending, state.unknown, state.parked) == ({}, {}, {})
        assert self.account.plan().changes == ()

    def _ids(self, known: Document) -> dict[str, str]:
        """What those who hand values on are bound to, by key."""
        bound = known.bound.items()
        return {a.key: b.id for a, b in bound if a.kind == self.unique.kind and a.key not in AROUND.get(a.kind, {})}


FULL: dict[str, Moment] = {}


def full(account: Account, name: str) -> Moment:
    """Everybody there is in a kind, made by the tool itself, once."""
    if name not in FULL:
        unique = UNIQUE[name]
        account.start_anew()
        account.declare(unique.declared({_key(number): unique.value(number) for number in range(MOST)}))
        report = account.apply()
        assert report is not None
        assert report.completed
        FULL[name] = account.moment()
    return FULL[name]


# --- what holds ---------------------------------------------------------------------------------------------------

rounds = settings(
    deadline=None,
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # to shrink a failure takes minutes, at a whole run a try
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.parametrize("name", UNIQUE)
def test_whatever_is_handed_round_arrives(account: Account, name: str) -> None:
    """Rings, chains, newcomers and leavers of one field: at most one more update than there are values in a ring."""
    everybody = full(account, name)

    @settings(rounds, max_examples=4)
    @given(handings(UNIQUE[name], MOST))
    def handed_round(handed: Handed) -> None:
        this = Round.of(account, UNIQUE[name], handed, everybody)

        report = account.apply()

        assert report is not None
        assert report.completed
        this.check()

    handed_round()


@pytest.mark.parametrize("name", UNIQUE)
def test_killed_anywhere_it_comes_to_the_same(account: Account, name: str) -> None:
    """However often a run dies, the next one goes on from there, and no more is sent than without it.

    What cannot be read is not made here: a create of which nobody can tell the end is for a person to settle.
    """
    everybody, unique = full(account, name), UNIQUE[name]

    @settings(rounds, max_examples=4)
    @given(
        handings(unique, 8, newcomers=3 if unique.readable else 0),
        st.lists(st.integers(1, 150), min_size=1, max_size=3),
    )
    def killed(handed: Handed, deaths: list[int]) -> None:
        this = Round.of(account, unique, handed, everybody)

        for moment in deaths:
            account.apply(Dying(moment), parallelism=1)
        report = account.apply()

        assert report is not None
        assert report.completed
        this.check(repeated=0 if unique.readable else len(deaths))

    killed()
