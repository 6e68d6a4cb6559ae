"""Every table that `noctui export` knows, by its word."""

from __future__ import annotations

from noctui.commands.exports.asked import Table
from noctui.commands.exports.cells import NAMES
from noctui.model.figures import Grain
from noctui.model.scene import SERIES_METRICS
from noctui.tui.panes.offender_kinds import BYS

GROUPS = ("circuit", "site", "region", "carrier")
GAUGES = tuple(NAMES)
RANKINGS = tuple(by.name for by in BYS)

TABLES: dict[str, Table] = {
    table.name: table
    for table in (
        Table("circuits", "every circuit as it is", "of_now.circuits"),
        Table("sites", "every site as it is", "of_now.sites"),
        Table("regions", "every region as it is", "of_now.regions"),
        Table("paths", "every peer path as it is", "of_now.paths"),
        Table("ports", "the WAN ports of all sites", "of_now.ports"),
        Table("gateways", "every gateway as it is, by load", "of_lists.gateways"),
        Table("sle", "Mist's service levels per site", "of_lists.service_levels"),
        Table("feeds", "how the data came in", "of_now.feeds"),
        Table("carriers", "carriers, with the last 24 h", "of_lists.carriers"),
        Table("region-summary", "regions, with the last 24 h", "of_lists.region_figures"),
        Table("alarm-types", "Mist's alarms of 24 h by type", "of_lists.alarm_types"),
        Table("chronic", "circuits that were bad on 3 of 7 days", "of_lists.chronic_circuits"),
        Table("alarms", "alarms of all sources, all fields", "of_alarms.alarms", "24h"),
        Table("mist-alarms", "Mist's own list of alarms", "of_told.mist_alarms", "24h"),
        Table("audit", "who did what, and what came of it", "of_alarms.audit", "31d"),
        Table("messages", "who was told of what", "of_alarms.messages", "24h"),
        Table("latest", "what noctui noted, newest first", "of_told.latest", "24h", "may"),
        Table("events", "the same and the gateways' events", "of_told.events", "24h", "may"),
        Table("failovers", "when sites ran without their primary", "of_lists.failovers", "7d"),
        Table("series", "a circuit's samples", "of_told.series", "24h", "must", metrics=SERIES_METRICS, several=True),
        Table("offenders", "who ranks by a metric, worst first", "of_offenders.offenders", "24h", by=GROUPS,
              metrics=RANKINGS),
        Table("availability", "time up, down and unknown", "of_figures.availability", "24h", "may", by=GROUPS),
        Table("figures", "all that a time adds up to", "of_figures.figures", "24h", "may", by=GROUPS, metrics=GAUGES,
              several=True, names=True),
        Table("hourly", "the same for each hour", "of_figures.hourly", "24h", "may", by=GROUPS,
              metrics=GAUGES, several=True, names=True, grains=True),
        Table("daily", "for each day", "of_figures.daily", "31d", "may", by=GROUPS, metrics=GAUGES,
              several=True, names=True, grains=True),
        Table("weekly", "for each ISO week", "of_figures.weekly", "13mo", "may", by=GROUPS,
              metrics=GAUGES, several=True, names=True, grains=True),
        Table("monthly", "for each month", "of_figures.monthly", "13mo", "may", by=GROUPS,
              metrics=GAUGES, several=True, names=True, grains=True),
        Table("billing", "95th percentile of a month", "of_patterns.billing", calendar=Grain.MONTH),
        Table("trend", "how a gauge moves, and until when", "of_patterns.trend", metrics=GAUGES),
        Table("baseline", "what is usual at each hour of a week", "of_patterns.baseline", circuit="must",
              metrics=GAUGES),
    )
}  # fmt: skip
