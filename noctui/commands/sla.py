"""`noctui sla`: what carriers promised and kept (`report`, `evaluate`), how what they announced came true (`forecast`),
and both as tables of a database (`tables`); from the history alone."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from noctui.commands import codes
from noctui.commands.arguments import OneLine, add_settings, flags_of
from noctui.commands.telling import Telling
from noctui.commands.times import TimeError, instant
from noctui.config import ConfigError, load
from noctui.model.faults import HistoryError

if TYPE_CHECKING:
    from noctui.model.claims import Claimed
    from noctui.runtime.scoring import Scores
    from noctui.settings import Settings

BY = ("circuit", "carrier", "site")
FORMATS = ("md", "csv", "json", "ndjson")
MOST_FAULTS = 20
"""Lines about what could not be scored; more are counted."""


def main(words: Sequence[str]) -> int:
    """Run `noctui sla` with the words after it; its exit code (`commands.codes`)."""
    args = parser().parse_args(list(words))
    from noctui.runtime.reading import NothingToRead

    out: Path | None = getattr(args, "out", None)
    try:
        at = instant(args.at, "--at") if args.at else None
        settings = load(flags_of(args), config_file=args.config, env_file=args.env_file).settings
        if not settings.promises.promises and args.kind in ("report", "evaluate"):
            return _say(
                "nothing is promised: write [[promise]] and [[applies]] into noctui.toml (docs/sla.md)", codes.USAGE
            )
        data = Path(os.path.abspath(settings.data))
        if args.demo:
            data = data.parent / f"{data.name or 'noctui'}-demo"
        settings = replace(settings, data=data)
        if args.kind == "forecast":
            from noctui.commands.sla_forecast import forecast, look

            looked = asyncio.run(look(settings, at, args.month or "", args.days))
            _write(out, forecast(looked, args.by, args.format))
            if looked.told:
                _say(looked.told, codes.OK)
            return codes.OK
        if args.kind == "claim":
            from noctui.commands.sla_claimed import claim

            why_not = claim(args, settings)
            return _say(why_not, codes.FAILED) if why_not else codes.OK
        if args.kind == "tables":
            out = args.folder
            return _tables(args, settings, at)
        scores = asyncio.run(_scored(settings, at, args.month or args.period))
        if args.kind == "evaluate":
            _write(out, evaluated(scores))
            return _complete(scores)
        from noctui.commands.sla_claimed import claims_of

        asked = claims_of(settings, scores, at)
        _write(out, reported(scores, args.by, args.format, asked))
        if args.claims:
            out = args.claims
            from noctui.commands.sla_claims import write_claims

            write_claims(args.claims, scores, asked)
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
        return _say(f"{f'{out}: ' if out else ''}cannot be written: {error.strerror or error}", codes.FAILED)
    return _complete(scores)


def _tables(args: argparse.Namespace, settings: Settings, at: float | None) -> int:
    """Raises what the others do."""
    from noctui.commands.sla_forecast import look
    from noctui.commands.sla_tables import write_tables
    from noctui.runtime.scoring import RUNNING

    looked = asyncio.run(look(settings, at, args.month or "", args.days))
    promised = bool(settings.promises.promises)
    scores = asyncio.run(_scored(settings, at, args.month or RUNNING)) if promised else None
    write_tables(args.folder, looked, scores, settings.promises, looked.inventory)
    if looked.told:
        _say(looked.told, codes.OK)
    return codes.OK if scores is None else _complete(scores)


async def _scored(settings: Settings, at: float | None, period: str) -> Scores:
    from noctui.clock import SystemClock
    from noctui.runtime.reading import NothingToRead, Reading, when
    from noctui.runtime.scoring import score

    until = SystemClock().now() if at is None else at
    with Reading(settings) as reading:
        found = await score(reading.history, settings.promises, until, period)
        if found is None:
            raise NothingToRead(f"no poll is kept for {when(until)}")
        return await reading.lengthened(found, settings.promises.promises, at)


def reported(scores: Scores, by: str, form: str, asked: Mapping[str, Claimed] | None = None) -> str:
    """The table as text."""
    from noctui.commands.sla_rows import BRIEF, HEADERS, rows
    from noctui.tui.export import FORMS

    headers, found = HEADERS[by], rows(scores, by, asked)
    if form == "md":
        from noctui.commands.sla_claims import report
        from noctui.sla.headline_promises import promises_headline

        told = promises_headline([(s.of.service.carrier, s.verdict) for s in scores.scores], scores.at)
        return report(headers, BRIEF[by], found, _title(scores), "".join(clause.text for clause in told.clauses))
    writer = FORMS[form]()
    meta = {"report": "sla", "org": scores.inventory.org_name, "period": scores.period, "by": by, "at": _iso(scores.at)}
    return writer.begin(headers, meta if form != "csv" else None) + writer.rows(found) + writer.end()


def evaluated(scores: Scores) -> str:
    """An object a line: each verdict with all that makes it up, in the order of the inventory."""
    from noctui.commands.sla_rows import HEADERS, of_circuit
    from noctui.tui.export import FORMS, json_text

    lines = []
    for score in scores.scores:
        row = FORMS["ndjson"]()
        start = row.begin(HEADERS["circuit"])
        flat: dict[str, Any] = _read(start + row.rows([of_circuit(scores, score)]))
        credit = score.verdict.credit
        flat["known_at"] = _iso(scores.at)
        flat["divisor_s"] = score.verdict.divisor
        flat["credit_share"] = credit.percent if credit else None
        held = score.verdict.counted_outages is None
        flat["outages"] = [_outage(o) for o in score.verdict.outages] if held else None
        lines.append(json_text(flat) + "\n")
    return "".join(lines)


def _read(text: str) -> dict[str, Any]:
    import json

    found: dict[str, Any] = json.loads(text)
    return found


def _outage(outage: Any) -> Mapping[str, Any]:
    return {
        "began": _iso(outage.began), "ended": None if outage.ended is None else _iso(outage.ended),
        "down_s": outage.down, "counted_s": outage.counted, "excused_s": outage.excused,
        "excused_by": list(outage.excused_by), "confirmed": outage.confirmed,
    }  # fmt: skip


def _complete(scores: Scores) -> int:
    """Say what is missing, and what is from elsewhere: true exit codes tell a script that it must look."""
    if scores.told:
        _say(scores.told, codes.OK)
    for fault in scores.faults[:MOST_FAULTS]:
        _say(fault, codes.PARTIAL)
    if len(scores.faults) > MOST_FAULTS:
        _say(f"and {len(scores.faults) - MOST_FAULTS:,} more circuits that cannot be scored", codes.PARTIAL)
    known = [s for s in scores.scores if s.verdict.coverage]
    if not known:
        what = "nothing is known of it" if scores.scores else "no circuit has a promise in it"
        _say(f"period {scores.period}: {what}", codes.PARTIAL)
    return codes.OK if known and not scores.faults else codes.PARTIAL


def _title(scores: Scores) -> str:
    org = scores.inventory.org_name
    told = f"; {scores.told}" if scores.told else ""
    return f"Service levels, {scores.period}{f', {org}' if org else ''}, as known at {_iso(scores.at)}{told}"


def _iso(at: int) -> str:
    from noctui.commands.exports.writing import stamp

    return stamp(at)


def _write(out: Path | None, text: str) -> None:
    from noctui.commands.exports.writing import sink

    with sink(out) as write:
        write(text)


def _say(text: str, code: int) -> int:
    Telling("sla", as_json=True, errors=sys.stderr).warn(text)
    return code


def parser() -> argparse.ArgumentParser:
    made = OneLine(prog="noctui sla", description="What carriers promised and what they kept, from the history alone.")
    kinds = made.add_subparsers(dest="kind", required=True, parser_class=OneLine)
    report = kinds.add_parser("report", help="a table by circuit, carrier or site, and claim sheets")
    report.add_argument("--by", default="carrier", choices=BY, help="a row for each carrier (default), circuit or site")
    report.add_argument("--format", default="md", choices=FORMATS, help="md (default), csv, json or ndjson")
    report.add_argument("--claims", type=Path, metavar="DIR", help="write a claim sheet for each carrier there")
    evaluate = kinds.add_parser("evaluate", help="every verdict as an object a line")
    forecast = kinds.add_parser("forecast", help="what carriers announced against what happened")
    forecast.add_argument("--by", default="carrier", choices=("carrier", "work"), help="a row for each; carrier")
    forecast.add_argument("--format", default="md", choices=FORMATS, help="md (default), csv, json or ndjson")
    tables = kinds.add_parser("tables", help="outages, forecasts, promises, verdicts: nine CSV files of a database")
    tables.add_argument("folder", type=Path, metavar="DIR", help="where the files go")
    claim = kinds.add_parser("claim", help="note that a carrier was asked for a month's credits")
    claim.add_argument("carrier", help="as the inventory has it")
    claim.add_argument("--month", required=True, metavar="KEY", help="2026-10")
    claim.add_argument("--how", default="", metavar="TEXT", help="a ticket's number, a mail")
    claim.add_argument("--undo", action="store_true", help="it was not asked for")
    claim.add_argument("--demo", action="store_true", help="the demo's network")
    claim.set_defaults(at=None, out=None)
    add_settings(claim)
    for one in (report, evaluate, forecast, tables):
        when = one.add_mutually_exclusive_group()
        when.add_argument("--month", metavar="KEY", help="what begins in a month, 2026-10")
        if one in (report, evaluate):
            when.add_argument("--period", default="running", choices=("running",), help="what runs (default)")
        else:
            when.add_argument("--days", type=_days, default=31.0, metavar="N", help="windows of the last N days (31)")
        one.add_argument("--at", metavar="TIME", help="by what was known then; else now")
        if one is not tables:
            one.add_argument("--out", type=Path, metavar="FILE", help="whole or not at all; else standard output")
        one.add_argument("--demo", action="store_true", help="the demo's network")
        add_settings(one)
    return made


def _days(text: str) -> float:
    try:
        days = float(text)
    except ValueError:
        days = -1.0
    if not 0 < days <= 1000:
        raise argparse.ArgumentTypeError("must be a number of days above 0, at most 1000")
    return days
