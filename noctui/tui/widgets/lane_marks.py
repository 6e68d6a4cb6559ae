"""The lines above the lanes: what each stretch of time was, and what happened at an instant."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from rich.segment import Segment

from noctui.tui.look import Look
from noctui.tui.look.text import clip, width
from noctui.tui.widgets.lane_math import touched
from noctui.tui.widgets.lane_model import Band, Chart, Event
from noctui.tui.widgets.line import Line

_MARKS = {
    "alarm": ("rule", "dim"), "standing_in": ("standing_in", "accent"), "gap": ("unknown", "unk"),
    "window": ("maintenance", "maint"), "conflict": ("critical", "crit"), "outage": ("down", "crit"),
    "marked": ("", "accent"),
}  # fmt: skip
"""Kind → (sign, role); a later one covers an earlier one. What is marked has no sign: signs stand on it."""


def marks(
    chart: Chart, bands: Sequence[Band], name: str, label: int, columns: int, wide: int, look: Look
) -> list[Segment]:
    """Signs over their columns; a band's own label after its signs where nothing else stands."""
    signs, roles, grounds = [" "] * columns, ["text"] * columns, ["bg"] * columns
    ranked = sorted(bands, key=lambda band: list(_MARKS).index(band.kind))
    quiet = [band for band in ranked if band.kind == "alarm"]
    loud = ranked[len(quiet) :]
    for those in (loud, quiet):
        free = [sign == " " for sign in signs] if those is loud else _apart(signs)
        for band in those:
            sign, role = _look(band)
            first, last = touched(chart.start, chart.end, band.start, band.end, columns)
            for at in range(first, last):
                if not sign:
                    grounds[at] = "sel"
                elif free[at]:
                    signs[at], roles[at] = getattr(look.signs, sign), role
        for band in reversed(those):
            sign, role = _look(band)
            first, last = touched(chart.start, chart.end, band.start, band.end, columns)
            _write(look.signs.prose(band.label), last + 1 if sign else first, role, signs, roles, look)
    return _line(name, signs, roles, grounds, label, wide, look)


def _look(band: Band) -> tuple[str, str]:
    """Sign and role."""
    sign, role = _MARKS[band.kind]
    return sign, band.role or role


def _apart(signs: Sequence[str]) -> list[bool]:
    """[columns] which are free for what is quiet: it may touch signs, but not a label, nor stand within one."""
    taken = [sign.isalnum() for sign in signs]
    free = [sign == " " for sign in signs]
    words = [at for at, word in enumerate(taken) if word]
    for at in words:
        for near in range(max(at - 1, 0), min(at + 2, len(signs))):
            free[near] = False
    return free


def _write(text: str, begin: int, role: str, signs: list[str], roles: list[str], look: Look) -> None:
    """The text from this column on, if it and a blank on either side are free."""
    text = clip(text, len(signs), look.signs.cut)
    end = begin + width(text)
    if not text or end > len(signs) or end - begin != len(text):
        return
    if all(sign == " " for sign in signs[max(begin - 1, 0) : end + 1]):
        signs[begin:end] = list(text)
        roles[begin:end] = [role] * len(text)


def events(chart: Chart, told: Sequence[Event], label: int, columns: int, wide: int, look: Look) -> list[Segment]:
    """A sign in the column of each; beside the cursor the words of those in its column."""
    signs, roles, grounds = [" "] * columns, ["text"] * columns, ["bg"] * columns
    here: list[Event] = []
    for event in told:
        first, last = touched(chart.start, chart.end, event.at, event.at, columns)
        if last > first:
            signs[first], roles[first] = getattr(look.signs, event.sign), event.role
            here += [event] if first == chart.cursor else []
    if chart.cursor is not None and chart.cursor < columns:
        grounds[chart.cursor] = "sel"
        if here:
            _read(here, chart.cursor, signs, roles, look)
        else:
            signs[chart.cursor], roles[chart.cursor] = look.signs.line, "accent"
    return _line("event", signs, roles, grounds, label, wide, look)


def _read(here: Sequence[Event], cursor: int, signs: list[str], roles: list[str], look: Look) -> None:
    """The words of the one that covers the others, right of the cursor, or left of it where there is more room."""
    more = f", {len(here) - 1} more" if len(here) > 1 else ""
    right = len(signs) - cursor - 2
    words, rest = look.signs.prose(here[-1].words), len(more)
    full = f"{words}{more}"
    room = right if right >= min(width(full), cursor - 1) else cursor - 1
    text = clip(words, max(room - rest, 0), look.signs.cut) + more if rest < room else clip(full, max(room, 0))
    cells = _single(text)
    begin = cursor + 2 if room == right else max(cursor - 1 - len(cells), 0)
    before, after = max(begin - 1, 0), min(begin + len(cells) + 1, len(signs))
    for at in range(before, after):
        if at != cursor:
            signs[at], roles[at] = " ", "text"
    for at, cell in enumerate(cells, begin):
        if at < len(signs):
            signs[at], roles[at] = cell, "hi"


def _single(text: str) -> list[str]:
    """A string per cell: a wide letter takes two, the second of them empty; what takes none goes with its letter."""
    cells: list[str] = []
    for letter in text:
        wide = width(letter)
        if wide:
            cells += [letter, *[""] * (wide - 1)]
        elif cells:
            cells[-1] += letter
    return cells


def _line(
    name: str, signs: Sequence[str], roles: Sequence[str], grounds: Sequence[str], label: int, wide: int, look: Look
) -> list[Segment]:
    line = Line(look.palette)
    title = clip(look.signs.prose(name), label - 1, look.signs.cut)
    line.text(title, width(title), "dim")
    made = line.end(label)
    first = 0
    for ground, run in groupby(grounds):
        last = first + len(list(run))
        line = Line(look.palette, ground)
        for sign, role in zip(signs[first:last], roles[first:last], strict=True):
            line.text(sign, width(sign), role)
        made += line.end(last - first)
        first = last
    return [*made, *Line(look.palette).end(wide - label - len(grounds))]
