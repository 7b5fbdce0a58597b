"""What does each fault do to a request?"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable

from provisioner.simulators.base import Answer
from provisioner.simulators.serving.exchange import Exchange
from provisioner.simulators.serving.faults import Rule

Effect = Callable[[], Answer]
"""Lets the request have its effect, and gives the answer it would get."""

_PAGE = b"<!DOCTYPE html>\n<html><body><h1>It works!</h1></body></html>\n"


async def spoil(rule: Rule, exchange: Exchange, effect: Effect) -> None:
    """Do to the request what the rule says."""
    await _EFFECTS[rule.effect](rule, exchange, effect)


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
}
