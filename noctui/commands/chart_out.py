"""What a chart on the command line is of, and how its lines are written: plain, or in a theme's colours."""

from __future__ import annotations

import io
import os
from collections.abc import Sequence
from pathlib import Path

from noctui.charts.ask import highest_first
from noctui.charts.kinds import DIST, MANY, Measure
from noctui.commands.exports.asked import Refused
from noctui.model.view import View
from noctui.tui.filter import FilterError, parse
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clean
from noctui.tui.runs import Line


def circuits_of(text: str, kind: str, measure: Measure, view: View) -> tuple[str, ...]:
    """The circuits that a chart is of: one by its id or a filter's words; for many all that match, the highest now
    first. Raises Refused."""
    from noctui.commands.exports.asking import circuit_id

    if kind == MANY:
        return highest_first(matching(text, view), measure, view)
    if kind == DIST and not text:
        return ()
    return (circuit_id(text, view),)


def matching(text: str, view: View) -> list[int]:
    """Rows that a filter's words leave; all of them without words. Raises Refused."""
    from noctui.tui.panes import subjects

    inventory = view.inventory
    if text in inventory.circuit_row:
        return [inventory.circuit_row[text]]
    try:
        rows: list[int] = parse(text).mask(subjects.circuits(view)).nonzero()[0].tolist()
    except FilterError as error:
        raise Refused(f"circuits {text}: {error}") from error
    if not rows:
        raise Refused(f"no circuit matches {text}; noctui export circuits has all of them", usage=False)
    return rows


def plain(lines: Sequence[Line], ascii_only: bool) -> str:
    """Text without an escape sequence; no line ends in blanks."""
    signs = Signs(ascii_only)
    return "".join(f"{signs.prose(clean(''.join(text for text, _ in line))).rstrip()}\n" for line in lines)


def coloured(lines: Sequence[Line], ascii_only: bool, theme: str) -> str:
    """With the theme's colours; `auto` are the terminal's own 16, which suit any ground."""
    from rich.console import Console
    from rich.segment import Segment, Segments

    from noctui.tui.look.themes import load

    no_color = bool(os.environ.get("NO_COLOR"))
    palette = load(_themes()).palette("ansi" if theme == "auto" else theme, no_color=no_color)
    signs = Signs(ascii_only)
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, no_color=no_color, legacy_windows=False, width=10_000)
    for line in lines:
        segments = []
        for text, role in line:
            ink, _, ground = role.partition("@")
            segments.append(Segment(signs.prose(clean(text)), palette.style(ink, ground or "bg")))
        console.print(Segments(segments), end="\n")
    return out.getvalue()


def _themes() -> Path:
    from noctui.config import home

    return home("config", os.environ) / "themes"


__all__ = ["circuits_of", "coloured", "highest_first", "plain"]
