"""Sending one batch: its files put to a stage of its own, copied into a temporary table, merged into each table.

Each MERGE is one statement outside any transaction, whole or not done at all; the names of stage and file are used
once. A batch that was cut off anywhere is sent again from its begin.
"""

from __future__ import annotations

import io
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.statements import copied, merged, staging
from noctui.stores.warehouse.tables import Feed, Table
from noctui.stores.warehouse.texts import stamp


class Cursor(Protocol):
    def execute(self, command: str, params: Any = None, **more: Any) -> Any: ...
    def fetchone(self) -> Any: ...
    def fetchall(self) -> Any: ...
    def close(self) -> Any: ...


class Connection(Protocol):
    """The connector's, as far as a sync needs it."""

    def cursor(self) -> Any: ...
    def close(self) -> Any: ...


@dataclass(frozen=True, slots=True)
class Batch:
    """Some rows of a feed as files. `mark` is where the feed has come to once they are merged; `bounds` are of its
    `bounded` column. `oldest` is the earliest hour in it, `damaged` names what could not be read in the history."""

    feed: Feed
    files: tuple[bytes, ...]
    rows: int
    mark: Mark
    bounds: tuple[str, str] | None = None
    oldest: float | None = None
    damaged: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes of its files."""
        return sum(map(len, self.files))


def nothing(_: str) -> None:
    """No one is told."""


class Sender:
    """One connection's. `step` is told what was just done: `stage`, `put`, `copy`, `merge TABLE`."""

    def __init__(
        self, connection: Connection, org_id: str, source_id: str, now: Callable[[], float],
        step: Callable[[str], None] = nothing,
    ) -> None:  # fmt: skip
        self._connection, self._now, self._step = connection, now, step
        self._given = {"org": org_id, "source": source_id}

    def send(self, batch: Batch, again: bool = False) -> dict[str, int]:
        """Rows that were new or have changed, by table. Raises what the connector raises, and WarehouseFault."""
        feed, name = batch.feed, f"NOCTUI_{secrets.token_hex(8).upper()}"
        cursor = self._connection.cursor()
        try:
            cursor.execute(f"CREATE TEMPORARY STAGE {name}_FILES")
            cursor.execute(staging(feed, name))
            self._step("stage")
            for number, data in enumerate(batch.files):
                file = f"{name.lower()}_{number}.csv.gz"
                put = f"PUT 'file:///{file}' @{name}_FILES SOURCE_COMPRESSION = GZIP AUTO_COMPRESS = FALSE"
                cursor.execute(put, file_stream=io.BytesIO(data))
                self._step("put")
            self._copy(cursor, copied(name, f"{name}_FILES"), batch)
            self._step("copy")
            changed = {}
            for table in feed.tables:
                changed[table.name] = self._merge(cursor, batch, table, name, again)
                self._step(f"merge {table.name}")
            cursor.execute(f"DROP TABLE IF EXISTS {name}")
        finally:
            cursor.close()
        return changed

    def _copy(self, cursor: Cursor, command: str, batch: Batch) -> None:
        cursor.execute(command)
        loaded = sum(int(row[3]) for row in cursor.fetchall() if len(row) > 3)
        if loaded != batch.rows:
            text = f"the warehouse took {loaded:,} of {batch.rows:,} rows of {batch.feed.name}; nothing was merged"
            raise WarehouseFault(text, "data")

    def _merge(self, cursor: Cursor, batch: Batch, table: Table, staged: str, again: bool) -> int:
        given = {**self._given, "sent": stamp(self._now())}
        cursor.execute(merged(batch.feed, table, staged, batch.bounds, again), given)
        row = cursor.fetchone()
        for command in table.after:
            cursor.execute(command.format(table=table.name), given)
        return sum(int(n) for n in row) if row else 0
