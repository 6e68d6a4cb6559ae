"""What a back-fill of a range comes to, by what history has of it and what an earlier run has left."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from math import inf
from pathlib import Path

from noctui.runtime.backfill_giving import strangers
from noctui.runtime.backfill_kept import Kept, KeptHole, found
from noctui.runtime.backfill_plan import COARSE, FINE, Calls, Hole, Plan
from noctui.runtime.backfill_work import (
    Work,
    checked,
    fine_and_coarse,
    grained,
    look,
    span_words,
    stamp,
    work_of,
)
from noctui.settings import Settings
from noctui.sources.mist.backfill_pace import calls_an_hour
from noctui.stores.history import HistoryReader

KINDS = ("traffic", "quality", "events", "alarms")
GRACE = 3600.0
"""What has gone from Mist this short a time ago is a small part of a range: it is unknown then."""
NOT_HELD = (
    "Mist holds no peaks inside a bucket, no MOS, peer paths, load of gateways, nor which circuit carried a site: "
    "these stay unknown, and no failovers are found."
)


@dataclass(frozen=True, slots=True)
class Planned:
    """A plan with all that it stands on; `kept` is what an earlier run has fetched of it."""

    plan: Plan
    work: Work
    kept: Kept | None


def planned(
    history: HistoryReader, folder: Path, org_id: str, settings: Settings, share: float, now: float,
    start: float, end: float,
) -> Planned:  # fmt: skip
    """A blocking call. Raises BackfillError, HistoryError."""
    begin, cannot = checked(start, end, now, settings.raw_days)
    seen = look(history, folder, begin, end)
    kept = _unfinished(history, folder, org_id, begin, end, now)
    an_hour = calls_an_hour(len(settings.tokens), share)
    if kept is not None:
        chosen = [_hole(one) for one in kept.head.holes]
        of = f"{stamp(kept.head.start)} to {stamp(kept.head.end)}"
        cannot.append(f"This goes on with the back-fill of {of} that was begun {stamp(kept.head.begun)}.")
    else:
        newest = history.inventory(inf)
        ports = sum(1 for c in newest.circuits if c.attachments) if newest else 0
        fine_from, coarse_from = fine_and_coarse(now, ports, an_hour)
        chosen = list(grained(seen.found, fine_from, coarse_from))
        cannot += _late(chosen, seen.found, begin, coarse_from)
    if end > seen.newest:
        cannot.append(
            f"What lies after the newest poll ({stamp(seen.newest)}) can be filled once a later one is there."
        )
    work = work_of(history, start, end, chosen)
    cannot += _left_out(history, work, chosen)
    calls = _calls(work, kept)
    plan = Plan(
        start=start,
        end=end,
        holes=work.holes,
        circuits=work.circuits,
        gateways=work.gateways,
        calls=calls,
        an_hour=an_hour,
        minutes=60.0 * sum(c.left for c in calls) / an_hour,
        cannot=(*cannot, NOT_HELD) if work.holes else tuple(cannot),
        nothing="" if work.holes else _nothing(start, end, seen.newest, chosen),
    )
    return Planned(plan, work, kept)


def _unfinished(history: HistoryReader, folder: Path, org_id: str, start: float, end: float, now: float) -> Kept | None:
    """What an earlier run has left of a range that overlaps this one, if it is still of use."""
    for kept in found(folder, org_id):
        if kept.head.start < end and start < kept.head.end and _useful(history, kept, now):
            return kept
    return None


def _useful(history: HistoryReader, kept: Kept, now: float) -> bool:
    """Nobody else has filled its holes, and what is not fetched yet can still be had."""
    chosen = [_hole(one) for one in kept.head.holes]
    if any(strangers(history, hole) for hole in chosen):
        return False
    gone = {h.grain.seconds for h in chosen if h.first < now - h.grain.held - GRACE}
    if not gone:
        return True
    asks = work_of(history, kept.head.start, kept.head.end, chosen).asks
    return not any(ask.seconds in gone and ask.port.mac and ask.key not in kept.records for ask in asks)


def _hole(one: KeptHole) -> Hole:
    return Hole(one.start, one.end, FINE if one.seconds == FINE.seconds else COARSE, one.first, one.last)


def _late(
    chosen: Sequence[Hole], found_: Sequence[tuple[float, float, float]], begin: float, coarse_from: float
) -> list[str]:
    """What will be gone by the time it is asked for."""
    if any(start < coarse_from for start, _, _ in found_) and coarse_from > begin:
        return [f"What lies before {stamp(coarse_from)} would be gone from Mist before all is fetched: it is left out."]
    return []


def _left_out(history: HistoryReader, work: Work, chosen: Sequence[Hole]) -> list[str]:
    """Times without a whole bucket, and circuits that nobody knew of then."""
    lines = []
    loose = [h for h in chosen if not h.buckets]
    if loose and work.holes:
        lines.append(
            f"{len(loose)} times without polls hold no whole bucket of Mist's, "
            f"{span_words(sum(h.end - h.start for h in loose))} in all: they stay as they are."
        )
    edge = sum((h.end - h.start) - (h.last - h.first) for h in work.holes)
    if edge >= 60.0:
        lines.append(f"{span_words(edge)} at the ends lie in no whole bucket: states alone, no values.")
    newest = history.inventory(inf)
    later = [c for c in (newest.circuits if newest else ()) if c.circuit_id not in work.ports] if work.holes else []
    if later:
        first = min(later, key=lambda c: c.circuit_id)
        more = f" and {len(later) - 1:,} more" if len(later) > 1 else ""
        lines.append(f"Circuit {first.circuit_id}{more} was not known when this time began: not filled.")
    bare = [i for i, ports in work.ports.items() if not ports]
    if bare:
        lines.append(f"{len(bare):,} circuits have no port that Mist can be asked for: {bare[0]} is one.")
    return lines


def _calls(work: Work, kept: Kept | None) -> tuple[Calls, ...]:
    wanted = Counter(ask.kind for ask in work.asks)
    had = Counter(ask.kind for ask in work.asks if kept is not None and ask.key in kept.records)
    return tuple(Calls(kind, wanted[kind], had[kind]) for kind in KINDS)


def _nothing(start: float, end: float, newest: float, chosen: Sequence[Hole]) -> str:
    """Why there is nothing to do."""
    asked = f"{stamp(start)} to {stamp(end)}"
    if chosen:
        longest = max(chosen, key=lambda h: h.end - h.start)
        return (
            f"Nothing to fill from {asked}: the longest time without polls is "
            f"{span_words(longest.end - longest.start)}, and no whole bucket ({longest.grain.word}) lies in it."
        )
    if start >= newest:
        return f"Nothing to fill from {asked}: history ends {stamp(newest)}; run `noctui collect` first."
    return f"Nothing to fill from {asked}: history holds polls all through."
