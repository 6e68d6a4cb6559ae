"""What a person writes into the form of a mail, as planned work; and what is known of it, as the form begins. Pure."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping
from typing import TypeVar

from noctui.model.mails import Filled
from noctui.model.notices import Affected, Impact, Maintenance, Status, Window
from noctui.model.works import MailRead

T = TypeVar("T")
FIELDS = ("carrier", "work", "status", "windows", "circuits", "impact", "about", "why")
REQUIRED = ("carrier", "work", "status", "why")
_INSTANT = r"(?:(\d{4}-\d{2}-\d{2})[ T]+)?(\d{1,2}:\d{2})"
_WINDOW = re.compile(rf"^{_INSTANT}\s*(?:UTC|Z)?\s*(?:-|–|to|until)\s*{_INSTANT}\s*(?:UTC|Z)?$", re.IGNORECASE)
_STATUS = {
    "tentative": Status.TENTATIVE, "confirmed": Status.CONFIRMED, "cancelled": Status.CANCELLED,
    "canceled": Status.CANCELLED, "moved": Status.RE_SCHEDULED, "re-scheduled": Status.RE_SCHEDULED,
    "in-process": Status.IN_PROCESS, "completed": Status.COMPLETED, "done": Status.COMPLETED,
}  # fmt: skip
_IMPACT = {
    "outage": Impact.OUTAGE, "none": Impact.NO_IMPACT, "no impact": Impact.NO_IMPACT, "degraded": Impact.DEGRADED,
    "reduced": Impact.REDUCED_REDUNDANCY, "unknown": Impact.UNKNOWN, "": Impact.UNKNOWN,
}  # fmt: skip


class WrongFieldError(ValueError):
    """One clear line about `field`."""

    def __init__(self, field: str, said: str) -> None:
        super().__init__(said)
        self.field = field


def filled_from(fields: Mapping[str, str]) -> Filled:
    """The work that the fields tell of. Raises WrongFieldError.

    Windows are `2026-11-24 06:00–10:00`, UTC, several parted by `;`; an end without a day is the next such time.
    """
    status = _one_of("status", fields.get("status", ""), _STATUS)
    impact = _one_of("impact", fields.get("impact", ""), _IMPACT)
    windows = tuple(_window(part.strip()) for part in fields.get("windows", "").split(";") if part.strip())
    ids = [part.strip() for part in re.split(r"[;,]", fields.get("circuits", "")) if part.strip()]
    made = Filled(
        provider=fields.get("carrier", ""), maintenance_id=fields.get("work", ""), status=status, windows=windows,
        circuits=tuple(Affected(circuit=i, impact=impact) for i in dict.fromkeys(ids)), summary=fields.get("about", ""),
    )  # fmt: skip
    for fault in made.faults():
        raise WrongFieldError(_field_of(fault), fault)
    return made


def _field_of(fault: str) -> str:
    return next((f for word, f in _FAULTS.items() if word in fault), "carrier")


_FAULTS = {"window": "windows", "circuit": "circuits", "number": "work", "how far": "status"}


def _window(text: str) -> Window:
    found = _WINDOW.match(text)
    if found is None or not found[1]:
        raise WrongFieldError("windows", "a window is written 2026-11-24 06:00–10:00, in UTC")
    try:
        start = _instant(found[1], found[2])
        end = _instant(found[3] or found[1], found[4])
    except ValueError:
        raise WrongFieldError("windows", f"no such time: {text[:30]}") from None
    if not found[3] and end <= start:
        end += 86_400
    return Window(start=start, end=end)


def _instant(day: str, time: str) -> int:
    return int(dt.datetime.fromisoformat(f"{day} {time:0>5}").replace(tzinfo=dt.UTC).timestamp())


def _one_of(field: str, text: str, known: Mapping[str, T]) -> T:
    word = " ".join(text.lower().split())
    if word in known:
        return known[word]
    begin = {known[name] for name in known if word and name.startswith(word)}
    if len(begin) == 1:
        return begin.pop()
    raise WrongFieldError(field, f"{field}: {', '.join(name for name in known if name)}")


def known_fields(read: MailRead | None) -> dict[str, str]:
    """What was read in the mail all the same, as the form begins."""
    told = read.notice.maintenances[0] if read is not None and read.notice.maintenances else None
    fields = {"status": "confirmed", "impact": "outage", "why": "read by hand"}
    if read is not None:
        fields["carrier"] = read.mail.provider or read.notice.provider
    return fields | _told(told) if told is not None else fields


def _told(told: Maintenance) -> dict[str, str]:
    word = next((name for name, status in _STATUS.items() if status is told.status), "confirmed")
    return {
        "carrier": told.provider, "work": told.maintenance_id, "status": word, "about": told.summary,
        "windows": "; ".join(_written(w) for w in told.windows),
        "circuits": ", ".join(a.circuit for a in told.circuits),
    }  # fmt: skip


def _written(window: Window) -> str:
    start, end = (dt.datetime.fromtimestamp(at, dt.UTC) for at in (window.start, window.end))
    day = "" if start.date() == end.date() else f"{end:%Y-%m-%d} "
    return f"{start:%Y-%m-%d %H:%M}–{day}{end:%H:%M}"
