"""What does each fault do to a request?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from provisioner.simulators.base import Absent, Account, Answer, Checks, Refused, Request
from provisioner.simulators.serving.exchange import Exchange
from provisioner.simulators.serving.faults import Rule

Effect = Callable[[], Answer]
"""Lets the request have its effect, and gives the answer it would get."""

_PAGE = b"<!DOCTYPE html>\n<html><body><h1>It works!</h1></body></html>\n"


async def spoil(rule: Rule, exchange: Exchange, effect: Effect) -> None:
    """Do to the request what the rule says."""
    await _EFFECTS[rule.effect](rule, exchange, effect)


def answered(rule: Rule, request: Request, account: Account) -> Answer:
    """The account's answer; what the rule says that a person does right after it is done before anybody else's turn."""
    answer = account.answer(request)
    try:
        for change in rule.changes:
            _carry_out(account, change)
    except (Absent, Refused) as error:
        return Answer(500, f"what the fault changes: {error.message}\n".encode(), "text/plain; charset=utf-8")
    return answer


def _carry_out(account: Account, change: Mapping[str, Any]) -> None:
    kind, key, attributes = change["kind"], change.get("id", ""), change.get("attributes", {})
    checks = Checks.NONE if change.get("force") else Checks.ALL
    match change["verb"]:
        case "create":
            account.create(kind, attributes, checks)
        case "change":
            account.change(kind, key, attributes, checks)
        case "delete":
            account.delete(kind, key)
        case "undelete":
            account.undelete(kind, key, checks)


async def _status(rule: Rule, exchange: Exchange, _: Effect) -> None:
    await exchange.answer(_as_told(rule, rule.status))


async def _status_after(rule: Rule, exchange: Exchange, effect: Effect) -> None:
    effect()
    await exchange.answer(_as_told(rule, rule.status))


async def _drop_before(_: Rule, exchange: Exchange, __: Effect) -> None:
    await exchange.drop()


async def _drop_after(_: Rule, exchange: Exchange, effect: Effect) -> None:
    effect()
    await exchange.drop()


async def _rate_limit(rule: Rule, exchange: Exchange, _: Effect) -> None:
    await exchange.answer(_as_told(rule, 429))


async def _meanwhile(_: Rule, exchange: Exchange, effect: Effect) -> None:
    await exchange.answer(effect())


async def _garbage(_: Rule, exchange: Exchange, effect: Effect) -> None:
    effect()
    await exchange.answer(Answer(200, _PAGE, "text/html; charset=utf-8"))


async def _truncate(_: Rule, exchange: Exchange, effect: Effect) -> None:
    await exchange.truncate(effect())


async def _redirect(rule: Rule, exchange: Exchange, _: Effect) -> None:
    await exchange.answer(Answer(302, headers=(("location", rule.location),)))


async def _slow(rule: Rule, exchange: Exchange, effect: Effect) -> None:
    answer = effect()
    await asyncio.sleep(rule.seconds)
    await exchange.answer(answer)


async def _big(rule: Rule, exchange: Exchange, effect: Effect) -> None:
    effect()
    await exchange.answer(Answer(200, b'"' + b"x" * (rule.bytes - 2) + b'"', "application/json"))


def _as_told(rule: Rule, status: int) -> Answer:
    body = rule.body if isinstance(rule.body, str) else json.dumps(rule.body)
    headers = dict(rule.headers or {})
    if rule.retry_after is not None:
        headers["retry-after"] = str(rule.retry_after)
    content_type = rule.content_type or ("application/json" if body else None)
    return Answer(status, body.encode(), content_type, tuple(headers.items()))


_EFFECTS: dict[str, Callable[[Rule, Exchange, Effect], Awaitable[None]]] = {
    "status": _status,
    "status_after": _status_after,
    "drop_before": _drop_before,
    "drop_after": _drop_after,
    "rate_limit": _rate_limit,
    "garbage": _garbage,
    "truncate": _truncate,
    "redirect": _redirect,
    "slow": _slow,
    "big": _big,
    "meanwhile": _meanwhile,
}
