"""`noctui chart CIRCUIT METRIC`: a chart on a plain terminal, plain text anywhere else; from the history alone."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from noctui.charts.kinds import (
    DIST,
    FIRST_WINDOW,
    KIND_WINDOWS,
    KINDS,
    LINE,
    MEASURES,
    NOW,
    OF_ONE,
    OTHER_NAMES,
    STATISTICS,
    Measure,
    measure,
)
from noctui.commands import codes
from noctui.commands.arguments import add_settings, flags_of
from noctui.commands.failing import Ended, ending
from noctui.commands.telling import Telling
from noctui.config import load
from noctui.settings import Settings

if TYPE_CHECKING:
    from noctui.tui.runs import Line

SIZE = (80, 24)
"""Where there is no terminal."""
SMALLEST, LARGEST = (24, 10), (500, 200)


def main(words: Sequence[str]) -> int:
    """Run `noctui chart` with the words after it; its exit code (`commands.codes`)."""
    args = parser().parse_args(list(words))
    from noctui.logs import to_nowhere
    from noctui.runtime import garbage

    garbage.not_yet()
    to_nowhere()  # what the warehouse's silence means is said in words
    try:
        with ending():
            asked = _asked(args)
            settings = _settings(args)
            ascii_only = _ascii(settings)
            lines, known = asyncio.run(_made(asked, settings, ascii_only))
            _print(lines, settings, ascii_only)
    except Ended as end:
        return _say(end.said, end.code)
    return codes.OK if known else codes.PARTIAL


@dataclass(frozen=True)
class Asked:
    """What the words alone tell. `at` None: now; `size` None: the terminal's."""

    circuit: str
    measure: Measure
    kind: str
    window: str
    at: float | None
    corrected: bool
    zone: str
    statistic: str
    size: tuple[int, int] | None


def _asked(args: argparse.Namespace) -> Asked:
    """Raises Refused."""
    from noctui.commands.exports.asked import Refused, nearest
    from noctui.commands.times import TimeError, instant
    from noctui.tui.panes.chart_zones import CALENDAR, OWN, SITE, UTC_TIME

    circuit, word = (args.words if len(args.words) == 2 else ("", args.words[0])) if args.words else ("", "")
    if len(args.words) > 2:
        raise Refused(f"{' '.join(args.words)} are {len(args.words)} words: give a circuit and a metric, quoted")
    found = measure(word)
    if found is None:
        raise Refused(f"no metric {word}{nearest(word, [*MEASURES, *OTHER_NAMES])}" if word else _WHICH)
    kind = args.kind
    if kind not in KINDS:
        raise Refused(f"--kind {kind} is none{nearest(kind, KINDS)}")
    if kind in OF_ONE and not circuit:
        raise Refused(f"{word} of which circuit? give its id, or a filter's words, before it")
    window = args.window or FIRST_WINDOW[kind]
    if window not in KIND_WINDOWS[kind]:
        raise Refused(f"--window {window} does not go with {kind}; there are: {', '.join(KIND_WINDOWS[kind])}")
    if kind == DIST and window != NOW and not found.gauge:
        raise Refused(f"{found.title} is known of now alone: leave --window {window} out")
    if args.of and (kind != DIST or window == NOW):
        raise Refused("--of goes with --kind dist and a --window")
    if args.of and args.of not in STATISTICS:
        raise Refused(f"--of {args.of} is none{nearest(args.of, STATISTICS)}")
    if args.zone and args.zone not in (UTC_TIME, CALENDAR, SITE):
        raise Refused(f"--zone {args.zone} is none{nearest(args.zone, (UTC_TIME, CALENDAR, SITE))}")
    try:
        at = instant(args.at, "--at") if args.at else None
    except TimeError as error:
        raise Refused(str(error)) from error
    return Asked(circuit, found, kind, window, at, args.corrected, args.zone or OWN, args.of or STATISTICS[0],
                 args.size)  # fmt: skip


def _settings(args: argparse.Namespace) -> Settings:
    """Raises ConfigError."""
    settings = load(flags_of(args), config_file=args.config, env_file=args.env_file).settings
    data = Path(os.path.abspath(settings.data))
    if args.demo:
        data = data.parent / f"{data.name or 'noctui'}-demo"
    return replace(settings, data=data)


async def _made(asked: Asked, settings: Settings, ascii_only: bool) -> tuple[list[Line], bool]:
    """The page, and whether anything is known of it. Raises Refused, HistoryError."""
    from noctui.charts.ask import ask
    from noctui.charts.draw import is_empty
    from noctui.charts.wish import Wish
    from noctui.commands.chart_out import circuits_of
    from noctui.commands.exports.asked import Refused
    from noctui.model.scene import WINDOWS, Range
    from noctui.runtime.reading import Reading
    from noctui.tui.panes import chart_page, chart_words, chart_zones

    columns, rows = asked.size or terminal_size()
    with Reading(settings) as reading:
        scene = reading.scene(asked.at, asked.corrected)
        view = scene.view
        ids = circuits_of(asked.circuit, asked.kind, asked.measure, view)
        zone = chart_zones.zone_of(asked.zone, asked.kind, settings.zone, view, ids)
        word = chart_words.WINDOW_WORDS[asked.window]
        range_ = None if asked.window == NOW else Range(scene.at - WINDOWS[asked.window], scene.at, word)
        wish = Wish(asked.kind, asked.measure, range_, ids, zone.name, asked.statistic)
        try:
            found = await ask(scene, wish)
        except LookupError as error:
            raise Refused(str(error.args[0]), usage=False) from error
        if said := getattr(scene.read, "said", ""):  # a plain page has no room for it
            _say(said, codes.OK)
        page = chart_page.Page(columns, rows, zone, word, scene.at, ascii_only)
        return chart_page.lines(wish, found, view, page), not is_empty(found)


def terminal_size() -> tuple[int, int]:
    """Cells of the terminal, a row left for the prompt; without one 80 × 24."""
    if sys.stdout is None or not sys.stdout.isatty():
        return SIZE
    found = shutil.get_terminal_size(SIZE)
    return max(found.columns, SMALLEST[0]), max(found.lines - 1, SMALLEST[1])


def _ascii(settings: Settings) -> bool:
    """Whether standard output can show no more than that."""
    from noctui.tui.look.signs import wants_ascii

    return wants_ascii(os.environ, getattr(sys.stdout, "encoding", None), settings.ascii)


def _print(lines: Sequence[Line], settings: Settings, ascii_only: bool) -> None:
    """In the theme's colours on a terminal, as plain text elsewhere. Raises OSError."""
    from noctui.commands.chart_out import coloured, plain

    if sys.stdout is None:
        raise OSError(0, "standard output is closed")
    colours = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    text = coloured(lines, ascii_only, settings.theme) if colours else plain(lines, ascii_only)
    sys.stdout.write(text)
    sys.stdout.flush()


def _say(text: str, code: int) -> int:
    """A line on standard error, which cannot control a terminal, where there is something to say; the code."""
    if text:
        Telling("chart", as_json=True).warn(text)
    return code


_WHICH = f"a chart of what? give a circuit and a metric: {', '.join(MEASURES)}"


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise SystemExit(_say(f"{message}; see noctui chart --help", codes.USAGE))


def parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="noctui chart",
        usage="noctui chart [CIRCUIT] METRIC [--kind line|heat|box|many|dist] [--window W] [--size WxH] [--at TIME]",
        description="A chart on a plain terminal, from the history alone; plain text where there is none.",
        epilog=f"metrics: {', '.join(MEASURES)}. CIRCUIT is an id or a filter's words ('0417 comcast'); with many all "
        "that match, the highest now first; without one many are those of the whole network. "
        "exit codes: 0 ok, 1 failed, 2 usage, 3 nothing is known of it, 13 history",
    )
    parser.add_argument("words", metavar="[CIRCUIT] METRIC", nargs="*", help="what it is of")
    parser.add_argument("--kind", default=LINE, metavar="KIND", help="line (default), heat: hours of the week, box: of "
                        "each day, many: circuits on one axis, dist: of the network")  # fmt: skip
    parser.add_argument("--window", metavar="W", help="1h, 3h, 12h, 24h, 7d, 31d or 13mo; with dist also now")
    parser.add_argument("--of", metavar="WHAT", help="with dist and a window: average, p95 or highest of each circuit")
    parser.add_argument("--at", metavar="TIME", help="as it was then and was known then; else now")
    parser.add_argument("--corrected", action="store_true", help="with --at: by what is known now")
    parser.add_argument("--zone", metavar="Z", help="whose clock: utc, calendar (calendar.zone) or site")
    parser.add_argument("--size", type=_size, metavar="WxH", help="cells, 120x40; else the terminal's, or 80x24")
    parser.add_argument("--ascii", action="store_true", help="draw with ASCII alone")
    parser.add_argument("--theme", metavar="NAME", help="its colours; else the terminal's own 16")
    parser.add_argument("--demo", action="store_true", help="the demo's network")
    add_settings(parser)
    return parser


def _size(text: str) -> tuple[int, int]:
    wide, _, high = text.lower().partition("x")
    least, most = SMALLEST, LARGEST
    if wide.isdecimal() and high.isdecimal():
        size = int(wide), int(high)
        if least[0] <= size[0] <= most[0] and least[1] <= size[1] <= most[1]:
            return size
    raise argparse.ArgumentTypeError(
        f"{text} is no size such as 120x40, from {least[0]}x{least[1]} to {most[0]}x{most[1]}"
    )
