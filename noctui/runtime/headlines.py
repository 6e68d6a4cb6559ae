"""The rules for sentences that speak of more than the View, for screens: they know the runtime, not the engine."""

from __future__ import annotations

from noctui.engine.cause import find_cause
from noctui.engine.headline_alarms import SEVERITIES, alarm_severity, alarms_headline
from noctui.engine.headline_collecting import collecting_headline, swept_headline
from noctui.engine.headline_waiting import incident_headline, waiting_headline
from noctui.kpi.headline_offenders import Chronic, nobody_words, offenders_headline
from noctui.planned.headline_planned import planned_headline
from noctui.sla.headline_promises import promises_headline

__all__ = [
    "SEVERITIES",
    "Chronic",
    "alarm_severity",
    "alarms_headline",
    "collecting_headline",
    "find_cause",
    "incident_headline",
    "nobody_words",
    "offenders_headline",
    "planned_headline",
    "promises_headline",
    "swept_headline",
    "waiting_headline",
]  # fmt: skip
