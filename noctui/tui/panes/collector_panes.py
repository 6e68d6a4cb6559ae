"""Panes of the collector board: the feeds of the last sweep, who collects, and what is known of the network."""

from __future__ import annotations

import numpy as np

from noctui.model.batch import FeedReport
from noctui.model.scene import Status
from noctui.model.view import View
from noctui.model.words import BandwidthSource, Role, Severity
from noctui.tui.look.numbers import clock, count, duration_prose, tone
from noctui.tui.look.signs import Signs
from noctui.tui.moment import Moment, Size
from noctui.tui.panes.collection import budget_line
from noctui.tui.panes.sheet import Sheet
from noctui.tui.runs import Line, labelled, title
from noctui.tui.widgets.bar import bar

_LABEL = 11


class _Pane(Sheet):
    """Title and lines that are a function of the moment."""

    _moment: Moment | None = None
    HEADING = ""

    def show(self, moment: Moment) -> None:
        self._moment = moment
        self._draw()

    def on_resize(self) -> None:
        self._draw()

    def lines_of(self, moment: Moment) -> list[Line]:
        raise NotImplementedError

    def note(self, moment: Moment) -> str:
        return ""

    def _draw(self) -> None:
        if self._moment is None or not self.size.width:
            return
        rule = " " if self._moment.size is Size.S else "─"
        head = title(self.HEADING, self.note(self._moment), self.size.width, rule=rule)
        self.paint([head, *self.lines_of(self._moment)])


def feed_lines(reports: tuple[FeedReport, ...], signs: Signs) -> list[Line]:
    """A line per feed of the sweep: calls, how long, rows, and what went wrong."""
    if not reports:
        return [(("No sweep has been told of yet.", "dim"),)]
    longest = max((r.took for r in reports), default=0.0) or 1.0
    lines: list[Line] = [((f"{'feed':<11}{'calls':>6}  {'took':<22}{'rows':>8}  {'pages':>6}", "dim"),)]
    for r in reports:
        bad = bool(r.pages_lost or r.error)
        lines.append(
            (
                (f"{r.feed:<11}", "hi"), (f"{r.calls:>6}  ", "text"), *bar(r.took / longest, 14, signs),
                (f" {r.took:>4.1f} s ", "text"), (f"{count(r.rows):>8}  ", "text"),
                (f"{r.pages - r.pages_lost}/{r.pages}".rjust(6), "warn" if bad else "dim"),
            )
        )  # fmt: skip
        if r.error:
            lines.append(((f"  {signs.warn} {r.error}", "warn"),))
    return lines


class Feeds(_Pane):
    """The last sweep."""

    DEFAULT_CSS = """
    Feeds { height: auto; padding: 0 1; }
    """
    HEADING = "last sweep"

    def note(self, moment: Moment) -> str:
        whole = "whole" if moment.view.whole else "partial"
        return f"{moment.view.seq:,} at {clock(moment.at)}, {whole}"

    def lines_of(self, moment: Moment) -> list[Line]:
        return feed_lines(moment.view.reports, moment.signs)


def who_lines(status: Status, view: View, now: float, signs: Signs) -> list[Line]:
    """Who collects, at which pace, with which budget, and what is wrong."""
    mode = {"leader": "this process", "follower": status.leader or "another process", "past": "–"}
    pairs: list[tuple[str, Line]] = [
        ("leader", ((mode.get(status.mode, status.mode), "text"),)),
        ("pace", ((f"every {duration_prose(status.poll_seconds)}", "text"),)),
        ("sweep", ((f"{status.sweep_took:.1f} s, {status.sweep_calls} calls", "text"),)),
        ("data", ((f"{duration_prose(max(0.0, now - (status.heard_at or view.at)) // 5 * 5)} old", "text"),)),
    ]
    if status.fault:
        text = status.fault_text or status.fault
        since = f" since {clock(status.fault_since)}" if status.fault_since else ""
        pairs.append(("fault", ((f"{text}{since}", "warn"),)))
    pairs += [("mind", ((note, "warn"),)) for note in status.notes]
    if status.retry_at > now:
        pairs.append(("next try", ((f"in {duration_prose(status.retry_at - now)}", "text"),)))
    pairs.append(("history", ((status.history_text or "written", "warn" if status.history_text else "text"),)))
    return [*labelled(pairs, _LABEL), budget_line(status, now, signs)]


class Who(_Pane):
    """Who collects."""

    DEFAULT_CSS = """
    Who { height: auto; padding: 0 1; }
    """
    HEADING = "who collects"

    def lines_of(self, moment: Moment) -> list[Line]:
        if not moment.scene.live:
            return [(("From history.", "dim"),)]
        return who_lines(moment.scene.status, moment.view, moment.now, moment.signs)


def coverage_lines(view: View) -> list[Line]:
    """What is known: stale and unknown circuits, where bandwidths come from, how many roles are known."""
    t, inv = view.circuits, view.inventory
    total = max(len(t), 1)
    counts = view.counts()
    sources = np.bincount([int(c.bandwidth_source) for c in inv.circuits], minlength=5)
    roles = 100 * float((inv.role != Role.UNKNOWN).sum()) / total
    shares = "  ".join(
        f"{100 * int(sources[s]) / total:.0f} % {name}"
        for s, name in (
            (BandwidthSource.FILE, "file"), (BandwidthSource.SHAPING, "shaped"), (BandwidthSource.SPEEDTEST, "test"),
            (BandwidthSource.LINK, "link"), (BandwidthSource.NONE, "unknown"),
        )
        if sources[s]
    )  # fmt: skip

    def number(n: int, role: str) -> Line:
        return ((count(n), tone(count(n), role)),)

    return labelled(
        [
            ("circuits", number(len(t), "text")), ("stale", number(int(t.stale.sum()), "unk")),
            ("unknown", number(int(counts[Severity.UNKNOWN]), "unk")),
            ("away", number(int(counts[Severity.AWAY]), "crit")),
            ("disabled", number(int(counts[Severity.DISABLED]), "text")),
            ("bandwidth", ((shares, "text"),)), ("role", ((f"{roles:.0f} % known", "text"),)),
            ("bandwidth?", number(int(t.suspect.sum()), "warn")),
        ],
        _LABEL,
    )  # fmt: skip


class Coverage(_Pane):
    """What is known."""

    DEFAULT_CSS = """
    Coverage { height: auto; padding: 0 1; }
    """
    HEADING = "what is known"

    def lines_of(self, moment: Moment) -> list[Line]:
        return coverage_lines(moment.view)
