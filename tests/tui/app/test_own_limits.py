"""Thresholds that settings give a region or a store type are the ones that every screen speaks of."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from noctui.model.words import THRESHOLDS, Metric
from noctui.tui.app import NoctuiApp
from noctui.tui.look.signs import Signs
from noctui.tui.panes import offenders
from noctui.tui.panes.circuit_rows import CircuitRows
from noctui.tui.place import of_circuit, of_site
from tests import night
from tests.tui.app.seen import lines, text

SIZE = (120, 40)


def own() -> night.FakeScene:
    """The night, in which jitter is warn from 11 and utilisation critical from 97."""
    view = night.view()
    table = np.array([THRESHOLDS[m] for m in Metric])
    table[Metric.JITTER] = (11.0, 33.0, 55.0)
    table[Metric.UTILISATION] = (60.0, 85.0, 97.0)
    limits = np.broadcast_to(table, (len(view.circuits), *table.shape))
    return night.FakeScene(replace(view, limits=limits), night.STATUS)


async def test_the_site_names_them(app: NoctuiApp, scenes: night.FakeScenes) -> None:
    scenes.now = own()
    app._trail.jump(of_site("s0417"))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        assert "11.8 warn ≥ 11" in text(app)


async def test_the_chart_draws_its_lines_there_and_counts_the_time_above(
    app: NoctuiApp, scenes: night.FakeScenes
) -> None:
    scenes.now = own()
    app._trail.jump(of_circuit(night.HOT))
    async with app.run_test(size=SIZE) as pilot:
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
        seen = text(app)
        assert all(f"util ≥ {limit} %" in seen for limit in (60, 85, 97))
        assert "jit ≥ 33 ms" in seen
        # Threshold lines stand right of the lanes, jitter's between loss and latency.
        assert [v for v in ("97", "85", "33", "55") if f" {v} " not in seen] == []
        assert not any(" 90 " in line[:82] for line in lines(app)[5:32])


def test_offenders_tables_and_trends_go_by_them() -> None:
    view = own().view
    row = view.inventory.circuit_row[night.HOT]
    found = [offenders.Offender(row, Metric.UTILISATION, 3, 600.0, 600.0)]
    rows = offenders.OffenderRows(view, found, Signs())
    assert "≥ 97" in str(rows.cells(0, ("why",)))
    assert offenders.exported(rows, view, [0]).rows[0][5] == 97.0
    assert view.circuits.trend[row].max() in range(90, 97)
    trend = CircuitRows(view, Signs()).cells(row, ("trend",))[0]
    assert "crit" not in str(trend)
    assert "crit" in str(CircuitRows(night.view(), Signs()).cells(row, ("trend",))[0])
