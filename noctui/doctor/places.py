"""Files and folders: settings, rights, themes, the history, the disk it needs, and who leads from it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from noctui.config import Config
from noctui.doctor.verdict import FAIL, NOTE, OK, WARN, Check
from noctui.model.health import HistoryHealth
from noctui.model.stores import HistoryError
from noctui.runtime.folders import org_folder
from noctui.runtime.health_history import measure
from noctui.settings import Settings
from noctui.stores.bus.folder import holder, is_led
from noctui.stores.history import open_reader

STALE = 3 * 3600.0
"""Seconds after which a history that nobody adds to is worth a word."""


def settings(config: Config) -> Iterator[Check]:
    read = [str(path) for path in config.files if path.exists()]
    yield Check("settings", OK, f"read: {', '.join(read)}" if read else "no files: flags, environment and defaults")
    for warning in config.warnings:
        yield Check("settings", WARN, warning)
    for name, winner in config.beaten:
        yield Check("settings", NOTE, f"{name} is set too; {winner} wins")
    lost = [name for name, _ in config.unused] + list(config.ignored)
    if lost:
        yield Check("settings", NOTE, f"of no use here: {', '.join(lost)}", "noctui config show says why")


def writable(path: Path, area: str, needed: bool) -> Check:
    """Whether files can be made in a folder that is there, or that can be made."""
    there = path if path.is_dir() else next((p for p in path.parents if p.is_dir()), path)
    if path.exists() and not path.is_dir():
        return Check(area, FAIL, f"{path} is no folder")
    if os.access(there, os.W_OK | os.X_OK):
        return Check(area, OK, f"{path}{'' if path.is_dir() else ', made when needed'}")
    todo = "chown or chmod it, or name another (data.folder, screen.exports)"
    return Check(area, FAIL if needed else WARN, f"{path} cannot be written by you", todo)


def history(told: Settings, org_id: str, now: float) -> Iterator[Check]:
    """`org_id` is the org to look for; "" looks at every org in the data folder."""
    orgs = [org_id] if org_id else sorted(p.parent.name for p in told.data.glob("*/history.db"))
    there = [org for org in orgs if (org_folder(told.data, org) / "history.db").is_file()]
    if not there:
        yield Check("history", NOTE, f"none yet in {told.data}", "start noctui once, or see --data and --demo")
    for org in there:
        yield from _history(told, org, now)


def _history(told: Settings, org: str, now: float) -> Iterator[Check]:
    folder = org_folder(told.data, org)
    reader = open_reader(folder)
    try:
        newest = reader.latest()
    except HistoryError as error:
        yield Check("history", FAIL, f"{org}: {error}")
        return
    finally:
        reader.close()
    led = is_led(folder)
    if newest is None:
        yield Check("history", NOTE, f"{org}: no poll yet")
    elif newest > now + 60.0:
        yield Check("history", WARN, f"{org}: its newest poll is of {_when(newest)}, in the future",
                    "set this machine's clock")  # fmt: skip
    elif now - newest > STALE and not led:
        yield Check("history", NOTE, f"{org}: newest poll {_when(newest)}, nobody collects",
                    "start noctui, or noctui collect --watch")  # fmt: skip
    else:
        yield Check("history", OK, f"{org}: newest poll {_when(newest)}")
    if led:
        yield Check("leader", OK, f"{holder(folder)} collects for {org}; others follow")
    bad = sorted(p.name for p in folder.glob("history.db.bad*") if p.suffix not in (".bad-wal", ".bad-shm"))
    if bad:
        yield Check("history", WARN, f"{org}: set aside as damaged: {', '.join(bad)}",
                    "nothing is deleted by itself: look at them, then remove them")  # fmt: skip
    yield disk(measure(folder, now, told.raw_days), told.raw_days)


def disk(found: HistoryHealth, raw_days: float) -> Check:
    """What the history takes, what it will come to, and whether the disk holds it."""
    if found.text:
        return Check("disk", FAIL, found.text)
    have = f"{_size(found.bytes)} used, {_size(found.disk_free)} free"
    if found.bytes_per_day != found.bytes_per_day:
        return Check("disk", OK, f"{have}; a history of an hour says how fast it grows")
    grows = f"{_size(found.bytes_per_day)} a day, {_size(found.expected_bytes)} after {raw_days:g} days"
    if found.full_at:
        return Check("disk", WARN, f"{have}; {grows}: full on {_when(found.full_at)}",
                     "give it room, or keep fewer days (data.raw_days)")  # fmt: skip
    return Check("disk", OK, f"{have}; {grows}")


def themes(folder: Path) -> Iterator[Check]:
    """The user's own."""
    if not folder.is_dir():
        return
    from noctui.tui.look.themes import load

    found = load(folder)
    for problem in found.problems:
        yield Check("themes", WARN, problem)
    if not found.problems:
        yield Check("themes", OK, f"{sum(1 for _ in folder.glob('*.toml'))} of your own in {folder}")


def _when(at: float) -> str:
    return f"{datetime.fromtimestamp(at, UTC):%Y-%m-%d %H:%M} UTC"


def _size(count: float) -> str:
    for unit in ("B", "kB", "MB", "GB"):
        if count < 1000:
            return f"{count:.3g} {unit}"
        count /= 1000
    return f"{count:.3g} TB"
