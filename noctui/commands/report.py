"""`noctui report handover`: what the next shift must know, from the history alone, as Markdown, CSV or JSON."""

from __future__ import annotations

import argparse
import asyncio
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from noctui.commands import codes
from noctui.commands.arguments import add_settings, flags_of
from noctui.commands.telling import Telling
from noctui.commands.times import TimeError, instant
from noctui.config import ConfigError, load
from noctui.model.faults import HistoryError

if TYPE_CHECKING:
    from noctui.settings import Settings

FORMATS = ("md", "csv", "json", "ndjson")


def main(words: Sequence[str]) -> int:
    """Run `noctui report` with the words after it; its exit code (`commands.codes`)."""
    args = parser().parse_args(list(words))
    from noctui.runtime.handing_over import seconds_of
    from noctui.runtime.reading import NothingToRead

    try:
        seconds = seconds_of(args.since)
        at = instant(args.at, "--at") if args.at else None
        settings = load(flags_of(args), config_file=args.config, env_file=args.env_file).settings
        data = Path(os.path.abspath(settings.data))
        if args.demo:
            data = data.parent / f"{data.name or 'noctui'}-demo"
        text = asyncio.run(_told(replace(settings, data=data), seconds, at, args.format))
        _write(args.out, text)
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


async def _told(settings: Settings, seconds: float, at: float | None, form: str) -> str:
    from noctui.clock import SystemClock
    from noctui.runtime.handing_over import hand_over, markdown
    from noctui.runtime.reading import Reading

    with Reading(settings) as reading:
        scene = reading.scene(at)
        until = SystemClock().now() if at is None else at
        told = await hand_over(scene, seconds, until)
        org = scene.view.inventory.org_name
    if form == "md":
        return markdown(told, f"Handover, {org}" if org else "Handover")
    from noctui.tui.export import FORMS
    from noctui.tui.panes.handover_rows import HEADERS, rows

    writer = FORMS[form]()
    meta = {"report": "handover", "org": org, "from": _iso(told.since), "to": _iso(told.at), "summary": told.summary}
    return writer.begin(HEADERS, meta if form != "csv" else None) + writer.rows(rows(told)) + writer.end()


def _iso(at: float) -> str:
    from noctui.commands.exports.writing import stamp

    return stamp(at)


def _write(out: Path | None, text: str) -> None:
    from noctui.commands.exports.writing import sink

    with sink(out) as write:
        write(text)


def _say(text: str, code: int) -> int:
    Telling("report", as_json=True).warn(text)
    return code


class _Parser(argparse.ArgumentParser):
    """Says what is wrong in one line."""

    def error(self, message: str) -> NoReturn:
        raise SystemExit(_say(f"{message}; see noctui report --help", codes.USAGE))


def parser() -> argparse.ArgumentParser:
    made = _Parser(
        prog="noctui report", description="Reports from the history alone, beside a noctui that runs or without."
    )
    made.add_argument("report", choices=("handover",), help="what broke, what is open and whose, what is due")
    made.add_argument("--since", default="8h", metavar="SPAN", help="how long the shift was: 8h (default), 90m, 2d")
    made.add_argument("--at", metavar="TIME", help="as it was then and was known then; else now")
    made.add_argument("--format", default="md", choices=FORMATS, help="md (default), csv, json or ndjson")
    made.add_argument("--out", type=Path, metavar="FILE", help="whole or not at all; else standard output")
    made.add_argument("--demo", action="store_true", help="the demo's network")
    add_settings(made)
    return made
