"""What is known of Mist's alarm under the cursor."""

from __future__ import annotations

from noctui.tui.look.numbers import count, duration_prose, event_time
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clean
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells
from noctui.tui.panes.mist_alarm_rows import Told, state_cell
from noctui.tui.panes.sheet import Sheet
from noctui.tui.place import region_name
from noctui.tui.runs import Line, beside, labelled, title

_LABEL = 11


def detail_lines(told: Told, at: float, signs: Signs, wide: int) -> list[Line]:
    """Two columns where there is room: what and since when; where and who took it."""
    a = told.alarm
    over = a.resolved is not None
    state = state_cell(told.severity, a.severity, signs, over)
    run = state if isinstance(state[0], str) else state[0]
    first = f"{event_time(a.opened, at)}, {duration_prose(max(0.0, at - a.opened) // 60 * 60)} ago"
    seen = event_time(a.last_seen, at) + (f", {count(a.count)} times" if a.count > 1 else "")
    what: list[tuple[str, Line]] = [
        ("severity", ((str(run[0]), str(run[1])), (f"  {clean(a.group)}" if a.group else "", "dim"))),
        ("reasons", ((clean(a.text) or signs.none, "text" if a.text else "faint"),)),
        ("first seen", ((first, "text"),)),
        ("last seen", ((seen, "text"),)),
        ("resolved", ((event_time(a.resolved, at) if a.resolved is not None else "no, it is open", "text"),)),
    ]
    site = told.site
    where = f"{clean(site.name)}, {clean(region_name(site.region))}" if site else clean(a.site_id) or signs.none
    lines = ", ".join(f"{clean(cells.carrier(c))} {clean(c.port_id)}" for c in told.circuits)
    unknown = len(a.circuit_ids) - len(told.circuits)
    if unknown > 0:
        lines = f"{lines}{', ' if lines else ''}{unknown} not in the inventory"
    gateways = ", ".join(clean(h) for h in a.hostnames or a.gateway_ids)
    acked = "nobody took it"
    if a.acked:
        when = f", {event_time(a.acked_at, at)}" if a.acked_at is not None else ""
        acked = f"{clean(a.acked_by) or 'someone'}{when}"
    who: list[tuple[str, Line]] = [
        ("site", ((where, "hi"),)),
        ("circuits", ((lines or signs.none, "text" if lines else "faint"),)),
        ("gateways", ((gateways or signs.none, "text" if gateways else "faint"),)),
        ("taken by", ((acked, "text" if a.acked else "accent"),)),
        ("note", ((clean(a.note) or signs.none, "text" if a.note else "faint"),)),
    ]
    if wide < 100:  # the reasons and who took it first: the rest is in the row above
        picked = [what[1], who[0], who[1], who[3], who[4], what[2], what[3], what[4], who[2]]
        return labelled(picked, _LABEL)
    half = (wide - 3) // 2
    return beside([labelled(what, _LABEL), labelled(who, _LABEL)], [half, wide - 3 - half])


class MistAlarmDetails(Sheet):
    """The pane under the table."""

    DEFAULT_CSS = """
    MistAlarmDetails { height: 7; padding: 0 1; margin: 1 0 0 0; }
    .-s MistAlarmDetails { height: 6; margin: 0; }
    """
    SCOPED_CSS = False

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._shown: tuple[Told | None, Moment] | None = None

    def show(self, told: Told | None, moment: Moment) -> None:
        """Tell of this alarm; None: no row is under the cursor."""
        self._shown = told, moment
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def _draw(self) -> None:
        if self._shown is None or not self.size.width:
            return
        told, moment = self._shown
        wide = self.size.width
        rule = " " if moment.size is Size.S else "─"
        if told is None:
            self.paint([title("what we know", "", wide, rule=rule)])
            return
        head = title(clean(told.kind), clean(f"{told.where} {told.what}".strip()), wide, rule=rule)
        self.paint([head, *detail_lines(told, moment.at, moment.signs, wide)])
