"""The commands of before: ↑ recalls them, ↓ comes back to what was being typed."""

from __future__ import annotations

KEPT = 100


class History:
    """Newest last. What is typed is put by while one looks back."""

    def __init__(self, lines: tuple[str, ...] = ()) -> None:
        self.lines = tuple(line for line in lines if line.strip())[-KEPT:]
        self._at = len(self.lines)
        self._draft = ""

    def add(self, line: str) -> None:
        """A command that was carried out. The same again takes the place of the one before."""
        line = line.strip()
        if line:
            self.lines = (*(old for old in self.lines if old != line), line)[-KEPT:]
        self.rewind()

    def rewind(self) -> None:
        """Stand behind the newest."""
        self._at, self._draft = len(self.lines), ""

    def back(self, typed: str) -> str | None:
        """The one before; None at the oldest. `typed` is what stands in the line now."""
        if self._at == len(self.lines):
            self._draft = typed
        if self._at == 0:
            return None
        self._at -= 1
        return self.lines[self._at]

    def on(self) -> str | None:
        """The one after, at last what was being typed; None there."""
        if self._at >= len(self.lines):
            return None
        self._at += 1
        return self.lines[self._at] if self._at < len(self.lines) else self._draft
