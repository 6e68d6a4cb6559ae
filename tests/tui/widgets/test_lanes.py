"""Lanes as text at several sizes, what colours and tints they get, and what is painted anew."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from rich.segment import Segment
from textual.app import App, ComposeResult
from textual.strip import Strip

from noctui.model.words import THRESHOLDS, Metric
from noctui.tui.look import Look, default_look, numbers
from noctui.tui.widgets.lane_lines import build
from noctui.tui.widgets.lane_model import Band, Chart, Lane, allot
from noctui.tui.widgets.lanes import Lanes
from tests.tui.widgets.plain_rows import look

END = 1_795_402_800.0  # 2026-11-23 03:00 UTC
HOUR = 3600.0


def lane(values: Sequence[float], rows: int = 3, title: str = "rx", metric: Metric = Metric.UTILISATION) -> Lane:
    """One sample an hour, the last one at END."""
    times = END - HOUR * np.arange(len(values))[::-1]
    return Lane(
        title, "%", times.astype(np.float64), np.array(values, np.float32), np.full(len(values), HOUR, np.float32),
        THRESHOLDS[metric], "percent" if metric is Metric.UTILISATION else "critical", "graph", rows,
    )  # fmt: skip


def lines(chart: Chart, wide: int, with_look: Look | None = None) -> list[str]:
    out = []
    for segments in build(chart, wide, with_look or default_look()):
        strip = Strip(segments)
        assert strip.cell_length == wide
        out.append(strip.text.rstrip())
    return out


def styles(segments: list[Segment]) -> list[tuple[str, str]]:
    return [(segment.text, str(segment.style)) for segment in segments]


def style_at(segments: list[Segment], column: int) -> str:
    return next(str(strip.style) for strip in Strip(segments).crop(column, column + 1))


NAN = float("nan")
DAY = [10.0] * 8 + [NAN] * 2 + [30, 40, 50, 50, 40, 30, 72, 85, 10, 10, 10, 10, 50, 93.4]
BANDS = (
    Band(END - 17 * HOUR, END - 13 * HOUR, "window", "work"),
    Band(END - 16 * HOUR, END - 14 * HOUR, "outage"),
    Band(END - HOUR, END, "standing_in"),
)


def test_a_day_as_it_looks() -> None:
    chart = Chart((lane(DAY, 5), lane(DAY, 2, "tx")), END - 24 * HOUR, END, BANDS)
    assert lines(chart, 59) == [
        "marks               ≡≡▼▼▼▼≡≡ work                   »»",
        "rx %  ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄⣀⣀┄┄┄┄┄┄┄┄┄┄⣶⣶ 90",
        "93.4  ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄⣶⣶⣿⣿┄┄┄┄┄┄┄┄┄┄⣿⣿ 80",
        "                              ⣤⣤⣤⣤    ⣿⣿⣿⣿        ⣤⣤⣿⣿",
        "                          ⣤⣤⣿⣿⣿⣿⣿⣿⣿⣿⣤⣤⣿⣿⣿⣿        ⣿⣿⣿⣿",
        "    0 ⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤⣤    ⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣿⣤⣤⣤⣤⣤⣤⣤⣤⣿⣿⣿⣿",
        "tx %  ┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄┄⣤⣤⣶⣶┄┄┄┄┄┄┄┄┄┄⣿⣿ 90",
        "93.4  ⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀⣀    ⣶⣶⣿⣿⣿⣿⣿⣿⣿⣿⣶⣶⣿⣿⣿⣿⣀⣀⣀⣀⣀⣀⣀⣀⣿⣿⣿⣿",
        "            06:00       12:00       18:00        03:00",
    ]


@pytest.mark.parametrize("wide", [40, 80, 120, 200])
@pytest.mark.parametrize("ascii", [False, True])
def test_every_size_fits_exactly(wide: int, ascii: bool) -> None:
    five = tuple(lane(DAY, rows) for rows in allot(20))
    text = lines(Chart(five, END - 24 * HOUR, END, BANDS, cursor=3), wide, look("dark", ascii=ascii))
    assert len(text) == 20
    assert all(line.isascii() for line in text) is ascii


def test_ascii_draws_with_colons_and_hashes() -> None:
    text = lines(Chart((lane([10.0, 60, NAN, 100], 2),), END - 4 * HOUR, END), 43, look("ansi", ascii=True))
    assert text[1][6:38] == "-" * 8 + ":" * 8 + "-" * 8 + "#" * 8
    assert text[2][6:38] == ":" * 8 + "#" * 8 + " " * 8 + "#" * 8


def test_rows_of_lanes() -> None:
    assert allot(26) == (9, 6, 3, 3, 3)  # 26 rows less marks and axis; rx 62 %, tx 38 % of what is left
    assert sum(allot(16)) == 14
    assert allot(16)[2:] == (2, 2, 2)


def test_a_tall_lane_colours_each_cell_by_the_threshold_it_lies_above() -> None:
    chart = Chart((lane([95.0] * 4, 10),), END - 4 * HOUR, END)
    inks = [style_at(segments, 6).split()[0] for segments in build(chart, 43, default_look())[1:11]]
    crit, high, warn, calm = "#ff6b70", "#ff9e4a", "#e3c04f", "#57a89a"
    assert inks == [crit, high, warn, *[calm] * 7]


def test_a_low_lane_colours_its_whole_column_by_the_maximum() -> None:
    chart = Chart((lane([95.0, 20.0], 3),), END - 2 * HOUR, END)
    for segments in build(chart, 43, default_look())[1:4]:
        assert style_at(segments, 6).startswith("#ff6b70")
    assert style_at(build(chart, 43, default_look())[3], 30).startswith("#57a89a")


def test_a_value_just_below_a_threshold_is_not_coloured_by_it() -> None:
    chart = Chart((lane([69.99] * 2, 10),), END - 2 * HOUR, END)
    assert not any(
        "#e3c04f" in style for row in build(chart, 43, default_look())[1:] for t, style in styles(row) if "⣿" in t
    )


def test_outage_lies_over_window_over_gap() -> None:
    bands = (
        Band(END - 4 * HOUR, END, "gap"),
        Band(END - 3 * HOUR, END - HOUR, "window"),
        Band(END - 2 * HOUR, END - HOUR, "outage"),
    )
    row = build(Chart((lane([NAN] * 4, 2),), END - 4 * HOUR, END, bands), 43, default_look())[2]
    grounds = [(style.split(" on ")[1], len(text)) for text, style in styles(row)[1:-1]]
    assert grounds == [("#191e25", 8), ("#1b2b3f", 8), ("#3a1a20", 8), ("#191e25", 8)]


def test_without_tints_bands_are_blank_columns_under_the_marks() -> None:
    chart = Chart((lane([NAN] * 4, 3),), END - 4 * HOUR, END, (Band(END - 2 * HOUR, END - HOUR, "outage"),))
    text = lines(chart, 43, look("ansi"))
    assert text[0][22:30] == "▼" * 8
    assert text[1][6:38] == "┄" * 16 + " " * 8 + "┄" * 8


def test_zero_is_a_line_on_the_floor_and_unknown_is_nothing() -> None:
    text = lines(Chart((lane([0.0, NAN], 2),), END - 2 * HOUR, END), 43)
    assert text[2][6:38].rstrip() == "⣀" * 16


def test_the_scale_grows_when_it_is_exceeded() -> None:
    text = lines(Chart((lane([105.0, 50.0], 4),), END - 2 * HOUR, END), 43)
    assert "⣿" in text[1]
    loss = lines(Chart((lane([4.0, 0.1], 4, "loss", Metric.LOSS),), END - 2 * HOUR, END), 43)
    assert loss[4].endswith(" 1")  # critical is near the floor of a lane that ends at 5 %


def test_the_cursor_reads_values_and_its_time() -> None:
    chart = Chart((lane([10.0, 20.0, NAN, 93.4], 3),), END - 4 * HOUR, END, cursor=8)
    text = lines(chart, 43)
    assert text[2].startswith("20.0")
    assert text[1][6 + 8] == "│"
    assert "00:07" in text[-1]
    gone = lines(Chart((lane([10.0, 20.0, NAN, 93.4], 3),), END - 4 * HOUR, END, cursor=20), 43)
    assert gone[2].startswith("–")


def test_a_value_too_old_to_be_now_is_not_shown_as_now() -> None:
    old = lane([10.0, 20.0], 3)
    assert lines(Chart((old,), END - 2 * HOUR, END), 43)[2].startswith("20.0")
    assert lines(Chart((old,), END, END + 10 * HOUR), 43)[2].startswith("–")


def test_an_alarm_is_a_quiet_line_that_covers_no_other_mark_and_tints_nothing() -> None:
    alarm = Band(END - 18 * HOUR, END - 12 * HOUR, "alarm", "rx ≥ 90 %", "crit")
    outage = Band(END - 16 * HOUR, END - 14 * HOUR, "outage")
    bare = build(Chart((lane(DAY),), END - 24 * HOUR, END, (outage,)), 60, default_look())
    both = build(Chart((lane(DAY),), END - 24 * HOUR, END, (alarm, outage)), 60, default_look())
    assert Strip(both[0]).text.rstrip() == "marks             ────▼▼▼▼▼──── rx ≥ 90 %"
    assert style_at(both[0], Strip(both[0]).text.index("─")) == str(default_look().palette.style("crit", "bg"))
    assert [styles(line) for line in both[1:]] == [styles(line) for line in bare[1:]]


def test_labels_of_marks_never_cover_other_marks() -> None:
    bands = (
        Band(END - 4 * HOUR, END - 3 * HOUR, "window", "long label"),
        Band(END - 2.8 * HOUR, END - 2 * HOUR, "gap", "no data"),
    )
    first = lines(Chart((lane([1.0] * 4),), END - 4 * HOUR, END, bands), 43)[0]
    assert "long label" not in first
    assert "no data" in first


class LanesApp(App[None]):
    CSS = "Screen { overflow: hidden; }"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self) -> None:
        super().__init__()
        self.look = default_look()
        self.lanes = CountedLanes()
        self.heard: list[tuple[str, object]] = []

    def compose(self) -> ComposeResult:
        yield self.lanes

    def on_mount(self) -> None:
        self.lanes.focus()

    def on_lanes_cursor_moved(self, event: Lanes.CursorMoved) -> None:
        self.heard.append(("cursor", event.at))

    def on_lanes_chosen(self, event: Lanes.Chosen) -> None:
        self.heard.append(("chosen", event.at))

    def on_lanes_ranged(self, event: Lanes.Ranged) -> None:
        self.heard.append(("range", (event.start, event.end)))


class CountedLanes(Lanes):
    def __init__(self) -> None:
        super().__init__()
        self.painted: list[int] = []

    def render_line(self, y: int) -> Strip:
        self.painted.append(y)
        return super().render_line(y)


async def test_a_new_value_in_the_newest_column_paints_only_what_it_changes() -> None:
    app = LanesApp()
    async with app.run_test(size=(43, 10)) as pilot:
        app.lanes.show([lane([10.0] * 4, 8)], END - 4 * HOUR, END)
        await pilot.pause()
        app.lanes.painted.clear()
        app.lanes.show([lane([10.0] * 4, 8)], END - 4 * HOUR, END)
        await pilot.pause()
        assert app.lanes.painted == []
        app.lanes.show([lane([10.0, 10, 10, 30], 8)], END - 4 * HOUR, END)
        await pilot.pause()
        assert sorted(app.lanes.painted) == [2, 6, 7]  # the label, and the rows between 10 and 30 %


async def test_keys_move_the_cursor_and_enter_chooses_its_time() -> None:
    app = LanesApp()
    async with app.run_test(size=(43, 10)) as pilot:
        app.lanes.show([lane([10.0] * 4, 8)], END - 4 * HOUR, END)
        await pilot.press("enter")
        assert app.heard == []
        await pilot.press("left", "left", "enter")
        await pilot.pause()
        assert app.heard == [("cursor", END), ("cursor", END - 450), ("chosen", END - 450)]
        app.lanes.clear_cursor()
        assert app.lanes.cursor_at is None


async def test_zoom_and_pan_stay_on_known_time() -> None:
    app = LanesApp()
    async with app.run_test(size=(43, 10)) as pilot:
        app.lanes.show([lane([10.0] * 4, 8)], END - 4 * HOUR, END, now=END)
        app.lanes.zoom(2)
        assert app.lanes.range == (END - 2 * HOUR, END)
        app.lanes.pan(0.5)
        assert app.lanes.range == (END - 2 * HOUR, END)
        app.lanes.pan(-0.5)
        assert app.lanes.range == (END - 3 * HOUR, END - HOUR)
        app.lanes.zoom(0.25)
        assert app.lanes.range == (END - 8 * HOUR - HOUR, END - HOUR)
        await pilot.pause()
        assert len(app.heard) == 3


async def test_words_before_there_is_anything() -> None:
    app = LanesApp()
    async with app.run_test(size=(43, 10)):
        app.lanes.say_when_empty(["No history on this machine yet: trends fill as polls arrive."])
        assert app.lanes.render_line(0).text.startswith("No history on this machine")


def test_numbers_of_each_lane_are_written_its_way() -> None:
    loss = Lane("loss", "%", *_series(0.62), THRESHOLDS[Metric.LOSS], "critical", "graph", 3, numbers.loss)
    assert lines(Chart((loss,), END - HOUR, END), 43)[2].startswith("0.62")


def _series(value: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    return np.array([END]), np.array([value], np.float32), np.array([HOUR], np.float32)
