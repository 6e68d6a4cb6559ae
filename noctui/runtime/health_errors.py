"""The newest errors, each once with how often it came; without secrets, on one line."""

from __future__ import annotations

import re

from noctui.logs import redacted

MOST = 20
_LONGEST = 200
_VARIES = re.compile(r"\d+(?:\.\d+)?")


class Errors:
    """Errors that differ in numbers alone (a port, a page, seconds) are one."""

    def __init__(self) -> None:
        self._found: dict[str, tuple[float, str, int]] = {}

    def add(self, at: float, text: str) -> None:
        said = " ".join(redacted(text).split())[:_LONGEST]
        if not said:
            return
        key = _VARIES.sub("#", said)
        _, _, times = self._found.pop(key, (0.0, "", 0))
        self._found[key] = (at, said, times + 1)
        while len(self._found) > MOST:
            self._found.pop(next(iter(self._found)))

    @property
    def newest(self) -> tuple[tuple[float, str], ...]:
        """(when last, text with its count), newest first."""
        return tuple((at, f"{said} ({times:,} times)" if times > 1 else said)
                     for at, said, times in reversed(self._found.values()))  # fmt: skip
