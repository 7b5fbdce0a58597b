"""Every request of the adapter, as it goes out, against the document that the simulator is held against too."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from provisioner.vendors.maqsam.listing import page
from provisioner.vendors.sealing import seal
from tests.specs import check_request, load
from tests.vendors.maqsam.playing import session


@pytest.mark.parametrize("number", [1, 2, 101])
def test_every_page_is_as_described(number: int) -> None:
    """Neither query nor body; the number is part of the path."""
    sealed = seal("https://api.maqsam.com", session().sign(page(number)), connection="voice")
    parts = urlsplit(sealed.url)

    check_request(load("maqsam"), sealed.method, parts.path, {}, sealed.content, headers=dict(sealed.headers))
    assert (parts.query, sealed.content) == ("", None)
