"""Measures, compares with the limits and with the last time, and exits 1 when a figure does not hold.

make bench                                          everything
.venv/bin/python -m benchmarks validating           one module of this folder
.venv/bin/python -m benchmarks --write              and keep the figures, in figures.json and docs/performance.md
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence

from benchmarks import record
from benchmarks.harness import Figure, Verdict, judged, measured, modules
from benchmarks.record import Record

Benches = Mapping[str, Callable[[], Iterable[Figure]]]
"""What measures, by the name of its module."""


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help="modules of this folder; default: all")
    parser.add_argument("--write", action="store_true", help="keep the figures; counts may then differ from the last")
    asked = parser.parse_args(arguments)
    known = {name: module.figures for name, module in modules()}
    unknown = [name for name in asked.names if name not in known]
    if unknown:
        parser.error(f"no module of benchmarks/ named {unknown[0]} has figures; there are {', '.join(known)}")
    benches = {name: figures for name, figures in known.items() if not asked.names or name in asked.names}
    kept, held = run(benches, record.load(), writing=asked.write)
    if asked.write:
        record.save(kept)
        record.write_page(kept)
    return 0 if held else 1


def run(benches: Benches, kept: Record, *, writing: bool) -> tuple[Record, bool]:
    """Measures and prints; gives the record brought up to date, and whether every figure holds.

    Who is ``writing`` accepts what differs from the last time; limits hold all the same.
    """
    failed = False
    for name, figures in benches.items():
        _say(f"\n{name}")
        before = {figure: recorded.figure for figure, recorded in kept.get(name, {}).items()}
        found = measured(figures)
        for figure in found:
            last = before[figure.name].value if figure.name in before else None
            verdict = judged(figure, None if writing else last)
            failed = failed or verdict.fails
            _say(_line(figure, record.shown(figure.value, figure.unit), last, verdict))
        for lost in [] if writing else before.keys() - {figure.name for figure in found}:
            failed = True
            _say(_line(before[lost], "-", before[lost].value, Verdict.GONE))
        kept = record.updated(kept, name, found)
    _say("\nnot all figures hold" if failed else "\nall figures hold")
    return kept, not failed


def _line(figure: Figure, value: str, last: float | None, verdict: Verdict) -> str:
    previous = record.shown(last, figure.unit)
    return f"  {figure.name:52} {value:>18}  {record.limit(figure):>24}  last {previous:>16}  {verdict}"


def _say(line: str) -> None:
    print(line, flush=True)  # noqa: T201 (it is a report)


if __name__ == "__main__":
    sys.exit(main())
