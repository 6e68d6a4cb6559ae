"""From the words of the command line to what is asked: which table, which time, which circuit."""

from __future__ import annotations

import argparse
import difflib
from collections.abc import Iterator
from dataclasses import dataclass

from noctui.commands.exports.asked import Asked, Refused, Table, nearest
from noctui.commands.exports.cells import NAMES
from noctui.commands.exports.tables import TABLES
from noctui.commands.times import TimeError, instant, said
from noctui.kpi import calendar
from noctui.model.figures import Grain, Period
from noctui.model.inventory import Inventory
from noctui.model.scene import WINDOWS, Range, Scene
from noctui.model.view import View
from noctui.tui.filter import Filter, FilterError, parse

_KEYS = {"day": Grain.DAY, "week": Grain.WEEK, "month": Grain.MONTH}
_SAME = {name: gauge for gauge, (name, _) in NAMES.items() if gauge not in ("rx_bps", "tx_bps")} | {
    "util": "utilisation", "utilization": "util"
}  # fmt: skip
"""What a metric is called as well: `utilisation` where tables say `util`, and the other way round."""
TIMES = ("window", "start", "day", "week", "month")
MOST_NAMED = 5


@dataclass(frozen=True)
class Wish:
    """What was asked for, as far as the words alone tell. `at` None: now. The time is resolved once `at` is known."""

    table: Table
    words: argparse.Namespace
    at: float | None
    metrics: tuple[str, ...]
    filter: Filter

    def of(self, scene: Scene, zone: str, begins: float) -> Asked:
        """What is asked of this Scene, whose history begins at `begins`. Raises Refused."""
        range_, key = self._time(scene.at, zone, begins)
        return Asked(
            scene=scene,
            zone=zone,
            circuit_id=circuit_id(self.words.circuit, scene.view) if self.words.circuit else "",
            range=range_,
            chosen=self._chosen,
            begins=begins,
            key=key,
            by=self.words.by or "circuit",
            metrics=self.metrics,
            names=self.words.names or "ours",
            filter=self.filter,
            sort=self.words.sort or "",
            descending=self.words.desc,
            told=tuple(self._missing(range_, scene.at, begins)),
        )

    def _missing(self, range_: Range | None, at: float, begins: float) -> Iterator[str]:
        """What was asked for beyond both ends of the history."""
        if self._chosen and range_ is not None and range_.start < begins:
            yield f"the history begins at {said(begins)}: nothing is known before"
        if self.words.end and instant(self.words.end, "--end") > at:
            yield f"the newest poll is of {said(at)}: nothing is known after it"

    @property
    def _chosen(self) -> bool:
        return any(getattr(self.words, name) for name in TIMES)

    def _time(self, at: float, zone: str, begins: float) -> tuple[Range | None, str]:
        table, words = self.table, self.words
        if not table.window and table.calendar is None:
            return None, ""
        period = _period(words, zone)
        if period is None and table.calendar is not None:
            period = calendar.period(table.calendar, at, zone)
        if period is not None:
            range_ = Range(period.start, min(period.end, at), period.key)
        elif words.start:
            end = at if words.end is None else instant(words.end, "--end")
            range_ = Range(instant(words.start, "--start"), min(end, at), f"{words.start} to {words.end or 'now'}")
        else:
            window = words.window or table.window
            range_ = Range(at - WINDOWS[window], at, window)
        if range_.start >= at:
            raise Refused(f"{range_.word} begins after the newest poll, which is of {said(at)}", usage=False)
        if range_.end < begins:
            raise Refused(f"{range_.word} is before the history, which begins at {said(begins)}", usage=False)
        return range_, period.key if period is not None else ""


def wish(words: argparse.Namespace) -> Wish:
    """Look at everything that can be looked at without a history. Raises Refused."""
    table = TABLES.get(words.table)
    if table is None:
        raise Refused(f"no table {words.table}{nearest(words.table, TABLES)}")
    _check_options(table, words)
    try:
        at = instant(words.at, "--at") if words.at else None
        if words.start:
            start = instant(words.start, "--start")
            if words.end and start >= instant(words.end, "--end"):
                raise Refused(f"--start {words.start} is not before --end {words.end}")
        _period(words, "UTC")
        chosen = parse(words.filter or "")
    except (TimeError, FilterError) as error:
        raise Refused(str(error) if isinstance(error, TimeError) else f"--filter: {error}") from error
    return Wish(table, words, at, _metrics(table, words), chosen)


def _check_options(table: Table, words: argparse.Namespace) -> None:
    """Options that this table knows nothing of, values that an option does not have, and two that say two times."""
    if table.circuit == "must" and not words.circuit:
        raise Refused(f"{table.name} of which circuit? give its id, or a filter's words, after {table.name}")
    if table.circuit == "no" and words.circuit:
        raise Refused(f"{table.name} takes no circuit: use --filter {words.circuit}")
    times = [name for name in TIMES if getattr(words, name)]
    if len(times) > 1:
        raise Refused(f"--{times[0]} and --{times[1]} are two times: give one")
    if words.end and not words.start:
        raise Refused("--end needs --start")
    if times and not table.window and table.calendar is None:
        raise Refused(f"--{times[0]} does not go with {table.name}, which is of one instant: see --at")
    if times and table.calendar is not None and times[0] != table.calendar.word:
        raise Refused(f"--{times[0]} does not go with {table.name}: give --{table.calendar.word}")
    if words.window and words.window not in WINDOWS:
        raise Refused(f"--window {words.window} is none; there are: {', '.join(WINDOWS)}")
    for name, known in (("by", table.by), ("names", ("ours", "s0") if table.names else ())):
        given = getattr(words, name)
        if given and not known:
            raise Refused(f"--{name} does not go with {table.name}; it goes with: {_with(name)}")
        if given and given not in known:
            raise Refused(f"--{name} {given} is none{nearest(given, known)}")
    if words.names == "s0" and words.by not in (None, "circuit"):
        raise Refused(f"--names s0 are of circuits: leave --by {words.by} out")
    if words.names == "s0" and words.metric:
        raise Refused("--metric does not go with --names s0, which have columns of their own")
    if words.circuit and words.by not in (None, "circuit"):
        raise Refused(f"--by {words.by} does not go with one circuit")


def _with(option: str) -> str:
    """The tables that an option goes with."""
    has = {t.name: {"by": bool(t.by), "names": t.names, "metric": bool(t.metrics)} for t in TABLES.values()}
    return ", ".join(name for name, options in has.items() if options[option])


def _metrics(table: Table, words: argparse.Namespace) -> tuple[str, ...]:
    """The gauges, or whatever this table calls its metrics. () is all, where several may be named."""
    if not words.metric:
        return () if table.several else table.metrics[:1]
    if not table.metrics:
        raise Refused(f"--metric does not go with {table.name}; it goes with: {_with('metric')}")
    found = []
    for word in words.metric.split(","):
        name = word.strip().lower()
        known = next((n for n in (name, _SAME.get(name), _SAME.get(_SAME.get(name, ""))) if n in table.metrics), None)
        if known is None:
            raise Refused(f"--metric {word} is none{nearest(name, table.metrics)}")
        found.append(known)
    if len(found) > 1 and not table.several:
        raise Refused(f"{table.name} is of one metric: give one of {', '.join(found)}")
    return tuple(found)


def _period(words: argparse.Namespace, zone: str) -> Period | None:
    for name, grain in _KEYS.items():
        key = getattr(words, name)
        if key:
            try:
                return calendar.by_key(grain, key, zone)
            except ValueError as error:
                raise Refused(f"--{name}: {error}") from error
    return None


def circuit_id(text: str, view: View) -> str:
    """The circuit of this id, or the only one that a filter's words leave. Raises Refused."""
    from noctui.tui.panes import subjects

    inventory: Inventory = view.inventory
    if text in inventory.circuit_row:
        return text
    try:
        rows = parse(text).mask(subjects.circuits(view)).nonzero()[0].tolist()
    except FilterError as error:
        raise Refused(f"circuit {text}: {error}") from error
    ids = [inventory.circuits[row].circuit_id for row in rows]
    if len(ids) == 1:
        return ids[0]
    if not ids:
        near = difflib.get_close_matches(text, inventory.circuit_row, 1)
        hint = f"did you mean {near[0]}?" if near else "noctui export circuits has all of them"
        raise Refused(f"no circuit {text} by its id or a filter's words; {hint}", usage=False)
    more = f" and {len(ids) - MOST_NAMED:,} more" if len(ids) > MOST_NAMED else ""
    raise Refused(f"{len(ids):,} circuits match {text}: {', '.join(ids[:MOST_NAMED])}{more}; say which", usage=False)


__all__ = ["Wish", "circuit_id", "wish"]
