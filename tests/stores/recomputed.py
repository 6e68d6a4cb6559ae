"""What a history has made of hours, days, weeks and months; and the same made from scratch, from polls and ledger."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np

from noctui.kpi.accounts import taken
from noctui.kpi.hourly import FIVES
from noctui.model.figures import Accounts, Grain
from noctui.stores.history import Writer
from noctui.stores.history.columns import CIRCUITS
from noctui.stores.history.due import mark_hour
from noctui.stores.history.hour_rows import five_averages, has_hour, hour_accounts
from noctui.stores.history.kept_figures import Kept, read_groups, read_sketches, read_stored, select_newest
from noctui.stores.history.members import BY

HOUR = 3600.0
TABLES = ("rollups", "figures", "sketches", "group_figures", "due", "late")


def close_all(writer: Writer, now: float) -> None:
    """All that is over at `now`, and all that is waited for: first days, then what stands on them."""
    for at in (now, now + 2 * HOUR, now + 4 * HOUR):
        writer.newest, before = max(writer.newest, at), writer.newest
        while writer.close_due(at):
            pass
        writer.newest = before


def everything(writer: Writer) -> dict[str, Any]:
    """Word → what the file says: hours, five-minute averages, and the newest versions of calendar periods."""
    found: dict[str, Any] = {}
    first, last = writer.db.execute("SELECT min(at), max(at) FROM polls").fetchone()
    slots = writer.slots(CIRCUITS)
    for number in range(int(first // HOUR) - 3, int(last // HOUR) + 1):
        start = number * HOUR
        if has_hour(writer.db, start):
            (accounts,) = hour_accounts(writer.db, 0, slots, start, 1)
            found[f"hour {start:.0f}"] = of_accounts(accounts)
            averages = five_averages(writer.db, 0, slots, start, start + HOUR)
            found[f"fives {start:.0f}"] = {n: averages[n].tolist() for n in FIVES}
    for grain in (Grain.DAY, Grain.WEEK, Grain.MONTH):
        for kept in select_newest(writer.db, "grain = ?", (grain,)):
            found[f"{kept.period.key} {kept.period.zone}"] = of_period(writer, kept)
    return found


def of_accounts(accounts: Accounts) -> dict[str, Any]:
    return {f.name: np.asarray(getattr(accounts, f.name)).tolist() for f in fields(Accounts)}


def of_period(writer: Writer, kept: Kept) -> dict[str, Any]:
    stored, slots = read_stored(writer.db, kept), writer.slots(CIRCUITS)
    have = len(stored.accounts)
    rows = np.where(np.arange(slots) < have, np.arange(slots), -1)  # of circuits that came later nothing is known
    found: dict[str, Any] = {"circuits": of_accounts(taken(stored.accounts, rows))}
    for name, values in stored.beside.items():
        blank = 0.0 if name.startswith("slots") else np.nan
        found[name] = [*values.tolist(), *[blank] * (slots - have)]
    for by in BY:
        groups = read_groups(writer.db, kept, by)
        if groups is not None:
            for i, name in enumerate(groups.names):
                sums = of_accounts(groups.stored.accounts)
                found[f"{by} {name}"] = {word: v if word == "length" else v[i] for word, v in sums.items()}
                found[f"{by} {name}"]["circuits"] = float(groups.stored.beside["circuits"][i])
    for by in ("", "region", "carrier"):
        for gauge in FIVES:
            sketches = read_sketches(writer.db, kept, by, gauge)
            if sketches is not None:
                found[f"sketches {by} {gauge}"] = [c.tolist() for c in (sketches.row, sketches.bucket, sketches.count)]
    return found


def make_from_scratch(writer: Writer, now: float) -> None:
    """Forget all figures and make those of every hour that a poll stands for."""
    hours: set[int] = set()
    for at, interval in writer.db.execute("SELECT at, interval FROM polls"):
        hours.update(range(int((at - 3 * interval) // HOUR), int(at // HOUR) + 1))
    closed = writer.db.execute("SELECT value FROM meta WHERE name = 'closed_to'").fetchone()
    with writer.transaction() as db:
        for table in TABLES:
            db.execute(f"DELETE FROM {table}")
        for number in sorted(hours):
            if closed is not None and number * HOUR + HOUR <= closed[0] + HOUR:
                mark_hour(writer, number * HOUR)
    close_all(writer, now)


def differences(one: dict[str, Any], other: dict[str, Any]) -> list[str]:
    """Where two of them differ, in words; nothing when nowhere."""
    found = [f"{word}: only on one side" for word in sorted(one.keys() ^ other.keys())]
    for word in sorted(one.keys() & other.keys()):
        a, b = one[word], other[word]
        if isinstance(a, dict):
            found += [f"{word} {each}" for each in differences(a, b)]
        elif not _same(a, b):
            found.append(f"{word}: {a} is not {b}")
    return found


def _same(a: Any, b: Any) -> bool:
    return np.array_equal(np.asarray(a, np.float64), np.asarray(b, np.float64), equal_nan=True)
