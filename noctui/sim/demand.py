"""What a store's people and tills ask of its lines: a curve of the local day and week with noise, without jumps."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from noctui.sim.network import Network
from noctui.sim.noise import F8, draw, keys, smooth
from noctui.sim.places import TIMEZONES

_HOURS = (
    0.24, 0.22, 0.21, 0.22, 0.24, 0.30, 0.40, 0.52, 0.64, 0.76, 0.86, 0.93,
    0.98, 0.97, 0.94, 0.95, 0.98, 1.00, 0.95, 0.84, 0.68, 0.50, 0.36, 0.28,
)  # fmt: skip
_DAYS = (0.90, 0.88, 0.90, 0.94, 1.02, 1.08, 0.98)  # Monday first
_WEEK = 7 * 86_400.0
_MONDAY = 4 * 86_400.0  # the first Monday after the epoch
_DAY = 86_400


def _week_curve() -> F8:
    """[169] demand at each full hour of a week from Monday, the first hour again at the end."""
    days = np.repeat(np.array(_DAYS), 24)
    smoothed = np.convolve(np.concatenate([days[-12:], days, days[:12]]), np.full(25, 1 / 25), "valid")
    curve = np.tile(np.array(_HOURS), 7) * smoothed
    return np.append(curve, curve[0])


class Demand:
    """The demand of every site as a share of its first circuit's bandwidth."""

    def __init__(self, network: Network) -> None:
        sites = network.sites
        seed = network.seed
        self._zone = network.site_zone
        self._curve = _week_curve()
        self._hour = np.arange(169) * 3600.0
        self._slow, self._fast = keys(seed, 41, sites), keys(seed, 42, sites)
        self._offsets: dict[int, F8] = {}
        hot = draw(seed, 45, sites)
        base = 0.10 + 0.32 * draw(seed, 43, sites) ** 1.5
        self.down_share = np.where(hot < 0.012, 0.62 + 12.0 * hot, base)
        self.up_share = 0.05 + 0.25 * draw(seed, 44, sites) ** 1.5

    def _offset(self, day: int) -> F8:
        """[zones] seconds ahead of UTC at noon of that day since the epoch."""
        found = self._offsets.get(day)
        if found is None:
            noon = datetime.fromtimestamp(day * _DAY + _DAY // 2, UTC)
            gaps = [noon.astimezone(ZoneInfo(zone)).utcoffset() or timedelta() for zone in TIMEZONES]
            found = self._offsets[day] = np.array([gap.total_seconds() for gap in gaps])
        return found

    def wave(self, t: F8) -> F8:
        """[T, sites] the curve of day and week with its noise, about 0.15 … 1.4. `t` is [T, 1] or [T, sites]."""
        low, high = int(t.min() // _DAY), int(t.max() // _DAY)
        if low == high:
            offset = self._offset(low)[None, :]
        else:
            table = np.array([self._offset(day) for day in range(low, high + 1)])
            offset = table[(t[:, 0] // _DAY).astype(np.int64) - low]
        if t.shape[1] == 1:  # a column a zone is enough
            curve = np.interp((t + offset - _MONDAY) % _WEEK, self._hour, self._curve)[:, self._zone]
        else:
            curve = np.interp((t + offset[:, self._zone] - _MONDAY) % _WEEK, self._hour, self._curve)
        noise = smooth(self._slow, t, 2700.0)
        noise *= 0.22
        noise += 1.0
        fast = smooth(self._fast, t, 150.0)
        fast *= 0.10
        noise += fast
        noise *= curve
        return noise
