"""Alarms of a site or circuit: open ones first, with who has them; those that cleared in the last day after them."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.model.alarms import Alarm, state_of
from noctui.model.scene import Range
from noctui.tui.look.numbers import count, duration, event_time
from noctui.tui.look.signs import severity_role
from noctui.tui.look.text import clip, fit, width
from noctui.tui.moment import Moment
from noctui.tui.panes import alarm_facts as facts
from noctui.tui.panes.asking import Question
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, Run, apart, crop

DAY = 86_400.0
_MOST = 200
_ORDER = {"open": 0, "taken": 1, "snoozed": 2, "held": 2, "cleared": 3}


def plain(name: str) -> str:
    """`gw_port_down` → `port down`, `GW_VPN_PATH_DOWN` → `VPN path down`."""
    words = name.replace("_", " ").strip().lower().removeprefix("gw ")
    return " ".join(
        {"vpn": "VPN", "wan": "WAN", "ha": "HA", "arp": "ARP", "bgp": "BGP"}.get(w, w) for w in words.split()
    )


def order(alarm: Alarm) -> tuple[int, int, float]:
    """What waits first, then what is told by its incident or taken; the worst first, then the newest."""
    told = alarm.held_by.startswith("incident")
    return 0 if told else _ORDER[state_of(alarm)], alarm.severity, -alarm.opened


def alarm_line(alarm: Alarm, moment: Moment, wide: int) -> Line:
    """`▲  18m  Comcast sec rx ≥ 90 %, now 93.4       open`."""
    signs, at = moment.signs, moment.at
    incident = moment.view.alarms.by_id.get(alarm.parent) if alarm.parent else None
    over = alarm.cleared is not None
    state = state_of(incident if incident is not None and alarm.held_by.startswith("incident") else alarm)
    calm = state != "open"
    sign: Run = (signs.severity(alarm.severity), "dim" if over else severity_role(alarm.severity))
    times = f" {signs.outage}{count(alarm.count)}" if alarm.count > 1 else ""
    who = facts.what(alarm, moment.view)
    now = facts.now_of(alarm, moment.view)
    said = facts.said(alarm) + (f", {now}" if now else "") + times
    if incident is not None and incident.number:
        said += f", incident {incident.number} ({count(incident.open_members)} circuits)"
    owner = facts.owner_words(incident if incident is not None and incident.number else alarm)
    end: Run = (fit(owner, 8).rstrip(), "accent" if state == "open" and owner == "open" else "dim")
    if over:
        end = (f"cleared {event_time(alarm.cleared, at)}", "dim")
    left: list[Run] = [
        sign, (f" {duration(max(at - alarm.opened, 0.0)):>5}  ", "dim"),
        (f"{clip(who, 14, signs.cut)} " if who else "", "dim" if over else "hi"),
        (said, "dim" if calm else "text"),
    ]  # fmt: skip
    return apart(crop(tuple(left), max(wide - width(end[0]) - 2, 0)), (end,), wide)


class PlaceAlarms(Pane):
    """Open ones as the View has them; those that cleared in the last day are asked for."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    PlaceAlarms { height: 4; padding: 0 1; }
    .-l PlaceAlarms { height: 7; }
    .-s PlaceAlarms { height: 3; }
    """
    HEADING = "alarms"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._question = Question(self, self._fail)
        self._found: Sequence[Alarm] = ()
        self._of = float("nan")
        self._failed = ""

    def reset(self) -> None:
        self._found, self._failed = (), ""

    def inquire(self, moment: Moment) -> None:
        site, circuit, range_ = moment.place.site_id, moment.place.circuit_id, Range(moment.at - DAY, moment.at, "24 h")
        key = (site, circuit, id(moment.view.alarms), None if moment.scene.live else moment.at)
        at = moment.at
        self._question.ask(
            key, lambda: moment.scene.read.alarms(range_, _MOST, site_id=site, circuit_id=circuit),
            lambda found: self._take(at, found),
        )  # fmt: skip

    def _take(self, at: float, found: tuple[Alarm, ...]) -> None:
        self._found, self._of, self._failed = tuple(a for a in found if a.cleared is not None), at, ""
        self.draw()

    def _fail(self, said: str) -> None:
        self._failed = said
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        alarms = moment.view.alarms
        place = moment.place
        of, name = (alarms.by_circuit, place.circuit_id) if place.circuit_id else (alarms.by_site, place.site_id)
        opened = of.get(name, ())
        over = [a for a in self._found if a.alarm_id not in alarms.by_id] if self._of <= moment.at else []
        lines = [alarm_line(a, moment, wide) for a in sorted((*opened, *over), key=order)]
        if self._failed:
            lines.insert(0, ((self._failed, "warn"),))
        waiting = sum(a.waits for a in opened)
        note = f"{count(len(opened))} open" + (f", {count(waiting)} wait" if waiting else "")
        return Content(lines or [(("None in 24 h.", "dim"),)], note)
