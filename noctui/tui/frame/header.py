"""Row 0: where one is, how old the data is, who collects, and the time. Pure: status and times in, runs out."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from noctui.tui.look.numbers import duration_prose
from noctui.tui.look.text import clip
from noctui.tui.runs import Line, Run, width_of

if TYPE_CHECKING:
    from noctui.model.status import Status


GAP = "  "


def _clock(now: float, seconds: bool) -> str:
    return dt.datetime.fromtimestamp(now, dt.UTC).strftime("%H:%M:%S" if seconds else "%H:%M")


def _minutes(seconds: float) -> str:
    """A wait or an age as the header says it: below a minute in seconds, else in whole minutes."""
    return f"{max(0, int(seconds))}s" if seconds < 60 else f"{int(seconds // 60)}m"


def data_age(at: float, now: float) -> str:
    """The data's age in steps of 5 s, so that an idle screen sends little."""
    age = max(0.0, now - at)
    return duration_prose(age // 5 * 5)


def how_old(at: float, now: float) -> str:
    """`data 4m old`; of a time that this machine's clock has yet to reach, since it was set back, the time itself."""
    return f"data {data_age(at, now)} old" if at - now < 60 else f"data of {_clock(at, True)}"


def stale_after(status: Status) -> float:
    """Seconds after which data counts as old: three intervals."""
    return 3 * status.poll_seconds


def is_grey(status: Status, at: float, now: float, silent: bool) -> bool:
    """Whether nothing on the screen is live any more: the feed is silent, or no poll landed for three intervals."""
    if status.mode == "past":
        return False
    far = abs(now - at) > stale_after(status)  # data of the future: this machine's clock was set back
    return silent or status.warm or status.fault == "stale" or far


def faults(status: Status, at: float, now: float, silent: bool) -> list[str]:
    """What is wrong, worst first."""
    order = ("lost", "resting", "stale", "partial", "loading")
    found = {status.fault} if status.fault else set()
    if is_grey(status, at, now, silent) and not found & {"lost", "loading"}:
        found.add("stale")
    return [f for f in order if f in found]


def _mark(fault: str, status: Status, at: float, now: float) -> tuple[Run, str]:
    """A fault as the reversed mark, and as the plain text when another is worse."""
    if fault == "lost":
        since = status.fault_since or at
        return (f" MIST LOST {duration_prose(max(0.0, now - since) // 5 * 5)} ", "unk reverse"), "Mist lost"
    if fault == "resting":
        return (f" API RESTS {_minutes(status.retry_at - now)} ", "warn reverse"), "API rests"
    if fault == "stale":
        loud = f"DATA {data_age(at, now)} OLD" if at - now < 60 else how_old(at, now).upper()
        return (f" {loud} ", "unk reverse"), how_old(at, now)
    done, of = status.pages_done, status.pages_expected
    return (f" PARTIAL {done}/{of} ", "warn reverse"), f"partial {done}/{of}"


def right_side(status: Status, at: float | None, now: float, *, read_only: bool = False, silent: bool = False) -> Line:
    """Everything right of the breadcrumb at its longest; `shorten` drops from it. `at` None: no data yet."""
    parts: list[list[Run]] = []
    live: list[Run] = []
    known: list[str]
    if at is None and status.fault in ("lost", "resting"):
        known = [status.fault]
    elif at is None or status.fault == "loading":
        told = status.mode != "follower" or status.pages_expected  # a follower need not know of any
        live = [(f"sweep {status.pages_done}/{status.pages_expected or '–'}", "text")] if told else []
        known = []
    else:
        known = faults(status, at, now, silent)
        if not known or known[0] == "partial":
            live = [(f"live {data_age(at, now)}", "text")]
    for i, fault in enumerate(known):
        mark, plain = _mark(fault, status, at or now, now)
        parts.append([mark if i == 0 else (plain, "text")])
        if i == 0 and fault == "lost" and at is not None:
            parts.append([(how_old(at, now), "text")])
            if status.retry_at > now:
                parts.append([(f"retry {_minutes(status.retry_at - now)}", "dim")])
    if status.bus in ("lost", "unread") and status.mode == "follower":
        word = "BUS LOST" if status.bus == "lost" else "BUS UNREAD"
        age = f" {duration_prose(max(0.0, now - status.bus_since) // 5 * 5)}" if status.bus_since else ""
        parts.append([(f"{word.lower()}{age}", "text") if known else (f" {word}{age} ", "unk reverse")])
        live = []
    elif status.leader_at:
        age = _minutes(max(0.0, now - status.leader_at))
        parts.append([(f"leader silent {age}", "text") if known else (f" LEADER SILENT {age} ", "unk reverse")])
    if status.history_since:
        age = _minutes(max(0.0, now - status.history_since) // 5 * 5)
        parts.append([(f"not saved {age}", "text") if known else (f" NOT SAVED {age} ", "warn reverse")])
    elif status.history_text:
        parts.append([("history fault", "warn")])
    if live:
        parts.append(live)
    parts.append(_part(status))
    if read_only:
        parts.append([("read-only", "dim")])
    if status.api_limit and "resting" not in known:
        parts.append([(f"API {100 * status.api_used / status.api_limit:.0f}%", "dim")])
    parts.append([(_clock(now, True), "hi"), (" UTC", "text")])
    return _joined(parts)


def _part(status: Status) -> list[Run]:
    """`leader`, `leader, bus lost` or `follows noc-a:4120`."""
    if status.mode == "follower":
        return [(f"follows {status.leader}" if status.leader else "follower", "dim")]
    return [(status.mode, "dim"), *([(", bus lost", "warn")] if status.bus == "lost" else [])]


def past_side(at: float, now: float, poll: int, corrected: bool = False, replay: str = "") -> Line:
    """The right side in the past: no clock, so that it cannot be misread. `corrected`: by what is known now; `replay`
    stands for the word when the past goes on by itself."""
    day = dt.datetime.fromtimestamp(at, dt.UTC)
    today = dt.datetime.fromtimestamp(now, dt.UTC)
    when = day.strftime("%H:%M:%S") if day.date() == today.date() else day.strftime("%b %d %H:%M:%S")
    ago = duration_prose(max(0.0, now - at))
    known = "  corrected" if corrected else ""
    return ((f"{replay or 'PAST'} {when}", "past bold"), (f"{known}  −{ago}  poll {poll:,}   L = live", "past"))


def header(crumbs: tuple[str, ...], side: Line, width: int, role: str = "") -> Line:
    """The whole row, fitted: the early crumbs go first, then seconds and zone (below 110 columns at once), then the
    API share."""
    room = width - 2
    left: tuple[str, ...] = crumbs
    for shorter in _shortened(side)[1 if width < 110 else 0 :] or [side]:
        side = shorter
        left = crumbs
        while len(left) > 1 and _crumb_width(left) + 2 + width_of(side) > room:
            left = left[1:]
        if _crumb_width(left) + 2 + width_of(side) <= room:
            break
    last = clip(left[-1], max(1, room - 2 - width_of(side) - sum(width_of(((c, ""),)) + 3 for c in left[:-1])))
    runs: list[Run] = [(" ", role or "text")]
    for crumb in left[:-1]:
        runs += [(crumb, role or "dim"), (" › ", role or "faint")]
    runs.append((last, role or "hi bold"))
    gap = max(1, width - width_of(tuple(runs)) - width_of(side) - 1)
    return (*runs, (" " * gap, role or "text"), *side, (" ", role or "text"))


def _crumb_width(crumbs: tuple[str, ...]) -> int:
    return sum(width_of(((c, ""),)) for c in crumbs) + 3 * (len(crumbs) - 1)


def _shortened(side: Line) -> list[Line]:
    """The side at its longest, then without seconds and zone, then without the API share."""
    steps = [side]
    texts = [t for t, _ in side]
    if texts and texts[-1] == " UTC":
        clock, role = side[-2]
        steps.append((*side[:-2], (clock[:5], role)))
        steps.append(tuple(r for r in _without(steps[-1], "API ")))
    return steps


def _without(side: Line, start: str) -> Line:
    runs = list(side)
    for i, (text, _) in enumerate(runs):
        if text.startswith(start):
            del runs[i : i + 2]
            break
    return tuple(runs)


def _joined(parts: list[list[Run]]) -> Line:
    line: list[Run] = []
    for part in parts:
        if line:
            line.append((GAP, "text"))
        line += part
    return tuple(line)
