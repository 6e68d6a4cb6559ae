"""CSV, JSON and lines of JSON: whatever cells hold reads back as it was, and nothing in the text is ever obeyed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.tui.export import _OBEYED, FORMS, Cell, Csv, Json, NdJson, safe

ODD = "aZ0 =+-@'\",;|\r\n\t\x00\x07\x1b\x7f\x85\x9b\xad\u202e\u2028\ufeff\ud800＝é東🏬\U000e0041"
"""Letters, and everything that CSV, JSON, a spreadsheet or a terminal may take for something else."""
TEXTS = st.text(ODD, max_size=12)
TIMES = st.datetimes(dt.datetime(1970, 1, 1), dt.datetime(2200, 1, 1), timezones=st.just(dt.UTC))
CELLS: st.SearchStrategy[Cell] = (
    st.none() | st.booleans() | TEXTS | st.integers(-(10**14), 10**14) | st.floats() | TIMES
)
TABLES = st.lists(st.tuples(CELLS, CELLS), max_size=6)
HEADERS = ("first", "second")


def told(cell: Cell) -> Any:
    """What JSON has of a cell: unknown is null, a time is ISO 8601 in UTC."""
    if isinstance(cell, dt.datetime):
        return cell.isoformat().replace("+00:00", "Z")
    return None if isinstance(cell, float) and not math.isfinite(cell) else cell


def text_of(form: str, rows: list[tuple[Cell, Cell]], cut: int, meta: dict[str, Any] | None = None) -> str:
    """Written in two parts, as a long table is."""
    made = FORMS[form]()
    return made.begin(HEADERS, meta) + made.rows(rows[:cut]) + made.rows(rows[cut:]) + made.end()


@given(TABLES, st.integers(0, 6))
def test_json_reads_back_as_it_was(rows: list[tuple[Cell, Cell]], cut: int) -> None:
    wanted = [dict(zip(HEADERS, map(told, row), strict=True)) for row in rows]
    assert json.loads(text_of("json", rows, cut)) == wanted
    lines = text_of("ndjson", rows, cut).split("\n")
    assert [json.loads(line) for line in lines[:-1]] == wanted
    assert lines[-1] == ""


@given(TABLES, st.integers(0, 6))
def test_csv_reads_back_disarmed(rows: list[tuple[Cell, Cell]], cut: int) -> None:
    back = list(csv.reader(io.StringIO(text_of("csv", rows, cut), newline="")))
    assert back[0] == list(HEADERS)
    assert len(back) == len(rows) + 1
    for row, read in zip(rows, back[1:], strict=True):
        for cell, text in zip(row, read, strict=True):
            if isinstance(cell, str):
                assert text == safe(cell)
            elif isinstance(cell, bool) or told(cell) is None:
                assert text == ("" if told(cell) is None else str(cell).lower())
            elif isinstance(cell, dt.datetime):
                assert dt.datetime.fromisoformat(text) == cell
            else:
                assert float(text) == cell


@pytest.mark.parametrize("form", list(FORMS))
@given(rows=TABLES)
def test_a_terminal_obeys_nothing_of_it(form: str, rows: list[tuple[Cell, Cell]]) -> None:
    text = text_of(form, rows, 1, None if form == "csv" else {"org": "\x1b]0;x\x07"})
    assert _OBEYED.search(text.replace("\r\n", "").replace("\n", "")) is None
    text.encode()  # no half of a character either


def test_a_table_without_rows_is_a_table() -> None:
    assert text_of("json", [], 0) == "[]\n"
    assert text_of("ndjson", [], 0) == ""
    assert text_of("csv", [], 0) == "first,second\r\n"
    assert json.loads(text_of("json", [], 0, {"at": 1})) == [{"meta": {"at": 1}}]


def test_what_the_rows_are_of_stands_before_them() -> None:
    rows: list[tuple[Cell, Cell]] = [("x", 1)]
    assert json.loads(text_of("json", rows, 1, {"at": 1})) == [{"meta": {"at": 1}}, {"first": "x", "second": 1}]
    assert text_of("ndjson", rows, 0, {"at": 1}) == '{"meta": {"at": 1}}\n{"first": "x", "second": 1}\n'


def test_numbers_are_numbers_and_names_are_as_people_write_them() -> None:
    made = NdJson()
    made.begin(("name", "rate", "share", "down"))
    assert made.rows([("Málaga 東京", 3e8, 93.4, math.nan)]) == (
        '{"name": "Málaga 東京", "rate": 300000000, "share": 93.4, "down": null}\n'
    )
    assert Csv().rows([("Málaga", 3e8, 93.4, math.nan)]) == "Málaga,300000000,93.4,\r\n"
    assert Json().begin(("a",)) == ""
