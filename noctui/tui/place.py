"""Where one is: which screen, of what; and the way there, for Esc and Backspace."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from noctui.model.inventory import Inventory


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """A screen and what it is about. `region` is None where it plays no part (`""` is the region without a name)."""

    kind: str  # one of KINDS
    region: str | None = None
    site_id: str = ""
    circuit_id: str = ""
    chart: str = ""  # of the chart board: its kind, "" for the one that suits
    metric: str = ""  # the same: what it is of
    alarm_id: str = ""  # of an incident
    span: str = ""  # of a handover: how long the shift was, `8h`
    work: tuple[str, str] = ("", "")  # of planned work: provider and maintenance id
    mail: str = ""  # of a mail: its key
    promise: str = ""  # of a promise, with `circuit_id` its service


OVERVIEW = Place(kind="overview")
SITES = Place(kind="sites")
CIRCUITS = Place(kind="circuits")
OFFENDERS = Place(kind="offenders")
ALARMS = Place(kind="alarms")
MIST_ALARMS = Place(kind="mist")
MAINTENANCE = Place(kind="maintenance")
MAILS = Place(kind="mails")
SLA = Place(kind="sla")
OUTAGES = Place(kind="outages")
COLLECTOR = Place(kind="collector")
ORGS = Place(kind="orgs")
WALL = Place(kind="wall")
INCIDENTS = Place(kind="incidents")  # the wall's page of them
_INSIDE = {"work": MAINTENANCE, "mails": MAINTENANCE, "mail": MAILS, "promise": SLA}
"""Kind → where esc leads to."""
WINDOWS = Place(kind="windows")  # the wall's page of planned work
KINDS = ("overview", "sites", "site", "circuit", "circuits", "offenders", "alarms", "mist", "incident", "collector",
         "chart", "handover", "maintenance", "work", "mails", "mail", "sla", "promise", "outages", "orgs")  # fmt: skip

PLANNED = ("maintenance", "work", "mails", "mail", "sla", "promise", "outages")
"""Kinds of planned work and promises."""
ON_THE_WALL = ("wall", "incidents", "windows")
"""Kinds that only the wall has: no screen is remembered there."""


def wall_of(region: str) -> Place:
    return Place(kind="wall", region=region)


def of_region(region: str) -> Place:
    return Place(kind="sites", region=region)


def of_site(site_id: str) -> Place:
    return Place(kind="site", site_id=site_id)


def of_incident(alarm_id: str) -> Place:
    return Place(kind="incident", alarm_id=alarm_id)


def of_shift(span: str) -> Place:
    return Place(kind="handover", span=span)


def of_work(key: tuple[str, str]) -> Place:
    return Place(kind="work", work=key)


def of_mail(key: str) -> Place:
    return Place(kind="mail", mail=key)


def of_month(month: str) -> Place:
    """Promises of a month, `2026-10`, or of the periods that run, `running`."""
    return Place(kind="sla", span=month)


def of_promise(service_id: str, promise: str) -> Place:
    return Place(kind="promise", circuit_id=service_id, promise=promise)


def of_outages(*, site_id: str = "", circuit_id: str = "") -> Place:
    """Outages of a circuit, of a site's circuits, or of the network."""
    return Place(kind="outages", site_id=site_id, circuit_id=circuit_id)


def of_circuit(circuit_id: str) -> Place:
    return Place(kind="circuit", circuit_id=circuit_id)


def of_chart(*, site_id: str = "", circuit_id: str = "", chart: str = "", metric: str = "") -> Place:
    """Charts of a circuit, of a site's circuits, or of the network."""
    return Place(kind="chart", site_id=site_id, circuit_id=circuit_id, chart=chart, metric=metric)


def charted(place: Place) -> Place | None:
    """What a chart, or a list of outages, is of: a circuit or a site; None for the network."""
    if place.circuit_id:
        return of_circuit(place.circuit_id)
    return of_site(place.site_id) if place.site_id else None


def parent(place: Place, inventory: Inventory) -> Place | None:
    """One level out by the order of things; None at the top."""
    if place.kind == "circuit":
        row = inventory.circuit_row.get(place.circuit_id)
        return OVERVIEW if row is None else of_site(inventory.circuits[row].site_id)
    if place.kind in ("chart", "outages"):
        return charted(place) or OVERVIEW
    if place.kind == "site":
        row = inventory.site_row.get(place.site_id)
        return OVERVIEW if row is None else of_region(inventory.sites[row].region)
    if place.kind in ("incident", "mist"):
        return ALARMS
    if place.kind in _INSIDE:
        return _INSIDE[place.kind]
    return None if place.kind == "overview" else OVERVIEW


def crumbs(place: Place, inventory: Inventory) -> tuple[str, ...]:
    """The breadcrumb, organisation first."""
    org = inventory.org_name or inventory.org_id or "noctui"
    if place.kind == "wall":
        return (org, "wall") if place.region is None else (org, "wall", region_name(place.region))
    if place.kind == "sites":
        return (org, "sites" if place.region is None else region_name(place.region))
    if place.kind == "site":
        return (org, *_site_crumbs(place.site_id, inventory))
    if place.kind in ("chart", "outages") and (of := charted(place)) is not None:
        return (*crumbs(of, inventory), place.kind)
    if place.kind == "circuit":
        row = inventory.circuit_row.get(place.circuit_id)
        if row is None:
            return (org, place.circuit_id)
        circuit = inventory.circuits[row]
        return (org, *_site_crumbs(circuit.site_id, inventory), f"{circuit.carrier} {circuit.port_id}".strip())
    if place.kind == "windows":
        return (org, "maintenance")
    if place.kind == "mist":
        return (org, "alarms", "of Mist")
    if place.kind == "incident":
        return (org, "alarms", incident_name(place.alarm_id))
    if place.kind == "work":
        return (org, "maintenance", " ".join(part for part in place.work if part))
    if place.kind in ("mails", "mail"):
        return (org, "maintenance", "mails", *((place.mail.strip("<>"),) if place.kind == "mail" else ()))
    if place.kind in ("sla", "promise"):
        return (
            org,
            "SLA",
            *((f"{_service_name(place.circuit_id, inventory)} {place.promise}",) if place.promise else ()),
        )
    return (org, place.kind)


def _service_name(service_id: str, inventory: Inventory) -> str:
    """`0417 Lumen` of a circuit; a protection group's own name."""
    row = inventory.circuit_row.get(service_id)
    if row is None:
        return service_id
    circuit = inventory.circuits[row]
    site = inventory.site_row.get(circuit.site_id)
    number = inventory.sites[site].number if site is not None else ""
    return f"{number or circuit.site_id} {circuit.carrier or circuit.port_id}"


def crumb_places(place: Place, inventory: Inventory) -> tuple[Place, ...]:
    """Where each part of the breadcrumb leads; the last one is where one is."""
    above: list[Place] = []
    step = parent(place, inventory)
    while step is not None:
        above.insert(0, step)
        step = parent(step, inventory)
    if len(above) != len(crumbs(place, inventory)) - 1:  # what is no longer known has no way in between
        above = [OVERVIEW] * (len(crumbs(place, inventory)) - 1)
    return (*above, place)


def incident_name(alarm_id: str) -> str:
    """`incident 8841` of its `incident/8841@1795402282`."""
    key = alarm_id.rpartition("@")[0] or alarm_id
    return key.replace("/", " ", 1) or "incident"


def region_name(region: str) -> str:
    return region or "no region"


def _site_crumbs(site_id: str, inventory: Inventory) -> tuple[str, ...]:
    row = inventory.site_row.get(site_id)
    if row is None:
        return (site_id,)
    site = inventory.sites[row]
    return (region_name(site.region), site.name)


class Trail:
    """The way one came. Enter goes in, Esc one out; Backspace swaps with the view before."""

    def __init__(self, places: tuple[Place, ...] = (OVERVIEW,)) -> None:
        self._places = places or (OVERVIEW,)
        self._before = self._places

    @property
    def here(self) -> Place:
        return self._places[-1]

    @property
    def places(self) -> tuple[Place, ...]:
        return self._places

    def enter(self, place: Place) -> None:
        """One level in; a place that one is in already changes nothing."""
        if place != self.here:
            self._go((*self._places, place))

    def jump(self, place: Place) -> None:
        """To a screen by its number: the way back starts there."""
        if self._places != (place,):
            self._go((place,))

    def out(self, inventory: Inventory) -> bool:
        """One level out; False at the top."""
        if len(self._places) > 1:
            self._go(self._places[:-1])
            return True
        above = parent(self.here, inventory)
        if above is None:
            return False
        self._go((above,))
        return True

    def out_to(self, place: Place) -> None:
        """To a level further out: back to where one was there, else a way of its own begins."""
        places = self._places
        self._go(places[: places.index(place) + 1] if place in places else (place,))

    def back(self) -> bool:
        """The view before this one, and with it the way to it; False when there is none."""
        if self._before == self._places:
            return False
        self._go(self._before)
        return True

    def _go(self, places: tuple[Place, ...]) -> None:
        self._before, self._places = self._places, places[-8:]
