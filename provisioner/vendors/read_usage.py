"""How is the use of accounts asked for? Each connection by itself, and a failure never counts as nobody being there."""

from __future__ import annotations

from collections.abc import Mapping

from provisioner.errors import VendorError
from provisioner.vendors.concurrently import each
from provisioner.vendors.read import Reader, in_words
from provisioner.vendors.usage import Licence, Usage, UsageWant


async def read_usage(readers: Mapping[str, Reader], wants: Mapping[str, UsageWant]) -> Mapping[str, Usage]:
    """What every connection answers that something is wanted of, all at the same time."""
    found: dict[str, Usage] = {}

    async def one(connection: str) -> None:
        found[connection] = await _usage(readers[connection], wants[connection])

    await each(sorted(wants), one, at_once=len(wants))
    return {connection: found[connection] for connection in sorted(found)}


async def _usage(reader: Reader, want: UsageWant) -> Usage:
    licences: Mapping[str, Licence] = {}
    licence_failure = None
    if want.licences:
        try:
            licences = await reader.read(reader.session.licences())
        except VendorError as error:
            licence_failure = in_words(error)
    in_use, failures = {}, {}
    for kind, ids in sorted(want.ids.items()):
        try:
            in_use[kind] = await reader.read(reader.session.adapter(kind).in_use(sorted(ids)))
        except VendorError as error:
            failures[kind] = in_words(error)
    return Usage(licences, licence_failure, in_use, failures)
