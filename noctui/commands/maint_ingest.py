"""`noctui maint ingest` reads the mailboxes of the settings once, or mails that lie in files; `noctui maint reparse`
reads dead letters again."""

from __future__ import annotations

import argparse
import logging
from collections.abc import Sequence
from pathlib import Path

from noctui.commands import codes, headless
from noctui.commands.arguments import OneLine
from noctui.commands.arguments import headless as headless_arguments
from noctui.commands.headless import Run
from noctui.model.works import Mail
from noctui.runtime.headless import Stopped, history_folder
from noctui.runtime.headless_mails import Ingested, Mailing, Read

TOLD = 20
"""Lines about mails that wait for a person; more are counted."""


def ingest(words: Sequence[str]) -> int:
    """Run `noctui maint ingest` with the words after it; its exit code."""
    return headless.main("maint", _ingest_parser(), words, _ingest)


def reparse(words: Sequence[str]) -> int:
    """Run `noctui maint reparse` with the words after it; its exit code."""
    return headless.main("maint", _reparse_parser(), words, _reparse)


def _ingest_parser() -> argparse.ArgumentParser:
    made = OneLine(
        prog="noctui maint ingest",
        parents=[headless_arguments()],
        description="Read the mailboxes of noctui.toml once, or the files named, and file what they tell.",
        epilog="Exit codes: 0 read, 1 no mailbox could be read, 2 usage, 3 some mails wait for a person, or a mailbox "
        "could not be read; others in docs/headless.md.",
    )
    made.add_argument("files", nargs="*", type=Path, metavar="FILE", help="mails to read instead of mailboxes")
    made.add_argument("--mailbox", action="append", metavar="NAME", help="this one alone; may be given again")
    return made


def _reparse_parser() -> argparse.ArgumentParser:
    made = OneLine(
        prog="noctui maint reparse",
        parents=[headless_arguments()],
        description="Read mails of the ledger again, after a fix: of noctui, of its settings, of the inventory file.",
        epilog="Exit codes: 0 all could be read, 1 none, 2 usage, 3 some wait for a person still.",
    )
    which = made.add_mutually_exclusive_group(required=True)
    which.add_argument("keys", nargs="*", default=[], metavar="KEY", help="their Message-IDs, as `maint list` has them")
    which.add_argument("--waiting", action="store_true", help="all that wait for a person")
    return made


async def _ingest(run: Run) -> int:
    boxes = run.settings.mails.mailboxes
    if run.args.mailbox:
        odd = [name for name in run.args.mailbox if name not in {box.name for box in boxes}]
        if odd:
            names = ", ".join(box.name for box in boxes) or "none"
            raise Stopped(f"no mailbox {odd[0]!r}; there are {names}", "usage")
        boxes = tuple(box for box in boxes if box.name in run.args.mailbox)
    if not boxes and not run.args.files:
        raise Stopped("no mailbox: write [[mailbox]] into noctui.toml (docs/notices.md), or name files", "usage")
    history_folder(run.settings)  # nothing is made where there is no history
    if run.dry:
        places = [str(f) for f in run.args.files] or [box.name for box in boxes]
        run.telling.event("maint.plan", f"Would read {', '.join(places)}.", dry_run=True, mailboxes=places)
        return codes.OK
    run.begin_log()
    found = await Mailing(run.settings, run.clock, run.telling.step).ingest(boxes, run.args.files)
    for read in found.reads:
        _tell(run, read, found)
    waiting = found.waiting
    for mail in waiting[:TOLD]:
        run.telling.warn(f"waits: {_name(mail)}: {mail.why}")
    if len(waiting) > TOLD:
        run.telling.warn(f"and {len(waiting) - TOLD:,} more wait: noctui maint list --waiting")
    for fault in found.faults:
        run.telling.warn(fault)
    if all(read.tally.fault for read in found.reads):
        return codes.FAILED
    return codes.PARTIAL if waiting or found.faults else codes.OK


def _tell(run: Run, read: Read, found: Ingested) -> None:
    known = read.tally.read - len(read.mails)
    kinds: dict[str, int] = {}
    for mail in read.mails:
        kinds[mail.outcome.value] = kinds.get(mail.outcome.value, 0) + 1
    said = ", ".join(f"{count} {word.replace('_', ' ')}" for word, count in sorted(kinds.items())) or "none new"
    led = f"; {found.led_by} files them" if found.led_by and read.mails else ""
    run.telling.event(
        "maint.ingest",
        f"{read.mailbox}: {read.tally.read:,} mails, {said}{f', {known} known already' if known else ''}{led}.",
        logging.WARNING if read.tally.fault else logging.INFO,
        mailbox=read.mailbox,
        read=read.tally.read,
        new=len(read.mails),
        known=known,
        **kinds,
        led_by=found.led_by,
        fault=read.tally.fault or read.tally.unmarked,
    )


async def _reparse(run: Run) -> int:
    keys = list(run.args.keys)
    if run.args.waiting:
        keys = [mail.key for mail in await waiting(run)]
        if not keys:
            run.telling.event("maint.reparse", "No mail waits.", mails=0)
            return codes.OK
    if run.dry:
        run.telling.event("maint.plan", f"Would read {len(keys):,} mails again.", dry_run=True, mails=len(keys))
        return codes.OK
    run.begin_log()
    entries = await Mailing(run.settings, run.clock, run.telling.step).reparse(keys)
    done = 0
    for entry in entries:
        fine = entry.outcome in ("done: parsed", "done: ignored")
        done += fine
        run.telling.event(
            "maint.reparse", f"{entry.subject}: {entry.outcome}", logging.INFO if fine else logging.WARNING,
            key=entry.subject, outcome=entry.outcome,
        )  # fmt: skip
    return codes.OK if done == len(entries) else codes.PARTIAL if done else codes.FAILED


async def waiting(run: Run) -> list[Mail]:
    from noctui.model.scene import Range
    from noctui.stores.history import open_reader

    history = open_reader(history_folder(run.settings))
    try:
        return list(await history.reader(0.0, live=True).mails(Range(0.0, 1e17), 1_000_000, waiting=True))
    finally:
        history.close()


def _name(mail: Mail) -> str:
    return f"{mail.key} ({mail.subject[:60]})" if mail.subject else mail.key
