"""What the cursor stands on, as far as alarms go; and which of it an act is about."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from noctui.model.alarms import INCIDENT, Alarm


@dataclass(frozen=True, slots=True)
class Standing:
    """The alarms that the cursor's row stands for, and what it is called (`0417 Comcast`; empty where an alarm names
    itself). `exact`: they are those that a person chose one by one, not what waits among them."""

    alarms: tuple[Alarm, ...]
    name: str
    exact: bool = False


_FIT: dict[str, Callable[[Alarm], bool]] = {
    "ack": lambda a: a.waits,
    "unack": lambda a: a.cleared is None and a.ack is not None,
    "note": lambda a: a.cleared is None and not a.held_by.startswith("incident"),
    "own": lambda a: a.cleared is None and not a.held_by.startswith("incident"),
    "snooze": lambda a: a.waits,
    "unsnooze": lambda a: a.cleared is None and a.snooze is not None,
}
_EXACT: dict[str, Callable[[Alarm], bool]] = {
    "ack": lambda a: a.cleared is None, "note": lambda a: True, "own": lambda a: a.cleared is None,
    "snooze": lambda a: a.cleared is None,
}  # fmt: skip
"""Of those chosen one by one: what is taken may be taken for longer."""
_NONE = {
    "ack": "No alarm waits for someone", "unack": "No alarm is taken", "note": "No alarm is open",
    "own": "No alarm is open", "snooze": "No alarm waits for someone", "unsnooze": "No alarm is snoozed",
}  # fmt: skip


def targets(standing: Standing, kind: str) -> tuple[Alarm, ...]:
    """The alarms among them that this act is about."""
    fits = _EXACT.get(kind, _FIT[kind]) if standing.exact else _FIT[kind]
    return tuple(a for a in standing.alarms if fits(a))


def none_words(standing: Standing, kind: str) -> str:
    """Why there is nothing to act on: `No alarm of 0417 waits for someone.`"""
    if standing.exact and kind in ("ack", "own", "snooze"):
        return "It is over: it cleared by itself."
    first, _, rest = _NONE[kind].partition("alarm ")
    of = f" of {standing.name}" if standing.name else " here"
    return f"{first}alarm{of} {rest}."


def many_words(alarms: tuple[Alarm, ...], call: Callable[[Alarm], str]) -> str:
    """`3 alarms`, `incident 8841`, `0417 Comcast sec`."""
    if len(alarms) == 1:
        one = alarms[0]
        many = f", {one.open_members:,} circuits" if one.type == INCIDENT else ""
        return f"{call(one)}{many}"
    incidents = sum(a.type == INCIDENT for a in alarms)
    if incidents == len(alarms):
        return f"{incidents:,} incidents"
    return f"{len(alarms):,} alarms"
