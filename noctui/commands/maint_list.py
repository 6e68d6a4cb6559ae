"""`noctui maint list`: planned work that is known, or the mails it was read in, from the history alone."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from noctui.commands import codes
from noctui.commands.arguments import OneLine, add_settings, flags_of
from noctui.commands.telling import Telling
from noctui.commands.times import TimeError, instant
from noctui.config import ConfigError, load
from noctui.model.faults import HistoryError
from noctui.model.scene import Range
from noctui.model.works import Mail, Work
from noctui.settings import Settings

FORMATS = ("table", "csv", "json", "ndjson")
DAYS = 31.0
LONG = 366_000.0
WORKS = (
    "provider", "maintenance_id", "state", "begins", "ends", "windows", "circuits", "unknown", "conflicts", "version",
    "announced_at", "known_at", "late", "emergency", "superseded_by", "circuit_ids", "summary",
)  # fmt: skip
MAILS = (
    "key", "outcome", "read_at", "sent_at", "sender", "subject", "provider", "why", "tried", "tried_at", "mailbox",
    "place", "works", "by",
)  # fmt: skip
BRIEF = {
    WORKS: ("provider", "maintenance_id", "state", "begins", "ends", "circuits", "unknown", "conflicts", "summary"),
    MAILS: ("read_at", "outcome", "sender", "subject", "why"),
}
"""Columns of the table that people read."""
WIDEST = 40
Cell = str | int | bool | datetime | None
Row = tuple[Cell, ...]


def main(words: Sequence[str]) -> int:
    """Run `noctui maint list` with the words after it; its exit code."""
    args = parser().parse_args(list(words))
    from noctui.runtime.reading import NothingToRead

    try:
        at = instant(args.at, "--at") if args.at else None
        settings = load(flags_of(args), config_file=args.config, env_file=args.env_file).settings
        data = Path(os.path.abspath(settings.data))
        if args.demo:
            data = data.parent / f"{data.name or 'noctui'}-demo"
        headers, rows = asyncio.run(_rows(replace(settings, data=data), at, args))
        _write(args.out, _text(headers, rows, args.format))
    except (TimeError, ValueError, ConfigError) as error:
        return _say(str(error), codes.USAGE)
    except NothingToRead as error:
        return _say(str(error), codes.FAILED)
    except HistoryError as error:
        return _say(str(error), codes.HISTORY)
    except BrokenPipeError:
        from noctui.commands.exports.writing import let_go

        let_go()
        return codes.FAILED
    except OSError as error:
        where = f"{args.out}: " if args.out else ""
        return _say(f"{where}cannot be written: {error.strerror or error}", codes.FAILED)
    return codes.OK


def parser() -> argparse.ArgumentParser:
    made = OneLine(
        prog="noctui maint list",
        description="Planned work with a window in the coming days, or in the days around --at; or the mails.",
    )
    made.add_argument("--mails", action="store_true", help="the mails that were read, newest first")
    made.add_argument("--waiting", action="store_true", help="the mails that wait for a person")
    made.add_argument("--days", type=_days, default=DAYS, metavar="N", help=f"days to look at ({DAYS:g})")
    made.add_argument("--past", action="store_true", help="the days before, not those to come")
    made.add_argument("--at", metavar="TIME", help="by what was known then; else now")
    made.add_argument("--circuit", default="", metavar="ID", help="work on this circuit of ours")
    made.add_argument("--site", default="", metavar="ID", help="work on circuits of this site")
    made.add_argument("--provider", default="", metavar="NAME", help="work of this carrier")
    made.add_argument("--format", default="table", choices=FORMATS, help="table (default), csv, json or ndjson")
    made.add_argument("--out", type=Path, metavar="FILE", help="whole or not at all; else standard output")
    made.add_argument("--demo", action="store_true", help="the demo's network")
    add_settings(made)
    return made


async def _rows(settings: Settings, at: float | None, args: argparse.Namespace) -> tuple[tuple[str, ...], list[Row]]:
    from noctui.clock import SystemClock
    from noctui.runtime.reading import Reading

    now = SystemClock().now() if at is None else at
    span = args.days * 86_400
    mails = args.mails or args.waiting
    range_ = Range(now - span, now + 1.0) if args.past or mails else Range(now, now + span)
    with Reading(settings) as reading:
        reader = reading.history.reader(now, live=at is None)
        if mails:
            return MAILS, [_mail(one) for one in await reader.mails(range_, 1_000_000, waiting=args.waiting)]
        works = await reader.works(range_, site_id=args.site, circuit_id=args.circuit, provider=args.provider)
        return WORKS, [_work(one) for one in works]


def _work(one: Work) -> Row:
    what = one.maintenance
    unknown = sum(not m.circuit_ids for m in one.matched)
    return (
        what.provider, what.maintenance_id, "superseded" if one.superseded_by else what.status.value.lower(),
        _time(min((w.start for w in what.windows), default=None)),
        _time(max((w.end for w in what.windows), default=None)),
        len(what.windows), len(what.circuits), unknown, len(one.conflicts), one.version, _time(one.announced_at),
        _time(one.known_at), one.late, one.emergency, one.superseded_by, " ".join(one.circuit_ids), what.summary,
    )  # fmt: skip


def _mail(one: Mail) -> Row:
    return (
        one.key, one.outcome.value, _time(one.read_at), _time(one.sent_at), one.sender, one.subject, one.provider,
        one.why, one.tried, _time(one.tried_at), one.mailbox, one.place, " ".join("/".join(key) for key in one.works),
        one.by,
    )  # fmt: skip


def _time(at: int | None) -> datetime | None:
    try:
        return None if at is None else datetime.fromtimestamp(at, UTC)
    except (OverflowError, ValueError, OSError):
        return None


def _text(headers: tuple[str, ...], rows: Sequence[Row], form: str) -> str:
    from noctui.tui.export import FORMS, safe

    if form != "table":
        writer = FORMS[form]()
        return writer.begin(headers, None) + writer.rows(rows) + writer.end()
    shown = [headers.index(name) for name in BRIEF[headers]]
    table = [[headers[i].replace("_", " ") for i in shown]]
    table += [[safe(_said(row[i]))[:WIDEST] for i in shown] for row in rows]
    widths = [max(len(line[i]) for line in table) for i in range(len(shown))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table]
    return "\n".join(lines) + "\n"


def _said(cell: Cell) -> str:
    if isinstance(cell, datetime):
        return f"{cell:%Y-%m-%d %H:%M}"
    return "–" if cell is None else str(cell)


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 < days <= LONG:
        raise argparse.ArgumentTypeError("must be a number of days above 0")
    return days


def _write(out: Path | None, text: str) -> None:
    from noctui.commands.exports.writing import sink

    with sink(out) as write:
        write(text)


def _say(text: str, code: int) -> int:
    Telling("maint", as_json=True, errors=sys.stderr).warn(text)
    return code
