"""The same month in a history file, and a process that reads it: its hours as packs of days, or its days as they are
kept. Run as a process (`python -m bench.rollups_disk FILE CIRCUITS DAYS hours|days`): milliseconds, MB, and a sum."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench.rows import most_memory
from noctui.kpi.hourly import COLUMNS
from noctui.model.figures import Accounts, Grain
from noctui.model.view import F4

START = 1_764_547_200.0  # 2025-12-01: the month begins, and no block of hours is longer than a day
DAY = 86_400.0


class Read(NamedTuple):
    """How long a process took for the month, the most memory it had, and what the figures add up to."""

    milliseconds: float
    megabytes: float
    total: int


def make(folder: Path, days: Sequence[Sequence[Mapping[str, F4]]], kept: Sequence[Accounts]) -> Path:
    """A history of these days' hours and of the days themselves; equal days are packed once."""
    from noctui.stores.history.accounts_pack import Stored, pack_accounts
    from noctui.stores.history.db import FILE, connect_writer
    from noctui.stores.history.schema import migrate

    folder.mkdir(parents=True, exist_ok=True)
    db = connect_writer(folder / FILE)
    migrate(db, "bench")
    circuits = len(days[0][0]["up_seconds"])
    db.execute("BEGIN")
    db.executemany("INSERT INTO circuits VALUES (?, ?)", [(i, f"c{i}") for i in range(circuits)])
    packs: dict[tuple[int, ...], list[bytes]] = {}
    for number, (hours, accounts) in enumerate(zip(days, kept, strict=True)):
        start = START + number * DAY
        key = tuple(map(id, hours))
        if key not in packs:
            packs[key] = _packed(hours, circuits)
        db.executemany(
            "INSERT INTO rollups (kind, start, block, merged, org_id, rev, epoch, data, version)"
            " VALUES (2, ?, ?, 0, 'bench', 1, 1, ?, 1)",
            [(start, block, data) for block, data in enumerate(packs[key])],
        )
        db.execute(
            'INSERT INTO figures (grain, start, "end", "key", zone, version, known_at, sketched, org_id, rev, epoch,'
            " data) VALUES (?, ?, ?, ?, 'UTC', 1, ?, 0, 'bench', 1, 1, ?)",
            (Grain.DAY, start, start + DAY, f"day {number}", start + DAY, pack_accounts(Stored(accounts))),
        )
    db.execute("COMMIT")
    db.close()
    return folder / FILE


def _packed(hours: Sequence[Mapping[str, F4]], circuits: int) -> list[bytes]:
    from noctui.stores.history.hourly import DAY_BLOCK, DAY_STEP, KPI_NUMBER
    from noctui.stores.history.pack import build

    columns = {KPI_NUMBER[name]: np.stack([hour[name] for hour in hours], axis=1) for name in COLUMNS}
    return [
        build({number: column[first : first + DAY_BLOCK] for number, column in columns.items()}, DAY_STEP)
        for first in range(0, circuits, DAY_BLOCK)
    ]


def read(file: Path, circuits: int, days: int, by: str) -> Read:
    """In a process of its own."""
    command = [sys.executable, "-m", "bench.rollups_disk", str(file), str(circuits), str(days), by]
    told = subprocess.run(command, capture_output=True, text=True, check=True, timeout=300).stdout.split()
    return Read(float(told[0]), float(told[1]), int(told[2]))


def total_of(accounts: Accounts) -> int:
    """Of what comes from hours: sums of gauges, and time above thresholds."""
    return int(accounts.total.sum() + accounts.known.sum() + accounts.above.sum() + accounts.longest.sum())


def main(file: str, circuits: int, days: int, by: str) -> None:
    from noctui.stores.history.catalog import Catalog
    from noctui.stores.history.db import connect_reader, snapshot
    from noctui.stores.history.figures_ask import Ask, Kept
    from noctui.stores.history.figures_read import accounts
    from noctui.stores.history.settings import Retention

    db: sqlite3.Connection = connect_reader(Path(file))
    end = START + days * DAY
    with snapshot(db):
        ask = Ask(db, Catalog(), Kept(), Retention(), end + DAY, float("inf"), circuits)
        began = time.perf_counter()
        found = accounts(ask, START, end, by_days=by == "days")
        took = 1000 * (time.perf_counter() - began)
    print(f"{took:.1f} {most_memory():.1f} {total_of(found)}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4])
