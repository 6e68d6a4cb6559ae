"""A thing that costs something to make is made again only when what it is made of is another object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")


class Kept(Generic[T]):
    """Holds the last thing made, and what it was made of: so that no id of something gone is taken for it."""

    def __init__(self) -> None:
        self._of: tuple[object, ...] | None = None
        self._made: T

    def get(self, of: tuple[object, ...], make: Callable[[], T]) -> T:
        """The thing made of exactly these objects."""
        same = self._of is not None and len(of) == len(self._of)
        if not (same and all(a is b for a, b in zip(of, self._of or (), strict=True))):
            self._made, self._of = make(), of
        return self._made
