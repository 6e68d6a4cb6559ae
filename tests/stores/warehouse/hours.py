"""Histories with hours that were put there directly, what they should be in the warehouse, and how to send them.

The warehouse's rows are worked out here by plain Python from the hours that were put, not by what sends them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from math import isnan
from pathlib import Path
from typing import Any

import numpy as np

from noctui.clock import FixedClock
from noctui.kpi.hourly import COLUMNS
from noctui.model.inventory import Inventory
from noctui.model.view import F4
from noctui.runtime.sync import Outcome, Sync
from noctui.stores.bus.folder import FolderLock
from noctui.stores.history import History, HistoryReader, Writer
from noctui.stores.history.due import next_version
from noctui.stores.history.hourly import VECTORS, hour_vector
from noctui.stores.history.rollups import put
from noctui.stores.warehouse.ddl import VERSION
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.migrate import VERSIONS
from noctui.stores.warehouse.outbox_hours import MOST_ROWS
from noctui.stores.warehouse.sender import nothing
from noctui.stores.warehouse.statements import created
from noctui.stores.warehouse.tables import Table
from noctui.stores.warehouse.tables_hours import HOURS
from tests.stores.made import ORG, START, network
from tests.stores.warehouse.snow import Snow

HOUR = 3600.0
Key = tuple[str, str]
"""Circuit, hour key."""
NOW = START + 90 * 86_400.0


def hour(rng: np.random.Generator, slots: int) -> dict[str, F4]:
    """Awkward figures of one hour for every circuit: NaN here and there, states that add up to the hour."""
    found = {name: np.round(rng.random(slots) * 100, 3).astype(np.float32) for name in COLUMNS}
    for name in found:
        if not name.endswith(("_seconds", "flaps")):
            found[name][rng.random(slots) < 0.2] = np.nan
    parts = rng.integers(0, 1200, (3, slots))
    for name, seconds in zip(("up", "down", "disabled"), parts, strict=True):
        found[f"{name}_seconds"] = seconds.astype(np.float32)
    found["unknown_seconds"] = (3600 - parts.sum(axis=0)).astype(np.float32)
    found["flaps"] = rng.integers(0, 4, slots).astype(np.float32)
    return found


class Past:
    """A history written hour by hour. `newest` has the figures of each circuit's hour as they were put last."""

    def __init__(self, folder: Path, circuits: int = 3, inventory: Inventory | None = None, seed: int = 1) -> None:
        self.folder, self.circuits = folder, circuits
        self.rng = np.random.default_rng(seed)
        self.lock = FolderLock(folder)
        assert self.lock.try_acquire()
        self.writer: Writer = History.create_or_open(folder, ORG).writer(self.lock)
        self.inventory = inventory or network(circuits)
        self.writer.learn(self.inventory)
        self.newest: dict[Key, dict[str, float]] = {}

    def put(self, number: int, figures: dict[str, F4] | None = None) -> None:
        """The hour that begins so many hours after START, in place of what was there."""
        figures = figures or hour(self.rng, self.circuits)
        start = START + number * HOUR
        with self.writer.transaction():
            put(self.writer, VECTORS, start, 0, hour_vector(figures), next_version(self.writer))
        for slot, circuit in enumerate(self.inventory.circuits):
            self.newest[circuit.circuit_id, key_of(start)] = {n: float(v[slot]) for n, v in figures.items()}

    def fill(self, first: int, count: int) -> None:
        for number in range(first, first + count):
            self.put(number)

    def close(self) -> None:
        self.writer.close()
        self.lock.release()


def key_of(start: float) -> str:
    return f"{datetime.fromtimestamp(start, UTC):%Y%m%d%H}"


def login_to(snow: Snow, database: str) -> Login:
    return Login(
        account="fakesnow", user="noctui", authenticator="snowflake", password="any", host="127.0.0.1", port=snow.port,
        protocol="http", database=database, schema="RETAIL_WAN", timeout=10.0,
    )  # fmt: skip


def made_tables(connection: Any, tables: Iterable[Table] = HOURS.tables) -> None:
    """Those that a test looks at, as `noctui warehouse init` makes all of them."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE TABLE IF NOT EXISTS {VERSIONS}")
        cursor.execute(f"INSERT INTO SCHEMA_VERSION SELECT {VERSION}, NULL, 'test'")
        for table in tables:
            cursor.execute(created(table))


def sync(
    folder: Path,
    login: Login,
    done: Callable[[str], None] = nothing,
    now: float = NOW,
    most: int = MOST_ROWS,
    tables: str = "hours",
    **how: Any,
) -> Outcome:
    """One run. `most`: rows of a batch."""
    reader = HistoryReader(folder / "history.db", ORG)
    try:
        return Sync(folder, reader, login, FixedClock(now), lambda step: None, done, most).run(tables, **how)
    finally:
        reader.close()


def in_warehouse(connection: Any, table: str, columns: Sequence[str]) -> dict[Key, tuple[Any, ...]]:
    """The rows of an hourly table by key; a key that is there twice fails."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT CIRCUIT_ID, HOUR_KEY, {', '.join(columns)} FROM {table} WHERE ORG_ID = '{ORG}'")
        rows = cursor.fetchall()
    found = {(row[0], row[1]): tuple(row[2:]) for row in rows}
    assert len(found) == len(rows), f"{table} has a key twice"
    return found


def none_or(value: float, scale: float = 1e4) -> float | None:
    return None if isnan(value) else round(value * scale) / scale


def same(connection: Any, newest: dict[Key, dict[str, float]]) -> None:
    """The three hourly tables say what was put."""
    util = in_warehouse(connection, "FACT_CIRCUIT_UTILIZATION", ("UTILIZATION_AVG", "RX_PCT_MAX", "COVERED_SECONDS"))
    assert util == {k: (none_or(v["util_avg"]), none_or(v["rx_pct_max"]), none_or(v["sampled_seconds"], 1e3))
                    for k, v in newest.items()}  # fmt: skip
    states = ("UP_SECONDS", "DOWN_SECONDS", "UNKNOWN_SECONDS", "DISABLED_SECONDS", "FLAP_COUNT", "UP_MINUTES")
    status = in_warehouse(connection, "FACT_CIRCUIT_STATUS", states)
    words = ("up_seconds", "down_seconds", "unknown_seconds", "disabled_seconds", "flaps")
    assert {k: v[:5] for k, v in status.items()} == {k: tuple(v[w] for w in words) for k, v in newest.items()}
    assert all(abs(v[5] - newest[k]["up_seconds"] / 60) < 1e-5 for k, v in status.items())
    quality = in_warehouse(connection, "FACT_CIRCUIT_QUALITY", ("LOSS_P95", "JITTER_AVG", "LATENCY_MAX", "LATENCY_MS"))
    assert quality == {k: tuple(none_or(v[w]) for w in ("loss_p95", "jitter_avg", "latency_max", "latency_avg"))
                       for k, v in newest.items()}  # fmt: skip


def statements(snow: Snow, word: str) -> Iterable[str]:
    return [text for text in snow.said() if text.startswith(word)]
