"""A message's lines as people see them beside what was read: numbered as the readers' `Source`s count them."""

from __future__ import annotations

from collections.abc import Sequence

from noctui.planned import flattened, icalendar
from noctui.planned.mail import Mail
from noctui.planned.mail import read as read_mail

MOST_LINES = 2_000
LONGEST = 500
"""Characters of a line."""


def parts(data: bytes) -> dict[str, tuple[str, ...]]:
    """`text`, `html`, `ics` and `subject`, those that there are. Of a message that carries others (a forward) the first
    that has something to read counts, as it does for the readers."""
    mail = read_mail(data)
    return next(
        (found for one in _inner(mail) if (found := _of(one)).keys() - {"subject"}), {"subject": (mail.subject,)}
    )


def _inner(mail: Mail) -> list[Mail]:
    return [one for carried in mail.carried for one in _inner(carried)] + [mail]


def _of(mail: Mail) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {"subject": (_plain(mail.subject),)}
    text = next((t for t in mail.texts if t.strip()), "")
    if text:
        found["text"] = _cut(text.splitlines())
    if mail.htmls:
        found["html"] = _cut(flattened.text(mail.htmls[0]).splitlines())
    calendar = next(iter(icalendar.calendars_of(mail.calendars)), "")
    if calendar:
        found["ics"] = _cut(icalendar.rows(calendar))
    return found


def _cut(every: Sequence[str]) -> tuple[str, ...]:
    kept = tuple(_plain(line) for line in every[:MOST_LINES])
    return (*kept, f"… {len(every) - MOST_LINES:,} more lines") if len(every) > MOST_LINES else kept


def _plain(line: str) -> str:
    """What a terminal would obey, or cannot show, is a dot."""
    return "".join(c if c.isprintable() or c == "\t" else "·" for c in line[:LONGEST])
