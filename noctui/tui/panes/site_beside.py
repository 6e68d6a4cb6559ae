"""The pane of a site's circuits: side by side, or the primary against one of them."""

from __future__ import annotations

import datetime as dt
import math
import time
from typing import ClassVar

import numpy as np
from textual import events
from textual.binding import BindingType
from textual.message import Message

from noctui.model.detail import Ports, Streamed
from noctui.model.inventory import Site
from noctui.model.scene import Range
from noctui.model.scores import ScoreBoard
from noctui.model.view import View
from noctui.model.words import State
from noctui.tui.keys import bindings
from noctui.tui.look.numbers import duration_prose
from noctui.tui.look.text import clip
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.asking import Question
from noctui.tui.panes.keeping import Keeping
from noctui.tui.panes.own_works import by_circuit
from noctui.tui.panes.sheet import Sheet
from noctui.tui.panes.site_circuits import Before, column_at, comparison, rows_of
from noctui.tui.panes.site_pair import KEPT, pair_lines, partner, why_not
from noctui.tui.runs import Line, title

_SIDE_BY_SIDE = {Size.TINY: 1, Size.S: 3, Size.M: 4, Size.L: 7}
PROMISES_EVERY = 60.0
"""Seconds after which promises are asked for anew."""
LOOK_BACK = 900.0
"""Seconds before an outage in which the last figures are looked for."""


def local_time(zone: str, at: float) -> str:
    """`20:14 MST`; empty where the zone is not known here."""
    from zoneinfo import ZoneInfo

    try:
        return dt.datetime.fromtimestamp(at, ZoneInfo(zone)).strftime("%H:%M %Z")
    except (KeyError, ValueError, OSError):  # a zone from outside, and zone data that may be missing here
        return ""


def site_note(site: Site, view: View, at: float) -> str:
    """`super, SRX380 up 212d, local 20:14 MST`; gateways of one model are counted: `2 SRX380`."""
    parts = [site.store_type] if site.store_type else []
    rows = [i for i, g in enumerate(view.inventory.gateways) if g.site_id == site.site_id]
    if not rows:
        parts.append("no gateway")
    models: dict[str, list[int]] = {}
    for i in rows:
        models.setdefault(view.inventory.gateways[i].model or "gateway", []).append(i)
    for model, mine in models.items():
        away = int((view.gateways.connected[mine] == 0).sum())
        uptimes = [float(u) for u in view.gateways.uptime[mine] if math.isfinite(u)]
        up = f" up {duration_prose(min(uptimes))}" if uptimes else ""
        name = model if len(mine) == 1 else f"{len(mine)} {model}"
        parts.append(name + (up if not away else " away" if len(mine) == 1 else f", {away} away"))
    local = local_time(site.timezone, at)
    return ", ".join([*parts, f"local {local}"] if local else parts)


class SiteCircuits(Sheet, can_focus=True):
    """Circuits side by side; ←→ chooses one, Enter opens it, r sets the primary against it."""

    DEFAULT_CSS = """
    SiteCircuits { height: auto; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = bindings("circuit_left", "circuit_right", "series", "pair")

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
        self._promises: Keeping[ScoreBoard | None] = Keeping(self, time.monotonic, self._draw)
        self._before: Before = {}
        self._ports: Ports | None = None
        self._stream: Streamed | None = None
        self._pair = False
        self._entering = False  # the mouse button went down here while the focus was elsewhere

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
            self._ports, self._stream, self._pair = None, None, False
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
        site, read = self._site, moment.scene.read
        self._promises.want(site, moment.at, moment.scene.live, lambda: read.scores(site_id=site), PROMISES_EVERY)
        self._draw()

    def tell(self, ports: Ports | None) -> None:
        """What configuration says of the ports is here; None: it no longer holds."""
        if ports != self._ports:
            self._ports = ports
            self._draw()

    def streamed(self, stream: Streamed | None, moment: Moment) -> None:
        """The newest word of the live stream."""
        self._stream, self._moment = stream, moment
        self._draw()

    async def _ask_before(self, moment: Moment, down: tuple[tuple[str, float], ...]) -> dict[str, dict[str, float]]:
        """The last values before each outage."""
        found: dict[str, dict[str, float]] = {}
        for circuit_id, since in down:
            series = await moment.scene.read.series(circuit_id, KEPT, Range(since - LOOK_BACK, since))
            found[circuit_id] = {m: _last(v) for m, v in series.values.items()}
        return found

    def _take(self, before: dict[str, dict[str, float]]) -> None:
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
        heading, lines = self._beside(moment, rows, at) if not self._pair else self._paired(moment, rows, at)
        if moment.size is not Size.S:
            note = clip(heading[1], max(wide - 12, 0), moment.signs.cut)
            lines.insert(0, title(heading[0], note, wide, focused=self.has_focus))
        self.paint(lines)

    def _window(self, moment: Moment, rows: tuple[int, ...], at: int) -> tuple[int, tuple[int, ...]]:
        """The circuits that there is room for with the one at `at`: the first one's place, and their rows."""
        room = _SIDE_BY_SIDE[moment.size]
        first = max(0, min(at - room + 1, len(rows) - room)) if at >= room else 0
        return first, rows[first : first + room]

    def _beside(self, moment: Moment, rows: tuple[int, ...], at: int) -> tuple[tuple[str, str], list[Line]]:
        view = moment.view
        first, shown = self._window(moment, rows, at)
        lines = comparison(
            view, shown, at - first if self.has_focus else -1, self.size.width, moment.signs, size=moment.size,
            before=self._before, grey=moment.grey, ports=self._ports, stream=self._stream, now=moment.now,
            promised=by_circuit(self._promises.known(moment.at)),
        )  # fmt: skip
        site = view.inventory.site_row.get(self._site)
        note = site_note(view.inventory.sites[site], view, moment.at) if site is not None else ""
        if len(rows) > len(shown):
            note = f"{first + 1}–{first + len(shown)} of {len(rows)}, {note}"
        return ("circuits", f"{note}, r compares" if len(rows) > 1 and note else note), lines

    def _paired(self, moment: Moment, rows: tuple[int, ...], at: int) -> tuple[tuple[str, str], list[Line]]:
        """As high as the circuits side by side, so that nothing below moves."""
        height = len(rows_of(moment.size)) + 1 + (moment.size is not Size.S)
        found = partner(moment.view, rows, rows[at] if rows else -1)
        if found is None:
            lines: list[Line] = [((why_not(moment.view, rows), "dim"),)]
        else:
            lines = pair_lines(
                moment.view, *found, self.size.width, moment.signs, size=moment.size, before=self._before,
                grey=moment.grey,
            )  # fmt: skip
        blank: Line = ()
        return ("primary against", "←→ chooses the other, r ends"), [*lines, *[blank] * (height - len(lines))]

    def focus_on_click(self) -> bool:
        """Asked before a click gives the focus."""
        self._entering = not self.has_focus
        return super().focus_on_click()

    def on_click(self, event: events.Click) -> None:
        """A circuit's column: it is chosen; again: it is opened."""
        event.stop()
        moment = self._moment
        if moment is None or self._pair:
            return
        ids = [moment.view.inventory.circuits[r].circuit_id for r in self._rows()]
        here = ids.index(self._circuit) if self._circuit in ids else 0
        first, shown = self._window(moment, self._rows(), here)
        cell = event.get_content_offset(self)
        at = column_at(cell.x, len(shown), self.size.width, moment.size) if cell is not None else None
        if at is None:
            return
        if first + at == here and not (self._entering and event.chain == 1):
            self.action_series()
        else:
            self.action_circuit(first + at - here)

    def action_circuit(self, step: int) -> None:
        ids = [self._moment.view.inventory.circuits[r].circuit_id for r in self._rows()] if self._moment else []
        if ids:
            at = ids.index(self._circuit) if self._circuit in ids else 0
            self._circuit = ids[min(max(at + step, 0), len(ids) - 1)]
            self._draw()

    def action_series(self) -> None:
        if self._circuit:
            self.post_message(self.Chosen(self._circuit))

    def action_pair(self) -> None:
        """The primary against the circuit under the cursor, or all side by side again."""
        if self._moment is not None and self._rows():
            self._pair = not self._pair
            self._draw()


def _last(values: np.ndarray[tuple[int], np.dtype[np.float32]]) -> float:
    """The newest known value."""
    return next((float(v) for v in values[::-1] if math.isfinite(v)), math.nan)
