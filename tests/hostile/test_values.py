"""An hour of answers that cannot be true, over a real socket: counted and named, unknown where unknown, and what was
known stays. docs/values.md 1: what is outside of its range is unknown."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec
import numpy as np
import pytest

from noctui.model.batch import FeedReport
from noctui.model.inventory import Inventory
from noctui.model.view import CircuitTable, View
from noctui.model.words import State
from noctui.sim.mist import odd
from noctui.sim.mist.answers import Rewrite, Row
from noctui.sim.mist.faults import Faults
from noctui.sources.mist.columns import RANGES
from noctui.stores.history.told_polls import polls_told
from tests.walk.walk import HOUR, MINUTE, T0, Walk, Watch, walking
from tests.walk.worlds import calm

POLL = 300.0
N = calm().network
LIVE = ("circuits", "gateways", "paths")


def reports(view: View) -> dict[str, FeedReport]:
    return {r.feed: r for r in view.reports}


def odd_of(watch: Watch) -> dict[str, tuple[int, str]]:
    """What the collector board says of each feed's last run."""
    health = watch.status.health
    assert health is not None
    return {f.feed: (f.odd, f.odd_text) for f in health.feeds if f.odd}


def known(inventory: Inventory, places: bool = True) -> tuple[object, ...]:
    """Everything of an inventory but its version. A coordinate with another sign is a place, too."""
    sites = inventory.sites
    if not places:
        sites = tuple(msgspec.structs.replace(s, latitude=None, longitude=None) for s in sites)
    return inventory.org_name, sites, inventory.gateways, inventory.circuits, inventory.paths


def values_are_in_range(table: CircuitTable) -> None:
    for name in ("loss", "jitter", "latency", "mos", "rx_bps", "tx_bps"):
        low, high = RANGES[name]
        found = np.asarray(getattr(table, name))
        assert ((found >= low) & (found <= high) | np.isnan(found)).all(), name


@pytest.mark.parametrize(
    ("kind", "state", "odd_live"),
    [
        ("nulls", State.UNKNOWN, {"circuits": 101, "gateways": 24, "paths": 106}),
        ("types", State.UNKNOWN, {"circuits": 1343, "gateways": 958, "paths": 1146}),
        ("huge", State.UP, {"circuits": 449, "gateways": 96, "paths": 616}),
        ("negative", State.UP, {"circuits": 449, "gateways": 96, "paths": 616}),
        ("nan", State.UP, {"circuits": 449, "gateways": 173, "paths": 616}),
        ("texts", State.UP, {}),
    ],
)
async def test_an_hour_of_absurd_answers_changes_nothing_that_was_known(
    tmp_path: Path, kind: str, state: State, odd_live: dict[str, int]
) -> None:
    """Every answer of every feed, the hourly ones too: one version of the inventory, no state that is not so, and
    afterwards all is as before. Numbers spelled as text are numbers."""
    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(poll_seconds=POLL)
        await walk.clock.run_to(T0 + 15 * MINUTE)
        before = watch.view
        walk.server.faults = Faults(absurd=100.0, absurd_kinds=[kind])
        await walk.clock.run_to(T0 + 15 * MINUTE + HOUR + 2 * POLL)
        amid = watch.view
        assert (amid.whole, watch.status.fault) == ((True, "") if kind == "texts" else (False, "partial"))
        assert kind == "texts" or "values cannot be true" in watch.status.fault_text
        assert (amid.circuits.state == state).all()
        values_are_in_range(amid.circuits)
        assert {feed: r.odd for feed, r in reports(amid).items() if r.feed in LIVE and r.odd} == odd_live
        if kind == "texts":
            assert odd_of(watch) == {}
            assert np.isfinite(amid.circuits.rx_bps).any()
        places = kind != "negative"
        for view in watch.views:
            assert known(view.inventory, places) == known(before.inventory, places)
        if places:
            assert {v.inventory.rev for v in watch.views} == {before.inventory.rev}

        walk.server.faults = Faults()
        await walk.clock.run(4 * POLL)
        after = watch.view
        assert known(after.inventory) == known(before.inventory)
        assert (after.circuits.state == State.UP).all()
        assert not any(r.odd for r in after.reports)
        for name in ("rx_bps", "loss", "latency"):
            np.testing.assert_array_equal(
                np.isfinite(getattr(after.circuits, name)), np.isfinite(getattr(before.circuits, name))
            )
        circuit_id = before.inventory.circuits[0].circuit_id
        line = await walk.timeline(circuit_id, T0, walk.clock.now())
        assert State.DOWN not in {State(s.state) for s in line}


def port_of(circuit: int) -> str:
    return N.circuit_id(circuit).partition(":")[2]


def set_values(circuit: int, **values: object) -> Rewrite:
    """The port row of one circuit says this instead."""
    mac, port = N.mac[N.circuit_site[circuit]], port_of(circuit)

    def change(row: Row) -> Row:
        return row | values if (row.get("mac"), row.get("port_id")) == (mac, port) else row

    return odd.rows(change, "stats/ports/search")


async def seen_with(tmp_path: Path, *hooks: Rewrite, after: Callable[[Walk, Watch], None] | None = None) -> None:
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.extend(hooks)
        watch = await walk.watch()
        await walk.clock.run(3 * MINUTE)
        if after is not None:
            after(walk, watch)


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"loss": -1}, "loss -1"),
        ({"loss": "lots"}, 'loss "lots"'),
        ({"loss": "nan"}, "loss nan"),
        ({"loss": "[red]x[/]\x1b[2J"}, 'loss "[red]x[/]·[2J"'),
        ({"latency": 1e9}, "latency 1e+09"),
        ({"rx_bps": -5}, "rx_bps -5"),
        ({"rx_bytes": [1, 2]}, "rx_bytes a list"),
        ({"last_flapped": T0 + 86_400}, "last_flapped 2025-11-24 00:00 UTC"),
        ({"last_flapped": T0 * 1000}, "last_flapped 1.76386e+12"),
        ({"speed": 1e12}, "speed 1e+12"),
        ({"up": "maybe"}, 'up "maybe"'),
    ],
)
async def test_one_value_that_cannot_be_true_is_named_with_its_circuit(
    tmp_path: Path, values: dict[str, object], said: str
) -> None:
    """The rest of its row and all other rows go on."""
    mine = N.rows(site=3)[0]

    def look(walk: Walk, watch: Watch) -> None:
        view, gateway = watch.view, f"STORE-{N.site_name[3][:4]}-GW"
        report = reports(view)["circuits"]
        assert report.odd_text == f"1 value cannot be true: {said} of {gateway} {port_of(mine)}"
        assert (report.odd, report.error, view.whole) == (1, "", True)
        assert odd_of(watch) == {"circuits": (1, report.odd_text)}
        row = view.inventory.circuit_row[N.circuit_id(mine)]
        expected = State.UNKNOWN if "up" in values else State.UP
        assert view.circuits.state[row] == expected
        assert (np.delete(view.circuits.state, row) == State.UP).all()
        values_are_in_range(view.circuits)

    await seen_with(tmp_path, set_values(mine, **values), after=look)


async def test_numbers_that_are_spelled_as_text_are_numbers(tmp_path: Path) -> None:
    mine = next(c for c in range(N.circuits) if not N.no_rate[c])

    def look(walk: Walk, watch: Watch) -> None:
        row = watch.view.inventory.circuit_row[N.circuit_id(mine)]
        assert watch.view.circuits.rx_bps[row] == 12_500_000.0
        assert watch.view.circuits.loss[row] == 0.25
        assert odd_of(watch) == {}

    hook = set_values(mine, rx_bps="12500000", loss="0.25", latency="12", jitter="1e0", up="true")
    await seen_with(tmp_path, hook, after=look)


async def test_it_is_kept_with_the_poll_and_said_once_in_log_and_errors(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    """History holds the count of each poll; the log and the newest errors hold it once per change."""
    import logging

    monkeypatch.setattr(logging.getLogger("noctui"), "propagate", True)
    caplog.set_level(logging.INFO, "noctui")
    async with walking(tmp_path, calm()) as walk:
        walk.server.rewrite.append(set_values(N.rows(site=3)[0], loss=-1))
        watch = await walk.watch()
        await walk.clock.run(30 * MINUTE)
        text = reports(watch.view)["circuits"].odd_text
        assert [r.text for r in caplog.records if r.message == "feed.odd"] == [text]  # type: ignore[attr-defined]
        assert watch.status.health is not None
        assert [said for _, said in watch.status.health.errors] == [f"circuits: {text}"]
        told = polls_told(walk.folder, 0.0)
        assert [{r.feed: r.odd for r in found}["circuits"] for _, _, found in told] == [1] * len(told)
        past = await watch.desk.past(T0 + 10 * MINUTE)
        assert past is not None
        assert reports(past.view)["circuits"].odd_text == text

        walk.server.rewrite.clear()
        await walk.clock.run(20 * MINUTE)
        assert [r.feed for r in caplog.records if r.message == "feed.sound"] == ["circuits"]  # type: ignore[attr-defined]
        assert odd_of(watch) == {}


def test_reports_of_before_are_read_as_sound() -> None:
    """A poll that was stored without these fields."""
    stored = msgspec.msgpack.encode([{"feed": "circuits", "calls": 3, "rows": 5, "took": 0.5}])
    (report,) = msgspec.msgpack.decode(stored, type=tuple[FeedReport, ...])
    assert (report.rows, report.odd, report.odd_text) == (5, 0, "")


async def test_rows_that_are_no_rows_take_nothing_away(tmp_path: Path) -> None:
    """Among others there may be the row of any circuit: none is gone because of it."""

    def junk(feed: str, found: list[Row]) -> list[Row]:
        if feed in ("", "stats") or feed.endswith(" envelope") or "*" in feed:
            return found
        return [*found[len(found) // 2 :], None, 5, "text", {}, {"mac": None}]  # type: ignore[list-item]

    async with walking(tmp_path, calm()) as walk:
        watch = await walk.watch(poll_seconds=POLL)
        await walk.clock.run(3 * POLL)
        before = watch.view
        walk.server.rewrite.append(junk)
        await walk.clock.run(HOUR + 2 * POLL)
        amid = watch.view
        assert known(amid.inventory) == known(before.inventory)
        assert {v.inventory.rev for v in watch.views} == {before.inventory.rev}
        assert reports(amid)["circuits"].odd == 5
        assert reports(amid)["circuits"].odd_text == "5 values cannot be true, e.g. the row null"
        walk.server.rewrite.clear()
        await walk.clock.run(2 * POLL)
        assert (watch.view.circuits.state == State.UP).all()
