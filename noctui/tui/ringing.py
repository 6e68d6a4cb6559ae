"""When the terminal itself is told of alarms: the bell, and what a desktop shows (OSC 9, OSC 777).

An alarm counts once, when it has waited for a person at two polls: what an incident speaks for by then is quiet. A ring
every `QUIET` seconds is the most.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from noctui.model.alarms import Alarm, Alarms
from noctui.model.words import Severity
from noctui.tui.look.text import clean

QUIET = 10.0
LONGEST = 120
"""Characters of what a desktop is told."""


@dataclass(slots=True)
class Ring:
    """`level` is the mildest Severity that rings; None: nothing does."""

    level: int | None
    _told: set[str] = field(default_factory=set)
    _waits: set[str] = field(default_factory=set)
    _at: float = float("-inf")
    _rang: float = float("-inf")
    _begun: bool = False

    def look(self, alarms: Alarms, at: float, now: float) -> str:
        """What to tell of these alarms of the poll at `at`; "" nothing. The first poll is where it begins."""
        if self.level is None or at <= self._at:
            return ""
        self._at = at
        loud = {a.alarm_id: a for a in alarms.alarms if a.waits and a.severity <= self.level}
        if not self._begun:
            self._begun, self._told = True, set(loud)
            return ""
        self._told &= alarms.by_id.keys()
        due = [a for alarm_id, a in loud.items() if alarm_id in self._waits and alarm_id not in self._told]
        self._waits = set(loud)
        if not due or now - self._rang < QUIET:
            return ""
        self._rang = now
        self._told.update(a.alarm_id for a in due)
        return words(due)


def words(due: list[Alarm]) -> str:
    """`DOWN Lumen lost, Mountain and 2 more`"""
    worst = min(due, key=lambda a: (a.severity, a.opened, a.alarm_id))
    more = f" and {len(due) - 1:,} more" if len(due) > 1 else ""
    return f"{Severity(worst.severity).word.upper()} {clean(worst.text or worst.type)}"[: LONGEST - len(more)] + more


def level_of(word: str) -> int | None:
    """Of a setting: `off` or a severity's word."""
    return None if word == "off" else int(Severity[word.upper()])


def sequence(text: str, osc: str, bell: bool, tmux: bool = False) -> str:
    """What is written to the terminal. The text can end no sequence and add no field to it."""
    plain = "".join(c if c.isprintable() and c != ";" else " " for c in text)
    told = {"9": f"\x1b]9;noctui: {plain}\a", "777": f"\x1b]777;notify;noctui;{plain}\a"}.get(osc, "")
    if told and tmux:
        told = "\x1bPtmux;" + told.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    return told + ("\a" if bell else "")
