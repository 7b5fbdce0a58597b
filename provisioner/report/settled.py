"""What became of a request that had no answer, in a line: asking found it out, before a plan or a drift."""

from __future__ import annotations

from typing import Final

from provisioner.address import Address
from provisioner.state.entries import Settlement

_WORDS: Final = {
    Settlement.DONE: "it was done",
    Settlement.NO_EFFECT: "it had no effect",
    Settlement.GONE: "there is no such entity any more",
    Settlement.STUCK: "nobody can tell what became of it",
}


def settled_note(verb: str, address: Address, result: str) -> str:
    """The note on a request whose outcome was ``result``, a word of Settlement."""
    return f"note: an earlier {verb} of {address} had no answer: {_WORDS[Settlement(result)]}"
