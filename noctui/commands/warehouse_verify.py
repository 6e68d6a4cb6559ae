"""`noctui warehouse verify`: is a month there what it is here? What differs is sent once more."""

from __future__ import annotations

import argparse
import json
import re
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from noctui.commands import codes
from noctui.settings import Settings
from noctui.stores.warehouse.login import Login

if TYPE_CHECKING:
    from noctui.runtime.verifying import Differing, Found

MOST_LINES = 40


def verify(settings: Settings, login: Login, args: argparse.Namespace) -> int:
    """The exit code: 0 the same, or made so; 3 not. Raises WarehouseFault, HistoryError, Stopped."""
    from noctui.clock import SystemClock
    from noctui.runtime.headless import Step, history_folder
    from noctui.runtime.verifying import Verifying
    from noctui.stores.history import kept_for, open_reader

    span = month(args.month)
    if span is None:
        print(f"noctui: --month {args.month!r} must be a month such as 2026-10", file=sys.stderr)
        return codes.USAGE
    folder = history_folder(settings)
    reader = open_reader(folder, retention=kept_for(settings.raw_days, settings.path_days, settings.zone))

    def tell(step: Step) -> None:
        if sys.stderr.isatty() and not args.json:
            print(f"\r{step.text:<78.78}", end="", file=sys.stderr, flush=True)

    try:
        verifying = Verifying(folder, reader, login, SystemClock(), tell, settings.promises)
        found = verifying.compare(*span, args.tables)
        sent = 0
        before = found
        if found.differing and not args.dry_run:
            sent = verifying.repair(found.differing, *span)
            found = verifying.compare(*span, args.tables)
    finally:
        reader.close()
    same = not found.differing
    if args.json:
        print(json.dumps({
            "month": args.month, "days": found.days, "rows": found.rows, "others": found.others,
            "not_ours": found.not_ours, "sent": sent,
            "differed": [asdict(one) for one in before.differing],
            "differs": [asdict(one) for one in found.differing],
        }))  # fmt: skip
    else:
        _say(args.month, login, before, found, sent)
    return codes.OK if same else codes.PARTIAL


def month(text: str) -> tuple[float, float] | None:
    """[start, end) of a UTC month in epoch seconds."""
    match = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text)
    if match is None or int(match[1]) < 1971:
        return None
    year, number = int(match[1]), int(match[2])
    start = datetime(year, number, 1, tzinfo=UTC)
    end = datetime(year + number // 12, number % 12 + 1, 1, tzinfo=UTC)
    return start.timestamp(), end.timestamp()


def _day(one: Differing) -> str:
    """`2026-10-14`; of a week or month its key."""
    return f"{one.day[:4]}-{one.day[4:6]}-{one.day[6:]}" if len(one.day) == 8 else f"{one.day:<10}"


def _say(name: str, login: Login, before: Found, found: Found, sent: int) -> None:
    if not found.days and not found.others and not before.differing:
        print(f"{name}: history here holds nothing of it; nothing was compared.")
        return
    for one in before.differing[:MOST_LINES]:
        print(f"{_day(one)}  {one.table}: {one.text}")
    if len(before.differing) > MOST_LINES:
        print(f"… and {len(before.differing) - MOST_LINES} more.")
    aside = f"; {found.not_ours:,} hours are told by another history, which knew more" if found.not_ours else ""
    whole = f"{found.rows:,} circuit-hours of {found.days} days, {found.others:,} rows of other tables"
    if sent:
        print(f"Sent {sent:,} rows once more.")
    if found.differing:
        days = len({(one.feed, one.day) for one in found.differing})
        still = "still differ" if sent else "differ"
        print(f"{name}: {days} days or periods {still} between here and {login.tables}, of {whole}{aside}.")
    else:
        print(f"{name}: the same here and in {login.tables}: {whole}{aside}.")
