"""`noctui export TABLE`: what the screens show as CSV or JSON, from the history alone: no network, screen or lock."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from noctui.commands import codes
from noctui.commands.arguments import add_settings, flags_of
from noctui.commands.failing import Ended, ending
from noctui.commands.telling import Telling
from noctui.config import load
from noctui.settings import Settings

if TYPE_CHECKING:
    from noctui.commands.exports.asked import Asked, Made
    from noctui.commands.exports.asking import Wish
    from noctui.model.scene import Scene

FORMATS = ("csv", "json", "ndjson")


def main(words: Sequence[str]) -> int:
    """Run `noctui export` with the words after it; its exit code (`commands.codes`)."""
    args = parser().parse_args(list(words))
    from noctui.runtime import garbage

    garbage.not_yet()
    from noctui.commands.exports.asking import wish

    try:
        with ending(str(args.out or "")):
            settings = _settings(args)
            wanted = wish(args)
            told = asyncio.run(_export(wanted, settings))
    except Ended as end:
        return _say(end.said, end.code)
    for line in told:
        _say(line, codes.PARTIAL)
    return codes.PARTIAL if told else codes.OK


def _settings(args: argparse.Namespace) -> Settings:
    """Raises ConfigError."""
    config = load(flags_of(args), config_file=args.config, env_file=args.env_file)
    data = Path(os.path.abspath(config.settings.data))
    if args.demo:
        data = data.parent / f"{data.name or 'noctui'}-demo"
    return replace(config.settings, data=data)


LATE = 3
"""Intervals after the newest poll in which it is still the present."""


async def _export(wanted: Wish, settings: Settings) -> list[str]:
    """Write it; what is missing from it, a line each. Raises Refused, HistoryError, OSError."""
    from noctui.commands.exports.arranging import arranged
    from noctui.runtime import garbage
    from noctui.runtime.reading import Reading

    with Reading(settings) as reading:
        scene = reading.scene(wanted.at, wanted.words.corrected)
        asked = wanted.of(scene, settings.zone, reading.history.begins() or scene.at)
        made = await wanted.table.make(asked)
        garbage.look_seldom()
        await _write(wanted, asked, arranged(made, asked, wanted.words.top))
        late = _later(wanted.at, scene, reading.history.latest() or scene.at)
    return late + (made.told or list(asked.told))


def _later(at: float | None, scene: Scene, newest: float) -> list[str]:
    """What is to be said when an instant was asked for that no poll has come to."""
    from noctui.runtime.reading import when

    if at is None or at <= newest + LATE * scene.view.interval:
        return []
    return [f"--at {when(at)} lies after the newest poll: this is as of {when(newest)}"]


async def _write(wanted: Wish, asked: Asked, made: Made) -> None:
    from noctui.commands.exports.writing import PART_ROWS, sink
    from noctui.tui.export import FORMS

    form = FORMS[wanted.words.format]()
    parts = aiter(made.parts)
    part = await anext(parts, None)  # what cannot be had is said before anything is written
    with sink(wanted.words.out) as write:
        write(form.begin(made.headers, _meta(wanted, asked) if wanted.words.meta else None))
        while part is not None:
            for at in range(0, len(part), PART_ROWS):
                write(form.rows(part[at : at + PART_ROWS]))
            part = await anext(parts, None)
        write(form.end())


def _meta(wanted: Wish, asked: Asked) -> dict[str, Any]:
    """What the rows are of."""
    from noctui import __version__
    from noctui.commands.exports.writing import stamp

    inventory, range_ = asked.scene.view.inventory, asked.range
    return {
        "table": wanted.table.name,
        "org_id": inventory.org_id,
        "org": inventory.org_name,
        "at": stamp(asked.scene.at),
        "corrected": bool(wanted.words.corrected),
        "from": stamp(range_.start) if range_ else None,
        "to": stamp(range_.end) if range_ else None,
        "time": range_.word if range_ else None,
        "zone": asked.zone,
        "circuit_id": asked.circuit_id or None,
        "by": asked.by if wanted.table.by else None,
        "metrics": list(asked.metrics) or None,
        "names": asked.names,
        "filter": asked.filter.text or None,
        "sort": asked.sort or None,
        "top": wanted.words.top,
        "noctui": __version__,
    }


def _say(text: str, code: int) -> int:
    """A line on standard error, which cannot control a terminal, where there is something to say; the code."""
    if text:
        Telling("export", as_json=True).warn(text)
    return code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise SystemExit(_say(f"{message}; see noctui export --help", codes.USAGE))


def parser() -> argparse.ArgumentParser:
    parser = _Parser(
        prog="noctui export",
        usage="noctui export TABLE [CIRCUIT] [--format csv|json|ndjson] [--out FILE] [what, when, in which order]",
        description="What the screens show, as a file: from the history alone, beside a noctui that runs or without.",
        epilog=_tables(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("table", metavar="TABLE", help="one of those below")
    parser.add_argument("circuit", metavar="CIRCUIT", nargs="?", default="", help="its id, or a filter's words")
    parser.add_argument("--format", default="csv", type=_format, metavar="FORMAT", help="csv (default), json or ndjson")
    parser.add_argument("--out", type=Path, metavar="FILE", help="whole or not at all; else standard output")
    parser.add_argument("--meta", action="store_true", help="begin with an object that says what the rows are of")
    when = parser.add_argument_group("when")
    when.add_argument("--window", metavar="W", help="1h, 3h, 12h, 24h, 7d, 31d or 13mo that end with the newest poll")
    when.add_argument("--start", metavar="TIME", help="from then on, such as 2026-11-28T14:00 (UTC)")
    when.add_argument("--end", metavar="TIME", help="until then; else until the newest poll")
    when.add_argument("--day", metavar="KEY", help="a calendar day, 2026-11-28")
    when.add_argument("--week", metavar="KEY", help="an ISO week, 2026-W48")
    when.add_argument("--month", metavar="KEY", help="a month, 2026-11")
    when.add_argument("--at", metavar="TIME", help="as it was then and was known then; else now")
    when.add_argument("--corrected", action="store_true", help="with what became known later")
    what = parser.add_argument_group("what")
    what.add_argument("--by", metavar="GROUP", help="circuit, site, region or carrier")
    what.add_argument("--metric", metavar="NAME", help="what ranks or is shown; several with commas")
    what.add_argument("--names", metavar="WHOSE", help="s0: the column names of MistWANPerformance")
    what.add_argument("--filter", metavar="TEXT", help="as in the line that / opens: 'lumen util>80'")
    what.add_argument("--sort", metavar="COLUMN", help="a header, or a column of the screen")
    what.add_argument("--desc", action="store_true", help="biggest first; unknown is last either way")
    what.add_argument("--top", type=_top, metavar="N", help="the first so many rows")
    parser.add_argument("--demo", action="store_true", help="the demo's network")
    add_settings(parser)
    return parser


def _tables() -> str:
    from noctui.commands.exports.tables import TABLES

    wide = max(len(name) for name in TABLES)
    lines = [f"  {t.name:<{wide}}  {t.help}{_window(t.window)}" for t in TABLES.values()]
    return "\n".join(["tables:", *lines, "", "exit codes: 0 ok, 1 failed, 2 usage, 3 something is missing, 13 history"])


def _window(word: str) -> str:
    return f" ({word})" if word else ""


def _format(text: str) -> str:
    from noctui.commands.exports.asked import nearest

    if text not in FORMATS:
        raise argparse.ArgumentTypeError(f"{text} is none{nearest(text, FORMATS)}")
    return text


def _top(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number from 1 on")
    return int(text)
