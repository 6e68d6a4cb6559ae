"""Tables of what happened in a range: Mist's alarms, notes, events, a circuit's samples."""

from __future__ import annotations

from noctui.commands.exports.arranging import as_screen
from noctui.commands.exports.asked import Asked, Made, Refused, whole
from noctui.commands.exports.cells import site_of
from noctui.model.cloud import DeviceEvent
from noctui.model.edges import Note
from noctui.model.inventory import Inventory
from noctui.model.words import Severity
from noctui.tui.export import Cell, Exported, instant
from noctui.tui.look.signs import Signs
from noctui.tui.panes import mist_alarm_rows, mist_alarm_subject, series_rows

MOST_ALARMS = 20_000
"""As many as the screen asks for; more are said to be there."""
MOST = 1_000_000


async def mist_alarms(asked: Asked) -> Made:
    """Mist's alarms that were open at some time in the range, as the screen shows them."""
    view = asked.scene.view
    found = await asked.scene.read.mist_alarms(asked.time, MOST_ALARMS)
    rows = mist_alarm_rows.AlarmRows(found, view.inventory, view.at, Signs())
    order, by_screen = as_screen(
        asked, rows, mist_alarm_rows.COLUMNS, mist_alarm_rows.SORT, lambda: mist_alarm_subject.subject(rows)
    )  # fmt: skip
    table = mist_alarm_rows.exported(rows, order)
    columns = tuple(c.key for c in mist_alarm_rows.COLUMNS)
    made = Made(table.headers, whole(table), filtered=True, sorted=by_screen, columns=columns)
    if len(found) >= MOST_ALARMS:
        made.told.append(f"more than {MOST_ALARMS:,} alarms: only the newest are here; ask for a shorter time")
    return made


EVENTS = (
    "at", "known_at", "told_by", "kind", "severity", "site", "site_name", "region", "circuit_id", "carrier", "role",
    "port", "gateway_id", "text",
)  # fmt: skip


async def latest(asked: Asked) -> Made:
    """What noctui noted, newest first."""
    notes = await asked.scene.read.notes(asked.time, MOST, _about(asked))
    inventory = asked.scene.view.inventory
    table = Exported("latest", EVENTS, [_note(n, inventory) for n in notes])
    return Made(table.headers, whole(table))


async def events(asked: Asked) -> Made:
    """What noctui noted and what the gateways told Mist, by time, newest first."""
    read, inventory = asked.scene.read, asked.scene.view.inventory
    both: list[Note | DeviceEvent] = [
        *await read.notes(asked.time, MOST, _about(asked)),
        *await read.device_events(asked.time, MOST, circuit_id=asked.circuit_id),
    ]
    both.sort(key=lambda one: -one.event_time)  # stable: a note stands above the event behind it
    rows = [_note(one, inventory) if isinstance(one, Note) else _event(one, inventory) for one in both]
    table = Exported("events", EVENTS, rows)
    return Made(table.headers, whole(table))


def _about(asked: Asked) -> tuple[str, ...]:
    return (asked.circuit_id,) if asked.circuit_id else ()


def _note(note: Note, inventory: Inventory) -> tuple[Cell, ...]:
    return (
        instant(note.event_time), instant(note.known_at), "noctui", note.kind, Severity(note.severity).word,
        *_where(inventory, note.site_id, note.circuit_id), "", note.text,
    )  # fmt: skip


def _event(event: DeviceEvent, inventory: Inventory) -> tuple[Cell, ...]:
    site, name, region, circuit, carrier, role, port = _where(inventory, event.site_id, event.circuit_id)
    return (
        instant(event.event_time), instant(event.known_at), "mist", event.type, "", site, name, region, circuit,
        carrier, role, port or event.port_id, event.gateway_id, event.text,
    )  # fmt: skip


def _where(inventory: Inventory, site_id: str, circuit_id: str) -> tuple[str, ...]:
    """Site, its name and region, circuit, carrier, role, port."""
    row = inventory.circuit_row.get(circuit_id)
    circuit = inventory.circuits[row] if row is not None else None
    site = site_of(inventory, circuit.site_id if circuit is not None else site_id)
    own = (circuit.carrier, circuit.role.word, circuit.port_id) if circuit is not None else ("", "", "")
    return (site.number, site.name, site.region, circuit_id, *own)


async def series(asked: Asked) -> Made:
    """The circuit's samples, oldest first; of hours where samples are no longer kept."""
    found = await asked.scene.read.series(asked.circuit_id, asked.metrics or series_rows.METRICS, asked.time)
    if not len(found.times):
        raise Refused(f"no sample of {asked.circuit_id} is kept of that time", usage=False)
    table = series_rows.exported(found)
    return Made(table.headers, whole(table), [found.told] if found.told else [])
