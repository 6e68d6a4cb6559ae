"""The health book: what a leader notes of its own work, and the `Health` that is read from it at any time.

Counts and percentiles are over the last 24 h, warmed from the polls that history holds. Adding is cheap; percentiles
are worked out anew with each poll that lands. One loop adds and reads.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Iterable, Sequence

import numpy as np
from msgspec import structs

from noctui.model.batch import FeedReport
from noctui.model.health import FeedHealth, Health, HistoryHealth, MailboxHealth, PlanLine, SyncHealth
from noctui.runtime.health_errors import Errors
from noctui.runtime.health_figures import NAN, Recent, nearest_ranks
from noctui.runtime.source import Budget

TREND = 24
"""Newest runs of a feed that its trend shows."""
REPLACED = 20
_GAPS = 9


class Feed:
    """One feed's runs."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.last: FeedReport | None = None
        self.last_at = 0.0
        self.error = ""
        self._took = Recent()  # NaN: it failed

    def ran(self, at: float, report: FeedReport) -> None:
        failed = bool(report.error or report.pages_lost)
        self._took.add(at, NAN if failed else report.took)
        self.error = (
            (report.error or f"{report.pages_lost} page{'' if report.pages_lost == 1 else 's'} lost") if failed else ""
        )
        if not failed:
            self.last_at = at
        if not failed or self.last is None:
            self.last = report

    def missed(self, at: float, error: str) -> None:
        """The sweep that it was part of failed as a whole."""
        self._took.add(at, NAN)
        self.error = error

    def period(self, now: float, poll_seconds: float, live: bool) -> float:
        """Seconds between its runs: a sweep's, else the middle one of its newest gaps; 0 before the second run."""
        gaps = np.diff(self._took.times(now)[-_GAPS:])
        if live:
            return poll_seconds
        return max(poll_seconds, float(np.median(gaps))) if len(gaps) else 0.0

    def health(self, now: float, poll_seconds: float, live: bool) -> FeedHealth:
        took, last = self._took.within(now), self.last
        return FeedHealth(
            feed=self.name,
            period=round(self.period(now, poll_seconds, live), 1),
            last_at=self.last_at,
            calls=last.calls if last else 0,
            rows=last.rows if last else 0,
            took=last.took if last and self.last_at else NAN,
            took_p95=nearest_ranks(took, (0.95,))[0],
            failed_24h=int(np.isnan(took).sum()),
            error=self.error,
            odd=last.odd if last else 0,
            odd_text=last.odd_text if last else "",
            trend=tuple(round(float(t), 3) for t in took[-TREND:]),
        )


class HealthBook:
    """Feed it with what happens; `told` is what it comes to."""

    def __init__(self, since: float, epoch: int, leader: str = "") -> None:
        self._base = Health(since=since, epoch=epoch, leader=leader or f"{socket.gethostname()} pid {os.getpid()}")
        self._feeds: dict[str, Feed] = {}
        self._sweeps = Recent()  # seconds taken; NaN: it failed
        self._partial = Recent()
        self._skipped = Recent()
        self._writes = Recent()
        self._errors = Errors()
        self._replaced: list[str] = []
        self._plan: tuple[PlanLine, ...] = ()
        self._live: tuple[str, ...] = ()

    def swept(self, at: float, took: float, reports: Sequence[FeedReport], poll_seconds: float,
              live: Sequence[str], elsewhere: int = 0) -> None:  # fmt: skip
        """A sweep landed. `live` names the feeds that every sweep asks for; `elsewhere` calls of it were others'."""
        self._sweeps.add(at, took)
        self._live = tuple(r.feed for r in reports if r.feed in live)
        for report in reports:
            self._feeds.setdefault(report.feed, Feed(report.feed)).ran(at, report)
            if report.error:
                self._errors.add(at, f"{report.feed}: {report.error}")
        if any(r.error or r.pages_lost for r in reports):
            self._partial.add(at, 1.0)
        calls = max(0, sum(r.calls for r in reports if r.feed in live) - elsewhere)
        an_hour = calls * 3600.0 / max(poll_seconds, 1e-9)
        others = f", and {elsewhere} of others" if elsewhere else ""
        self._plan = (PlanLine("sweeps", an_hour, f"{calls} calls every {poll_seconds:g} s{others}"),)

    def failed(self, at: float, text: str) -> None:
        """A sweep failed as a whole: nothing landed."""
        self._sweeps.add(at, NAN)
        for name in self._live:
            self._feeds[name].missed(at, text)
        self._errors.add(at, text)

    def skipped(self, at: float, ticks: int) -> None:
        """So many ticks came while a sweep ran."""
        if ticks > 0:
            self._skipped.add(at, float(ticks))

    def wrote(self, at: float, seconds: float) -> None:
        self._writes.add(at, seconds)

    def erred(self, at: float, text: str) -> None:
        """Anything else that went wrong, in a line."""
        self._errors.add(at, text)

    def replaced(self, words: str) -> None:
        """A replacement of a gateway, in words."""
        self._replaced = [words, *self._replaced][:REPLACED]

    def measured(self, history: HistoryHealth, sync: SyncHealth | None = None) -> None:
        """The history on disk was measured, and it was looked how far it is sent to a warehouse."""
        self._base = structs.replace(self._base, history=history, sync=sync)

    def mailboxes(self, boxes: Iterable[MailboxHealth]) -> None:
        """How reading carriers' notices goes."""
        self._base = structs.replace(self._base, mailboxes=tuple(boxes))

    def file(self, text: str, problems: Iterable[str] = ()) -> None:
        """What the inventory file said."""
        self._base = structs.replace(self._base, file_text=text, file_problems=tuple(problems))

    def warm(self, polls: Iterable[tuple[float, bool, tuple[FeedReport, ...]]]) -> None:
        """Polls that history holds, oldest first: (at, whole, reports). One without reports failed as a whole.

        How long a sweep took is not stored: its slowest feed stands for it.
        """
        for at, whole, reports in polls:
            if not reports:
                if not whole:
                    self._sweeps.add(at, NAN)
                continue
            self._sweeps.add(at, max(r.took for r in reports))
            for report in reports:
                self._feeds.setdefault(report.feed, Feed(report.feed)).ran(at, report)
            if not whole:
                self._partial.add(at, 1.0)

    def told(self, now: float, budget: Budget, poll_seconds: float) -> Health:
        """All of it as of `now` (UTC epoch seconds)."""
        sweeps = self._sweeps.within(now)
        p50, p95, p99 = nearest_ranks(sweeps, (0.5, 0.95, 0.99))
        write_p50, write_p95 = nearest_ranks(self._writes.within(now), (0.5, 0.95))
        return structs.replace(
            self._base,
            sweeps=len(sweeps), sweep_p50=p50, sweep_p95=p95, sweep_p99=p99,
            partial_24h=len(self._partial.within(now)),
            failed_24h=int(np.isnan(sweeps).sum()),
            skipped_24h=int(self._skipped.within(now).sum()),
            tokens=budget.tokens,
            feeds=tuple(f.health(now, poll_seconds, f.name in self._live) for f in self._feeds.values()),
            plan=(*self._plan, *budget.plan),
            capacity=float(budget.limit),
            enriched=budget.enriched, enrich_total=budget.enrich_total, enrich_text=budget.enrich_text,
            replaced=tuple(self._replaced),
            history=structs.replace(self._base.history, write_p50=write_p50, write_p95=write_p95),
            errors=self._errors.newest,
        )  # fmt: skip
