"""A handover as a table: for the key that exports and for `noctui report`."""

from __future__ import annotations

from noctui.model.words import Severity
from noctui.runtime.handing_over import TITLES, Handover
from noctui.tui.export import Exported, Row, instant

HEADERS = ("section", "severity", "what", "alarm", "began", "ended", "who", "until", "why", "alarm_id")


def rows(told: Handover) -> list[Row]:
    """The lines, section by section."""
    return [
        (section, Severity(x.severity).word, x.what, x.text, instant(x.began),
         None if x.ended is None else instant(x.ended), x.who,
         None if x.until is None else instant(x.until), x.why, x.alarm_id)
        for section in TITLES
        for x in told.of(section)
    ]  # fmt: skip


def exported(told: Handover) -> Exported:
    return Exported("handover", HEADERS, rows(told))
