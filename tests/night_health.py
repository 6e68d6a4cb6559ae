"""How collecting went by the sample night's end, as its leader tells it. Fixed to the last digit."""

from __future__ import annotations

from noctui.model.health import FeedHealth, Health, HistoryHealth, PlanLine, TokenHealth
from tests.night_world import POLL, utc

NAN = float("nan")


def _feed(name: str, took: float, calls: int, rows: int, *, period: float = 60.0, late: float = 0.0, failed: int = 0,
          error: str = "") -> FeedHealth:  # fmt: skip
    trend = tuple(NAN if failed and i == 17 else round(took * (0.8 + (i * 7) % 5 / 10), 2) for i in range(24))
    return FeedHealth(
        feed=name, period=period, last_at=POLL - late, calls=calls, rows=rows, took=took, took_p95=round(took * 1.2, 2),
        failed_24h=failed, error=error, trend=trend,
    )  # fmt: skip


HEALTH = Health(
    since=utc(9, 2, 44, day=21),
    leader="noc-a pid 4120",
    epoch=17,
    sweeps=1440,
    sweep_p50=8.1,
    sweep_p95=9.8,
    sweep_p99=12.4,
    partial_24h=3,
    failed_24h=1,
    skipped_24h=0,
    tokens=(
        TokenHealth(number=1, ending="…a41f", used=1902, limit=5000, state="in use", resets_at=utc(4, 0), role="read"),
        TokenHealth(number=2, ending="…09be", used=311, limit=5000, state="spare", resets_at=utc(4, 0), role="read"),
    ),
    feeds=(
        _feed("circuits", 8.2, 14, 103, failed=3),
        _feed("gateways", 2.1, 4, 40),
        _feed("paths", 6.4, 14, 170, failed=1),
        _feed("events", 0.4, 1, 12),
        _feed("alarms", 0.3, 1, 9),
        _feed("sle", 1.9, 4, 40, period=600.0, late=420.0),
        _feed("sites", 0.9, 4, 40, period=300.0, late=180.0),
    ),
    plan=(
        PlanLine("sweeps", 2040.0, "34 calls every 60 s"),
        PlanLine("sle", 24.0, "4 calls every 10 min"),
        PlanLine("sites", 48.0, "4 calls every 5 min"),
        PlanLine("enrichment", 500.0, "2 × 40 sites + 40 gateways, at most 500 an hour"),
    ),
    capacity=10_000.0,
    enriched=31,
    enrich_total=40,
    enrich_text="9 to go, done 03:16",
    file_text="circuits.csv: 98 of 103 lines matched",
    file_problems=("line 7: role 'prim' is none of primary, secondary, backup", "line 31: [red]no such[/] site 9417"),
    replaced=("Nov 23 01:12  0417 Grand Junction CO ge-0/0/1: gateway 02aa00000009 took over from 02aa0000ff01",),
    history=HistoryHealth(
        bytes=2_410_000_000, disk_free=18_200_000_000, disk_total=40_000_000_000, oldest=utc(3, 13, 55, day=1),
        write_p50=0.0021, write_p95=0.0034, bytes_per_day=109_500_000.0, expected_bytes=4_380_000_000.0,
    ),
    errors=(
        (utc(3, 2, 11), "circuits: 1 of its pages was lost (3 times)"),
        (utc(21, 40, 2, day=22), "Mist answers 503: [bold]Service[/] Unavailable\x1b[2J"),
    ),
    longest_block=0.042,
    rss=210_000_000,
)  # fmt: skip
