"""Peer paths of a site: VPN paths from its circuits to the hubs."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from noctui.model.view import View
from noctui.model.words import Metric, Severity
from noctui.tui.look.numbers import NONE, duration, loss, milliseconds, mos, tone
from noctui.tui.look.signs import Signs, level_role, severity_role, word
from noctui.tui.look.text import fit
from noctui.tui.moment import Moment, Size
from noctui.tui.panes import cells
from noctui.tui.panes.pane import Content, Pane
from noctui.tui.runs import Line, Run


def paths_of(view: View, site_id: str) -> list[int]:
    """Rows of the site's peer paths: those that are up first, then by role and hub."""
    inv = view.inventory
    row = inv.site_row.get(site_id)
    place = {r: i for i, r in enumerate(inv.site_circuits[row] if row is not None else ())}
    mine: list[int] = np.flatnonzero(np.isin(inv.path_circuit, list(place))).tolist()
    return sorted(
        mine, key=lambda i: (_PATH_ORDER[_path_severity(view, i)], place[int(inv.path_circuit[i])], inv.paths[i].hub)
    )


def path_lines(view: View, site_id: str, signs: Signs, grey: bool, wide: bool = False) -> list[Line]:
    """A line per peer path of the site: those that are up first, then by role and hub.

    A path that was last heard of more than three intervals ago is unknown, whatever it was then: Mist goes on serving
    the rows of a gateway that is gone.
    """
    inv, t = view.inventory, view.paths
    mine = paths_of(view, site_id)
    if not mine:
        return [(("No peer paths.", "dim"),)]
    severities = {i: _path_severity(view, i) for i in mine}
    lines: list[Line] = [
        (
            (f"{'hub':<22} {'over':<5} {'state':<7} {'lat':>5} {'jit':>5} {'loss %':>7} {'MOS':>5}", "dim"),
            ("   to port      heard  carrier" if wide else "", "dim"),
        )
    ]
    for i in mine:
        circuit, severity = inv.circuits[int(inv.path_circuit[i])], severities[i]
        up = severity is Severity.OK
        old = grey or not _fresh(view, i)
        head: list[Run] = [
            (f"{fit(inv.paths[i].hub, 22)} ", "hi"), (f"{signs.circuit_role(circuit.role):<5} ", "text"),
            (f"{signs.severity(severity)} {'up' if up else word(severity)}".ljust(8),
             "text" if up else severity_role(severity)),
        ]  # fmt: skip
        if grey:
            head = [(text, "stale") for text, _ in head]
        limits = {m: view.limits_of(int(inv.path_circuit[i]), m) for m in (Metric.LATENCY, Metric.JITTER, Metric.LOSS)}
        values: list[tuple[str, int, str]] = []
        for metric, cells_, column, text in (
            (Metric.LATENCY, 5, t.latency, milliseconds), (Metric.JITTER, 6, t.jitter, milliseconds),
            (Metric.LOSS, 8, t.loss, loss),
        ):  # fmt: skip
            value = float(column[i])
            values.append((text(value), cells_, level_role(cells.raw_level(limits[metric], value))))
        values.append((mos(float(t.mos[i])), 6, "text"))
        more: list[Run] = []
        if wide:
            heard = duration(float(t.age[i]))
            more = [
                (f"   {fit(inv.paths[i].hub_port or NONE, 11)}{heard:>7}  ", "dim"),
                (cells.carrier(circuit), "dim"),
            ]
        lines.append((*head, *_numbers(values, old), *more))
    return lines


_PATH_ORDER = {Severity.OK: 0, Severity.UNKNOWN: 1, Severity.DOWN: 2}


def _fresh(view: View, path: int) -> bool:
    return bool(view.paths.age[path] <= 3 * view.interval)


def _path_severity(view: View, path: int) -> Severity:
    up = float(view.paths.up[path])
    if not _fresh(view, path) or not math.isfinite(up):
        return Severity.UNKNOWN
    return Severity.OK if up else Severity.DOWN


def _numbers(values: Sequence[tuple[str, int, str]], old: bool) -> list[Run]:
    """Right-aligned numbers; old ones are grey, and each has `~` in the cell after it."""
    runs: list[Run] = []
    marked = False
    for text, cells_, role in values:
        number = text.rjust(cells_ - marked)
        marked = old and text != NONE
        runs.append((number, "stale" if marked else tone(text, role)))
        if marked:
            runs.append(cells.STALE_MARK)
    return runs


def folded_lines(view: View, site_id: str, signs: Signs, grey: bool) -> list[Line]:
    """For small screens a line per hub: the figures of its first path, and how the others are."""
    inv, t = view.inventory, view.paths
    hubs: dict[str, list[int]] = {}
    for i in paths_of(view, site_id):
        hubs.setdefault(inv.paths[i].hub, []).append(i)
    lines: list[Line] = []
    for hub, mine in hubs.items():
        line: list[Run] = [(f"{fit(hub, 12)} ", "hi")]
        for n, i in enumerate(mine):
            severity = _path_severity(view, i)
            role = signs.circuit_role(inv.circuits[int(inv.path_circuit[i])].role)
            up = severity is Severity.OK
            if n == 0 and up:
                line.append((f"{role} ", "text"))
                for name, text in (
                    ("lat", milliseconds(float(t.latency[i]))), ("jit", milliseconds(float(t.jitter[i]))),
                    ("loss", loss(float(t.loss[i]))), ("MOS", mos(float(t.mos[i]))),
                ):  # fmt: skip
                    line += [(f"{name} ", "dim"), (f"{text} ", tone(text))]
                continue
            state = f"{signs.severity(severity)} {'up' if up else word(severity)}"
            line += [(f" {role} ", "text"), (f"{state} ", "dim" if up else severity_role(severity))]
        lines.append(tuple((text, "stale" if grey else role) for text, role in line))
    return lines or [(("No peer paths.", "dim"),)]


class PeerPaths(Pane):
    """Peer paths of the site under their title."""

    DEFAULT_CSS = """
    PeerPaths { height: 1fr; padding: 0 1; }
    """
    HEADING = "peer paths"

    def content(self, moment: Moment, wide: int, room: int) -> Content:
        site = moment.place.site_id
        if moment.size is Size.S and not self.has_focus:
            return Content(folded_lines(moment.view, site, moment.signs, moment.grey))
        lines = path_lines(moment.view, site, moment.signs, moment.grey, wide >= 92)
        return Content(lines, "to hubs" if len(lines) > 1 else "", head=1)
