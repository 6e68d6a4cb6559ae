"""`python -m bench`: measures, then prints one Markdown table."""

from __future__ import annotations

import argparse
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from bench.report import last_of, machine, missed, plain, table
from bench.rows import How, Row
from bench.terminal import BrokenError

LAST = Path(__file__).parent / ".last.json"
"""The figures of the last whole run, to compare the next one with."""
AREAS = (
    "start", "table", "lanes", "engine", "alarms", "loop", "sweep", "history", "memory", "org", "rollups", "bus",
    "sync",
)  # fmt: skip


def main(argv: Sequence[str] | None = None) -> int:
    """Run the benchmark. Exit codes: 0 measured (missed budgets too), 1 an area broke, 2 usage."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--only", action="append", choices=AREAS, metavar="NAME", help=f"one of {', '.join(AREAS)}")
    parser.add_argument("--circuits", type=_sizes, default=None, metavar="N,N", help="sizes (10000,100000)")
    parser.add_argument("--quick", action="store_true", help="small and short: only to see that it runs")
    parser.add_argument("--long", action="store_true", help="watch the event loop for 10 minutes instead of one")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the rows there (bench/.last.json)")
    parser.add_argument("--against", type=Path, metavar="FILE", help="compare with that run (the last one)")
    args = parser.parse_args(argv)
    sizes = args.circuits or ([500] if args.quick else [10_000, 100_000])
    rows: list[Row] = []
    broken: list[str] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="noctui-bench-") as folder:
        how = How(Path(folder), quick=args.quick, long=args.long)
        for name in args.only or AREAS:
            began = time.monotonic()
            _say(f"{name} …")
            try:
                for row in importlib.import_module(f"bench.{name}").measure(sizes, how):
                    rows.append(row)
                    _say(f"  {row.what}, {row.circuits:,}: {row.value:.4g} {row.unit}{' MISSED' if row.missed else ''}")
            except (BrokenError, subprocess.SubprocessError, OSError) as error:  # the other areas are worth having
                broken.append(name)
                _say(f"  {name} broke: {error}")
            _say(f"  {time.monotonic() - began:.0f} s, load {os.getloadavg()[0]:.1f}")
    took = time.monotonic() - started
    print(machine())
    print()
    keep = args.json or (None if args.quick else LAST)
    print(table(rows, sizes, last_of(args.against or LAST) if args.against or not args.quick else None))
    print(f"- It all took {took / 60:.0f} min." + "".join(f" {name} broke: see above." for name in broken))
    for line in missed(rows):
        print(f"- MISSED: {line}")
    if keep is not None:
        keep.write_text(json.dumps({"machine": machine(), "rows": plain(rows)}, indent=1))
    return 1 if broken else 0


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _sizes(text: str) -> list[int]:
    try:
        sizes = [int(part) for part in text.split(",")]
    except ValueError:
        sizes = []
    if not sizes or any(n < 10 or n > 200_000 for n in sizes):
        raise argparse.ArgumentTypeError("must be numbers from 10 to 200000, as in 10000,100000")
    return sizes


if __name__ == "__main__":
    raise SystemExit(main())
