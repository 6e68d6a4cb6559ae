"""Days, ISO weeks and months as they are stored are what plain reading of polls and ledger gives of that time."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import msgspec
import numpy as np
import pytest

from noctui.kpi import calendar
from noctui.kpi.figures import figures
from noctui.kpi.hourly import FIVES
from noctui.model.edges import Edge
from noctui.model.figures import GAUGES, Figures, Grain
from noctui.model.inventory import Inventory
from noctui.model.scene import Range
from noctui.model.words import State
from noctui.model.work import PollRecord
from noctui.stores.history import Retention, Writer
from noctui.stores.history.kept_figures import Kept, read_groups, read_stored, select_newest
from tests.reference.figures import RefFigures, rank_of_fives
from tests.stores.figures_made import check, ledger, plain, samples_of
from tests.stores.made import START, World, network
from tests.stores.recomputed import close_all

HOUR, DAY = 3600.0, 86400.0
NEVER = float("inf")


def utc(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def watch(writer: Writer, start: float, polls: int, interval: float, circuits: int = 3) -> list[PollRecord]:
    """Polls with a ledger; hours and days closed now and then."""
    rng = np.random.default_rng(int(start) % 1000)
    world = World(network(circuits, known_at=start), interval=interval, start=start)
    written = []
    for i in range(polls):
        written.append(world.poll(edges=ledger(rng, world)))
        writer.write(written[-1])
        while i % 50 == 0 and writer.close_due(world.at):
            pass
    close_all(writer, world.at + 4 * HOUR)
    return written


def stored(writer: Writer, kept: Kept) -> Figures:
    """With percentiles of FIVES alone, as they are kept."""
    found = read_stored(writer.db, kept)
    p95 = np.full((len(found.accounts), len(GAUGES)), np.nan)
    for name in FIVES:
        p95[:, GAUGES.index(name)] = found.beside.get(f"{name}_p95", np.nan)
    ids = tuple(sorted(writer.circuits.numbers, key=writer.circuits.numbers.__getitem__))
    return figures(found.accounts, Range(kept.period.start, kept.period.end), ids, p95)


def of_grain(writer: Writer, grain: Grain) -> dict[str, Kept]:
    return {kept.period.key: kept for kept in select_newest(writer.db, "grain = ?", (grain,))}


def assert_plain(writer: Writer, written: Sequence[PollRecord], kept: Kept) -> None:
    found = stored(writer, kept)
    for row, circuit_id in enumerate(found.ids):
        start, end = kept.period.start, kept.period.end
        expected = plain(written, circuit_id, NEVER, start, end)
        if end - start < DAY:  # a day all the same, though clocks were put forward: over five-minute averages
            samples = samples_of(written, circuit_id)
            expected.p95 = {gauge: rank_of_fives(samples, gauge, start, end) for gauge in FIVES}
        check(found, row, expected, FIVES)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("UTC", "2026-11-28", 24.0),
        ("Europe/Berlin", "2026-03-29", 23.0),
        ("Europe/Berlin", "2026-10-25", 25.0),
        ("America/New_York", "2026-11-01", 25.0),
        ("Asia/Kolkata", "2026-11-28", 24.0),
        ("Asia/Kathmandu", "2026-12-31", 24.0),
        ("Australia/Lord_Howe", "2026-04-05", 24.5),
        ("Australia/Lord_Howe", "2026-10-04", 23.5),
        ("America/Havana", "2026-03-08", 23.0),  # there is no midnight: the clock jumps from 00:00 to 01:00
        ("UTC", "2028-02-29", 24.0),
    ],
)
def test_a_day_runs_from_midnight_to_midnight_of_its_zone(
    open_writer: Callable[..., Writer], zone: str, day: str, hours: float
) -> None:
    """DESIGN 5: calendar days follow the configured zone, DST included; what midnight cuts comes from samples."""
    writer = open_writer(Retention(zone=zone))
    period = calendar.by_key(Grain.DAY, day, zone)
    assert period.seconds == hours * HOUR
    written = watch(writer, period.start - 2 * HOUR, int((hours + 6) * 2), 1800.0, circuits=2)
    kept = of_grain(writer, Grain.DAY)
    assert day in kept
    assert kept[day].period == period
    for each in kept.values():
        assert_plain(writer, written, each)


@pytest.mark.parametrize(
    ("zone", "start", "days", "week", "month"),
    [
        pytest.param("UTC", "2026-12-27", 38, "2026-W53", "2027-01", marks=pytest.mark.soak),
        ("Europe/Berlin", "2020-12-28", 8, "2020-W53", ""),
        pytest.param("Asia/Kolkata", "2028-01-31", 32, "2028-W08", "2028-02", marks=pytest.mark.soak),  # 29 February
    ],
)
def test_weeks_and_months_join_their_days_and_rank_all_their_averages(
    open_writer: Callable[..., Writer], zone: str, start: str, days: int, week: str, month: str
) -> None:
    """ISO 8601 weeks; percentiles of all five-minute averages of the time, never of days' percentiles (DESIGN 5)."""
    writer = open_writer(Retention(zone=zone))
    written = watch(writer, utc(start) - 5 * HOUR, days * 12, 7200.0, circuits=2)
    assert_plain(writer, written, of_grain(writer, Grain.WEEK)[week])
    if month:
        assert_plain(writer, written, of_grain(writer, Grain.MONTH)[month])


def test_a_week_that_began_before_the_history_is_made_of_what_there_is(writer: Writer) -> None:
    """Its unknown time says so: five of seven days before anybody looked, and no day of them is made."""
    written = watch(writer, utc("2026-11-21"), 60, 3600.0)
    assert sorted(of_grain(writer, Grain.DAY)) == ["2026-11-21", "2026-11-22"]
    (kept,) = of_grain(writer, Grain.WEEK).values()
    assert kept.period.key == "2026-W47"
    assert_plain(writer, written, kept)
    found = stored(writer, kept)
    assert (found.unknown >= 5 * DAY - 20_000).all()


def test_a_day_without_a_poll_is_no_day_but_its_week_knows_of_it(writer: Writer) -> None:
    world = World(network(2, known_at=START), interval=HOUR)
    for _ in range(24):
        writer.write(world.poll())
    world.at += DAY  # nobody looks on 2025-12-02
    for _ in range(24 * 6):
        writer.write(world.poll())
    close_all(writer, world.at + DAY)
    assert "2025-12-02" not in of_grain(writer, Grain.DAY)
    assert {"2025-12-01", "2025-12-03"} < set(of_grain(writer, Grain.DAY))
    week = stored(writer, of_grain(writer, Grain.WEEK)["2025-W49"])
    assert (week.known[:, GAUGES.index("util")] <= 6 * DAY).all()


def test_of_a_day_in_which_nothing_was_known_nothing_is_said(writer: Writer) -> None:
    """Numbers f: all unknown is null, never 100 %; there is a row, for somebody polled."""
    world = World(network(2, known_at=START), interval=1800.0)
    for record in world.polls(54):
        writer.write(replace(record, valid=np.zeros(2, np.uint8)))
    close_all(writer, world.at + 4 * HOUR)
    found = stored(writer, of_grain(writer, Grain.DAY)["2025-12-01"])
    assert np.isnan(found.available).all()
    assert np.isnan(found.average).all()
    assert np.isnan(found.p95).all()
    assert found.unknown.tolist() == [DAY, DAY]
    assert found.coverage.tolist() == [0.0, 0.0]


def test_a_day_of_one_sample(writer: Writer) -> None:
    """It stands for three intervals before it, and is average, maximum and percentile at once."""
    world = World(network(1, known_at=START), interval=60.0, start=START + 12 * HOUR)
    record = world.poll()
    writer.write(replace(record, valid=np.full(1, 0x8F, np.uint8)))
    close_all(writer, START + DAY + 4 * HOUR)
    found = stored(writer, of_grain(writer, Grain.DAY)["2025-12-01"])
    latency = GAUGES.index("latency")
    assert found.known[0, latency] == 180.0
    assert found.average[0, latency] == pytest.approx(record.view.circuits.latency[0])
    assert found.p95[0, latency] == found.highest[0, latency] == record.view.circuits.latency[0]


def labelled(inventory: Inventory, carriers: str, regions: str, sites: str) -> Inventory:
    """With a letter each for the carrier, the site's region and the site of its circuits."""
    region = dict(zip(sites, regions, strict=True))
    return msgspec.structs.replace(
        inventory,
        sites=tuple(
            msgspec.structs.replace(inventory.sites[0], site_id=s, region=region[s]) for s in sorted(set(sites))
        ),
        circuits=tuple(
            msgspec.structs.replace(c, carrier=carrier, site_id=site)
            for c, carrier, site in zip(inventory.circuits, carriers, sites, strict=True)
        ),
    )


def test_a_circuit_counts_with_each_carrier_region_and_site_for_its_time(writer: Writer) -> None:
    """DESIGN 5: each hour counts where the circuit belonged when the hour began. Circuit 0 moves from carrier X to Y,
    from site a in region N to b in S, and gets another bandwidth, at 10:20; with 11:00 it counts there."""
    rng = np.random.default_rng(1)
    world = World(labelled(network(2, known_at=START), "XY", "NS", "ab"), interval=600.0)
    written = []
    for _ in range(26 * 6):
        if world.at == START + 10 * HOUR + 1200.0:
            world.learn(labelled(network(2, rev=2, known_at=world.at, down=40e6), "YY", "SS", "bb"))
        written.append(world.poll(edges=ledger(rng, world)))
        writer.write(written[-1])
    close_all(writer, world.at + 4 * HOUR)
    kept = of_grain(writer, Grain.DAY)["2025-12-01"]
    assert_plain(writer, written, kept)
    moved = START + 11 * HOUR

    def time(circuit: int, start: float, end: float) -> RefFigures:
        return plain(written, f"s0:ge-0/0/{circuit}", NEVER, start, end)

    before, after, other = time(0, START, moved), time(0, moved, START + DAY), time(1, START, START + DAY)
    for by, first, then in (("carrier", "X", "Y"), ("region", "N", "S"), ("site", "a", "b")):
        groups = read_groups(writer.db, kept, by)
        assert groups is not None
        row = {name: i for i, name in enumerate(groups.names)}
        sums = groups.stored.accounts
        for name, parts in ((first, [before]), (then, [after, other])):
            for word in ("up", "down", "unknown", "disabled", "flaps"):
                assert getattr(sums, word)[row[name]] == sum(getattr(p, word) for p in parts), (name, word)
            for gauge, known in enumerate(sums.known[row[name]].tolist()):
                assert known == sum(p.known[GAUGES[gauge]] for p in parts)
            for (metric, level), above in before.above.items():
                own = above if name == first else after.above[metric, level] + other.above[metric, level]
                assert sums.above[row[name], metric, level - 1] == own
        assert [groups.stored.beside["circuits"][row[name]] for name in (first, then)] == [1.0, 2.0]


def test_another_zone_does_not_rewrite_old_days(open_writer: Callable[..., Writer]) -> None:
    """Their time counts as done, by the calendar they were made by; the month joins both without counting twice."""
    rng = np.random.default_rng(2)
    began = utc("2025-12-26")
    world = World(network(2, known_at=began), interval=HOUR, start=began)
    written = []

    def live(writer: Writer, polls: int) -> None:
        for _ in range(polls):
            written.append(world.poll(edges=ledger(rng, world)))
            writer.write(written[-1])
            while writer.close_due(world.at):
                pass

    first = open_writer()
    live(first, 60)
    before = of_grain(first, Grain.DAY)
    first.close()
    writer = open_writer(Retention(zone="Asia/Kolkata"))
    live(writer, 24 * 4)
    close_all(writer, world.at + 4 * HOUR)
    days = select_newest(writer.db, "grain = ?", (Grain.DAY,))
    assert [d.period.zone for d in days[:3]] == ["UTC", "UTC", "Asia/Kolkata"]
    assert [(k.id, k.version) for k in before.values()] == [(d.id, d.version) for d in days[:2]]
    (month,) = of_grain(writer, Grain.MONTH).values()
    assert month.period == calendar.by_key(Grain.MONTH, "2025-12", "Asia/Kolkata")
    assert_plain(writer, written, month)
    # What becomes known late of an old day makes that day anew, in its own zone.
    late = Edge(
        circuit_id="s0:ge-0/0/0", event_time=began + 3600.0, until=began + 7200.0, state=State.DISABLED,
        known_at=world.at + 3600.0, source="refold",
    )  # fmt: skip
    written.append(world.poll(edges=(late,)))
    writer.write(written[-1])
    close_all(writer, world.at + 4 * HOUR)
    anew = select_newest(writer.db, "grain = ? AND start = ?", (Grain.DAY, began))
    assert [(a.period.zone, a.version > days[0].version) for a in anew] == [("UTC", True)]
    assert_plain(writer, written, anew[0])
    assert_plain(writer, written, of_grain(writer, Grain.MONTH)["2025-12"])
