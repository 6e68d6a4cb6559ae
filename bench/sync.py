"""A million hours of circuits into a warehouse: how fast, in how much memory, and how much of it is the server's.

The server is fakesnow on the same two cores: a real one would take its part elsewhere. Beside it rows sent by
`executemany`, which is how the tables were filled before. Run as a process it is one sync, see `main`.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
import psutil

from bench.rows import ANY, How, Row, most_memory
from tests.stores.warehouse.snow import Snow

ROWS_A_SECOND, MEGABYTES = 60_000, 280.0
MONTH_HOURS = 744
START = 1_764_547_200.0  # 2025-12-01
PEER_ROWS = 1000


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    circuits = 128 if how.quick else 1344
    rows = circuits * MONTH_HOURS
    folder = _made(how.folder / "sync", circuits)
    snow = Snow(how.folder)
    snow.start()
    try:
        _prepared(snow)
        (server,) = psutil.Process().children()
        before = sum(server.cpu_times()[:2])
        told = _child(folder, snow.port)
        busy = sum(server.cpu_times()[:2]) - before
        again = _child(folder, snow.port)
        peer = _executemany(snow, PEER_ROWS // 10 if how.quick else PEER_ROWS)
    finally:
        snow.stop(kill=True)
    assert told["sent"] == rows
    assert again["sent"] == 0
    seconds = told["seconds"]
    inside, server_, client = (100 * part / seconds for part in (told["connector"], busy, told["cpu"]))
    note = (
        f"Sync: {rows:,} hours of circuits, each into three tables ({3 * rows:,} rows there), "
        f"{told['bytes'] / 1e6:.1f} MB of files ({told['bytes'] / rows:.0f} bytes an hour); "
        f"{rows / seconds:,.0f} hours/s; {inside:.0f} % of the time in the connector; the server had a core for "
        f"{server_:.0f} % of it, the client for {client:.0f} %."
    )
    yield Row(
        "sync: a million hours of circuits", ANY, seconds * 1e6 / rows, "s", budget=1e6 / ROWS_A_SECOND,
        peer=f"executemany, of {PEER_ROWS:,} rows into one table,", peer_value=peer * 1e6, least=30, note=note,
    )  # fmt: skip
    yield Row("sync: memory at its peak", ANY, told["megabytes"], "MB", budget=MEGABYTES)
    yield Row("sync: nothing to send", ANY, 1000 * again["seconds"], "ms", budget=250.0)


def _made(folder: Path, circuits: int) -> Path:
    """A history whose December is in month tiles, as one is that was never sent."""
    from noctui.kpi.hourly import COLUMNS
    from noctui.stores.history.db import FILE, connect_writer
    from noctui.stores.history.hourly import KPI_NUMBER, MONTH_BLOCK, MONTH_STEP, MONTH_TILES
    from noctui.stores.history.pack import build
    from noctui.stores.history.schema import migrate, set_meta

    folder.mkdir(parents=True)
    rng = np.random.default_rng(1)
    db = connect_writer(folder / FILE)
    migrate(db, "bench")
    set_meta(db, "history_id", "bench")
    set_meta(db, "version", 1)
    sites = [str(UUID(bytes=rng.bytes(16))) for _ in range(circuits // 2)]
    ids = [(no, f"{sites[no // 2]}:ge-0/0/{no % 2}") for no in range(circuits)]
    db.execute("BEGIN")
    db.executemany("INSERT INTO circuits VALUES (?, ?)", ids)
    for block in range(circuits // MONTH_BLOCK):
        shape = MONTH_BLOCK, MONTH_HOURS
        columns = {KPI_NUMBER[name]: _figures(name, rng, shape) for name in COLUMNS}
        db.execute(
            "INSERT INTO rollups (kind, start, block, merged, org_id, rev, epoch, data, version)"
            " VALUES (?, ?, ?, 0, 'bench', 1, 1, ?, 1)",
            (MONTH_TILES, START, block, build(columns, MONTH_STEP)),
        )
    db.execute("COMMIT")
    db.close()
    return folder


def _figures(name: str, rng: np.random.Generator, shape: tuple[int, int]) -> Any:
    """As they are: mostly up, seldom above a threshold, loss rare."""
    if name == "up_seconds" or name.endswith("_known") or name == "sampled_seconds":
        return np.full(shape, 3600, np.float32)
    if name.endswith("_seconds") or name == "flaps" or "_above_" in name or "_longest_" in name:
        return np.where(rng.random(shape) < 0.01, 60, 0).astype(np.float32)
    if "_head_" in name or "_tail_" in name:
        return np.zeros(shape, np.float32)
    if name.startswith("loss"):
        return np.where(rng.random(shape) < 0.05, rng.random(shape), 0).astype(np.float32)
    scale = 1e8 if "_bps_" in name else 60.0
    return (rng.random(shape) * scale).astype(np.float32)


def _prepared(snow: Snow) -> None:
    import snowflake.connector

    from noctui.stores.warehouse.ddl import MIGRATIONS, VERSION
    from noctui.stores.warehouse.migrate import VERSIONS

    with snowflake.connector.connect(**snow.keywords()) as made, made.cursor() as cursor:
        cursor.execute("CREATE DATABASE WAN_PERFORMANCE")
        cursor.execute("CREATE SCHEMA WAN_PERFORMANCE.RETAIL_WAN")
    with snowflake.connector.connect(**snow.keywords("WAN_PERFORMANCE")) as made, made.cursor() as cursor:
        cursor.execute(f"CREATE TABLE {VERSIONS}")
        cursor.execute(f"INSERT INTO SCHEMA_VERSION SELECT {VERSION}, NULL, 'bench'")
        for step in MIGRATIONS:
            for statement in step:
                cursor.execute(statement)


def _executemany(snow: Snow, rows: int) -> float:
    """Seconds a row."""
    import snowflake.connector

    columns = ", ".join(f"N{i} NUMBER" for i in range(10))
    with snowflake.connector.connect(**snow.keywords("WAN_PERFORMANCE")) as made, made.cursor() as cursor:
        cursor.execute(f"CREATE TABLE PEER (ID VARCHAR, {columns})")
        values = [(f"c{i}", *range(10)) for i in range(rows)]
        began = time.perf_counter()
        cursor.executemany(f"INSERT INTO PEER VALUES ({', '.join(['%s'] * 11)})", values)
        return (time.perf_counter() - began) / rows


def _child(folder: Path, port: int) -> dict[str, float]:
    command = [sys.executable, "-m", "bench.sync", str(folder), str(port)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=900, check=True)
    found: dict[str, float] = json.loads(done.stdout)
    return found


def main(folder: str, port: str) -> None:
    """One sync; prints what it took."""
    from noctui.clock import SystemClock
    from noctui.runtime.sync import Sync
    from noctui.stores.history import HistoryReader
    from noctui.stores.warehouse.login import Login
    from noctui.stores.warehouse.sender import Sender

    login = Login(
        account="fakesnow", user="noctui", authenticator="snowflake", password="any", host="127.0.0.1", port=int(port),
        protocol="http", database="WAN_PERFORMANCE", schema="RETAIL_WAN", timeout=600.0,
    )  # fmt: skip
    inside, send = 0.0, Sender.send

    def timed(self: Sender, *given: Any) -> dict[str, int]:
        nonlocal inside
        began = time.perf_counter()
        try:
            return send(self, *given)
        finally:
            inside += time.perf_counter() - began

    Sender.send = timed  # type: ignore[method-assign,assignment]
    reader = HistoryReader(Path(folder) / "history.db", "bench")
    outcome = Sync(Path(folder), reader, login, SystemClock(), lambda step: None).run("hours")
    reader.close()
    print(json.dumps({
        "sent": outcome.rows, "bytes": outcome.bytes, "seconds": outcome.seconds, "connector": inside,
        "cpu": time.process_time(), "megabytes": most_memory(),
    }))  # fmt: skip


if __name__ == "__main__":
    main(*sys.argv[1:])
