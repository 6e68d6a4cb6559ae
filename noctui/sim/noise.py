"""Noise that needs no state: a number for every (seed, stream, row, time bucket), the same whenever it is asked for."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

F8 = NDArray[np.float64]
I8 = NDArray[np.int64]
U8 = NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_M1 = np.uint64(0xBF58476D1CE4E5B9)
_M2 = np.uint64(0x94D049BB133111EB)
_S30, _S27, _S31 = np.uint64(30), np.uint64(27), np.uint64(31)
_LOW = np.uint64(0xFFFF)
_WORD = (1 << 64) - 1


def mix(x: U8) -> U8:
    """The finaliser of splitmix64, in place: every bit of the result depends on every bit of the input."""
    x ^= x >> _S30
    x *= _M1
    x ^= x >> _S27
    x *= _M2
    x ^= x >> _S31
    return x


def keys(seed: int, stream: int, count: int) -> U8:
    """[count] one well mixed key a row; streams with other numbers are independent."""
    base = (seed * 0x2545F4914F6CDD1D + stream * 0xD1342543DE82EF95 + 0x1234567) & _WORD
    return mix(np.arange(1, count + 1, dtype=np.uint64) * _GOLDEN + np.full(1, base, np.uint64))


def hashed(key: U8, bucket: I8) -> U8:
    """[T, rows] a hash of each row's `key` [rows] and `bucket` [T, 1] or [T, rows]."""
    return mix(key ^ (bucket.astype(np.uint64) * _GOLDEN))


def uniform(h: U8) -> F8:
    """Hashes as numbers in [0, 1)."""
    return (h >> np.uint64(11)).astype(np.float64) * 2.0**-53


def lane(h: U8, which: int) -> F8:
    """One of four independent numbers in [0, 1), of 16 bits each, that one hash holds (`which` 0…3)."""
    return ((h >> np.uint64(16 * which)) & _LOW).astype(np.uint16).astype(np.float64) * 2.0**-16


def draw(seed: int, stream: int, count: int) -> F8:
    """[count] one number in [0, 1) a row, for what never changes."""
    return uniform(keys(seed, stream, count))


def smooth(key: U8, t: F8, period: float) -> F8:
    """[T, rows] a continuous curve in [-1, 1]: a hash every `period` seconds, eased between, at `t` [T, 1 or rows]."""
    at = t / period
    bucket = np.floor(at)
    part = at - bucket
    part = part * part * (3.0 - 2.0 * part)
    whole = bucket.astype(np.int64)
    before = uniform(hashed(key, whole))
    after = uniform(hashed(key, whole + 1))
    after -= before
    after *= part
    after += before
    after *= 2.0
    after -= 1.0
    return after


def number(*parts: int) -> float:
    """One number in [0, 1) for a few integers."""
    x = 0x243F6A8885A308D3
    for part in parts:
        x = (x ^ (part & _WORD)) * 0x9E3779B97F4A7C15 & _WORD
        x = (x ^ (x >> 30)) * 0xBF58476D1CE4E5B9 & _WORD
        x = (x ^ (x >> 27)) * 0x94D049BB133111EB & _WORD
        x ^= x >> 31
    return (x >> 11) * 2.0**-53
