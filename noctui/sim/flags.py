"""The arguments of `noctui sim mist` that make the simulated cloud ill, and what they mean."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from typing import Any

_PERCENT = {
    "500": ("errors", "of calls answer HTTP 500"),
    "drop": ("drops", "of calls end without an answer"),
    "truncated": ("truncated", "of bodies end in the middle"),
    "absurd": ("absurd", "of bodies make no sense: wrong types, NaN, huge, negative, null, HTML"),
    "empty": ("empty", "of pages come without their rows"),
    "duplicate": ("duplicated", "of pages have rows twice"),
    "429": ("throttled", "of calls answer HTTP 429 though the budget is not used up"),
}
"""Flag → field of Faults, and what it does."""
_SECONDS = {
    "date-skew": ("date_skew", "the Date header is so many seconds ahead"),
    "seen-skew": ("seen_skew", "last_seen is so many seconds ahead"),
}


def add_faults(parser: argparse.ArgumentParser) -> None:
    """`--fault-500-pct 20` and its kind."""
    group = parser.add_argument_group("faults", "POST /sim/faults changes them while the server runs")
    for flag, (_, does) in _PERCENT.items():
        group.add_argument(f"--fault-{flag}-pct", type=_number(0, 100), metavar="P", help=f"P percent {does}")
    group.add_argument("--fault-slow-ms", type=_number(0, 600_000), metavar="MS", help="slow answers take MS more")
    group.add_argument("--fault-slow-pct", type=_number(0, 100), metavar="P", help="how many answers are slow (100)")
    for flag, (_, does) in _SECONDS.items():
        group.add_argument(f"--fault-{flag}-s", type=_number(-1e7, 1e7), metavar="S", help=does)


def faults_of(args: argparse.Namespace) -> dict[str, Any]:
    """The fields of `Faults` that the arguments set."""
    found = {field: getattr(args, f"fault_{flag}_pct") for flag, (field, _) in _PERCENT.items()}
    found |= {field: getattr(args, f"fault_{flag.replace('-', '_')}_s") for flag, (field, _) in _SECONDS.items()}
    if args.fault_slow_ms is not None:
        found["slow_seconds"] = args.fault_slow_ms / 1000.0
        found["slow"] = 100.0 if args.fault_slow_pct is None else args.fault_slow_pct
    return {field: value for field, value in found.items() if value is not None}


def _number(low: float, high: float) -> Callable[[str], float]:
    def number(text: str) -> float:
        try:
            value = float(text)
        except ValueError:
            value = float("nan")
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"must be a number from {low:g} to {high:g}")
        return value

    return number
