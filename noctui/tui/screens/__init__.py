"""The boards by their kind; each is imported when it is first opened."""

from __future__ import annotations

from collections.abc import Callable

from noctui.tui.place import ON_THE_WALL, PLANNED
from noctui.tui.screens.board import Board

Sorts = dict[str, tuple[str, bool]]


def make(kind: str, clock: Callable[[], float], sorts: Sorts, window: str, zone: str = "UTC") -> Board:
    """The board of this kind. `clock` gives monotonic seconds, `window` is the chart's remembered one, `zone` names
    whose months are counted."""
    if kind == "overview":
        from noctui.tui.screens.overview import Overview

        return Overview(clock, sorts)
    if kind == "engineering":
        from noctui.tui.screens.engineering import Engineering

        return Engineering(clock, sorts)
    if kind == "executive":
        from noctui.tui.screens.executive import Executive

        return Executive(clock, sorts, zone)
    if kind == "sites":
        from noctui.tui.screens.sites import Sites

        return Sites(clock, sorts)
    if kind == "circuits":
        from noctui.tui.screens.circuits import Circuits

        return Circuits(clock, sorts)
    if kind == "site":
        from noctui.tui.screens.site import SiteBoard

        return SiteBoard()
    if kind == "circuit":
        from noctui.tui.screens.circuit import CircuitBoard

        return CircuitBoard(window, zone)
    if kind == "offenders":
        from noctui.tui.screens.offenders import Offenders

        return Offenders(clock, sorts)
    if kind == "alarms":
        from noctui.tui.screens.alarms import Alarms

        return Alarms(clock, sorts)
    if kind == "incident":
        from noctui.tui.screens.incident import IncidentBoard

        return IncidentBoard(clock, sorts)
    if kind in PLANNED:
        from noctui.tui.screens.planned import make as make_planned

        return make_planned(kind, clock, sorts)
    if kind == "orgs":
        from noctui.tui.screens.orgs import Orgs

        return Orgs(clock, sorts)
    if kind == "mist":
        from noctui.tui.screens.mist_alarms import MistAlarms

        return MistAlarms(clock, sorts)
    if kind == "chart":
        from noctui.tui.screens.chart import ChartBoard

        return ChartBoard(zone)
    if kind == "handover":
        from noctui.tui.screens.handover import HandoverBoard

        return HandoverBoard(clock)
    if kind in ON_THE_WALL:
        from noctui.tui.screens.wall import WallBoard

        return WallBoard(kind)
    from noctui.tui.screens.collector import Collector

    return Collector()
