"""The rows as one Markdown table, and as JSON."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import textual

from bench.rows import ANY, Row


def machine() -> str:
    """What it was measured on."""
    load = ", ".join(f"{x:.1f}" for x in os.getloadavg())
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"Textual {textual.__version__}, numpy {np.__version__}; load {load}"
    )


Last = Mapping[tuple[str, int], float]
"""(what, circuits) → its value in an earlier run."""


def last_of(file: Path) -> Last:
    """The figures of an earlier run; none when it left no file, or one that is not ours."""
    try:
        return {(row["what"], row["circuits"]): float(row["value"]) for row in json.loads(file.read_bytes())["rows"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def missed(rows: Sequence[Row]) -> list[str]:
    """A line for each budget that was missed: by how much."""
    lines = []
    for row in rows:
        if row.budget is not None and not row.value <= row.budget:
            by = f"{figure(row.value, row.unit)}, budget {figure(row.budget, row.unit)}"
        elif row.missed:
            by = f"{_ratio(row)} of {row.peer}"
        else:
            continue
        lines.append(f"{row.what}{f', {row.circuits:,} circuits' if row.circuits != ANY else ''}: {by}")
    return lines


def table(rows: Sequence[Row], sizes: Sequence[int], last: Last | None = None) -> str:
    """One line per thing measured, one column per size of network; beside it how it has changed since the last run."""
    last = last or {}
    since = ["last run"] if last else []
    titles = ["what", "budget", *(f"{n:,} circuits" for n in sizes), *since, "beside it", "ratio", ""]
    right = ["---", "---:", *("---:" for _ in sizes), *("---:" for _ in since), "---", "---:", "---"]
    lines = [_line(titles), _line(right)]
    for what in dict.fromkeys(row.what for row in rows):
        same = [row for row in rows if row.what == what]
        lines.append(_line(_cells(same, sizes, last)))
    notes = list(dict.fromkeys(row.note for row in rows if row.note))
    return "\n".join([*lines, "", *(f"- {note}" for note in notes)])


def plain(rows: Sequence[Row]) -> list[dict[str, Any]]:
    """For JSON."""
    return [{**asdict(row), "ratio": row.ratio, "missed": row.missed} for row in rows]


def _cells(rows: list[Row], sizes: Sequence[int], last: Last) -> list[str]:
    by_size = {row.circuits: row for row in rows}
    one = by_size.get(ANY)
    shown = [by_size.get(n, one) for n in sizes]
    have = [row for row in shown if row is not None]
    return [
        rows[0].what,
        _both([_limit(row) for row in have]),
        *("" if row is None else figure(row.value, row.unit) for row in shown),
        *([_both([_change(row, last) for row in have])] if last else []),
        " ".join((have[0].peer, _both([_peer(row) for row in have]))) if have and have[0].peer else "",
        _both([_ratio(row) for row in have]),
        _verdict(have),
    ]


def figure(value: float, unit: str) -> str:
    """A number as short as its precision allows."""
    if value != value:
        return "–"
    if value >= 100 or value == round(value):
        digits = f"{value:,.0f}"
    else:
        digits = f"{value:.1f}" if value >= 10 else f"{value:.2g}"
    return f"{digits} {unit}".rstrip()


def _limit(row: Row) -> str:
    return "" if row.budget is None else figure(row.budget, row.unit)


def _change(row: Row, last: Last) -> str:
    """`432 ms, +9 %`: what it was, and how much more it is now."""
    before = last.get((row.what, row.circuits))
    if before is None:
        return ""
    change = f", {100.0 * (row.value / before - 1.0):+.0f} %" if before else ""
    return f"{figure(before, row.unit)}{change}"


def _peer(row: Row) -> str:
    return "" if row.peer_value is None else figure(row.peer_value, row.unit)


def _ratio(row: Row) -> str:
    if row.ratio is None:
        return ""
    return f"{row.ratio:.0f}×" + ("" if row.least is None else f" of {row.least:.0f}×")


def _verdict(rows: list[Row]) -> str:
    if all(row.budget is None and row.least is None for row in rows):
        return ""
    missed = [row for row in rows if row.missed]
    return "MISSED" if missed else "ok"


def _both(texts: Sequence[str]) -> str:
    """`3 ms; 25 ms`, or once when they are the same."""
    return "; ".join(dict.fromkeys(text for text in texts if text))


def _line(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
