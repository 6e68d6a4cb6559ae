"""Polls after the sample night's: some circuits in another state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from noctui.model.view import View
from noctui.model.words import Severity
from tests import night

FINE = "s1000:ge-0/0/0"
"""A circuit that is well at the night's poll."""


def poll(minutes: int, severities: Mapping[str, Severity], start: float = night.POLL) -> View:
    """The night's View so many minutes later, with these circuits in these states since then."""
    view = night.view(start)
    severity, since = view.circuits.severity.copy(), view.circuits.since.copy()
    at = view.at + 60.0 * minutes
    for circuit_id, now in severities.items():
        row = view.inventory.circuit_row[circuit_id]
        severity[row], since[row] = now, at
    return replace(view, seq=view.seq + minutes, at=at, circuits=replace(view.circuits, severity=severity, since=since))
