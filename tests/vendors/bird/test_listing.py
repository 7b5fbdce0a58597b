"""A listing is believed only where it can have held everything."""

from __future__ import annotations

import pytest

from provisioner.errors import VendorFailed
from provisioner.vendors.base import Answer
from tests.vendors.bird.playing import BELOW, adapter, ok, page, read

ONE, TWO, THREE = ({"id": f"t-{number}", "name": f"Team {number}"} for number in (1, 2, 3))


def test_pages_are_followed_to_the_end() -> None:
    """A hundred at a time, by the token of the page before; an empty token ends it as a missing one does."""
    asked, listing = read(
        adapter("teams").find_all(), page(ONE, following="n e", total=3), page(TWO, THREE, following="", total=3)
    )

    assert [(request.path, dict(request.query)) for request in asked] == [
        (f"{BELOW}/teams", {"limit": "100"}),
        (f"{BELOW}/teams", {"limit": "100", "pageToken": "n e"}),
    ]
    assert [entity.id for entity in listing.entities] == ["t-1", "t-2", "t-3"]
    assert listing.incomplete is None


@pytest.mark.parametrize(
    ("pages", "why"),
    [
        ((page(ONE, following="a"), page(ONE)), "repeats id t-1"),
        ((page(ONE, following="a"), page(TWO, following="a")), "read before"),
        ((page(ONE, following="a", total=3), page(TWO, total=2)), "fell from 3 to 2"),
        ((page(ONE, following="a", total=3), page(TWO, total=3)), "`total` says 3, and 2 were listed"),
        ((page(total=1),), "`total` says 1, and 0 were listed"),
        (tuple(page(following=f"{number}", total=5) for number in range(10)), "10 pages in a row are empty"),
        ((page(ONE, following="a"), page(following="b")), "page 2 of the listing is empty and names another"),
    ],
)
def test_what_cannot_have_been_all_is_said(pages: tuple[Answer, ...], why: str) -> None:
    """A page that repeats, a total that falls or exceeds what was read: nothing proves absence then."""
    _, listing = read(adapter("teams").find_all(), *pages)

    assert listing.incomplete is not None
    assert why in listing.incomplete


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, "<html>maintenance</html>"),
        ok([]),
        ok({}),
        ok({"results": None}),
        ok({"results": ["t-1"]}),
        ok({"results": [{"name": "Team 1"}]}),
        ok({"results": [{"id": "t-1"}]}),
        ok({"results": [ONE], "nextPageToken": 7}),
    ],
)
def test_what_is_no_page_fails(answer: Answer) -> None:
    """HTML, a missing list, an item without an id or a name: the read failed, and proves nothing."""
    with pytest.raises(VendorFailed, match="cannot be used"):
        read(adapter("teams").find_all(), answer)
