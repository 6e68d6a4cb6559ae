"""Where answers that cost a call of their own are kept beyond this run."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple, Protocol


class Item(NamedTuple):
    """One kept answer: its key, its JSON, when it was asked (UTC epoch seconds), how many seconds it holds."""

    key: str
    body: bytes
    asked_at: float
    ttl: float


class Kept(Protocol):
    """A small cupboard. It never raises: what cannot be kept is asked again. Called from threads, one at a time."""

    def load(self, now: float) -> Iterable[tuple[str, bytes, float, float]]:
        """All that still holds at `now`; what does not is thrown away."""
        ...

    def put(self, item: tuple[str, bytes, float, float]) -> None: ...

    def close(self) -> None: ...


class Unkept:
    """Keeps nothing."""

    def load(self, now: float) -> Iterable[tuple[str, bytes, float, float]]:
        return ()

    def put(self, item: tuple[str, bytes, float, float]) -> None:
        return None

    def close(self) -> None:
        return None
