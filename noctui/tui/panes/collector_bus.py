"""The bus between hosts: where it is, what is published there, who follows and how late, and what should be mended."""

from __future__ import annotations

import math
from textwrap import wrap

from noctui.model.health import BusHealth, FollowerHealth, Health, MemberHealth
from noctui.tui.look.numbers import NONE, clock, count, duration
from noctui.tui.moment import Moment
from noctui.tui.panes.collector_lines import LABEL, size_of_bytes, took
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, labelled

SHOWN = 8
"""Followers that are named, and members."""
MISSING = ("left out", "rests", "other version")
"""States of a member that has no share although it offers help."""


def bus_lines(bus: BusHealth, now: float, wide: int = 60) -> list[Line]:
    """What is wrong comes first, whole: it is broken into lines."""
    pairs: list[tuple[str, Line]] = []
    if bus.state != "ok":
        pairs += _broken("lost", f"since {clock(bus.since)}: {bus.text}" if bus.since else bus.text, wide)
    elif bus.text:
        pairs += _broken("fault", bus.text, wide)
    for remark in bus.remarks:
        pairs += _broken("mend", remark, wide)
    if bus.members:
        pairs.append(("sweeps", sharing_line(bus)))
        for one in bus.members[:SHOWN]:
            pairs += _member(one, wide)
        if len(bus.members) > SHOWN:
            pairs.append(("", ((f"and {len(bus.members) - SHOWN} more", "dim"),)))
    pairs.append(("where", ((bus.where, "text"),)))
    ago = f"{duration(max(0.0, now - bus.published_at) // 5 * 5)} ago, " if bus.published_at else ""
    size = size_of_bytes(bus.poll_bytes) if bus.poll_bytes else NONE
    pace = f"in p50 {took(bus.publish_p50)}  p99 {took(bus.publish_p99)}"
    pairs.append(("polls", ((f"{ago}{size} ", "text"), (pace, "dim"))))
    pairs.append(("followers", _followers(bus.followers, bus.lag_p50, bus.lag_p99)))
    pairs += [("", ((one.name, "text"), (f"  {took(one.lag)}", "dim"))) for one in bus.followers[:SHOWN]]
    if len(bus.followers) > SHOWN:
        pairs.append(("", ((f"and {len(bus.followers) - SHOWN} more", "dim"),)))
    answered = f"{count(bus.asked)} questions, {count(bus.acts)} acts in this term"
    pairs.append(("answered", ((answered, "text"),)))
    if bus.memory:
        pairs.append(("memory", ((f"{size_of_bytes(bus.memory)} in use", "text"),)))
    if bus.epoch:
        pairs.append(("lease", ((f"epoch {bus.epoch}, {bus.lease:g} s", "text"),)))
    return labelled(pairs, LABEL)


def _broken(label: str, text: str, wide: int) -> list[tuple[str, Line]]:
    lines = wrap(text, max(wide - LABEL - 1, 20)) or [""]
    return [(label if n == 0 else "", ((line, "warn"),)) for n, line in enumerate(lines)]


def bus_line(bus: BusHealth) -> Line:
    """The same in 78 cells."""
    if bus.state != "ok" or bus.text:
        return (("bus ", "dim"), (bus.text or bus.state, "warn"))
    if bus.remarks:
        return (("bus ", "dim"), (bus.remarks[0], "warn"))
    shared: Line = (*sharing_line(bus), ("  ", "text")) if bus.members else ((f"{bus.where}  ", "text"),)
    return (("bus ", "dim"), *shared, *_followers(bus.followers, bus.lag_p50, bus.lag_p99))


def sharing_line(bus: BusHealth) -> Line:
    """Of those that offer help with sweeps: how many share the last one, and whose share is missing."""
    sharing = [one for one in bus.members if one.state == "shares" and one.gateways]
    missing = [one for one in bus.members if one.state in MISSING]
    lack: Line = (
        ((f", {count(len(missing))} {'does' if len(missing) == 1 else 'do'} not help", "warn"),) if missing else ()
    )
    if not sharing:
        return (("the leader's alone", "text"), *lack)
    gateways = f", {count(bus.own_gateways)} gateways here"
    return ((f"shared by {count(len(sharing) + 1)}", "text"), *lack, (gateways, "dim"))


def _member(one: MemberHealth, wide: int) -> list[tuple[str, Line]]:
    """`noc-b:4711  1,604 in 2.1 s, 1,902/5,000 calls`: its gateways, how late they came, its calls this hour; or why it
    does not help."""
    if one.state in MISSING:
        return [("", line) for _, line in _broken("", f"{one.name}, {one.state}: {one.text}", wide)]
    if not one.gateways:
        return [("", ((one.name, "text"), ("  from the next sweep on", "dim")))]
    calls = f", {count(one.used)}/{count(one.limit)} calls" if one.limit else ""
    return [("", ((one.name, "text"), (f"  {count(one.gateways)} in {took(one.lag)}{calls}", "dim")))]


def _followers(those: tuple[FollowerHealth, ...], p50: float, p99: float) -> Line:
    if not those:
        return (("nobody follows", "dim"),)
    lag = f", lag p50 {took(p50)}  p99 {took(p99)}" if math.isfinite(p50) else ""
    return ((f"{count(len(those))} follow", "text"), (lag, "dim"))


class Bus(Pane):
    """Shown where a bus is set."""

    HEADING = "bus"

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        health = _told(moment)
        return Content(bus_lines(health, moment.now, wide) if health is not None else [])

    def in_a_line(self, moment: Moment, wide: int) -> Line:
        health = _told(moment)
        return bus_line(health) if health is not None else super().in_a_line(moment, wide)


def _told(moment: Moment) -> BusHealth | None:
    health: Health | None = moment.scene.status.health if moment.scene.live else None
    return health.bus if health is not None else None
