"""Binding entities that are there already, outside of an apply: what ``import`` and ``export --adopt`` write."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence

from provisioner.apply.binding import adopted
from provisioner.cli.applying import command_line, who
from provisioner.cli.tenant import now
from provisioner.errors import PlanRefused
from provisioner.plan import accounts
from provisioner.plan.desired import Desired
from provisioner.plan.document import Action, Change, Plan
from provisioner.state.document import Document, Run
from provisioner.state.entries import ChangeDone, Put, RunFinished, RunStarted
from provisioner.state.writer import Writer
from provisioner.vendors.live import Live


def check_account(desired: Desired, document: Document, connection: str) -> None:
    """Raises PlanRefused where the record is another tenant's, or knows another account behind the connection."""
    if document.tenant and document.tenant != desired.tenant:
        raise PlanRefused(
            f"the state is that of tenant `{document.tenant}`, and the manifests are those of `{desired.tenant}`",
            hint="name the right folder with `-C`",
        )
    if accounts.standing(desired, document, connection) is not accounts.Standing.SAME:
        raise PlanRefused(
            f"connection `{connection}` leads to another account than the state knows, or its key was only ever sent "
            "to another one",
            hint="`provisioner plan` says which, and how to go on",
        )


async def bind(
    writer: Writer, plan: Plan, live: Live, connection: str, credentials: Mapping[str, tuple[str, ...]]
) -> Sequence[Change]:
    """Writes the plan's adoptions on one connection into the record, and nothing to any vendor; gives them.

    ``live`` is what the plan was made from. It counts as one run, so that the serial rises once and the history tells
    of it.
    """
    run = Run(id=str(uuid.uuid4()), plan=plan.digest, started=now(), who=who(), command=command_line())
    account = plan.accounts[connection]
    known = {ref: (account,) for ref, to in credentials.items() if account in to}
    await writer.append(RunStarted(run, plan.tenant, {connection: account}, known))
    bound = [change for change in plan.changes if change.action is Action.ADOPT]
    for change in bound:
        seen = live.seen(connection, change.address.kind)
        if seen is None or change.id is None:
            raise AssertionError(f"{change.key} was adopted without having been seen")
        entity = seen.entity(change.id)
        attributes = entity.attributes if entity is not None else change.after or {}
        key = seen.offer.natural_key(attributes) or ()
        kept = writer.bound(change.address)
        await writer.append(Put(adopted(change, account, key, seen.offer, kept)), durable=False)
        await writer.append(ChangeDone(run.id, change.key), durable=False)
    await writer.append(RunFinished(run.id, completed=True, at=now(), totals={"done": len(bound)}))
    return bound
