"""The short lists of screen 1's layouts, whole: chronic circuits, failovers, gateways, service levels, carriers,
regions, types of alarms. Their panes are Textual's, whose import takes 0.15 s."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.commands.exports.arranging import by_column
from noctui.commands.exports.asked import Asked, Made, Refused, whole
from noctui.model.scene import Range
from noctui.runtime.ranking import CHRONIC, CHRONIC_DAYS
from noctui.tui.export import Exported
from noctui.tui.look.signs import Signs
from noctui.tui.panes import (
    alarm_kinds,
    carrier_summary,
    chronic,
    episode_rows,
    loaded_gateways,
    region_summary,
    running_failovers,
    worst_sites,
)
from noctui.tui.panes.sle_figures import levels_of
from noctui.tui.widgets.columns import Rows

DAY = 86_400.0


def _order(rows: Rows, sort: tuple[str, bool]) -> list[int]:
    """As the list has them."""
    found: list[int] = by_column(rows, *sort).tolist()
    return found


def _made(table: Exported, told: Sequence[str] = ()) -> Made:
    return Made(table.headers, whole(table), list(told))


async def chronic_circuits(asked: Asked) -> Made:
    view = asked.scene.view
    daily = await asked.scene.read.daily("util", CHRONIC_DAYS)
    rows = chronic.ChronicRows(view, chronic.week_of(daily, view.inventory), Signs())
    order = by_column(rows, *chronic.Chronic.SORT)
    return _made(chronic.exported(rows, order[(rows.bad >= CHRONIC)[order]].tolist()))


async def failovers(asked: Asked) -> Made:
    """When sites ran without their primary: how long, why, how fast, and how good the lines were meanwhile."""
    found = await asked.scene.read.episodes(asked.time)
    rows = episode_rows.EpisodeRows(asked.scene.view, found, Signs())
    made = _made(episode_rows.exported(rows, _order(rows, running_failovers.RunningFailovers.SORT)))
    bare = sum(e.active is None and e.primary is None for e in found)
    if bare:
        made.told.append(f"{bare:,} of {len(found):,} failovers have no figures beside them: ask for a shorter time")
    return made


async def gateways(asked: Asked) -> Made:
    rows = loaded_gateways.GatewayRows(asked.scene.view, Signs())
    return _made(loaded_gateways.exported(rows, _order(rows, loaded_gateways.LoadedGateways.SORT)))


async def service_levels(asked: Asked) -> Made:
    """Mist's service levels of all sites, the worst first; a site whose gateway is offline has a stale one: none."""
    table = await asked.scene.read.sle()
    if table is None:
        raise Refused("no service levels were known by then: Mist is asked for them every ten minutes", usage=False)
    rows = worst_sites.SleRows(asked.scene.view, levels_of(table, asked.scene.view), Signs())
    return _made(worst_sites.exported(rows, _order(rows, worst_sites.WorstSites.SORT)))


async def carriers(asked: Asked) -> Made:
    found = await asked.scene.read.groups("carrier", _day(asked))
    rows = carrier_summary.CarrierFigures(asked.scene.view, found, Signs())
    table = carrier_summary.exported(rows, _order(rows, carrier_summary.CarrierSummary.SORT))
    return _made(table, [found.told] if found.told else [])


async def region_figures(asked: Asked) -> Made:
    found = await asked.scene.read.groups("region", _day(asked))
    rows = region_summary.RegionFigures(asked.scene.view, found, Signs())
    order = _order(rows, region_summary.RegionSummary.SORT)
    return _made(region_summary.exported(rows, asked.scene.view, order), [found.told] if found.told else [])


async def alarm_types(asked: Asked) -> Made:
    alarms = await asked.scene.read.mist_alarms(_day(asked), alarm_kinds.MOST)
    rows = alarm_kinds.KindRows(alarm_kinds.kinds_of(alarms), asked.scene.at, Signs())
    return _made(alarm_kinds.exported(rows, _order(rows, alarm_kinds.AlarmKinds.SORT)))


def _day(asked: Asked) -> Range:
    return Range(asked.scene.at - DAY, asked.scene.at, "24 h")
