"""A retail chain of 3,208 sites, collected for some polls by a leader without a screen: calls, time, memory, disk."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator, Sequence

from bench.history import closed_day
from bench.rows import ANY, How, Row, median
from bench.sweep import TOKENS, cloud_of_sites
from bench.terminal import ROOT, BrokenError

SITES = 3_208
POLLS = 12
DISK_CIRCUITS = 2_000
"""A day is made of so many and scaled: tiles are of 16 and 256 circuits, so it grows by circuit."""
PERIOD = 10.0
"""Seconds between polls, so that a dozen take two minutes; gateways report as often."""


def measure(sizes: Sequence[int], how: How) -> Iterator[Row]:
    sites = 60 if how.quick else SITES
    period = 1.0 if how.quick else PERIOD
    with cloud_of_sites(sites, report_seconds=period) as url:
        words = [url, str(how.folder / "org"), str(period), str(how.times(POLLS)), *TOKENS]
        ran = subprocess.run(
            [sys.executable, "-m", "bench.org_leader", *words], cwd=ROOT, capture_output=True, text=True, timeout=900
        )
    if ran.returncode:
        raise BrokenError(f"the leader ended with {ran.returncode}: {ran.stderr[-500:]}")
    found = json.loads(ran.stdout.splitlines()[-1])
    polls = found["polls"][1:]
    circuits, paths = found["circuits"], found["paths"]
    live = polls[-1]["live"]
    pages = " + ".join(f"{feed} {calls}" for feed, calls in live.items())
    where = f"{sites:,} sites: "
    note = (
        f"{sites:,} sites are {circuits:,} circuits and {paths:,} peer paths here. A sweep is ⌈ports/1000⌉ + "
        f"⌈gateways/1000⌉ + ⌈paths/1000⌉ + 1 of alarms + 1 of events: {pages}."
    )
    yield Row(f"{where}calls a sweep", ANY, median([sum(p["live"].values()) for p in polls]), "", 35, note=note)
    yield Row(f"{where}sweep to View and history, CPU of the leader", ANY, median([p["cpu"] for p in polls]), "s")
    yield Row(f"{where}sweep to View and history, on the clock", ANY, median([p["wall"] for p in polls]), "s")
    yield Row(f"{where}leader's loop blocked, longest", ANY, 1000 * max(p["block"] for p in polls), "ms")
    yield Row(f"{where}resident memory of the leader", ANY, found["rss"] / 1e6, "MB")
    day, note = closed_day(circuits, DISK_CIRCUITS, how)
    yield Row(f"{where}disk a day", ANY, day / 1e6, "MB", note=note)
