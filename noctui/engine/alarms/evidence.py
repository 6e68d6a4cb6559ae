"""How much speaks for one cause: the share of a group's circuits that is lost, against chance and against the rest.

A group has `n` circuits of which `k` were lost together; `p = k / n`. Had each been lost with the chance `q`, what is
seen would be less likely by the factor exp(`surprise`):

    surprise = k ln(p / q) + (n - k) ln((1 - p) / (1 - q)), 0 where p <= q

the likelihood ratio of a scan for clusters (Kulldorff 1997, for yes and no). `q` is the share lost outside of the
group, never less than `CHANCE`: what is lost within a quarter of an hour when nothing is the matter.

Worked cases, 10,000 circuits, nothing lost outside:

    36 of 41      Lumen circuits in Mountain   291   an incident
    5 of 41       the same, just begun          27   an incident
    5 of 400      a carrier's in a large region 16   an incident
    5 of 2,000    of a whole carrier             8   chance: some carrier has that every few days
    13 of 2,000   of a whole carrier            33   an incident: broad claims want `BROAD`, or a share of `SHARE`
    5 of 187      of a region, any carriers     20   chance: too few for so broad a claim

With five times that chance in all of the 10,000, chance alone is taken for an incident once in four weeks (simulated).
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]

CHANCE = 2e-4
"""Chance that a circuit is lost within a quarter of an hour by itself: once in fifty days."""
ENOUGH = 12.0
"""Least surprise of a cause: 160,000 times likelier than chance. Hundreds of groups are looked at all day."""
BROAD = 25.0
"""Least surprise of a whole region or carrier of which less than `SHARE` is lost."""
SHARE = 0.25
INSIDE = 5.0
"""Least surprise of a carrier in a region against the other carriers there, which were looked at already."""


def outside(k: Any, n: Any, all_k: Any, all_n: Any) -> F8:
    """The share lost among the others, at least `CHANCE`; half a circuit is added, so that few others prove little."""
    others = np.maximum(np.asarray(all_n) - n, 0)
    share: F8 = np.maximum((np.maximum(np.asarray(all_k) - k, 0) + 0.5) / (others + 1.0), CHANCE)
    capped: F8 = np.minimum(share, 1.0 - CHANCE)
    return capped


def surprise(k: Any, n: Any, q: Any) -> F8:
    """How much likelier than by the chance `q`, as a logarithm. Arrays or numbers; 0 for an empty group."""
    k, n, q = np.asarray(k, np.float64), np.asarray(n, np.float64), np.asarray(q, np.float64)
    p = k / np.maximum(n, 1.0)
    found: F8 = _times_log(k, p / q) + _times_log(n - k, (1.0 - p) / (1.0 - q))
    more: F8 = np.where(p > q, found, 0.0)
    return more


def told_at_own_share(k: Any, n: Any) -> F8:
    """What it costs to say which were lost when it is known that `k` of `n` were: 0 for all or none."""
    k, n = np.asarray(k, np.float64), np.asarray(n, np.float64)
    p = k / np.maximum(n, 1.0)
    cost: F8 = -(_times_log(k, p) + _times_log(n - k, 1.0 - p))
    return cost


def told_by_chance(k: Any, n: Any) -> F8:
    """What it costs to say which were lost when each is chance."""
    k, n = np.asarray(k, np.float64), np.asarray(n, np.float64)
    cost: F8 = -(k * np.log(CHANCE) + (n - k) * np.log1p(-CHANCE))
    return cost


def _times_log(count: F8, of: F8) -> F8:
    """count · ln(of), 0 for none."""
    logs: F8 = np.log(np.where(count > 0, of, 1.0))
    product: F8 = count * logs
    return product
