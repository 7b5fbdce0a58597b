"""One mutating request: intent on stable storage, send, outcome. Nothing else in the tool sends a change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from provisioner.apply.link import Link
from provisioner.errors import (
    NotFound,
    NotNow,
    OutcomeUnknown,
    RateLimited,
    Rejected,
    Unauthorized,
    Unreachable,
    VendorError,
)
from provisioner.plan.document import Change
from provisioner.state.document import Intent
from provisioner.state.entries import IntentMade, Outcome, Result
from provisioner.state.writer import Writer
from provisioner.values import Attributes, Value, VendorId, digest
from provisioner.vendors.base import Answer, Changing, Deleted, Effect, Offer, Request

T = TypeVar("T")


class Unsettled(Exception):
    """A request of which nobody can tell whether it had an effect; its intent is pending."""

    def __init__(self, intent: Intent, error: OutcomeUnknown) -> None:
        super().__init__(error.message)
        self.intent, self.error = intent, error


@dataclass(frozen=True)
class Load:
    """What a change's requests carry, in the record's terms: attributes with references as addresses, versions of
    secrets, the ids that references were resolved to, and the natural key that the entity has afterwards."""

    attributes: Attributes = field(default_factory=dict)
    secrets: Mapping[str, int] = field(default_factory=dict)
    references: Mapping[str, Value] = field(default_factory=dict)
    natural_key: tuple[Value, ...] = ()
    personal: Attributes = field(default_factory=dict)


@dataclass
class Courier:
    """Sends the requests of a run's changes, each with its intent before and its outcome after.

    ``highest`` is the greatest numeric id known of a kind on a connection: where a lost create is looked for.
    """

    run: str
    writer: Writer
    highest: dict[tuple[str, str], int]

    async def drive(self, link: Link, change: Change, load: Load, changing: Changing[T]) -> T:
        """Runs a change's generator to its end and gives its result.

        Raises Unsettled where the outcome of a request is unknown, and what the engine raises otherwise.
        """
        written: frozenset[str] = frozenset()
        try:
            request = next(changing)
            while True:
                try:
                    answer = await self._deliver(link, change, load, request)
                except VendorError as error:
                    request = changing.throw(error)  # it may say how far it came
                    continue
                written |= request.paths
                if request.new_id is not None:  # what follows goes to the entity that was made
                    change = replace(change, id=request.new_id(answer))
                request = changing.send(answer)
        except StopIteration as end:
            result: T = end.value
            return result
        except VendorError as error:
            _add_how_far(error, load, written)
            raise
        finally:
            changing.close()

    async def _deliver(self, link: Link, change: Change, load: Load, request: Request) -> Answer:
        if request.effect is Effect.READ:
            return await link.engine.send(request)
        if link.offer(change.address.kind).serial_writes:
            async with link.one_at_a_time:
                return await self._journalled(link, change, load, request)
        return await self._journalled(link, change, load, request)

    async def _journalled(self, link: Link, change: Change, load: Load, request: Request) -> Answer:
        intent = self._intent(link, change, load, request)
        await self.writer.append(IntentMade(intent))
        try:
            answer = await link.engine.send(request)
            vendor_id = request.new_id(answer) if request.new_id else None
        except OutcomeUnknown as error:
            await self.writer.append(Outcome(intent.id, Result.UNKNOWN, detail=error.message))
            raise Unsettled(intent, error) from error
        except (Rejected, Unauthorized, RateLimited, NotNow, Unreachable, NotFound) as error:
            await self.writer.append(Outcome(intent.id, _no_effect(intent, error), detail=error.message))
            raise
        await self.writer.append(Outcome(intent.id, Result.DONE, vendor_id))
        self._remember(change, vendor_id)
        return answer

    def _remember(self, change: Change, vendor_id: VendorId | None) -> None:
        if vendor_id is not None and vendor_id.isdecimal():
            place = (change.address.connection, change.address.kind)
            self.highest[place] = max(self.highest.get(place, 0), int(vendor_id))

    def _intent(self, link: Link, change: Change, load: Load, request: Request) -> Intent:
        offer = link.offer(change.address.kind)
        intent = Intent(
            id=self.writer.next_intent_id(),
            run=self.run,
            change=change.key,
            address=change.address,
            account=link.account,
            kind=change.address.kind,
            verb=str(request.effect),
            natural_key=load.natural_key,
            vendor_id=None if request.effect is Effect.CREATE else change.id,
            highest=self.highest.get((change.address.connection, change.address.kind)),
            file=change.file,
            personal=load.personal,
            soft=offer.deleted is not Deleted.ABSENT,
        )
        if request.effect is Effect.DELETE:
            return intent
        return _loaded(intent, offer, load, request)


def _loaded(intent: Intent, offer: Offer, load: Load, request: Request) -> Intent:
    """The intent with the fields that this request sets; all of them where the kind keeps its whole last body."""
    whole = not offer.readable

    def carried(values: Mapping[str, Any]) -> dict[str, Any]:
        return {path: value for path, value in values.items() if whole or not request.paths or path in request.paths}

    secrets = {path: version for path, version in load.secrets.items() if not request.paths or path in request.paths}
    attributes = carried(load.attributes)
    return replace(
        intent,
        attributes=attributes,
        secrets=secrets,
        references={path: value for path, value in load.references.items() if path in attributes},
        digest=digest([attributes, secrets]),
        whole=whole,
    )


def _add_how_far(error: VendorError, load: Load, written: frozenset[str]) -> None:
    """Says of a change that failed between two requests which of its fields are written all the same."""
    fields = {*load.attributes, *load.secrets}
    if fields & written:
        named = ", ".join(f"`{path}`" for path in sorted(fields & written))
        error.message += f"; {len(fields & written)} of {len(fields)} fields were written before: {named}"
        error.args = (error.message,)


def _no_effect(intent: Intent, error: VendorError) -> Result:
    """404 to an update means that there is nothing to update: the binding is dropped (design section 5)."""
    return Result.GONE if isinstance(error, NotFound) and intent.verb == "update" else Result.NO_EFFECT
