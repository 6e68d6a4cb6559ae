"""Tables of figures: what the reader says, row by row, in the units of the headers; filters, orders, calendars."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

from noctui.commands.exports.asked import Refused
from noctui.commands.exports.tables import TABLES
from noctui.model.figures import GAUGE
from noctui.model.inventory import split_site_name
from noctui.model.scene import WINDOWS, Range
from tests import night
from tests.commands.exported_night import rows, text

DAY = Range(night.POLL - 86_400.0, night.POLL, "24h")
FIGURES = asyncio.run(night.FakeReader(night.POLL).figures(DAY, (), ("util", "loss", "jitter", "latency")))


def close(cell: str, value: float) -> bool:
    """Equal as far as float32 goes; an unknown one is empty."""
    return cell == "" if np.isnan(value) else np.float32(cell) == np.float32(value)


def test_figures_are_the_readers_row_by_row() -> None:
    found = rows("figures")
    assert [row["circuit_id"] for row in found] == list(FIGURES.ids)
    for i, row in enumerate(found):
        assert float(row["up_s"]) == FIGURES.up[i]
        assert int(row["flaps"]) == FIGURES.flaps[i]
        assert close(row["available_pct"], FIGURES.available[i])
        for name, gauge in (("utilisation", "util"), ("loss", "loss")):
            assert close(row[f"{name}_avg_pct"], FIGURES.average[i, GAUGE[gauge]])
            assert close(row[f"{name}_max_pct"], FIGURES.highest[i, GAUGE[gauge]])
            assert close(row[f"{name}_p95_pct"], FIGURES.p95[i, GAUGE[gauge]])
        assert float(row["loss_above_high_s"]) == FIGURES.above[i, 1, 1]
        assert float(row["loss_longest_above_high_s"]) == FIGURES.longest[i, 1, 1]
        assert (row["from"], row["to"]) == ("2026-11-22T03:13:55Z", "2026-11-23T03:13:55Z")


def test_one_metric_and_one_circuit_leave_the_rest_out() -> None:
    (row,) = rows("figures", night.HOT, "--metric", "loss")
    (whole,) = [r for r in rows("figures") if r["circuit_id"] == night.HOT]
    assert "jitter_avg_ms" not in row
    assert row == {header: whole[header] for header in row}


def test_availability_is_in_minutes_and_the_lowest_comes_first() -> None:
    found = rows("availability")
    known = [float(row["available_pct"]) for row in found if row["available_pct"]]
    assert known == sorted(known)
    assert all(not row["available_pct"] for row in found[len(known) :])
    for row in found:
        minutes = [float(row[f"{name}_min"]) for name in ("up", "down", "unknown", "disabled")]
        assert sum(minutes) == pytest.approx(1440.0)
        if row["available_pct"]:
            low, high = float(row["at_least_pct"]), float(row["at_most_pct"])
            assert low <= float(row["available_pct"]) + 1e-9
            assert float(row["available_pct"]) <= high + 1e-9


@pytest.mark.parametrize("by", ["site", "region", "carrier"])
def test_groups_have_their_size_and_no_runs(by: str) -> None:
    found = rows("figures", "--by", by)
    assert sum(int(row["circuits"]) for row in found) == len(FIGURES)
    assert not [header for header in found[0] if "longest" in header]
    assert sum(float(row["down_s"]) for row in found) == pytest.approx(float(FIGURES.down.sum()))


def test_every_hour_that_begins_in_the_range_has_its_rows() -> None:
    found = rows("hourly", night.HOT, "--start", "2026-11-23T00:30", "--metric", "util")
    assert [row["period"] for row in found] == ["2026-11-23T01Z", "2026-11-23T02Z", "2026-11-23T03Z"]
    assert [row["running"] for row in found] == ["false", "false", "true"]
    assert found[-1]["to"] == "2026-11-23T03:13:55Z"
    assert found[-1]["bad"] == "true"  # it is above `high` since 02:51


def test_days_weeks_and_months_are_the_calendars() -> None:
    days = rows("daily", night.HOT, "--week", "2026-W47")
    assert [row["period"] for row in days] == [f"2026-11-{day}" for day in range(16, 23)]
    assert {row["period"] for row in rows("weekly", night.HOT, "--month", "2026-11")} == {
        "2026-W45", "2026-W46", "2026-W47", "2026-W48",
    }  # fmt: skip
    assert [row["period"] for row in rows("monthly", night.HOT)] == ["2026-10", "2026-11"], "as far as it goes back"


def test_a_filter_knows_what_stands_in_the_rows() -> None:
    every = rows("figures", "--metric", "util")
    lumen = rows("figures", "--metric", "util", "--filter", "carrier=lumen")
    assert lumen == [row for row in every if row["carrier"] == "Lumen"]
    high = rows("figures", "--metric", "util", "--filter", "utilisation_p95_pct>50 region=mountain")
    assert high == [r for r in every if float(r["utilisation_p95_pct"] or 0) > 50 and r["region"] == "Mountain"]
    assert high


def test_sorting_puts_the_unknown_last_either_way() -> None:
    for more, backwards in ((("--desc",), True), ((), False)):
        found = [row["rx_pct"] for row in rows("circuits", "--sort", "rx_pct", *more)]
        known = [float(cell) for cell in found if cell]
        assert known == sorted(known, reverse=backwards)
        assert "" in found
        assert not any(found[len(known) :])


def test_a_column_of_the_screen_sorts_as_it_does_there() -> None:
    for descending in (False, True):
        more = ("--desc",) if descending else ()
        towns = [split_site_name(row["site_name"])[1].lower() for row in rows("circuits", "--sort", "name", *more)]
        assert towns == sorted(towns, reverse=descending)


def test_the_first_so_many_are_counted_after_filter_and_order() -> None:
    every = rows("circuits", "--filter", "!lumen", "--sort", "age_s")
    assert rows("circuits", "--filter", "!lumen", "--sort", "age_s", "--top", "5") == every[:5]


def test_the_past_of_the_night_is_another_table() -> None:
    before = text("circuits", at=night.LOST - 600)
    assert before != text("circuits")


@pytest.mark.parametrize("name", list(TABLES))
def test_every_table_is_made_and_says_where_it_belongs(name: str) -> None:
    """No table is empty on the night; none has a header twice; sites and circuits are named in the same way."""
    words = (name, night.HOT) if TABLES[name].circuit == "must" else (name,)
    lines = text(*words).splitlines()
    headers = lines[0].split(",")
    assert len(lines) > 1
    assert len(set(headers)) == len(headers)
    assert not {"site_number", "circuit", "name", "gateway_mac"} & set(headers)


def test_windows_are_those_that_w_steps_through() -> None:
    for word, seconds in WINDOWS.items():
        (row,) = rows("availability", night.HOT, "--window", word)
        minutes = sum(float(row[f"{state}_min"]) for state in ("up", "down", "unknown", "disabled"))
        assert minutes == pytest.approx(seconds / 60)


def test_a_filter_that_is_none_is_refused() -> None:
    with pytest.raises(Refused, match="no column speed here"):
        text("figures", "--filter", "speed>3")
