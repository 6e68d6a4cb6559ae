"""CSV files of what a table shows: every row of its filter and sort, at full precision, harmless to a spreadsheet."""

from __future__ import annotations

import csv
import datetime as dt
import io
import math
import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

Cell = str | float | int | bool | dt.datetime | None
_FORMULA = ("=", "+", "-", "@", "＝", "＋", "－", "＠")
_OBEYED = re.compile(
    "[\x00-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u2069\ud800-\udfff\ufeff\U000e0000-\U000e007f]"
)
"""What a terminal or a reader of the file would act upon, or that turns the direction of what follows."""


@dataclass(frozen=True, slots=True)
class Exported:
    """A table to write. `name` goes into the file's name; headers carry their units (`rx_pct`, `latency_ms`).

    Text is `str`; a time is a `datetime`; NaN and None are unknown and come out empty.
    """

    name: str
    headers: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]


def instant(seconds: float) -> dt.datetime | None:
    """UTC epoch seconds as a datetime; None for unknown."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if math.isfinite(seconds) else None


def number(value: float | np.floating[Any]) -> float | None:
    """A number at full precision; None for unknown. A float32 becomes the shortest number that reads back as it."""
    if not math.isfinite(value):
        return None
    return float(str(value)) if isinstance(value, np.float32) else float(value)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula, blanks before it or not, and no terminal obeys."""
    text = text if text.isprintable() else _OBEYED.sub("·", text)
    return "'" + text if text.lstrip().startswith(_FORMULA) else text


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime):
        return cell.astimezone(dt.UTC).isoformat(timespec="auto").replace("+00:00", "Z")
    if isinstance(cell, str):
        return safe(cell)
    if not math.isfinite(cell):
        return ""
    return str(int(cell)) if float(cell).is_integer() and abs(cell) < 1e15 else repr(float(cell))


def csv_text(table: Exported) -> str:
    """The file's text (RFC 4180 quoting, lines ended by CR LF)."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.headers)
    writer.writerows([_written(cell) for cell in row] for row in table.rows)
    return out.getvalue()


def file_name(name: str, now: float) -> str:
    """`noctui-circuits-20261123T031407Z.csv`."""
    return f"noctui-{name}-{dt.datetime.fromtimestamp(now, dt.UTC):%Y%m%dT%H%M%SZ}.csv"


def write(table: Exported, folder: Path, now: float) -> Path:
    """Write the table into `folder`, whole or not at all; returns where it is. Raises OSError.

    A file of that second that exists already is not overwritten: the new one gets a number.
    """
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".noctui-", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(csv_text(table))
            file.flush()
            os.fsync(file.fileno())
        target = _link(Path(temporary), folder, file_name(table.name, now))
    finally:
        Path(temporary).unlink(missing_ok=True)
    return target


def _link(temporary: Path, folder: Path, name: str) -> Path:
    """Give the finished file its name; a hard link fails where the name is taken, and that is what we want."""
    stem, end = name.rsplit(".", 1)
    for attempt in _attempts(stem, end):
        target = folder / attempt
        try:
            os.link(temporary, target)
        except FileExistsError:
            continue
        except OSError:  # a folder without hard links: rename, after looking
            if target.exists():
                continue
            temporary.replace(target)
        return target
    raise OSError(f"{folder}: no free name for {name}")


def _attempts(stem: str, end: str) -> Iterable[str]:
    yield f"{stem}.{end}"
    for n in range(2, 1000):
        yield f"{stem}-{n}.{end}"
