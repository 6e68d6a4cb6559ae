"""Planned work as rows of the live table and of a CSV file, each with its windows on one time axis."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from noctui.model.view import View
from noctui.model.works import Matched, Outage, Work
from noctui.tui.export import Exported, instant
from noctui.tui.export import Row as CsvRow
from noctui.tui.filter import Lines, Mask, Subject
from noctui.tui.look.numbers import count, event_time, tone
from noctui.tui.look.signs import Signs
from noctui.tui.panes import cells, work_words
from noctui.tui.panes.work_timeline import Axis, bar
from noctui.tui.widgets.columns import Cell, Column

COLUMNS = (
    Column("carrier", "carrier", 9), Column("what", "what", 11), Column("circuits", "circuits", 8, "right", gap=1),
    Column("state", "state", 10), Column("time", "time", 12, flex=True),
)  # fmt: skip
SPARE = (
    Column("summary", "summary", 24, drop=3), Column("where", "where", 14, drop=4),
    Column("impact", "impact", 16, drop=5), Column("known", "known", 12, drop=6),
)  # fmt: skip
SORT = ("time", False)


def work_key(work: Work) -> str:
    return "\t".join(work.maintenance.key)


def columns(wide: bool, title: str) -> tuple[Column, ...]:
    """With this axis over the timeline; on a large terminal with longer names and where."""
    sized = {"carrier": 14, "what": 16} if wide else {}
    made = [replace(c, width=sized.get(c.key, c.width)) for c in COLUMNS]
    if wide:
        made.insert(4, replace(SPARE[1], drop=0))
    made[-1] = replace(made[-1], title=title or "time")
    return tuple(made)


def spare(wide: bool) -> tuple[Column, ...]:
    return tuple(c for c in SPARE if not (wide and c.key == "where"))


class WorkRows:
    """The works of one moment on one axis. `outages` are those of works that are over or run; None: not known yet."""

    def __init__(
        self, works: Sequence[Work], view: View, axis: Axis, signs: Signs, grey: bool = False,
        outages: Sequence[Outage] | None = None,
    ) -> None:  # fmt: skip
        self.works = tuple(works)
        self.view = view
        self.axis = axis
        self._signs = signs
        self._grey = grey
        self._outages = outages
        self._row = {work_key(w): i for i, w in enumerate(self.works)}
        self.states = [work_words.state_of(w, axis.now) for w in self.works]

    def __len__(self) -> int:
        return len(self.works)

    def key(self, row: int) -> str:
        return work_key(self.works[row])

    def find(self, key: str) -> int | None:
        return self._row.get(key)

    def cells(self, row: int, columns: tuple[str, ...]) -> Sequence[Cell]:
        made = [self._cell(row, column) for column in columns]
        return cells.greyed(made) if self._grey else made

    def _cell(self, row: int, column: str) -> Cell:
        work, state = self.works[row], self.states[row]
        told = work.maintenance
        match column:
            case "carrier":
                return (told.provider or "–", "hi" if told.provider else "faint")
            case "what":
                return (told.maintenance_id or "–", "text")
            case "circuits":
                many = len(work.circuit_ids) or len(told.circuits)
                text = count(many)
                return (text, "unk" if state == "unmatched" else tone(text))
            case "state":
                late = work.late and state in ("cancelled", "moved")
                return (
                    ((state, work_words.state_role(state)), (" late", "warn"))
                    if late
                    else (state, work_words.state_role(state))
                )
            case "time":
                return bar(work, self.axis, self.label(row), self._signs)
            case "summary" | "where" | "impact":
                text = {"summary": told.summary, "where": told.location}.get(column) or ""
                text = work_words.impact_words(work) if column == "impact" else text
                return (text or "–", "dim" if text else "faint")
            case "known":
                return (event_time(work.known_at, self.axis.now), "dim")
        raise KeyError(column)

    def label(self, row: int) -> str:
        """What stands beside the bars."""
        work, state = self.works[row], self.states[row]
        windows = len(work.maintenance.windows)
        if state == "done" and self._outages is not None:
            return work_words.took_words(work, self._outages, self.axis.now)
        if state == "unmatched":
            return "unknown circuit id"
        if state == "moved" and work.said:
            return work.said[0]
        several = f"{windows} windows" if windows > 1 else ""
        return ", ".join(p for p in (several, work.maintenance.summary) if p)

    def sort_values(self, column: str) -> NDArray[Any]:
        match column:
            case "circuits":
                return np.array([len(w.circuit_ids) for w in self.works], np.int64)
            case "state":
                return np.array([-work_words.STATES.index(s) for s in self.states], np.int64)
            case "time":
                return self._order()
            case "known":
                return np.array([w.known_at for w in self.works], np.float64)
        pick = {
            "carrier": lambda w: w.maintenance.provider, "what": lambda w: w.maintenance.maintenance_id,
            "summary": lambda w: w.maintenance.summary, "where": lambda w: w.maintenance.location,
            "impact": work_words.impact_words,
        }[column]  # fmt: skip
        return np.array([pick(w).lower()[:80] for w in self.works], np.str_)

    def _order(self) -> NDArray[np.int64]:
        """What runs, then what comes, the earliest first; what is over last, the newest first."""
        now = self.axis.now
        over = [work_words.last(w) <= now or s == "done" for w, s in zip(self.works, self.states, strict=True)]
        keys = [
            (o, s != "now", -work_words.last(w) if o else work_words.first(w), i)
            for i, (w, s, o) in enumerate(zip(self.works, self.states, over, strict=True))
        ]
        place = np.empty(len(keys), np.int64)
        place[[k[3] for k in sorted(keys)]] = np.arange(len(keys))
        return place

    def changed(self, old: WorkRows, rows: NDArray[np.intp]) -> NDArray[np.bool_]:
        if old.axis != self.axis or old._grey != self._grey or (old._outages is None) != (self._outages is None):
            return np.ones(len(rows), np.bool_)
        return np.array(
            [int(r) >= len(old) or self.works[r] is not old.works[r] or self.states[r] != old.states[r] for r in rows],
            np.bool_,
        )


_WORDS = tuple(f"{s} {'window' if s == 'now' else ''}".strip() for s in work_words.STATES)


def subject(rows: WorkRows) -> Subject:
    """Carrier, id, summary, place; circuits and sites that are meant; state in words; `circuits>10`."""
    inv = rows.view.inventory
    texts: list[tuple[str, str, str, str]] = []
    for work in rows.works:
        told = work.maintenance
        meant = [inv.circuits[r] for c in work.circuit_ids if (r := inv.circuit_row.get(c)) is not None]
        sites = {c.site_id: inv.sites[s] for c in meant if (s := inv.site_row.get(c.site_id)) is not None}
        names = " ".join(dict.fromkeys(s.name for s in sites.values()))
        regions = " ".join(dict.fromkeys(s.region for s in sites.values()))
        said = " ".join(m.said for m in work.matched)
        both = " both conflict" if work.conflicts else ""
        every = f"{told.maintenance_id}\t{told.summary}\t{told.location}\t{said}{both}"
        texts.append((told.provider, names, regions, every))
    lines = {"carrier": [t[0] for t in texts], "site": [t[1] for t in texts], "region": [t[2] for t in texts]}
    return Subject(
        text=Lines(["\t".join(t) for t in texts]),
        columns={key: Lines(values) for key, values in lines.items()},
        numbers={"circuits": np.array([len(w.circuit_ids) for w in rows.works], np.float64)},
        words=_WORDS,
        code=np.array([work_words.STATES.index(s) for s in rows.states], np.intp),
    )


def of_severity(rows: WorkRows, chosen: frozenset[int]) -> Mask:
    """[rows] those that concern a circuit of one of these severities."""
    row_of, severity = rows.view.inventory.circuit_row, rows.view.circuits.severity
    found = [
        any((r := row_of.get(c)) is not None and int(severity[r]) in chosen for c in w.circuit_ids) for w in rows.works
    ]
    return np.array(found, np.bool_)


HEADERS = (
    "provider", "maintenance_id", "state", "status", "version", "start", "end", "backup", "circuit_said", "circuit_id",
    "matched", "site", "impact", "impact_s", "summary", "location", "announced", "known", "first_known",
    "superseded_by", "notice",
)  # fmt: skip


def exported(rows: WorkRows, order: Sequence[int], name: str = "maintenance") -> Exported:
    """A row for each window and circuit of these works."""
    made = [row for i in order for row in csv_rows(rows.works[i], rows.states[i], rows.view)]
    return Exported(name, HEADERS, made)


def csv_rows(work: Work, state: str, view: View) -> list[CsvRow]:
    told = work.maintenance
    inv = view.inventory
    sites: Mapping[str, str] = {
        c: inv.sites[inv.site_row[inv.circuits[r].site_id]].name
        for c in work.circuit_ids
        if (r := inv.circuit_row.get(c)) is not None and inv.circuits[r].site_id in inv.site_row
    }
    pairs: list[tuple[Matched | None, str]] = [(m, c) for m in work.matched for c in (m.circuit_ids or ("",))] or [
        (None, "")
    ]
    return [
        (told.provider, told.maintenance_id, state, str(told.status), work.version, instant(w.start), instant(w.end),
         w.backup, m.said if m else "", circuit, m.how if m else "", sites.get(circuit, ""),
         str(m.impact) if m else "", m.seconds if m else None, told.summary, told.location,
         instant(work.announced_at), instant(work.known_at), instant(work.first_known_at), work.superseded_by,
         work.notice)
        for w in told.windows
        for m, circuit in pairs
        if m is None or not w.circuits or m.said in w.circuits
    ]  # fmt: skip
