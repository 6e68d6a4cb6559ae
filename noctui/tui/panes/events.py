"""What happened here: what noctui noted and what the gateways told Mist, by time, newest first."""

from __future__ import annotations

from noctui.model.alarms import Alarm
from noctui.model.cloud import DeviceEvent
from noctui.model.edges import Note
from noctui.model.scene import Range, Reader
from noctui.model.works import Outage
from noctui.tui.look.numbers import duration_prose, event_time
from noctui.tui.look.signs import Signs, severity_role
from noctui.tui.moment import Moment
from noctui.tui.panes import alarm_facts as facts
from noctui.tui.panes.asking import Question
from noctui.tui.panes.latest import note_line
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.panes.site_alarms import order, plain
from noctui.tui.runs import Line

DAY = 86_400.0
_MOST = 200


def event_line(event: DeviceEvent, now: float, signs: Signs, wide: int) -> Line:
    """`02:51:22  ·  Mist: port down  ifName ge-0/0/0`: its sign is quiet, since states are judged from samples."""
    port = f" {event.port_id}" if event.port_id and event.port_id not in event.text else ""
    return (
        (event_time(event.event_time, now).ljust(wide), "dim"), ("  ", "text"), (signs.ok, "dim"), (" ", "text"),
        ("Mist: ", "dim"), (plain(event.type) + port, "text"), (f"  {event.text}" if event.text else "", "dim"),
    )  # fmt: skip


def open_line(alarm: Alarm, moment: Moment, wide: int) -> Line:
    """`02:55:31  ▲ rx ≥ 90 %, now 93.4, open`: what is open stands first, whenever it began."""
    now = facts.now_of(alarm, moment.view)
    incident = moment.view.alarms.by_id.get(alarm.parent) if alarm.held_by.startswith("incident") else None
    whose = facts.owner_words(incident if incident is not None else alarm)
    more = f", incident {incident.number}" if incident is not None else ""
    calm = not alarm.waits
    return (
        (event_time(alarm.opened, moment.at).ljust(wide), "dim"), ("  ", "text"),
        (moment.signs.severity(alarm.severity), "dim" if calm else severity_role(alarm.severity)), (" ", "text"),
        (facts.said(alarm) + (f", {now}" if now else "") + more, "text" if calm else "hi"),
        (f", {whose}", "accent" if whose == "open" else "dim"),
    )  # fmt: skip


def outage_line(outage: Outage, now: float, signs: Signs, wide: int) -> Line:
    """`Nov 22 10:24  ≡ was down 1h18m inside Comcast CM-7731`: told when it is over, else since it began."""
    long = duration_prose(max((now if outage.ended is None else outage.ended) - outage.began, 0.0))
    said = f"{'down' if outage.ended is None else 'was down'} {long} inside "
    return (
        (event_time(told_at(outage), now).ljust(wide), "dim"), ("  ", "text"), (signs.maintenance, "maint"),
        (" ", "text"), (said, "text"), (", ".join(outage.works), "maint"),
    )  # fmt: skip


def told_at(outage: Outage) -> float:
    return float(outage.began if outage.ended is None else outage.ended)


Found = tuple[tuple[Note, ...], tuple[DeviceEvent, ...], tuple[Outage, ...]]


async def read(reader: Reader, range_: Range, site_id: str, circuit_ids: tuple[str, ...]) -> Found:
    """Notes on the circuits; device events of them, and of the site's gateways as a whole; their outages that lie in
    planned work."""
    notes = await reader.notes(range_, _MOST, circuit_ids)
    events = await reader.device_events(range_, _MOST, site_id)
    outages = await reader.outages(range_, _MOST, site_id=site_id)
    return (
        notes,
        tuple(e for e in events if e.circuit_id in ("", *circuit_ids)),
        tuple(o for o in outages if o.works and o.circuit_id in circuit_ids),
    )


def _when(one: Note | DeviceEvent | Outage) -> float:
    return told_at(one) if isinstance(one, Outage) else one.event_time


class Events(Pane):
    """Notes and device events of a site or of one circuit over a day."""

    SCOPED_CSS = False  # its look depends on the size, which is a class of the board around it
    DEFAULT_CSS = """
    Events { height: 1fr; padding: 0 1; margin: 1 0 0 0; }
    .-s Events { height: 3; margin: 0; }
    """
    HEADING = "events"

    def __init__(self, *, id: str) -> None:
        super().__init__(id=id)
        self._question = Question(self, self._fail)
        self._found: Found | None = None
        self._failed = ""

    def reset(self) -> None:
        self._found, self._failed = None, ""

    def inquire(self, moment: Moment) -> None:
        inv, place = moment.view.inventory, moment.place
        range_ = Range(moment.at - DAY, moment.at, "24 h")
        site, circuit = place.site_id, inv.circuit_row.get(place.circuit_id)
        if place.circuit_id:
            about: tuple[str, ...] = (place.circuit_id,)
            site = inv.circuits[circuit].site_id if circuit is not None else ""
        else:
            site_row = inv.site_row.get(site)
            about = (
                tuple(inv.circuits[r].circuit_id for r in inv.site_circuits[site_row]) if site_row is not None else ()
            )
        key = (moment.view.seq, moment.at, site, about)
        if not about or not site:  # no circuit would ask for those of all
            self._found = (), (), ()
            return
        self._question.ask(key, lambda: read(moment.scene.read, range_, site, about), self._take)

    def _take(self, found: Found) -> None:
        self._found, self._failed = found, ""
        self.draw()

    def _fail(self, said: str) -> None:
        self._failed = said
        self.draw()

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if self._failed:
            return Content([((self._failed, "warn"),)])
        if self._found is None:
            return Content([(("Reading …", "dim"),)])
        notes, events, outages = self._found
        inv, now, signs = moment.view.inventory, moment.at, moment.signs
        every: list[Note | DeviceEvent | Outage] = [*notes, *events, *outages]
        told = [one for one in every if _when(one) <= now]
        told.sort(key=lambda one: -_when(one))  # stable: a note stands above the event behind it
        cells = 12 if any(len(event_time(_when(one), now)) > 8 for one in told[: max(room, 1)]) else 8
        mine = moment.view.alarms.by_circuit.get(moment.place.circuit_id, ()) if moment.place.circuit_id else ()
        lines = [open_line(a, moment, cells) for a in sorted(mine, key=order)]
        for one in told:
            if isinstance(one, Outage):
                lines.append(outage_line(one, now, signs, cells))
            elif isinstance(one, DeviceEvent):
                lines.append(event_line(one, now, signs, cells))
            else:
                lines.append(note_line(one, inv, now, signs, site=False, wide=cells))
        return Content(lines or [(("Nothing happened in 24 h.", "dim"),)], "24 h")
