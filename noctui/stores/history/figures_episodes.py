"""Failover episodes as they are known at an instant, with how both circuits did meanwhile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import nan

from noctui.engine.timeline import Line
from noctui.kpi.episodes import Evidence, episodes
from noctui.model.edges import Edge, Failover
from noctui.model.figures import Episode, Figures
from noctui.model.inventory import Inventory
from noctui.model.scene import Range, Stretch
from noctui.model.view import View
from noctui.model.words import Role
from noctui.stores.history.figures_ask import Ask
from noctui.stores.history.figures_circuits import of_circuits
from noctui.stores.history.figures_samples import settled
from noctui.stores.history.known import LONGEST, THEN
from noctui.stores.history.rows import select_edges, select_failovers
from noctui.stores.history.timeline import line_of
from noctui.stores.history.view import read_view

WITH_FIGURES = 50
"""So many of the newest episodes have figures."""
GAUGES = ("util", "loss", "jitter", "latency")
"""Those whose p95 during an episode is told."""


def episodes_of(ask: Ask, range_: Range, site_id: str = "") -> tuple[Episode, ...]:
    """Newest first. Raises DamagedBlock."""
    told = _failovers(ask, range_.start, site_id)
    if not told:
        return ()
    watched = _Watched(ask)
    found = episodes(told, range_, watched.evidence(told))
    return tuple(_with_figures(ask, e) if i < WITH_FIGURES else e for i, e in enumerate(found))


def _failovers(ask: Ask, start: float, site_id: str) -> list[Failover]:
    """All since `start`, and each site's last one before it."""
    only, values = ("site_id = ?", [site_id]) if site_id else ("1", [])
    known = min(ask.known, 1e18), ask.at
    before = (
        "id IN (SELECT max(id) FROM failovers f WHERE f.event_time < ? AND f.known_at <= ? AND f.event_time <= ?"
        f" AND {only} GROUP BY f.site_id)"
    )
    since = f"event_time >= ? AND known_at <= ? AND event_time <= ? AND {only}"
    return [
        *select_failovers(ask.db, before, (start, *known, *values)),
        *select_failovers(ask.db, since, (start, *known, *values)),
    ]


class _Watched:
    """What episodes are judged by, read when it is asked for."""

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._edges: dict[str, tuple[Edge, ...]] = {}
        self._lines: dict[str, Line] = {}
        self._view: View | None = None
        self._seen = False

    def evidence(self, told: Sequence[Failover]) -> Evidence:
        polls = f"SELECT min(at) FROM polls WHERE {THEN}"
        first = self._ask.db.execute(polls, (self._ask.known,)).fetchone()[0]
        primaries = {circuit for event in told for circuit in self.primaries(event.site_id, event.event_time)}
        edges = sorted((e for c in sorted(primaries) for e in self._known(c)), key=lambda e: e.known_at)
        return Evidence(
            at=self._ask.at,
            lines=self.lines,
            primaries=self.primaries,
            interval=self.interval,
            watched_since=self._ask.at if first is None else float(first),
            edges=edges,
            home=self.home,
        )

    def lines(self, circuit_id: str, start: float, end: float) -> tuple[Stretch, ...]:
        line = self._lines.get(circuit_id)
        if line is None:
            line = self._lines[circuit_id] = line_of(self._known(circuit_id))
        ends = [*line.starts[1:], float("inf")]
        cut = (
            Stretch(max(start, began), min(end, ended), state)
            for began, ended, state in zip(line.starts, ends, line.states, strict=True)
        )
        return tuple(s for s in cut if s.end > s.start)

    def _known(self, circuit_id: str) -> tuple[Edge, ...]:
        if circuit_id not in self._edges:
            self._ask.go()
            known = min(self._ask.known, 1e18)
            where = "c.id = ? AND e.event_time <= ? AND e.known_at <= ?"
            self._edges[circuit_id] = select_edges(self._ask.db, where, (circuit_id, self._ask.at, known))
        return self._edges[circuit_id]

    def primaries(self, site_id: str, at: float) -> list[str]:
        inventory = _inventory_at(self._ask, at)
        row = None if inventory is None else inventory.site_row.get(site_id)
        if inventory is None or row is None:
            return []
        mine = (inventory.circuits[i] for i in inventory.site_circuits[row])
        return [c.circuit_id for c in mine if c.role == Role.PRIMARY]

    def interval(self, at: float) -> float:
        """Seconds between the poll at an instant and the one before it."""
        found = self._ask.db.execute(
            f"SELECT at, interval FROM polls WHERE at <= ? AND {THEN} ORDER BY at DESC LIMIT 2", (at, self._ask.known)
        ).fetchall()
        if not found:
            return nan
        return float(found[0][1]) if len(found) == 1 else float(found[0][0] - found[1][0])

    def home(self, site_id: str) -> float | None:
        if not self._seen:
            self._seen = True
            self._view = read_view(self._ask.db, self._ask.catalog, self._ask.at, known=self._ask.known)
        if self._view is None:
            return None
        inventory, circuits = self._view.inventory, self._view.circuits
        row = inventory.site_row.get(site_id)
        rows = inventory.site_circuits[row] if row is not None else ()
        since = [
            float(circuits.active_since[i])
            for i in rows
            if circuits.active[i] and inventory.circuits[i].role == Role.PRIMARY
        ]
        return min(since, default=None)


def _inventory_at(ask: Ask, at: float) -> Inventory | None:
    """The version in force; of times before the first one, the first."""
    query = "SELECT rev FROM inventories WHERE {} LIMIT 1"
    row = ask.db.execute(query.format("known_at <= ? ORDER BY known_at DESC, rev DESC"), (at,)).fetchone()
    row = row or ask.db.execute(query.format("1 ORDER BY known_at, rev")).fetchone()
    version = None if row is None else ask.catalog.version(ask.db, row[0])
    return None if version is None else version.inventory


def _with_figures(ask: Ask, episode: Episode) -> Episode:
    range_ = Range(episode.began, ask.at if episode.ended is None else episode.ended)
    return replace(
        episode, active=_figures(ask, range_, episode.active_id), primary=_figures(ask, range_, episode.primary_id)
    )


def _figures(ask: Ask, range_: Range, circuit_id: str) -> Figures | None:
    """One circuit's; what is over is worked out once, as long as nothing more becomes known of its time. The minutes
    after its end belong to that: a sample in them may stand for time before."""
    if not circuit_id or range_.end <= range_.start:
        return None
    if not settled(ask, range_.end):
        return of_circuits(ask, range_, (circuit_id,), GAUGES)
    key = ("episode", circuit_id, range_.start, range_.end, _learned(ask, circuit_id), _filled(ask, range_))
    return ask.kept.of(key, lambda: of_circuits(ask, range_, (circuit_id,), GAUGES), lambda _: 2_000)


def _learned(ask: Ask, circuit_id: str) -> int:
    """Edges of the circuit that are known."""
    query = "SELECT count(*) FROM edges e JOIN circuits c ON c.no = e.circuit_no WHERE c.id = ? AND e.known_at <= ?"
    return int(ask.db.execute(query, (circuit_id, min(ask.known, 1e18))).fetchone()[0])


def _filled(ask: Ask, range_: Range) -> int:
    """Back-fills that are known and reach into the range."""
    query = "SELECT count(*) FROM periods WHERE known_at <= ? AND first < ? AND last > ?"
    around = min(ask.known, 1e18), range_.end + LONGEST, range_.start - LONGEST
    return int(ask.db.execute(query, around).fetchone()[0])
