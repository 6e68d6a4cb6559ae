"""`aggregate … --since` makes hours anew from samples, then their days; an hour that is the same stays as it is."""

from __future__ import annotations

import numpy as np

from noctui.model.figures import Grain
from noctui.stores.history import Writer
from noctui.stores.history.hourly import DAY_PACKS, FIVE_DAYS, KPI_NUMBER, VECTORS
from noctui.stores.history.pack import Pack, of_bytes, replaced
from tests.stores.figures_made import live, write
from tests.stores.made import START, World, network
from tests.stores.recomputed import close_all, differences, everything

HOUR, DAY = 3600.0, 86400.0


def two_days(writer: Writer) -> float:
    world = World(network(3), interval=HOUR, seed=5)
    write(writer, live(world, np.random.default_rng(2), 54), closing=False)
    close_all(writer, world.at)
    return world.at


def order(writer: Writer, since: float, now: float) -> list[str]:
    """The keys of the days that were made anew."""
    return [made.period.key for made in writer.aggregate(Grain.DAY, since, now) if made is not None]


def versions(writer: Writer, kind: int) -> dict[float, int]:
    query = "SELECT start, version FROM rollups WHERE kind = ? AND block = 0"
    return dict(writer.db.execute(query, (kind,)).fetchall())


def falsify(writer: Writer, kind: int, start: float) -> None:
    """Its first hour as a version with a mistake would have written it."""
    query = "SELECT id, data FROM rollups WHERE kind = ? AND start = ? AND block = 0"
    id_, data = writer.db.execute(query, (kind, start)).fetchone()
    pack = Pack(of_bytes(data), "hour")
    column = pack.get(KPI_NUMBER["loss_avg"]).copy()
    column[:, 0] = 77.0
    with writer.transaction() as db:
        db.execute("UPDATE rollups SET data = ? WHERE id = ?", (replaced(data, {KPI_NUMBER["loss_avg"]: column}), id_))


def test_an_hour_that_differs_is_put_right_and_with_it_its_day(writer: Writer) -> None:
    now = two_days(writer)
    right = everything(writer)
    falsify(writer, VECTORS, START + 30 * HOUR)
    falsify(writer, DAY_PACKS, START)  # that hour is not there by itself any more
    assert len(differences(right, everything(writer))) == 2, "of one gauge each"
    order(writer, START, now)
    close_all(writer, now)
    assert differences(right, everything(writer)) == []


def test_what_comes_out_the_same_keeps_its_version(writer: Writer) -> None:
    now = two_days(writer)
    before = [versions(writer, kind) for kind in (VECTORS, DAY_PACKS, FIVE_DAYS)]
    assert order(writer, START + DAY, now) == ["2025-12-02"], "it was asked for"
    close_all(writer, now)
    assert [versions(writer, kind) for kind in (VECTORS, DAY_PACKS, FIVE_DAYS)] == before
    falsify(writer, VECTORS, START + 30 * HOUR)
    order(writer, START, now)
    after = versions(writer, VECTORS)
    assert [hour for hour, version in after.items() if before[0].get(hour) != version] == [START + 30 * HOUR]


def test_hours_before_the_day_asked_for_stay(writer: Writer) -> None:
    now = two_days(writer)
    falsify(writer, DAY_PACKS, START)
    wrong = everything(writer)
    order(writer, START + DAY, now)
    hour = f"hour {START:.0f}"
    assert differences({hour: wrong[hour]}, {hour: everything(writer)[hour]}) == []
