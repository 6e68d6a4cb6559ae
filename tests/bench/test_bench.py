"""The benchmark runs and prints its rows. No figure is judged here: a busy machine is no fault of the program."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bench.report import figure, last_of, missed, plain, table
from bench.rows import ANY, Row, quantile

ROOT = Path(__file__).parents[2]
EXPECTED = {
    "table": "apply 5 % and sort",
    "start": "process start → first data, warm history",
    "loop": "event loop blocked, p99.9",
    "sweep": "sweep, HTTP to View, CPU",
    "lanes": "lanes of one circuit, 31 d, redraw",
    "engine": "engine, one poll",
    "history": "one circuit: 24 h",
    "memory": "resident memory with full windows of 24 h",
    "bus": "bus, 3 followers: API calls a poll",
    "rollups": "month of rollups from its days",
    "sync": "sync: a million hours of circuits",
}


@pytest.mark.parametrize(
    "areas",
    [
        ("lanes", "engine"),
        pytest.param(
            ("start", "sweep", "history", "rollups", "table", "loop", "memory", "bus", "sync"), marks=pytest.mark.soak
        ),
    ],
    ids=" ".join,
)
def test_every_area_runs_and_prints_its_rows(areas: tuple[str, ...], tmp_path: Path) -> None:
    words = [word for area in areas for word in ("--only", area)]
    told = subprocess.run(
        [sys.executable, "-m", "bench", "--quick", "--circuits", "120", "--json", str(tmp_path / "rows.json"), *words],
        cwd=ROOT,
        env=os.environ | {"TMPDIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert told.returncode == 0, told.stderr
    rows = json.loads((tmp_path / "rows.json").read_text())["rows"]
    for area in areas:
        (row,) = [row for row in rows if row["what"] == EXPECTED[area]]
        assert row["value"] > 0
        assert f"| {EXPECTED[area]} |" in told.stdout
    assert [path.name for path in tmp_path.iterdir()] == ["rows.json"], "its folder is gone"


def test_a_row_is_missed_above_its_budget_or_below_its_ratio() -> None:
    assert not Row("x", 10, 3.0, "ms", 3.0).missed
    assert Row("x", 10, 3.1, "ms", 3.0).missed
    assert Row("x", 10, float("nan"), "ms", 3.0).missed
    assert Row("x", 10, 1.0, "ms", 3.0, "loop", 29.0, 30.0).missed
    assert Row("x", 10, 1.0, "ms", 3.0, "loop", 30.0, 30.0).ratio == 30.0


def test_the_table_has_one_line_per_thing_and_a_column_per_size() -> None:
    rows = [
        Row("read", 10_000, 9.0, "ms", 10.0),
        Row("read", 100_000, 61.0, "ms", 60.0, note="Warm."),
        Row("lanes", ANY, 4.2, "ms", 5.0, "plotext", 42.0),
    ]
    assert table(rows, [10_000, 100_000]).splitlines() == [
        "| what | budget | 10,000 circuits | 100,000 circuits | beside it | ratio |  |",
        "| --- | ---: | ---: | ---: | --- | ---: | --- |",
        "| read | 10 ms; 60 ms | 9 ms | 61 ms |  |  | MISSED |",
        "| lanes | 5 ms | 4.2 ms | 4.2 ms | plotext 42 ms | 10× | ok |",
        "",
        "- Warm.",
    ]


def test_beside_the_figures_stand_those_of_the_run_before(tmp_path: Path) -> None:
    file = tmp_path / "rows.json"
    file.write_text(json.dumps({"rows": plain([Row("read", ANY, 8.0, "ms", 10.0), Row("gone", ANY, 1.0, "ms")])}))
    rows = [Row("read", ANY, 12.0, "ms", 10.0), Row("new", ANY, 1.0, "ms")]
    assert table(rows, [500], last_of(file)).splitlines()[2:4] == [
        "| read | 10 ms | 12 ms | 8 ms, +50 % |  |  | MISSED |",
        "| new |  | 1 ms |  |  |  |  |",
    ]


@pytest.mark.parametrize("text", ["", "{", "[]", '{"rows": [{"what": 1}]}', '{"rows": 3}'])
def test_a_file_that_is_no_run_is_no_comparison(tmp_path: Path, text: str) -> None:
    file = tmp_path / "rows.json"
    file.write_text(text)
    assert last_of(file) == {}
    assert last_of(tmp_path / "none.json") == {}


def test_what_was_missed_is_named_with_how_much() -> None:
    rows = [
        Row("read", 10_000, 12.0, "ms", 10.0),
        Row("engine", ANY, 1.0, "ms", 3.0, "loop", 29.0, 30.0),
        Row("lanes", ANY, 1.0, "ms", 3.0),
    ]
    assert missed(rows) == [
        "read, 10,000 circuits: 12 ms, budget 10 ms",
        "engine: 29× of 30× of loop",
    ]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.12345, "0.12 ms"), (9.96, "10 ms"), (35.04, "35.0 ms"), (1234.5, "1,234 ms"), (float("nan"), "–")],
)
def test_figures_are_as_short_as_their_precision(value: float, text: str) -> None:
    assert figure(value, "ms") == text


def test_quantiles_are_nearest_rank() -> None:
    values = [float(n) for n in range(1, 101)]
    assert (quantile(values, 0.5), quantile(values, 0.99), quantile(values, 1.0)) == (50.0, 99.0, 100.0)
    assert quantile([7.0], 0.99) == 7.0
