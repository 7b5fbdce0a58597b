"""The harness of ``make bench`` judges rightly; nothing here is timed."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from benchmarks import record
from benchmarks.__main__ import main, run
from benchmarks.harness import ATTEMPTS, Cost, Figure, Verdict, best, in_turns, judged, measured, modules, of_process
from benchmarks.record import END, START, Record

ROOT = Path(__file__).parent.parent


def a_ratio(value: float = 1.0, limit: float | None = 2.0) -> Figure:
    return Figure("plan / bare loop", value, limit)


def a_count(value: float = 100, limit: float | None = 100) -> Figure:
    return Figure("requests", value, limit, "requests", exact=True)


@pytest.mark.parametrize(
    ("figure", "recorded", "verdict"),
    [
        (a_ratio(2.0), None, Verdict.KEPT),
        (a_ratio(2.01), None, Verdict.OVER),
        (a_ratio(1.9), 1.0, Verdict.KEPT),
        (a_ratio(9.0, limit=None), 1.0, Verdict.SHOWN),
        (a_count(100), None, Verdict.KEPT),
        (a_count(101), None, Verdict.DIFFERS),
        (a_count(99), None, Verdict.DIFFERS),
        (a_count(100), 99, Verdict.DIFFERS),
        (a_count(100, limit=None), None, Verdict.KEPT),
        (a_count(100, limit=None), 100, Verdict.KEPT),
        (a_count(101, limit=None), 100, Verdict.DIFFERS),
    ],
)
def test_what_holds(figure: Figure, recorded: float | None, verdict: Verdict) -> None:
    """A ratio by its limit alone, a count by its limit and by the last time, exactly."""
    assert judged(figure, recorded) is verdict


def answering(*attempts: Figure) -> Callable[[], Iterator[Figure]]:
    """A benchmark with another figure at each attempt; one too many raises StopIteration, and fails."""
    left = iter(attempts)

    def figures() -> Iterator[Figure]:
        yield next(left)

    return figures


def test_noise_gets_another_attempt() -> None:
    """A ratio over its limit is measured again, and no more often than it needs."""
    assert measured(answering(a_ratio(2.5), a_ratio(1.5))) == (a_ratio(1.5),)


def test_another_attempt_flatters_no_figure_that_held() -> None:
    """A slow moment of what a ratio is set against makes it small, and says nothing."""
    other = replace(a_ratio(), name="memory")
    attempts = iter([(a_ratio(2.5), replace(other, value=1.0)), (a_ratio(1.5), replace(other, value=0.3))])

    figures = measured(lambda: next(attempts))

    assert figures == (a_ratio(1.5), replace(other, value=1.0))


def test_what_stays_over_its_limit_is_over() -> None:
    """Attempts are limited, and the best of them is told."""
    values = [2.5, 2.2, 2.4]
    assert len(values) == ATTEMPTS

    assert measured(answering(*map(a_ratio, values))) == (a_ratio(2.2),)


@pytest.mark.parametrize("limit", [100, None])
def test_a_count_gets_no_second_chance(limit: float | None) -> None:
    """One that was wrong once stays wrong while a ratio beside it is measured again."""
    attempts = iter([(a_ratio(2.5), a_count(101, limit)), (a_ratio(1.5), a_count(100, limit))])

    figures = measured(lambda: next(attempts))

    assert figures == (a_ratio(1.5), a_count(101, limit))


def recorded(*figures: Figure) -> Record:
    return record.updated({}, "planning", figures)


@pytest.mark.parametrize("writing", [False, True])
def test_a_run_fails_when_a_limit_is_passed(writing: bool, capsys: pytest.CaptureFixture[str]) -> None:  # noqa: FBT001
    """Whether the figures are to be kept or not."""
    _, held = run({"planning": lambda: (a_ratio(3.0),)}, recorded(a_ratio(3.0)), writing=writing)

    assert not held
    assert "OVER ITS LIMIT" in capsys.readouterr().out


def test_one_request_more_than_the_last_time_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """Until somebody writes the new count down."""
    benches = {"planning": lambda: (a_count(101, None),)}

    _, held = run(benches, recorded(a_count(100, None)), writing=False)
    kept, accepted = run(benches, recorded(a_count(100, None)), writing=True)

    assert (held, accepted) == (False, True)
    assert "last     100 requests  DIFFERS" in capsys.readouterr().out
    assert kept["planning"]["requests"] == record.Recorded(a_count(101, None), previous=100)


def test_a_figure_that_is_measured_no_more_fails(capsys: pytest.CaptureFixture[str]) -> None:
    """A renamed figure would otherwise lose its gate in silence."""
    benches = {"planning": lambda: (a_ratio(),)}

    _, held = run(benches, recorded(a_ratio(), a_count()), writing=False)
    kept, accepted = run(benches, recorded(a_ratio(), a_count()), writing=True)

    assert (held, accepted) == (False, True)
    assert list(kept["planning"]) == ["plan / bare loop"]
    assert "NOT MEASURED ANY MORE" in capsys.readouterr().out


def test_a_name_that_measures_nothing_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing measured would look like everything in order."""
    with pytest.raises(SystemExit) as ended:
        main(["http_transports"])

    assert ended.value.code != 0
    assert "validating" in capsys.readouterr().err


def test_a_benchmark_joins_by_having_figures() -> None:
    """The folder is walked; there is no list."""
    assert {"starting", "validating"} <= {name for name, _ in modules()}
    assert "harness" not in {name for name, _ in modules()}


def test_the_record_reads_back(tmp_path: Path) -> None:
    """With what was measured before."""
    path = tmp_path / "figures.json"
    kept = record.updated(recorded(a_ratio(1.5), a_count()), "planning", [a_ratio(1.2), a_count()])

    record.save(kept, path)

    assert record.load(path) == kept
    assert record.load(path)["planning"]["plan / bare loop"].previous == 1.5


def test_writing_keeps_what_people_wrote(tmp_path: Path) -> None:
    """Only the table between the two marks is made anew, any number of times."""
    page = tmp_path / "performance.md"
    page.write_text(f"# Ours\n\n{START}\nold\n{END}\n\nBelow.\n")
    kept = record.updated(recorded(a_ratio(1.5)), "planning", [replace(a_ratio(1.234), detail="2,000 agents")])

    record.write_page(kept, page)
    once = page.read_text()
    record.write_page(kept, page)

    assert page.read_text() == once
    assert once.startswith("# Ours\n")
    assert once.endswith("\nBelow.\n")
    assert "old" not in once
    assert "| plan / bare loop | 1.23 x | 1.50 x | ≤ 2 x | 2,000 agents |" in once


def test_the_page_has_a_place_for_the_table() -> None:
    """Both marks, once and in order."""
    page = (ROOT / "docs" / "performance.md").read_text("utf-8")

    assert page.count(START) == page.count(END) == 1
    assert page.index(START) < page.index(END)


def test_rounds_are_taken_in_turns_and_the_best_counts() -> None:
    """So that a slow minute slows all alternatives."""
    order = []

    def taking(name: str, *walls: float) -> Callable[[], Cost]:
        left = iter(walls)

        def cost() -> Cost:
            order.append(name)
            return Cost(next(left), 1.0)

        return cost

    costs = in_turns({"a": taking("a", 3.0, 2.0), "b": taking("b", 4.0, 5.0)}, 2)

    assert order == ["a", "b", "a", "b"]
    assert (costs["a"].wall, costs["b"].wall) == (2.0, 4.0)
    assert best([Cost(3.0, 1.0, 7), Cost(2.0, 2.0, 5)]) == Cost(2.0, 1.0, 5)


def test_the_peak_of_a_process_is_its_own() -> None:
    """Not that of who started it, whose memory a forked child would count as its own."""
    here = bytearray(64 * 1024 * 1024)

    small = of_process([sys.executable, "-c", "pass"])
    large = of_process([sys.executable, "-c", f"bytearray({len(here)})"])

    assert small.memory < len(here) < large.memory


def test_a_process_that_fails_is_no_figure() -> None:
    """A command that ends early would be the quickest of all."""
    with pytest.raises(AssertionError, match="ended with 3: so it is"):
        of_process([sys.executable, "-c", "import sys; sys.stderr.write('so it is'); sys.exit(3)"])
