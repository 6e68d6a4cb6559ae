"""Which pages the wall turns: words of the settings → places; a word that names none costs one line and is left out."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from noctui.tui.layouts import LAYOUTS
from noctui.tui.look.text import clip
from noctui.tui.place import (
    ALARMS,
    CIRCUITS,
    COLLECTOR,
    INCIDENTS,
    OFFENDERS,
    OVERVIEW,
    SITES,
    SLA,
    WALL,
    WINDOWS,
    Place,
    wall_of,
)

if TYPE_CHECKING:
    from noctui.model.inventory import Inventory


SCREENS = {
    "overview": WALL, "incidents": INCIDENTS, "alarms": ALARMS, "offenders": OFFENDERS, "circuits": CIRCUITS,
    "sites": SITES, "collector": COLLECTOR, "maintenance": WINDOWS, "sla": SLA,
}  # fmt: skip
_MANY = 8
"""Regions named where one is missing."""


@dataclass(frozen=True, slots=True)
class Page:
    """One page, by the word that asked for it; `layout` is that of screen 1, where it is one."""

    word: str
    place: Place
    layout: str = ""


FIRST = Page("overview", WALL)


def read_pages(words: tuple[str, ...], inventory: Inventory) -> tuple[tuple[Page, ...], str]:
    """The pages in their order, and one line about words that name none (empty: all do). Never without a page."""
    pages: list[Page] = []
    unknown: list[str] = []
    for word in words:
        name = " ".join(word.split())
        if name.lower() in SCREENS:
            pages.append(Page(name.lower(), SCREENS[name.lower()]))
        elif name.lower() in LAYOUTS:
            pages.append(Page(name.lower(), OVERVIEW, name.lower()))
        elif name.lower().startswith("region"):
            region = _region(name[len("region") :].strip(), inventory.regions)
            if region is None:
                unknown.append(_no_region(name[len("region") :].strip(), inventory.regions))
            else:
                pages.append(Page(f"region {region}", wall_of(region)))
        else:
            unknown.append(_no_page(name))
    return tuple(dict.fromkeys(pages)) or (FIRST,), "; ".join(unknown)


def _region(name: str, regions: tuple[str, ...]) -> str | None:
    return next((region for region in regions if region.casefold() == name.casefold()), None)


def _no_region(name: str, regions: tuple[str, ...]) -> str:
    named = [region for region in regions if region]
    known = ", ".join(named[:_MANY]) + (" …" if len(named) > _MANY else "")
    return f"no region {clip(name, 20) or '–'} for the wall (wall.pages), left out; there are: {known}"


def _no_page(name: str) -> str:
    every = (*SCREENS, *LAYOUTS)
    near = difflib.get_close_matches(name.lower(), every, 1)
    known = f"did you mean {near[0]}?" if near else f"there are: {', '.join(every)}, region NAME"
    return f"no page {clip(name, 20)} for the wall (wall.pages), left out; {known}"
