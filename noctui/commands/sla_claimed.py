"""`noctui sla claim`: note that a carrier was asked for a month's credits, or that it was not; and what was noted."""

from __future__ import annotations

import argparse
import asyncio
import os
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from noctui.model.alarms import Act
from noctui.model.claims import CLAIM, UNCLAIM, Claimed, claimed, subject
from noctui.model.scene import Range

if TYPE_CHECKING:
    from noctui.runtime.scoring import Scores
    from noctui.settings import Settings
    from noctui.stores.history import HistoryReader

MOST = 1000
"""Lines about one carrier's month."""
AHEAD = 14 * 3600
"""Seconds by which a month begins earlier than in UTC in the zone that is furthest ahead."""


def claim(args: argparse.Namespace, settings: Settings) -> str:
    """Leave it for whoever leads the folder, or leads it next; "" or, in one line, why not. Raises ValueError (no such
    month, no such carrier), NothingToRead, HistoryError."""
    from noctui.runtime.people import here
    from noctui.runtime.scoring import month_of
    from noctui.stores.history.acting import deposit_act

    begins = month_of(args.month)
    now = time.time()
    if not args.undo and datetime(begins.year, begins.month, 1, tzinfo=UTC).timestamp() - AHEAD > now:
        raise ValueError(f"{args.month} has not begun")
    kind = UNCLAIM if args.undo else CLAIM
    if not args.undo and not args.how.strip():
        raise ValueError("say how the carrier was asked: --how 'ticket 4711'")
    person = here(settings.roles)
    if not person.may(kind):
        return person.why_not(kind)
    folder, carrier = _known(settings, args.carrier)
    deposit_act(
        folder,
        Act(
            act_id=f"{kind} {person.who} {now:.6f} {os.getpid()}", kind=kind, alarm_ids=(subject(carrier, args.month),),
            who=person.who, at=now, why=args.how.strip(), origin=person.origin,
        ),
    )  # fmt: skip
    return ""


def _known(settings: Settings, carrier: str) -> tuple[Path, str]:
    """The org's folder, and the carrier as the inventory writes it."""
    from noctui.runtime.reading import Reading

    with Reading(settings) as reading:
        view = reading.scene().view
        names = sorted({c.carrier for c in view.inventory.circuits if c.carrier})
        found = next((n for n in names if n.casefold() == " ".join(carrier.split()).casefold()), None)
        if found is None:
            raise ValueError(f"no circuit of ours is {carrier[:60]!r}'s; there are {', '.join(names[:12]) or 'none'}")
        return reading.folder, found


def claims_of(settings: Settings, scores: Scores, at: float | None) -> dict[str, Claimed]:
    """Carrier → what was asked of it for the period, by what was known at an instant; None: now."""
    from noctui.runtime.reading import Reading
    from noctui.runtime.scoring import RUNNING

    if scores.period == RUNNING:
        return {}
    carriers = sorted({s.of.service.carrier for s in scores.scores})
    with Reading(settings) as reading:
        return asyncio.run(_claims(reading.history, carriers, scores.period, time.time() if at is None else at))


async def _claims(history: HistoryReader, carriers: list[str], period: str, at: float) -> dict[str, Claimed]:
    read, found = history.reader(at, live=True), dict[str, Claimed]()
    for carrier in carriers:
        made = claimed(await read.audit(Range(0.0, at), MOST, subject(carrier, period)))
        if made is not None:
            found[carrier] = made
    return found
