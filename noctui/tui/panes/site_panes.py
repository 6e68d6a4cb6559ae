"""Panes of the site board: circuits side by side, peer paths, failovers."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from textual.binding import BindingType
from textual.message import Message

from noctui.model.edges import Failover
from noctui.model.inventory import Site
from noctui.model.scene import Range
from noctui.model.view import View
from noctui.model.words import Metric, Severity, State
from noctui.tui.keys import bindings
from noctui.tui.look.numbers import NONE, count, duration_prose, event_time, loss, milliseconds, mos, tone
from noctui.tui.look.signs import Signs, level_role, severity_role, word
from noctui.tui.look.text import fit
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells
from noctui.tui.panes.asking import Question
from noctui.tui.panes.sheet import Sheet
from noctui.tui.panes.site_circuits import comparison
from noctui.tui.runs import Line, Run, title

WEEK = 7 * 86_400.0
_SIDE_BY_SIDE = {Size.TINY: 1, Size.S: 3, Size.M: 4, Size.L: 7}


def local_time(zone: str, at: float) -> str:
    """`20:14 MST`; empty where the zone is not known here."""
    from zoneinfo import ZoneInfo

    try:
        return dt.datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%H:%M %Z")
    except (KeyError, ValueError, OSError):  # a zone from outside, and zone data that may be missing here
        return ""


def site_note(site: Site, view: View, at: float) -> str:
    """`super, SRX380 up 212d, local 20:14 MST`."""
    parts = [site.store_type] if site.store_type else []
    for i, gateway in enumerate(view.inventory.gateways):
        if gateway.site_id != site.site_id:
            continue
        uptime = float(view.gateways.uptime[i])
        up = f" up {duration_prose(uptime)}" if math.isfinite(uptime) else ""
        parts.append((gateway.model or "gateway") + (" away" if view.gateways.connected[i] == 0 else up))
    local = local_time(site.timezone, at)
    if local:
        parts.append(f"local {local}")
    return ", ".join(parts)


class SiteCircuits(Sheet, can_focus=True):
    """Circuits side by side; ←→ chooses one, Enter opens it."""

    DEFAULT_CSS = """
    SiteCircuits { height: auto; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("circuit_left", "circuit_right", "series")

    class Chosen(Message):
        """Enter on this circuit."""

        def __init__(self, circuit_id: str) -> None:
            super().__init__()
            self.circuit_id = circuit_id

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._moment: Moment | None = None
        self._site = ""
        self._circuit = ""
        self._question = Question(self, lambda _said: None)  # the column keeps its –
        self._before: dict[str, tuple[float, float]] = {}

    @property
    def circuit_id(self) -> str:
        """The circuit under the cursor."""
        return self._circuit

    def show(self, moment: Moment) -> None:
        self._moment = moment
        rows = self._rows()
        view = moment.view
        if moment.place.site_id != self._site:
            self._site, self._before, self._circuit = moment.place.site_id, {}, ""
        known = [view.inventory.circuits[r].circuit_id for r in rows]
        if self._circuit not in known:
            active = [c for c, r in zip(known, rows, strict=True) if view.circuits.active[r]]
            self._circuit = (active or known or [""])[0]
        down = tuple(
            (view.inventory.circuits[r].circuit_id, float(view.circuits.since[r]))
            for r in rows
            if view.circuits.state[r] in (State.DOWN, State.AWAY)
        )
        if down:
            self._question.ask(down, lambda: self._ask_before(moment, down), self._take)
        self._draw()

    async def _ask_before(self, moment: Moment, down: tuple[tuple[str, float], ...]) -> dict[str, tuple[float, float]]:
        """The last values before each outage."""
        found: dict[str, tuple[float, float]] = {}
        for circuit_id, since in down:
            series = await moment.scene.read.series(circuit_id, ("rx_pct", "tx_pct"), Range(since - 900, since))
            last = [
                next((float(v) for v in series.values[m][::-1] if math.isfinite(v)), math.nan) if m in series.values
                else math.nan for m in ("rx_pct", "tx_pct")
            ]  # fmt: skip
            found[circuit_id] = (last[0], last[1])
        return found

    def _take(self, before: dict[str, tuple[float, float]]) -> None:
        self._before = before
        self._draw()

    def _rows(self) -> tuple[int, ...]:
        assert self._moment is not None
        inventory = self._moment.view.inventory
        row = inventory.site_row.get(self._moment.place.site_id)
        return inventory.site_circuits[row] if row is not None else ()

    def on_resize(self) -> None:
        self._draw()

    def watch_has_focus(self, has_focus: bool) -> None:
        super().watch_has_focus(has_focus)
        self._draw()

    def _draw(self) -> None:
        moment = self._moment
        if moment is None or not self.size.width:
            return
        view, rows, wide = moment.view, self._rows(), self.size.width
        ids = [view.inventory.circuits[r].circuit_id for r in rows]
        at = ids.index(self._circuit) if self._circuit in ids else 0
        room = _SIDE_BY_SIDE[moment.size]
        first = max(0, min(at - room + 1, len(rows) - room)) if at >= room else 0
        shown = rows[first : first + room]
        lines = comparison(
            view, shown, at - first if self.has_focus else -1, wide, moment.signs,
            short=moment.size in (Size.S, Size.TINY), before=self._before, grey=moment.grey,
        )  # fmt: skip
        if moment.size is not Size.S:
            site = view.inventory.site_row.get(self._site)
            note = site_note(view.inventory.sites[site], view, moment.at) if site is not None else ""
            if len(rows) > len(shown):
                note = f"{first + 1}–{first + len(shown)} of {len(rows)}, {note}"
            lines.insert(0, title("circuits", note, wide, focused=self.has_focus))
        self.paint(lines)

    def action_circuit(self, step: int) -> None:
        ids = [self._moment.view.inventory.circuits[r].circuit_id for r in self._rows()] if self._moment else []
        if ids:
            at = ids.index(self._circuit) if self._circuit in ids else 0
            self._circuit = ids[min(max(at + step, 0), len(ids) - 1)]
            self._draw()

    def action_series(self) -> None:
        if self._circuit:
            self.post_message(self.Chosen(self._circuit))

    def choose(self, circuit_id: str) -> None:
        """Put the cursor on this circuit."""
        self._circuit = circuit_id


def path_lines(view: View, site_id: str, signs: Signs, grey: bool) -> list[Line]:
    """A line per peer path of the site: those that are up first, then by role and hub.

    A path that was last heard of more than three intervals ago is unknown, whatever it was then: Mist goes on serving
    the rows of a gateway that is gone.
    """
    inv, t = view.inventory, view.paths
    row = inv.site_row.get(site_id)
    place = {r: i for i, r in enumerate(inv.site_circuits[row] if row is not None else ())}
    mine: list[int] = np.flatnonzero(np.isin(inv.path_circuit, list(place))).tolist()
    if not mine:
        return [(("No peer paths.", "dim"),)]
    severities = {i: _path_severity(view, i) for i in mine}
    mine.sort(key=lambda i: (_PATH_ORDER[severities[i]], place[int(inv.path_circuit[i])], inv.paths[i].hub))
    lines: list[Line] = [
        ((f"{'hub':<22} {'over':<5} {'state':<7} {'lat':>5} {'jit':>5} {'loss %':>7} {'MOS':>5}", "dim"),)
    ]
    for i in mine:
        circuit, severity = inv.circuits[int(inv.path_circuit[i])], severities[i]
        up = severity is Severity.OK
        old = grey or not _fresh(view, i)
        head: list[Run] = [
            (f"{fit(inv.paths[i].hub, 22)} ", "hi"), (f"{signs.circuit_role(circuit.role):<5} ", "text"),
            (f"{signs.severity(severity)} {'up' if up else word(severity)}".ljust(8),
             "text" if up else severity_role(severity)),
        ]  # fmt: skip
        if grey:
            head = [(text, "stale") for text, _ in head]
        limits = {m: view.limits_of(int(inv.path_circuit[i]), m) for m in (Metric.LATENCY, Metric.JITTER, Metric.LOSS)}
        values: list[tuple[str, int, str]] = []
        for metric, cells_, column, text in (
            (Metric.LATENCY, 5, t.latency, milliseconds), (Metric.JITTER, 6, t.jitter, milliseconds),
            (Metric.LOSS, 8, t.loss, loss),
        ):  # fmt: skip
            value = float(column[i])
            values.append((text(value), cells_, level_role(cells.raw_level(limits[metric], value))))
        values.append((mos(float(t.mos[i])), 6, "text"))
        lines.append((*head, *_numbers(values, old)))
    return lines


_PATH_ORDER = {Severity.OK: 0, Severity.UNKNOWN: 1, Severity.DOWN: 2}


def _fresh(view: View, path: int) -> bool:
    return bool(view.paths.age[path] <= 3 * view.interval)


def _path_severity(view: View, path: int) -> Severity:
    up = float(view.paths.up[path])
    if not _fresh(view, path) or not math.isfinite(up):
        return Severity.UNKNOWN
    return Severity.OK if up else Severity.DOWN


def _numbers(values: Sequence[tuple[str, int, str]], old: bool) -> list[Run]:
    """Right-aligned numbers; old ones are grey, and each has `~` in the cell after it."""
    runs: list[Run] = []
    marked = False
    for text, cells_, role in values:
        number = text.rjust(cells_ - marked)
        marked = old and text != NONE
        runs.append((number, "stale" if marked else tone(text, role)))
        if marked:
            runs.append(cells.STALE_MARK)
    return runs


class PeerPaths(Sheet):
    """Peer paths of the site under their title."""

    DEFAULT_CSS = """
    PeerPaths { height: 1fr; padding: 0 1; }
    """
    _moment: Moment | None = None

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        lines = path_lines(moment.view, moment.place.site_id, moment.signs, moment.grey)
        room = max(self.size.height - 1, 1)
        if len(lines) > room:
            hidden = len(lines) - room + 1
            lines = [*lines[: room - 1], ((f"{moment.signs.cut} {hidden} more", "dim"),)]
        rule = " " if moment.size is Size.S else "─"
        note = "to hubs" if moment.size is not Size.S else ""
        self.paint([title("peer paths", note, self.size.width, rule=rule), *lines])


def failover_lines(failovers: Sequence[Failover], view: View, at: float, signs: Signs) -> list[Line]:
    """A line per time that the site ran without its primary, the newest first."""
    lines: list[Line] = []
    ended: float | None = None
    for event in sorted(failovers, key=lambda f: -f.event_time):
        if not event.began:
            ended = event.event_time
            continue
        row = view.inventory.circuit_row.get(event.circuit_id)
        name = cells.carrier(view.inventory.circuits[row]) if row is not None else event.circuit_id or NONE
        length = duration_prose((ended if ended is not None else at) - event.event_time)
        lines.append(
            (
                (f"{event_time(event.event_time, at):<12} ", "dim"), (f"{signs.arrow} ", "accent"),
                (f"{fit(name, 11)} ", "text"), (f"now, {length}" if ended is None else length, "text"),
            )
        )  # fmt: skip
        ended = None
    return lines


class Failovers(Sheet):
    """Failovers of the last seven days under their title."""

    DEFAULT_CSS = """
    Failovers { height: 6; padding: 0 1; }
    """

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._question = Question(self, self._fail)
        self._failed = ""
        self._moment: Moment | None = None
        self._found: tuple[Failover, ...] = ()
        self._site = ""

    def show(self, moment: Moment) -> None:
        site = moment.place.site_id
        if site != self._site:
            self._site, self._found, self._failed = site, (), ""
        self._moment = moment
        range_ = Range(moment.at - WEEK, moment.at, "7 d")
        self._question.ask((site, moment.at), lambda: moment.scene.read.failovers(range_, site), self._take)
        self._draw()

    def _take(self, found: tuple[Failover, ...]) -> None:
        self._found, self._failed = found, ""
        self._draw()

    def _fail(self, said: str) -> None:
        self._failed = said
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        moment = self._moment
        if moment is None:
            return
        rule = " " if moment.size is Size.S else "─"
        if self._failed:
            self.paint([title("failovers", "", self.size.width, rule=rule), ((self._failed, "warn"),)])
            return
        lines = failover_lines(self._found, moment.view, moment.at, moment.signs)
        note = f"{count(len(lines))} in 7 d"
        lines = lines[: max(self.size.height - 1, 0)] or [(("None in 7 d.", "dim"),)]
        self.paint([title("failovers", note, self.size.width, rule=rule), *lines])
