"""Filters in a command: whose rows they choose, how many they leave, and what completes their last word."""

from __future__ import annotations

import re
from collections.abc import Sequence

from noctui.model.words import Severity
from noctui.tui.commands.asked import CommandError
from noctui.tui.commands.here import Here
from noctui.tui.filter import TEXT_KEYS, Filter, FilterError, Subject, parse
from noctui.tui.panes import subjects
from noctui.tui.panes.site_rows import SiteRows

KINDS = ("overview", "sites", "circuits", "offenders", "alarms", "mist", "maintenance", "mails", "sla",
         "outages")  # fmt: skip
"""Screens that filter."""
_LAST = re.compile(r'(?:[^\s"]*"[^"]*|\S*)$')
_VALUE = re.compile(r"^(!?)([A-Za-z_]+)(!?=|:)(.*)$")
_ALARM_STATES = ("open", "taken", "held", "snoozed", "cleared")
_PLANNED: dict[str, tuple[str, ...]] = {
    "maintenance": ("now", "confirmed", "tentative", "moved", "unmatched", "done", "cancelled"),
    "sla": ("broken", "breaks", "risk", "unsure", "met"), "mails": ("waiting", "failed", "read", "ignored"),
    "outages": ("down", "over", "blip"),
}  # fmt: skip
"""States of what is planned and promised, in the words that a filter finds."""
_ROLES = ("primary", "secondary", "backup")


def subject_of(kind: str, here: Here) -> Subject | None:
    """What the table of this kind is filtered by, where that can be told from here."""
    if kind == here.place.kind and here.subject is not None:
        return here.subject()
    if kind == "circuits":
        return subjects.circuits(here.view)
    if kind == "sites":
        return subjects.sites(here.view, SiteRows(here.view, here.signs))
    return None


def understood(text: str, kind: str, here: Here) -> tuple[Filter, int | None]:
    """The filter, and how many rows of the table of this kind match. Raises CommandError with the filter's own line."""
    try:
        chosen = parse(text)
        subject = subject_of(kind, here)
        left = int(chosen.mask(subject).sum()) if subject is not None else None
    except FilterError as error:
        raise CommandError(str(error)) from None
    return chosen, left


def bare(text: str) -> str:
    """A filter as it is kept: without the `/` that people put before it."""
    text = text.strip()
    return text[1:].lstrip() if text.startswith("/") else text


def completions(text: str, kind: str, here: Here, most: int) -> list[tuple[str, str]]:
    """(the filter with its last word completed, what that word is): columns, carriers, regions, severities, roles."""
    found = _LAST.search(text)
    last = found[0] if found else ""
    before = text[: len(text) - len(last)]
    subject = subject_of(kind, here)
    value = _VALUE.match(last)
    if value is not None:
        words = _values(value[2].lower(), kind, here)
        head, typed = f"{value[1]}{value[2]}{value[3]}", value[4].strip('"').lower()
        return [(f"{before}{head}{_quoted(word)}", value[2].lower()) for word in _fit(words, typed)][:most]
    inverse, typed = ("!", last[1:].lower()) if last.startswith("!") else ("", last.lower())
    if not typed:
        return []
    groups = _groups(kind, here)
    out = [(f"{before}{inverse}{_quoted(word)}", what) for what, words in groups for word in _fit(words, typed)]
    keys = [*(subject.numbers if subject is not None else ()), *(subject.columns if subject is not None else TEXT_KEYS)]
    if not inverse:
        out += [(f"{before}{key}{'=' if key in TEXT_KEYS else '>'}", "column") for key in _fit(keys, typed)]
    return [item for item in out if item[0] != text][:most]


def _groups(kind: str, here: Here) -> list[tuple[str, Sequence[str]]]:
    states = [severity.word for severity in Severity] + ["dark"]
    if kind in _PLANNED:
        return [("state", _PLANNED[kind]), ("carrier", here.names.carriers)]
    if kind in ("alarms", "incident"):
        open_ones = here.view.alarms.alarms
        states = [*_ALARM_STATES, *states[:-1]]
        owners = sorted({a.owner for a in open_ones if a.owner})
        more: list[tuple[str, Sequence[str]]] = [("owner", owners), ("source", ("engine", "mist", "planned", "self"))]
    else:
        more = []
    regions = [here.names.region_call(region) for region in here.names.regions]
    return [("state", states), ("carrier", here.names.carriers), ("region", regions), ("role", _ROLES), *more]


def _values(key: str, kind: str, here: Here) -> Sequence[str]:
    return next((words for what, words in _groups(kind, here) if what == key), ())


def _fit(words: Sequence[str], typed: str) -> list[str]:
    return [word for word in words if word.lower().startswith(typed) and word.lower() != typed]


def _quoted(word: str) -> str:
    word = word.replace('"', "")
    return f'"{word}"' if " " in word else word
