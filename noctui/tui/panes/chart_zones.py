"""Whose clock a chart goes by: UTC, that of the configured calendar, or that of the circuit's site. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo

from noctui.charts.kinds import BOX, HEAT
from noctui.model.view import View

OWN, UTC_TIME, CALENDAR, SITE = "", "utc", "calendar", "site"
"""OWN is what a kind has by itself: days and hours of the week are the calendar's, an axis of time is UTC."""


@dataclass(frozen=True, slots=True)
class Zone:
    """`name` as the zone database has it."""

    name: str
    clock: tzinfo

    def word(self, at: float) -> str:
        """How it is called at this instant, in at most 5 cells: `UTC`, `MST`, `+0530`."""
        if self.name == "UTC":
            return "UTC"
        word = datetime.fromtimestamp(at, self.clock).strftime("%Z")
        return word[:5] if word.isascii() and word.isprintable() else "local"


UTC_ZONE = Zone("UTC", UTC)


def named(name: str) -> Zone | None:
    """The zone of this name; None where the database has none of it (a site may say anything)."""
    if name in ("", "UTC"):
        return UTC_ZONE if name else None
    try:
        return Zone(name, ZoneInfo(name))
    except (OSError, ValueError, LookupError):
        return None


def zone_of(choice: str, kind: str, calendar: str, view: View, circuit_ids: tuple[str, ...]) -> Zone:
    """The zone of a choice; UTC where it cannot be told."""
    if choice == OWN:
        choice = CALENDAR if kind in (HEAT, BOX) else UTC_TIME
    if choice == SITE:
        return site_zone(view, circuit_ids) or UTC_ZONE
    return (named(calendar) or UTC_ZONE) if choice == CALENDAR else UTC_ZONE


def site_zone(view: View, circuit_ids: tuple[str, ...]) -> Zone | None:
    """That of the first circuit's site."""
    row = view.inventory.circuit_row.get(circuit_ids[0], -1) if circuit_ids else -1
    site = int(view.inventory.circuit_site[row]) if row >= 0 else -1
    return named(view.inventory.sites[site].timezone) if site >= 0 else None


def choices(view: View, calendar: str, circuit_ids: tuple[str, ...]) -> tuple[str, ...]:
    """What there is to choose from: zones that are the same clock are one choice."""
    found = {UTC_TIME: "UTC"}
    for choice, zone in ((CALENDAR, named(calendar)), (SITE, site_zone(view, circuit_ids))):
        if zone is not None and zone.name not in found.values():
            found[choice] = zone.name
    return tuple(found)


def only_clock(zone: Zone, at: float) -> str:
    """What is said where there is no other: `Shown in UTC; calendar and site have no other clock.`"""
    return f"Shown in {zone.word(at)}: neither the calendar nor the site goes by another clock."


def other_zone(choice: str, kind: str, calendar: str, view: View, circuit_ids: tuple[str, ...]) -> str:
    """The next choice, which shows other times than this one where there is any."""
    known = choices(view, calendar, circuit_ids)
    mine = zone_of(choice, kind, calendar, view, circuit_ids).name
    here = next((i for i, c in enumerate(known) if zone_of(c, kind, calendar, view, circuit_ids).name == mine), -1)
    return known[(here + 1) % len(known)]
