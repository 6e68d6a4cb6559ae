"""Mist's own alarms of a site, to be read here and handled in Mist."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.cloud import MistAlarm
from noctui.model.inventory import Inventory
from noctui.model.scene import Range
from noctui.model.words import Severity
from noctui.tui.look.numbers import count, duration, event_time
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.look.text import clip, fit, width
from noctui.tui.moment import Moment
from noctui.tui.panes import cells
from noctui.tui.panes.asking import Question
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, Run, apart, crop

DAY = 86_400.0
_SEVERITY = {"critical": Severity.CRITICAL, "warn": Severity.WARN, "info": Severity.OK}
_MOST = 200
_CAPITALS = frozenset({"vpn", "wan", "ha", "arp", "bgp", "dhcp", "cpu"})


def plain(name: str) -> str:
    """`gw_port_down` → `port down`, `GW_VPN_PATH_DOWN` → `VPN path down`."""
    words = name.replace("_", " ").strip().lower().removeprefix("gw ")
    return " ".join(
        {"vpn": "VPN", "wan": "WAN", "ha": "HA", "arp": "ARP", "bgp": "BGP"}.get(w, w) for w in words.split()
    )


def order(alarm: MistAlarm) -> tuple[bool, int, float]:
    """Open ones first, the worst of them first, the newest first."""
    return alarm.resolved is not None, _SEVERITY.get(alarm.severity, Severity.WARN), -alarm.opened


def alarm_line(alarm: MistAlarm, inventory: Inventory, at: float, wide: int, signs: Signs) -> Line:
    """`▲  18m  Comcast  port down ×4  reason            open`."""
    over = alarm.resolved is not None
    severity = _SEVERITY.get(alarm.severity, Severity.WARN)
    sign: Run = (signs.severity(severity), "dim" if over else severity_role(severity))
    times = f" {signs.outage}{count(alarm.count)}" if alarm.count > 1 else ""
    named = [inventory.circuit_row[c] for c in alarm.circuit_ids if c in inventory.circuit_row]
    who = cells.carrier(inventory.circuits[named[0]]) if named else next(iter(alarm.hostnames), "")
    if over:
        state: Run = (f"cleared {event_time(alarm.resolved, at)}", "dim")
    elif alarm.acked:
        state = (fit(alarm.acked_by or "taken", 8).rstrip(), "dim")
    else:
        state = ("open", "accent")
    role = "dim" if over or alarm.acked else "text"
    left: list[Run] = [
        sign, (f" {duration(at - alarm.opened):>5}  ", "dim"),
        (f"{clip(who, 12, signs.cut)} " if who else "", "dim" if over else "hi"),
        (f"{clip(plain(alarm.type), 24, signs.cut)}{times}", role), (f"  {alarm.note or alarm.text}", "dim"),
    ]  # fmt: skip
    return apart(crop(tuple(left), max(wide - width(state[0]) - 2, 0)), (state,), wide)


class MistAlarms(Pane):
    """Those that were open in the last day, open ones first."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    MistAlarms { height: 4; padding: 0 1; }
    .-l MistAlarms { height: 7; }
    .-s MistAlarms { height: 3; }
    """
    HEADING = "Mist alarms"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._question = Question(self, self._fail)
        self._found: Sequence[MistAlarm] | None = None
        self._failed = ""

    def reset(self) -> None:
        self._found, self._failed = None, ""

    def inquire(self, moment: Moment) -> None:
        site, range_ = moment.place.site_id, Range(moment.at - DAY, moment.at, "24 h")
        self._question.ask((site, moment.at), lambda: moment.scene.read.mist_alarms(range_, _MOST, site), self._take)

    def _take(self, found: tuple[MistAlarm, ...]) -> None:
        self._found, self._failed = sorted(found, key=order), ""
        self.draw()

    def _fail(self, said: str) -> None:
        self._failed = said
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if self._failed:
            return Content([((self._failed, "warn"),)])
        if self._found is None:
            return Content([(("Reading …", "dim"),)])
        inventory = moment.view.inventory
        lines = [alarm_line(a, inventory, moment.at, wide, moment.signs) for a in self._found]
        there = sum(a.resolved is None for a in self._found)
        return Content(lines or [(("None in 24 h.", "dim"),)], f"{count(there)} open")
