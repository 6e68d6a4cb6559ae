"""What is read for the lanes of one circuit, and what is drawn of it: a lane a metric, bands of time. Pure but for the
reader that is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from noctui.model.alarms import Alarm
from noctui.model.cloud import DeviceEvent
from noctui.model.edges import Failover
from noctui.model.scene import Range, Reader, Series, Stretch
from noctui.model.words import THRESHOLDS, Metric, State
from noctui.model.works import CUTS, Work
from noctui.tui.look import numbers
from noctui.tui.look.signs import severity_role
from noctui.tui.look.text import clip
from noctui.tui.panes.alarm_facts import said
from noctui.tui.panes.cells import Limits
from noctui.tui.panes.series_rows import METRICS
from noctui.tui.widgets.lanes import Band, Lane

LANES = (
    ("rx_pct", "rx", "%", Metric.UTILISATION, "percent", "graph", numbers.utilisation),
    ("tx_pct", "tx", "%", Metric.UTILISATION, "percent", "graph2", numbers.utilisation),
    ("loss", "loss", "%", Metric.LOSS, "critical", "graph", numbers.loss),
    ("jitter", "jit", "ms", Metric.JITTER, "critical", "graph", numbers.milliseconds),
    ("latency", "lat", "ms", Metric.LATENCY, "critical", "graph", numbers.milliseconds),
    ("mos", "MOS", "", None, "mos", "graph", numbers.mos),
)


MOST_EVENTS = 1000
"""Device events that are read for one chart: the newest."""
MOST_ALARMS = 500
"""And alarms."""
LABEL = 16
"""Cells of an alarm's words in the marks row."""


@dataclass(frozen=True)
class Answer:
    """What was read for one chart. `told` are the site's device events, `alarms` the circuit's own; newest first."""

    series: Series
    timeline: tuple[Stretch, ...]
    failovers: tuple[Failover, ...]
    told: tuple[DeviceEvent, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    works: tuple[Work, ...] = ()


async def read(reader: Reader, circuit_id: str, site_id: str, range_: Range) -> Answer:
    """Series, states and alarms of one circuit, failovers and device events of its site over the range."""
    series = await reader.series(circuit_id, METRICS, range_)
    timeline = await reader.timeline(circuit_id, range_)
    failovers = await reader.failovers(Range(range_.start - 86_400, range_.end), site_id)
    told = await reader.device_events(range_, MOST_EVENTS, site_id) if site_id else ()
    alarms = await reader.alarms(range_, MOST_ALARMS, circuit_id=circuit_id)
    works = await reader.works(range_, circuit_id=circuit_id)
    return Answer(series, timeline, failovers, told, alarms, works)


def state_bands(timeline: Iterable[Stretch]) -> list[Band]:
    """Outages with their length, and the stretches of which nothing is known."""
    found: list[Band] = []
    for stretch in timeline:
        if stretch.state == State.DOWN:
            found.append(Band(stretch.start, stretch.end, "outage", numbers.duration(stretch.end - stretch.start)))
        elif stretch.state in (State.UNKNOWN, State.AWAY):
            label = "away" if stretch.state == State.AWAY else "no data"
            found.append(Band(stretch.start, stretch.end, "gap", label))
    return found


def alarm_bands(alarms: Iterable[Alarm], until: float) -> list[Band]:
    """From when each opened until it cleared; in its colour while it waits for somebody. What it says stands beside
    those that are over. Where two overlap the worse one covers the other."""
    found: list[Band] = []
    for alarm in sorted(alarms, key=lambda a: (-a.severity, a.opened)):
        end = until if alarm.cleared is None else alarm.cleared
        role = severity_role(alarm.severity) if alarm.waits else "dim"
        found.append(Band(alarm.opened, end, "alarm", clip(said(alarm), LABEL), role))
    return found


def work_bands(works: Iterable[Work], circuit_id: str) -> list[Band]:
    """Windows of sure work that may take the circuit, and where it takes the whole site together with other work."""
    found: list[Band] = []
    for work in works:
        if not work.sure:
            continue
        for start, end, backup, impact in work.windows_of(circuit_id):
            if impact in CUTS and not backup:
                found.append(Band(start, end, "window", clip(work.name, LABEL)))
        found += [Band(c.start, c.end, "conflict") for c in work.conflicts if circuit_id in c.circuits and not c.backup]
    return found


def bands(answer: Answer, circuit_id: str, range_: Range) -> list[Band]:
    """Alarms, outages, gaps, planned windows, and the times in which the circuit stood in for the primary."""
    found = [*alarm_bands(answer.alarms, range_.end), *state_bands(answer.timeline)]
    found += work_bands(answer.works, circuit_id)
    began: float | None = None
    for event in sorted(answer.failovers, key=lambda f: f.event_time):
        if event.began and event.circuit_id == circuit_id:
            began = event.event_time
        elif began is not None:
            found.append(Band(began, event.event_time, "standing_in"))
            began = None
    if began is not None:
        found.append(Band(began, range_.end, "standing_in"))
    return [b for b in found if b.end > range_.start and b.start < range_.end]


def lanes(
    series: Series, rows: Sequence[int], alone: str = "", limits: Callable[[Metric], Limits] = THRESHOLDS.__getitem__
) -> list[Lane]:
    """A lane for each of `rows` (the sixth is MOS), or the one of this metric. `limits` gives its thresholds."""
    made: list[Lane] = []
    heights = iter(rows)
    for name, label, unit, metric, scale, role, text in LANES:
        if (alone and name != alone) or len(made) == len(rows):
            continue
        made.append(
            Lane(
                label, unit, series.times, series.values.get(name, np.full(len(series.times), np.nan, np.float32)),
                series.spans, limits(metric) if metric is not None else (), scale, role, next(heights),  # type: ignore[arg-type]
                text,
            )
        )  # fmt: skip
    return made
