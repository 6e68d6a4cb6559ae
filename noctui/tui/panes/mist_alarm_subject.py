"""What Mist's alarms can be filtered by, and whether their feed answers at all."""

from __future__ import annotations

import numpy as np

from noctui.model.words import Severity
from noctui.tui.filter import Lines, Mask, Subject
from noctui.tui.moment import Moment
from noctui.tui.panes import cells
from noctui.tui.panes.mist_alarm_rows import AlarmRows
from noctui.tui.place import region_name

_LEVELS = {Severity.CRITICAL: "critical crit", Severity.WARN: "warn", Severity.OK: "ok info"}
_STATES = ("open waiting", "open taken acked", "resolved")
_WORDS = tuple(f"{_LEVELS.get(s, 'unknown unkn')} {state}" for s in Severity for state in _STATES)


def subject(rows: AlarmRows) -> Subject:
    """All texts of an alarm, its age (`for>60`) and how often it was told (`count>10`)."""
    told = [rows.told(i) for i in range(len(rows))]
    columns = {
        "site": [t.where for t in told],
        "name": [t.site.name if t.site else "" for t in told],
        "region": [region_name(t.site.region) if t.site else "" for t in told],
        "carrier": [" ".join(cells.carrier(c) for c in t.circuits) for t in told],
        "port": [" ".join(c.port_id for c in t.circuits) for t in told],
        "type": [f"{t.kind} {t.alarm.type} {t.alarm.group}" for t in told],
    }
    more = [
        f"{t.alarm.severity}\t{t.alarm.text}\t{t.owner}\t{t.alarm.note}\t{' '.join(t.alarm.hostnames)}\t{t.what}"
        for t in told
    ]
    state = [2 if t.alarm.resolved is not None else int(t.alarm.acked) for t in told]
    code = rows.severity.astype(np.intp) * len(_STATES) + np.array(state, np.intp)
    return Subject(
        text=Lines(["\t".join(row) for row in zip(*columns.values(), more, strict=True)]),
        columns={key: Lines(values) for key, values in columns.items()},
        numbers={"for": rows.age, "count": np.array([t.alarm.count for t in told], np.float64)},
        words=_WORDS,
        code=code,
    )


def of_severity(rows: AlarmRows, chosen: frozenset[int]) -> Mask:
    """[rows] whose severity is one of the chosen."""
    return np.isin(rows.severity, sorted(chosen))


FEED = "alarms"


def silence(moment: Moment) -> tuple[float | None, str]:
    """(when the feed answered last, why not since) while it does not: 0.0 is never; (None, "") while it does.

    Live, the collector's health tells; else the reports of the poll do.
    """
    status, view = moment.scene.status, moment.view
    if moment.scene.live and status.health is not None:
        found = next((f for f in status.health.feeds if f.feed == FEED), None)
        if found is not None:
            late = found.last_at == 0 or moment.now - found.last_at > 3 * max(found.period, status.poll_seconds)
            return (found.last_at, found.error) if found.error or late else (None, "")
    report = next((r for r in view.reports if r.feed == FEED), None)
    if report is not None and report.error:
        return 0.0, report.error
    return None, ""
