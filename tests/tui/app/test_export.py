"""CSV files: whole or not at all, harmless to a spreadsheet, and equal to what was shown."""

from __future__ import annotations

import csv
import datetime as dt
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from noctui.clock import FixedClock
from noctui.tui import export
from noctui.tui.app import NoctuiApp, Options
from noctui.tui.export import Exported, csv_text
from noctui.tui.panes import circuit_rows
from tests import night
from tests.tui.app.seen import lines

VIEW = night.view()


def read(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(text.splitlines(keepends=True)))


def test_the_circuits_read_back_as_they_are() -> None:
    table = circuit_rows.exported(VIEW, range(len(VIEW.circuits)))
    rows = read(csv_text(table))
    assert len(rows) == len(VIEW.circuits)
    for i, row in enumerate(rows):
        circuit, t = VIEW.inventory.circuits[i], VIEW.circuits
        assert row["circuit_id"] == circuit.circuit_id
        for header, column in (("rx_pct", t.rx_pct), ("loss_pct", t.loss), ("latency_ms", t.latency)):
            value = np.float32(row[header]) if row[header] else np.float32(np.nan)
            assert value == column[i] or (np.isnan(value) and np.isnan(column[i]))
        assert dt.datetime.fromisoformat(row["since"]).timestamp() == t.since[i]


def test_unknown_is_empty_and_never_a_number() -> None:
    down = int(np.flatnonzero(VIEW.circuits.state == 2)[0])
    row = read(csv_text(circuit_rows.exported(VIEW, [down])))[0]
    assert (row["state"], row["rx_pct"], row["loss_pct"], row["latency_ms"]) == ("down", "", "", "")


@pytest.mark.parametrize("text", ["=cmd|' /C calc'!A1", "+1", "-1", "@sum", "  =1+1", "＝1+1", "＠x"])
def test_a_text_that_a_spreadsheet_would_run_is_disarmed(text: str) -> None:
    assert read(csv_text(Exported("x", ("a", "b"), [(text, 1)])))[0]["a"] == "'" + text


def test_numbers_stay_numbers_below_zero_too() -> None:
    assert csv_text(Exported("x", ("a",), [(-1.5,), (-3,), (True,)])) == "a\r\n-1.5\r\n-3\r\ntrue\r\n"


@given(st.lists(st.tuples(st.text(max_size=8), st.floats(allow_infinity=False)), max_size=6))
def test_every_table_reads_back(rows: list[tuple[str, float]]) -> None:
    text = csv_text(Exported("x", ("text", "number"), rows))
    back = list(csv.reader(text.splitlines(keepends=True))) if "\x85" not in text else None
    if back is None or any(c in text for c in "\x0b\x0c\x1c\x1d\x1e\u2028\u2029"):
        import io

        back = list(csv.reader(io.StringIO(text, newline="")))
    assert len(back) == len(rows) + 1
    for (written, value), (shown, number) in zip(rows, back[1:], strict=True):
        assert shown == export.safe(written)
        assert number == "" if math.isnan(value) else float(number) == value


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_comes_back_as_it_was_without_made_up_digits(value: float) -> None:
    written = export.number(np.float32(value))
    assert written is not None
    assert np.float32(written) == np.float32(value)
    assert export.number(np.float32(93.4)) == 93.4


@given(st.floats(width=32, allow_nan=False, allow_infinity=False), st.floats(-1e12, 1e12))
def test_a_measured_value_has_its_own_digits_however_wide_it_travelled(sample: float, made: float) -> None:
    """A percentile is one of the samples, which are float32; an average is not, and loses nothing."""
    assert export.measured(np.float64(sample)) == export.number(np.float32(sample))
    assert np.float32(made) == made or export.measured(made) == made


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    table = Exported("circuits", ("a",), [("x",)])
    first = export.write(table, tmp_path / "new" / "folder", night.NOW)
    assert first.name == "noctui-circuits-20261123T031407Z.csv"
    second = export.write(table, first.parent, night.NOW)
    assert second.name == "noctui-circuits-20261123T031407Z-2.csv"
    assert first.read_bytes() == second.read_bytes() == b"a\r\nx\r\n"
    assert sorted(p.name for p in first.parent.iterdir()) == sorted((first.name, second.name))


def test_a_folder_that_cannot_be_written_is_an_error_and_leaves_nothing(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(OSError, match="file"):
        export.write(Exported("x", (), []), blocked, night.NOW)
    assert list(tmp_path.iterdir()) == [blocked]


async def test_e_writes_all_rows_of_filter_and_sort(app: NoctuiApp, options: Options) -> None:
    """Not only the visible ones, and in the order shown."""
    async with app.run_test(size=(80, 12)) as pilot:
        await pilot.press("3", "slash", *"!lumen", "enter", ">", "S", "e")
        await pilot.pause()
        file = options.exports / "noctui-circuits-20261123T031407Z.csv"
        rows = read(file.read_bytes().decode())
        assert len(rows) == len(VIEW.circuits) - 6
        assert [r["site"] for r in rows] == sorted(r["site"] for r in rows)
        assert lines(app)[-1].startswith(f" 101 rows in {options.exports}"[:60])


async def test_each_board_exports_what_it_shows(app: NoctuiApp, options: Options, clock: FixedClock) -> None:
    async with app.run_test(size=(120, 40)) as pilot:
        for keys, name, count in (
            (["1"], "regions", 8), (["2"], "sites", 41), (["1", "enter"], "sites", 7),
            (["down", "enter"], "circuits", 3), (["enter"], "series", 1441), (["0"], "feeds", 3),
        ):  # fmt: skip
            clock.move(2)
            await pilot.press(*keys)
            await pilot.pause()
            await pilot.press("e")
            newest = max(options.exports.iterdir(), key=lambda p: p.stat().st_mtime_ns)
            assert newest.name.startswith(f"noctui-{name}-")
            assert len(read(newest.read_bytes().decode())) == count


async def test_a_folder_that_refuses_is_said_and_nothing_breaks(
    scenes: night.FakeScenes, clock: FixedClock, tmp_path: Path
) -> None:
    blocked = tmp_path / "exports"
    blocked.write_text("")
    app = NoctuiApp(scenes, clock, Options(exports=blocked))
    async with app.run_test(size=(120, 40)) as pilot:
        await pilot.press("e")
        assert lines(app)[-1].startswith(" Not exported: ")
