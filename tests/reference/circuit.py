"""One circuit from poll to poll: everything of docs/values.md 2 to 8 that needs no other circuit."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from noctui.model.batch import Poll
from noctui.model.edges import Edge
from noctui.model.inventory import Circuit
from noctui.model.words import Metric, QualitySource, Severity, State
from tests.reference.answers import RefCircuit
from tests.reference.intake import NAN, Row, known, single
from tests.reference.ledger import Judged, Ledger
from tests.reference.painting import availability, flaps, lasting_since
from tests.reference.quarters import Quarters
from tests.reference.refold import Heard
from tests.reference.sampling import QUALITY, Sample, highest, quality, rate, sample_of, share
from tests.reference.shown import OF_LEVEL, HeldLevel, Kept, Thresholds, raw_level
from tests.reference.windows import Ticks

SHOWN = ("rx_bps", "tx_bps", "rx_pct", "tx_pct", *QUALITY)
SAMPLED = 1 << 7
"""Bit of `valid`: the row was a sample at all."""
SUSPECT = 110.0
OF_STATE = {
    State.AWAY: Severity.AWAY,
    State.DOWN: Severity.DOWN,
    State.DISABLED: Severity.DISABLED,
    State.UNKNOWN: Severity.UNKNOWN,
}


class CircuitLife:
    """A circuit since the first poll that knew it."""

    def __init__(self, circuit_id: str, thresholds: Mapping[Metric, Thresholds], clear_share: float) -> None:
        self.thresholds = thresholds
        self.clear_share = clear_share
        self.ledger = Ledger(circuit_id)
        self.gateway_id = ""
        self.sample: Sample | None = None
        self.timed: Sample | None = None  # the last one whose time is sure
        self.newest: Heard | None = None  # port event
        self.ticks = {metric: Ticks() for metric in Metric}
        self.quarters = Quarters()
        self.no_path = False
        self.since = NAN
        self.active: bool | None = None  # None: no poll yet, as with the two severities
        self.active_since = NAN
        self.base: Severity | None = None  # as shown last, before a hold
        self.severity: Severity | None = None  # as shown last
        self.kept: dict[str, Kept]
        self.levels: dict[Metric, HeldLevel]
        self.source: QualitySource
        self._forget_values()

        # What the poll under way found.
        self.state = State.UNKNOWN
        self.judged = Severity.UNKNOWN  # by the rules: before silence and hold
        self.age = NAN
        self.stale = True
        self.utilisation = NAN
        self.raw_levels = 0
        self.valid = 0
        self.rejected = 0
        self.edges: list[Edge] = []

    def judge(
        self, poll: Poll, circuit: Circuit, row: Row | None, gateway: Row | None, paths: Sequence[Row],
        heard: list[Heard],
    ) -> None:  # fmt: skip
        """Take one poll, up to the severity by the rules. Silence needs all circuits: see `show`."""
        self._attach(circuit)
        last = self.sample
        new = sample_of(row, last, poll.at, poll.tick)
        self.sample = new or last
        base = self.timed
        if new and not new.moved:
            self.timed = new
        connected, uptime = (gateway["connected"], gateway["uptime"]) if gateway else (NAN, NAN)
        news = [e for e in heard if self.newest is None or e.time > self.newest.time]
        self.newest = news[-1] if news else self.newest
        self.age = poll.at - self.sample.observed_at if self.sample else NAN
        self.stale = not self.age <= 3 * poll.interval
        self.state = self._state(connected)
        self.edges = self.ledger.judged(
            poll.at,
            Judged(
                state=self.state,
                fresh=not self.stale and connected != 0,
                line=_line(self.sample),
                observed_at=self.sample.observed_at if self.sample else NAN,
                last_flapped=self.sample.row["last_flapped"] if self.sample else NAN,
                observed_before=last.observed_at if last else NAN,
                boot=gateway["observed_at"] - uptime if gateway else NAN,
                heard=heard,
                news=news,
                word=self._word(),
            ),
        )
        self._values(poll, circuit, new, last, base, uptime, paths)
        told = [p["up"] for p in paths if known(p["up"])]
        if told:
            self.no_path = 1 not in told
        self.judged = self._severity()

    def show(self, poll: Poll, silent: bool, held: bool) -> RefCircuit:
        """Finish the poll and tell it."""
        at = poll.at
        keep = silent and self.base is not None and self.state != State.AWAY
        base = self.base if keep and self.base is not None else self.judged
        self._settle(at, base, _under_hold(base, held), keep)
        assert self.severity is not None
        assert self.active is not None
        self.quarters.take(at, self.utilisation, self.state, _under_hold(self.judged, held))
        value = {name: kept.shown(at, poll.interval) for name, kept in self.kept.items()}
        share_up, coverage = availability(self.ledger.painted, at)
        return RefCircuit(
            severity=self.severity,
            base=base,
            state=self.state,
            since=self.since,
            stale=self.stale or silent,
            active=self.active,
            active_since=self.active_since,
            suspect=value["rx_pct"] > SUSPECT or value["tx_pct"] > SUSPECT,
            no_path=self.no_path,
            age=single(self.age),
            **{name: single(v) for name, v in value.items()},
            quality=self.source if any(known(value[name]) for name in QUALITY) else QualitySource.NONE,
            levels=sum(self.levels[metric].level << 2 * metric for metric in Metric),
            raw_levels=self.raw_levels,
            valid=self.valid,
            flaps_24h=flaps(self.ledger.painted, at),
            avail_24h=single(share_up),
            coverage_24h=single(coverage),
            trend=self.quarters.trend(at),
            bad_quarters=self.quarters.bad_quarters(at),
        )

    def leave(self, poll: Poll) -> list[Edge]:
        """The inventory no longer knows it: unknown, one last time. The edge."""
        self.state = State.UNKNOWN
        self.edges = self.ledger.gone(poll.at, self.sample.observed_at if self.sample else NAN)
        self._settle(poll.at, Severity.UNKNOWN, Severity.UNKNOWN, keep=False)
        return self.edges

    def _attach(self, circuit: Circuit) -> None:
        gateway_id = circuit.attachment.gateway_id if circuit.attachment else ""
        if self.sample and gateway_id != self.gateway_id:
            self.sample = replace(self.sample, rx_bytes=NAN, tx_bytes=NAN)
            self.timed = replace(self.timed, rx_bytes=NAN, tx_bytes=NAN) if self.timed else None
        self.gateway_id = gateway_id

    def _state(self, connected: float) -> State:
        if connected == 0:
            return State.AWAY
        if self.sample is None or self.stale:
            return State.UNKNOWN
        line, word = _line(self.sample), self._word()
        return word.state if word and line != State.DISABLED else line

    def by_word(self) -> bool:
        """Whether the state is an event's against what the last sample says."""
        word = self._word()
        return word is not None and self.state == word.state != _line(self.sample)

    def _word(self) -> Heard | None:
        """The newest port event when it is later than the last sample."""
        if self.sample and self.newest and self.newest.time > self.sample.observed_at:
            return self.newest
        return None

    def _severity(self) -> Severity:
        if self.state != State.UP:
            return OF_STATE[self.state]
        if self.no_path:
            return Severity.CRITICAL
        return OF_LEVEL[max(held.level for held in self.levels.values())]

    def _values(
        self, poll: Poll, circuit: Circuit, new: Sample | None, last: Sample | None, base: Sample | None,
        uptime: float, paths: Sequence[Row],
    ) -> None:  # fmt: skip
        """Rates, utilisation, quality, levels and windows of this poll's sample, and what remains of earlier ones."""
        self.utilisation, self.raw_levels, self.valid, self.rejected = NAN, 0, 0, 0
        metrics = dict.fromkeys(Metric, NAN)
        if new:
            self.valid = SAMPLED
            rx, rx_rejected = rate(new, base, "rx", circuit, uptime)
            tx, tx_rejected = rate(new, base, "tx", circuit, uptime)
            self.rejected = rx_rejected + tx_rejected
            told = dict.fromkeys(SHOWN, NAN)
            if self.state == State.UP == _line(new):
                found, source = quality(new.row, paths)
                told = {
                    "rx_bps": rx,
                    "tx_bps": tx,
                    "rx_pct": share(rx, circuit.down_bps),
                    "tx_pct": share(tx, circuit.up_bps),
                    **found,
                }
                self.source = source or self.source
                self.utilisation = highest((told["rx_pct"], told["tx_pct"]))
                metrics = {
                    Metric.UTILISATION: self.utilisation, Metric.LOSS: found["loss"],
                    Metric.JITTER: found["jitter"], Metric.LATENCY: found["latency"],
                }  # fmt: skip
            for name, value in told.items():
                self.kept[name].take(value, poll.at)
        for metric, value in metrics.items():
            self._level(poll, metric, value, last.tick if last else None)
        if self.state in (State.DOWN, State.AWAY, State.DISABLED):
            self._forget_values()

    def _level(self, poll: Poll, metric: Metric, value: float, before: int | None) -> None:
        """Raw level, level and window of one metric; `before` is the tick of the sample before."""
        thresholds = self.thresholds[metric]
        if known(value):
            raw = raw_level(value, thresholds)
            self.raw_levels |= raw << 2 * metric
            self.valid |= 1 << metric
            self.levels[metric].take(value, poll.at, thresholds, self.clear_share)
            self.ticks[metric].stand(raw, poll.tick, before)
        elif self.state == State.UP:
            self.levels[metric].age(poll.at, poll.interval)

    def _forget_values(self) -> None:
        self.kept = {name: Kept() for name in SHOWN}
        self.source = QualitySource.NONE
        self.levels = {metric: HeldLevel() for metric in Metric}

    def _settle(self, at: float, base: Severity, severity: Severity, keep: bool) -> None:
        """Severity, since and active, as this poll leaves them; `keep`: as they were, it is we who do not see."""
        lasting = math.floor(lasting_since(self.ledger.painted))
        if not keep and self.edges and self.state != State.UP:
            self.since = lasting
        elif not keep and any(edge.until is None for edge in self.edges):
            self.since = math.floor(self.ledger.began)
        elif severity != self.severity:
            self.since = lasting if OF_STATE.get(self.state) == severity else math.floor(at)
        self.base, self.severity = base, severity
        active = self.state == State.UP and self.sample is not None and self.sample.row["active"] == 1
        if active != self.active and not keep:
            self.active, self.active_since = active, math.floor(at)


def _line(sample: Sample | None) -> State:
    """What the sample itself says of its line, whatever its age."""
    row = sample.row if sample else {}
    if row.get("disabled") == 1:
        return State.DISABLED
    return {1.0: State.UP, 0.0: State.DOWN}.get(row.get("up", NAN), State.UNKNOWN)


def _under_hold(severity: Severity, held: bool) -> Severity:
    return Severity.MAINTENANCE if held and severity != Severity.DISABLED else severity
