"""Which screen an alarm leads to, and which alarms a circuit, site or region stands for."""

from __future__ import annotations

from noctui.model.alarms import INCIDENT, SELF, Alarm, Alarms
from noctui.model.view import View
from noctui.tui.panes import cells
from noctui.tui.place import COLLECTOR, Place, of_circuit, of_incident, of_site, region_name
from noctui.tui.standing import Standing


def opens(alarm: Alarm, view: View) -> Place | None:
    """The incident, the circuit, else the site; how the data comes in, where noctui tells of itself."""
    inventory = view.inventory
    if alarm.type == INCIDENT:
        return of_incident(alarm.alarm_id)
    if len(alarm.circuit_ids) == 1 and alarm.circuit_ids[0] in inventory.circuit_row:
        return of_circuit(alarm.circuit_ids[0])
    if alarm.site_id in inventory.site_row:
        return of_site(alarm.site_id)
    return COLLECTOR if alarm.source == SELF else None


def _with_incidents(found: tuple[Alarm, ...], alarms: Alarms) -> tuple[Alarm, ...]:
    """What speaks for a member speaks for whoever stands on it."""
    spoken = (alarms.by_id.get(a.parent) for a in found if a.parent)
    return tuple(dict.fromkeys((*found, *(a for a in spoken if a is not None))))


def of_a_circuit(circuit_id: str, alarms: Alarms) -> tuple[Alarm, ...]:
    return _with_incidents(alarms.by_circuit.get(circuit_id, ()), alarms)


def of_a_site(site_id: str, alarms: Alarms) -> tuple[Alarm, ...]:
    return _with_incidents(alarms.by_site.get(site_id, ()), alarms)


def of_a_region(region: str, alarms: Alarms) -> tuple[Alarm, ...]:
    return tuple(a for a in alarms.alarms if a.region == region)


def standing_of_circuit(circuit_id: str, view: View) -> Standing | None:
    """The alarms of a circuit; None where it is not known."""
    row = view.inventory.circuit_row.get(circuit_id)
    if row is None:
        return None
    name = f"{cells.site_short(view.inventory, row)} {cells.carrier(view.inventory.circuits[row])}"
    return Standing(of_a_circuit(circuit_id, view.alarms), name)


def standing_of_site(site_id: str, view: View) -> Standing | None:
    """The alarms of a site; None where it is not known."""
    row = view.inventory.site_row.get(site_id)
    if row is None:
        return None
    site = view.inventory.sites[row]
    return Standing(of_a_site(site_id, view.alarms), cells.site_number(site) or site.name)


def standing_at(place: Place, view: View) -> Standing | None:
    """The alarms of a circuit, site, region or incident, as a row leads there; None for other places."""
    if place.circuit_id:
        return standing_of_circuit(place.circuit_id, view)
    if place.site_id:
        return standing_of_site(place.site_id, view)
    if place.kind == "incident":
        alarm = view.alarms.by_id.get(place.alarm_id)
        return Standing((alarm,), "", exact=True) if alarm is not None else None
    if place.region is not None:
        return Standing(of_a_region(place.region, view.alarms), region_name(place.region))
    return None
