"""`noctui check`: do the settings, the tokens and the history work? One cheap call or two a token; writes nothing."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from noctui.commands import codes, headless
from noctui.commands.arguments import OneLine
from noctui.commands.arguments import headless as headless_arguments
from noctui.commands.headless import Run
from noctui.commands.times import said, stamp
from noctui.model.stores import HistoryError
from noctui.runtime.folders import org_folder
from noctui.runtime.following import Follower
from noctui.runtime.headless import Stopped, because, known_folder
from noctui.runtime.source import Source, SourceError

NAME = "check"


def main(words: Sequence[str]) -> int:
    """Run `noctui check` with the words after it; its exit code: that of the first thing that does not work."""
    made = OneLine(
        prog="noctui check",
        parents=[headless_arguments()],
        description="Do the settings, the tokens and the history work? Asks Mist twice a token, writes nothing.",
    )
    return headless.main(NAME, made, words, work)


async def work(run: Run) -> int:
    run.args.dry_run = True  # nothing is written anyway
    run.begin_log()
    run.check_source()
    files = [str(path) for path in run.config.files if path.exists()]
    run.telling.event("check.settings", f"Settings: good ({', '.join(files) or 'no file'}).", status="ok", files=files)
    faults: list[Stopped] = []
    org_id = ""
    try:
        org_id = await _mist(run)
    except Stopped as stopped:
        faults.append(stopped)
    try:
        _history(run, org_id)
    except Stopped as stopped:
        faults.append(stopped)
    for fault in faults[1:]:
        run.telling.warn(fault.text)
    if faults:
        raise faults[0]
    run.telling.event("check.run", "All of it works.", status="ok")
    return codes.OK


async def _mist(run: Run) -> str:
    """The org's id. Raises Stopped."""
    if not run.settings.tokens:
        raise Stopped("no token: set MIST_API_TOKEN (see .env.example), or try --demo", "usage")
    source: Source | None = None
    try:
        source = run.new_source()
        org = await source.open()
        budget = source.budget()
    except SourceError as error:
        raise because(error) from error
    finally:
        if source is not None:
            await source.close()
    text = f"Mist: {org.name} ({org.org_id}), {budget.used:,} of {budget.limit:,} calls of this hour used."
    run.telling.event(
        "check.mist",
        "\n".join((text, *budget.notes)),
        status="ok",
        org_id=org.org_id,
        org=org.name,
        calls_used=budget.used,
        calls_limit=budget.limit,
        tokens=[{"ending": t.ending, "state": t.state, "role": t.role} for t in budget.tokens],
        notes=list(budget.notes),
    )
    return org.org_id


def _history(run: Run, org_id: str) -> None:
    """Raises Stopped: it cannot be read, or never be written."""
    from noctui.stores.history import open_reader
    from noctui.stores.history.history import quick_check

    folder = org_folder(run.settings.data, org_id) if org_id else known_folder(run.settings)
    there = folder or run.settings.data
    while not there.exists() and there != there.parent:
        there = there.parent
    if not os.access(there, os.W_OK | os.X_OK):
        raise Stopped(f"{there} cannot be written: history has no place there; see --data", "history")
    newest, led_by = None, ""
    if folder is not None:
        reader = open_reader(folder)
        try:
            newest = reader.latest()
            if newest is not None:
                reader.view(newest)
        except HistoryError as error:
            raise because(error) from error
        finally:
            reader.close()
        led_by = Follower(folder).leader() or ""
        damage = quick_check(folder / "history.db") if newest is not None else ""
        if damage:
            raise Stopped(damage, "history")
    text = f"History: newest poll {said(newest)} in {folder}" if newest else "History: none yet"
    free = shutil.disk_usage(there).free
    text += f", led by {led_by}" if led_by else ""
    run.telling.event(
        "check.history",
        f"{text}; {_gigabytes(free)} free.",
        status="ok",
        folder=str(folder) if folder is not None else None,
        newest=stamp(newest) if newest else None,
        bytes=_size(folder),
        free_bytes=free,
        led_by=led_by,
    )


def _size(folder: Path | None) -> int:
    return sum(f.stat().st_size for f in folder.glob("history.db*")) if folder is not None else 0


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:,.1f} GB"
