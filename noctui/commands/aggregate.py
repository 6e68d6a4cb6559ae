"""`noctui aggregate daily|weekly|monthly`: make calendar days, ISO weeks or months that are over, and tell of each."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Sequence

from noctui.commands import codes, headless
from noctui.commands.arguments import OneLine
from noctui.commands.arguments import headless as headless_arguments
from noctui.commands.demo_past import fill_past
from noctui.commands.headless import Run
from noctui.commands.times import TimeError, calendar_date, stamp
from noctui.kpi import calendar
from noctui.model.figures import Made
from noctui.runtime.headless import Stopped, history_folder
from noctui.runtime.headless_aggregate import GRAINS, Aggregation, Outcome

NAME = "aggregate"


def main(words: Sequence[str]) -> int:
    """Run `noctui aggregate` with the words after it; its exit code."""
    return headless.main(NAME, parser(), words, work)


def parser() -> argparse.ArgumentParser:
    made = OneLine(
        prog="noctui aggregate",
        parents=[headless_arguments()],
        description="Make the calendar days, ISO weeks or months that are over (calendar.zone), and tell of each.",
        epilog="Exit codes: docs/headless.md.",
    )
    made.add_argument("grain", type=_grain, metavar="|".join(GRAINS), help="what is closed")
    add_since(made)
    return made


def add_since(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--since", metavar="DATE", help="make anew what ended after this day began")


async def work(run: Run) -> int:
    since = since_of(run)
    history_folder(run.settings)  # nothing is made where there is no history
    run.begin_log()
    await fill_past(run)
    return await one_grain(run, run.args.grain, since)


def since_of(run: Run) -> float | None:
    """UTC epoch seconds of `--since`, a date of the calendar's zone. Raises Stopped."""
    if run.args.since is None:
        return None
    try:
        start = calendar.day(calendar_date(run.args.since, "--since"), run.settings.zone).start
    except TimeError as error:
        raise Stopped(str(error), "usage") from error
    if start > run.clock.now():
        raise Stopped(f"--since {run.args.since} is in the future", "usage")
    return start


def aggregation_of(run: Run, word: str, since: float | None) -> Aggregation:
    return Aggregation(run.settings, word, since, run.clock, run.telling.step)


async def one_grain(run: Run, word: str, since: float | None, aggregation: Aggregation | None = None) -> int:
    """Make one grain, told; its exit code. Raises Stopped."""
    aggregation = aggregation or aggregation_of(run, word, since)
    if run.dry:
        due = aggregation.due()
        keys = [period.key for period in due]
        run.telling.event(
            "aggregate.plan",
            f"Would make {_counted(len(due), word)}: {_listed(keys)}.",
            dry_run=True,
            grain=word,
            since=stamp(since) if since is not None else None,
            zone=run.settings.zone,
            periods=keys,
        )
        return codes.OK
    outcome = await aggregation.run(lambda result: _tell_period(run, word, result))
    _tell_outcome(run, word, outcome)
    return codes.PARTIAL if outcome.empty else codes.OK


def _tell_period(run: Run, word: str, result: Made) -> None:
    period = result.period
    took = f" in {result.took:.1f} s" if result.took else ""  # made by another process: not known
    run.telling.event(
        "aggregate.period",
        f"{period.key}: {result.rows:,} circuits{took} (version {result.version})",
        grain=word,
        period=period.key,
        start=stamp(period.start),
        end=stamp(period.end),
        zone=period.zone,
        rows=result.rows,
        took_ms=round(1000 * result.took, 1) if result.took else None,
        rev=result.version,
    )


def _tell_outcome(run: Run, word: str, outcome: Outcome) -> None:
    empty = [period.key for period in outcome.empty]
    by = f" by {outcome.led_by}, which leads" if outcome.led_by else ""
    text = f"Made {_counted(len(outcome.made), word)}{by}."
    if empty:
        text += f" Nothing is known of {_counted(len(empty), word)}: {_listed(empty)}."
    run.telling.event(
        "aggregate.run",
        text,
        status="partial" if empty else "whole",
        grain=word,
        periods=len(outcome.made),
        empty=empty,
        folder=str(outcome.folder),
        led_by=outcome.led_by,
    )


def _counted(number: int, word: str) -> str:
    unit = GRAINS[word].word
    return f"{number:,} {unit}{'' if number == 1 else 's'}"


def _listed(keys: list[str]) -> str:
    """Some of them, in words."""
    if not keys:
        return "none"
    return ", ".join(keys) if len(keys) <= 6 else f"{', '.join(keys[:3])} … {keys[-1]}"


def _grain(text: str) -> str:
    if text in GRAINS:
        return text
    near = difflib.get_close_matches(text, GRAINS, 1)
    hint = f"; did you mean {near[0]}?" if near else ""
    raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(GRAINS)}{hint}")
