"""Panes of the collector board. Each is a function of the moment and scrolls where it is longer than its room."""

from __future__ import annotations

from noctui.model.health import Health
from noctui.model.view import View
from noctui.model.words import BandwidthSource, Role, Severity
from noctui.tui.look.numbers import clock, count, tone
from noctui.tui.moment import Moment
from noctui.tui.panes import collector_lines as made
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, Run, labelled

NOT_TOLD = "Only the leader knows, and it has not told."
PAST = "Not kept: history holds the sweeps alone."


class _HealthPane(Pane):
    """A pane of what the leader tells of itself; in the past there is none."""

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        health = moment.scene.status.health
        if not moment.scene.live or health is None:
            return Content([((NOT_TOLD if moment.scene.live else PAST, "dim"),)])
        return self.of(health, moment, wide)

    def of(self, health: Health, moment: Moment, wide: int) -> Content:
        raise NotImplementedError


class LastSweep(Pane):
    """The feeds of the sweep shown."""

    HEADING = "last sweep"

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        view = moment.view
        lines = made.feed_lines(view.reports, moment.signs, wide, view.silent)
        how = "whole" if view.whole else "partial" if view.reports else "failed"
        note = f"{view.seq:,} {'at' if how == 'failed' else 'landed'} {clock(view.at)}, {how}"
        return Content(lines, note, head=1 if view.reports else 0)


class Tokens(_HealthPane):
    """What the API allows, what is used, and the plan."""

    HEADING = "API tokens"

    def of(self, health: Health, moment: Moment, wide: int) -> Content:
        used = sum(t.used for t in health.tokens)
        lines = made.token_lines(health, used, moment.now, moment.signs, wide)
        return Content(lines, f"{used:,} of {health.capacity:,.0f} calls used this hour" if health.capacity else "")


class Sources(_HealthPane):
    """Every feed with its age, failures and trend."""

    HEADING = "sources"

    def of(self, health: Health, moment: Moment, wide: int) -> Content:
        if not health.feeds:
            return Content([(("No feed has answered yet.", "dim"),)])
        poll = moment.scene.status.poll_seconds
        lines = made.source_lines(health.feeds, moment.now, poll, moment.signs, wide)
        return Content(lines, "24 h, trend full at 10 s", head=1)


class Who(Pane):
    """Who collects."""

    HEADING = "who collects"

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        if not moment.scene.live:
            return Content([(("From history.", "dim"),)])
        return Content(made.who_lines(moment.scene.status, moment.view, moment.now))

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        if not moment.scene.live:
            return super().in_a_line(moment, wide)
        return made.who_line(moment.scene.status, moment.now)


class Stores(_HealthPane):
    """History on disk."""

    HEADING = "stores"

    def of(self, health: Health, moment: Moment, wide: int) -> Content:
        return Content(made.store_lines(health.history, moment.scene.status, moment.now))

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        health = moment.scene.status.health
        if not moment.scene.live or health is None:
            return super().in_a_line(moment, wide)
        return made.store_line(health.history, moment.scene.status, moment.now)


class Errors(_HealthPane):
    """The newest errors."""

    HEADING = "errors"

    def of(self, health: Health, moment: Moment, wide: int) -> Content:
        return Content(made.error_lines(health.errors, moment.now, wide), "newest first" if health.errors else "")


class Mending(_HealthPane):
    """The inventory file and replacements."""

    HEADING = "inventory file, replacements"

    def of(self, health: Health, moment: Moment, wide: int) -> Content:
        problems = len(health.file_problems)
        note = f"{problems} problem{'' if problems == 1 else 's'} in the file" if problems else ""
        return Content(made.mending_lines(health), note)

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        return (("file ", "dim"), *super().in_a_line(moment, wide))


_BANDWIDTHS = (
    (BandwidthSource.FILE, "file"), (BandwidthSource.SHAPING, "shaped"), (BandwidthSource.SPEEDTEST, "test"),
    (BandwidthSource.LINK, "link"), (BandwidthSource.NONE, "unknown"),
)  # fmt: skip


def shares(counts: list[tuple[int, str]], total: int) -> str:
    """`60 file  18 shaped  14 test  8 link %`; what is there but rounds to nothing is `< 1`."""
    told = [f"{f'{100 * n / total:.0f}' if 200 * n >= total else '< 1'} {name}" for n, name in counts if n]
    return f"{'  '.join(told)} %" if told else "–"


def _in_a_line(lines: list[Line]) -> Line:
    """Labelled lines beside each other, their labels as short as they are."""
    runs: list[Run] = []
    for (label, role), *rest in (line for line in lines if line):
        runs += [("  ", "text")] if runs else []
        runs += [(f"{label.strip()} ", role), *rest]
    return tuple(runs)


def _bandwidth_sources(view: View) -> dict[BandwidthSource, int]:
    """Circuits by where their bandwidth comes from. Shaping tells of one way only: a circuit that is shaped up counts
    as shaped, wherever its other way comes from, unless the file knows it."""
    found = dict.fromkeys(BandwidthSource, 0)
    for circuit in view.inventory.circuits:
        source = BandwidthSource(circuit.bandwidth_source)
        if source is not BandwidthSource.FILE and circuit.up_source == BandwidthSource.SHAPING:
            source = BandwidthSource.SHAPING
        found[source] += 1
    return found


def coverage_lines(view: View, health: Health | None) -> list[Line]:
    """What is known: stale and unknown circuits, where bandwidths come from, how many roles are known."""
    t, inv = view.circuits, view.inventory
    total = max(len(t), 1)
    counts = view.counts()
    sources = _bandwidth_sources(view)
    known = int((inv.role != Role.UNKNOWN).sum())

    def number(n: int, role: str) -> Line:
        return ((count(n), tone(count(n), role)),)

    pairs: list[tuple[str, Line]] = [
        (
            "circuits",
            (*number(len(t), "text"), (f", {count(len(inv.sites))} sites, {count(len(inv.gateways))} gateways", "dim")),
        ),
        ("unknown", (*number(int(counts[Severity.UNKNOWN]), "unk"), (f", {count(int(t.stale.sum()))} stale", "dim"))),
        ("away", number(int(counts[Severity.AWAY]), "crit")),
        ("disabled", number(int(counts[Severity.DISABLED]), "text")),
        ("bandwidth", ((shares([(sources[s], name) for s, name in _BANDWIDTHS], total), "text"),)),
        ("role", ((shares([(known, "known"), (len(t) - known, "unknown")], total), "text"),)),
        ("bandwidth?", (*number(int(t.suspect.sum()), "warn"), (" above 110 % of it", "dim"))),
    ]
    if health is not None and (health.enrich_total or health.enrich_text):
        text = f"{health.enriched:,} of {health.enrich_total:,} sites" if health.enrich_total else ""
        more = f"{', ' if text else ''}{health.enrich_text}" if health.enrich_text else ""
        pairs.append(("own config", ((text, "text"), (more, "dim"))))
    return labelled(pairs, made.LABEL)


class Coverage(Pane):
    """What is known."""

    HEADING = "what is known"

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        health = moment.scene.status.health if moment.scene.live else None
        return Content(coverage_lines(moment.view, health))

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        view = moment.view
        unknown, roles = int(view.counts()[Severity.UNKNOWN]), int((view.inventory.role != Role.UNKNOWN).sum())
        share = f"{100 * roles // len(view.circuits)} %" if len(view.circuits) else "–"
        head: Line = (("unknown ", "dim"), (count(unknown), tone(count(unknown), "unk")), ("  role ", "dim"))
        return (*head, (share, "text"), ("  ", "text"), *_in_a_line([coverage_lines(view, None)[4]]))


__all__ = ["Coverage", "Errors", "LastSweep", "Mending", "Sources", "Stores", "Tokens", "Who"]
