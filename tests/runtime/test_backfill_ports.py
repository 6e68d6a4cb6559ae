"""Which ports a circuit's series are asked of, and whose events speak of it, when gateways were replaced meanwhile."""

from __future__ import annotations

import numpy as np
import zstandard

from noctui.model.inventory import Attachment, Circuit, Gateway, Inventory
from noctui.runtime.backfill_evidence import heard, tables
from noctui.runtime.backfill_fetch import HAD
from noctui.runtime.backfill_kept import Record
from noctui.runtime.backfill_plan import FINE, Hole
from noctui.runtime.backfill_ports import attached, names_of, ports_of
from noctui.runtime.backfill_work import Ask, Work
from noctui.sources.mist.backfill import Grid, Port
from noctui.sources.mist.structs import EventRow

SITE, OTHER = "11111111-aaaa", "22222222-bbbb"
OLD, NEW, HALF = "0a0000000001", "0a0000000002", "0a0000000003"
START, END, SWAPPED = 10_000.0, 20_000.0, 20_000.0


def circuit(number: int, *attachments: Attachment, port: str = "ge-0/0/0", wan: str = "") -> Circuit:
    circuit_id = f"{SITE}:{port}"
    return Circuit(
        circuit_id=circuit_id, circuit_no=number, site_id=SITE, port_id=port, wan_name=wan, attachments=attachments
    )


def at(mac: str, since: float, until: float | None = None, port: str = "ge-0/0/0") -> Attachment:
    return Attachment(gateway_id=mac, port_id=port, since=since, until=until)


BEFORE = circuit(0, at(OLD, 5000.0))
AFTER = circuit(0, at(OLD, 5000.0, SWAPPED), at(NEW, SWAPPED))


def network(*circuits: Circuit, macs: tuple[str, ...] = (OLD,)) -> Inventory:
    gateways = tuple(Gateway(gateway_id=mac, site_id=SITE) for mac in macs)
    return Inventory(org_id="org", circuits=circuits, gateways=gateways)


def test_a_gateway_that_was_found_replaced_when_polls_came_again_may_have_stood_there_before() -> None:
    """Nobody saw when in the hole the new one came: both are asked."""
    assert [a.gateway_id for a in attached(AFTER, START, END)] == [OLD, NEW]
    assert [a.gateway_id for a in attached(AFTER, START, SWAPPED - 5000.0)] == [OLD]
    assert [a.gateway_id for a in attached(AFTER, SWAPPED + 1.0, END + 9000.0)] == [NEW]


def test_the_first_attachment_holds_for_all_time_before() -> None:
    """When a line was plugged in that was there at the first look nobody knows: Mist's nulls will say."""
    assert [a.gateway_id for a in attached(BEFORE, 0.0, 100.0)] == [OLD]
    assert attached(circuit(0), START, END) == ()


def test_ports_are_those_of_today_by_the_circuits_of_then() -> None:
    found = ports_of([BEFORE], {AFTER.circuit_id: AFTER}, START, END)
    assert found == {BEFORE.circuit_id: (Port(SITE, OLD, "ge-0/0/0"), Port(SITE, NEW, "ge-0/0/0"))}
    odd = circuit(1, at("not a mac", 0.0), port="x")
    assert ports_of([odd], {}, START, END) == {odd.circuit_id: ()}


def test_events_are_found_by_port_unit_wan_name_and_site() -> None:
    lte = circuit(1, at(OLD, 0.0, port="cl-1/0/0"), port="cl-1/0/0", wan="Lte")
    rows = [EventRow(mac=HALF, site_id=SITE), EventRow(mac="0b0000000009", site_id=OTHER)]
    names = names_of([network(BEFORE, lte), network(AFTER, lte, macs=(OLD, NEW))], rows)
    assert names.circuit(OLD, "ge-0/0/0") == names.circuit(NEW, "ge-0/0/0") == BEFORE.circuit_id
    assert names.circuit(OLD, "ge-0/0/0.100") == BEFORE.circuit_id
    assert names.circuit(OLD, "Lte") == lte.circuit_id
    assert names.circuit(HALF, "ge-0/0/0") == BEFORE.circuit_id, "a half of a pair: its site has one such port"
    assert names.circuit("0b0000000009", "ge-0/0/0") == "", "another site"
    assert names.circuit(OLD, "ge-0/0/7") == ""


def test_a_strangers_sessions_are_those_of_the_only_gateway_of_its_site() -> None:
    rows = [
        EventRow(type="GW_DISCONNECTED", mac=HALF, site_id=SITE, timestamp=12_000.0),
        EventRow(type="GW_RESTARTED", mac=HALF, site_id=SITE, timestamp=12_100.0),
        EventRow(type="GW_CONNECTED", mac=HALF, site_id=SITE, timestamp=12_200.0),
        EventRow(type="GW_PORT_DOWN", mac=HALF, site_id=SITE, port_id="ge-0/0/0", timestamp=12_050.0),
        EventRow(type="GW_PORT_DOWN", mac=HALF, site_id=SITE, port_id="ge-0/0/0", timestamp=12_050.0),
        EventRow(type="GW_CONNECTED", mac=None, timestamp=1.0),
    ]
    alone = heard(rows, names_of([network(BEFORE)], rows))
    assert alone.sessions == {OLD: [(12_000.0, False), (12_200.0, True)]}
    assert alone.boots == {OLD: [12_100.0]}
    assert alone.ports == {BEFORE.circuit_id: [(12_050.0, False)]}, "told twice, it counts once"
    two = heard(rows, names_of([network(AFTER, macs=(OLD, NEW))], rows))
    assert set(two.sessions) == {HALF}, "of which of the two gateways nobody can say"


def test_the_later_ports_word_counts_where_it_has_one() -> None:
    ports = (Port(SITE, OLD, "ge-0/0/0"), Port(SITE, NEW, "ge-0/0/0"))
    grid = Grid(START - 400.0, 600.0, 4)
    hole = Hole(START, END, FINE, 10_200.0, 12_000.0)
    asks = tuple(Ask(kind, grid.start, 600.0, 4, port) for port in ports for kind in ("traffic", "quality"))
    work = Work(START, END, (hole,), (), (), {BEFORE.circuit_id: ports}, {600.0: grid}, asks)
    nan = np.nan
    told = {
        asks[0].key: np.array([[1, 2, 3, nan], [1, 2, 3, nan]]),
        asks[2].key: np.array([[nan, nan, 30, 40], [nan, nan, 30, nan]]),
        asks[3].key: np.array([[9, 9, 9, 9], [nan] * 4, [0, 0, 0, 0]]),
    }
    records = {key: Record(key, HAD, data=_packed(values)) for key, values in told.items()}
    table = tables(work, records)[600.0]
    np.testing.assert_array_equal(table.values[0, :, 0], [1, 2, 30, 40])
    np.testing.assert_array_equal(table.values[1, :, 0], [1, 2, 30, nan])
    np.testing.assert_array_equal(table.values[2, :, 0], [9, 9, 9, 9])
    buckets = table.cut(0, hole)
    assert buckets.heard.tolist() == [True] * 4
    assert buckets.start == grid.start


def _packed(values: np.ndarray[tuple[int, int], np.dtype[np.float64]]) -> bytes:
    return zstandard.compress(values.astype("<f4").tobytes())
