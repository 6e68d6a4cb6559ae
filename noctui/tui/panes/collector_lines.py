"""Lines of the collector's panes, pure: the API's tokens and plan, the feeds, who collects, the stores."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from noctui.model.batch import FeedReport
from noctui.model.health import FeedHealth, Health, HistoryHealth, MailboxHealth, SyncHealth, TokenHealth
from noctui.model.scene import Status
from noctui.model.view import TREND_OUTAGE, View
from noctui.tui.look.numbers import NONE, clock, count, duration, duration_prose, event_time, tone
from noctui.tui.look.signs import Signs
from noctui.tui.look.text import clip, fit
from noctui.tui.runs import Line, Run, labelled
from noctui.tui.widgets.bar import bar, budget_bar
from noctui.tui.widgets.spark import spark

LABEL = 11
TREND_FULL = 10.0
LATE = 3.0
"""Times its usual wait after which a sync is missed."""
"""Seconds at which the trend of a feed is full."""
_UNITS = ((1e12, "TB"), (1e9, "GB"), (1e6, "MB"), (1e3, "kB"))


def size_of_bytes(amount: float) -> str:
    """`2.4 GB`, `18 GB`, `412 MB`; unknown is –."""
    if not math.isfinite(amount) or amount < 0:
        return NONE
    for unit, word in _UNITS:
        if amount >= unit:
            value = amount / unit
            return f"{value:.1f} {word}" if value < 9.95 else f"{value:.0f} {word}"
    return f"{amount:.0f} B"


def took(seconds: float) -> str:
    """`9.8 s`, `42 ms`; unknown is –."""
    if not math.isfinite(seconds):
        return NONE
    return f"{seconds:.1f} s" if seconds >= 0.9995 else f"{seconds * 1000:.0f} ms"


def feed_lines(reports: Sequence[FeedReport], signs: Signs, wide: int = 67, silent: bool = False) -> list[Line]:
    """A line per feed of the sweep: calls, how long, rows, pages, and what went wrong. `silent`: nothing came in."""
    if not reports:
        return [(("It failed as a whole: no feed came in." if silent else "No sweep has been told of yet.", "dim"),)]
    longest = max((r.took for r in reports), default=0.0) or 1.0
    cells = max(6, min(24, wide - 53))
    head = f"{'feed':<18}{'calls':>6}  {'took':<{cells + 9}}{'rows':>8}  {'pages':>6}"
    lines: list[Line] = [((head, "dim"),)]
    for r in reports:
        bad = bool(r.pages_lost or r.error)
        lines.append(
            (
                (fit(r.feed, 17), "hi"), (f" {r.calls:>6}  ", "text"), *bar(r.took / longest, cells, signs),
                (f" {took(r.took):>7} ", "text"), (f"{count(r.rows):>8}  ", "text"),
                (f"{r.pages}/{r.pages + r.pages_lost}".rjust(6), "warn" if bad else "dim"),
            )
        )  # fmt: skip
        lines += [((f"  {signs.warn} {said}", "warn"),) for said in (r.error, r.odd_text) if said]
    return lines


def token_line(token: TokenHealth, now: float, signs: Signs, wide: int) -> Line:
    """`token 1 …a41f  ━━━━──────  1,902/5,000  in use, resets 46m`."""
    used = f"{token.used:,}/{token.limit:,}"
    state, role = token.state, "text"
    if token.state == "refused":
        state, role = f"refused{f': {token.text}' if token.text else ''}", "crit"
    elif token.state == "rests":
        left = f" {duration((token.rests_until - now) // 60 * 60)}" if token.rests_until > now else ""
        state, role = f"rests{left}", "warn"
    elif token.resets_at > now:
        wait = token.resets_at - now
        state = f"{state}, resets {duration(wait // 60 * 60) if wait >= 60 else 'soon'}"
    if token.role:
        state = f"{state}, {token.role}"
    cells = max(6, min(18, wide - 56))
    share = token.used / token.limit if token.limit else None
    return (
        (f"token {token.number} ", "dim"), (fit(token.ending, 7), "text"), *budget_bar(share, cells, signs),
        (f" {used:>11}  ", "text"), (state, role),
    )  # fmt: skip


def calls_by_the_hours_end(used: float, an_hour: float, now: float) -> float:
    """What will have been called when the running hour ends, at the planned pace."""
    return used + an_hour * (3600.0 - now % 3600.0) / 3600.0


def total_lines(health: Health, used: int, now: float) -> list[Line]:
    """What the plan comes to, and what the hour will have used; drill-down is a share kept free, no forecast."""
    planned = sum(line.calls for line in health.plan)
    if not health.capacity or not planned:
        return []
    share = planned / health.capacity
    ink = "crit" if share >= 1 else "warn" if share >= 0.9 else "text"
    expected = sum(line.calls for line in health.plan if line.work != "drill-down")
    end = calls_by_the_hours_end(used, expected, now)
    at = clock((now // 3600 + 1) * 3600, seconds=False)
    return [
        (("planned in all".ljust(18), "dim"), (f"{planned:>9,.0f}/h  ", ink),
         (f"{100 * share:.0f} % of {health.capacity:,.0f}/h", ink)),
        ((f"used by {at}".ljust(18), "dim"), (f"{end:>9,.0f}    ", "crit" if end >= health.capacity else "text"),
         ("forecast for this hour", "dim")),
    ]  # fmt: skip


def plan_lines(health: Health) -> list[Line]:
    """A line per work with its formula; work that costs nothing here has none."""
    return [
        ((fit(line.work, 18), "dim"), (f"{line.calls:>9,.0f}/h  ", tone(f"{line.calls:.0f}")), (line.text, "dim"))
        for line in health.plan
        if line.calls > 0
    ]


def token_lines(health: Health, used: int, now: float, signs: Signs, wide: int) -> list[Line]:
    """Tokens, what the plan comes to, and the plan."""
    lines = [token_line(t, now, signs, wide) for t in health.tokens]
    if not lines:
        lines = [(("This process has no token.", "dim"),)]
    return [*lines, *total_lines(health, used, now), *plan_lines(health)]


def late(feed: FeedHealth, now: float, poll_seconds: float) -> bool:
    """Whether it has been silent for three of its periods (0: its period is not known yet)."""
    return feed.period > 0 and now - feed.last_at > 3 * max(feed.period, poll_seconds)


def source_lines(feeds: Sequence[FeedHealth], now: float, poll: float, signs: Signs, wide: int) -> list[Line]:
    """A line per feed: its age, how often, p95, failures and the trend of seconds taken; the error below."""
    cells = 24 if wide >= 84 else 12
    head = f"   {'source':<18}{'age':>5}  {'every':>5}  {'p95':>7}  {'failed':>6}  {'trend':<{cells}}"
    lines: list[Line] = [((head, "dim"),)]
    for f in feeds:
        ago = max(0.0, now - f.last_at) // 5 * 5
        old = late(f, now, poll)
        mind = bool(f.error or f.odd)
        sign, role = (signs.unknown, "unk") if old else (signs.warn, "warn") if mind else (signs.ok, "ok")
        slots = [TREND_OUTAGE if math.isnan(t) else min(100, int(t / TREND_FULL * 100)) for t in f.trend[-cells:]]
        lines.append(
            (
                (f"{sign}  ", role), (fit(f.feed, 17), "hi"),
                (f" {duration(ago) if f.last_at else NONE:>5}  ", "unk" if old else "text"),
                (f"{duration(f.period) if f.period else NONE:>5}  ", "dim"),
                (f"{took(f.took_p95):>7}  ", tone(took(f.took_p95))),
                (f"{count(f.failed_24h):>6}  ", "warn" if f.failed_24h else "faint"),
                *spark(np.array(slots, np.uint8), signs, critical=101.0),
            )
        )  # fmt: skip
        lines += [((f"   {said}", "warn"),) for said in (f.error, f.odd_text) if said]
    return lines


def who_lines(status: Status, view: View, now: float) -> list[Line]:
    """Who collects, since when, at which pace, how it went in 24 h, and what is wrong now."""
    health = status.health
    mode = {"leader": "this process", "follower": status.leader or "another process"}
    leader = mode.get(status.mode, status.mode)
    pairs: list[tuple[str, Line]] = []
    if status.fault:
        since = f" since {clock(status.fault_since)}" if status.fault_since else ""
        pairs.append(("fault", ((f"{status.fault_text or status.fault}{since}", "warn"),)))
    pairs += [("mind", ((note, "warn"),)) for note in status.notes]
    if status.retry_at > now:
        pairs.append(("next try", ((f"in {duration_prose(status.retry_at - now)}", "text"),)))
    if health is None:
        pairs.append(("leader", ((leader, "text"),)))
    else:
        epoch = f", epoch {health.epoch}" if health.epoch else ""
        pairs += [
            ("leader", ((f"{leader}, {health.leader}{epoch}" if health.leader else leader, "text"),)),
            ("since", ((event_time(health.since, now), "text"),)),
        ]
    age = duration_prose(max(0.0, now - (status.heard_at or view.at)) // 5 * 5)
    pace = f"every {duration_prose(status.poll_seconds)}, {status.sweep_calls} calls; data {age} old"
    pairs.append(("pace", ((pace, "text"),)))
    if health is not None:
        ranks = zip(("p50", "p95", "p99"), (health.sweep_p50, health.sweep_p95, health.sweep_p99), strict=True)
        times = "  ".join(f"{name} {f'{v:.1f}' if math.isfinite(v) else NONE}" for name, v in ranks) + " s"
        bad = health.failed_24h + health.partial_24h + health.skipped_24h
        told = f"{health.partial_24h:,} partial  {health.failed_24h:,} failed  {health.skipped_24h:,} skipped"
        pairs += [
            ("sweeps 24 h", ((f"{health.sweeps:,}  {times}", "text"),)),
            ("of them", ((told, "warn" if bad else "dim"),)),
            ("loop", ((f"longest block {took(health.longest_block)} in 1 h", "text"),)),
            ("memory", ((size_of_bytes(health.rss) if health.rss else NONE, "text"),)),
        ]
    return labelled(pairs, LABEL + 1)


def who_line(status: Status, now: float) -> Line:
    """Who collects in 78 cells: a fault before anything else."""
    health = status.health
    if status.fault:
        return ((status.fault_text or status.fault, "warn"),)
    if status.notes:
        return ((status.notes[0], "warn"),)
    mode = {"leader": "this process", "follower": status.leader or "another process"}
    runs: list[Run] = [("leader ", "dim"), (mode.get(status.mode, status.mode), "text")]
    if health is not None:
        epoch = f", epoch {health.epoch}" if health.epoch else ""
        p95 = f"{health.sweep_p95:.1f} s" if math.isfinite(health.sweep_p95) else NONE
        runs += [(epoch, "text"), ("  since ", "dim"), (event_time(health.since, now), "text")]
        runs += [("  p95 ", "dim"), (p95, "text"), ("  memory ", "dim")]
        runs += [(size_of_bytes(health.rss) if health.rss else NONE, "text")]
    return tuple(runs)


def store_line(history: HistoryHealth, status: Status, now: float) -> Line:
    """The history in 78 cells: a fault, a disk that fills, else how much of what is there."""
    if fault := status.history_text or history.text:
        return (("history ", "dim"), (fault, "warn"))
    sync = status.health.sync if status.health is not None else None
    if sync is not None and (told := sync_line(sync, now))[0][1] == "warn":
        return (("Snowflake ", "dim"), *told)
    days = f", {(now - history.oldest) / 86_400:.0f} d" if history.oldest and now - history.oldest >= 86_400 else ""
    disk = f"{size_of_bytes(history.disk_free)} free of {size_of_bytes(history.disk_total)}"
    fills = ((f", full {event_time(history.full_at, now)}", "warn"),) if history.full_at else ()
    return (
        ("history ", "dim"), (f"{size_of_bytes(history.bytes)}{days}", "text"), ("  disk ", "dim"), (disk, "text"),
        *fills, ("  write p95 ", "dim"), (took(history.write_p95), "text"),
    )  # fmt: skip


def store_lines(history: HistoryHealth, status: Status, now: float) -> list[Line]:
    """The history on disk, its growth, and how others follow."""
    fault = status.history_text or history.text
    pairs: list[tuple[str, Line]] = [("fault", ((fault, "warn"),))] if fault else []
    days = f", {(now - history.oldest) / 86_400:.0f} d" if history.oldest and now - history.oldest >= 86_400 else ""
    since = f", since {event_time(history.oldest, now)}" if history.oldest else ""
    pairs.append(("history", ((f"{size_of_bytes(history.bytes)}{days}{since}", "text"),)))
    tight = history.disk_total > 0 and history.disk_free < 0.05 * history.disk_total
    pairs.append(
        ("disk", ((f"{size_of_bytes(history.disk_free)} free of {size_of_bytes(history.disk_total)}",
                   "warn" if tight else "text"),))
    )  # fmt: skip
    pairs.append(("write", ((f"p50 {took(history.write_p50)}  p95 {took(history.write_p95)}", "text"),)))
    if math.isfinite(history.bytes_per_day):
        growth = (
            f"{size_of_bytes(history.bytes_per_day)} a day, {size_of_bytes(history.expected_bytes)} once it is even"
        )
        pairs.append(("growth", ((growth, "text"),)))
        when = f"the disk is full {event_time(history.full_at, now)}" if history.full_at else "fits on the disk"
        pairs.append(("forecast", ((when, "warn" if history.full_at else "dim"),)))
    else:
        pairs.append(("growth", (("not known in the first hour", "dim"),)))
    if status.health is None or status.health.bus is None:  # else the bus has lines of its own
        pairs.append(("followers", (("by the data folder", "dim"),)))
    if status.health is not None and status.health.sync is not None:
        told = sync_line(status.health.sync, now)
        pairs.insert(1 if told[0][1] == "warn" else len(pairs), ("Snowflake", told))
    if status.health is not None and status.health.mailboxes:
        told = mail_line(status.health.mailboxes, now)
        pairs.insert(1 if told[0][1] == "warn" else len(pairs), ("notices", told))
    return labelled(pairs, LABEL)


def mail_line(boxes: Sequence[MailboxHealth], now: float) -> Line:
    """`2 mailboxes, read 14:05:12`, the one longest ago; what cannot be read first."""
    failing = [box for box in boxes if box.fault]
    if failing:
        worst = min(failing, key=lambda box: box.failed_at)
        more = f"; {len(failing) - 1} more" if len(failing) > 1 else ""
        last = f"; read {event_time(worst.read_at, now)}" if worst.read_at else "; never read in this term"
        return ((f"{worst.name}: {worst.fault}{last}{more}", "warn"),)
    read = min(box.read_at for box in boxes)
    when = f"read {event_time(read, now)}" if read else "not yet read"
    return ((f"{len(boxes)} mailbox{'es' * (len(boxes) != 1)}, {when}", "text"),)


def sync_line(sync: SyncHealth, now: float) -> Line:
    """`14:05:12 whole, nothing waits  0.4 credits a day`; what went wrong first, whole."""
    at = f" {event_time(sync.ran_at, now)}" if sync.ran_at else ""
    since = f" of {event_time(sync.oldest, now)} on" if sync.oldest else ""
    waits = f"{count(sync.waiting)} rows{since} wait" if sync.waiting else ""
    if sync.status in ("failed", "partial", "ended"):
        why = sync.text or {"ended": "it was ended in the middle"}.get(sync.status, "")
        last = f"; whole {event_time(sync.whole_at, now)}" if sync.whole_at else "; never whole yet"
        return ((f"{sync.status}{at}: {why}{f'; {waits}' if waits else ''}{last}", "warn"),)
    late = sync.every > 0 and sync.status != "running" and now - sync.ran_at > LATE * sync.every
    if late:
        return ((f"none since{at}, though every {duration_prose(sync.every)} was asked for", "warn"),)
    cost = f"  {sync.credits_a_day:.1f} credits a day" if math.isfinite(sync.credits_a_day) else ""
    return ((f"{sync.status}{at}, {waits or 'nothing waits'}", "text"), (cost, "dim"))


def error_lines(errors: Sequence[tuple[float, str]], now: float, wide: int) -> list[Line]:
    """The newest errors, newest first."""
    if not errors:
        return [(("No error in this term.", "dim"),)]
    return [((f"{event_time(at, now):<12}  ", "dim"), (clip(text, max(wide - 14, 10)), "text")) for at, text in errors]


def mending_lines(health: Health) -> list[Line]:
    """What the inventory file said, with its problems; then replacements, newest first."""
    lines: list[Line] = [((health.file_text or "No inventory file is read.", "text" if health.file_text else "dim"),)]
    lines += [((problem, "warn"),) for problem in health.file_problems]
    lines += [((words, "text"),) for words in health.replaced]
    if not health.replaced:
        lines.append((("No gateway was replaced in this term.", "dim"),))
    return lines
