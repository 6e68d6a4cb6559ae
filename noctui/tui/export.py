"""What a table shows as CSV or JSON: every row of its filter and sort, at full precision, harmless to a spreadsheet and
to a terminal."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
import os
import re
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

Cell = str | float | int | bool | dt.datetime | None
Row = Sequence[Cell]
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
    rows: Sequence[Row]


def instant(seconds: float) -> dt.datetime | None:
    """UTC epoch seconds as a datetime; None for unknown."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC) if math.isfinite(seconds) else None


def number(value: float | np.floating[Any]) -> float | None:
    """A number at full precision; None for unknown. A float32 becomes the shortest number that reads back as it."""
    if not math.isfinite(value):
        return None
    return float(str(value)) if isinstance(value, np.float32) else float(value)


def measured(value: float | np.floating[Any]) -> float | None:
    """The same of a value that a sample brought: those are float32, whatever width they travelled in."""
    return number(np.float32(value)) if np.float32(value) == value else number(value)


def safe(text: str) -> str:
    """Text that no spreadsheet takes for a formula, blanks before it or not, and no terminal obeys."""
    text = text if text.isprintable() else _OBEYED.sub("·", text)
    return "'" + text if text.lstrip().startswith(_FORMULA) else text


def _instant(at: dt.datetime) -> str:
    return at.astimezone(dt.UTC).isoformat(timespec="auto").replace("+00:00", "Z")


def _number(value: float) -> float | int | None:
    """None for what is no number; a whole one without a point."""
    if not math.isfinite(value):
        return None
    return int(value) if float(value).is_integer() and abs(value) < 1e15 else float(value)


def _written(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, dt.datetime):
        return _instant(cell)
    if isinstance(cell, str):
        return safe(cell)
    value = _number(cell)
    return "" if value is None else str(value) if isinstance(value, int) else repr(value)


class Form(Protocol):
    """How rows become text, a part at a time: `begin`, then `rows` any number of times, then `end`."""

    def begin(self, headers: Sequence[str], meta: Mapping[str, Any] | None = None) -> str: ...

    def rows(self, rows: Iterable[Row]) -> str: ...

    def end(self) -> str: ...


class Csv:
    """RFC 4180 quoting, lines ended by CR LF. It has no place for `meta`."""

    def begin(self, headers: Sequence[str], meta: Mapping[str, Any] | None = None) -> str:
        return self._lines([headers])

    def rows(self, rows: Iterable[Row]) -> str:
        return self._lines([_written(cell) for cell in row] for row in rows)

    def end(self) -> str:
        return ""

    @staticmethod
    def _lines(rows: Iterable[Sequence[str]]) -> str:
        out = io.StringIO()
        csv.writer(out, lineterminator="\r\n").writerows(rows)
        return out.getvalue()


class NdJson:
    """An object a line. `meta` comes first, as `{"meta": {…}}`."""

    def __init__(self) -> None:
        self._keys: tuple[str, ...] = ()

    def begin(self, headers: Sequence[str], meta: Mapping[str, Any] | None = None) -> str:
        self._keys = tuple(headers)
        return "" if meta is None else f"{json_text({'meta': meta})}\n"

    def rows(self, rows: Iterable[Row]) -> str:
        return "".join(f"{self._object(row)}\n" for row in rows)

    def end(self) -> str:
        return ""

    def _object(self, row: Row) -> str:
        return json_text(dict(zip(self._keys, map(_value, row), strict=True)))


class Json(NdJson):
    """One array of objects, an object a line; `meta` is its first one."""

    def __init__(self) -> None:
        super().__init__()
        self._between = "[\n"

    def begin(self, headers: Sequence[str], meta: Mapping[str, Any] | None = None) -> str:
        first = super().begin(headers, meta).rstrip("\n")
        return self._next(first) if first else ""

    def rows(self, rows: Iterable[Row]) -> str:
        return "".join(self._next(self._object(row)) for row in rows)

    def end(self) -> str:
        return "[]\n" if self._between == "[\n" else "\n]\n"

    def _next(self, text: str) -> str:
        between, self._between = self._between, ",\n"
        return between + text


FORMS: dict[str, type[Form]] = {"csv": Csv, "json": Json, "ndjson": NdJson}


def _value(cell: Cell) -> str | float | int | bool | None:
    """A cell as JSON knows it."""
    if cell is None or isinstance(cell, str | bool):
        return cell
    return _instant(cell) if isinstance(cell, dt.datetime) else _number(cell)


def json_text(value: Any) -> str:
    """JSON in one line, letters of all languages as they are; what a terminal would obey is escaped, and reads back as
    it was."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False)
    return text if text.isprintable() else _OBEYED.sub(_escaped, text)


def _escaped(found: re.Match[str]) -> str:
    return json.dumps(found[0])[1:-1]


def csv_text(table: Exported) -> str:
    """The table as a CSV file."""
    return form_text(table, "csv")


def form_text(table: Exported, form: str) -> str:
    """The table as a file of this form, one of `FORMS`."""
    made = FORMS[form]()
    return made.begin(table.headers) + made.rows(table.rows) + made.end()


def file_name(name: str, now: float) -> str:
    """`noctui-circuits-20261123T031407Z.csv`."""
    return f"noctui-{name}-{stamp(now)}.csv"


def stamp(at: float) -> str:
    """`20261123T031407Z`, as file names have it."""
    return f"{dt.datetime.fromtimestamp(at, dt.UTC):%Y%m%dT%H%M%SZ}"


def write(table: Exported, folder: Path, now: float) -> Path:
    """Write the table into `folder`, whole or not at all; returns where it is. Raises OSError.

    A file of that second that exists already is not overwritten: the new one gets a number.
    """
    return _write(table, folder / file_name(table.name, now), "csv")


def write_as(table: Exported, file: Path) -> Path:
    """Write the table into this file, as JSON where its name ends so; a file of that name is not overwritten, the new
    one gets a number. Returns where it is. Raises OSError."""
    end = file.suffix.removeprefix(".").lower()
    if file.name in ("", ".", "..") or "\0" in str(file):
        raise OSError(f"{file} names no file")
    return _write(table, file if file.suffix else file.with_name(f"{file.name}.csv"), end if end in FORMS else "csv")


def _write(table: Exported, wanted: Path, form: str) -> Path:
    folder = wanted.parent
    folder.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(prefix=".noctui-", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(form_text(table, form))
            file.flush()
            os.fsync(file.fileno())
        target = _link(Path(temporary), folder, wanted.name)
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
