"""What offenders can be ranked by, what is ranked, and over which windows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeVar

from noctui.model.figures import METRIC_GAUGE
from noctui.model.scene import WINDOWS, Range
from noctui.model.words import Metric

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class By:
    """One way of ranking. `family` says which columns it has; `gauge` is what trends and percentiles are of."""

    name: str
    family: str  # above, states, failovers, trends
    metric: Metric = Metric.UTILISATION
    column: str = "total"  # the column that stands for the rank
    biggest: bool = True  # whether the worst is the biggest
    short: str = ""

    @property
    def gauge(self) -> str:
        return METRIC_GAUGE[self.metric]

    @property
    def word(self) -> str:
        """How it is called where there is little room."""
        return self.short or self.name


UTILISATION = By("utilisation", "above", short="util")
BYS = (
    UTILISATION,
    By("loss", "above", Metric.LOSS),
    By("jitter", "above", Metric.JITTER, short="jit"),
    By("latency", "above", Metric.LATENCY, short="lat"),
    By("flaps", "states", column="flap"),
    By("availability", "states", column="avail", biggest=False, short="avail"),
    By("failovers", "failovers", column="times", short="f/o"),
    By("worsening", "trends", column="change", short="worse"),
    By("improving", "trends", column="change", biggest=False, short="better"),
    By("congested", "trends", column="reach", biggest=False, short="full"),
)
"""What `m` steps through. Congested is: congested now and getting worse."""
BY = {by.name: by for by in BYS}

THINGS = ("circuits", "sites", "regions", "carriers")
"""What `t` steps through."""
GROUP = {"sites": "site", "regions": "region", "carriers": "carrier"}
"""How the reader calls a grouping."""

OFFERED = ("3h", "12h", "24h", "7d", "31d", "13mo")
"""What `w` steps through."""
WINDOW_WORDS = {"3h": "3 h", "12h": "12 h", "24h": "24 h", "7d": "7 d", "31d": "31 d", "13mo": "13 mo"}

TOPS = (10, 25, 50, 100, 0)
"""How many are shown; 0: all that rank."""


def bys_of(things: str) -> tuple[By, ...]:
    """What these can be ranked by: trends are of circuits alone."""
    return BYS if things == "circuits" else tuple(b for b in BYS if b.family != "trends")


def range_of(window: str, at: float) -> Range:
    """The window that ends at this instant."""
    return Range(at - WINDOWS[window], at, WINDOW_WORDS[window])


def after(all_of: tuple[T, ...], now: T, step: int = 1) -> T:
    """The next one of a round."""
    return all_of[(all_of.index(now) + step) % len(all_of)] if now in all_of else all_of[0]
