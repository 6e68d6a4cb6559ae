"""What outboxes make of a history, put into a table of our own that follows the warehouse's rule; no server is asked.

However hours are corrected, come late and are put together between two looks: in the end the table says what the
history says, and nothing waits.
"""

from __future__ import annotations

import csv
import gzip
import io
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from noctui.model.edges import Edge
from noctui.model.figures import Grain
from noctui.model.words import State
from noctui.stores.history import HistoryReader
from noctui.stores.history.merging import drop_rolled, roll_day, roll_month
from noctui.stores.history.rows import edge_row, insert_edge_rows
from noctui.stores.warehouse.outbox import Outbox
from noctui.stores.warehouse.outbox_dims import ActiveOutbox
from noctui.stores.warehouse.outbox_events import OutagesOutbox, outages
from noctui.stores.warehouse.outbox_hours import HoursOutbox
from noctui.stores.warehouse.outbox_periods import PeriodsOutbox
from noctui.stores.warehouse.sender import Batch
from noctui.stores.warehouse.state import Mark
from noctui.stores.warehouse.texts import stamp
from tests.examples import some
from tests.stores.made import ORG, START, World
from tests.stores.warehouse.hours import Past

DAY = 86_400.0


def rows_of(batch: Batch) -> list[dict[str, str]]:
    text = b"".join(map(gzip.decompress, batch.files)).decode()
    found = [dict(zip([c.name for c in batch.feed.stage], row, strict=True)) for row in csv.reader(io.StringIO(text))]
    assert len(found) == batch.rows
    return found


class Twin:
    """A table as the warehouse's MERGE would leave it."""

    def __init__(self, *key: str) -> None:
        self.key, self.rows = key, dict[tuple[str, ...], dict[str, str]]()
        self.mark: Mark = ()

    def take(self, box: Outbox, most: int = 1000, marked: bool = True) -> int:
        """So many batches; how many rows came. Not `marked`: it was cut off after they were merged."""
        taken, before = 0, self.mark
        for _ in range(most):
            batch = box.next(self.mark)
            if batch is None:
                break
            keys = set()
            for row in rows_of(batch) if batch.rows else ():
                key = tuple(row[name] for name in self.key)
                assert key not in keys, "twice in a batch: Snowflake would refuse the MERGE"
                keys.add(key)
                if row.get("GONE") == "1":
                    self.rows.pop(key, None)
                elif key not in self.rows or int(row["REV"]) > int(self.rows[key]["REV"]):
                    self.rows[key] = row
            taken += batch.rows
            self.mark = batch.mark
        self.mark = self.mark if marked else before
        return taken


ACTS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(-30, 50)),
        st.tuples(st.sampled_from(("day", "month", "drop", "send", "send one"))),
    ),
    min_size=5,
    max_size=25,
)


@settings(max_examples=some(40))
@given(ACTS, st.integers(0, 1_000_000))
def test_whatever_is_done_to_hours_they_arrive_as_they_are(acts: list[Any], seed: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        past, later = Past(Path(folder), circuits=2, seed=seed), START + 80 * DAY
        reader = HistoryReader(past.folder / "history.db", ORG)
        box, twin = HoursOutbox(reader, most=60), Twin("CIRCUIT_ID", "HOUR_KEY")
        units = {"day": roll_day, "month": roll_month, "drop": drop_rolled}
        for act in acts:
            if act[0] == "put":
                past.put(act[1])
            elif act[0] == "send":
                twin.take(box)
            elif act[0] == "send one":
                twin.take(box, 1)
            else:
                while units[act[0]](past.writer, later):
                    pass
        twin.take(box)
        assert {k: row["UP_MS"] for k, row in twin.rows.items()} == {
            k: f"{1000 * v['up_seconds']:.0f}" for k, v in past.newest.items()
        }
        assert twin.take(box) == 0
        assert box.waiting(twin.mark).rows == 0
        reader.close()
        past.close()


TIMES = st.integers(0, 30).map(lambda n: START + 60.0 * n)
EDGES = st.lists(
    st.tuples(
        TIMES,
        st.one_of(st.none(), st.integers(1, 10)),
        st.sampled_from(State),
        st.integers(0, 1),
        st.sampled_from(("", "look", "cut")),
    ),
    max_size=20,
)


@settings(max_examples=some(60))
@given(EDGES)
def test_outages_that_evidence_moves_are_taken_back(told: list[Any]) -> None:
    """Edges come in any order and repaint what was; after each look the table has the outages of the whole ledger,
    though one may have been cut off before its mark."""
    with tempfile.TemporaryDirectory() as folder:
        past = Past(Path(folder), circuits=2)
        reader = HistoryReader(past.folder / "history.db", ORG)
        box, twin = OutagesOutbox(reader), Twin("CIRCUIT_ID", "BEGIN_OUTAGE")
        ledger: dict[str, list[Edge]] = {c.circuit_id: [] for c in past.inventory.circuits}
        for number, (at, minutes, state, which, look) in enumerate(told):
            circuit_id = past.inventory.circuits[which].circuit_id
            until = None if minutes is None else at + 60.0 * minutes
            edge = Edge(circuit_id=circuit_id, event_time=at, state=state, known_at=START + 9e4 + number, until=until)
            ledger[circuit_id].append(edge)
            with past.writer.transaction() as db:
                insert_edge_rows(db, [(circuit_id, edge_row(edge))], past.writer.circuits)
            if look:
                twin.take(box, marked=look == "look")
        twin.take(box)
        expected = {
            (circuit_id, stamp(began)): stamp(ended) or ""
            for circuit_id, edges in ledger.items()
            for began, ended in outages(edges).items()
        }
        assert {key: row["END_OUTAGE"] for key, row in twin.rows.items()} == expected
        assert box.next(twin.mark) is None
        reader.close()
        past.close()


def test_a_blip_is_no_confirmed_outage() -> None:
    edges = [
        Edge(circuit_id="c", event_time=START, state=State.DOWN, known_at=START),
        Edge(circuit_id="c", event_time=START + 30, state=State.UP, known_at=START + 30),
        Edge(circuit_id="c", event_time=START + 90, state=State.DOWN, known_at=START + 90),
    ]
    assert outages(edges) == {START: START + 30, START + 90: None}


def test_numbers_are_written_digit_by_digit() -> None:
    from noctui.stores.warehouse.texts import NULL, lines, whole

    heads = np.array([b'"a"', '"b\u00e9"'.encode()])
    column = np.array([0, 7, 10, -3, NULL, 4_294_967_296, 99], np.int64)
    text = lines(heads, np.array([0, 1, 0, 0, 1, 0, 1]), [column, column[::-1].copy()])
    assert text.decode().splitlines() == [
        '"a",0,99', '"bé",7,4294967296', '"a",10,', '"a",-3,-3', '"bé",,10', '"a",4294967296,7', '"bé",99,0',
    ]  # fmt: skip
    assert whole(np.array([1.23456, np.nan, np.inf, 0.00004]), 1e4).tolist() == [12346, NULL, NULL, 0]


@given(st.text(max_size=20))
def test_texts_come_back_as_they_were(text: str) -> None:
    from noctui.stores.warehouse.texts import quoted

    plain = text.replace("\0", "\N{REPLACEMENT CHARACTER}")
    assert next(csv.reader(io.StringIO(quoted(text) + ",x", newline="")))[0] == plain


def test_days_go_many_at_once_and_an_own_one_again_when_it_is_made_anew(tmp_path: Path) -> None:
    past = Past(tmp_path, circuits=4)
    world = World(past.inventory, interval=3600.0)
    for record in world.polls(24 * 5):
        past.writer.write(record)
        while past.writer.close_due(record.view.at):
            pass
    reader = HistoryReader(past.folder / "history.db", ORG)
    box, twin = PeriodsOutbox(reader, Grain.DAY), Twin("CIRCUIT_ID", "PERIOD_KEY")
    batch = box.next(())
    assert batch is not None
    days = {row["PERIOD_KEY"] for row in rows_of(batch)}
    assert len(batch.files) == len(days) >= 3
    assert twin.take(box) == 4 * len(days)
    assert twin.take(box) == 0
    for made in past.writer.aggregate(Grain.DAY, START + 2 * DAY, world.at):
        assert made is None or made.rows == 4
    again = twin.take(box)
    assert 0 < again < 4 * len(days)
    assert box.next(twin.mark) is None
    reader.close()
    past.close()


def test_what_carries_traffic_is_told_without_a_failover_too(tmp_path: Path) -> None:
    """A dark site has none; yet its circuits carry nothing any more. Looked at once an hour, told when it is new."""
    past = Past(tmp_path, circuits=6)
    world = World(past.inventory, interval=1200.0)
    reader = HistoryReader(past.folder / "history.db", ORG)
    box, twin = ActiveOutbox(reader), Twin("CIRCUIT_ID")
    seen = []
    for _ in range(9):
        record = world.poll()
        past.writer.write(record)
        batch = box.next(twin.mark)
        seen.append(batch is not None)
        if batch is None:
            continue
        told = {row["CIRCUIT_ID"]: row["ACTIVE_STATE"] == "TRUE" for row in rows_of(batch)}
        circuits = zip(record.view.inventory.circuits, record.view.circuits.active.tolist(), strict=True)
        assert told == {c.circuit_id: active for c, active in circuits}
        assert box.waiting(twin.mark).rows == 6
        twin.mark = batch.mark
        assert (box.next(twin.mark), box.waiting(twin.mark).rows) == (None, 0)
        same = box.next((*twin.mark[:2], 0.0, twin.mark[3]))  # an hour later, and nothing has changed
        assert same is not None
        assert (same.rows, same.mark) == (0, twin.mark)
    assert seen == [True, False, True, False, False, True, False, False, True]
    reader.close()
    past.close()
