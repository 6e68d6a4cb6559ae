"""Lists of the wall: regions with their share of bad circuits, and sites in trouble."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from noctui.model.view import View
from noctui.model.words import Severity
from noctui.tui.look.numbers import clock, count, duration, tone
from noctui.tui.look.signs import Signs, severity_role, word
from noctui.tui.look.text import clip, width
from noctui.tui.panes import cells, work_words
from noctui.tui.place import region_name
from noctui.tui.runs import BLANK, Line, apart, beside
from noctui.tui.widgets import big
from noctui.tui.widgets.bar import bad_share_bar

MOST = 40
"""Entries made: no wall is higher."""
BESIDE = 160
"""Cells from which on two entries stand beside each other."""
APART = 6
BAR = 24
SLOT = 15
"""Cells between two of them; of a bar beside a name; of the figure after it."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A thing with its figure; `share` (percent of its circuits that are bad) is drawn as a bar, NaN has none."""

    name: str
    figure: str
    role: str
    share: float = float("nan")


def regions_of(view: View) -> list[Entry]:
    """Worst first: circuits lost, then the share that is bad."""
    table = view.regions
    lost = table.counts[:, Severity.DOWN] + table.counts[:, Severity.AWAY]
    share = np.nan_to_num(table.bad_pct, nan=-1.0)
    order = np.lexsort((np.arange(len(lost)), -share, -lost))[:MOST]
    return [
        Entry(region_name(view.inventory.regions[r]), count(int(lost[r])), tone(count(int(lost[r])), "crit bold"),
              float(table.bad_pct[r]))
        for r in order.tolist()
    ]  # fmt: skip


def sites_of(view: View, region: str | None, at: float, newest: bool) -> list[Entry]:
    """Sites that are dark or hold a circuit that is critical or worse: worst first, or the newest first."""
    inventory, table = view.inventory, view.sites
    wanted = table.dark | (table.severity <= Severity.CRITICAL)
    if region is not None:
        where = inventory.regions.index(region) if region in inventory.regions else -1
        wanted = wanted & (inventory.site_region == where)
    rows = np.flatnonzero(wanted)
    keys = (table.severity[rows], ~table.dark[rows])
    first = np.nan_to_num(-table.since[rows], nan=0.0)
    order = rows[np.lexsort((rows, *keys, first) if newest else (rows, first, *keys))][:MOST]
    return [_site(view, row, at) for row in order.tolist()]


def incidents_of(view: View, at: float) -> list[Entry]:
    """Open incidents, worst first: what and how many sites, since when and whose."""
    out: list[Entry] = []
    for alarm in view.alarms.incidents[:MOST]:
        sites = f"{alarm.sites:,} site{'' if alarm.sites == 1 else 's'} " if alarm.sites else ""
        who = alarm.owner or ("open" if alarm.waits else "held")
        role = "text" if alarm.ack is not None else severity_role(alarm.severity)
        long = duration(max(at - alarm.opened, 0.0))
        out.append(Entry(alarm.text or alarm.cause or f"incident {alarm.number}", f"{sites}{long} {who}", role))
    return out


def works_of(view: View, at: float) -> list[Entry]:
    """Planned work that runs, then what comes: whose, how many circuits, until when or from when. Red: it takes a site
    together with other work."""
    found: list[tuple[int, Entry]] = []
    for work in view.works.works:
        state, coming = work_words.state_of(work, at), work_words.next_of((work,), at)
        if coming is None:
            continue
        role = {"now": "maint bold", "tentative": "dim"}.get(state, "maint")
        if state != "tentative" and any(c.end > at and not c.backup and not c.alone for c in work.conflicts):
            role = "crit bold"
        window = coming[1]
        when = f"to {clock(window.end, seconds=False)}" if window.start <= at else work_words.stamp(window.start, at)
        found.append((window.start, Entry(work.name, f"{len(work.circuit_ids):,}  {when}", role)))
    return [entry for _, entry in sorted(found, key=lambda f: f[0])][:MOST]


def _site(view: View, row: int, at: float) -> Entry:
    site = view.inventory.sites[row]
    dark, severity = bool(view.sites.dark[row]), int(view.sites.severity[row])
    state = "DARK" if dark else word(severity)
    name = f"{cells.site_number(site)} {cells.site_town(site)}".strip()
    long = duration(at - float(view.sites.since[row]))
    return Entry(name, f"{state} {long}", severity_role(Severity.DOWN if dark else severity))


def entry_lines(entries: list[Entry], wide: int, high: int, large: bool, signs: Signs, grey: bool) -> list[Line]:
    """As many entries as `high` rows hold, in large letters or (`large` False) a row each; what is left is counted."""
    if not entries or high <= 0:
        return []
    if not large:
        shown = entries if len(entries) <= high else entries[: high - 1]
        return [*(_row(e, wide, signs, grey) for e in shown), *_left(len(entries) - len(shown))]
    across = 2 if wide >= BESIDE and not np.isnan(entries[0].share) else 1
    rows = -(-len(entries) // across)
    tall = next((t for t in ((7, 6) if across == 2 else (4,)) if t * rows <= high), 5 if across == 2 else big.ROWS)
    fit = high // tall * across
    if fit < len(entries):
        fit = (high - 1) // tall * across
    shown = entries[:fit]
    each = wide if across == 1 else (wide - APART) // 2
    blocks = [_block(e, each, tall, across == 2, signs, grey) for e in shown]
    lines: list[Line] = []
    for at in range(0, len(blocks), across):
        pair = blocks[at : at + across]
        lines += beside(pair, [each] * len(pair), APART)
    return [*lines, *_left(len(entries) - len(shown))][:high]


def _left(more: int) -> list[Line]:
    return [((f"and {more:,} more", "dim"),)] if more > 0 else []


def _row(entry: Entry, wide: int, signs: Signs, grey: bool) -> Line:
    """One row: name, figure, bar."""
    name = clip(entry.name, max(wide - 34, 12), signs.cut)
    role = "stale" if grey else entry.role
    bar: Line = ()
    if not np.isnan(entry.share):
        bar = (("  ", "text"), *_bar(entry.share, 20, signs, grey))
    return apart(((name, "stale" if grey else "hi"),), ((entry.figure, role), *bar), wide)


def _bar(share: float, cells_: int, signs: Signs, grey: bool) -> Line:
    bar = tuple(bad_share_bar(share, cells_, signs))
    return tuple((t, "stale" if r not in ("faint", "dim") else r) for t, r in bar) if grey else bar


def _block(entry: Entry, wide: int, tall: int, below: bool, signs: Signs, grey: bool) -> list[Line]:
    """Name and figure in large letters; the bar below, or (`below` False) between them."""
    figure = big.words(entry.figure, wide // 2, signs)
    shared = not np.isnan(entry.share)
    between = shared and not below and wide >= BAR * 3
    slot = max(width(figure[0]), SLOT) if between else width(figure[0])
    name = big.words(entry.name, wide - slot - 3 - (BAR + 3 if between else 0), signs)
    calm = entry.role in ("faint", "dim")
    ink, role = ("stale", "stale") if grey else ("text" if calm else "hi", entry.role)
    lines: list[Line] = []
    for y in range(big.ROWS):
        right: Line = ((figure[y].rjust(slot), role),)
        if between:
            bar = _bar(entry.share, BAR, signs, grey) if y == 1 else ((" " * BAR, "text"),)
            right = (*bar, *right)
        lines.append(apart(((name[y], ink),), right, wide))
    if below and shared:
        lines += [BLANK, _thick(_bar(entry.share, wide, signs, grey), signs)]
    return [*lines, *([BLANK] * (tall - len(lines)))][:tall]


def _thick(bar: Line, signs: Signs) -> Line:
    """The bar as it is seen from afar."""
    return tuple((signs.upper_block * width(text), role) for text, role in bar)
