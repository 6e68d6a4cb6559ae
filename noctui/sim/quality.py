"""How well lines carry: latency, jitter and loss of circuits and of their paths to the hubs."""

from __future__ import annotations

import numpy as np

from noctui.sim.carriers import KINDS
from noctui.sim.network import Network
from noctui.sim.noise import F8, draw, hashed, keys, lane

STEP = 60.0
"""Figures of quality hold for this many seconds, as gateways sample them."""


def mos(latency: F8, jitter: F8, loss: F8) -> F8:
    """Mean opinion score by the shortcut of ping tools (numbers a); NaN where a figure is unknown."""
    effective = jitter * 2.0
    effective += latency
    effective += 10.0
    r = effective / -40.0
    np.subtract(12.0, effective / 10.0, out=r, where=effective >= 160.0)
    r += 93.2
    r -= 2.5 * loss
    np.clip(r, 0.0, 100.0, out=r)
    score = (r - 60.0) * (100.0 - r)
    score *= r
    score *= 7e-6
    score += 1.0
    score += r * 0.035
    np.clip(score, 1.0, 4.5, out=score)
    return score


class Quality:
    """What each circuit and path shows when nothing is wrong; a few are never quite right."""

    def __init__(self, network: Network) -> None:
        seed, circuits = network.seed, network.circuits
        kinds = [KINDS[line.kind] for line in network.line]

        def between(stream: int, which: str) -> F8:
            pairs = np.array([getattr(kind, which) for kind in kinds]).reshape(-1, 2)
            drawn: F8 = pairs[:, 0] + (pairs[:, 1] - pairs[:, 0]) * draw(seed, stream, circuits)
            return drawn

        self._circuit_key, self._path_key = keys(seed, 61, circuits), keys(seed, 62, 2 * circuits)
        self._circuit, self._offset = network.path_circuit, network.path_offset
        self.latency = between(51, "latency")
        self.jitter = between(52, "jitter")
        self.loss = between(53, "loss")
        odd, which = draw(seed, 54, circuits), (draw(seed, 55, circuits) * 3).astype(np.int64)
        for part, factor in ((0, 1.0), (1, 0.5), (2, 0.2)):  # loss, latency, jitter: critical, high, warn
            low, high = (0.0, 0.008, 0.02, 0.038)[part : part + 2]
            mine = (odd >= low) & (odd < high)
            self.loss[mine & (which == 0)] = 1.5 * factor
            self.latency[mine & (which == 1)] = (175.0, 118.0, 62.0)[part]
            self.jitter[mine & (which == 2)] = (64.0, 38.0, 14.0)[part]

    def circuits(self, t: F8) -> tuple[F8, F8, F8]:
        """[T, circuits] latency (ms), jitter (ms), loss (percent) at `t` [T, 1] or [T, circuits]."""
        h = hashed(self._circuit_key, np.floor(t / STEP).astype(np.int64))
        spread = lane(h, 0)
        spread -= 0.5
        latency = spread * 0.16
        latency += 1.0
        latency *= self.latency
        jitter = lane(h, 1)
        jitter *= 0.4
        jitter += 0.75
        jitter *= self.jitter
        loss = lane(h, 2)
        loss *= 0.6
        loss += 0.4
        loss *= self.loss
        return latency, jitter, loss

    def paths(self, t: F8, latency: F8, jitter: F8, loss: F8) -> tuple[F8, F8, F8]:
        """[T, paths] the same for paths, from their circuits' figures; `t` is [T, 1] or [T, paths]."""
        h = hashed(self._path_key, np.floor(t / STEP).astype(np.int64))
        far = lane(h, 0)
        far *= 1.5
        far += self._offset
        far += np.repeat(latency, 2, axis=1)
        shaky = lane(h, 1)
        shaky *= 0.3
        shaky += 0.85
        shaky *= np.repeat(jitter, 2, axis=1)
        lost = lane(h, 2)
        lost *= 0.3
        lost += 0.8
        lost *= np.repeat(loss, 2, axis=1)
        return far, shaky, lost


def rounded(x: F8, digits: int) -> F8:
    """In place, to so many decimals."""
    scale = 10.0**digits
    x *= scale
    np.rint(x, out=x)
    x /= scale
    return x
