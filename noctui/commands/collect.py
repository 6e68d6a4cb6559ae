"""`noctui collect`: one poll now; `--watch`: leading until told to end; `--start --end`: what Mist still holds."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Sequence
from dataclasses import replace

from noctui.commands import codes, headless
from noctui.commands.arguments import OneLine
from noctui.commands.arguments import headless as headless_arguments
from noctui.commands.headless import Run
from noctui.commands.times import TimeError, said, span, stamp, to_the_second
from noctui.runtime.headless import Landed, Stopped, known_folder

NAME = "collect"


def main(words: Sequence[str]) -> int:
    """Run `noctui collect` with the words after it; its exit code."""
    return headless.main(NAME, parser(), words, work)


def parser() -> argparse.ArgumentParser:
    made = OneLine(
        prog="noctui collect",
        parents=[headless_arguments()],
        description="One poll into history, now; hours that are over are closed with it.",
        epilog="Times are ISO 8601, UTC without an offset. Exit codes: docs/headless.md.",
    )
    made.add_argument("--watch", action="store_true", help="collect until told to end; takes over from a leader")
    made.add_argument(
        "--keep",
        action=argparse.BooleanOptionalAction,
        help="with --watch, while another one leads by the bus: keep what it publishes (it is kept)",
    )
    made.add_argument("--share", action="store_true", help="with --watch: fetch a share of another leader's sweeps")
    made.add_argument("--start", metavar="TIME", help="back-fill from here on what Mist still holds")
    made.add_argument("--end", metavar="TIME", help="back-fill until here (now)")
    return made


async def work(run: Run) -> int:
    if run.args.end is not None and run.args.start is None:
        raise Stopped("--end needs a --start", "usage")
    if run.args.start is not None:
        if run.args.watch:
            raise Stopped("--watch and --start cannot be asked for at once", "usage")
        try:
            start, end = span(run.args.start, run.args.end, run.clock.now())
        except TimeError as error:
            raise Stopped(str(error), "usage") from error
        from noctui.commands.back_fill import back_fill

        return await back_fill(run, start, end)
    if run.args.keep and not (run.args.watch and run.settings.has_bus):
        why = "no bus is set" if run.args.watch else "only --watch waits for its turn"
        raise Stopped(f"--keep keeps what comes by the bus while another one leads, and {why}", "usage")
    if run.args.share:
        if not (run.args.watch and run.settings.has_bus):
            why = "no bus is set" if run.args.watch else "only --watch waits for its turn"
            raise Stopped(f"--share fetches for who leads by the bus while it waits, and {why}", "usage")
        run.settings = replace(run.settings, bus_share=True)
    check(run)
    if run.dry:
        return await plan(run)
    if run.args.watch:
        return await watch(run)
    run.begin_log()
    landed = await collect(run)
    return codes.PARTIAL if landed.missing else codes.OK


def check(run: Run) -> None:
    """Raises Stopped when there is nothing to collect with."""
    run.check_source()
    folder = known_folder(run.settings)
    if not run.settings.tokens and (folder is None or not folder.is_dir()):
        raise Stopped("no token: set MIST_API_TOKEN (see .env.example), or try --demo", "usage")


async def collect(run: Run) -> Landed:
    """One poll, told. Raises Stopped."""
    from noctui.runtime.headless_collect import collect as one_poll

    landed = await one_poll(run.settings, run.new_source, run.clock, run.telling.step)
    status = "partial" if landed.missing else "whole"
    by = f" by {landed.led_by}, which leads" if landed.led_by else ""
    run.telling.event(
        "collect.run",
        f"Poll {landed.seq} of {landed.org} at {to_the_second(landed.at)}{by}: {status}, {landed.circuits:,} circuits, "
        f"{landed.calls} calls in {landed.took:.1f} s" + (f"; missing: {landed.missing}" if landed.missing else ""),
        status=status,
        org_id=landed.org_id,
        folder=str(landed.folder),
        seq=landed.seq,
        poll_at=stamp(landed.at),
        circuits=landed.circuits,
        calls=landed.calls,
        pages=landed.pages,
        pages_lost=landed.pages_lost,
        cycle_ms=round(1000 * landed.took, 1),
        missing=landed.missing,
        led_by=landed.led_by,
    )
    return landed


async def watch(run: Run) -> int:
    """Until a signal ends it."""
    from noctui.reload import Reloader
    from noctui.runtime.headless_watch import Watch

    run.begin_log(passing=run.telling.as_json)
    watching = Watch(
        run.settings,
        run.new_source,
        run.clock,
        run.telling.step,
        None if run.demo is not None else Reloader(run.config, run.reread),
        run.demo.fill_past if run.demo is not None else None,
        keep=run.args.keep is not False,
    )
    run.telling.event("startup", "Collecting; Ctrl+C ends it.", **headless.this_process())
    try:
        await watching.run()
    except asyncio.CancelledError:
        run.telling.event("shutdown", "Ended.", code=codes.OK)
        raise
    return codes.OK


async def plan(run: Run) -> int:
    """Say what a poll would do."""
    from noctui.runtime.headless_plan import plan as look

    found = await look(run.settings)
    known = "as many calls as the org needs, known after the first" if found.calls is None else f"{found.calls} calls"
    if found.led_by:
        text = f"Would wait for the next poll of {found.led_by}, which leads {found.folder}: no call of its own."
    else:
        text = f"Would poll {run.settings.host if run.demo is None else 'the demo'} into {found.folder}: {known}"
        text += f"; newest poll {said(found.newest)}." if found.newest else "; no poll is there yet."
    if run.args.watch:
        text += f" Then again every {run.settings.poll_seconds:g} s, until told to end."
    run.telling.event(
        "collect.plan",
        text,
        dry_run=True,
        folder=str(found.folder),
        calls=0 if found.led_by else found.calls,
        newest=stamp(found.newest) if found.newest else None,
        led_by=found.led_by,
        watch=bool(run.args.watch),
        poll_seconds=run.settings.poll_seconds,
    )
    return codes.OK
