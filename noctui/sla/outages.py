"""Outages out of down time: which parts belong together, whether it was one at all, and whether it is over. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from noctui.sla.intervals import Spans, total

CONFIRM_DOWN = 60
"""Seconds of down that make a blip an outage that is told. The ledger keeps its true times."""
CONFIRM_UP = 120
"""Seconds of up after which it is over."""


@dataclass(frozen=True, slots=True)
class Cut:
    """One outage: down in its parts, up in the short gaps between them. `down` counts the parts alone."""

    parts: Spans

    @property
    def began(self) -> int:
        return self.parts[0][0]

    @property
    def ended(self) -> int:
        return self.parts[-1][1]

    @property
    def down(self) -> int:
        return total(self.parts)

    def over(self, at: int) -> bool:
        """It has been up for long enough, as seen at `at`."""
        return at - self.ended >= CONFIRM_UP


def cuts(down: Spans, merge_gap: int) -> tuple[Cut, ...]:
    """Outages, oldest first; parts at most `merge_gap` seconds apart are one.

    50 of 45 s, 15 s apart, are one with 2,250 s down for a gap of 60 s, and 50 too short ones for a gap of 0.
    """
    found: list[list[tuple[int, int]]] = []
    for part in down:
        if found and part[0] - found[-1][-1][1] <= merge_gap:
            found[-1].append(part)
        else:
            found.append([part])
    return tuple(Cut(tuple(parts)) for parts in found)
