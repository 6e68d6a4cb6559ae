"""Verdicts as a table shows them."""

from __future__ import annotations

import msgspec

from noctui.model.verdicts import Verdict


class ScoreLine(msgspec.Struct, frozen=True, kw_only=True):
    """A verdict with what a table shows beside it. `circuits` are ours, one or a protection group's. `told`: where it
    is from, when history here does not hold it."""

    verdict: Verdict
    carrier: str
    circuits: tuple[str, ...]
    site_ids: tuple[str, ...]
    told: str = ""


class ScoreBoard(msgspec.Struct, frozen=True, kw_only=True):
    """All promises scored as known at `at`. `period` is `running` or a month, `2026-10`. `faults`: one line each.
    `told`: where verdicts are from that history here does not hold, or why they are missing, in one line."""

    at: int
    period: str
    lines: tuple[ScoreLine, ...]
    faults: tuple[str, ...] = ()
    told: str = ""
