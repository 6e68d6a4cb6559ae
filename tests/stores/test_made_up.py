"""A history that an older version wrote: hours without five-minute averages, and no days. They are made up for."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from noctui.model.figures import Grain
from noctui.stores.history import Writer
from noctui.stores.history.hourly import FIVE_DAYS, FIVE_HOURS
from noctui.stores.history.kept_figures import select_newest
from noctui.stores.history.making_up import DONE
from tests.stores.figures_made import live, write
from tests.stores.made import World, network
from tests.stores.recomputed import close_all, differences, everything

HOUR = 3600.0


def older(writer: Writer, before: float = 1e18) -> None:
    """Take away what an older version did not write of the time before."""
    with writer.transaction() as db:
        db.execute("DELETE FROM rollups WHERE kind IN (?, ?) AND start < ?", (FIVE_DAYS, FIVE_HOURS, before))
        db.execute("DELETE FROM figures WHERE start < ?", (before,))
        db.execute("DELETE FROM meta WHERE name = ?", (DONE,))
        db.execute("DELETE FROM due")
        for table in ("sketches", "group_figures"):
            db.execute(f"DELETE FROM {table} WHERE figures NOT IN (SELECT id FROM figures)")


def days(writer: Writer) -> list[str]:
    return [kept.period.key for kept in select_newest(writer.db, "grain = ?", (Grain.DAY,))]


def test_days_are_made_of_what_is_held(open_writer: Callable[..., Writer]) -> None:
    """All of them, or those before the first that was made; as if they had been made when they were over."""
    writer = open_writer()
    world = World(network(3), interval=HOUR, seed=5)
    write(writer, live(world, np.random.default_rng(2), 80), closing=False)
    close_all(writer, world.at)
    right, all_days = everything(writer), days(writer)
    assert len(all_days) == 3
    starts = [kept.period.start for kept in select_newest(writer.db, "grain = ?", (Grain.DAY,))]
    for before in (1e18, starts[1]):
        older(writer, before)
        writer.close()
        writer = open_writer()
        close_all(writer, world.at)
        assert days(writer) == all_days
        assert differences(right, everything(writer)) == []


def test_it_is_asked_for_once(open_writer: Callable[..., Writer]) -> None:
    writer = open_writer()
    write(writer, World(network(3), interval=3600.0).polls(60))
    older(writer)
    asked = []
    for _ in range(2):
        writer.close()
        writer = open_writer()
        asked.append(writer.db.execute("SELECT count(*) FROM due WHERE grain = 1").fetchone()[0])
        with writer.transaction() as db:
            db.execute("DELETE FROM due")
    assert asked == [3, 0], "two that are over, and the running one"
