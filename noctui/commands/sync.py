"""`noctui sync`: what history has learned since the last time, sent to Snowflake; `--watch`: again and again."""

from __future__ import annotations

import argparse
import asyncio
import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from noctui.commands import codes, headless
from noctui.commands.aggregate import since_of
from noctui.commands.arguments import OneLine
from noctui.commands.arguments import headless as headless_arguments
from noctui.commands.headless import Run
from noctui.commands.times import said, stamp
from noctui.logs import hide
from noctui.model.stores import HistoryError
from noctui.runtime.headless import Stopped, because, history_folder
from noctui.runtime.sync import Outcome, Sync, told
from noctui.stores.history import HistoryReader, kept_for, open_reader
from noctui.stores.warehouse.faults import WarehouseFault
from noctui.stores.warehouse.login import Login
from noctui.stores.warehouse.state import State

NAME = "sync"
EVERY = 3600.0
"""Seconds between runs of `--watch`: each wakes the warehouse for a minute at least."""
LATER = 0.1
"""By up to this share a run is put off, so that many machines do not come at once."""
AGAIN = 60.0
"""Seconds until a run that failed is tried again, doubled each time, up to the usual time."""
GRACE, AT_LEAST = 10.0, 1.0
"""Seconds that who is told to end gives a batch that is being sent, and whatever else is under way. What takes longer
is left as kill -9 leaves it: the next run sends that batch once more, and each of its rows is there once."""


def main(words: Sequence[str]) -> int:
    """Run `noctui sync` with the words after it; its exit code."""
    return headless.main(NAME, parser(), words, work)


def parser() -> argparse.ArgumentParser:
    made = OneLine(
        prog="noctui sync",
        parents=[headless_arguments()],
        description="Send to Snowflake what history has learned since the last sync, late and corrected hours too.",
        epilog="Exit codes: docs/warehouse.md.",
    )
    made.add_argument("--since", metavar="DATE", help="send once more what is after this day began, whatever was sent")
    made.add_argument("--tables", metavar="NAMES", default="", help="only these: feeds or tables, comma-separated")
    made.add_argument("--anew", action="store_true", help="forget what was sent, and send all of this history")
    made.add_argument("--watch", action="store_true", help="again and again, until told to end")
    made.add_argument("--every", type=_seconds, metavar="S", default=EVERY, help="with --watch: every S seconds (3600)")
    made.add_argument("--metrics", type=Path, metavar="FILE", help="figures for node_exporter's textfile collector")
    return made


async def work(run: Run) -> int:
    since = since_of(run)
    if run.demo is not None and not run.dry and not Login.of(run.settings).here:
        raise Stopped("a demo is sent to a warehouse on this machine alone: its network is made up", "usage")
    folder = history_folder(run.settings)
    login = Login.of(run.settings)
    hide(login.secrets)
    run.begin_log(passing=run.args.watch and run.telling.as_json)
    days = run.settings.raw_days, run.settings.path_days
    reader = open_reader(folder, retention=kept_for(*days, run.settings.zone))
    try:
        for warning in login.warnings(run.clock.now()):
            run.telling.warn(warning)
        if run.dry:
            syncing = Sync(folder, reader, login, run.clock, run.telling.step, promises=run.settings.promises)
            return await asyncio.to_thread(_plan, run, syncing, since)
        if not run.args.watch:
            return await _one(run, folder, reader, login, since)
        return await _watch(run, folder, reader, login, since)
    except HistoryError as error:
        raise because(error) from error
    finally:
        reader.close()


async def _watch(run: Run, folder: Path, reader: HistoryReader, login: Login, since: float | None) -> int:
    """Until a signal ends it. What fails is told, and tried again: soon at first, then as usual."""
    run.telling.event("startup", "Syncing; Ctrl+C ends it.", every=run.args.every, **headless.this_process())
    failed = 0
    try:
        while True:
            code = await _one(run, folder, reader, login, since)
            if code in (codes.OK, codes.PARTIAL):
                failed, since, run.args.anew = 0, None, False
            else:
                failed += 1
            usual = run.args.every
            wait = usual if not failed or code in _PERSISTS else min(usual, AGAIN * 2.0 ** (failed - 1))
            await run.clock.sleep(wait * (1.0 + LATER * random.random()))
    except asyncio.CancelledError:
        run.telling.event("shutdown", "Ended.", code=codes.OK)
        raise


_PERSISTS = (codes.USAGE, codes.REFUSED, codes.MISSING)
"""Codes of what does not go away within minutes: an account that is asked too often is locked."""


async def _one(run: Run, folder: Path, reader: HistoryReader, login: Login, since: float | None) -> int:
    """One run, told; its exit code."""
    syncing = Sync(folder, reader, login, run.clock, run.telling.step, promises=run.settings.promises)
    args = run.args
    running = _beside(lambda: syncing.run(args.tables, since, args.anew, args.every if args.watch else None))
    try:
        code = _tell(run, syncing, await asyncio.shield(running))
    except asyncio.CancelledError:
        syncing.stop()
        done, _ = await asyncio.wait([running], timeout=AT_LEAST)
        if not done and syncing.sending:
            await asyncio.wait([running], timeout=GRACE - AT_LEAST)
        raise
    except (WarehouseFault, HistoryError) as fault:
        code = _failed(run, fault)
    args.anew = args.anew and not syncing.begun  # forgotten once is enough: the next try goes on
    _measure(run, folder, code)
    return code


def _beside(work: Callable[[], Outcome]) -> asyncio.Future[Outcome]:
    """On a thread that nobody waits for when the process ends: a warehouse that is silent does not hold it up."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Outcome] = loop.create_future()

    def settle(outcome: Outcome | None, error: BaseException | None) -> None:
        if error is not None:
            future.set_exception(error)
            future.exception()  # it may be that nobody asks any more
        elif outcome is not None:
            future.set_result(outcome)

    def run() -> None:
        given: tuple[Outcome | None, BaseException | None]
        try:
            given = work(), None
        except BaseException as error:  # the thread's boundary: raised where it is awaited
            given = None, error
        with suppress(RuntimeError):  # the loop has ended
            loop.call_soon_threadsafe(settle, *given)

    threading.Thread(target=run, name="sync", daemon=True).start()
    return future


def _tell(run: Run, syncing: Sync, outcome: Outcome) -> int:
    faults = [f"{feed}: {fault.text}" for feed, fault in outcome.faults]
    code = codes.PARTIAL if outcome.status == "partial" else codes.OK
    text = "Nothing to send." if not outcome.connected else (
        f"Sent {outcome.rows:,} rows ({outcome.bytes / 1e6:.1f} MB) to {syncing.target} in {outcome.seconds:.1f} s; "
        f"{sum(outcome.changed.values()):,} were new or had changed."
    )  # fmt: skip
    run.telling.event(
        "sync.run", text, status=outcome.status, target=syncing.target, rows=outcome.sent, changed=outcome.changed,
        bytes=outcome.bytes, took_ms=round(1000 * outcome.seconds, 1), credits=round(outcome.credits, 4),
        credits_a_day=outcome.credits_a_day, faults=faults, damaged=outcome.damaged,
    )  # fmt: skip
    for line in faults:
        run.telling.warn(line)
    if outcome.damaged:
        run.telling.warn(
            f"{len(outcome.damaged)} blocks of the history are damaged and were not sent; see noctui doctor"
        )
    return code


def _failed(run: Run, fault: WarehouseFault | HistoryError) -> int:
    kind = fault.kind if isinstance(fault, WarehouseFault) else "state"
    code, text = codes.OF_WAREHOUSE[kind], str(fault)
    if run.telling.as_json:
        run.telling.event("sync.run", text, 40, status="failed", kind=kind, text=text, code=code)
    run.telling.warn(text)
    return code


def _plan(run: Run, syncing: Sync, since: float | None) -> int:
    try:
        plan = syncing.plan(run.args.tables, run.args.anew, since)
    except WarehouseFault as fault:
        return _failed(run, fault)
    total = sum(plan.rows.values())
    oldest = f", the oldest of {said(plan.oldest)}" if plan.oldest is not None else ""
    text = (
        f"Would send about {total:,} rows{oldest}: {plan.bytes / 1e6:.1f} MB, {plan.seconds:.0f} s, "
        f"{plan.credits:.2f} credits (computed) to {syncing.target}."
        if total
        else "Nothing to send."
    )
    run.telling.event(
        "sync.plan", text, dry_run=True, target=syncing.target, rows=plan.rows, bytes=plan.bytes,
        oldest=None if plan.oldest is None else stamp(plan.oldest), seconds=round(plan.seconds, 1),
        credits=round(plan.credits, 3),
    )  # fmt: skip
    return codes.OK


def _measure(run: Run, folder: Path, code: int) -> None:
    if run.args.metrics is None:
        return
    found = told(folder) or State(history="")  # of a file that cannot be read the exit code speaks
    from noctui.runtime.sync_metrics import write

    try:
        write(run.args.metrics, folder.name, found, code)
    except WarehouseFault as fault:
        run.telling.warn(fault.text)


def _seconds(text: str) -> float:
    if not text.isdecimal() or not 60 <= int(text) <= 86_400:
        raise argparse.ArgumentTypeError("must be a whole number from 60 to 86400")
    return float(text)
