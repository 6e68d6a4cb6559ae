"""The handover of a shift from a Scene: what is read, for the screen and for `noctui report`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from noctui.engine.handover import NOTHING, TITLES, Handover, Line, handover, markdown
from noctui.model.alarms import Alarm, AuditEntry, Message
from noctui.model.scene import Range, Scene

MOST = 20_000
"""Alarms, acts and messages of a shift that are looked at."""
LONGEST = 31 * 86_400.0
SHIFT = 8 * 3600.0
_SPAN = re.compile(r"(\d{1,6})(m|h|d)")
_UNITS = {"m": 60.0, "h": 3600.0, "d": 86_400.0}


def seconds_of(text: str) -> float:
    """Of `8h`, `90m`, `2d`. Raises ValueError with one clear line."""
    found = _SPAN.fullmatch(text.strip().lower())
    seconds = int(found[1]) * _UNITS[found[2]] if found else 0.0
    if not 0 < seconds <= LONGEST:
        raise ValueError(f"{text!r} is no shift such as 8h, 90m or 2d (at most 31d)")
    return seconds


async def hand_over(scene: Scene, seconds: float, until: float) -> Handover:
    """Of the `seconds` that end at `until`. Raises what reading raises."""
    range_ = Range(until - seconds, until)
    alarms = await scene.read.alarms(range_, MOST)
    audit = await scene.read.audit(range_, MOST)
    messages = await scene.read.messages(range_, MOST)
    if len(alarms) < MOST:
        return _told(scene, alarms, audit, messages, range_)
    known = {a.alarm_id for a in alarms}  # the newest come first: what is open for long may not be among them
    alarms = (*alarms, *(a for a in scene.view.alarms.alarms if a.alarm_id not in known))
    told = _told(scene, alarms, audit, messages, range_)
    said = f"So many alarms that only the newest {MOST:,} of the shift are told, and all that are open."
    return replace(told, summary=(*told.summary, said))


def _told(
    scene: Scene, alarms: Sequence[Alarm], audit: Sequence[AuditEntry], messages: Sequence[Message], range_: Range
) -> Handover:
    view = scene.view
    return handover(
        alarms, audit, messages, view.inventory, range_.start, range_.end, works=view.works.works
    )  # fmt: skip


__all__ = ["NOTHING", "SHIFT", "TITLES", "Handover", "Line", "hand_over", "markdown", "seconds_of"]
