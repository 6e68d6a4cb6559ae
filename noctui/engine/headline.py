"""The sentence that opens a screen: what is worst, where, since when, what it does to sites. Pure rules."""

from __future__ import annotations

import math

import numpy as np

from noctui.engine.headline_network import network_headline, region_headline
from noctui.engine.headline_one import circuit_headline, site_headline
from noctui.engine.prose import count, hhmm, span
from noctui.model.headline import Clause, Headline
from noctui.model.scene import Status
from noctui.model.view import View
from noctui.model.words import Severity


def headline(
    view: View,
    region: str | None = "",
    site_id: str = "",
    circuit_id: str = "",
    now: float | None = None,
    status: Status | None = None,
) -> Headline:
    """The sentence for the circuit, site or region named, else for the network.

    `now` (UTC epoch seconds, default: the View's instant) is what durations count to. A fault in `status` that makes
    the data old is told instead, whatever the screen. Clauses can be dropped from the right.
    """
    moment = view.at if now is None else now
    fault = _fault(view, status, moment)
    if fault is not None:
        return fault
    if circuit_id and circuit_id in view.inventory.circuit_row:
        return circuit_headline(view, view.inventory.circuit_row[circuit_id], moment)
    if site_id and site_id in view.inventory.site_row:
        return site_headline(view, view.inventory.site_row[site_id], moment)
    if region and region in view.inventory.regions:
        return region_headline(view, region, moment)
    return network_headline(view, moment)


def _say(severity: Severity, first: str, *more: str, since: float | None = None) -> Headline:
    clauses = (Clause(first, strong=True, severity=severity), *(Clause(text) for text in more))
    return Headline(severity=severity, clauses=clauses, since=since)


def _fault(view: View, status: Status | None, now: float) -> Headline | None:
    """What is wrong with the data itself, worst first; None when the sentence may speak of the network."""
    if status is not None:
        if status.fault == "lost":
            since = status.fault_since or view.at
            said = f": {status.fault_text}." if status.fault_text else "."
            again = f" Trying again in {span(status.retry_at - now)}." if status.retry_at > now else ""
            return _say(
                Severity.UNKNOWN,
                f"No new data since {hhmm(since, now)}{said}",
                *([again] if again else []),
                since=since,
            )
        if status.fault == "resting":
            next_call = f" Next call {hhmm(status.retry_at, now)}." if status.retry_at else ""
            return _say(
                Severity.UNKNOWN,
                "All tokens used their hour.",
                *([next_call] if next_call else []),
                f" The screen shows {hhmm(view.at, now)}.",
                since=view.at,
            )
        if status.warm:
            return _say(
                Severity.UNKNOWN, f"From history, {span(now - view.at)} old.", " First sweep runs.", since=view.at
            )
        if status.fault == "loading":
            return _say(
                Severity.UNKNOWN,
                f"First sweep: {status.pages_done} of {status.pages_expected} calls.",
                f" The screen shows {hhmm(view.at, now)}.",
                since=view.at,
            )
        if status.fault == "stale":
            return _say(
                Severity.UNKNOWN,
                f"Data is {span(now - view.at)} old",
                f": the last poll was {hhmm(view.at, now)}.",
                since=view.at,
            )
    if view.silent:
        age = view.circuits.age
        known = age[np.isfinite(age)]
        since = view.at - float(known.min()) if len(known) else math.nan
        if not math.isfinite(since):
            return _say(Severity.UNKNOWN, f"None of {count(len(age), 'circuit')} has reported yet.")
        return _say(
            Severity.UNKNOWN,
            f"No circuit has reported since {hhmm(since, now)} ({span(now - since)})",
            ": the last states stay, grey.",
            since=since,
        )
    return None
