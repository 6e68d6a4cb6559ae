"""Ids for simulated things: stable for a seed, shaped as Mist shapes them."""

from __future__ import annotations

import hashlib
import uuid

from noctui.sim.noise import keys


def uuids(seed: int, stream: int, count: int) -> list[str]:
    """`count` ids in the form of a version 4 UUID."""
    high, low = keys(seed, stream, count).tolist(), keys(seed, stream + 1_000_003, count).tolist()
    return [
        f"{a >> 32:08x}-{a >> 16 & 0xFFFF:04x}-4{a & 0xFFF:03x}-{(b >> 48 & 0x3FFF) | 0x8000:04x}-{b % (1 << 48):012x}"
        for a, b in zip(high, low, strict=True)
    ]


def named_uuid(*parts: object) -> str:
    """One id for a thing told by its parts."""
    digest = hashlib.blake2b("\x1f".join(map(str, parts)).encode(), digest_size=16).digest()
    return str(uuid.UUID(bytes=digest, version=4))


def macs(prefix: str, seed: int, count: int) -> list[str]:
    """`count` distinct macs below a 24-bit prefix (at most 2^24 of them), in no visible order."""
    start = seed * 7_919 % (1 << 24)
    return [f"{prefix}{(i * 2_654_435_761 + start) % (1 << 24):06x}" for i in range(count)]


def device_id(mac: str) -> str:
    """Mist's id of a device."""
    return f"00000000-0000-0000-1000-{mac}"
