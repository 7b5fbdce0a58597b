"""A comment is never longer than its host takes, and what it quotes stays a quotation."""

from __future__ import annotations

from provisioner.ci.bodies import SHORTENED, text_body

MARKER, FOOT = "<!-- mark -->", "`here`"


def wide(text: str) -> int:
    """Characters as a host counts that counts in UTF-16."""
    return len(text.encode("utf-16-le")) // 2


def body(text: str, limit: int = 500) -> str:
    return text_body(MARKER, "Title", text, foot=FOOT, limit=limit)


def test_what_fits_is_whole() -> None:
    """Between the marker and the foot."""
    assert body("one\ntwo\n") == f"{MARKER}\n### Title\n\n<pre>\none\ntwo\n</pre>\n\n{FOOT}"


def test_what_does_not_fit_is_cut_between_lines() -> None:
    """The first lines are kept, and it says that there is more; pictures and escaped letters count as they are long."""
    for line in ("a line", "<&>", "\U0001f600" * 10):
        told = body(f"{line}\n" * 200)

        assert 400 < wide(told) <= 500
        assert f"{SHORTENED}\n</pre>" in told
        assert told.endswith(FOOT)


def test_a_quotation_cannot_be_ended() -> None:
    """Neither by markup nor by a character that steers."""
    told = body("</pre>\n@everybody <img src=x>\n\x1b[31m\u202e")

    assert told.count("</pre>") == 1
    assert "<img" not in told
    assert "\x1b" not in told
