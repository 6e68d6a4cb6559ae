"""Bars: a filled line on a track."""

from __future__ import annotations

from noctui.tui.look import Run, Signs

BAD_SHARE_FULL = 10.0
"""Percent of circuits bad at which a bad-share bar is full (said in help)."""
BAD_SHARE_RED = 5.0
"""Percent of circuits bad from which bar and trend are red."""


def bar(share: float | None, cells: int, signs: Signs, role: str = "bargood") -> tuple[Run, ...]:
    """A bar `cells` wide, filled to `share` (0..1; above is full). Anything above zero fills at least one cell,
    only a whole share fills all; unknown (None or NaN) is a bare track."""
    filled = 0
    if share is not None and share > 0:
        filled = cells if share >= 1 else min(max(int(share * cells + 0.5), 1), max(cells - 1, 1), cells)
    runs = ((signs.bar * filled, role), (signs.rule * (cells - filled), "faint"))
    return tuple(run for run in runs if run[0])


def bad_share_bar(percent: float | None, cells: int, signs: Signs) -> tuple[Run, ...]:
    """Share of circuits bad: full at 10 %, red from 5 %, where its trend is red too."""
    role = "crit" if percent is not None and percent >= BAD_SHARE_RED else "bargood"
    return bar(None if percent is None else percent / BAD_SHARE_FULL, cells, signs, role)


def budget_bar(used: float | None, cells: int, signs: Signs, *, burning: bool = False) -> tuple[Run, ...]:
    """SLA budget used (0..1 and above): warn at 75 %, high at 90 %, crit at 100 % or while it burns."""
    return bar(used, cells, signs, budget_role(used, burning=burning))


def budget_role(used: float | None, *, burning: bool = False) -> str:
    """The colour role of a used budget."""
    if burning:
        return "crit"
    if used is None or not used >= 0.75:
        return "bargood"
    return "crit" if used >= 1 else "high" if used >= 0.9 else "warn"
